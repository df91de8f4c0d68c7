// Makes nodes of the field tables, and moves the trees of nested things to where they stand in the
// PDU. Positions count from the PDU's first byte.

import { type Field, get, hex, present } from '../wire/field.js';
import { codeName, RESERVED_TAG } from '../wire/iscsi/codes.js';
import type { Node } from '../wire/tree.js';
import { labelOf } from './labels.js';

/** Fields of a header at `at` in `bytes`, `captured` bytes of which are there; `base` where it is in the PDU. */
export interface HeaderAt {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly at: number;
  readonly captured: number;
  readonly base: number;
}

/** Every field that the header has; reserved ones, and those without a meaning here, where not zero. */
export function headerNodes(header: HeaderAt, fields: readonly Field[]): Node[] {
  const nodes: Node[] = [];
  for (const f of fields) {
    if (fieldEnd(f) > header.captured) {
      nodes.push(cutNode(header));
      break;
    }
    const node = fieldNode(header, f);
    if (node !== undefined) nodes.push(node);
  }
  return nodes;
}

/** undefined where there is nothing to say of it. */
function fieldNode(header: HeaderAt, f: Field): Node | undefined {
  const value = fieldValue(header, f);
  const there = present(header.view, header.at, f);
  if (f.reserved || !there) {
    if (Number(value === '' ? 0 : typeof value === 'string' ? `0x${value}` : value) === 0) {
      return undefined;
    }
    const why = f.reserved ? 'reserved, zero is due' : 'means nothing here, zero is due';
    return { ...plain(header, f, value), meaning: why, kind: 'reserved' };
  }
  return plain(header, f, value);
}

function plain(header: HeaderAt, f: Field, value: number | string): Node {
  const { name, bit, width, unit } = f;
  const byte = header.base + f.byte;
  return {
    name,
    label: labelOf(name),
    value,
    meaning: meaningOf(f, value),
    unit,
    byte,
    bit,
    width,
  };
}

function fieldValue(header: HeaderAt, f: Field): number | string {
  if (f.size > 0) return get(header.view, header.at, f);
  return hex(header.bytes, header.at + f.byte, Math.ceil(f.width / 8));
}

function meaningOf(f: Field, value: number | string): string | undefined {
  if (typeof value !== 'number') return undefined;
  if (f.names !== undefined) return codeName(f.names, value);
  if (f.name.endsWith('Tag') && value === RESERVED_TAG) return 'none';
  return undefined;
}

function fieldEnd(f: Field): number {
  return f.byte + Math.ceil((f.bit + f.width) / 8);
}

function cutNode(header: HeaderAt): Node {
  const meaning = `${header.captured} bytes of the header were captured`;
  return note('truncated', 'cut', meaning, header.base + header.captured);
}

/** A node that has only something to say. */
export function note(
  kind: NonNullable<Node['kind']>,
  label: string,
  meaning: string,
  byte: number,
): Node {
  return { name: kind, label, value: null, meaning, byte, bit: 0, width: 0, kind };
}

export function group(
  name: string,
  label: string,
  byte: number,
  length: number,
  children: readonly Node[],
  meaning?: string,
): Node {
  return { name, label, value: null, meaning, byte, bit: 0, width: length * 8, children };
}

/** The same nodes, their positions changed by `place`. */
export function moved(nodes: readonly Node[], place: (byte: number) => number): Node[] {
  return nodes.map((node) => {
    const byte = place(node.byte);
    return node.children === undefined
      ? { ...node, byte }
      : { ...node, byte, children: moved(node.children, place) };
  });
}

/** What SCSI knows has labels of its own below these. */
const SCSI_NODES: ReadonlySet<string> = new Set(['cdb', 'lun']);

/** Labels of protocols whose standards write words: `labels` has their abbreviations. */
export function worded(nodes: readonly Node[], labels: Readonly<Record<string, string>>): Node[] {
  return nodes.map((node) => {
    const words =
      labels[node.name] ?? node.name.replace(/([a-z])([A-Z0-9])/g, '$1 $2').toLowerCase();
    const own = node.children !== undefined || /^reserved\d/.test(node.name) || node.width === 0;
    const label = own && !(node.name in labels) ? node.label : words;
    if (node.children === undefined || SCSI_NODES.has(node.name)) return { ...node, label };
    return { ...node, label, children: worded(node.children, labels) };
  });
}
