// A capture that goes on, as its screen shows it: the last intervals, and what the source said.

import { EVENTS_KEPT } from '../limits.js';
import type { LiveEvent } from '../report/events/event.js';
import type { IntervalReport } from '../report/interval.js';
import type { Report } from '../report/report.js';

/** Intervals of a second: what a line of sparks can show, and some more. */
export const INTERVALS_KEPT = 300;
/** dumpcap alone takes a quarter of a second. */
const BEHIND_MS = 1000;

export class LivePicture {
  /** The newest last. */
  readonly intervals: IntervalReport[] = [];
  /** What happened, the newest last; and how often something did. */
  readonly events: LiveEvent[] = [];
  told = 0;
  /** The report so far. */
  report: () => Report | undefined = () => undefined;
  /** Said last by the source, the recorder, or --save-on. */
  message = '';
  /** Told when there is something new to see. */
  changed: () => void = () => {};
  /** Ends the capture; what was captured stays. */
  readonly stop: () => void;

  constructor(stop: () => void) {
    this.stop = stop;
  }

  /** Something happens. */
  tell(event: LiveEvent): void {
    this.events.push(event);
    if (this.events.length > EVENTS_KEPT) this.events.shift();
    this.told++;
    this.changed();
  }

  push(interval: IntervalReport): void {
    this.intervals.push(interval);
    if (this.intervals.length > INTERVALS_KEPT) this.intervals.shift();
    this.changed();
  }

  say(text: string): void {
    this.message = text;
    this.changed();
  }

  /** The time to which ages are counted, on all screens: the end of the newest interval. */
  get nowNs(): number {
    return this.intervals.at(-1)?.toNs ?? 0;
  }

  /** Packets come faster than they are read: what can wait waits. */
  get behind(): boolean {
    return (this.intervals.at(-1)?.sourceState.delayMsMax ?? 0) > BEHIND_MS;
  }

  /** The interval of this number, or the newest where it is not kept (any more). */
  at(interval: number | undefined): IntervalReport | undefined {
    return this.intervals.find((one) => one.interval === interval) ?? this.intervals.at(-1);
  }

  /** A number of each of the last `count` intervals after `since` up to `until`. */
  series(
    until: IntervalReport,
    { count, since }: { readonly count: number; readonly since: number },
    of: (interval: IntervalReport) => number,
  ): number[] {
    const end = this.intervals.indexOf(until) + 1;
    const shown = this.intervals.slice(Math.max(0, end - count), end);
    return shown.filter((one) => one.interval > since).map(of);
  }
}
