// iSNS in the pdu stage: on TCP a row of its table, on UDP a sink of datagrams (RFC 4171 section 2.3).

import { addressText, endText } from '../../lib/address.js';
import type { DatagramSink, UdpDatagram } from '../../packet/udp-datagram.js';
import { type Connection, endpointText } from '../../stream/connection.js';
import { ISNS_HEADER_BYTES, ISNS_PORT } from '../../wire/isns/header.js';
import type { Journal } from '../journal.js';
import type { ConnectionFraming, FramingFacts, Protocol, Recogniser } from '../protocol.js';
import { IsnsFramer, pduOf } from './framer.js';
import { couldBeHeader, payloadLength } from './header-check.js';
import type { IsnsSink } from './pdu.js';
import { IsnsRecogniser } from './recogniser.js';

export class IsnsProtocol implements Protocol {
  readonly name = 'isns';
  readonly title = 'iSNS';
  readonly ports: ReadonlySet<number> = new Set([ISNS_PORT]);
  /** Clients connect anew for each message: what a message says is all that is kept. */
  readonly leavesNothing = true;
  readonly #sink: IsnsSink;

  constructor(sink: IsnsSink) {
    this.#sink = sink;
  }

  recogniser(journal: Journal, onPort: boolean, connection: Connection): Recogniser {
    return new IsnsRecogniser(journal, onPort, () => this.framing(connection));
  }

  framing(connection: Connection): ConnectionFraming {
    return new IsnsFraming(connection, this.#sink);
  }
}

class IsnsFraming implements ConnectionFraming {
  readonly directions: readonly [IsnsFramer, IsnsFramer];

  constructor(connection: Connection, sink: IsnsSink) {
    const a = endpointText(connection, 'a');
    const b = endpointText(connection, 'b');
    this.directions = [
      new IsnsFramer(connection.id * 2, sink, a, b),
      new IsnsFramer(connection.id * 2 + 1, sink, b, a),
    ];
  }

  facts(): FramingFacts {
    const [a, b] = this.directions;
    return {
      pdus: a.pdus + b.pdus,
      lost: [a.lostTotal, b.lostTotal],
      headersCut: a.headersCut + b.headersCut,
      boundariesLost: a.boundariesLost + b.boundariesLost,
    };
  }

  closed(): void {}
}

/** Datagrams to or from the port, each one PDU. */
export class IsnsDatagrams implements DatagramSink {
  readonly #sink: IsnsSink;

  constructor(sink: IsnsSink) {
    this.#sink = sink;
  }

  datagram(d: UdpDatagram): void {
    if (d.dstPort !== ISNS_PORT && d.srcPort !== ISNS_PORT) return;
    if (d.captured < ISNS_HEADER_BYTES) return;
    const view = new DataView(d.bytes.buffer, d.bytes.byteOffset + d.at, d.captured);
    if (!couldBeHeader(view, 0)) return;
    const length = payloadLength(view, 0);
    if (ISNS_HEADER_BYTES + length > d.length) return;
    const end = Math.min(d.captured, ISNS_HEADER_BYTES + length);
    this.#sink.isns(
      pduOf(view, 0, d.bytes.slice(d.at + ISNS_HEADER_BYTES, d.at + end), {
        connection: -1,
        direction: -2,
        from: endText(addressText(d.srcA, d.srcB, d.srcC, d.srcD), d.srcPort),
        to: endText(addressText(d.dstA, d.dstB, d.dstC, d.dstD), d.dstPort),
        complete: end === ISNS_HEADER_BYTES + length,
        streamOffset: 0,
        streamBytes: end,
        frame: d.frame,
        timeNs: d.timeNs,
        frameEnd: d.frame,
        endNs: d.timeNs,
      }),
    );
  }
}
