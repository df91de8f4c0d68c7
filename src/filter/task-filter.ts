// Filters over commands that are over: `latency > 500ms`, `status != good`, `retransmission`.

import type { Task } from '../scsi/task.js';
import { compileFilter, type Filter } from './compile.js';
import type { FieldBook, FilterField } from './field.js';
import { pduBook } from './pdu-filter.js';
import { TASK_FIELDS } from './task-fields.js';
import { cdbField, pathNames } from './tree-fields.js';
import { tsharkTaskField } from './tshark-scsi.js';

export type TaskFilter = Filter<Task>;

/** Throws a FilterError that points at what is wrong. */
export function taskFilter(text: string): TaskFilter {
  return compileFilter(text, TASK_BOOK);
}

const RETRANSMISSION: FilterField<Task> = {
  name: 'retransmission',
  kind: 'flag',
  needs: 'end',
  about: 'the command waited for what TCP sent again',
  values: (task) => (task.tcpWaitNs > 0 ? [1] : []),
};

const FIELDS: ReadonlyMap<string, FilterField<Task>> = new Map(
  [...TASK_FIELDS, RETRANSMISSION].map((field) => [field.name, field]),
);

/** tshark's names for what we say of commands. */
const ALIASES: Readonly<Record<string, string>> = {
  'iscsi.time': 'latency',
  'scsi.time': 'latency',
  'scsi.status': 'status',
  'iscsi.scsiresponse.status': 'status',
  'iscsi.scsiresponse.response': 'response',
  'iscsi.lun': 'lun',
  'scsi.lun': 'lun',
  'iscsi.initiatortasktag': 'initiatorTaskTag',
  'iscsi.cmdsn': 'cmdSN',
  'iscsi.scsicommand.R': 'read',
  'iscsi.scsicommand.W': 'write',
  'iscsi.scsicommand.attr': 'attr',
  'iscsi.scsicommand.expecteddatatransferlength': 'expectedLength',
  'iscsi.response_frame': 'statusFrame',
  'iscsi.request_frame': 'commandFrame',
  'scsi.sns.key': 'senseKey',
  'scsi.sns.asc': 'asc',
  'scsi.sns.ascq': 'ascq',
  'tcp.stream': 'connection',
};

/** All names that may be asked for. */
export const TASK_BOOK: FieldBook<Task> = {
  find: (name) => FIELDS.get(name) ?? FIELDS.get(ALIASES[name] ?? '') ?? cdbOf(name),
  names: taskFieldNames,
  whyNot: (name) =>
    pduBook().find(name) === undefined
      ? pduBook().whyNot(name)
      : `${name} is a field of PDUs (\`sanscope pdus -Y\`), not of commands`,
};

/** `cdb.transferLength`, `scsi_sbc.rdwr10.lba`. */
function cdbOf(name: string): FilterField<Task> | undefined {
  if (!name.startsWith('cdb.')) return tsharkTaskField(name);
  const leaf = name.slice(name.lastIndexOf('.') + 1);
  const kind = pathNames().get(`cdb.${leaf}`);
  return kind === undefined ? undefined : cdbField(name, [leaf], kind);
}

function* taskFieldNames(): Generator<string> {
  yield* FIELDS.keys();
  yield* Object.keys(ALIASES);
  for (const name of pathNames().keys()) if (name.startsWith('cdb.')) yield name;
}
