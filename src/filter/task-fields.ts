// What may be asked of a command: Task as a table of filter fields. Absent is NaN.

import { hex64 } from '../lib/hex.js';
import { EVIDENCE_NAMES, latencyNs, OUTCOME_NAMES, Outcome, type Task } from '../scsi/task.js';
import { RESPONSE_NAMES, TASK_ATTRIBUTE_NAMES } from '../wire/iscsi/codes.js';
import { ascText } from '../wire/scsi/asc.js';
import { lunText } from '../wire/scsi/lun.js';
import { operationName } from '../wire/scsi/operations.js';
import { SENSE_KEY_NAMES } from '../wire/scsi/sense.js';
import { SCSI_STATUS_NAMES } from '../wire/scsi/status.js';
import type { FilterField, FilterKind, Value } from './field.js';

type TaskField = FilterField<Task>;
const NONE: readonly Value[] = [];

export const TASK_FIELDS: readonly TaskField[] = [
  number('session', 'number', (t) => t.session),
  number('connection', 'number', (t) => t.connection),
  {
    name: 'lun',
    kind: 'word',
    needs: 'header',
    about: 'as 16 hex digits, or in words (1, 256, 1/2)',
    values: (t) => [hex64(t.lunHigh, t.lunLow), lunText(t.lunHigh, t.lunLow)],
  },
  number('initiatorTaskTag', 'number', (t) => t.tag),
  number('cmdSN', 'number', (t) => (t.commandSeen ? t.cmdSN : Number.NaN)),
  number('immediate', 'flag', (t) => Number(t.immediate)),
  number('commandSeen', 'flag', (t) => Number(t.commandSeen)),
  number('read', 'flag', (t) => Number(t.reads)),
  number('write', 'flag', (t) => Number(t.writes)),
  code('attr', TASK_ATTRIBUTE_NAMES, (t) => t.attribute),
  {
    name: 'operation',
    kind: 'word',
    needs: 'end',
    about: 'READ(10), INQUIRY, …',
    values: (t) => (t.operation < 0 ? NONE : [operationName(t.operation)]),
  },
  number('scsiOpcode', 'number', (t) => (t.operation < 0 ? Number.NaN : t.opcode)),
  number('serviceAction', 'number', (t) => known(t.serviceAction)),
  number('deviceType', 'number', (t) => known(t.deviceType)),
  {
    name: 'lba',
    kind: 'number',
    needs: 'end',
    unit: 'blocks',
    about: 'first logical block',
    values: (t) => (t.lbaKnown ? [wide(t.lbaHigh, t.lbaLow)] : NONE),
  },
  number('blocks', 'number', (t) => (t.lbaKnown || t.blocks > 0 ? t.blocks : Number.NaN), 'blocks'),
  number('bytes', 'size', (t) => t.dataInBytes + t.dataOutBytes, 'bytes'),
  number('dataInBytes', 'size', (t) => t.dataInBytes, 'bytes'),
  number('dataOutBytes', 'size', (t) => t.dataOutBytes, 'bytes'),
  number('immediateBytes', 'size', (t) => t.immediateBytes, 'bytes'),
  number('unsolicitedBytes', 'size', (t) => t.unsolicitedBytes, 'bytes'),
  number('expectedLength', 'size', (t) => (t.commandSeen ? t.expectedLength : Number.NaN), 'bytes'),
  number('dataInPdus', 'number', (t) => t.dataInPdus),
  number('dataOutPdus', 'number', (t) => t.dataOutPdus),
  number('r2ts', 'number', (t) => t.r2ts),
  number('r2tBytes', 'size', (t) => t.r2tBytes, 'bytes'),
  number('r2tsOutstandingMax', 'number', (t) => t.r2tsOutstandingMax),
  number('dataMissingTotal', 'size', (t) => t.dataMissing, 'bytes'),
  number('commandFrame', 'number', (t) => (t.commandFrame > 0 ? t.commandFrame : Number.NaN)),
  number('statusFrame', 'number', (t) => (t.statusFrame > 0 ? t.statusFrame : Number.NaN)),
  number('latency', 'duration', (t) => known(latencyNs(t)), 'time', 'first byte to status'),
  number('timeToFirstData', 'duration', (t) => since(t, t.firstDataInNs), 'time'),
  number('timeToFirstR2t', 'duration', (t) => since(t, t.firstR2tNs), 'time'),
  number('tcpWait', 'duration', (t) => t.tcpWaitNs, 'time', 'waited for what TCP sent again'),
  number('statusBound', 'flag', (t) => Number(t.statusBound)),
  code('response', RESPONSE_NAMES, (t) => known(t.response)),
  code('status', SCSI_STATUS_NAMES, (t) => known(t.status)),
  code('senseKey', SENSE_KEY_NAMES, (t) => known(t.senseKey)),
  number('asc', 'number', (t) => known(t.asc)),
  number('ascq', 'number', (t) => known(t.ascq)),
  {
    name: 'senseText',
    kind: 'word',
    needs: 'end',
    values: (t) => (t.asc < 0 ? NONE : [ascText(t.asc, t.ascq)]),
  },
  number('residual', 'size', (t) => (t.residualKind > 0 ? t.residualCount : Number.NaN), 'bytes'),
  {
    name: 'outcome',
    kind: 'word',
    needs: 'end',
    about: OUTCOME_NAMES.join(', '),
    values: (t) => (t.outcome === Outcome.open ? ['open'] : [OUTCOME_NAMES[t.outcome]]),
  },
  {
    name: 'evidence',
    kind: 'word',
    needs: 'end',
    values: (t) => (t.evidence === 0 ? NONE : [EVIDENCE_NAMES[t.evidence]]),
  },
];

function number(
  name: string,
  kind: FilterKind,
  read: (task: Task) => number,
  unit?: string,
  about?: string,
): TaskField {
  return { name, kind, needs: 'end', unit, about, number: read };
}

function code(
  name: string,
  names: Readonly<Record<number, string>>,
  read: (task: Task) => number,
): TaskField {
  return { name, kind: 'code', needs: 'end', names, number: read };
}

/** -1 is how a task says that something is not known. */
function known(value: number): number {
  return value < 0 ? Number.NaN : value;
}

function since(t: Task, ns: number): number {
  return ns < 0 || t.commandNs < 0 ? Number.NaN : ns - t.commandNs;
}

/** Exact beyond 2^53 too. */
function wide(high: number, low: number): Value {
  return high < 0x200000 ? high * 0x100000000 + low : (BigInt(high) << 32n) | BigInt(low);
}
