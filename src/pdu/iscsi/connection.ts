// One TCP connection that speaks iSCSI: what both directions know together, and their framers.

import { FROM_INITIATOR, FROM_TARGET } from '../../wire/iscsi/header-check.js';
import type { PduSink } from '../pdu.js';
import type { ConnectionFraming, FramingFacts } from '../protocol.js';
import { Framer } from './framer.js';
import type { KeptMemory } from './kept-parts.js';
import type { TaskTags } from './sequence-context.js';
import { type ConnectionOwner, Shared } from './shared.js';

export class PduConnection implements ConnectionFraming {
  readonly shared: Shared;
  readonly directions: readonly [Framer, Framer];

  constructor(
    id: number,
    sink: PduSink,
    tags: TaskTags | undefined,
    owner?: ConnectionOwner,
    kept?: KeptMemory,
  ) {
    this.shared = new Shared(id, tags, owner, kept);
    this.directions = [
      new Framer(this.shared, id * 2, sink),
      new Framer(this.shared, id * 2 + 1, sink),
    ];
  }

  /** The direction (0 or 1) whose bytes come from the initiator is known. */
  setInitiator(side: number): void {
    this.directions[side].role = FROM_INITIATOR;
    this.directions[1 - side].role = FROM_TARGET;
  }

  facts(): FramingFacts {
    const { pdus, headersCut, boundariesLost } = this.shared;
    const [a, b] = this.directions;
    return { pdus, lost: [a.lostTotal, b.lostTotal], headersCut, boundariesLost };
  }

  closed(): void {
    for (const framer of this.directions) framer.over();
    this.shared.over();
  }
}
