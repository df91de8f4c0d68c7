// Task Management Function Request (RFC 7143 section 11.5).

import { field, reserved } from '../field.js';
import { bhs, cmdSN, expStatSN } from './bhs.js';
import { TASK_MANAGEMENT_NAMES } from './codes.js';

export const taskManagementRequest = {
  reserved0: bhs.reserved0,
  immediate: bhs.immediate,
  opcode: bhs.opcode,
  final: bhs.final,
  function: field('function', 1, 1, 7, { names: TASK_MANAGEMENT_NAMES, section: '11.5.1' }),
  reserved2: reserved(2, 0, 16),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  lun: bhs.lun,
  initiatorTaskTag: bhs.initiatorTaskTag,
  referencedTaskTag: field('referencedTaskTag', 20, 0, 32, { section: '11.5.4' }),
  cmdSN,
  expStatSN,
  refCmdSN: field('refCmdSN', 32, 0, 32, { section: '11.5.5' }),
  expDataSN: field('expDataSN', 36, 0, 32, { section: '11.5.6' }),
  reserved40: reserved(40, 0, 64),
} as const;
