// A decoded PDU as lines: where each thing stands, its name, its value, what it means.

import type { PduFacts } from '../decode/facts.js';
import type { LinkedPdu, TaskLinks } from '../decode/links.js';
import { durationText } from '../lib/number-text.js';
import { Opcode, RESERVED_TAG } from '../wire/iscsi/codes.js';
import { pduOf } from '../wire/iscsi/pdus.js';
import type { Node } from '../wire/tree.js';
import { asSent, type Cell, cell, type Tone } from './cells.js';

const RANGE_WIDTH = 10;
const LABEL_WIDTH = 36;
/** Frames named of each kind of a task's PDUs. */
const FRAMES_SHOWN = 8;

/** Codes that the standards write in hex, as everybody does who knows them by heart. */
const HEX: ReadonlySet<string> = new Set([
  'opcode',
  'operationCode',
  'requestedOperationCode',
  'serviceAction',
  'requestedServiceAction',
  'pageCode',
  'subpageCode',
  'supportedPage',
  'responseCode',
  'additionalSenseCode',
  'additionalSenseCodeQualifier',
  'additionalSense',
  'versionDescriptor',
  'statusQualifier',
  'status',
  'featureCode',
  'profileNumber',
  ...['stag', 'sinkStag', 'sourceStag', 'writeStag', 'readStag', 'invalidateStag', 'rKey'],
  ...['destinationQp', 'sourceQp', 'localQp', 'partitionKey', 'queueKey', 'functionId'],
]);

export interface TreeOptions {
  /** User data and its like are shown. */
  readonly showSecrets: boolean;
  /** Columns of the names; 36 where it is not said. */
  readonly labelWidth?: number;
}

/** One line a node, children indented. */
export function treeLines(nodes: readonly Node[], options: TreeOptions, depth = 1): Cell[][] {
  const lines: Cell[][] = [];
  for (const node of nodes) {
    lines.push(nodeLine(node, options, depth));
    if (node.children !== undefined) lines.push(...treeLines(node.children, options, depth + 1));
  }
  return lines;
}

function nodeLine(node: Node, options: TreeOptions, depth: number): Cell[] {
  // Where nothing of it was captured nothing is hidden.
  const hidden = node.kind === 'userData' && !options.showSecrets && node.value !== '';
  const value = hidden ? '(hidden)' : valueText(node);
  const unit = node.unit === undefined || value === '' ? '' : ` ${node.unit}`;
  const meaning = node.meaning === undefined || node.meaning === value ? '' : node.meaning;
  const label = `${'  '.repeat(depth - 1)}${node.label}`;
  return [
    cell(`${rangeText(node).padStart(RANGE_WIDTH)}  `, 'quiet'),
    cell(
      `${label.padEnd(options.labelWidth ?? LABEL_WIDTH)} `,
      node.children === undefined ? 'plain' : 'strong',
    ),
    asSent(`${value}${unit}`, toneOf(node)),
    asSent(meaning === '' ? '' : value === '' ? meaning : `  ${meaning}`, wordsTone(node)),
  ];
}

/** "4" a byte, "16-19" bytes, "0.2-7" bits of a byte (0 = most significant), "2.4+12" bits over bytes. */
function rangeText({ byte, bit, width }: Node): string {
  if (width === 0) return `${byte}`;
  if (bit === 0 && width % 8 === 0) {
    return width === 8 ? `${byte}` : `${byte}-${byte + width / 8 - 1}`;
  }
  if (bit + width > 8) return `${byte}.${bit}+${width}`;
  return width === 1 ? `${byte}.${bit}` : `${byte}.${bit}-${bit + width - 1}`;
}

function valueText(node: Node): string {
  if (node.value === null) return '';
  if (typeof node.value === 'string') return node.value;
  const digits = Math.ceil(node.width / 4);
  if (node.name.endsWith('Tag') || HEX.has(node.name)) {
    return `0x${node.value.toString(16).padStart(digits, '0')}`;
  }
  return String(node.value);
}

function toneOf(node: Node): Tone {
  return node.kind === 'malformed' ? 'bad' : 'plain';
}

function wordsTone(node: Node): Tone {
  switch (node.kind) {
    case 'malformed':
      return 'bad';
    case 'reserved':
    case 'truncated':
    case 'short':
      return 'warn';
    default:
      return 'quiet';
  }
}

