// UDP header (RFC 768).

import { field } from '../field.js';

/** Destination ports behind which a tunnel is looked for. */
export const TunnelPort = {
  vxlan: 4789,
  /** Linux's first port for VXLAN, still its default. */
  vxlanLinux: 8472,
  geneve: 6081,
  mpls: 6635,
} as const;

export const udp = {
  sourcePort: field('sourcePort', 0, 0, 16),
  destinationPort: field('destinationPort', 2, 0, 16),
  length: field('length', 4, 0, 16, { unit: 'bytes' }),
  checksum: field('checksum', 6, 0, 16),
} as const;

export const UDP_BYTES = 8;
