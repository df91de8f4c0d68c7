// One message that is no iSCSI PDU → one line of cells, whatever its protocol.

import { messageName } from '../decode/message-names.js';
import type { MessageFacts } from '../decode/messages.js';
import { bytesText } from '../lib/number-text.js';
import { CHECK_BAD } from '../pdu/fc/frame.js';
import type { IsnsPdu } from '../pdu/isns/pdu.js';
import { MessageProtocol, Role } from '../pdu/message-codes.js';
import { MPA_REPLY_KIND, MPA_REQUEST_KIND, type RdmaMessage } from '../pdu/rdma/message.js';
import type { Node } from '../wire/tree.js';
import { type Cell, cell } from './cells.js';
import { fcLine } from './fc-line.js';
import { secondsText } from './format.js';

const NAME_WIDTH = 20;
/** Attributes named of an iSNS message. */
const ATTRIBUTES_SHOWN = 4;

export function messageLine(facts: MessageFacts): Cell[] {
  const { message: m } = facts;
  if (m.protocol === MessageProtocol.fc) return fcLine(m, facts.asked);
  const arrow = m.direction & 1 ? '←' : '→';
  const cells = [
    cell(`${String(m.frame).padStart(7)} `, 'quiet'),
    cell(`${secondsText(m.timeNs).padStart(12)} `),
    cell(`${m.connection < 0 ? 'UDP' : `C${m.connection}`} ${arrow} `, 'quiet'),
    cell(`${messageName(m).padEnd(NAME_WIDTH)} `, 'strong'),
  ];
  if (m.protocol === MessageProtocol.isns) cells.push(...isnsCells(m, facts.tree()));
  else cells.push(...rdmaCells(m, facts.tree()));
  if (!m.complete) cells.push(cell('  not complete', 'warn'));
  return cells;
}

function rdmaCells(m: RdmaMessage, tree: readonly Node[]): Cell[] {
  const words = m.protocol === MessageProtocol.roce ? roceWords(tree) : iwarpWords(m, tree);
  const data = m.length > 0 && m.role !== Role.other;
  if (data) words.push(`${bytesText(m.length)} at ${m.task < 0 ? '?' : m.bufferOffset}`);
  else if (m.length > 0) words.push(bytesText(m.length));
  const cells = [cell(words.filter(Boolean).join(', '))];
  if (m.crc === CHECK_BAD) cells.push(cell('  CRC bad', 'bad'));
  return cells;
}

function iwarpWords(m: RdmaMessage, tree: readonly Node[]): string[] {
  if (m.kind === MPA_REQUEST_KIND || m.kind === MPA_REPLY_KIND) {
    return [
      `revision ${at(tree, 'mpa', 'revision')}`,
      at(tree, 'mpa', 'markers') === 1 ? 'markers' : '',
      at(tree, 'mpa', 'crc') === 1 ? 'CRC' : '',
      at(tree, 'mpa', 'rejected') === 1 ? 'rejected' : '',
    ];
  }
  const tagged = at(tree, 'ddp', 'tagged') === 1;
  return [
    tagged
      ? `STag 0x${hex(at(tree, 'ddp', 'stag'))}`
      : `MSN ${at(tree, 'ddp', 'messageSequenceNumber') ?? '?'}`,
    at(tree, 'rdmap', 'sourceStag') === undefined
      ? ''
      : `of STag 0x${hex(at(tree, 'rdmap', 'sourceStag'))}`,
    m.last ? '' : 'goes on',
  ];
}

function roceWords(tree: readonly Node[]): string[] {
  const rKey = at(tree, 'reth', 'rKey');
  const syndrome = tree
    .find((node) => node.name === 'aeth')
    ?.children?.find((node) => node.name === 'kind');
  return [
    `QP 0x${Number(at(tree, 'bth', 'destinationQp') ?? 0).toString(16)}`,
    `PSN ${at(tree, 'bth', 'psn') ?? '?'}`,
    rKey === undefined ? '' : `key 0x${hex(rKey)}`,
    syndrome?.meaning ?? '',
  ];
}

function isnsCells(m: IsnsPdu, tree: readonly Node[]): Cell[] {
  const status = tree
    .find((node) => node.name === 'isns')
    ?.children?.find((node) => node.name === 'status');
  const attributes = tree.find((node) => node.name === 'attributes')?.children ?? [];
  const shown = attributes.filter((node) => node.value !== null).slice(0, ATTRIBUTES_SHOWN);
  const more = attributes.length > shown.length ? ', …' : '';
  const words = shown.map(({ label, value }) => `${label} ${value}`).join(', ');
  return [
    cell(`${m.from} → ${m.to} `),
    cell(`transaction ${m.transactionId}  `, 'quiet'),
    ...(status === undefined
      ? []
      : [cell(`${status.meaning}  `, status.value === 0 ? 'good' : 'bad')]),
    cell(`${words}${more}`),
  ];
}

function at(tree: readonly Node[], group: string, name: string): Node['value'] | undefined {
  return tree.find((node) => node.name === group)?.children?.find((node) => node.name === name)
    ?.value;
}

function hex(value: Node['value'] | undefined): string {
  return Number(value ?? 0)
    .toString(16)
    .padStart(8, '0');
}
