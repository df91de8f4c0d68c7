// A capture in intervals of equal length, by what is told while it is read. An interval in which nothing was told
// lasts until something is.

import type { Epoch } from '../../capture/time.js';
import { SESSION_LINGER_NS } from '../../limits.js';
import { IntervalMetrics } from '../../metrics/interval.js';
import { type IntervalReport, makeInterval, type SourceState } from '../../report/interval.js';
import type { Task, TaskSink } from '../../scsi/task.js';
import type { SessionQuery } from '../../session/session-query.js';
import { NO_EVENTS, type TcpEventSink } from '../../stream/events.js';

/** Only a capture that goes on has one that changes. */
const SOURCE: SourceState = {
  packets: 0,
  packetsNow: 0,
  dropsTold: 'never',
  bytesMissing: 0,
  delayMs: 0,
  delayMsMax: 0,
  residentBytes: 0,
};

export class IntervalRows implements TaskSink {
  look: SessionQuery | undefined = undefined;
  epoch: Epoch | undefined = undefined;
  readonly #metrics = new IntervalMetrics();
  readonly #everyNs: number;
  readonly #tell: (interval: IntervalReport) => void;
  #number = 0;
  #fromNs = 0;
  #toNs: number;

  readonly tcp: TcpEventSink = {
    ...NO_EVENTS,
    retransmission: (direction, frame, timeNs, position, length, kind, waitedNs) => {
      this.#passed(timeNs);
      this.#metrics.tcp.retransmission(direction, frame, timeNs, position, length, kind, waitedNs);
    },
  };

  constructor(everyNs: number, tell: (interval: IntervalReport) => void) {
    this.#everyNs = everyNs;
    this.#toNs = everyNs;
    this.#tell = tell;
  }

  taskStarted(task: Task): void {
    this.#passed(this.look?.nowNs() ?? 0);
    this.#metrics.taskStarted(task);
  }

  taskEnded(task: Task): void {
    this.#passed(this.look?.nowNs() ?? 0);
    this.#metrics.taskEnded(task);
  }

  finish(lastNs: number): void {
    this.#passed(lastNs);
    this.#toNs = Math.max(this.#fromNs + 1, lastNs);
    this.#close();
  }

  #passed(nowNs: number): void {
    while (nowNs >= this.#toNs) {
      this.#close();
      const passed = Math.floor((nowNs - this.#toNs) / this.#everyNs);
      this.#fromNs = this.#toNs;
      this.#toNs += Math.max(1, passed) * this.#everyNs;
    }
  }

  #close(): void {
    this.#number++;
    this.#tell(
      makeInterval({
        metrics: this.#metrics,
        look: this.look,
        epoch: this.epoch,
        number: this.#number,
        fromNs: this.#fromNs,
        toNs: this.#toNs,
        source: SOURCE,
      }),
    );
    this.#metrics.next((id) => {
      const ended = this.look?.session(id)?.endedNs ?? 0;
      return ended >= 0 && this.#toNs - ended > SESSION_LINGER_NS;
    });
  }
}
