// One live run: the road over a source that does not end, told in intervals, kept where asked for,
// and ended in order whatever ends it. Who it is told to (text, NDJSON, screens) is given to it.

import type { Capture } from '../capture/capture.js';
import type { Packet } from '../capture/packet.js';
import type { Epoch } from '../capture/time.js';
import { countText, plural } from '../lib/units.js';
import { PROBLEMS_KEPT_PER_KIND, SESSION_LINGER_NS } from '../limits.js';
import type { ChildEnd } from '../live/child.js';
import type { CaptureCounters } from '../live/counters.js';
import type { Failure } from '../live/failure.js';
import { Recorder } from '../live/recorder.js';
import { type Saved, Saver } from '../live/saver.js';
import type { LiveSource } from '../live/source.js';
import { Spool } from '../live/spool.js';
import { IntervalMetrics } from '../metrics/interval.js';
import { analyseCapture } from '../pipeline.js';
import { ProblemLog } from '../problem.js';
import type { AnalyseOptions, Analysis } from '../report/input.js';
import { type IntervalReport, makeInterval } from '../report/interval.js';
import { bothTasks } from '../report/store/keeper.js';
import type { SessionLook } from '../session/look.js';
import { Outcome, type Task, type TaskSink } from '../session/task.js';
import { BothEvents } from '../stream/events.js';
import { EXIT, OutputError } from './errors.js';
import { LiveClock } from './live-clock.js';
import type { LiveWish } from './live-options.js';

/** Who is told. */
export interface LiveTelling {
  /** True once nobody listens. */
  readonly gone: boolean;
  interval(interval: IntervalReport): void;
  command(task: Task, epoch: Epoch | undefined): void;
  notice(about: string, fields: Readonly<Record<string, unknown>>): void;
  /** A sentence beside the data; `always`: also where it shall be quiet. */
  say(text: string, always: boolean): void;
  flush(): void;
}

/** Stopped before a capture began. */
export class NothingCaptured extends Error {
  readonly exitCode = EXIT.ok;

  constructor() {
    super('stopped before anything was captured');
  }
}

const TICK_MS = 100;
/** So often -w is written out: others may follow the file. */
const FLUSH_TICKS = 5;

export class LiveRun {
  /** True once it was asked to end. */
  stopping = false;
  /** Why the source ended, where nobody asked it to; known at the end. */
  failure: Failure | undefined = undefined;
  /** The capture could not be kept as -w asks. */
  writeFailed = false;
  readonly #wish: LiveWish;
  readonly #source: LiveSource;
  readonly #clock: LiveClock;
  readonly #telling: LiveTelling;
  readonly #metrics = new IntervalMetrics();
  readonly #recorder: Recorder | undefined = undefined;
  readonly #spool: Spool | undefined = undefined;
  readonly #saver: Saver | undefined = undefined;
  #capture: Capture | undefined = undefined;
  #look: SessionLook | undefined = undefined;
  #intervals = 0;
  #packets = 0;
  #packetsBefore = 0;
  #ticks = 0;
  #missedTold = 0;
  #spoolTold = false;

  constructor(wish: LiveWish, source: LiveSource, telling: LiveTelling) {
    this.#wish = wish;
    this.#source = source;
    this.#telling = telling;
    this.#clock = new LiveClock(wish.everyNs, source.local);
    const nanoseconds = () => this.#capture?.finerThanMicroseconds ?? false;
    if (wish.write !== undefined) this.#recorder = new Recorder(wish.write, wish.ring, nanoseconds);
    if (wish.saveOn === undefined) return;
    this.#spool = new Spool(wish.spoolBytes, wish.saveLastNs, nanoseconds);
    const save = { test: wish.saveOn.test, prefix: wish.saveTo, lastNs: wish.saveLastNs };
    this.#saver = new Saver(save, this.#spool, (saved) => this.#tellSaved(saved));
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
    this.#close();
  };

