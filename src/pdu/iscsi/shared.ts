// hot: no allocation per packet
// What both framers of one TCP connection know together: sequence numbers last said, digests, counts.

import { DIGEST_OFF, DIGEST_ON, DIGEST_UNDECIDED } from './digests.js';
import type { KeptMemory } from './kept-parts.js';
import { SequenceContext, type TaskTags } from './sequence-context.js';

/** Who has all connections: asked by number, for a function of its own each would cost half a KB. */
export interface ConnectionOwner {
  /** It is over: nothing more comes of it. */
  over(id: number): void;
  /** An MPA frame comes instead of a PDU. */
  toMpa(id: number): void;
}

export class Shared {
  readonly id: number;
  readonly context = new SequenceContext();
  /** DIGEST_OFF, DIGEST_ON or DIGEST_UNDECIDED, and whether they were inferred from CRCs. */
  headerDigest: number = DIGEST_UNDECIDED;
  dataDigest: number = DIGEST_UNDECIDED;
  headerInferred = false;
  dataInferred = false;
  /** Headers of which only a part was captured, and boundaries that turned out wrong. */
  headersCut = 0;
  boundariesLost = 0;
  pdus = 0;
  /** What all connections' PDUs hold of their data. */
  readonly kept: KeptMemory | undefined;
  private readonly tags: TaskTags | undefined;
  private readonly owner: ConnectionOwner | undefined;

  constructor(id: number, tags: TaskTags | undefined, owner?: ConnectionOwner, kept?: KeptMemory) {
    this.id = id;
    this.kept = kept;
    this.tags = tags;
    this.owner = owner;
  }

  setDigests(header: boolean, data: boolean): void {
    this.headerDigest = header ? DIGEST_ON : DIGEST_OFF;
    this.dataDigest = data ? DIGEST_ON : DIGEST_OFF;
    this.headerInferred = false;
    this.dataInferred = false;
  }

  /** A CRC was compared where no negotiation was seen. One match is proof; it is 1 in 2^32 by chance. */
  inferDigest(header: boolean, on: boolean): void {
    if (header) {
      this.headerDigest = on ? DIGEST_ON : DIGEST_OFF;
      this.headerInferred = true;
    } else {
      this.dataDigest = on ? DIGEST_ON : DIGEST_OFF;
      this.dataInferred = true;
    }
  }

  /** Boundaries failed: what was only inferred may be the reason. */
  forgetInferred(): void {
    if (this.headerInferred) this.headerDigest = DIGEST_UNDECIDED;
    if (this.dataInferred) this.dataDigest = DIGEST_UNDECIDED;
    this.headerInferred = false;
    this.dataInferred = false;
  }

  /** What comes is MPA's. */
  toMpa(): void {
    this.owner?.toMpa(this.id);
  }

  over(): void {
    this.owner?.over(this.id);
  }

  isOpen(tag: number): boolean {
    return this.tags?.isOpen(this.id, tag) ?? false;
  }
}
