// One PDU → one line of cells: what an experienced engineer would say of it.

import type { PduFacts } from '../decode/facts.js';
import { asyncParameter } from '../decode/header-tree.js';
import { labelOf } from '../decode/labels.js';
import { bytesText, durationText } from '../lib/number-text.js';
import { DIGEST_BAD, type Pdu } from '../pdu/pdu.js';
import { type Field, get, present } from '../wire/field.js';
import { BHS_BYTES } from '../wire/iscsi/bhs.js';
import { ASYNC_EVENT, LUN, LUN_END, LUN_LOW, OPCODE } from '../wire/iscsi/bhs-offsets.js';
import {
  codeName,
  loginStatusName,
  Opcode,
  RESERVED_TAG,
  STAGE_NAMES,
  TASK_MANAGEMENT_NAMES,
} from '../wire/iscsi/codes.js';
import { pduOf } from '../wire/iscsi/pdus.js';
import { lunText } from '../wire/scsi/lun.js';
import { operationName } from '../wire/scsi/operations.js';
import { senseText } from '../wire/scsi/sense.js';
import { commandText } from '../wire/scsi/summary.js';
import { type Cell, cell, type Tone } from './cells.js';
import { secondsText } from './format.js';

const NAME_WIDTH = 12;

/** Frame, time, connection and direction, name, tag, then what matters of this kind of PDU. */
export function pduLine(record: PduFacts): Cell[] {
  const { pdu } = record;
  const tag = numberOf(pdu, record, 'initiatorTaskTag');
  return [
    cell(`${String(pdu.frame).padStart(7)} `, 'quiet'),
    cell(`${secondsText(pdu.timeNs).padStart(12)} `),
    cell(`C${pdu.connection} ${pdu.fromInitiator ? '→' : '←'} `, 'quiet'),
    cell(`${record.table.short.padEnd(NAME_WIDTH)} `, toneOf(pdu)),
    cell(`${tagText(tag).padEnd(10)} `, 'quiet'),
    cell(detailsOf(pdu, record).filter(Boolean).join(', ')),
    ...troubleOf(pdu),
  ];
}

/** Where PDUs could not be told apart: a line of its own, since absence is shown. */
export function lostLine(direction: number, bytes: number, timeNs: number, frame: number): Cell[] {
  return [
    cell(`${String(frame).padStart(7)} `, 'quiet'),
    cell(`${secondsText(timeNs).padStart(12)} `),
    cell(`C${direction >> 1}   `, 'quiet'),
    cell(`${bytesText(bytes)} in which PDUs could not be told apart`, 'warn'),
  ];
}

function toneOf(pdu: Pdu): Tone {
  if (pdu.opcode === Opcode.reject || pdu.opcode === Opcode.asyncMessage) return 'bad';
  return pdu.opcode === Opcode.scsiCommand ? 'title' : 'strong';
}

function tagText(tag: number | undefined): string {
  if (tag === undefined) return '';
  return tag === RESERVED_TAG ? '–' : `0x${tag.toString(16).padStart(8, '0')}`;
}

function detailsOf(pdu: Pdu, record: PduFacts): string[] {
  const n = (name: string): number | undefined => numberOf(pdu, record, name);
  const say = (word: string, name: string): string => labelled(word, n(name));
  switch (pdu.opcode) {
    case Opcode.scsiCommand:
      return [...commandWords(pdu, record), say('CmdSN', 'cmdSN')];
    case Opcode.scsiResponse:
      return [
        operationWords(record),
        statusWords(pdu, record),
        senseWords(record),
        residualWords(pdu, record),
        latencyWords(record),
        say('StatSN', 'statSN'),
      ];
    case Opcode.dataIn:
    case Opcode.dataOut:
      return [
        bytesText(pdu.dataSegmentLength),
        say('at', 'bufferOffset'),
        say('DataSN', 'dataSN'),
        n('final') ? 'final' : '',
        pdu.opcode === Opcode.dataOut && n('targetTransferTag') === RESERVED_TAG
          ? 'unsolicited'
          : '',
        ...(pdu.opcode === Opcode.dataIn && n('statusPresent')
          ? [statusWords(pdu, record), residualWords(pdu, record), latencyWords(record)]
          : []),
      ];
    case Opcode.r2t:
      return [
        `wants ${bytesText(n('desiredDataTransferLength') ?? 0)}`,
        say('at', 'bufferOffset'),
        say('R2TSN', 'r2tSN'),
        tagWords('TTT', n('targetTransferTag')),
      ];
    case Opcode.loginRequest:
    case Opcode.loginResponse:
      return [
        ...stageWords(pdu, record),
        n('tsih') ? say('TSIH', 'tsih') : '',
        n('cid') ? say('CID', 'cid') : '',
        textWords(record),
      ];
    case Opcode.textRequest:
    case Opcode.textResponse:
      return [n('continue') ? 'continues' : '', textWords(record)];
    case Opcode.nopOut:
    case Opcode.nopIn:
      return [
        pingWords(pdu, n('initiatorTaskTag'), n('targetTransferTag')),
        dataWords(pdu),
        latencyWords(record),
      ];
    case Opcode.taskManagementRequest:
      return managementWords(pdu, record);
    case Opcode.taskManagementResponse:
      return [functionWords(record), ...otherWords(pdu, record)];
    default:
      return otherWords(pdu, record);
  }
}

