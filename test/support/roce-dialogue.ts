// A conversation of iSER over RoCEv2 built from the field tables: the connection manager's messages, Sends with PDUs,
// data by RDMA, atomics. Its ICRCs are right.

import { crc32 } from '../../src/lib/crc32.js';
import { IpProtocol } from '../../src/wire/net/ipv4.js';
import { UDP_BYTES, udp } from '../../src/wire/net/udp.js';
import {
  BTH_BYTES,
  bth,
  DETH_BYTES,
  deth,
  IbOpcode,
  ROCE_PORT,
} from '../../src/wire/rdma/infiniband.js';
import {
  CmAttribute,
  cmRep,
  cmReq,
  GSI_QP,
  MAD_CLASS_CM,
  MAD_HEADER_BYTES,
  mad,
} from '../../src/wire/rdma/infiniband-cm.js';
import { ISER_HEADER_BYTES, iserControl } from '../../src/wire/rdma/iser.js';
import type { FieldValue } from './build.js';
import { header } from './iwarp.js';
import { concat, words } from './octets.js';
import { ipBytes } from './packet-builder.js';
import { ethernetFrame, ipType } from './packet-link.js';
import type { TimedBytes } from './run.js';

/** The queue pair of each side. */
const QUEUE_PAIRS = [0x11, 0x22] as const;
const IP_AT = 14;
/** What ICRC does not cover: TOS, TTL, checksums, what the BTH reserves (IBTA A17.3.3). */
const CHANGING = [1, 8, 10, 11, 26, 27, 32];
const MAD_BYTES = 256;

type Values = Readonly<Record<string, FieldValue>>;

/** A UDP datagram in IPv4 over Ethernet. */
export function udpFrame(
  ends: readonly [src: string, dst: string],
  ports: readonly [src: number, dst: number],
  payload: Uint8Array,
): Uint8Array {
  const head = words(UDP_BYTES, [
    [udp.sourcePort, ports[0]],
    [udp.destinationPort, ports[1]],
    [udp.length, UDP_BYTES + payload.length],
  ]);
  const [src, dst] = ends;
  const ip = ipBytes(IpProtocol.udp, concat(head, payload), { src, dst });
  return ethernetFrame(ipType(ip), ip);
}

export class RoceDialogue {
  readonly packets: TimedBytes[] = [];
  private readonly ends: readonly [string, string];
  timeNs = 0;
  private readonly psn = [100, 900];

  constructor(host = 1) {
    this.ends = [`10.0.7.${host}`, '10.0.7.200'];
  }

  /** A packet of a side with what stands behind its BTH. */
  packet(side: number, opcode: number, payload: Uint8Array, values: Values = {}): this {
    const pad = -payload.length & 3;
    const head = header(BTH_BYTES, bth, {
      opcode,
      padCount: pad,
      partitionKey: 0xffff,
      destinationQp: QUEUE_PAIRS[1 - side],
      psn: values['psn'] ?? this.psn[side]++,
      ...values,
    });
    const body = concat(head, payload, new Uint8Array(pad + 4));
    const [a, b] = this.ends;
    const ends = side === 0 ? this.ends : ([b, a] as const);
    const bytes = udpFrame(ends, [50_000 + side, ROCE_PORT], body);
    rightIcrc(bytes);
    this.timeNs += 100_000;
    this.packets.push({ timeNs: this.timeNs, bytes });
    return this;
  }

  /** A message of the connection manager, with its private data from `privateAt` on. */
  cm(side: number, attributeId: number, body: Uint8Array): this {
    const head = header(DETH_BYTES, deth, { queueKey: 0x80010000, sourceQp: GSI_QP });
    const fields = { baseVersion: 1, managementClass: MAD_CLASS_CM, classVersion: 2, method: 3 };
    const start = header(MAD_HEADER_BYTES, mad, { ...fields, attributeId });
    const rest = new Uint8Array(MAD_BYTES - MAD_HEADER_BYTES);
    rest.set(body.subarray(0, rest.length));
    const all = concat(head, start, rest);
    return this.packet(side, IbOpcode.udSendOnly, all, { destinationQp: GSI_QP, psn: 0 });
  }

  /** `service`: five octets in hex, 0000000001 is RDMA CM's. */
  connect(service: string, privateData: Uint8Array, replied: Uint8Array): this {
    const req = header(140, cmReq, {
      localCommunicationId: 7,
      serviceIdPrefix: service,
      serviceIdProtocol: 6,
      serviceIdPort: 3260,
      localQp: QUEUE_PAIRS[0],
      // With which the other side shall begin (IBTA 12.7.21).
      startingPsn: this.psn[1],
      pathMtu: 3,
    });
    const rep = header(36, cmRep, {
      localCommunicationId: 8,
      remoteCommunicationId: 7,
      localQp: QUEUE_PAIRS[1],
      startingPsn: this.psn[0],
    });
    this.cm(0, CmAttribute.req, concat(req, privateData));
    this.cm(1, CmAttribute.rep, concat(rep, replied));
    return this.cm(0, CmAttribute.rtu, Uint8Array.of(0, 0, 0, 7, 0, 0, 0, 8));
  }

  /** A PDU in a Send behind an iSER header. */
  send(side: number, pdu: Uint8Array, iser: Values = {}): this {
    const head = header(ISER_HEADER_BYTES, iserControl, { opcode: 1, ...iser });
    return this.packet(side, IbOpcode.sendOnly, concat(head, pdu));
  }
}

/** Writes the right ICRC of a RoCE packet over IPv4. */
export function rightIcrc(bytes: Uint8Array): void {
  const head = bytes.slice(IP_AT, IP_AT + 40);
  for (const i of CHANGING) head[i] = 0xff;
  const end = bytes.length - 4;
  const all = concat(new Uint8Array(8).fill(0xff), head, bytes.slice(IP_AT + 40, end));
  const word = crc32(all, 0, all.length);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(end, word, true);
}
