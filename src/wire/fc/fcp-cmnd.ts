// FCP_CMND (FCP-4): a SCSI command, or task management flags. The CDB's length is 16, and 4 more for
// each word of ADDITIONAL FCP_CDB LENGTH; FCP_DL stands behind it.

import { field, reserved } from '../field.js';
import { FCP_TASK_ATTRIBUTE_NAMES } from './codes.js';

/** Without additional CDB bytes and without FCP_BIDIRECTIONAL_READ_DL. */
export const FCP_CMND_BYTES = 32;
export const FCP_CDB_BYTES = 16;

export const fcpCmnd = {
  lun: field('lun', 0, 0, 64),
  commandReferenceNumber: field('commandReferenceNumber', 8, 0, 8),
  reserved9: reserved(9, 0, 1),
  commandPriority: field('commandPriority', 9, 1, 4),
  taskAttribute: field('taskAttribute', 9, 5, 3, { names: FCP_TASK_ATTRIBUTE_NAMES }),
  terminateTask: field('terminateTask', 10, 0, 1),
  clearAca: field('clearAca', 10, 1, 1),
  targetReset: field('targetReset', 10, 2, 1),
  logicalUnitReset: field('logicalUnitReset', 10, 3, 1),
  queryTaskSet: field('queryTaskSet', 10, 4, 1),
  clearTaskSet: field('clearTaskSet', 10, 5, 1),
  abortTaskSet: field('abortTaskSet', 10, 6, 1),
  reserved10b7: reserved(10, 7, 1),
  additionalCdbLength: field('additionalCdbLength', 11, 0, 6, { unit: '4-byte words' }),
  readData: field('readData', 11, 6, 1),
  writeData: field('writeData', 11, 7, 1),
  cdb: field('cdb', 12, 0, 128),
} as const;

/** Behind the CDB, wherever it ends. */
export const fcpCmndEnd = {
  dataLength: field('dataLength', 0, 0, 32, { unit: 'bytes' }),
} as const;
export const fcpCmndBidirectional = {
  bidirectionalReadDataLength: field('bidirectionalReadDataLength', 0, 0, 32, { unit: 'bytes' }),
} as const;
