// The columns of `pdus`: where and when, whose, and every field of every header by the RFC's name. What a
// PDU has no field for is null, and costs next to nothing.

import { DIGEST_BAD, DIGEST_GOOD, DIGEST_NONE, type Pdu } from '../../pdu/pdu.js';
import { operationText } from '../../scsi/task-facts.js';
import { type Field, get, hex, present } from '../../wire/field.js';
import { PDUS, pduOf } from '../../wire/iscsi/pdus.js';
import { shownCdb } from '../../wire/scsi/secrets.js';
import { jsonName } from '../pdu-names.js';
import { type Column, flagColumn, numberColumn, textColumn } from './columns.js';

/** Of a command whose PDU it is, as far as it was known when the PDU began. */
export interface CommandOfPdu {
  readonly number: number;
  readonly tag: number;
  readonly operation: number;
}

export interface PduRow {
  readonly pdu: Pdu;
  readonly session: number;
  readonly command: CommandOfPdu | undefined;
  readonly initiator: string | undefined;
  readonly target: string | undefined;
}

const PLACE: readonly Column<PduRow>[] = [
  numberColumn('session', 'INT64', 'its session; null before a login names it', (r) =>
    known(r.session),
  ),
  numberColumn('connection', 'INT64', 'its connection', (r) => r.pdu.connection),
  textColumn('initiator', 'name, or address', (r) => r.initiator),
  textColumn('target', 'name, or address', (r) => r.target),
  textColumn('from', 'initiator or target', (r) => (r.pdu.fromInitiator ? 'initiator' : 'target')),
  textColumn('name', 'which PDU', (r) => pduOf(r.pdu.opcode).name),
  numberColumn('pduOpcode', 'INT32', 'iSCSI’s opcode, without the I bit', (r) => r.pdu.opcode),
  numberColumn('time', 'TIMESTAMP', 'its first byte', (r) => r.pdu.timeNs),
  numberColumn('relativeNs', 'INT64', 'the same since the first packet', (r) => r.pdu.timeNs),
  numberColumn('relativeNsEnd', 'INT64', 'its last byte', (r) => r.pdu.endNs),
  numberColumn('frame', 'INT64', 'packet of its first byte', (r) => r.pdu.frame),
  numberColumn('frameEnd', 'INT64', 'packet of its last byte', (r) => r.pdu.frameEnd),
  numberColumn('bytes', 'INT64', 'length of its data segment', (r) => r.pdu.dataSegmentLength),
  numberColumn(
    'command',
    'INT64',
    'its command, as in the table commands',
    (r) => r.command?.number,
  ),
  numberColumn('tag', 'UINT32', 'the tag of its command', (r) => r.command?.tag),
  textColumn('operation', 'READ(10), … of its command', (r) =>
    r.command === undefined || r.command.operation < 0
      ? undefined
      : operationText(r.command.operation),
  ),
  textColumn('headerDigestState', 'good, bad, not captured; null: none', (r) =>
    digest(r.pdu.headerDigest),
  ),
  textColumn('dataDigestState', 'good, bad, not captured; null: none', (r) =>
    digest(r.pdu.dataDigest),
  ),
  flagColumn('complete', 'false: the stream ended inside it', (r) => r.pdu.complete),
  flagColumn(
    'inferred',
    'found again after bytes that were not captured',
    (r) => r.pdu.resynchronised,
  ),
  numberColumn(
    'bytesNotCaptured',
    'INT64',
    'of its data',
    (r) => r.pdu.dataMissing + r.pdu.dataCut,
  ),
];

const TAKEN = new Set(PLACE.map(({ name }) => name));

export const PDU_COLUMNS: readonly Column<PduRow>[] = [...PLACE, ...headerColumns()];

/** One a name: fields that several PDUs have stand at their own places in each. */
function headerColumns(): Column<PduRow>[] {
  const byName = new Map<string, (Field | undefined)[]>();
  for (const { opcode, fields } of PDUS) {
    for (const field of fields) {
      const name = jsonName(field);
      if (field.reserved || TAKEN.has(name)) continue;
      let places = byName.get(name);
      if (places === undefined) {
        places = new Array(64).fill(undefined);
        byName.set(name, places);
      }
      places[opcode] = field;
    }
  }
  return [...byName].map(([name, places]) => headerColumn(name, places));
}

function headerColumn(name: string, places: readonly (Field | undefined)[]): Column<PduRow> {
  const fields = places.filter((field) => field !== undefined);
  const about = `header field ${fields[0].name}`;
  if (fields.some(({ kind }) => kind === 'octets')) {
    return textColumn(name, `${about}, hex`, ({ pdu }) => {
      const field = fieldOf(pdu, places);
      return field === undefined ? undefined : octets(pdu, field);
    });
  }
  const number = ({ pdu }: PduRow) => {
    const field = fieldOf(pdu, places);
    return field === undefined ? Number.NaN : get(pdu.view, pdu.at, field);
  };
  const widest = Math.max(...fields.map(({ width }) => width));
  const flags = fields.every(({ kind }) => kind === 'flag');
  const type = flags ? 'BOOLEAN' : widest > 31 ? 'UINT32' : 'INT32';
  return { name, type, about, number };
}

/** undefined where this PDU has no such field, or it was not captured. */
function fieldOf(pdu: Pdu, places: readonly (Field | undefined)[]): Field | undefined {
  const field = places[pdu.opcode];
  if (field === undefined) return undefined;
  const end = field.byte + Math.ceil((field.bit + field.width) / 8);
  return end <= pdu.headerCaptured && present(pdu.view, pdu.at, field) ? field : undefined;
}

function octets(pdu: Pdu, field: Field): string {
  const at = pdu.at + field.byte;
  const length = field.width / 8;
  if (field.name === 'cdb') return shownCdb(pdu.bytes.subarray(at, at + length), length);
  return hex(pdu.bytes, at, length);
}

function digest(state: number): string | undefined {
  if (state === DIGEST_NONE) return undefined;
  return state === DIGEST_GOOD ? 'good' : state === DIGEST_BAD ? 'bad' : 'not captured';
}

function known(session: number): number | undefined {
  return session < 0 ? undefined : session;
}
