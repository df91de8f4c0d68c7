// What becomes of RoCEv2 packets: headers stay, Sends and data as iser-scrub.ts says, of the connection
// manager what sanscope reads; an ICRC that was right is right again, a wrong one stays as wrong.

import { addressText } from '../lib/address.js';
import { SCRUB_EXCHANGES_MAX } from '../limits.js';
import type { UdpDatagram } from '../packet/udp-datagram.js';
import { icrcOf } from '../pdu/roce/icrc.js';
import { IbKind, RocePacket } from '../pdu/roce/packet.js';
import { get, hex } from '../wire/field.js';
import {
  AETH_BYTES,
  BTH_BYTES,
  DETH_BYTES,
  EXTENDED_BYTES,
  IbService,
  ICRC_BYTES,
} from '../wire/rdma/infiniband.js';
import {
  CM_MESSAGES,
  CM_REJ_PRIVATE,
  CM_REP_PRIVATE,
  CM_REQ_PRIVATE,
  CmAttribute,
  cmReq,
  IP_CM_BYTES,
  ipCm,
  MAD_CLASS_CM,
  MAD_HEADER_BYTES,
  mad,
  RDMA_CM_PREFIX,
} from '../wire/rdma/infiniband-cm.js';
import { AdvertisedBuffers, SendScrub } from './iser-scrub.js';
import type { PduKept } from './pdu-scrub.js';
import type { Pseudonyms } from './pseudonyms.js';

/** Two flags of iSER's private data (IBTA annex A12). */
const ISER_FLAGS = 0xc0;
const CM_BYTES = 232;

/** Packets to one queue pair. */
interface Way {
  readonly send: SendScrub;
  nextPsn: number;
  /** The RDMA Write under way: its key, and where its next byte belongs. */
  rKey: number;
  high: number;
  low: number;
}

export class RoceScrub {
  readonly #ways = new Map<string, Way>();
  readonly #buffers = new AdvertisedBuffers();
  readonly #packet = new RocePacket();
  readonly #pseudonyms: Pseudonyms;
  readonly #kept: PduKept;

  constructor(pseudonyms: Pseudonyms, kept: PduKept) {
    this.#pseudonyms = pseudonyms;
    this.#kept = kept;
  }

  /** The payload of a datagram to RoCE's port, as it becomes. */
  payload(d: UdpDatagram): Uint8Array {
    const made = d.bytes.slice(d.at, d.at + d.captured);
    const p = this.#packet;
    if (!p.read(d)) {
      made.fill(0);
      return made;
    }
    const extended = EXTENDED_BYTES[p.opcode] ?? -1;
    const end = Math.min(made.length, d.length - ICRC_BYTES);
    if (p.opcode >> 5 === IbService.ud) this.#managed(made, end);
    else if (extended < 0 || p.opcode >> 5 !== IbService.rc) made.fill(0, BTH_BYTES);
    else this.#reliable(d, p, made, BTH_BYTES + extended, end);
    // The ICRC, and what stands behind it, are made anew.
    if (end < made.length) made.fill(0, end);
    return made;
  }

  /** The ICRC of the packet as it became, in place: `word` and `right` are those of what was. */
  checked(d: UdpDatagram, word: number, right: number): void {
    const at = d.at + d.length - ICRC_BYTES;
    if (at + ICRC_BYTES > d.at + d.captured) return;
    const made = icrcOf(d);
    if (made < 0 || right < 0) return;
    d.view.setUint32(at, (made ^ word ^ right) >>> 0);
  }

