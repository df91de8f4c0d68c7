// Files and pipes → packets in time order. The door of the capture stage: openCapture, then run.

import { PROBLEMS_KEPT_PER_KIND, SLOW_BYTES_PER_MS } from '../limits.js';
import { ProblemLog } from '../problem.js';
import { CaptureError, label, UnpackedWhole } from './capture-error.js';
import { type CaptureFacts, emptyFacts, type FileFacts, FileLog } from './facts.js';
import { FileSource } from './file-source.js';
import { failureText, openLane } from './open.js';
import type { PacketSink } from './packet.js';
import type { PipeSpool } from './pipe-spool.js';
import { BEATEN, DRY, type Lane, Pump } from './pump.js';
import { changeSince, type FileState, stateOf } from './same-file.js';
import { isStandardInput } from './standard-input.js';
import type { Epoch } from './time.js';

export interface CaptureOptions {
  /** Where troubles inside the files go; one of its own where absent. */
  readonly problems?: ProblemLog;
  /** Keeps what flows through pipes, for those who want to read it again. */
  readonly spool?: PipeSpool;
}

/** `total` is 0 where it is not known (a pipe). A promise is waited for before reading goes on. */
export type Progress = (bytesRead: number, bytesTotal: number) => void | Promise<void>;

/** Of so many files the next parts are read while these are looked at. */
const AHEAD_FILES = 2;
/** Bytes read without giving the event loop a turn: signals and closed pipes are seen in time. */
const TURN_BYTES = 32 << 20;
/** A file that changed so recently may still be written to. */
const RECENT_MS = 10_000;
const AT_REST = { grew: false, changedMs: RECENT_MS };

/**
 * Opens all paths. A file that cannot be read is told in `failures` and its facts, and the others
 * are read nevertheless; where none can be read the first one's CaptureError is thrown.
 */
export async function openCapture(
  paths: readonly string[],
  options: CaptureOptions = {},
): Promise<Capture> {
  const problems = options.problems ?? new ProblemLog(PROBLEMS_KEPT_PER_KIND);
  const capture = new Capture(problems);
  for (const [index, path] of paths.entries()) {
    await capture.open(path, index, paths, options.spool);
  }
  if (capture.failures.length === paths.length && capture.failures.length > 0) {
    throw capture.failures[0];
  }
  for (const failure of capture.failures) {
    problems.add({ kind: failure.kind, text: failure.message, file: failure.file });
  }
  return capture;
}

/** A capture of what `lane` opens; `name` is for messages. Throws a CaptureError. */
export async function captureLane(
  name: string,
  options: CaptureOptions,
  lane: (log: FileLog) => Promise<Lane>,
): Promise<Capture> {
  const capture = new Capture(options.problems ?? new ProblemLog(PROBLEMS_KEPT_PER_KIND));
  await capture.add(name, lane);
  if (capture.failures.length > 0) throw capture.failures[0];
  return capture;
}

/** Invariant: `#waiting` is sorted, the lane with the oldest packet last. */
export class Capture {
  readonly problems: ProblemLog;
  /** Files that could not be read. */
  readonly failures: CaptureError[] = [];
  /** Files whose reads bring fewer bytes a millisecond are read ahead. */
  readAheadBelow = SLOW_BYTES_PER_MS;
  readonly #files: FileFacts[] = [];
  readonly #lanes: Lane[] = [];
  readonly #waiting: Lane[] = [];
  /** What the files were when they were opened. */
  readonly #states: Map<Lane, FileState> = new Map();
  #pump: Pump | undefined;
  #stopped = false;
  /** The lane whose bytes are waited for. */
  #awaited: Lane | undefined;
  #progress: Progress | undefined;
  #bytesRead = 0;
  #bytesTotal = 0;
  #bytesAtTurn = 0;

  constructor(problems: ProblemLog) {
    this.problems = problems;
  }

  /** Time of the first packet; set when it is delivered. */
  get epoch(): Epoch {
    return this.#pump?.epoch ?? { seconds: 0, nanoseconds: 0 };
  }

