// UDP header (RFC 768).

import { field } from '../field.js';

/** Destination ports behind which a tunnel is looked for; of L2TP, ESP and GTP the source port too. */
export const TunnelPort = {
  l2tp: 1701,
  gtpu: 2152,
  lisp: 4341,
  /** ESP that passes NAT (RFC 3948). */
  espNat: 4500,
  /** RFC 8086. */
  gre: 4754,
  vxlan: 4789,
  vxlanGpe: 4790,
  /** Linux's first port for VXLAN, still its default. */
  vxlanLinux: 8472,
  geneve: 6081,
  mpls: 6635,
  tzsp: 37008,
} as const;

export const udp = {
  sourcePort: field('sourcePort', 0, 0, 16),
  destinationPort: field('destinationPort', 2, 0, 16),
  length: field('length', 4, 0, 16, { unit: 'bytes' }),
  checksum: field('checksum', 6, 0, 16),
} as const;

export const UDP_BYTES = 8;

/** Bytes of the datagram whose header is at `at`, the header counted; 0 of a jumbogram (RFC 2675 section 4). */
export function udpLength(view: DataView, at: number): number {
  return view.getUint16(at + udp.length.byte);
}

/** LISP's data header (RFC 6830 5.3): flags, nonce, instance; an IP packet follows. */
export const LISP_BYTES = 8;
