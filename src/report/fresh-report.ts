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
  readonly #brief: boolean;

  /** `brief`: without what only screens show: of thousands of sessions it is a hundred MB. */
  constructor(collector: Collector, brief = false) {
    this.#collector = collector;
    this.#brief = brief;
  }

  /** How to ask for the facts so far. */
  ask(ask: () => RoadFacts): void {
    this.#ask = ask;
  }

  /** It is old enough to be made anew. */
  get due(): boolean {
    return this.#ask !== undefined && performance.now() >= this.#nextMs;
  }

  /** Not much older than what was read; undefined before anything was. */
  report(): Report | undefined {
    const ask = this.#ask;
    if (ask === undefined || !this.due) return this.#report;
    // Its work, not how long a busy machine lets it wait.
    const before = process.cpuUsage();
    this.#report = this.#collector.soFar(ask(), this.#brief);
    const { user, system } = process.cpuUsage(before);
    const ms = Math.max(SO_FAR_MS, ((user + system) / 1000) * SO_FAR_SHARE);
    this.#nextMs = performance.now() + ms;
    return this.#report;
  }
}
