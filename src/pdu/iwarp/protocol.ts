// iWARP in the pdu stage: MPA over TCP (RFC 5044), with DDP, RDMAP and iSER in it. A connection begins
// with MPA (Linux), comes to it after a login that agreed on RDMAExtensions=Yes (RFC 7145 5.1), or is
// found in mid-stream by its FPDUs.

import type { Connection } from '../../stream/connection.js';
import type { GapKind } from '../../stream/sink.js';
import { UNTAGGED_END } from '../../wire/rdma/header-check.js';
import type { Journal, Run } from '../journal.js';
import type { MessageSink } from '../message.js';
import { beginsMpa } from '../mpa-key.js';
import type { PduSink } from '../pdu.js';
import {
  type ConnectionFraming,
  HOPELESS,
  ISCSI,
  IWARP,
  LOOKING,
  PROVEN,
  type Protocol,
  type ProtocolControl,
  type Recogniser,
} from '../protocol.js';
import type { RdmaSink } from '../rdma/events.js';
import { IwarpConnection } from './connection.js';
import { FpduSearch } from './search.js';
import type { FpduWatch } from './watch.js';

export class IwarpProtocol implements Protocol {
  readonly name = IWARP;
  readonly title = 'iWARP';
  /** It has no ports of its own. */
  readonly ports: ReadonlySet<number> = new Set();
  private readonly sink: PduSink;
  private readonly rdma: RdmaSink | undefined;
  private readonly control: ProtocolControl;
  private readonly messages: MessageSink | undefined;
  private readonly watch: FpduWatch | undefined;

  constructor(
    sink: PduSink,
    rdma: RdmaSink | undefined,
    control: ProtocolControl,
    messages?: MessageSink,
    watch?: FpduWatch,
  ) {
    this.watch = watch;
    this.sink = sink;
    this.rdma = rdma;
    this.control = control;
    this.messages = messages;
  }

  recogniser(journal: Journal, _onPort: boolean, connection: Connection): Recogniser {
    return new IwarpRecogniser(journal, () => this.framing(connection));
  }

  /** Where MPA is due and something else comes, plain iSCSI goes on: RDMAExtensions was not used. */
  framing(connection: Connection): IwarpConnection {
    const fallsBack = (id: number): void => {
      this.rdma?.fellBack(id);
      this.control.change(id, ISCSI);
    };
    const { sink, rdma, messages, watch } = this;
    return new IwarpConnection(connection.id, sink, rdma, fallsBack, messages, watch);
  }
}

/** A stream's first bytes are an MPA frame; in mid-stream an FPDU must prove itself. */
class IwarpRecogniser implements Recogniser {
  verdict: number = LOOKING;
  private readonly journal: Journal;
  private readonly make: () => IwarpConnection;
  private readonly searches: (FpduSearch | undefined)[] = [undefined, undefined];

  constructor(journal: Journal, make: () => IwarpConnection) {
    this.journal = journal;
    this.make = make;
  }

  data(side: number, run: Run): number {
    if (this.verdict !== LOOKING) return this.verdict;
    if (this.fromStart(side, run)) {
      // An MPA frame of the other side may still come; without one there never is any.
      if (!beginsMpa(run.bytes, 0, run.length)) this.verdict = HOPELESS;
      else if (run.length >= 16) this.verdict = PROVEN;
      return this.verdict;
    }
    const search = this.search(side);
    search.look(run);
    if (search.seek() >= 0) this.verdict = PROVEN;
    return this.verdict;
  }

  gap(_side: number, _run: Run | undefined, _kind: GapKind): number {
    return this.verdict;
  }

  needs(): number {
    for (const search of this.searches) {
      if (search?.hopes) return Number.POSITIVE_INFINITY;
    }
    return UNTAGGED_END;
  }

  forget(): void {
    this.searches[0] = undefined;
    this.searches[1] = undefined;
  }

  lastChance(): boolean {
    for (const search of this.searches) {
      search?.last();
      if (search !== undefined && search.seek() >= 0) this.verdict = PROVEN;
    }
    return this.verdict === PROVEN;
  }

  framing(): ConnectionFraming {
    const made = this.make();
    for (let side = 0; side < 2; side++) {
      const { start, startKnown } = this.journal;
      const first = this.journal.first(side);
      const known = start[side] === 0 && startKnown[side];
      const boundary = known && (first === undefined || this.mpaAt(first.run));
      made.directions[side].startAt(start[side], boundary);
    }
    return made;
  }

  private fromStart(side: number, run: Run): boolean {
    return this.journal.startKnown[side] && run.start === 0;
  }

  private mpaAt(run: Run | undefined): boolean {
    return run !== undefined && run.start === 0 && beginsMpa(run.bytes, 0, run.length);
  }

  private search(side: number): FpduSearch {
    let search = this.searches[side];
    if (search === undefined) {
      // What it infers of CRCs the framing finds again.
      search = new FpduSearch(this.make());
      search.begin(this.journal.start[side], -2, -1);
      this.searches[side] = search;
    }
    return search;
  }
}
