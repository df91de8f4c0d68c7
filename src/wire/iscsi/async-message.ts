// Asynchronous Message (RFC 7143 section 11.9). What the parameters mean depends on the event.

import { field, reserved, whenIs } from '../field.js';
import { bhs, expCmdSN, lunWhen, maxCmdSN, notImmediate, statSN } from './bhs.js';
import { ASYNC_EVENT_NAMES, ASYNC_EVENTS_OF_VENDORS, AsyncEvent } from './codes.js';

const asyncEvent = field('asyncEvent', 36, 0, 8, {
  names: ASYNC_EVENT_NAMES,
  section: '11.9.1',
});

export const asyncMessage = {
  reserved0: bhs.reserved0,
  reserved0b1: notImmediate,
  opcode: bhs.opcode,
  final: bhs.final,
  reserved1b1: reserved(1, 1, 23),
  totalAHSLength: bhs.totalAHSLength,
  dataSegmentLength: bhs.dataSegmentLength,
  lun: lunWhen(whenIs(asyncEvent, AsyncEvent.scsi, AsyncEvent.taskTermination), '11.9.3'),
  initiatorTaskTag: bhs.initiatorTaskTag,
  reserved20: reserved(20, 0, 32),
  statSN,
  expCmdSN,
  maxCmdSN,
  asyncEvent,
  asyncVCode: field('asyncVCode', 37, 0, 8, {
    kind: 'code',
    section: '11.9.2',
    when: whenIs(asyncEvent, ...ASYNC_EVENTS_OF_VENDORS),
  }),
  parameter1: field('parameter1', 38, 0, 16, { section: '11.9.1' }),
  parameter2: field('parameter2', 40, 0, 16, { section: '11.9.1' }),
  parameter3: field('parameter3', 42, 0, 16, { section: '11.9.1' }),
  reserved44: reserved(44, 0, 32),
} as const;
