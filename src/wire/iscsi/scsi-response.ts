// SCSI Response (RFC 7143 section 11.4); Status Qualifier from RFC 7144 section 5.2.1.

import { field, reserved, whenIs, whenSet } from '../field.js';
import { SCSI_STATUS_NAMES } from '../scsi/status.js';
import { bhs, expCmdSN, maxCmdSN, notImmediate, statSN } from './bhs.js';
import { RESPONSE_NAMES, Response } from './codes.js';

const response = field('response', 2, 0, 8, { names: RESPONSE_NAMES, section: '11.4.3' });
/** o and u of byte 1. */
const overflow = field('bidirectionalReadResidualOverflow', 1, 3, 1, { section: '11.4.1' });
const underflow = field('bidirectionalReadResidualUnderflow', 1, 4, 1, { section: '11.4.1' });

export const scsiResponse = {
  reserved0: bhs.reserved0,
  reserved0b1: notImmediate,
  opcode: bhs.opcode,
  final: bhs.final,
  reserved1b1: reserved(1, 1, 2),
  bidirectionalReadResidualOverflow: overflow,
  bidirectionalReadResidualUnderflow: underflow,
  residualOverflow: field('residualOverflow', 1, 5, 1, { section: '11.4.1' }),
  residualUnderflow: field('residualUnderflow', 1, 6, 1, { section: '11.4.1' }),
  reserved1b7: reserved(1, 7, 1),
  response,
  /** RFC 7143 11.4.2: "only valid if the response code is Command Completed at Target". */
  status: field('status', 3, 0, 8, {
    names: SCSI_STATUS_NAMES,
    section: '11.4.2',
    when: whenIs(response, Response.completed),
  }),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  /** Only where iSCSIProtocolLevel is 2 or more; else reserved. */
  statusQualifier: field('statusQualifier', 8, 0, 16, { section: 'RFC 7144 5.2.1' }),
  reserved10: reserved(10, 0, 16),
  reserved12: reserved(12, 0, 32),
  initiatorTaskTag: bhs.initiatorTaskTag,
  snackTag: field('snackTag', 20, 0, 32, { section: '11.4.4' }),
  statSN,
  expCmdSN,
  maxCmdSN,
  expDataSN: field('expDataSN', 36, 0, 32, { section: '11.4.8' }),
  /** RFC 7143 11.4.6: reserved where neither the u bit nor the o bit is set. */
  bidirectionalReadResidualCount: field('bidirectionalReadResidualCount', 40, 0, 32, {
    unit: 'bytes',
    section: '11.4.6',
    when: whenSet(overflow, underflow),
  }),
  residualCount: field('residualCount', 44, 0, 32, { unit: 'bytes', section: '11.4.5' }),
} as const;
