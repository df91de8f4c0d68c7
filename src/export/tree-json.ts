// Decoded trees as JSON: what the flat line of a PDU does not hold, as nested objects. A name that
// comes more than once becomes a list; a group with a value of its own has it as `value`.

import type { PduFacts } from '../decode/facts.js';
import { HIDDEN } from '../wire/iscsi/secret-text.js';
import { type Node, walkTree } from '../wire/tree.js';

export interface TreeJsonOptions {
  readonly showSecrets: boolean;
  readonly tree: boolean;
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type TreeJson = Json;

/** Groups of the tree → the line's key. `cdb` is the hex of issue's line: its fields stand apart. */
const NESTED: Readonly<Record<string, string>> = {
  cdb: 'cdbFields',
  isid: 'isidFields',
  lun: 'lunLevels',
  ahs: 'ahs',
  sense: 'senseFields',
  data: 'data',
  rejected: 'rejected',
};
/** Values that the header's table does not have. */
const LEAVES: ReadonlySet<string> = new Set([
  'senseLength',
  'responseData',
  'eventData',
  'pingData',
  'padding',
]);

/** `,"cdbFields":{…},"data":{…}`: what there is of it. */
export function detailsJson(facts: PduFacts, options: TreeJsonOptions): string {
  const out: { [key: string]: Json } = {};
  const reserved: { [key: string]: Json } = {};
  const tree = facts.tree();
  for (const node of tree) {
    const key = NESTED[node.name];
    if (key !== undefined && (node.children !== undefined || node.name === 'data')) {
      add(out, key, node.name === 'lun' ? lunLevels(node) : nodeJson(node, options, true));
    } else if (LEAVES.has(node.name)) add(out, node.name, leafJson(node, options) ?? HIDDEN);
    else if (node.kind === 'reserved' && node.value !== null) reserved[node.name] = node.value;
    else if (node.name.endsWith('Digest') && node.value !== null) {
      out[`${node.name}Octets`] = node.value;
    }
  }
  if (Object.keys(reserved).length > 0) out['reserved'] = reserved;
  const faults = faultsOf(tree);
  if (faults.length > 0) out['faults'] = faults;
  if (options.tree) out['tree'] = wholeTree(tree, options);
  return Object.entries(out)
    .map(([key, value]) => `,${JSON.stringify(key)}:${JSON.stringify(value)}`)
    .join('');
}

/** `apart`: the group's own value stands elsewhere. */
function nodeJson(node: Node, options: TreeJsonOptions, apart = false): Json {
  if (node.children === undefined) return leafJson(node, options);
  const out: { [key: string]: Json } = {};
  if (!apart && node.value !== null) out['value'] = node.value;
  for (const child of node.children) {
    if (child.width === 0 && child.value === null) continue;
    add(out, child.name, nodeJson(child, options));
  }
  return out;
}

function leafJson(node: Node, options: TreeJsonOptions): Json {
  if (node.kind === 'userData' && !options.showSecrets) return null;
  return node.value ?? node.meaning ?? null;
}

function lunLevels(node: Node): Json {
  return (node.children ?? []).map((level) => ({
    method: level.meaning ?? '',
    lun: level.value ?? '',
  }));
}

function add(out: { [key: string]: Json }, key: string, value: Json): void {
  const had = out[key];
  if (had === undefined) out[key] = value;
  else if (Array.isArray(had)) had.push(value);
  else out[key] = [had, value];
}

/** What contradicts the standard, in words. */
function faultsOf(tree: readonly Node[]): Json[] {
  const faults: Json[] = [];
  for (const node of walkTree(tree)) {
    if (node.kind === 'malformed') faults.push(`${node.label}: ${node.meaning ?? 'malformed'}`);
  }
  return faults;
}

/** Every node with label, meaning and position. */
export function wholeTree(tree: readonly Node[], options: TreeJsonOptions): Json {
  return tree.map((node) => wholeJson(node, options));
}

function wholeJson(node: Node, options: TreeJsonOptions): Json {
  const { name, label, meaning, unit, byte, bit, width, kind, children } = node;
  const out: { [key: string]: Json } = { name, label, value: leafValue(node, options) };
  if (meaning !== undefined) out['meaning'] = meaning;
  if (unit !== undefined) out['unit'] = unit;
  Object.assign(out, { byte, bit, width });
  if (kind !== undefined) out['kind'] = kind;
  if (children !== undefined) out['children'] = children.map((n) => wholeJson(n, options));
  return out;
}

function leafValue(node: Node, options: TreeJsonOptions): Json {
  return node.kind === 'userData' && !options.showSecrets ? null : node.value;
}
