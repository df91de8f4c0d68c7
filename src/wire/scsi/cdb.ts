// Command descriptor blocks field by field: 219 layouts by operation code, service action and
// device type (tables/cdbs.ts; SPC, SBC, SSC, SMC, MMC, ZBC, SAT), 6 to 32 bytes.

import type { Node } from '../tree.js';
import { cdbFormat } from './cdb-formats.js';
import { deviceClass } from './device-type.js';
import { camelCase, fieldEnd, type LayoutField } from './layout.js';
import { fitness } from './operation-table.js';
import {
  operationName,
  operationOf,
  operationOpcode,
  operationServiceAction,
} from './operations.js';
import { secretCdbBytes } from './secrets.js';
import { CDB_ROWS } from './tables/cdbs.js';
import { Walker } from './walker.js';

export interface CdbLayout {
  readonly opcode: number;
  /** -1 where the operation code says it all. */
  readonly serviceAction: number;
  /** Letters of device types (device-type.ts); none: all. */
  readonly letters: string;
  readonly length: number;
  readonly name: string;
  readonly fields: readonly LayoutField[];
}

let layouts: readonly CdbLayout[] | undefined;
let opcodes: readonly (readonly CdbLayout[])[] | undefined;

/** All layouts, split on first use. */
export function cdbLayouts(): readonly CdbLayout[] {
  layouts ??= CDB_ROWS.trim().split('\n').map(parseLayout);
  return layouts;
}

function byOpcode(): readonly (readonly CdbLayout[])[] {
  if (opcodes !== undefined) return opcodes;
  const made: CdbLayout[][] = Array.from({ length: 256 }, () => []);
  for (const row of cdbLayouts()) made[row.opcode].push(row);
  opcodes = made;
  return made;
}

/** The layout for an operation on a device type (-1: not known), if one is known. */
export function cdbLayout(operation: number, deviceType: number): CdbLayout | undefined {
  const opcode = operationOpcode(operation);
  const action = operationServiceAction(operation);
  const device = deviceClass(deviceType);
  let best: CdbLayout | undefined;
  let bestFit = 255;
  for (const row of byOpcode()[opcode] ?? []) {
    if (row.serviceAction !== action && row.serviceAction >= 0) continue;
    // A layout for the service action itself goes before one for the operation code alone.
    const fit = fitness(row.letters, device) + (row.serviceAction === action ? 0 : 64);
    if (fit >= bestFit) continue;
    best = row;
    bestFit = fit;
  }
  return best;
}

/**
 * The CDB of `length` captured bytes at `at` as a tree. With iSCSI the field has 16 bytes whatever
 * the CDB needs: what follows it should be zero, and is shown where it is not.
 */
export function decodeCdb(
  bytes: Uint8Array,
  at: number,
  length: number,
  deviceType: number,
): Node[] {
  const nodes = cdbNodes(bytes, at, length, deviceType);
  const secret = secretCdbBytes(bytes.subarray(at), length);
  return secret === undefined ? nodes : nodes.map((node) => hiddenWithin(node, secret));
}

function hiddenWithin(node: Node, [from, to]: readonly [number, number]): Node {
  const end = node.byte + Math.ceil((node.bit + node.width) / 8);
  return node.byte < to && end > from ? { ...node, kind: 'userData' } : node;
}

