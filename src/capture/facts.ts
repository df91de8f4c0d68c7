// What is known of a capture once it is read, apart from its packets.

import type { ProblemKind, ProblemLog } from '../problem.js';
import type { Epoch } from './time.js';

export type Compression = 'none' | 'gzip' | 'zstd' | 'lz4';
export type ByteOrder = 'little' | 'big';

/** One interface of a pcapng section; a classic file has one without a name. */
export interface InterfaceFacts {
  /** Number of its section and its number within, both from 0. */
  section: number;
  id: number;
  linkType: number;
  snaplen: number;
  name?: string;
  description?: string;
  filter?: string;
  /** What a tick is: `1 us`, `1 ns`, `10^-3 s`, `2^-20 s`. */
  resolution: string;
  packets: number;
  /** What the capturing program counted (interface statistics, the last block counts). */
  received?: number;
  droppedByInterface?: number;
  droppedBySystem?: number;
  /** Packets lost just before a packet, as their packet blocks say (epb_dropcount), summed. */
  droppedBeforePackets?: number;
}

export interface FileFacts {
  /** The path as it was given; `-` is standard input. */
  name: string;
  format: 'pcap' | 'pcapng' | 'unread';
  compression: Compression;
  byteOrder: ByteOrder;
  /** Sections of pcapng, 1 for pcap. A later section may have the other byte order. */
  sections: number;
  /** Bytes of the file as it lies on disk; 0 for a pipe until it has ended. */
  size: number;
  /** True for a pipe: no size beforehand and no second look. */
  piped: boolean;
  packets: number;
  capturedBytes: number;
  originalBytes: number;
  /** Packets of which fewer bytes were captured than were on the wire. */
  packetsTruncated: number;
  /** What was captured of the longest of these; 0 where there are none. */
  cutLength: number;
  /** Packets without a time of their own (simple packet blocks): they take their predecessor's. */
  packetsWithoutTime: number;
  /** Packets older than their predecessor in the file. */
  timeBackwards: number;
  interfaces: InterfaceFacts[];
  first?: Epoch;
  last?: Epoch;
  /** `cut`: the last record is not complete; `growing`: that too, and the file grew meanwhile. */
  end: 'complete' | 'cut' | 'growing' | 'stopped';
  /** Bytes skipped to the next plausible record. */
  bytesSkipped: number;
  /** Damaged records and blocks that were put right or left out. */
  recordsMalformed: number;
  /** pcapng blocks that tell nothing of packets: counted, not read. */
  comments: number;
  nameBlocks: number;
  otherBlocks: number;
  /** Why the file could not be read at all. */
  error?: string;
}

export function emptyFacts(name: string): FileFacts {
  return {
    name,
    format: 'unread',
    compression: 'none',
    byteOrder: 'little',
    sections: 0,
    size: 0,
    piped: false,
    packets: 0,
    capturedBytes: 0,
    originalBytes: 0,
    packetsTruncated: 0,
    cutLength: 0,
    packetsWithoutTime: 0,
    timeBackwards: 0,
    interfaces: [],
    first: undefined,
    last: undefined,
    end: 'complete',
    bytesSkipped: 0,
    recordsMalformed: 0,
    comments: 0,
    nameBlocks: 0,
    otherBlocks: 0,
    error: undefined,
  };
}

/** Adds what was learnt of `from`, one of several files that are read as one; equal interfaces are one. */
export function absorbFacts(to: FileFacts, from: FileFacts): void {
  to.sections += from.sections;
  to.bytesSkipped += from.bytesSkipped;
  to.recordsMalformed += from.recordsMalformed;
  to.comments += from.comments;
  to.nameBlocks += from.nameBlocks;
  to.otherBlocks += from.otherBlocks;
  if (from.end !== 'complete') to.end = from.end;
  for (const one of from.interfaces) {
    const same = to.interfaces.find((other) => isSameInterface(one, other));
    if (same === undefined) to.interfaces.push({ ...one });
    else addCounts(same, one);
  }
}

function isSameInterface(a: InterfaceFacts, b: InterfaceFacts): boolean {
  return (
    a.linkType === b.linkType &&
    a.snaplen === b.snaplen &&
    a.name === b.name &&
    a.resolution === b.resolution
  );
}

function addCounts(to: InterfaceFacts, from: InterfaceFacts): void {
  to.packets += from.packets;
  for (const name of INTERFACE_COUNTS) {
    const count = from[name];
    if (count !== undefined) to[name] = (to[name] ?? 0) + count;
  }
}

