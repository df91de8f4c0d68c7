// Names of a PDU's line that are not the RFC's words: a name means the same in all of sanscope's JSON.

import type { Ends } from '../scsi/fact-kinds.js';
import type { Task } from '../scsi/task.js';
import type { Field } from '../wire/field.js';
import { operationName } from '../wire/scsi/operations.js';

/** `opcode` is SCSI's everywhere, and `type` is the record's. */
const OTHER_NAMES: Readonly<Record<string, string>> = { opcode: 'pduOpcode', type: 'snackType' };

export function jsonName({ name }: Pick<Field, 'name'>): string {
  return OTHER_NAMES[name] ?? name;
}

/** `,"command":…,"tag":…`, and what it asked for: of the command that a PDU belongs to. */
export function taskText(task: Pick<Task, 'number' | 'tag' | 'operation' | 'opcode'>): string {
  const asked = task.operation < 0 ? '' : operationMembers(task.operation, task.opcode);
  return `,"command":${task.number},"tag":${task.tag}${asked}`;
}

/** By operation number: there are millions of PDUs. */
const OPERATIONS: (string | undefined)[] = [];

export function operationMembers(operation: number, opcode: number): string {
  OPERATIONS[operation] ??= `,"operation":${JSON.stringify(operationName(operation))},"opcode":`;
  return OPERATIONS[operation] + opcode;
}

/** `,"initiator":…,"target":…` as far as they are known. */
export function endsText(ends: Ends): string {
  const initiator = ends.initiatorName || ends.initiatorAddress;
  const target = ends.targetName || ends.targetAddress;
  return member('initiator', initiator) + member('target', target);
}

function member(key: string, value: string): string {
  return value === '' ? '' : `,"${key}":${JSON.stringify(value)}`;
}