function cdbNodes(bytes: Uint8Array, at: number, length: number, deviceType: number): Node[] {
  const walk = new Walker(bytes, at, length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const operation = operationOf(view, at, walk.captured, deviceType);
  const found = cdbLayout(operation, deviceType);
  const nodes = [operationNode(walk, operation)];
  if (walk.captured === 0) return [...nodes, ...walk.ending(1)];
  if (found === undefined) {
    if (walk.u8(0) === VARIABLE_LENGTH && walk.captured >= 10) {
      return [...nodes, ...variableLength(walk, operation)];
    }
    if (walk.captured > 1) nodes.push(walk.octets('CDB', 1, walk.captured - 1));
    return nodes;
  }
  const seen = new Uint8Array(walk.captured);
  seen[0] = 0xff;
  for (const f of found.fields) {
    if (fieldEnd(f) > walk.captured) return [...nodes, cut(found, walk)];
    mark(seen, f);
    nodes.push(withDetails(walk.field(f, 0), found, operation, walk, deviceType));
  }
  return [...nodes, ...leftOver(walk, seen, found.length)];
}

/** What all commands with the operation code 7Fh have (SPC-4 4.2.3); what follows is their own. */
function variableLength(walk: Walker, operation: number): Node[] {
  const fields = walk.fields('1 CONTROL; 7 ADDITIONAL CDB LENGTH; 8-9 SERVICE ACTION', 0, 10);
  const meaning = operationServiceAction(operation) < 0 ? undefined : operationName(operation);
  const nodes = fields.map((node) => {
    if (node.name === 'control') return { ...node, children: control(walk, node.byte) };
    return node.name === 'serviceAction' ? { ...node, meaning } : node;
  });
  if (walk.uint(2, 5) !== 0) nodes.splice(1, 0, walk.octets('bytes 2 to 6', 2, 5));
  const rest = walk.captured - 10;
  return rest > 0 ? [...nodes, walk.octets('SERVICE ACTION SPECIFIC FIELDS', 10, rest)] : nodes;
}

function operationNode(walk: Walker, operation: number): Node {
  const value = walk.captured > 0 ? walk.u8(0) : null;
  const meaning = operationName(operation);
  const label = 'OPERATION CODE';
  return { name: 'operationCode', label, value, meaning, byte: 0, bit: 0, width: 8 };
}

/** The CDB needs more bytes than were captured (its AHS was cut, or the header). */
function cut(found: CdbLayout, walk: Walker): Node {
  const meaning = `needs ${found.length} bytes, ${walk.captured} captured`;
  const byte = walk.captured;
  const kind = 'truncated';
  return { name: kind, label: 'cut', value: null, meaning, byte, bit: 0, width: 0, kind };
}

function withDetails(
  node: Node,
  found: CdbLayout,
  operation: number,
  walk: Walker,
  deviceType: number,
): Node {
  if (node.name === 'control') return { ...node, children: control(walk, node.byte) };
  if (node.name === 'serviceAction' && found.serviceAction >= 0) {
    return { ...node, meaning: found.name };
  }
  const action = operationServiceAction(operation);
  if (node.name === 'serviceAction' && action >= 0) {
    const name = operationName(operation);
    return { ...node, meaning: name.slice(name.indexOf(': ') + 1).trim() };
  }
  const meaning = cdbMeaning(node, found, walk, deviceType);
  return meaning === undefined ? node : { ...node, meaning };
}

/** Meanings that depend on another field of the CDB. */
function cdbMeaning(
  node: Node,
  found: CdbLayout,
  walk: Walker,
  deviceType: number,
): string | undefined {
  const short = found.opcode === 0x08 || found.opcode === 0x0a;
  if (short && found.letters === 'D' && node.name === 'transferLength' && node.value === 0) {
    return '256 blocks';
  }
  return cdbFormat(found.opcode, node, walk, deviceType) ?? node.meaning;
}

/** SAM-5 5.2: bits 7-6 vendor specific, bit 2 NACA, bits 1-0 obsolete (FLAG and LINK). */
function control(walk: Walker, byte: number): Node[] {
  return walk.fields('0.7-6 VENDOR SPECIFIC; 0.2 NACA; 0.1 FLAG; 0.0 LINK', byte, byte + 1);
}

function mark(seen: Uint8Array, f: LayoutField): void {
  for (let i = f.bit; i < f.bit + f.width; i++) seen[f.byte + (i >> 3)] |= 0x80 >> (i & 7);
}

/** Reserved bits that are not zero, and bytes beyond the CDB that are not. */
function leftOver(walk: Walker, seen: Uint8Array, length: number): Node[] {
  const nodes: Node[] = [];
  for (let byte = 0; byte < walk.captured; byte++) {
    const value = walk.u8(byte) & ~seen[byte] & 0xff;
    if (value === 0) continue;
    const label = byte < length ? 'reserved' : 'beyond the CDB';
    const name = camelCase(label);
    const meaning = `0x${value.toString(16).padStart(2, '0')} where zero is due`;
    nodes.push({ name, label, value, meaning, byte, bit: 0, width: 8, kind: 'reserved' });
  }
  return nodes;
}

function parseLayout(row: string): CdbLayout {
  const [head, ...fields] = row.split(';');
  const [opcode, action, letters, length, name] = head.split('|');
  const code = Number.parseInt(opcode, 16);
  return {
    opcode: code,
    serviceAction: action === '' ? -1 : Number.parseInt(action, 16),
    letters,
    length: Number(length),
    name,
    fields: fields.map((field) => parseField(field, code)),
  };
}

const VARIABLE_LENGTH = 0x7f;
const FIELD = /^(~?)(.+)@(\d+)\.(\d)\+(\d+)$/;

function parseField(text: string, opcode: number): LayoutField {
  const found = FIELD.exec(text);
  if (found === null) throw new Error(`sanscope has a bug: CDB field "${text}"`);
  const [, obsolete, label, byte, bit, width] = found;
  const name = camelCase(label);
  return {
    name,
    label,
    byte: Number(byte),
    bit: Number(bit),
    width: Number(width),
    format: formatOf(opcode, name),
    obsolete: obsolete !== '',
  };
}

/** SPACE's COUNT is signed (SSC), keys are not numbers; the rest are read by cdb-formats.ts. */
function formatOf(opcode: number, name: string): string {
  if (name === 'count' && (opcode === 0x11 || opcode === 0x91)) return 'signed';
  return name === 'managementIdentifierKey' ? 'hex' : '';
}