  #reliable(d: UdpDatagram, p: RocePacket, made: Uint8Array, from: number, end: number): void {
    const way = this.#way(d, p);
    const at = Math.min(from, made.length);
    const data = made.subarray(at, Math.max(at, Math.min(end, from + p.length)));
    if (p.kind === IbKind.send) {
      const inOrder = p.psn === way.nextPsn;
      if (p.first) way.send.begin(data);
      else if (inOrder) way.send.goOn(data);
      else {
        way.send.lost();
        data.fill(0);
      }
    } else if (p.kind === IbKind.write) this.#write(d, p, way, data);
    else if (p.kind !== IbKind.ack && p.kind !== IbKind.readRequest) data.fill(0);
    else data.fill(0);
    if (p.kind === IbKind.atomic || p.kind === IbKind.other) made.fill(0, BTH_BYTES);
    made.fill(0, Math.min(made.length, at + data.length), end);
    if (p.kind === IbKind.ack) made.fill(0, Math.min(made.length, BTH_BYTES + AETH_BYTES), end);
    if (p.kind === IbKind.send || p.kind === IbKind.write) way.nextPsn = (p.psn + 1) & 0xffffff;
  }

  #write(d: UdpDatagram, p: RocePacket, way: Way, data: Uint8Array): void {
    if (p.first) {
      way.rKey = p.rKey;
      way.high = p.vaHigh;
      way.low = p.vaLow;
      const owner = addressText(d.dstA, d.dstB, d.dstC, d.dstD);
      const { rKey, high, low } = way;
      this.#buffers.place(owner, rKey, high, low, data, this.#pseudonyms, this.#kept);
    } else data.fill(0);
  }

  #way(d: UdpDatagram, p: RocePacket): Way {
    const owner = addressText(d.srcA, d.srcB, d.srcC, d.srcD);
    const key = `${owner}/${addressText(d.dstA, d.dstB, d.dstC, d.dstD)}/${p.destinationQp}`;
    let way = this.#ways.get(key);
    if (way === undefined) {
      if (this.#ways.size >= SCRUB_EXCHANGES_MAX) this.#ways.clear();
      const send = new SendScrub(owner, this.#buffers, this.#pseudonyms, this.#kept);
      way = { send, nextPsn: -1, rKey: 0, high: 0, low: 0 };
      this.#ways.set(key, way);
    }
    return way;
  }

  /** A datagram of the connection manager: what its tables name as numbers, and its addresses. */
  #managed(made: Uint8Array, end: number): void {
    const at = BTH_BYTES + DETH_BYTES;
    const m = at + MAD_HEADER_BYTES;
    const view = new DataView(made.buffer, made.byteOffset, made.length);
    const whole = m + CM_BYTES <= end;
    const table =
      whole && get(view, at, mad.managementClass) === MAD_CLASS_CM
        ? CM_MESSAGES.find(({ attribute }) => attribute === get(view, at, mad.attributeId))
        : undefined;
    if (table === undefined) {
      made.fill(0, Math.min(made.length, BTH_BYTES + DETH_BYTES), end);
      return;
    }
    const before = made.slice(m, m + CM_BYTES);
    made.fill(0, m, end);
    const copy = (from: number, to: number) => made.set(before.subarray(from, to), m + from);
    for (const f of table.fields) {
      const to = f.byte + Math.ceil((f.bit + f.width) / 8);
      if (f.reserved || (f.width > 64 && !/Gid$/.test(f.name))) continue;
      copy(f.byte, to);
      if (/Guid$/.test(f.name)) this.#pseudonyms.octets(made, m + f.byte, 8, 0, 'GUIDs');
      else if (/Gid$/.test(f.name) && !this.#kept.addresses)
        this.#pseudonyms.address16(made, m + f.byte);
    }
    this.#privateData(made, m, before, table.attribute);
  }

  #privateData(made: Uint8Array, m: number, before: Uint8Array, attribute: number): void {
    let at = attribute === CmAttribute.rep ? CM_REP_PRIVATE : CM_REJ_PRIVATE;
    if (attribute === CmAttribute.req) {
      at = CM_REQ_PRIVATE;
      if (hex(before, cmReq.serviceIdPrefix.byte, 5) === RDMA_CM_PREFIX) {
        made.set(before.subarray(at, at + IP_CM_BYTES), m + at);
        for (const { byte } of [ipCm.sourceIp, ipCm.destinationIp]) {
          if (!this.#kept.addresses) this.#pseudonyms.address16(made, m + at + byte);
        }
        at += IP_CM_BYTES;
      }
    } else if (attribute !== CmAttribute.rep) return;
    made[m + at] = before[at] & ISER_FLAGS;
  }
}
