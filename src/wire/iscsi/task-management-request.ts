// Task Management Function Request (RFC 7143 section 11.5).

import { field, reserved, whenIs } from '../field.js';
import { bhs, cmdSN, expStatSN, lunWhen } from './bhs.js';
import { TASK_MANAGEMENT_NAMES, TaskManagement } from './codes.js';

const fn = field('function', 1, 1, 7, { names: TASK_MANAGEMENT_NAMES, section: '11.5.1' });
const {
  abortTask,
  abortTaskSet,
  clearAca,
  clearTaskSet,
  logicalUnitReset,
  taskReassign,
  queryTask,
  queryTaskSet,
  queryAsynchronousEvent,
} = TaskManagement;

/** RFC 7143 11.5.3, RFC 7144 6.3.1: functions that address one logical unit. */
const ofLun = whenIs(
  fn,
  abortTask,
  abortTaskSet,
  clearAca,
  clearTaskSet,
  logicalUnitReset,
  queryTask,
  queryTaskSet,
  queryAsynchronousEvent,
);
/** RFC 7143 11.5.5, RFC 7144 6.3.3. */
const ofTask = whenIs(fn, abortTask, queryTask);

export const taskManagementRequest = {
  reserved0: bhs.reserved0,
  immediate: bhs.immediate,
  opcode: bhs.opcode,
  final: bhs.final,
  function: fn,
  reserved2: reserved(2, 0, 16),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  lun: lunWhen(ofLun, '11.5.3'),
  initiatorTaskTag: bhs.initiatorTaskTag,
  referencedTaskTag: field('referencedTaskTag', 20, 0, 32, { section: '11.5.4' }),
  cmdSN,
  expStatSN,
  refCmdSN: field('refCmdSN', 32, 0, 32, { section: '11.5.5', when: ofTask }),
  expDataSN: field('expDataSN', 36, 0, 32, {
    section: '11.5.6',
    when: whenIs(fn, taskReassign),
  }),
  reserved40: reserved(40, 0, 64),
} as const;
