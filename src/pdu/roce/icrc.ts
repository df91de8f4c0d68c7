// hot: no allocation per packet
// RoCEv2's invariant CRC (IBTA annex A17.3.3): CRC-32 over the packet from the IP header on, with what
// routers may change set to ones, behind eight octets of ones; sent with its least octet first.

import { crc32, swapped32 } from '../../lib/crc32.js';
import type { UdpDatagram } from '../../packet/udp-datagram.js';
import { BTH_BYTES, ICRC_BYTES } from '../../wire/rdma/infiniband.js';

const DUMMY = 8;
const UDP = 8;
const IPV6 = 40;
const scratch = new Uint8Array(DUMMY + IPV6 + UDP + BTH_BYTES);

export const ICRC_WRONG = 0;
export const ICRC_RIGHT = 1;
/** What it covers is not all there, or not where it is read. */
const ICRC_UNKNOWN = 2;

export function icrc(d: UdpDatagram): number {
  if (d.ipAt < 0 || d.captured < d.length || d.length < BTH_BYTES + ICRC_BYTES) {
    return ICRC_UNKNOWN;
  }
  const { bytes, view } = d;
  const version = bytes[d.ipAt] >> 4;
  const ip = d.udpAt - d.ipAt;
  // Options and extension headers are not seen between the two in RoCE.
  if ((version === 4 && ip !== 20) || (version === 6 && ip !== IPV6)) return ICRC_UNKNOWN;
  for (let i = 0; i < DUMMY; i++) scratch[i] = 0xff;
  const head = ip + UDP + BTH_BYTES;
  for (let i = 0; i < head; i++) scratch[DUMMY + i] = bytes[d.ipAt + i];
  if (version === 4) {
    scratch[DUMMY + 1] = 0xff;
    scratch[DUMMY + 8] = 0xff;
    scratch[DUMMY + 10] = 0xff;
    scratch[DUMMY + 11] = 0xff;
  } else {
    scratch[DUMMY] |= 0x0f;
    scratch[DUMMY + 1] = 0xff;
    scratch[DUMMY + 2] = 0xff;
    scratch[DUMMY + 3] = 0xff;
    scratch[DUMMY + 7] = 0xff;
  }
  scratch[DUMMY + ip + 6] = 0xff;
  scratch[DUMMY + ip + 7] = 0xff;
  scratch[DUMMY + ip + UDP + 4] = 0xff;
  const rest = d.at + BTH_BYTES;
  const end = d.at + d.length - ICRC_BYTES;
  const crc = crc32(bytes, rest, end - rest, crc32(scratch, 0, DUMMY + head));
  return swapped32(crc) === view.getUint32(end) ? ICRC_RIGHT : ICRC_WRONG;
}
