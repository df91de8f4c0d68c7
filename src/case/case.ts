// What is known of a capture while it is read and after: the kept commands, PDUs and TCP events, and
// at the end the report. The screens read it; nothing here knows of screens.

import type { Analyse, AnalyseOptions, Analysis } from '../analysis.js';
import type { Epoch } from '../capture/time.js';
import { TOP_DEFAULT } from '../limits.js';
import type { PduSink } from '../pdu/pdu.js';
import { Collector } from '../report/collect.js';
import { FreshReport } from '../report/fresh-report.js';
import type { Report } from '../report/report.js';
import type { SessionQuery } from '../session/session-query.js';
import { bothTasks, Keeper } from '../store/keeper.js';
import { BothEvents } from '../stream/events.js';
import { WindowLog } from './command-window-log.js';

/** Reading goes on for so long without a look at keys and screen. */
const TURN_MS = 25;

export interface CaseOptions {
  readonly files: readonly string[];
  readonly analyse: Analyse;
  /** What may be kept of commands and PDUs, the last ones; absent: all of them. */
  readonly bytesMax?: number;
  /** A file that is read sooner gets one report, at its end. */
  readonly soFarAfterMs?: number;
  /** The capture's time now, where it goes on while nothing is seen. */
  readonly nowNs?: () => number;
  /** Ports and their like, as the command line asks for them. */
  readonly options: AnalyseOptions;
  /** Some times a second while loading: time to paint. */
  readonly turn: () => void;
}

export class Case {
  readonly files: readonly string[];
  readonly keeper: Keeper;
  readonly windows: WindowLog;
  /** Of all that was captured; while the capture goes on, of what was read when it was asked for. */
  report: Report | undefined;
  epoch: Epoch | undefined;
  look: SessionQuery | undefined;
  /** Bytes read and in all (0: not known), until all is read. */
  loading: { readonly done: number; readonly total: number } | undefined = { done: 0, total: 0 };
  #stopped = false;
  #facts: (() => Analysis) | undefined = undefined;
  #fresh: FreshReport | undefined = undefined;
  #reportedPdus = 0;
  readonly #begunMs = performance.now();
  readonly #options: CaseOptions;

  constructor(options: CaseOptions) {
    this.files = options.files;
    this.#options = options;
    this.windows = new WindowLog((connection) => {
      const session = this.look?.story(connection)?.session ?? -1;
      return this.look?.session(session)?.window;
    }, options.bytesMax !== undefined);
    this.keeper = new Keeper({ pdus: true, bytesMax: options.bytesMax });
  }

  get tasks(): Keeper['tasks'] {
    return this.keeper.tasks;
  }

  get pdus(): Keeper['pdus'] {
    return this.keeper.pdus;
  }

  /** End of what was read so far. */
  get lastNs(): number {
    if (this.report !== undefined && this.loading === undefined) return this.report.capture.spanNs;
    const { pdus } = this;
    return pdus.count === 0 ? 0 : pdus.timeNs(pdus.count - 1);
  }

  /** What ages of open commands are counted to: the end of the capture, or now while it goes on. */
  get nowNs(): number {
    const { lastNs } = this;
    const { nowNs } = this.#options;
    return this.loading === undefined || nowNs === undefined ? lastNs : Math.max(lastNs, nowNs());
  }

  /** Ends the reading: what was read is what there is. */
  stop(): void {
    this.#stopped = true;
  }

  /** The facts so far, of all of it once it is read. */
  facts(): Analysis | undefined {
    return this.#facts?.();
  }

  /** The report; while the capture goes on not much older than what was read. */
  freshReport(): Report | undefined {
    if (this.loading !== undefined && this.epoch !== undefined && this.#fresh !== undefined) {
      if (this.#soonRead(this.loading.total)) return this.report;
      if (this.#fresh.due) this.#reportedPdus = this.pdus.count;
      this.report = this.#fresh.report();
    }
    return this.report;
  }

  /** A report on the way would only keep it from its end. */
  #soonRead(total: number): boolean {
    return total > 0 && performance.now() - this.#begunMs < (this.#options.soFarAfterMs ?? 0);
  }

  /** The report can be made anew, and would say more: where a pipe pauses nothing else asks for it. */
  get reportDue(): boolean {
    return (
      this.loading !== undefined &&
      this.report !== undefined &&
      this.#fresh?.due === true &&
      this.#reportedPdus !== this.pdus.count
    );
  }

  /** Reads all. Throws where nothing can be read. */
  async load(): Promise<void> {
    const collector = new Collector(TOP_DEFAULT);
    const kept = this.keeper.sinks();
    let turnMs = performance.now();
    const { analyse, files, options, turn } = this.#options;
    const analysis = await analyse(files, {
      ...options,
      ...kept,
      tcpSink: kept.tcpSink ? new BothEvents(collector.evidence, kept.tcpSink) : collector.evidence,
      taskSink: kept.taskSink ? bothTasks(collector, kept.taskSink) : collector,
      pduSink: bothPdus(
        kept.pduSink ? bothPdus(collector.evidence, kept.pduSink) : collector.evidence,
        this.windows,
      ),
      started: (epoch) => {
        this.epoch = epoch;
      },
      look: (look) => {
        this.look = look;
        collector.evidence.look = look;
      },
      soFar: (ask) => {
        this.#facts = ask;
        this.#fresh = new FreshReport(collector);
        this.#fresh.ask(ask);
      },
      stop: () => this.#stopped,
      progress: (done, total) => {
        this.loading = { done, total };
        if (performance.now() - turnMs < TURN_MS) return;
        turn();
        return new Promise<void>((resolve) => {
          setImmediate(() => {
            turnMs = performance.now();
            resolve();
          });
        });
      },
    });
    this.#facts = () => analysis;
    this.report = collector.report(analysis);
    this.loading = undefined;
  }
}

/** Tells one, then the other. */
export function bothPdus(first: PduSink, second: PduSink): PduSink {
  return {
    begin: (pdu) => Math.max(first.begin(pdu), second.begin(pdu)),
    end: (pdu) => {
      first.end(pdu);
      second.end(pdu);
    },
    lost: (direction, bytes, timeNs, frame, absent) => {
      first.lost(direction, bytes, timeNs, frame, absent);
      second.lost(direction, bytes, timeNs, frame, absent);
    },
    ended: (direction, timeNs, frame) => {
      first.ended(direction, timeNs, frame);
      second.ended(direction, timeNs, frame);
    },
  };
}
