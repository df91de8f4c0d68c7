// What happens, told while it happens: stalls from the open commands, some times a second; findings and
// sessions from the report so far, about once a second; what the capture itself lost.

import type { Epoch } from '../capture/time.js';
import { bytesText, countText } from '../lib/number-text.js';
import { EVENT_AGAIN_NS } from '../limits.js';
import type { IntervalMetrics } from '../metrics/interval.js';
import { type EventFacts, type LiveEvent, makeEvent, type Whom } from '../report/events/event.js';
import { FindingEvents } from '../report/events/finding-events.js';
import { SessionEvents } from '../report/events/session-events.js';
import { Stalls } from '../report/events/stalls.js';
import { type Report, sessionNumbered } from '../report/report.js';

/** What was lost so far, as far as it is known. */
export interface Losses {
  readonly packetsDropped: number | undefined;
  readonly bytesMissing: number;
}

/** Something that only grows: told when it does, and not all the time. */
class Grown {
  #told = 0;
  #ns = Number.NEGATIVE_INFINITY;

  more(total: number, nowNs: number): number {
    const more = total - this.#told;
    if (more <= 0 || nowNs - this.#ns < EVENT_AGAIN_NS) return 0;
    this.#told = total;
    this.#ns = nowNs;
    return more;
  }
}

export class LiveEvents {
  readonly #tell: (event: LiveEvent) => void;
  readonly #whom: (session: number) => Whom | undefined;
  readonly #stalls = new Stalls();
  readonly #findings = new FindingEvents();
  readonly #sessions = new SessionEvents();
  readonly #dropped = new Grown();
  readonly #missing = new Grown();
  #number = 0;
  #report: Report | undefined = undefined;
  #bytesMissing = 0;

  /** `whom`: between whom a session is, as far as it is known. */
  constructor(tell: (event: LiveEvent) => void, whom: (session: number) => Whom | undefined) {
    this.#tell = tell;
    this.#whom = whom;
  }

  /** Commands that wait: cheap, some times a second. */
  stalls(metrics: IntervalMetrics, epoch: Epoch | undefined, nowNs: number): void {
    this.#say(this.#stalls.look(metrics, nowNs, this.#bytesMissing > 0), epoch, nowNs);
  }

  /** What the report so far has that the one before had not. */
  report(report: Report | undefined, epoch: Epoch | undefined, nowNs: number): void {
    if (report === undefined || report === this.#report) return;
    this.#report = report;
    this.#say(this.#sessions.of(report), epoch, nowNs);
    this.#say(this.#findings.of(report, nowNs), epoch, nowNs);
  }

  losses(losses: Losses, epoch: Epoch | undefined, nowNs: number): void {
    this.#bytesMissing = losses.bytesMissing;
    const dropped = this.#dropped.more(losses.packetsDropped ?? 0, nowNs);
    const missing = this.#missing.more(losses.bytesMissing, nowNs);
    if (dropped > 0) {
      const text = `the kernel dropped ${countText(dropped)} packets: the capture cannot keep up`;
      this.#say([lost('dropped', text, dropped)], epoch, nowNs);
    }
    if (missing > 0) {
      const text = `${bytesText(missing)} of iSCSI connections were never captured`;
      this.#say([lost('missing', text, missing)], epoch, nowNs);
    }
  }

  #say(all: readonly EventFacts[], epoch: Epoch | undefined, nowNs: number): void {
    for (const facts of all) {
      this.#number++;
      const { session } = facts;
      // A stall may be told before any report was made.
      const whom =
        session === undefined
          ? undefined
          : (sessionNumbered(this.#report, session) ?? this.#whom(session));
      this.#tell(makeEvent(facts, this.#number, epoch, whom, nowNs));
    }
  }
}

function lost(kind: string, text: string, count: number): EventFacts {
  return { kind, severity: 'warning', text, count };
}