function commandWords(pdu: Pdu, record: PduFacts): string[] {
  const { cdb, cdbLength, deviceType } = record;
  const known = cdbLength > 0;
  const words = [
    lunOf(pdu),
    known ? commandText(cdb, 0, cdbLength, deviceType) : 'CDB not captured',
  ];
  const expected = numberOf(pdu, record, 'expectedDataTransferLength') ?? 0;
  const ways = [
    numberOf(pdu, record, 'read') ? 'read' : '',
    numberOf(pdu, record, 'write') ? 'write' : '',
  ];
  const way = ways.filter(Boolean).join(' and ');
  if (expected > 0 || way !== '') words.push(`${way || 'expects'} ${bytesText(expected)}`);
  if (pdu.dataSegmentLength > 0) words.push(`${bytesText(pdu.dataSegmentLength)} immediate`);
  if (numberOf(pdu, record, 'immediate')) words.push('immediate');
  return words;
}

function hasOwnLun(pdu: Pdu, { table }: PduFacts): boolean {
  return pdu.headerCaptured === BHS_BYTES && present(pdu.view, pdu.at, table.byName['lun']);
}

function lunOf(pdu: Pdu): string {
  if (pdu.headerCaptured < LUN_END) return '';
  return `LUN ${lunText(pdu.view.getUint32(pdu.at + LUN), pdu.view.getUint32(pdu.at + LUN_LOW))}`;
}

function statusWords(pdu: Pdu, record: PduFacts): string {
  const response = numberOf(pdu, record, 'response') ?? 0;
  if (response !== 0) return codeWords(pdu, record, 'response');
  return codeWords(pdu, record, 'status');
}

/** What the status is about. */
function operationWords({ task }: PduFacts): string {
  return task === null || task.operation < 0 ? '' : operationName(task.operation);
}

/** Since the command or request began. */
function latencyWords({ pdu, requestNs }: PduFacts): string {
  return requestNs < 0 ? '' : `after ${durationText(pdu.endNs - requestNs)}`;
}

function senseWords({ sense }: PduFacts): string {
  return senseText(sense) ?? '';
}

function residualWords(pdu: Pdu, record: PduFacts): string {
  const count = numberOf(pdu, record, 'residualCount') ?? 0;
  if (numberOf(pdu, record, 'residualUnderflow')) return `${bytesText(count)} fewer than expected`;
  return numberOf(pdu, record, 'residualOverflow') ? `${bytesText(count)} too many` : '';
}

function stageWords(pdu: Pdu, record: PduFacts): string[] {
  const csg = numberOf(pdu, record, 'csg');
  if (csg === undefined) return [];
  const stage = codeName(STAGE_NAMES, csg);
  const nsg = numberOf(pdu, record, 'nsg');
  const words = [nsg === undefined ? stage : `${stage} → ${codeName(STAGE_NAMES, nsg)}`];
  const status = numberOf(pdu, record, 'statusClass');
  if (status !== undefined) {
    words.push(loginStatusName(status, numberOf(pdu, record, 'statusDetail') ?? 0));
  }
  if (numberOf(pdu, record, 'continue')) words.push('continues');
  return words;
}

function textWords({ text }: PduFacts): string {
  return (text ?? []).map(([key, value]) => `${key}=${value}`).join(' ');
}

/** RFC 7143 11.18, 11.19: by its tags a ping asks for an answer, is one, or only tells numbers. */
function pingWords(pdu: Pdu, itt: number | undefined, ttt: number | undefined): string {
  if (itt === undefined || ttt === undefined) return '';
  const isOut = pdu.opcode === Opcode.nopOut;
  const [own, other] = isOut ? [itt, ttt] : [ttt, itt];
  if (other !== RESERVED_TAG && !isOut) return 'answer';
  if (other !== RESERVED_TAG) return `answer, ${tagWords('TTT', ttt)}`;
  if (own === RESERVED_TAG) return 'no answer wanted';
  return isOut ? 'ping' : `ping, ${tagWords('TTT', ttt)}`;
}

function tagWords(word: string, tag: number | undefined): string {
  if (tag === undefined || tag === RESERVED_TAG) return '';
  return `${word} 0x${tag.toString(16).padStart(8, '0')}`;
}

/** What is to be done, and to whom: one task, or a logical unit. */
function managementWords(pdu: Pdu, record: PduFacts): string[] {
  const n = (name: string): number | undefined => numberOf(pdu, record, name);
  return [
    codeWords(pdu, record, 'function'),
    hasOwnLun(pdu, record) ? lunOf(pdu) : '',
    record.victimFrame > 0 ? `of frame ${record.victimFrame}` : '',
    tagWords('task', n('referencedTaskTag')),
    n('immediate') ? 'immediate' : '',
    labelled('CmdSN', n('cmdSN')),
    labelled('RefCmdSN', n('refCmdSN')),
    n('expDataSN') ? labelled('ExpDataSN', n('expDataSN')) : '',
  ];
}

