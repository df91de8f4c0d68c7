// One PDU → one line of NDJSON, made from the field tables: names are the RFC's in camelCase, a
// field that the PDU does not have (or whose bytes were not captured) is absent.

import { isoTime } from '../capture/time.js';
import { decimal64 } from '../lib/words.js';
import { DIGEST_BAD, DIGEST_GOOD, DIGEST_UNKNOWN, type Pdu } from '../pdu/pdu.js';
import type { PduRecord } from '../report/pdu-record.js';
import { shownValue } from '../decode/secrets.js';
import { type Field, get, hex, present } from '../wire/field.js';
import { Opcode } from '../wire/iscsi/codes.js';
import { operationName } from '../wire/scsi/operations.js';

/** Fields that the line has from elsewhere. */
const APART: ReadonlySet<string> = new Set(['opcode', 'cdb']);

/** A JSON object without a line end. */
export function pduJson(pdu: Pdu, record: PduRecord, showSecrets: boolean): string {
  let line = `{"frame":${pdu.frame},"frameEnd":${pdu.frameEnd}`;
  if (record.epoch !== undefined) line += `,"time":"${isoTime(record.epoch, pdu.timeNs)}"`;
  line += `,"relativeNs":${pdu.timeNs},"relativeNsEnd":${pdu.endNs}`;
  line += `,"connection":${pdu.connection}`;
  line += `,"from":"${pdu.fromInitiator ? 'initiator' : 'target'}"`;
  line += `,"opcode":${pdu.opcode},"name":${JSON.stringify(record.table.name)}`;
  for (const field of record.table.fields) line += fieldJson(pdu, field);
  if (pdu.opcode === Opcode.scsiCommand) line += commandJson(record);
  if (record.sense.senseKey >= 0) line += senseJson(record);
  if (record.text !== undefined) line += `,"text":${textJson(record.text, showSecrets)}`;
  line += digestJson('headerDigest', pdu.headerDigest) + digestJson('dataDigest', pdu.dataDigest);
  return `${line + damageJson(pdu)}}`;
}

function fieldJson(pdu: Pdu, f: Field): string {
  if (f.reserved || APART.has(f.name)) return '';
  if (f.byte + Math.ceil((f.bit + f.width) / 8) > pdu.headerCaptured) return '';
  if (!present(pdu.view, pdu.at, f)) return '';
  if (f.kind === 'octets') return `,"${f.name}":"${hex(pdu.bytes, pdu.at + f.byte, f.width / 8)}"`;
  const value = get(pdu.view, pdu.at, f);
  return `,"${f.name}":${f.kind === 'flag' ? value !== 0 : value}`;
}

function commandJson({ cdb, cdbLength, operation, cdbFacts }: PduRecord): string {
  if (cdbLength === 0) return '';
  let text = `,"cdb":"${hex(cdb, 0, cdbLength)}"`;
  text += `,"operation":${JSON.stringify(operationName(operation))}`;
  if (cdbFacts.lbaKnown) text += `,"lba":"${decimal64(cdbFacts.lbaHigh, cdbFacts.lbaLow)}"`;
  if (cdbFacts.lbaKnown || cdbFacts.blocks > 0) text += `,"blocks":${cdbFacts.blocks}`;
  return text;
}

function senseJson({ sense }: PduRecord): string {
  const asc = sense.asc >= 0 ? `,"asc":${sense.asc}` : '';
  const ascq = sense.ascq >= 0 ? `,"ascq":${sense.ascq}` : '';
  return `,"senseKey":${sense.senseKey}${asc}${ascq}`;
}

function textJson(pairs: PduRecord['text'] & object, showSecrets: boolean): string {
  return JSON.stringify(pairs.map(([key, value]) => [key, shownValue(key, value, showSecrets)]));
}

const DIGEST_WORDS: Readonly<Record<number, string>> = {
  [DIGEST_GOOD]: 'good',
  [DIGEST_BAD]: 'bad',
  [DIGEST_UNKNOWN]: 'not captured',
};

/** Absent where no digest is in use. */
function digestJson(name: string, digest: number): string {
  const word = DIGEST_WORDS[digest];
  return word === undefined ? '' : `,"${name}":"${word}"`;
}

/** What is missing of the PDU, where something is. */
function damageJson(pdu: Pdu): string {
  let text = '';
  if (pdu.headerCaptured < 48) text += `,"headerCaptured":${pdu.headerCaptured}`;
  if (pdu.dataMissing > 0) text += `,"dataMissing":${pdu.dataMissing}`;
  if (pdu.dataCut > 0) text += `,"dataCut":${pdu.dataCut}`;
  if (!pdu.complete) text += ',"complete":false';
  if (pdu.resynchronised) text += ',"resynchronised":true';
  return text;
}
