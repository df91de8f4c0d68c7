// One PDU → one line of NDJSON, made from the field tables: names are the RFC's in camelCase, a
// field that the PDU does not have (or whose bytes were not captured) is absent.

import { isoTime } from '../capture/time.js';
import type { PduFacts } from '../decode/facts.js';
import type { LinkedPdu, TaskLinks } from '../decode/links.js';
import { decimal64, hex64 } from '../lib/hex.js';
import { DIGEST_BAD, DIGEST_GOOD, DIGEST_UNKNOWN, type Pdu } from '../pdu/pdu.js';
import { type Field, get, hex, present } from '../wire/field.js';
import { Opcode, RESERVED_TAG } from '../wire/iscsi/codes.js';
import { shownCdb } from '../wire/scsi/secrets.js';
import { senseText } from '../wire/scsi/sense.js';
import { endsText, jsonName, operationMembers } from './pdu-names.js';
import { PDUS_SCHEMA } from './schema-names.js';
import { detailsJson } from './tree-json.js';

/** Fields that the line has from elsewhere. */
const APART: ReadonlySet<string> = new Set(['opcode', 'cdb']);

export interface JsonOptions {
  readonly showSecrets: boolean;
  /** The whole tree with labels, meanings and positions too. */
  readonly tree: boolean;
}

/** A JSON object without a line end. */
export function pduJson(facts: PduFacts, options: JsonOptions): string {
  const { pdu } = facts;
  const record = facts;
  let line = `{"schema":"${PDUS_SCHEMA}","type":"pdu","frame":${pdu.frame},"frameEnd":${pdu.frameEnd}`;
  if (record.epoch !== undefined) line += `,"time":"${isoTime(record.epoch, pdu.timeNs)}"`;
  line += `,"relativeNs":${pdu.timeNs},"relativeNsEnd":${pdu.endNs}`;
  line += `,"connection":${pdu.connection}`;
  line += `,"from":"${pdu.fromInitiator ? 'initiator' : 'target'}"`;
  line += sessionJson(facts);
  line += `,"pduOpcode":${pdu.opcode},"bytes":${pdu.dataSegmentLength},"name":${JSON.stringify(record.table.name)}`;
  for (const field of record.table.fields) line += fieldJson(pdu, field);
  const isCommand = pdu.opcode === Opcode.scsiCommand;
  line += isCommand ? commandJson(record, options.showSecrets) : taskJson(record);
  if (record.sense.senseKey >= 0) line += senseJson(record);
  if (record.text !== undefined) line += `,"keyValues":${JSON.stringify(record.text)}`;
  line += digestJson('headerDigest', pdu.headerDigest) + digestJson('dataDigest', pdu.dataDigest);
  line += damageJson(pdu) + linksJson(facts) + detailsJson(facts, options);
  return `${line}}`;
}

function fieldJson(pdu: Pdu, f: Field): string {
  if (f.reserved || APART.has(f.name)) return '';
  if (f.byte + Math.ceil((f.bit + f.width) / 8) > pdu.headerCaptured) return '';
  if (!present(pdu.view, pdu.at, f)) return '';
  if (f.kind === 'octets')
    return `,"${jsonName(f)}":"${hex(pdu.bytes, pdu.at + f.byte, f.width / 8)}"`;
  const value = get(pdu.view, pdu.at, f);
  return `,"${jsonName(f)}":${f.kind === 'flag' ? value !== 0 : value}`;
}

function commandJson(facts: PduFacts, showSecrets: boolean): string {
  const { cdb, cdbLength, operation, cdbFacts } = facts;
  if (cdbLength === 0) return '';
  let text = `,"cdb":"${shownCdb(cdb, cdbLength, showSecrets)}"`;
  text += operationMembers(operation, cdb[0]);
  if (cdbFacts.lbaKnown) text += `,"lba":"${decimal64(cdbFacts.lbaHigh, cdbFacts.lbaLow)}"`;
  if (cdbFacts.lbaKnown || cdbFacts.blocks > 0) text += `,"blocks":${cdbFacts.blocks}`;
  return text;
}

