// hot: no allocation per packet
// RoCEv2's invariant CRC (IBTA annex A17.3.3): CRC-32 over the packet from the IP header on, with what
// routers may change set to ones, behind eight octets of ones; sent with its least octet first.

import { crc32, swapped32 } from '../../lib/crc32.js';
import type { UdpDatagram } from '../../packet/udp-datagram.js';
import {
  BTH_CHANGING,
  ICRC_PREFIX_BYTES,
  IPV4_CHANGING,
  IPV6_BYTES,
  IPV6_CHANGING,
  UDP_BYTES,
  UDP_CHANGING,
} from '../../wire/rdma/icrc-masks.js';
import { BTH_BYTES, ICRC_BYTES } from '../../wire/rdma/infiniband.js';

/** The octets of ones stay; headers are put behind them. */
const scratch = new Uint8Array(ICRC_PREFIX_BYTES + IPV6_BYTES + UDP_BYTES + BTH_BYTES);
scratch.fill(0xff, 0, ICRC_PREFIX_BYTES);
const scratchView = new DataView(scratch.buffer);
/** What may change, a word of four octets each. */
const IPV4_WORDS = words(IPV4_CHANGING);
const IPV6_WORDS = words(IPV6_CHANGING);
const UDP_WORDS = words(UDP_CHANGING);
const BTH_WORDS = words(BTH_CHANGING);

export const ICRC_WRONG = 0;
export const ICRC_RIGHT = 1;
/** What it covers is not all there, or not where it is read. */
const ICRC_UNKNOWN = 2;

export function icrc(d: UdpDatagram): number {
  const right = icrcOf(d);
  if (right < 0) return ICRC_UNKNOWN;
  return right === d.view.getUint32(d.at + d.length - ICRC_BYTES) ? ICRC_RIGHT : ICRC_WRONG;
}

/** What the packet's ICRC should be; -1 where what it covers is not all there. */
export function icrcOf(d: UdpDatagram): number {
  if (d.ipAt < 0 || d.captured < d.length || d.length < BTH_BYTES + ICRC_BYTES) return -1;
  const { bytes, view } = d;
  const version = bytes[d.ipAt] >> 4;
  const ip = d.udpAt - d.ipAt;
  const changing = version === 4 ? IPV4_WORDS : IPV6_WORDS;
  // Options and extension headers are not seen between the two in RoCE.
  if (ip !== changing.length * 4) return -1;
  let to = ICRC_PREFIX_BYTES;
  to = masked(view, d.ipAt, changing, to);
  to = masked(view, d.udpAt, UDP_WORDS, to);
  to = masked(view, d.at, BTH_WORDS, to);
  const rest = d.at + BTH_BYTES;
  const end = d.at + d.length - ICRC_BYTES;
  const crc = crc32(bytes, rest, end - rest, crc32(scratch, 0, to));
  return swapped32(crc);
}

/** Copies a header with what may change set; where the next one goes. */
function masked(view: DataView, at: number, changing: Int32Array, to: number): number {
  let next = to;
  for (let i = 0; i < changing.length; i++) {
    scratchView.setInt32(next, view.getInt32(at + 4 * i) | changing[i]);
    next += 4;
  }
  return next;
}

function words(changing: Uint8Array): Int32Array {
  const view = new DataView(changing.buffer);
  return Int32Array.from({ length: changing.length / 4 }, (_, i) => view.getInt32(4 * i));
}