/** Task management: what the answer is about. */
function functionWords({ requestFunction }: PduFacts): string {
  return requestFunction < 0 ? '' : codeName(TASK_MANAGEMENT_NAMES, requestFunction);
}

function dataWords(pdu: Pdu): string {
  return pdu.dataSegmentLength > 0 ? bytesText(pdu.dataSegmentLength) : '';
}

const UNTOLD: ReadonlySet<string> = new Set([
  'immediate',
  'opcode',
  'final',
  'totalAHSLength',
  'dataSegmentLength',
  'initiatorTaskTag',
  'expStatSN',
  'expCmdSN',
  'maxCmdSN',
]);

/** Codes that say it all by their names. */
const SPOKEN: ReadonlySet<string> = new Set([
  'function',
  'response',
  'reason',
  'asyncEvent',
  'type',
]);

/** The seldom ones: every field of the table that says something, codes by their names. */
function otherWords(pdu: Pdu, record: PduFacts): string[] {
  const codes: string[] = [];
  const words: string[] = [];
  for (const f of record.table.fields) {
    if (f.reserved || f.kind === 'octets' || UNTOLD.has(f.name)) continue;
    const value = fieldValue(pdu, f);
    if (value === undefined || value === RESERVED_TAG) continue;
    if (f.names && SPOKEN.has(f.name)) codes.push(codeName(f.names, value));
    else if (value !== 0) words.push(otherWord(pdu, f, value));
  }
  const about = record.victimFrame > 0 ? `of frame ${record.victimFrame}` : '';
  const lun = pdu.opcode === Opcode.asyncMessage && hasOwnLun(pdu, record) ? lunOf(pdu) : '';
  return [
    ...codes,
    lun,
    senseWords(record),
    rejectedWords(pdu),
    about,
    ...words,
    dataWords(pdu),
    latencyWords(record),
  ];
}

function otherWord(pdu: Pdu, f: Field, value: number): string {
  if (f.names) return `${labelOf(f.name)} ${codeName(f.names, value)}`;
  if (f.name.endsWith('Tag')) return `${labelOf(f.name)} 0x${value.toString(16)}`;
  const said = pdu.opcode === Opcode.asyncMessage ? parameterMeaning(pdu, f.name) : undefined;
  return said === undefined ? `${labelOf(f.name)} ${value}` : `${said}: ${value}`;
}

/** What a parameter of an Asynchronous Message is, by its event. */
function parameterMeaning(pdu: Pdu, name: string): string | undefined {
  return pdu.headerCaptured > ASYNC_EVENT
    ? asyncParameter(pdu.view.getUint8(pdu.at + ASYNC_EVENT), name)
    : undefined;
}

/** Reject: which kind of PDU it gives back. */
function rejectedWords(pdu: Pdu): string {
  if (pdu.opcode !== Opcode.reject || pdu.dataKept === 0) return '';
  return pduOf(pdu.data[0] & OPCODE).name;
}

function labelled(word: string, value: number | undefined): string {
  return value === undefined ? '' : `${word} ${value}`;
}

function codeWords(pdu: Pdu, record: PduFacts, name: string): string {
  const f = record.table.byName[name];
  const value = f === undefined ? undefined : fieldValue(pdu, f);
  if (f === undefined || value === undefined) return '';
  return f.names ? codeName(f.names, value) : `${name} ${value}`;
}

function numberOf(pdu: Pdu, record: PduFacts, name: string): number | undefined {
  const f = record.table.byName[name];
  return f === undefined ? undefined : fieldValue(pdu, f);
}

/** undefined where the PDU does not have the field or it was not captured. */
function fieldValue(pdu: Pdu, f: Field): number | undefined {
  if (f.byte + f.size > pdu.headerCaptured || !present(pdu.view, pdu.at, f)) return undefined;
  return get(pdu.view, pdu.at, f);
}

function troubleOf(pdu: Pdu): Cell[] {
  const words: string[] = [];
  if (pdu.headerDigest === DIGEST_BAD) words.push('bad header digest');
  if (pdu.dataDigest === DIGEST_BAD) words.push('bad data digest');
  if (pdu.headerCaptured < 48) words.push(`header cut after ${pdu.headerCaptured} bytes`);
  if (pdu.dataMissing > 0) words.push(`${bytesText(pdu.dataMissing)} not captured`);
  if (pdu.dataCut > 0) words.push(`${bytesText(pdu.dataCut)} cut`);
  if (!pdu.complete) words.push('incomplete');
  if (pdu.resynchronised) words.push('found again');
  return words.length > 0 ? [cell(` [${words.join(', ')}]`, 'warn')] : [];
}
