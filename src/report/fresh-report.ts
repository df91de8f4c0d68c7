// The report of a capture that goes on, made anew when it is old enough: at most once a second, and no
// more than a twentieth of the work.

import type { RoadFacts } from '../findings/facts.js';
import type { Collector } from './collect.js';
import type { Report } from './report.js';

const SO_FAR_MS = 1000;
const SO_FAR_SHARE = 20;

export class FreshReport {
  #report: Report | undefined = undefined;
  readonly #collector: Collector;
  #ask: (() => RoadFacts) | undefined = undefined;
  #nextMs = 0;

  constructor(collector: Collector) {
    this.#collector = collector;
  }

  /** How to ask for the facts so far. */
  ask(ask: () => RoadFacts): void {
    this.#ask = ask;
  }

  /** Not much older than what was read; undefined before anything was. */
  report(): Report | undefined {
    const fromMs = performance.now();
    if (this.#ask === undefined || fromMs < this.#nextMs) return this.#report;
    this.#report = this.#collector.soFar(this.#ask());
    const nowMs = performance.now();
    this.#nextMs = nowMs + Math.max(SO_FAR_MS, (nowMs - fromMs) * SO_FAR_SHARE);
    return this.#report;
  }
}
