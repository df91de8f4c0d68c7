// One Fibre Channel frame → one line of NDJSON: a group of fields for each header and payload, by the
// names of their tables.

import { isoTime } from '../capture/time.js';
import type { FcFrameFacts } from '../decode/fc-reader.js';
import { CHECK_BAD, CHECK_GOOD, CHECK_UNKNOWN } from '../pdu/fc/frame.js';
import { fcidText } from '../wire/fc/codes.js';
import { FC_HEADER_BYTES, frameHeader } from '../wire/fc/frame-header.js';
import { kindName } from '../wire/fc/kinds.js';
import { get } from '../wire/field.js';
import type { Node } from '../wire/tree.js';
import { PDUS_SCHEMA } from './schema-names.js';

type Json = { [name: string]: string | number | null | Json | Json[] };

const CARRIERS: Readonly<Record<number, string>> = { 1: 'FCIP', 2: 'iFCP', 3: 'FCoE', 4: 'FC' };
const CHECKS: Readonly<Record<number, string>> = {
  [CHECK_GOOD]: 'good',
  [CHECK_BAD]: 'bad',
  [CHECK_UNKNOWN]: 'not captured',
};

export function fcJson(facts: FcFrameFacts): string {
  const { frame, epoch } = facts;
  const whole = frame.headerCaptured === FC_HEADER_BYTES;
  const id = (f: Parameters<typeof get>[2]) => fcidText(get(frame.view, frame.at, f));
  const line = {
    schema: PDUS_SCHEMA,
    type: 'frame',
    frame: frame.frame,
    frameEnd: frame.frameEnd,
    ...(epoch === undefined ? {} : { time: isoTime(epoch, frame.timeNs) }),
    relativeNs: frame.timeNs,
    relativeNsEnd: frame.endNs,
    ...(frame.connection < 0 ? {} : { connection: frame.connection }),
    carrier: CARRIERS[frame.carrier],
    name: kindName(frame.kind),
    ...(whole
      ? {
          from: id(frameHeader.sourceId),
          to: id(frameHeader.destinationId),
          tag: get(frame.view, frame.at, frameHeader.oxId),
        }
      : {}),
    bytes: frame.payloadLength,
    ...(CHECKS[frame.crc] === undefined ? {} : { frameCrc: CHECKS[frame.crc] }),
    ...(frame.dataMissing > 0 ? { dataMissing: frame.dataMissing } : {}),
    ...(frame.dataCut > 0 ? { dataCut: frame.dataCut } : {}),
    ...(frame.complete ? {} : { complete: false }),
    ...(frame.resynchronised ? { resynchronised: true } : {}),
    ...groups(facts.tree()),
  };
  return `${JSON.stringify(line)}\n`;
}

/** `fc`, `fcp`, `els`, …: as groups, so that a name of one table is not that of another. */
function groups(nodes: readonly Node[]): Json {
  const json: Json = {};
  for (const node of nodes) {
    if (node.children !== undefined) json[`${node.name}Fields`] = fieldsOf(node.children);
    else if (node.name === 'sof' || node.name === 'eof') json[node.name] = node.meaning ?? null;
  }
  return json;
}

function fieldsOf(nodes: readonly Node[]): Json {
  const json: Json = {};
  for (const node of nodes) {
    if (node.kind === 'reserved') continue;
    if (node.value !== null) json[node.name] = node.value;
    else if (node.name === 'page' || node.name === 'entry') {
      const list = (json[`${node.name}s`] as Json[] | undefined) ?? [];
      list.push(fieldsOf(node.children ?? []));
      json[`${node.name}s`] = list;
    } else if (node.children !== undefined) json[node.name] = fieldsOf(node.children);
  }
  return json;
}
