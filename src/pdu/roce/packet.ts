// hot: no allocation per packet
// One packet of RoCEv2 (IBTA annex A17): its headers read from the datagram it came in, as a cursor
// that is reused; and copies of those that must wait for others.

import type { UdpDatagram } from '../../packet/udp-datagram.js';
import { get } from '../../wire/field.js';
import {
  aeth,
  BTH_BYTES,
  bth,
  EXTENDED_BYTES,
  IbOpcode,
  ICRC_BYTES,
  ieth,
  reth,
  rethWords,
} from '../../wire/rdma/infiniband.js';

const NONE = new Uint8Array(0);

/** What an opcode of the reliable connection means: its kind, and where in its message it stands. */
export const IbKind = {
  other: 0,
  send: 1,
  write: 2,
  readRequest: 3,
  readResponse: 4,
  ack: 5,
  atomic: 6,
} as const;

const KINDS: readonly number[] = [
  1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 4, 4, 4, 4, 5, 5, 6, 6, 0, 1, 1,
];
const FIRST = new Set<number>([
  0x00, 0x04, 0x05, 0x06, 0x0a, 0x0b, 0x0c, 0x0d, 0x10, 0x13, 0x14, 0x17,
]);
const LAST = new Set<number>([
  0x02, 0x03, 0x04, 0x05, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0f, 0x10, 0x13, 0x14, 0x16, 0x17,
]);

export class RocePacket {
  frame = 0;
  timeNs = 0;
  opcode = 0;
  kind = 0;
  first = false;
  last = false;
  solicited = false;
  destinationQp = 0;
  psn = 0;
  /** Of a RETH: buffer, place in it, length of the whole message. */
  rKey = 0;
  vaHigh = 0;
  vaLow = 0;
  dmaLength = 0;
  /** Of an IETH: the key that a Send invalidates. */
  invalidates = false;
  invalidateKey = 0;
  /** Of an AETH: what its syndrome says. */
  aethKind = -1;
  aethValue = 0;
  /** Payload: where, how many bytes on the wire, how many captured. */
  bytes: Uint8Array = NONE;
  at = 0;
  length = 0;
  captured = 0;
  /** Bytes of UDP payload. */
  wireLength = 0;
  congested = false;

  /** False where the datagram is too short to say what it is. */
  read(d: UdpDatagram): boolean {
    if (d.captured < BTH_BYTES) return false;
    const { view, at } = d;
    this.frame = d.frame;
    this.timeNs = d.timeNs;
    this.opcode = get(view, at, bth.opcode);
    this.solicited = get(view, at, bth.solicitedEvent) === 1;
    this.destinationQp = get(view, at, bth.destinationQp);
    this.psn = get(view, at, bth.psn);
    this.wireLength = d.length;
    this.congested = (d.trafficClass & 3) === 3;
    this.invalidates = false;
    this.aethKind = -1;
    this.kind = KINDS[this.opcode] ?? IbKind.other;
    this.first = FIRST.has(this.opcode);
    this.last = LAST.has(this.opcode);
    const extended = EXTENDED_BYTES[this.opcode] ?? -1;
    if (extended < 0) return true;
    const headers = BTH_BYTES + extended;
    const length = d.length - headers - ICRC_BYTES - get(view, at, bth.padCount);
    if (length < 0 || d.captured < headers) return false;
    this.bytes = d.bytes;
    this.at = at + headers;
    this.length = length;
    this.captured = Math.min(length, d.captured - headers);
    this.extended(view, at + BTH_BYTES);
    return true;
  }

  /** All but the payload's bytes, which are copied to `into` from `place` on. */
  copyTo(other: RocePacket, into: Uint8Array, place: number): void {
    other.frame = this.frame;
    other.timeNs = this.timeNs;
    other.opcode = this.opcode;
    other.kind = this.kind;
    other.first = this.first;
    other.last = this.last;
    other.solicited = this.solicited;
    other.destinationQp = this.destinationQp;
    other.psn = this.psn;
    other.rKey = this.rKey;
    other.vaHigh = this.vaHigh;
    other.vaLow = this.vaLow;
    other.dmaLength = this.dmaLength;
    other.invalidates = this.invalidates;
    other.invalidateKey = this.invalidateKey;
    other.aethKind = this.aethKind;
    other.aethValue = this.aethValue;
    other.bytes = into;
    other.at = place;
    other.length = this.length;
    other.captured = this.captured;
    other.wireLength = this.wireLength;
    for (let i = 0; i < this.captured; i++) into[place + i] = this.bytes[this.at + i];
  }

  private extended(view: DataView, at: number): void {
    const { opcode, kind } = this;
    if (kind === IbKind.readRequest || (kind === IbKind.write && this.first)) {
      this.rKey = get(view, at, reth.rKey);
      this.vaHigh = get(view, at, rethWords.high);
      this.vaLow = get(view, at, rethWords.low);
      this.dmaLength = get(view, at, reth.dmaLength);
    } else if (opcode === IbOpcode.sendLastInvalidate || opcode === IbOpcode.sendOnlyInvalidate) {
      this.invalidates = true;
      this.invalidateKey = get(view, at, ieth.rKey);
    } else if (
      kind === IbKind.ack ||
      (kind === IbKind.readResponse && opcode !== IbOpcode.readResponseMiddle)
    ) {
      this.aethKind = get(view, at, aeth.kind);
      this.aethValue = get(view, at, aeth.value);
    }
  }
}
