// SCSI Data-In (RFC 7143 section 11.7).

import { field, reserved, whenSet } from '../field.js';
import { SCSI_STATUS_NAMES } from '../scsi/status.js';
import { bhs, expCmdSN, lunWhen, maxCmdSN, notImmediate, targetTransferTag } from './bhs.js';

/** S of byte 1: StatSN, Status, O, U and Residual Count mean something only with it (RFC 7143 11.7.3). */
const statusPresent = field('statusPresent', 1, 7, 1, { section: '11.7.3' });
const when = whenSet(statusPresent);
const acknowledge = field('acknowledge', 1, 1, 1, { section: '11.7.2' });

export const dataIn = {
  reserved0: bhs.reserved0,
  reserved0b1: notImmediate,
  opcode: bhs.opcode,
  final: bhs.final,
  acknowledge,
  reserved1b2: reserved(1, 2, 3),
  residualOverflow: field('residualOverflow', 1, 5, 1, { section: '11.7.3', when }),
  residualUnderflow: field('residualUnderflow', 1, 6, 1, { section: '11.7.3', when }),
  statusPresent,
  reserved2: reserved(2, 0, 8),
  status: field('status', 3, 0, 8, { names: SCSI_STATUS_NAMES, section: '11.7.3', when }),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  lun: lunWhen(whenSet(acknowledge), '11.7.4'),
  initiatorTaskTag: bhs.initiatorTaskTag,
  targetTransferTag,
  statSN: field('statSN', 24, 0, 32, { section: '11.7.3', when }),
  expCmdSN,
  maxCmdSN,
  dataSN: field('dataSN', 36, 0, 32, { section: '11.7.5' }),
  bufferOffset: field('bufferOffset', 40, 0, 32, { unit: 'bytes', section: '11.7.6' }),
  residualCount: field('residualCount', 44, 0, 32, { unit: 'bytes', section: '11.7.3', when }),
} as const;
