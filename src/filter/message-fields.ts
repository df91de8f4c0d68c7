// Names that a filter may ask of a message that is no iSCSI PDU: our groups and fields (`fc.oxId`,
// `fcp.status`, `bth.psn`, `attributes.iscsiName`), and tshark's where it has them. Found in its tree.

import { FC_GROUPS } from '../decode/fc-tree.js';
import { ISNS_ATTRIBUTE_NAMES } from '../decode/isns-tree.js';
import type { MessageFacts } from '../decode/messages.js';
import { RDMA_GROUPS } from '../decode/rdma-tree.js';
import type { FcFrame } from '../pdu/fc/frame.js';
import type { Message } from '../pdu/message.js';
import { MessageProtocol } from '../pdu/message-codes.js';
import { CM_KIND } from '../pdu/rdma/message.js';
import { Carrier } from '../wire/fc/carriers.js';
import { EOF_NAMES, SOF_NAMES } from '../wire/fc/codes.js';
import { FC_HEADER_BYTES, frameHeader } from '../wire/fc/frame-header.js';
import { type Field, get } from '../wire/field.js';
import type { AttributeKind } from '../wire/isns/attributes.js';
import { isnsHeader } from '../wire/isns/header.js';
import { heartbeat } from '../wire/isns/heartbeat.js';
import { CmAttribute } from '../wire/rdma/infiniband-cm.js';
import type { Node } from '../wire/tree.js';
import type { FilterField, FilterKind, Value } from './field.js';
import { TSHARK_MESSAGES } from './tables/tshark-messages.js';

/** What is known of a field without a message. */
interface NamedField {
  readonly kind: FilterKind;
  readonly names?: Readonly<Record<number, string>> | undefined;
  readonly unit?: string | undefined;
  readonly section?: string | undefined;
  readonly about: string;
}

/** undefined where no message has a field of this name. */
export function messageField(name: string): FilterField<MessageFacts> | undefined {
  const paths = (TSHARK_MESSAGES[name] ?? name).split('|');
  const f = messageNames().get(paths[0]);
  if (f === undefined) return undefined;
  const { kind, names, unit, section, about } = f;
  const only = ONLY.find(([prefix]) => name.startsWith(prefix))?.[1];
  const values = (facts: MessageFacts): readonly Value[] => {
    if (only?.(facts.message) === false) return [];
    const nodes = paths.flatMap((path) => nodesAt(facts.tree(), path));
    return nodes.flatMap((node) => (node.value === null ? [] : [node.value]));
  };
  return { name, kind, needs: 'data', names, unit, section, about, values };
}

/** `group.field`; without a group what stands in none. */
function nodesAt(tree: readonly Node[], path: string): readonly Node[] {
  const dot = path.indexOf('.');
  if (dot < 0) return tree.filter((node) => node.name === path);
  return nodesOf(tree, path.slice(0, dot), path.slice(dot + 1));
}

/** Our own names, with what is known of them. */
export function messageNames(): ReadonlyMap<string, NamedField> {
  names ??= new Map([
    ...ofGroups(FC_GROUPS, 'Fibre Channel frames'),
    ...ofGroups(RDMA_GROUPS, 'iWARP, RoCEv2'),
    ...ofGroups({ isns: [isnsHeader], heartbeat: [heartbeat] }, 'iSNS'),
    ['isns.status', { kind: 'number', section: 'RFC 4171 5.4', about: 'iSNS responses' }],
    ...[...ISNS_ATTRIBUTE_NAMES].map(([name, { kind }]): [string, NamedField] => [
      `attributes.${name}`,
      { kind: KINDS[kind], section: 'RFC 4171 6', about: 'iSNS' },
    ]),
    ['sof', { kind: 'code', names: SOF_NAMES, about: 'Fibre Channel frames' }],
    ['eof', { kind: 'code', names: EOF_NAMES, about: 'Fibre Channel frames' }],
    ['crc', { kind: 'octets', about: 'CRC of a frame, an FPDU, a packet' }],
  ]);
  return names;
}

let names: Map<string, NamedField> | undefined;

/** Our name of a field of tshark's. */
export function messageOwnName(tshark: string): string {
  return (TSHARK_MESSAGES[tshark] ?? tshark).split('|')[0];
}

export function messageTsharkNames(): ReadonlySet<string> {
  tsharkNames ??= new Set(Object.keys(TSHARK_MESSAGES));
  return tsharkNames;
}

let tsharkNames: Set<string> | undefined;

/** Names of tshark's that only messages of one protocol, carrier or kind go by, where ours are of several. */
const ONLY: readonly (readonly [prefix: string, is: (message: Message) => boolean])[] = [
  ['fcip.', (m) => m.protocol === MessageProtocol.fc && m.carrier === Carrier.fcip],
  ['ifcp.', (m) => m.protocol === MessageProtocol.fc && m.carrier === Carrier.ifcp],
  ['fcoe.', (m) => m.protocol === MessageProtocol.fc && m.carrier === Carrier.fcoe],
  ['fc.relative_offset', (m) => m.protocol === MessageProtocol.fc && hasOffset(m)],
  ['infiniband.cm.req.', (m) => isCm(m, CmAttribute.req)],
  ['infiniband.cm.rep.', (m) => isCm(m, CmAttribute.rep)],
  ['infiniband.cm.rej.', (m) => isCm(m, CmAttribute.rej)],
  ['infiniband.', (m) => m.protocol === MessageProtocol.roce],
];

function hasOffset(frame: FcFrame): boolean {
  const there = !frame.special && frame.headerCaptured >= FC_HEADER_BYTES;
  return there && get(frame.view, frame.at, frameHeader.relativeOffsetPresent) === 1;
}

function isCm(m: Message, attribute: number): boolean {
  return m.protocol === MessageProtocol.roce && m.kind === CM_KIND + attribute;
}

const KINDS: Readonly<Record<AttributeKind, FilterKind>> = {
  delimiter: 'number',
  number: 'number',
  text: 'text',
  address: 'address',
  port: 'text',
  name8: 'octets',
  time: 'number',
  octets: 'octets',
  secret: 'octets',
};

function ofGroups(
  groups: Readonly<Record<string, readonly Readonly<Record<string, Field>>[]>>,
  about: string,
): [string, NamedField][] {
  return Object.entries(groups).flatMap(([group, tables]) =>
    tables.flatMap((table) =>
      Object.values(table)
        .filter((f) => f.reserved !== true)
        .map((f): [string, NamedField] => [
          `${group}.${f.name}`,
          { kind: kindOf(f), names: f.names, unit: f.unit, section: f.section, about },
        ]),
    ),
  );
}

/** Groups may stand in groups: `link` in `fc`. */
function nodesOf(tree: readonly Node[], groupName: string, fieldName: string): Node[] {
  const found: Node[] = [];
  for (const node of tree) {
    if (node.children === undefined) continue;
    if (node.name === groupName) collect(node.children, fieldName, found);
    else found.push(...nodesOf(node.children, groupName, fieldName));
  }
  return found;
}

/** Fields of the CDB and of the LUN have names of their own, under the same words. */
function collect(nodes: readonly Node[], name: string, into: Node[]): void {
  for (const node of nodes) {
    if (node.name === name) into.push(node);
    if (node.children === undefined || node.name === 'cdb' || node.name === 'lun') continue;
    collect(node.children, name, into);
  }
}

function kindOf(f: Field): FilterKind {
  if (f.kind === 'octets') return 'octets';
  if (f.kind === 'flag') return 'flag';
  return f.kind === 'code' ? 'code' : 'number';
}
