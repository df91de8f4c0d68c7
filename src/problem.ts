// What can be wrong with input: a closed list. A Problem is a value, never thrown; the road goes on.

export const PROBLEM_KINDS = [
  // the file
  'empty-file',
  'not-a-capture',
  'file-cut', // the last record is not complete
  'record-malformed', // a record or block whose lengths contradict each other
  'record-skipped', // bytes skipped to the next plausible record or block
  'file-changed', // replaced, removed or written over while it was read
  'ring-overtaken', // files that are followed were deleted or written over before they were read
  'time-backwards', // a packet older than its predecessor
  'decompression-failed',
  'link-type-unknown',
  // the packet
  'packet-truncated', // cut by snaplen before the TCP payload
  'packet-malformed',
  'fragment-missing',
  // the stream
  'bytes-missing', // never captured: acknowledged by the receiver, but not in the capture
  'bytes-cut', // cut by snaplen
  'overlap-differs', // the same sequence numbers came with other bytes
  'limit-reached', // a bound of limits.ts
  // the PDU
  'not-recognised', // a connection on an iSCSI port in which no PDU could be told
  'pdu-malformed',
  'pdu-truncated',
  'resynchronised', // PDU boundaries lost and found again
  'digest-bad',
  // the session
  'text-malformed',
  'negotiation-odd',
  'protocol-odd',
] as const;

export type ProblemKind = (typeof PROBLEM_KINDS)[number];

/** One thing wrong with the input: where, and in words what was needed, what was there, and why. */
export interface Problem {
  readonly kind: ProblemKind;
  /** A sentence: "Data-In needs 48 bytes, 31 captured (snaplen)". */
  readonly text: string;
  /** Packet number from 1, where it is about a packet. */
  readonly frame?: number;
  readonly file?: string;
  /** Offset in the file, in bytes. */
  readonly offset?: number;
  /** Connection number, where it is about one. */
  readonly connection?: number;
}

/** Counts every problem and keeps the first few of each kind (limits.ts: PROBLEMS_KEPT_PER_KIND). */
export class ProblemLog {
  readonly counts = new Map<ProblemKind, number>();
  readonly kept: Problem[] = [];
  readonly #keep: number;

  constructor(keepPerKind: number) {
    this.#keep = keepPerKind;
  }

  add(problem: Problem): void {
    const count = (this.counts.get(problem.kind) ?? 0) + 1;
    this.counts.set(problem.kind, count);
    if (count <= this.#keep) this.kept.push(problem);
  }

  /** A bound is reached, again and again perhaps: its sentence is kept once. */
  reached(text: string): void {
    const told = this.kept.some((one) => one.kind === 'limit-reached' && one.text === text);
    if (told) this.count('limit-reached');
    else this.add({ kind: 'limit-reached', text });
  }

  /** False where an example would not be kept: then no sentence need be written. */
  wants(kind: ProblemKind): boolean {
    return (this.counts.get(kind) ?? 0) < this.#keep;
  }

  /** Counts without an example: for what happens too often to write a sentence each time. */
  count(kind: ProblemKind, n = 1): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + n);
  }
}
