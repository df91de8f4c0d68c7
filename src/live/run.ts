// One live run: the road over a source that does not end, told in intervals, kept where asked for,
// and ended in order whatever ends it. Who it is told to (text, NDJSON, screens) is given to it.

import type { AnalyseOptions, Analysis } from '../analysis.js';
import type { Capture } from '../capture/capture.js';
import type { Packet } from '../capture/packet.js';
import { EXIT } from '../lib/exit.js';
import { countText, plural } from '../lib/number-text.js';
import { PROBLEMS_KEPT_PER_KIND, SESSION_LINGER_NS } from '../limits.js';
import { IntervalMetrics } from '../metrics/interval.js';
import { analyseCapture } from '../pipeline.js';
import { ProblemLog } from '../problem.js';
import type { Whom } from '../report/events/event.js';
import { makeInterval, type SourceState } from '../report/interval.js';
import type { Report } from '../report/report.js';
import { Outcome, type Task, type TaskSink } from '../scsi/task.js';
import type { SessionQuery } from '../session/session-query.js';
import { bothTasks } from '../store/keeper.js';
import { BothEvents } from '../stream/events.js';
import type { ChildEnd } from './child.js';
import type { CaptureCounters } from './counters.js';
import { LiveEvents } from './events.js';
import type { Failure } from './failure.js';
import { LiveClock } from './interval-clock.js';
import type { LiveTelling } from './listener.js';
import type { LiveMetrics } from './metrics/live-metrics.js';
import type { LiveOptions } from './options.js';
import { LiveKeep } from './recording.js';
import type { LiveSource } from './source.js';

/** Stopped before a capture began. */
class NothingCaptured extends Error {
  readonly exitCode = EXIT.ok;

  constructor() {
    super('stopped before anything was captured');
  }
}

const TICK_MS = 100;
/** A row that is new on the screen waits no longer than this, and the clock's grace. */
const NEW_ROW_NS = 250e6;
/** So often it is looked for what is new in the report so far. */
const REPORT_TICKS = 5;
/** So often it is looked for commands that wait. */
const LOOK_NS = 100e6;
/** So often -w is written out: others may follow the file. */
const FLUSH_TICKS = 5;

