// TCP header (RFC 9293 section 3.1).

import { field } from '../field.js';

export const tcp = {
  sourcePort: field('sourcePort', 0, 0, 16),
  destinationPort: field('destinationPort', 2, 0, 16),
  sequenceNumber: field('sequenceNumber', 4, 0, 32),
  acknowledgmentNumber: field('acknowledgmentNumber', 8, 0, 32),
  dataOffset: field('dataOffset', 12, 0, 4, { unit: '4-byte words' }),
  reserved: field('reserved', 12, 4, 4, { reserved: true }),
  cwr: field('cwr', 13, 0, 1),
  ece: field('ece', 13, 1, 1),
  urg: field('urg', 13, 2, 1),
  ack: field('ack', 13, 3, 1),
  psh: field('psh', 13, 4, 1),
  rst: field('rst', 13, 5, 1),
  syn: field('syn', 13, 6, 1),
  fin: field('fin', 13, 7, 1),
  window: field('window', 14, 0, 16, { unit: 'bytes, unscaled' }),
  checksum: field('checksum', 16, 0, 16),
  urgentPointer: field('urgentPointer', 18, 0, 16),
} as const;

export const TCP_BYTES_MIN = 20;
