// FCIP and iFCP in the pdu stage: recognised by a chain of encapsulated frames on any port, framed by
// one framer (RFC 3643).

import type { Connection } from '../../stream/connection.js';
import { Carrier } from '../../wire/fc/carriers.js';
import { FCIP_PORT, IFCP_PORT } from '../../wire/fc/codes.js';
import type { Journal } from '../journal.js';
import type { ConnectionFraming, FramingFacts, Protocol, Recogniser } from '../protocol.js';
import type { FcSink } from './frame.js';
import { FcConnection, Framer } from './framer.js';
import { EncapsulationRecogniser } from './recogniser.js';

/** `onOpen` is told of each connection that is proven, before its first frame. */
export class FcProtocol implements Protocol {
  readonly name: string;
  readonly title: string;
  readonly ports: ReadonlySet<number>;
  readonly tellsUnread = true;
  private readonly carrier: number;
  private readonly sink: FcSink;

  constructor(carrier: typeof Carrier.fcip | typeof Carrier.ifcp, sink: FcSink) {
    const fcip = carrier === Carrier.fcip;
    this.name = fcip ? 'fcip' : 'ifcp';
    this.title = fcip ? 'FCIP' : 'iFCP';
    this.ports = new Set([fcip ? FCIP_PORT : IFCP_PORT]);
    this.carrier = carrier;
    this.sink = sink;
  }

  recogniser(journal: Journal, onPort: boolean, connection: Connection): Recogniser {
    return new EncapsulationRecogniser(journal, onPort, this.carrier, () =>
      this.framing(connection),
    );
  }

  framing(connection: Connection): ConnectionFraming {
    return new FcFraming(connection.id, this.carrier, this.sink);
  }
}

class FcFraming implements ConnectionFraming {
  readonly directions: readonly [Framer, Framer];
  private readonly connection: FcConnection;

  constructor(id: number, carrier: number, sink: FcSink) {
    this.connection = new FcConnection(id, carrier);
    this.directions = [
      new Framer(this.connection, id * 2, sink),
      new Framer(this.connection, id * 2 + 1, sink),
    ];
  }

  facts(): FramingFacts {
    const { frames, headersCut, boundariesLost } = this.connection;
    const [a, b] = this.directions;
    return { pdus: frames, lost: [a.lostTotal, b.lostTotal], headersCut, boundariesLost };
  }

  closed(): void {}
}