export class LiveRun {
  /** True once it was asked to end. */
  stopping = false;
  /** Why the source ended, where nobody asked it to; known at the end. */
  failure: Failure | undefined = undefined;
  readonly #wish: LiveOptions;
  readonly #source: LiveSource;
  readonly #clock: LiveClock;
  readonly #telling: LiveTelling;
  readonly #metrics = new IntervalMetrics();
  readonly #keep: LiveKeep;
  readonly #events: LiveEvents;
  readonly #report: () => Report | undefined;
  #capture: Capture | undefined = undefined;
  #look: SessionQuery | undefined = undefined;
  #ask: (() => Analysis) | undefined = undefined;
  readonly #sessionOf = (id: number) => this.#look?.session(id);
  readonly #whom = (id: number): Whom | undefined => {
    const session = this.#sessionOf(id);
    const initiator = session?.initiatorName || session?.initiatorAddress || '';
    const target = session?.targetName || session?.targetAddress || '';
    return initiator === '' || target === '' ? undefined : { initiator, target };
  };
  #intervals = 0;
  #packets = 0;
  #packetsBefore = 0;
  #ticks = 0;
  #missedTold = 0;
  #lookedNs = 0;
  #lastNs = 0;

  readonly #numbers: LiveMetrics | undefined;

  /** `report`: the report so far, as fresh as it is cheap. `metrics`: what others scrape, where they do. */
  constructor(
    wish: LiveOptions,
    source: LiveSource,
    telling: LiveTelling,
    report: () => Report | undefined,
    metrics?: LiveMetrics,
  ) {
    this.#numbers = metrics;
    if (metrics !== undefined) {
      metrics.source = {
        state: () => this.#sourceState(),
        report,
        session: this.#sessionOf,
        sessionOf: (connection) => this.#look?.story(connection)?.session ?? -1,
        epoch: () => this.#clock.epoch,
      };
    }
    this.#report = report;
    this.#events = new LiveEvents((event) => telling.event(event), this.#whom);
    this.#wish = wish;
    this.#source = source;
    this.#telling = telling;
    this.#clock = new LiveClock(wish.everyNs, source.local);
    const nanoseconds = () => this.#capture?.finerThanMicroseconds ?? false;
    this.#keep = new LiveKeep(wish, telling, nanoseconds, () => this.stop());
  }

  /** The capture could not be kept as -w asks. */
  get writeFailed(): boolean {
    return this.#keep.failed;
  }

  /** The report is made: what only its end told. */
  tellReport(report: Report): void {
    const { epoch } = this.#clock;
    if (epoch !== undefined) this.#events.report(report, epoch, this.#lastNs);
  }

  /** Asks for the end; what is under way still comes. */
  stop(): void {
    if (this.stopping) return;
    this.stopping = true;
    this.#source.stop();
  }

  /** A signal ends the process now: the child is told, and what was captured lies on the disk. */
  readonly killed = (): void => {
    this.stop();
    // What matched --save-on and waits for what follows is written as it is.
    this.#keep.finish();
    this.#keep.close();
    this.#keep.tell();
  };

  /**
   * Reads until the end, and tells. Throws where nothing can be captured (LiveError, CaptureError,
   * NothingCaptured). The sinks of `options` are served beside our own.
   */
  async analyse(options: AnalyseOptions): Promise<Analysis> {
    const ticks = setInterval(() => this.#tick(), TICK_MS);
    let timer = this.#endTimer();
    try {
      const problems = new ProblemLog(PROBLEMS_KEPT_PER_KIND);
      this.#capture = await this.#source.open(problems, options.spool);
      if (this.#capture === undefined) throw new NothingCaptured();
      // --duration is of the capture, however long ssh takes to begin one.
      clearTimeout(timer);
      timer = this.#endTimer();
      const analysis = await analyseCapture(this.#capture, problems, this.#asked(options));
      clearInterval(ticks);
      // Where the source ended by itself its end is its own, and told.
      if (analysis.capture.stopped) this.stop();
      return this.#finish(analysis, await this.#source.ended());
    } finally {
      clearInterval(ticks);
      clearTimeout(timer);
      this.stop();
      this.#keep.close();
    }
  }

  #endTimer(): NodeJS.Timeout | undefined {
    const ms = this.#wish.durationMs;
    return ms < TIMER_MS_MAX ? setTimeout(() => this.stop(), Math.max(1, ms)) : undefined;
  }

  #asked(options: AnalyseOptions): AnalyseOptions {
    const mine: TaskSink = {
      taskStarted: (task) => this.#started(task),
      taskEnded: (task) => this.#ended(task),
    };
    const numbers = this.#numbers;
    const tcp = numbers ? new BothEvents(this.#metrics.tcp, numbers.tcp) : this.#metrics.tcp;
    return {
      ...options,
      started: (epoch) => {
        this.#clock.begin(epoch);
        options.started?.(epoch);
      },
      packetSink: {
        packet: (packet) => {
          this.#packet(packet);
          options.packetSink?.packet(packet);
        },
      },
      taskSink: options.taskSink ? bothTasks(options.taskSink, mine) : mine,
      tcpSink: options.tcpSink ? new BothEvents(tcp, options.tcpSink) : tcp,
      look: (look) => {
        this.#look = look;
        options.look?.(look);
      },
      soFar: (ask) => {
        this.#ask = ask;
        options.soFar?.(() => withCounters(ask(), this.#source.counters()));
      },
      stop: () =>
        this.#enough() || this.#telling.gone || this.writeFailed || options.stop?.() === true,
    };
  }

  /** What the road found missing so far, by sequence numbers: whoever captured may not know. */
  #bytesMissing(): number {
    let bytes = 0;
    for (const { connection, replaced } of this.#ask?.().stories ?? []) {
      if (!replaced) bytes += connection.a.missingBytes + connection.b.missingBytes;
    }
    return bytes;
  }

  #enough(): boolean {
    return this.#packets >= this.#wish.packets;
  }

  #packet(packet: Packet): void {
    const clock = this.#clock;
    // However fast it is read: what waited until this packet did wait.
    if (packet.timeNs - this.#lookedNs >= LOOK_NS) this.#lookAt(packet.timeNs);
    while (clock.packet(packet.timeNs)) this.#closeInterval(packet.timeNs);
    this.#packets++;
    const { epoch } = clock;
    if (epoch === undefined) return;
    this.#keep.packet(packet, epoch);
  }

  #started(task: Task): void {
    const { luns } = this.#metrics;
    const before = luns.size;
    this.#metrics.taskStarted(task);
    this.#numbers?.taskStarted(task);
    // Whoever looks sees a new row within a second: the interval in which it begins is a short one.
    if (luns.size > before && this.#wish.screens) this.#clock.endBy(task.commandNs + NEW_ROW_NS);
  }

  #ended(task: Task): void {
    this.#metrics.taskEnded(task);
    this.#numbers?.taskEnded(task);
    if (task.outcome === Outcome.open) return;
    const { epoch } = this.#clock;
    this.#telling.command(task, { epoch, session: this.#sessionOf });
    if (epoch !== undefined) this.#keep.ended(task, epoch);
  }

  #tick(): void {
    this.#ticks++;
    if (!this.stopping && this.#clock.quiet()) this.#closeInterval(this.#clock.nowNs());
    if (this.#clock.idle) this.#keep.passed(this.#clock.nowNs());
    this.#tellEvents();
    this.#telling.flush();
    this.#tellMissed();
    if (this.#ticks % FLUSH_TICKS === 0) this.#keep.flush();
  }

  #lookAt(nowNs: number): void {
    this.#lookedNs = nowNs;
    this.#events.stalls(this.#metrics, this.#clock.epoch, nowNs);
  }

  #tellEvents(): void {
    const clock = this.#clock;
    const { epoch } = clock;
    if (epoch === undefined) return;
    const nowNs = clock.nowNs();
    if (clock.idle) this.#lookAt(nowNs);
    if (this.#ticks % REPORT_TICKS !== 0) return;
    const packetsDropped = this.#source.counters()?.dropped;
    const bytesMissing = this.#bytesMissing();
    this.#events.losses({ packetsDropped, bytesMissing }, epoch, nowNs);
    this.#events.report(this.#report(), epoch, nowNs);
  }

  #closeInterval(untilNs: number): void {
    this.#tellInterval();
    this.#clock.next(untilNs);
    this.#source.ask();
  }

  #tellInterval(): void {
    const clock = this.#clock;
    this.#intervals++;
    this.#telling.interval(
      makeInterval({
        metrics: this.#metrics,
        look: this.#look,
        epoch: clock.epoch,
        number: this.#intervals,
        fromNs: clock.fromNs,
        toNs: clock.toNs,
        source: this.#sourceState(),
      }),
    );
    this.#packetsBefore = this.#packets;
    this.#metrics.next((id) => {
      const ended = this.#look?.session(id)?.endedNs ?? 0;
      return ended >= 0 && clock.toNs - ended > SESSION_LINGER_NS;
    });
  }

  #sourceState(): SourceState {
    const { delayMs, delayMsMax } = this.#clock;
    return {
      packets: this.#packets,
      packetsNow: this.#packets - this.#packetsBefore,
      packetsDropped: this.#source.counters()?.dropped,
      dropsTold: this.#source.dropsTold,
      bytesMissing: this.#bytesMissing(),
      delayMs,
      delayMsMax,
      residentBytes: process.memoryUsage.rss(),
    };
  }

  #finish(analysis: Analysis, { counters, failure }: ChildEnd): Analysis {
    this.#lastNs = analysis.lastNs;
    if (this.#clock.epoch !== undefined) this.#lookAt(analysis.lastNs);
    this.failure = failure;
    this.#tellMissed();
    this.#keep.finish();
    if (this.#packets > this.#packetsBefore || this.#intervals === 0) {
      this.#clock.end(analysis.lastNs);
      this.#tellInterval();
    }
    if (counters !== undefined) this.#tellCounters(counters);
    this.#keep.tell();
    if (failure !== undefined) {
      this.#telling.notice('source ended', { text: failure.text });
      this.#say(`${failure.text}; what was captured until then is reported`, true);
    }
    return withCounters(analysis, counters);
  }

  /** Files of a ring that nobody can read any more. */
  #tellMissed(): void {
    const { missed } = this.#source;
    if (missed === undefined || missed.files === this.#missedTold) return;
    this.#missedTold = missed.files;
    this.#telling.notice('overtaken', missed);
    this.#say(missed.text, true);
  }

  #tellCounters({ received, dropped }: CaptureCounters): void {
    this.#telling.notice('counters', { received, dropped });
    const what = plural(received, 'packet');
    this.#say(
      `${what} received by the kernel's filter, ${countText(dropped)} dropped`,
      dropped > 0,
    );
  }

  #say(what: string, always = false): void {
    this.#telling.say(what, always);
  }
}

export function exitCode(run: LiveRun): number {
  if (run.failure !== undefined) return EXIT.capture;
  return run.writeFailed ? EXIT.unreadable : EXIT.ok;
}

/** setTimeout knows no longer time: some 24 days. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** What the kernel dropped is known only from who captured. */
function withCounters(analysis: Analysis, counters: CaptureCounters | undefined): Analysis {
  if (counters === undefined) return analysis;
  const { capture } = analysis;
  const packetsDropped = Math.max(capture.packetsDropped, counters.dropped);
  return { ...analysis, capture: { ...capture, packetsDropped } };
}