/** Its session, who talks there, and its command, as known when it ended. */
function sessionJson({ pdu, look, task }: PduFacts): string {
  const session = task?.session ?? look?.story(pdu.connection)?.session ?? -1;
  if (session < 0) return '';
  const ends = look?.session(session);
  const who = `,"session":${session}${ends === undefined ? '' : endsText(ends)}`;
  if (task === null) return who;
  return `${who},"command":${task.number},"tag":${task.tag}`;
}

/** What its command says: whose it is, and what was asked. */
function taskJson({ pdu, table, task }: PduFacts): string {
  if (task === null || !task.commandSeen) return '';
  const { lun } = table.byName;
  const hasOwn = lun !== undefined && present(pdu.view, pdu.at, lun);
  let text = hasOwn ? '' : `,"lun":"${hex64(task.lunHigh, task.lunLow)}"`;
  if (task.operation >= 0) text += operationMembers(task.operation, task.opcode);
  return text;
}

/** What is known of a PDU only when its task has ended or its request was answered. */
export function laterJson(own: LinkedPdu, links: TaskLinks): string {
  const { last, pdus } = links;
  const ends = last !== undefined && last !== own && links.done;
  if (ends && own === pdus[0] && STATUS_OF[own.opcode] === undefined) {
    return `,"answerFrame":${last.frame},"answeredNs":${last.endNs - own.timeNs}`;
  }
  let text = '';
  if (own.opcode === Opcode.scsiCommand) {
    for (const [opcode, key] of FRAMES_OF) {
      const frames = pdus.filter((pdu) => pdu.opcode === opcode).map((pdu) => pdu.frame);
      if (frames.length > 0) text += `,"${key}":${JSON.stringify(frames)}`;
    }
  } else if (own.transferTag !== RESERVED_TAG) text += transferJson(own, pdus);
  if (!ends || STATUS_OF[last.opcode] !== true) return text;
  text += `,"statusFrame":${last.frame}`;
  return own === pdus[0] ? `${text},"answeredNs":${last.endNs - own.timeNs}` : text;
}

/** PDUs of SCSI tasks: true for those that may bring the status. */
const STATUS_OF: Readonly<Record<number, boolean>> = {
  [Opcode.scsiCommand]: false,
  [Opcode.dataOut]: false,
  [Opcode.r2t]: false,
  [Opcode.dataIn]: true,
  [Opcode.scsiResponse]: true,
};

const FRAMES_OF = [
  [Opcode.dataIn, 'dataInFrames'],
  [Opcode.r2t, 'r2tFrames'],
  [Opcode.dataOut, 'dataOutFrames'],
] as const;

/** An R2T and the data that it asked for (RFC 7143 11.7.4). */
function transferJson(own: LinkedPdu, pdus: readonly LinkedPdu[]): string {
  const isR2t = own.opcode === Opcode.r2t;
  const other = isR2t ? Opcode.dataOut : Opcode.r2t;
  const frames = pdus
    .filter((pdu) => pdu.opcode === other && pdu.transferTag === own.transferTag)
    .map((pdu) => pdu.frame);
  if (frames.length === 0) return '';
  return isR2t ? `,"dataOutFrames":${JSON.stringify(frames)}` : `,"r2tFrame":${frames[0]}`;
}

function senseJson({ sense }: PduFacts): string {
  const asc = sense.asc >= 0 ? `,"asc":${sense.asc}` : '';
  const ascq = sense.ascq >= 0 ? `,"ascq":${sense.ascq}` : '';
  const words = `,"sense":${JSON.stringify(senseText(sense))}`;
  return `,"senseKey":${sense.senseKey}${asc}${ascq}${words}`;
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
  if (pdu.resynchronised) {
    text += ',"inferred":true,"because":"found again after bytes that were not captured"';
  }
  return text;
}

/** Frames of what it belongs to, and the time since; absent where not known. */
function linksJson({ pdu, task, requestFrame, requestNs, victimFrame }: PduFacts): string {
  let text = '';
  if (requestFrame > 0) {
    text += task === null ? `,"requestFrame":${requestFrame}` : `,"commandFrame":${requestFrame}`;
    text += `,"sinceRequestNs":${pdu.endNs - requestNs}`;
  }
  if (victimFrame > 0) text += `,"victimFrame":${victimFrame}`;
  return text;
}
