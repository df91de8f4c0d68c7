// Fields of SCSI data, text keys, AHS and rejected headers: found in the decoded tree of the PDU, by
// a path such as `cdb.transferLength`, `sense.senseKey`, `data.vendorIdentification`.

import type { PduFacts } from '../decode/facts.js';
import type { Task } from '../scsi/task.js';
import { Opcode } from '../wire/iscsi/codes.js';
import { TEXT_KEYS } from '../wire/iscsi/keys.js';
import { type CatalogField, type CatalogStructure, scsiCatalog } from '../wire/scsi/catalog.js';
import { decodeCdb } from '../wire/scsi/cdb.js';
import { type Node, walkTree } from '../wire/tree.js';
import type { FilterField, FilterKind, Needs, Value } from './field.js';

export type Part = 'cdb' | 'sense' | 'data' | 'ahs' | 'rejected' | 'isid' | 'keys';

const PARTS: readonly Part[] = ['cdb', 'sense', 'data', 'ahs', 'rejected', 'isid', 'keys'];
const EMPTY: readonly Node[] = [];

/** Nodes of a part of the PDU; none where it has no such part. Decoded only where it may. */
export function partNodes(facts: PduFacts, part: Part): readonly Node[] {
  const { pdu } = facts;
  switch (part) {
    case 'cdb':
      if (pdu.opcode !== Opcode.scsiCommand || facts.cdbLength === 0) return EMPTY;
      return decodeCdb(facts.cdb, 0, facts.cdbLength, facts.deviceType);
    case 'keys':
      return facts.keys ?? EMPTY;
    case 'ahs':
      return pdu.ahsLength > 0 ? children(facts, part) : EMPTY;
    case 'isid':
      return (pdu.opcode & 0x1f) === Opcode.loginRequest ? children(facts, part) : EMPTY;
    case 'rejected':
      return pdu.opcode === Opcode.reject ? children(facts, part) : EMPTY;
    default:
      return pdu.dataSegmentLength > 0 ? children(facts, part) : EMPTY;
  }
}

function children(facts: PduFacts, part: Part): readonly Node[] {
  return facts
    .tree()
    .filter((node) => node.name === part)
    .flatMap((node) => node.children ?? [node]);
}

/** A field of one or more parts, under one or more names of nodes, of a width if it matters. */
export function treeField(
  name: string,
  parts: readonly Part[],
  nodeNames: readonly string[],
  kind: FilterKind,
  width?: number,
): FilterField<PduFacts> {
  const found = (facts: PduFacts): Node[] => {
    const nodes: Node[] = [];
    for (const part of parts) {
      for (const node of walkTree(partNodes(facts, part))) {
        if (!nodeNames.includes(node.name) || node.value === null) continue;
        if (node.kind === 'userData' && !facts.showSecrets) continue;
        if (width === undefined || node.width === width) nodes.push(node);
      }
    }
    return nodes;
  };
  const onlyCdb = parts.every((part) => part === 'cdb');
  return nodeField(name, kind, onlyCdb ? 'end' : 'data', found);
}

/** The same of a command's CDB. */
export function cdbField(
  name: string,
  nodeNames: readonly string[],
  kind: FilterKind,
  width?: number,
): FilterField<Task> {
  return nodeField(name, kind, 'end', ({ cdb, cdbLength, deviceType }) => {
    if (cdbLength === 0) return [];
    const nodes = [...walkTree(decodeCdb(cdb, 0, cdbLength, deviceType))];
    return nodes.filter(
      (node) =>
        nodeNames.includes(node.name) &&
        node.value !== null &&
        node.kind !== 'userData' &&
        (width === undefined || node.width === width),
    );
  });
}

function nodeField<T>(
  name: string,
  kind: FilterKind,
  needs: Needs,
  found: (subject: T) => readonly Node[],
): FilterField<T> {
  const values = (subject: T): readonly Value[] =>
    found(subject).map((node) => nodeValue(node, kind));
  const texts = (subject: T): readonly string[] =>
    found(subject).map((node) => node.meaning ?? String(node.value));
  return { name, kind, needs, values, texts: kind === 'number' ? texts : undefined };
}

/** Numbers to 64 bits stand in trees as decimal text. */
export function nodeValue(node: Node, kind: FilterKind): Value {
  const { value } = node;
  if (value === null) return '';
  if (kind !== 'number' || typeof value === 'number') return value;
  if (node.width > 64 || !/^-?\d+$/.test(value)) return value;
  const n = Number(value);
  return Number.isSafeInteger(n) ? n : BigInt(value);
}

/** `cdb.x` where some CDB has an x, and so on; undefined where the path names nothing. */
export function pathField(path: string): FilterField<PduFacts> | undefined {
  const dot = path.indexOf('.');
  const part = PARTS.find((p) => p === path.slice(0, dot));
  const leaf = path.slice(path.lastIndexOf('.') + 1);
  if (part === undefined || leaf === '') return undefined;
  if (part === 'keys') return treeField(path, [part], [path.slice(dot + 1)], 'text');
  const kind = pathNames().get(`${part}.${leaf}`);
  return kind === undefined ? undefined : treeField(path, [part], [leaf], kind);
}

let names: Map<string, FilterKind> | undefined;

/** All paths, with what their values are; made when first asked for. */
export function pathNames(): ReadonlyMap<string, FilterKind> {
  if (names !== undefined) return names;
  names = new Map();
  for (const structure of scsiCatalog()) {
    for (const f of structure.fields) add(names, `${partOf(structure)}.${f.name}`, kindOf(f));
  }
  for (const [path, kind] of OWN) names.set(path, kind);
  for (const key of TEXT_KEYS) names.set(`keys.${key.name}`, 'text');
  return names;
}

/** Groups that are not in the catalogue. */
const OWN: readonly (readonly [string, FilterKind])[] = [
  ['cdb.operationCode', 'number'],
  ['cdb.naca', 'number'],
  ['cdb.flag', 'number'],
  ['cdb.link', 'number'],
  ['cdb.vendorSpecific', 'number'],
  ['cdb.serviceActionSpecificFields', 'octets'],
  ['isid.t', 'number'],
  ['isid.a', 'number'],
  ['isid.b', 'number'],
  ['isid.c', 'number'],
  ['isid.d', 'number'],
  ['ahs.ahsLength', 'number'],
  ['ahs.ahsType', 'number'],
  ['ahs.extendedCdb', 'octets'],
  ['ahs.ahsSpecific', 'octets'],
  ['ahs.bidirectionalReadExpectedDataTransferLength', 'number'],
  ['rejected.opcode', 'number'],
  ['rejected.initiatorTaskTag', 'number'],
  ['rejected.cmdSN', 'number'],
  ['rejected.offendingByte', 'number'],
];

function partOf({ kind }: CatalogStructure): Part {
  return kind === 'cdb' || kind === 'sense' ? kind : 'data';
}

function kindOf({ type }: CatalogField): FilterKind {
  return type === 'text' ? 'text' : type === 'hex' ? 'octets' : 'number';
}

/** Where structures differ in what a name is, text is what all of them can be shown as. */
function add(into: Map<string, FilterKind>, path: string, kind: FilterKind): void {
  const had = into.get(path);
  into.set(path, had === undefined || had === kind ? kind : 'text');
}