/** What this PDU belongs to: a line each. */
export function linkLines(facts: PduFacts): Cell[][] {
  const { pdu, requestFrame, requestNs, victimFrame } = facts;
  const lines: Cell[][] = [];
  if (requestFrame > 0) {
    const word = facts.task === null ? 'request' : 'command';
    const since = durationText(pdu.timeNs - requestNs);
    lines.push(linkLine(word, `frame ${requestFrame}, ${since} before`));
  }
  if (victimFrame > 0) {
    const word = pdu.opcode === Opcode.reject ? 'rejected PDU' : 'task';
    lines.push(linkLine(word, `frame ${victimFrame}`));
  }
  return lines;
}

/** What is known of a task's PDUs only when it has ended (or will not be waited for). */
export function laterLines(own: LinkedPdu, links: TaskLinks): Cell[][] {
  if (!isOfTask(own.opcode)) return answerLines(own, links);
  const lines: Cell[][] = [];
  const at = links.pdus.indexOf(own);
  const before = at > 0 ? links.pdus[at - 1] : undefined;
  const after = at >= 0 ? links.pdus[at + 1] : undefined;
  if (before !== undefined) lines.push(linkLine('previous PDU of it', nameFrame(before)));
  if (after !== undefined) lines.push(linkLine('next PDU of it', nameFrame(after)));
  if (own.opcode === Opcode.scsiCommand) lines.push(...commandLines(own, links));
  else if (own.transferTag !== RESERVED_TAG) lines.push(...transferLines(own, links));
  const { last } = links;
  const ends = last !== undefined && last !== own && links.done;
  if (ends) {
    const after = durationText(last.timeNs - own.timeNs);
    lines.push(linkLine('status', `frame ${last.frame}, ${after} after`));
  } else if (!links.done) lines.push(linkLine('status', 'none seen so far'));
  return lines;
}

/** A request that is no command: its answer. The answer itself has named the request. */
function answerLines(own: LinkedPdu, links: TaskLinks): Cell[][] {
  const { last, pdus } = links;
  if (own !== pdus[0] || last === undefined) return [];
  if (last === own) return [linkLine('answer', links.done ? 'none' : 'none seen so far')];
  const after = durationText(last.endNs - own.timeNs);
  return [linkLine('answer', `frame ${last.frame}, ${after} after`)];
}

function isOfTask(opcode: number): boolean {
  return (
    opcode === Opcode.scsiCommand ||
    opcode === Opcode.scsiResponse ||
    opcode === Opcode.dataIn ||
    opcode === Opcode.dataOut ||
    opcode === Opcode.r2t
  );
}

function commandLines(own: LinkedPdu, links: TaskLinks): Cell[][] {
  const lines: Cell[][] = [];
  for (const opcode of [Opcode.dataIn, Opcode.r2t, Opcode.dataOut]) {
    const found = links.pdus.filter((pdu) => pdu !== own && pdu.opcode === opcode);
    if (found.length === 0) continue;
    lines.push(linkLine(pduOf(opcode).name, framesText(found)));
  }
  if (links.more > 0) lines.push(linkLine('and more', `${links.more} PDUs of this task`));
  return lines;
}

/** R2T → the Data-Out PDUs that answer it, and the other way round (RFC 7143 11.7.4). */
function transferLines(own: LinkedPdu, links: TaskLinks): Cell[][] {
  const other = own.opcode === Opcode.r2t ? Opcode.dataOut : Opcode.r2t;
  const found = links.pdus.filter(
    (pdu) => pdu.opcode === other && pdu.transferTag === own.transferTag,
  );
  return found.length === 0 ? [] : [linkLine(pduOf(other).name, framesText(found))];
}

function framesText(pdus: readonly LinkedPdu[]): string {
  const shown = pdus.slice(0, FRAMES_SHOWN).map((pdu) => pdu.frame);
  const more = pdus.length > FRAMES_SHOWN ? `, … (${pdus.length} in all)` : '';
  return `${pdus.length === 1 ? 'frame' : 'frames'} ${shown.join(', ')}${more}`;
}

function nameFrame(pdu: LinkedPdu): string {
  return `${pduOf(pdu.opcode).name}, frame ${pdu.frame}`;
}

function linkLine(label: string, text: string): Cell[] {
  return [
    cell(`${'→'.padStart(RANGE_WIDTH)}  `, 'quiet'),
    cell(`${label.padEnd(LABEL_WIDTH)} `, 'note'),
    asSent(text),
  ];
}