  #close(): void {
    this.#recorder?.close();
    this.#spool?.close();
  }

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
      this.#close();
    }
  }

  #endTimer(): NodeJS.Timeout | undefined {
    const ms = this.#wish.durationMs;
    return ms < TIMER_MS_MAX ? setTimeout(() => this.stop(), Math.max(1, ms)) : undefined;
  }

  #asked(options: AnalyseOptions): AnalyseOptions {
    const mine: TaskSink = {
      taskStarted: (task) => this.#metrics.taskStarted(task),
      taskEnded: (task) => this.#ended(task),
    };
    const { tcp } = this.#metrics;
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
      soFar: (ask) => options.soFar?.(() => withCounters(ask(), this.#source.counters())),
      stop: () =>
        this.#enough() || this.#telling.gone || this.writeFailed || options.stop?.() === true,
    };
  }

  #enough(): boolean {
    return this.#packets >= this.#wish.packets;
  }

  #packet(packet: Packet): void {
    const clock = this.#clock;
    while (clock.packet(packet.timeNs)) this.#closeInterval(packet.timeNs);
    this.#packets++;
    const { epoch } = clock;
    if (epoch === undefined) return;
    this.#recorder?.packet(packet, epoch);
    this.#spool?.packet(packet, epoch);
    this.#tellWriteFailure(true);
  }

  #ended(task: Task): void {
    this.#metrics.taskEnded(task);
    if (task.outcome === Outcome.open) return;
    const { epoch } = this.#clock;
    this.#telling.command(task, epoch);
    if (epoch !== undefined) this.#saver?.ended(task, epoch, Math.max(task.endNs, task.statusNs));
  }

  #tick(): void {
    this.#ticks++;
    if (!this.stopping && this.#clock.quiet()) this.#closeInterval(this.#clock.nowNs());
    this.#telling.flush();
    this.#tellMissed();
    this.#tellSpool();
    if (this.#ticks % FLUSH_TICKS !== 0) return;
    this.#recorder?.flush();
    this.#tellWriteFailure();
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
        source: {
          packets: this.#packets,
          packetsNow: this.#packets - this.#packetsBefore,
          packetsDropped: this.#source.counters()?.dropped,
          delayMs: clock.delayMs,
          delayMsMax: clock.delayMsMax,
          residentBytes: process.memoryUsage.rss(),
        },
      }),
    );
    this.#packetsBefore = this.#packets;
    this.#metrics.next((id) => {
      const ended = this.#look?.session(id)?.endedNs ?? 0;
      return ended >= 0 && clock.toNs - ended > SESSION_LINGER_NS;
    });
  }

  #finish(analysis: Analysis, { counters, failure }: ChildEnd): Analysis {
    this.failure = failure;
    this.#tellMissed();
    this.#tellSpool();
    this.#recorder?.close();
    this.#tellWriteFailure();
    if (this.#packets > this.#packetsBefore || this.#intervals === 0) {
      this.#clock.end(analysis.lastNs);
      this.#tellInterval();
    }
    if (counters !== undefined) this.#tellCounters(counters);
    this.#tellKept();
    if (failure !== undefined) {
      this.#telling.notice('source ended', { text: failure.text });
      this.#say(`${failure.text}; what was captured until then is reported`, true);
    }
    return withCounters(analysis, counters);
  }

  /** The spool holds less than it was asked to: said once. */
  #tellSpool(): void {
    const trouble = this.#spool?.trouble ?? '';
    if (trouble === '' || this.#spoolTold) return;
    this.#spoolTold = true;
    this.#telling.notice('spool', { text: trouble });
    this.#say(trouble, true);
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

  #tellKept(): void {
    const recorder = this.#recorder;
    if (recorder !== undefined && recorder.paths().length > 0) {
      const files = recorder.paths().map((path) => JSON.stringify(path));
      this.#say(`${plural(recorder.packets, 'packet')} written to ${files.join(', ')}`);
      if (recorder.otherLinkType > 0) {
        const what = plural(recorder.otherLinkType, 'packet');
        this.#say(`${what} of another link type not written: a pcap file has one`, true);
      }
    }
    if (this.#saver !== undefined) {
      const { matches, files } = this.#saver;
      this.#say(
        `--save-on: ${plural(matches, 'match', 'matches')}, ${plural(files, 'file')} written`,
      );
    }
  }

  #tellSaved(saved: Saved): void {
    this.#telling.notice('saved', { ...saved });
    if (saved.error === undefined) {
      const what = plural(saved.packets, 'packet');
      this.#say(
        `${what} saved to ${JSON.stringify(saved.path)}: the command that ended in packet ${countText(saved.frame)} matches`,
      );
    } else this.#say(`${JSON.stringify(saved.path)} cannot be written: ${saved.error}`, true);
  }

  /** The capture cannot be kept any further: that is the end, in order. */
  #tellWriteFailure(opening = false): void {
    const failure = this.#recorder?.failure;
    if (failure === undefined || this.writeFailed) return;
    this.writeFailed = true;
    const name = JSON.stringify(failure.path);
    const full = failure.code === 'ENOSPC';
    const why = full ? 'the disk is full' : failure.message;
    const nothing = this.#recorder?.packets === 0;
    // Nothing was written and nothing will be: the command line was wrong.
    if (nothing && !full && opening) throw new OutputError(`${name} cannot be written: ${why}`);
    const rest = nothing ? why : `${why}; what it holds is kept`;
    this.#say(`${name} cannot be written${nothing ? '' : ' further'}: ${rest}`, true);
    this.stop();
  }

  #say(what: string, always = false): void {
    this.#telling.say(what, always);
  }
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
