// One PDU of the timeline: where and when, and every field of its header by the RFC's name. Text is
// put together by hand: a capture has millions of them.

import { DIGEST_BAD, DIGEST_GOOD, type Pdu } from '../../pdu/pdu.js';
import type { Ends } from '../../scsi/fact-kinds.js';
import { type Field, get, hex, present } from '../../wire/field.js';
import { type PduTable, pduOf } from '../../wire/iscsi/pdus.js';
import { shownCdb } from '../../wire/scsi/secrets.js';
import { endsText, jsonName } from '../pdu-names.js';

/** The fields of one kind of PDU that are told, with the text before each value. */
interface Layout {
  readonly head: string;
  readonly fields: readonly (readonly [before: string, field: Field, end: number])[];
}

const LAYOUTS: (Layout | undefined)[] = [];

/** The members of a JSON object, without its braces. `session` -1, `ends` absent: not known; `command`: of its command. */
export function pduMembers(pdu: Pdu, session: number, ends?: Ends, command = ''): string {
  const layout = layoutOf(pdu.opcode);
  const from = pdu.fromInitiator ? 'initiator' : 'target';
  let text = session < 0 ? '' : `"session":${session},`;
  text += `"connection":${pdu.connection},"frame":${pdu.frame},"frameEnd":${pdu.frameEnd}`;
  text += `,"relativeNs":${pdu.timeNs},"relativeNsEnd":${pdu.endNs},"from":"${from}"`;
  if (ends !== undefined) text += endsText(ends);
  text += command + layout.head;
  text += `,"bytes":${pdu.dataSegmentLength}`;
  const fields = layout.fields;
  for (let i = 0; i < fields.length; i++) {
    const [before, field, end] = fields[i];
    if (end > pdu.headerCaptured || !present(pdu.view, pdu.at, field)) continue;
    text += before + valueText(pdu, field);
  }
  return text + digestsText(pdu) + damageText(pdu);
}

function layoutOf(opcode: number): Layout {
  let layout = LAYOUTS[opcode];
  if (layout === undefined) {
    layout = makeLayout(opcode, pduOf(opcode));
    LAYOUTS[opcode] = layout;
  }
  return layout;
}

function makeLayout(opcode: number, table: PduTable): Layout {
  return {
    head: `,"pduOpcode":${opcode},"name":${JSON.stringify(table.name)}`,
    fields: table.fields
      .filter((f) => !f.reserved && f.name !== 'opcode')
      .map((f) => [`,"${jsonName(f)}":`, f, f.byte + Math.ceil((f.bit + f.width) / 8)] as const),
  };
}

function valueText(pdu: Pdu, f: Field): string {
  if (f.name === 'cdb') {
    const at = pdu.at + f.byte;
    return `"${shownCdb(pdu.bytes.subarray(at, at + f.width / 8), f.width / 8)}"`;
  }
  if (f.kind === 'octets') return `"${hex(pdu.bytes, pdu.at + f.byte, f.width / 8)}"`;
  const value = get(pdu.view, pdu.at, f);
  return f.kind === 'flag' ? (value !== 0 ? 'true' : 'false') : String(value);
}

function digestsText(pdu: Pdu): string {
  if (pdu.headerDigest === 0 && pdu.dataDigest === 0) return '';
  return digestText('headerDigest', pdu.headerDigest) + digestText('dataDigest', pdu.dataDigest);
}

function digestText(name: string, digest: number): string {
  if (digest === 0) return '';
  const word = digest === DIGEST_GOOD ? 'good' : digest === DIGEST_BAD ? 'bad' : 'not captured';
  return `,"${name}":"${word}"`;
}

/** What is missing of the PDU, where something is. */
function damageText(pdu: Pdu): string {
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