const INTERFACE_COUNTS = [
  'received',
  'droppedByInterface',
  'droppedBySystem',
  'droppedBeforePackets',
] as const;

export interface CaptureFacts {
  readonly files: readonly FileFacts[];
  readonly packets: number;
  readonly capturedBytes: number;
  readonly originalBytes: number;
  readonly packetsTruncated: number;
  /** What was captured of the longest of these, in the file where that is least; 0 where there are none. */
  readonly cutLength: number;
  readonly packetsWithoutTime: number;
  /** Time of the first packet; undefined where no packet has one. */
  readonly epoch?: Epoch;
  /** From the earliest to the latest packet, in ns. */
  readonly spanNs: number;
  /** LINKTYPE_ values and snaplens met, in the order of the files. */
  readonly linkTypes: readonly number[];
  readonly snaplens: readonly number[];
  /** What the capturing programs say they lost. */
  readonly packetsDropped: number;
  /** True where `stop()` ended the reading early. */
  readonly stopped: boolean;
}

/** A file's troubles: counted in the log, and in the file's own facts. */
export class FileLog {
  readonly facts: FileFacts;
  readonly problems: ProblemLog;
  readonly #keep: number;
  #cut: { at: number; text: string } | undefined;
  /** Packets read up to now; set by whoever counts them. */
  packets = () => 0;

  constructor(facts: FileFacts, problems: ProblemLog, keep: number) {
    this.facts = facts;
    this.problems = problems;
    this.#keep = keep;
  }

  /** `text` may be a function, called only where the sentence will be kept. */
  add(kind: ProblemKind, text: string | (() => string), offset?: number, frame?: number): void {
    if ((this.problems.counts.get(kind) ?? 0) >= this.#keep) {
      this.problems.count(kind);
      return;
    }
    const words = typeof text === 'string' ? text : text();
    this.problems.add({ kind, text: words, file: this.facts.name, offset, frame });
  }

  /** Packets of a classic file, or of those put together in it, up to now: the last one's are the rest. */
  countClassic(): void {
    const { interfaces } = this.facts;
    const last = interfaces.at(-1);
    if (last === undefined) return;
    const before = interfaces.slice(0, -1).reduce((sum, of) => sum + of.packets, 0);
    last.packets = this.packets() - before;
  }

  skipped(from: number, bytes: number, why: string): void {
    this.facts.bytesSkipped += bytes;
    this.add('record-skipped', () => `${bytes} bytes skipped: ${why}`, from);
  }

  malformed(at: number, text: () => string): void {
    this.facts.recordsMalformed += 1;
    this.add('record-malformed', text, at);
  }

  /** Packet `frame` is `byNs` older than the one before it in the file. */
  backwards(frame: number, byNs: number): void {
    this.facts.timeBackwards += 1;
    const text = () => `the packet is ${byNs} ns older than the one before it in the file`;
    this.add('time-backwards', text, undefined, frame);
  }

  /** The last record is not complete. Told by settle(), once it is known whether the file grows. */
  cut(at: number, there: number, wanted: number, what: string): void {
    this.facts.end = 'cut';
    this.#cut = { at, text: `the last ${what} needs ${wanted} bytes, ${there} are there` };
  }

  /** `grows`: the file grew while it was read; `recent`: it was written to a moment ago. */
  settle(grows: boolean, recent: boolean): void {
    if (this.#cut === undefined) return;
    if (grows) {
      this.facts.end = 'growing';
      return;
    }
    const why = recent ? 'the file is cut, or still being written' : 'the file is cut';
    this.add('file-cut', `${this.#cut.text}: ${why}`, this.#cut.at);
  }
}

/**
 * At what length packets were cut; 0 where they were not. A file's header may tell a larger snaplen: of who
 * captured, before the file was cut again, or of a program that cuts by itself.
 */
export function snaplenOf({
  snaplens,
  packetsTruncated,
  cutLength,
}: Pick<CaptureFacts, 'snaplens' | 'packetsTruncated' | 'cutLength'>): number {
  const told = Math.min(...snaplens.filter((n) => n > 0));
  const known = Number.isFinite(told) ? told : 0;
  if (packetsTruncated === 0 || !(cutLength > 0)) return known;
  return known === 0 ? cutLength : Math.min(known, cutLength);
}
