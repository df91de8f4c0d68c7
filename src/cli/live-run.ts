// One live run: the road over a source that does not end, told in intervals, kept where asked for,
// and ended in order whatever ends it.

import type { Capture } from '../capture/capture.js';
import type { Packet } from '../capture/packet.js';
import { countText, plural } from '../lib/units.js';
import { PROBLEMS_KEPT_PER_KIND, TOP_DEFAULT } from '../limits.js';
import type { ChildEnd } from '../live/child.js';
import type { CaptureCounters } from '../live/counters.js';
import { Recorder } from '../live/recorder.js';
import { type Saved, Saver } from '../live/saver.js';
import type { LiveSource } from '../live/source.js';
import { Spool } from '../live/spool.js';
import { IntervalMetrics } from '../metrics/interval.js';
import { analyseCapture } from '../pipeline.js';
import { ProblemLog } from '../problem.js';
import { Collector } from '../report/collect.js';
import type { AnalyseOptions, Analysis } from '../report/input.js';
import { makeInterval } from '../report/interval.js';
import { bothTasks } from '../report/store/keeper.js';
import type { SessionLook } from '../session/look.js';
import { Outcome, type Task, type TaskSink } from '../session/task.js';
import { harmless } from '../view/cells.js';
import { EXIT, OutputError } from './errors.js';
import { LiveClock } from './live-clock.js';
import type { LiveWish } from './live-options.js';
import { LiveOutput } from './live-output.js';
import { type CommandContext, flag, ports, tellTroubles } from './run.js';

const TICK_MS = 100;
/** So often -w is written out: others may follow the file. */
const FLUSH_TICKS = 5;

export class LiveRun {
  /** True once it was asked to end. */
  stopping = false;
  readonly #context: CommandContext;
  readonly #wish: LiveWish;
  readonly #source: LiveSource;
  readonly #clock: LiveClock;
  readonly #output: LiveOutput;
  readonly #metrics = new IntervalMetrics();
  readonly #collector = new Collector(TOP_DEFAULT);
  readonly #recorder: Recorder | undefined;
  #spool: Spool | undefined = undefined;
  #saver: Saver | undefined = undefined;
  #capture: Capture | undefined = undefined;
  #look: SessionLook | undefined = undefined;
  #intervals = 0;
  #packets = 0;
  #packetsBefore = 0;
  #ticks = 0;
  /** The recorder failed, and that was said. */
  #writeFailed = false;

  constructor(context: CommandContext, wish: LiveWish, source: LiveSource) {
    this.#context = context;
    this.#wish = wish;
    this.#source = source;
    this.#clock = new LiveClock(wish.everyNs, source.local);
    this.#output = new LiveOutput(context, wish.json, () => this.stop());
    const nanoseconds = () => this.#capture?.finerThanMicroseconds ?? false;
    if (wish.write !== undefined) this.#recorder = new Recorder(wish.write, wish.ring, nanoseconds);
    if (wish.saveOn === undefined) return;
    this.#spool = new Spool(wish.spoolBytes, wish.saveLastNs, nanoseconds);
    const save = { test: wish.saveOn.test, prefix: wish.saveTo, lastNs: wish.saveLastNs };
    this.#saver = new Saver(save, this.#spool, (saved) => this.#tellSaved(saved));
  }

  /** Asks for the end; the report follows. */
  stop(): void {
    if (this.stopping) return;
    this.stopping = true;
    this.#source.stop();
  }

