// SCSI Command (RFC 7143 section 11.3); PRI from RFC 7144 section 5.1.1.

import { field, reserved } from '../field.js';
import { bhs, cmdSN, expStatSN } from './bhs.js';
import { TASK_ATTRIBUTE_NAMES } from './codes.js';

export const scsiCommand = {
  reserved0: bhs.reserved0,
  immediate: bhs.immediate,
  opcode: bhs.opcode,
  /** No unsolicited Data-Out PDUs follow. */
  final: bhs.final,
  read: field('read', 1, 1, 1, { section: '11.3.1' }),
  write: field('write', 1, 2, 1, { section: '11.3.1' }),
  reserved1b3: reserved(1, 3, 2),
  attr: field('attr', 1, 5, 3, { names: TASK_ATTRIBUTE_NAMES, section: '11.3.1' }),
  /** Only where iSCSIProtocolLevel is 2 or more; else reserved. */
  pri: field('pri', 2, 0, 4, { section: 'RFC 7144 5.1.1' }),
  reserved2b4: reserved(2, 4, 12),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  lun: bhs.lun,
  initiatorTaskTag: bhs.initiatorTaskTag,
  expectedDataTransferLength: field('expectedDataTransferLength', 20, 0, 32, {
    unit: 'bytes',
    section: '11.3.4',
  }),
  cmdSN,
  expStatSN,
  cdb: field('cdb', 32, 0, 128, { section: '11.3.5' }),
} as const;