  /** True where a packet's time is told finer than in microseconds. */
  get finerThanMicroseconds(): boolean {
    const ticks = this.#files.flatMap((file) => file.interfaces.map((of) => of.resolution));
    return ticks.some((tick) => tick !== '1 us' && tick !== '10^-3 s' && tick !== '1 s');
  }

  /** Called by openCapture. */
  async open(
    path: string,
    index: number,
    paths: readonly string[],
    spool?: PipeSpool,
  ): Promise<void> {
    await this.add(path, async (log) => {
      const input = isStandardInput(path) && paths.slice(0, index).some(isStandardInput);
      if (input) throw new CaptureError(path, 'standard input can be read only once');
      const before = isStandardInput(path) ? undefined : stateOf(path);
      const lane = await openLane(path, index, paths.length, log, spool);
      if (before !== undefined) this.#states.set(lane, before);
      return lane;
    });
  }

  /** Takes what `open` opens, or keeps why it could not be. */
  async add(name: string, open: (log: FileLog) => Promise<Lane>): Promise<void> {
    const facts = emptyFacts(name);
    this.#files.push(facts);
    try {
      this.#lanes.push(await open(new FileLog(facts, this.problems, PROBLEMS_KEPT_PER_KIND)));
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      facts.error = error.message;
      this.failures.push(error);
    }
  }

  /** Ends the reading after the packet at hand, also while a pipe is waited for. */
  stop(): void {
    this.#stopped = true;
    this.#awaited?.source.close();
    if (this.#pump) this.#pump.stopped = true;
  }

  /** What is known of it while it is read. */
  soFar(): CaptureFacts {
    for (const lane of this.#lanes) this.#count(lane);
    return this.#facts(this.#pump);
  }

  /** Delivers all packets. May be called once. */
  async run(sink: PacketSink, progress?: Progress): Promise<CaptureFacts> {
    const pump = new Pump(sink);
    this.#pump = pump;
    this.#progress = progress;
    this.#bytesTotal = this.#total();
    if (this.#lanes.length <= AHEAD_FILES) {
      for (const { source } of this.#lanes) {
        if (source instanceof FileSource) source.readAhead(this.readAheadBelow);
      }
    }
    for (const lane of this.#lanes) await this.#load(lane);
    while (this.#waiting.length > 0 && !this.#stopped) {
      const lane = this.#waiting.pop()!;
      const rival = this.#waiting.at(-1);
      const verdict = rival
        ? pump.run(lane, rival.reader.seconds, rival.reader.nanoseconds, lane.file < rival.file)
        : pump.run(lane, Number.POSITIVE_INFINITY, 0, true);
      if (verdict === BEATEN) this.#wait(lane);
      else if (verdict === DRY) await this.#load(lane);
      else this.#waiting.push(lane);
    }
    for (const lane of this.#waiting) this.#finish(lane);
    return this.#facts(pump);
  }

  /** Brings the lane to its next packet, and in line; or to its end. */
  async #load(lane: Lane): Promise<void> {
    const { reader, source } = lane;
    while (!reader.next()) {
      if (reader.done || this.#stopped) {
        this.#finish(lane);
        return;
      }
      const wait = source.refill(reader.needed);
      if (wait) {
        this.#awaited = lane;
        await wait;
        this.#awaited = undefined;
      }
      const told = this.#tell(lane);
      if (told) await told;
    }
    this.#wait(lane);
  }

  /** Puts the lane in line by its packet's time; among equals the file named first goes first. */
  #wait(lane: Lane): void {
    const line = this.#waiting;
    let at = line.length;
    while (at > 0 && comesFirst(line[at - 1], lane)) at -= 1;
    line.splice(at, 0, lane);
  }

  #tell(lane: Lane): Promise<void> | undefined {
    const read = lane.source.bytesRead();
    this.#bytesRead += read - lane.bytesTold;
    lane.bytesTold = read;
    const told = this.#progress?.(this.#bytesRead, this.#bytesTotal);
    if (this.#bytesRead - this.#bytesAtTurn < TURN_BYTES) return told ?? undefined;
    this.#bytesAtTurn = this.#bytesRead;
    return Promise.resolve(told).then(() => new Promise((resolve) => setImmediate(resolve)));
  }

  #total(): number {
    const read = this.#files.filter((file) => file.error === undefined);
    return read.some((file) => file.piped) ? 0 : read.reduce((sum, file) => sum + file.size, 0);
  }

  /** Closes the lane and completes the facts of its file. */
  #finish(lane: Lane): void {
    const { source, log } = lane;
    const { facts } = log;
    if (source.failure && !this.#stopped) {
      const packed = facts.compression !== 'none';
      const kind = packed ? 'decompression-failed' : 'file-cut';
      if (!(source.failure instanceof UnpackedWhole)) facts.end = 'cut';
      log.add(kind, failureText(facts.name, source.failure));
    }
    if (facts.piped) facts.size = source.bytesRead();
    const { grew, changedMs } = source instanceof FileSource ? source.size() : AT_REST;
    if (!this.#stopped) log.settle(grew, changedMs < RECENT_MS);
    if (this.#stopped) facts.end = 'stopped';
    this.#tellChange(lane);
    source.close();
    this.#count(lane);
  }

  /** What was read may be of two files, or of one that is not there any more. */
  #tellChange(lane: Lane): void {
    const before = this.#states.get(lane);
    if (before === undefined) return;
    this.#states.delete(lane);
    const { log } = lane;
    const change = changeSince(log.facts.name, before);
    if (change === '') return;
    log.add('file-changed', `${label(log.facts.name)} ${change} while it was read`);
  }

  #count(lane: Lane): void {
    const { facts } = lane.log;
    facts.packets = lane.packets;
    facts.capturedBytes = lane.capturedBytes;
    facts.originalBytes = lane.originalBytes;
    facts.packetsTruncated = lane.packetsTruncated;
    facts.cutLength = lane.cutLength;
    facts.packetsWithoutTime = lane.packetsWithoutTime;
    if (facts.format === 'pcap') lane.log.countClassic();
    if (lane.firstNs > lane.lastNs) return;
    facts.first = addNs(this.epoch, lane.firstNs);
    facts.last = addNs(this.epoch, lane.lastNs);
  }

