// iSCSI in the pdu stage (RFC 7143): recognised on any port, framed, its digests as the session stage
// says or as the CRCs do.

import type { Connection } from '../../stream/connection.js';
import type { Journal } from '../journal.js';
import type { DigestControl, PduSink } from '../pdu.js';
import {
  type ConnectionFraming,
  IWARP,
  type Protocol,
  type ProtocolControl,
  type Recogniser,
} from '../protocol.js';
import { PduConnection } from './connection.js';
import { DIGEST_ON } from './digests.js';
import { KeptMemory } from './kept-parts.js';
import { IscsiRecogniser } from './recogniser.js';
import type { TaskTags } from './sequence-context.js';
import type { ConnectionOwner } from './shared.js';

/** RFC 7143 section 15: the user port and the system port. */
const PORTS: readonly number[] = [3260, 860];

/** What the CRCs of a connection said of its digests. */
export interface InferredDigests {
  readonly headerDigest: boolean;
  readonly dataDigest: boolean;
  /** Decided by the bytes, in whichever way. */
  readonly headerDecided: boolean;
  readonly dataDecided: boolean;
}

/** By four bits, in the order of the members: there are many connections, and few answers. */
const INFERRED: readonly InferredDigests[] = Array.from({ length: 16 }, (_, bits) => ({
  headerDigest: (bits & 1) !== 0,
  dataDigest: (bits & 2) !== 0,
  headerDecided: (bits & 4) !== 0,
  dataDecided: (bits & 8) !== 0,
}));

export class IscsiProtocol implements Protocol, DigestControl, ConnectionOwner {
  readonly name = 'iscsi';
  readonly title = 'iSCSI';
  readonly ports: ReadonlySet<number>;
  /** What PDUs hold of their data. */
  readonly kept = new KeptMemory();
  private readonly sink: PduSink;
  private readonly tags: TaskTags | undefined;
  private readonly control: ProtocolControl | undefined;
  private readonly connections: (PduConnection | undefined)[] = [];
  /** Of connections that are over; their framers are given up, for there may be many. */
  private readonly finished: (InferredDigests | undefined)[] = [];

  /** `ports`: those taken for iSCSI's beside its own; `control`: who changes to MPA where it comes. */
  constructor(
    sink: PduSink,
    tags?: TaskTags,
    ports: readonly number[] = [],
    control?: ProtocolControl,
  ) {
    this.control = control;
    this.sink = sink;
    this.tags = tags;
    this.ports = new Set([...PORTS, ...ports]);
  }

  recogniser(journal: Journal, onPort: boolean, connection: Connection): Recogniser {
    return new IscsiRecogniser(journal, onPort, (initiator) => {
      const c = this.open(connection.id);
      c.setInitiator(initiator);
      return c;
    });
  }

  /** The opener is the initiator, who connects to the target (RFC 7143 section 4.2.1). */
  framing(connection: Connection): ConnectionFraming {
    const c = this.open(connection.id);
    c.setInitiator(0);
    return c;
  }

  setDigests(connection: number, header: boolean, data: boolean): void {
    this.connections[connection]?.shared.setDigests(header, data);
  }

  inferred(connection: number): InferredDigests {
    const c = this.connections[connection];
    if (c === undefined) return this.finished[connection] ?? INFERRED[0];
    const { headerInferred, dataInferred, headerDigest, dataDigest } = c.shared;
    const header = headerInferred ? 4 + (headerDigest === DIGEST_ON ? 1 : 0) : 0;
    const data = dataInferred ? 8 + (dataDigest === DIGEST_ON ? 2 : 0) : 0;
    return INFERRED[header + data];
  }

  private open(id: number): PduConnection {
    const c = new PduConnection(id, this.sink, this.tags, this, this.kept);
    this.connections[id] = c;
    return c;
  }

  over(id: number): void {
    this.finished[id] = this.inferred(id);
    this.connections[id] = undefined;
  }

  toMpa(id: number): void {
    this.control?.change(id, IWARP);
  }
}
