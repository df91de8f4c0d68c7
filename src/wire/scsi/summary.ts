// A command in a few words, as an engineer would say it: "READ(10) LBA 4096, 8 blocks", "INQUIRY
// VPD 83 Device Identification", "MODE SENSE(6) Caching, default values".

import { findNode, type Node } from '../tree.js';
import { decodeCdb } from './cdb.js';
import { CdbFacts, cdbFacts, operationName } from './operations.js';

const facts = new CdbFacts();

/** The CDB of `length` captured bytes at `at`; deviceType -1 where not known. Not for the hot road. */
export function commandText(
  bytes: Uint8Array,
  at: number,
  length: number,
  deviceType: number,
): string {
  const there = Math.max(0, Math.min(length, bytes.length - at));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  cdbFacts(view, at, there, deviceType, facts);
  const name = operationName(facts.operation);
  if (facts.lbaKnown) return `${name} ${addressText()}`;
  if (facts.blocks > 0) return `${name} ${facts.blocks} blocks`;
  const nodes = decodeCdb(bytes, at, there, deviceType);
  const detail = detailText(nodes);
  return detail === '' ? name : `${name} ${detail}`;
}

function addressText(): string {
  const lba = BigInt(facts.lbaHigh) * 0x100000000n + BigInt(facts.lbaLow);
  return facts.blocks > 0 ? `LBA ${lba}, ${facts.blocks} blocks` : `LBA ${lba}`;
}

/** Fields that tell one such command from another, where their value says something. */
const TELLING: readonly (readonly [string, (node: Node, nodes: readonly Node[]) => string])[] = [
  ['pageCode', pageText],
  ['type', (node) => (node.value === 0 ? '' : (node.meaning ?? ''))],
  [
    'start',
    (node, nodes) =>
      isSet(nodes, 'loej') ? (node.value ? 'load' : 'eject') : node.value ? 'start' : 'stop',
  ],
  ['load', (node) => (node.value ? 'load' : 'unload')],
  ['prevent', (node) => node.meaning ?? ''],
  ['count', (node, nodes) => `${node.value} ${findNode(nodes, 'code')?.meaning ?? ''}`.trim()],
  ['filemarkCount', (node) => `${node.value} filemarks`],
  ['destinationElementAddress', moveText],
  ['mode', (node) => node.meaning ?? ''],
  ['selectReport', (node) => (node.value === 0 ? '' : (node.meaning ?? ''))],
];

function detailText(nodes: readonly Node[]): string {
  const said: string[] = [];
  for (const [name, text] of TELLING) {
    const node = nodes.find((n) => n.name === name);
    const words = node === undefined ? '' : text(node, nodes);
    if (words !== '') said.push(words);
  }
  return said.join(', ');
}

function isSet(nodes: readonly Node[], name: string): boolean {
  return nodes.find((node) => node.name === name)?.value === 1;
}

/** A page by its code and name; INQUIRY without EVPD asks for no page. */
function pageText(node: Node, nodes: readonly Node[]): string {
  const evpd = nodes.find((n) => n.name === 'evpd');
  if (evpd?.value === 0 || node.meaning === undefined) return '';
  const control = nodes.find((n) => n.name === 'pc');
  const values = control && control.value !== 0 ? `, ${control.meaning}` : '';
  const hex = Number(node.value).toString(16).padStart(2, '0').toUpperCase();
  return evpd ? `VPD ${hex} ${node.meaning}` : `${hex} ${node.meaning}${values}`;
}

function moveText(node: Node, nodes: readonly Node[]): string {
  const source = nodes.find((n) => n.name === 'sourceElementAddress');
  return source ? `${source.value} to ${node.value}` : `to ${node.value}`;
}
