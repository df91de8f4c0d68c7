// What the pdu stage knows of one TCP connection: sequence numbers last said, digests, both framers.

import type { PduSink } from '../pdu.js';
import { DIGEST_OFF, DIGEST_ON, DIGEST_UNDECIDED } from './digests.js';
import { Framer } from './framer.js';
import { FROM_INITIATOR, FROM_TARGET } from './header-check.js';
import { SequenceContext, type TaskTags } from './sequence-context.js';

export class PduConnection {
  readonly id: number;
  readonly context = new SequenceContext();
  readonly framers: readonly [Framer, Framer];
  /** DIGEST_OFF, DIGEST_ON or DIGEST_UNDECIDED, and whether they were inferred from CRCs. */
  headerDigest: number = DIGEST_UNDECIDED;
  dataDigest: number = DIGEST_UNDECIDED;
  headerInferred = false;
  dataInferred = false;
  /** Headers of which only a part was captured, and boundaries that turned out wrong. */
  headersCut = 0;
  boundariesLost = 0;
  pdus = 0;
  private readonly tags: TaskTags | undefined;

  constructor(id: number, sink: PduSink, tags: TaskTags | undefined) {
    this.id = id;
    this.tags = tags;
    this.framers = [new Framer(this, id * 2, sink), new Framer(this, id * 2 + 1, sink)];
  }

  /** The direction (0 or 1) whose bytes come from the initiator is known. */
  setInitiator(side: number): void {
    this.framers[side].role = FROM_INITIATOR;
    this.framers[1 - side].role = FROM_TARGET;
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

  isOpen(tag: number): boolean {
    return this.tags?.isOpen(this.id, tag) ?? false;
  }
}
