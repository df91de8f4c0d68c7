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
  const { bytes } = d;
  const version = bytes[d.ipAt] >> 4;
  const ip = d.udpAt - d.ipAt;
  const changing = version === 4 ? IPV4_CHANGING : IPV6_CHANGING;
  // Options and extension headers are not seen between the two in RoCE.
  if (ip !== changing.length) return -1;
  let to = ICRC_PREFIX_BYTES;
  to = masked(bytes, d.ipAt, changing, to);
  to = masked(bytes, d.udpAt, UDP_CHANGING, to);
  to = masked(bytes, d.at, BTH_CHANGING, to);
  const rest = d.at + BTH_BYTES;
  const end = d.at + d.length - ICRC_BYTES;
  const crc = crc32(bytes, rest, end - rest, crc32(scratch, 0, to));
  return swapped32(crc);
}

/** Copies a header with what may change set; where the next one goes. */
function masked(bytes: Uint8Array, at: number, changing: Uint8Array, to: number): number {
  for (let i = 0; i < changing.length; i++) scratch[to + i] = bytes[at + i] | changing[i];
  return to + changing.length;
}