  #facts(pump: Pump | undefined): CaptureFacts {
    const files = this.#files;
    const sum = (of: (file: FileFacts) => number) => files.reduce((n, file) => n + of(file), 0);
    const interfaces = files.flatMap((file) => file.interfaces);
    const first = Math.min(...this.#lanes.map((lane) => lane.firstNs));
    const last = Math.max(...this.#lanes.map((lane) => lane.lastNs));
    return {
      files,
      packets: pump?.frame ?? 0,
      capturedBytes: sum((file) => file.capturedBytes),
      originalBytes: sum((file) => file.originalBytes),
      packetsTruncated: sum((file) => file.packetsTruncated),
      cutLength: files.reduce(
        (least, { cutLength: n }) => (n > 0 && (least === 0 || n < least) ? n : least),
        0,
      ),
      packetsWithoutTime: sum((file) => file.packetsWithoutTime),
      epoch: pump?.timed ? pump.epoch : undefined,
      spanNs: last > first ? last - first : 0,
      linkTypes: [...new Set(interfaces.map((of) => of.linkType))],
      snaplens: [...new Set(interfaces.map((of) => of.snaplen))],
      packetsDropped: interfaces.reduce(
        (n, of) =>
          n +
          Math.max(
            (of.droppedByInterface ?? 0) + (of.droppedBySystem ?? 0),
            of.droppedBeforePackets ?? 0,
          ),
        0,
      ),
      stopped: this.#stopped,
    };
  }
}

/** True where `a` delivers before `b`. */
function comesFirst(a: Lane, b: Lane): boolean {
  if (a.reader.seconds !== b.reader.seconds) return a.reader.seconds < b.reader.seconds;
  if (a.reader.nanoseconds !== b.reader.nanoseconds) {
    return a.reader.nanoseconds < b.reader.nanoseconds;
  }
  return a.file < b.file;
}

function addNs(epoch: Epoch, ns: number): Epoch {
  const whole = Math.floor((epoch.nanoseconds + ns) / 1e9);
  return { seconds: epoch.seconds + whole, nanoseconds: epoch.nanoseconds + ns - whole * 1e9 };
}
