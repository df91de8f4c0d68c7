// One message that is no iSCSI PDU → one line of NDJSON: a group of fields for each header and payload, by
// the names of their tables.

import { isoTime } from '../capture/time.js';
import { messageName } from '../decode/message-names.js';
import type { MessageFacts } from '../decode/messages.js';
import { CHECK_BAD, CHECK_GOOD, CHECK_UNKNOWN, type FcFrame } from '../pdu/fc/frame.js';
import { messageFromInitiator, messageLength, messageTask } from '../pdu/message.js';
import { MessageProtocol } from '../pdu/message-codes.js';
import { fcidText } from '../wire/fc/codes.js';
import { FC_HEADER_BYTES, frameHeader } from '../wire/fc/frame-header.js';
import { get } from '../wire/field.js';
import type { Node } from '../wire/tree.js';
import { PDUS_SCHEMA } from './schema-names.js';
import { type TreeJson, type TreeJsonOptions, wholeTree } from './tree-json.js';

type Json = { [name: string]: TreeJson };

const CARRIERS: Readonly<Record<number, string>> = { 1: 'FCIP', 2: 'iFCP', 3: 'FCoE', 4: 'FC' };
const CHECKS: Readonly<Record<number, string>> = {
  [CHECK_GOOD]: 'good',
  [CHECK_BAD]: 'bad',
  [CHECK_UNKNOWN]: 'not captured',
};

/** A JSON object and a line end. */
export function messageJson(facts: MessageFacts, options: TreeJsonOptions): string {
  const { message: m, epoch, session } = facts;
  const task = messageTask(m);
  const line = {
    schema: PDUS_SCHEMA,
    type: m.protocol === MessageProtocol.fc ? 'frame' : 'message',
    frame: m.frame,
    frameEnd: m.frameEnd,
    ...(epoch === undefined ? {} : { time: isoTime(epoch, m.timeNs) }),
    relativeNs: m.timeNs,
    relativeNsEnd: m.endNs,
    ...(m.connection < 0 ? {} : { connection: m.connection }),
    ...(session < 0 ? {} : { session }),
    ...(task < 0 ? {} : { command: task }),
    ...own(facts),
    ...(m.complete ? {} : { complete: false }),
    ...groups(facts.tree()),
    ...(options.tree ? { tree: wholeTree(facts.tree(), options) } : {}),
  };
  return `${JSON.stringify(line)}\n`;
}

/** What only its protocol says. */
function own({ message: m }: MessageFacts): Json {
  const name = messageName(m);
  if (m.protocol === MessageProtocol.fc)
    return { carrier: CARRIERS[m.carrier], name, ...ofFrame(m) };
  if (m.protocol === MessageProtocol.isns) {
    return { carrier: 'iSNS', name, from: m.from, to: m.to, bytes: m.pduLength };
  }
  const carrier = m.protocol === MessageProtocol.roce ? 'RoCEv2' : 'iWARP';
  const check = CHECKS[m.crc];
  return {
    carrier,
    name,
    from: messageFromInitiator(m) ? 'initiator' : 'target',
    bytes: messageLength(m),
    ...(check === undefined ? {} : { frameCrc: check }),
    ...(m.dataMissing > 0 ? { dataMissing: m.dataMissing } : {}),
    ...(m.dataCut > 0 ? { dataCut: m.dataCut } : {}),
  };
}

function ofFrame(frame: FcFrame): Json {
  const whole = frame.headerCaptured === FC_HEADER_BYTES;
  const id = (f: Parameters<typeof get>[2]) => fcidText(get(frame.view, frame.at, f));
  return {
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
    ...(frame.resynchronised ? { resynchronised: true } : {}),
  };
}

/** `fc`, `fcp`, `els`, …: as groups, so that a name of one table is not that of another. */
function groups(nodes: readonly Node[]): Json {
  const json: Json = {};
  for (const node of nodes) {
    if (node.name === 'attributes') json['attributes'] = listsOf(node.children ?? []);
    else if (node.children !== undefined) json[`${node.name}Fields`] = fieldsOf(node.children);
    else if (node.name === 'sof' || node.name === 'eof') json[node.name] = node.meaning ?? null;
  }
  return json;
}

/** Attributes come again and again: each has a list, in their order. */
function listsOf(nodes: readonly Node[]): Json {
  const json: { [name: string]: (string | number)[] } = {};
  for (const { name, value, kind } of nodes) {
    if (value === null || kind === 'userData') continue;
    json[name] ??= [];
    json[name].push(value);
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