  /** The exit code. */
  async run(): Promise<number> {
    const ticks = setInterval(() => this.#tick(), TICK_MS);
    const limit = this.#wish.durationMs;
    const timer =
      limit < TIMER_MS_MAX ? setTimeout(() => this.stop(), Math.max(1, limit)) : undefined;
    try {
      const problems = new ProblemLog(PROBLEMS_KEPT_PER_KIND);
      this.#capture = await this.#source.open(problems);
      if (this.#capture === undefined) return this.#endedBefore();
      const analysis = await analyseCapture(this.#capture, problems, this.#asked());
      clearInterval(ticks);
      this.stopOwn();
      return this.#finish(analysis, await this.#source.ended());
    } finally {
      clearInterval(ticks);
      clearTimeout(timer);
      this.#source.stop();
      this.#recorder?.close();
      this.#spool?.close();
    }
  }

  /** --packets ended the reading: the capturing program has to be told. */
  stopOwn(): void {
    if (this.#enough()) this.stop();
  }

  #asked(): AnalyseOptions {
    const mine: TaskSink = {
      taskStarted: (task) => this.#metrics.taskStarted(task),
      taskEnded: (task) => this.#ended(task),
    };
    return {
      ports: ports(this.#context, 'port'),
      notPorts: ports(this.#context, 'notPort'),
      started: (epoch) => this.#clock.begin(epoch),
      packetSink: { packet: (packet) => this.#packet(packet) },
      taskSink: bothTasks(this.#collector, mine),
      pduSink: this.#collector.evidence,
      tcpSink: this.#metrics.tcp,
      look: (look) => {
        this.#look = look;
      },
      stop: () => this.#enough() || this.#output.gone || this.#writeFailed,
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
    if (this.#recorder?.failure !== undefined && !this.#writeFailed) this.#tellWriteFailure();
  }

  #ended(task: Task): void {
    this.#metrics.taskEnded(task);
    if (task.outcome === Outcome.open) return;
    const { epoch } = this.#clock;
    this.#output.command(task, epoch);
    if (epoch !== undefined) this.#saver?.ended(task, epoch, Math.max(task.endNs, task.statusNs));
  }

  #tick(): void {
    this.#ticks++;
    if (!this.stopping && this.#clock.quiet()) this.#closeInterval(this.#clock.nowNs());
    this.#output.flush();
    if (this.#ticks % FLUSH_TICKS !== 0) return;
    this.#recorder?.flush();
    if (this.#recorder?.failure !== undefined && !this.#writeFailed) this.#tellWriteFailure();
  }

  #closeInterval(untilNs: number): void {
    this.#tellInterval();
    this.#clock.next(untilNs);
    this.#source.ask();
  }

  #tellInterval(): void {
    const clock = this.#clock;
    this.#intervals++;
    this.#output.interval(
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
    this.#metrics.next((id) => (this.#look?.session(id)?.endedNs ?? 0) >= 0);
  }

  /** Stopped before a capture began. */
  #endedBefore(): number {
    this.#say('stopped before anything was captured');
    return EXIT.ok;
  }

  #finish(analysis: Analysis, end: ChildEnd): number {
    this.#recorder?.close();
    if (this.#recorder?.failure !== undefined && !this.#writeFailed) this.#tellWriteFailure();
    if (this.#output.gone) return EXIT.ok;
    if (this.#packets > this.#packetsBefore || this.#intervals === 0) {
      this.#clock.end(analysis.lastNs);
      this.#tellInterval();
    }
    const { counters, failure } = end;
    if (counters !== undefined) this.#output.notice('counters', { ...counters });
    if (failure !== undefined) this.#output.notice('source ended', { text: failure.text });
    const road = counters === undefined ? analysis : withCounters(analysis, counters);
    this.#output.report(this.#collector.report(road));
    this.#output.flush();
    tellTroubles(this.#context, analysis);
    if (counters !== undefined) this.#tellCounters(counters);
    this.#tellKept();
    return this.#exitCode(end);
  }

  #exitCode({ failure }: ChildEnd): number {
    if (failure !== undefined) {
      this.#say(`${failure.text}; what was captured until then is in the report`, true);
      return EXIT.capture;
    }
    return this.#writeFailed ? EXIT.unreadable : EXIT.ok;
  }

  #tellCounters({ received, dropped }: CaptureCounters): void {
    this.#say(
      `${plural(received, 'packet')} received by the kernel's filter, ${countText(dropped)} dropped`,
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
    this.#output.notice('saved', { ...saved });
    if (saved.error === undefined) {
      const what = plural(saved.packets, 'packet');
      this.#say(
        `${what} saved to ${JSON.stringify(saved.path)}: the command that ended in packet ${countText(saved.frame)} matches`,
      );
    } else this.#say(`${JSON.stringify(saved.path)} cannot be written: ${saved.error}`, true);
  }

  /** The capture cannot be kept any further: that is the end, in order. */
  #tellWriteFailure(): void {
    const failure = this.#recorder?.failure;
    if (failure === undefined) return;
    this.#writeFailed = true;
    const why = failure.code === 'ENOSPC' ? 'the disk is full' : failure.message;
    if (this.#recorder?.packets === 0) {
      throw new OutputError(`${JSON.stringify(failure.path)} cannot be written: ${why}`);
    }
    this.#say(
      `${JSON.stringify(failure.path)} cannot be written further: ${why}; what it holds is kept`,
      true,
    );
    this.stop();
  }

  #say(what: string, always = false): void {
    if (always || !flag(this.#context, 'quiet')) this.#context.say(`sanscope: ${harmless(what)}\n`);
  }
}

/** setTimeout knows no longer time: some 24 days. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** What the kernel dropped is known only from who captured. */
function withCounters(analysis: Analysis, { dropped }: CaptureCounters): Analysis {
  const { capture } = analysis;
  const packetsDropped = Math.max(capture.packetsDropped, dropped);
  return { ...analysis, capture: { ...capture, packetsDropped } };
}
