// tshark's names of SCSI fields and where their bits stand: so that a filter written for tshark
// (`scsi_sbc.rdwr10.lba == 4096`) asks for the same here. Made by tools/generate-tshark-names.ts.

import type { Node } from '../tree.js';
import { cdbLayout } from './cdb.js';
import { operationOf, operationOpcode, operationServiceAction } from './operations.js';
import { TSHARK_NAME_ROWS } from './tables/tshark-names.js';

/** Bits of a CDB or of parameter data, from its first byte on. */
export interface Position {
  readonly byte: number;
  readonly bit: number;
  readonly width: number;
}

/** One place of a field: of these commands, in the CDB, their data or sense data. */
export interface Place {
  readonly part: 'cdb' | 'data' | 'sense';
  /** Keys of commands (operationKey, dataKey); empty for sense data. */
  readonly keys: ReadonlySet<string>;
  /** Bits, or the path of a node in our tree. */
  readonly at: Position | string;
}

/** A field of tshark's: its type there, and its places. */
interface Entry {
  readonly type: 'number' | 'text' | 'octets';
  readonly places: readonly Place[];
}

let entries: Map<string, Entry> | undefined;

/** Where a field of tshark's stands; undefined where it is not known. */
export function tsharkPlaces(name: string): readonly Place[] | undefined {
  return table().get(name)?.places;
}

export function tsharkType(name: string): Entry['type'] {
  return table().get(name)?.type ?? 'number';
}

/**
 * All nodes with their paths as places have them: as in tree.ts, but TapeAlert's flags, each of which
 * tshark calls by a name of its own, with the code of their parameter: "logParameter#3/flag".
 */
export function* placedPaths(
  nodes: readonly Node[],
  parent = '',
): Generator<readonly [node: Node, path: string]> {
  let code: Node['value'] = null;
  for (const node of nodes) {
    if (node.name === 'parameterCode') code = node.value;
    const group = node.name === 'flag' ? `${parent}#${code}` : parent;
    yield [node, group === '' ? node.name : `${group}/${node.name}`];
    if (node.children) yield* placedPaths(node.children, node.name);
  }
}

/** All of tshark's names that are known here. */
export function tsharkNames(): readonly string[] {
  return [...table().keys()];
}

const LETTERS: Readonly<Record<number, string>> = { 1: 'T', 5: 'R', 8: 'M', 17: 'F' };

/**
 * "28", with the service action where the operation has one: "9e.10"; with a letter in front where the
 * device is no disk: tshark shows its READ(10) under other names.
 */
export function operationKey(cdb: Uint8Array, deviceType: number): string {
  const view = new DataView(cdb.buffer, cdb.byteOffset, cdb.byteLength);
  const operation = operationOf(view, 0, cdb.length, deviceType);
  const action = operationServiceAction(operation);
  const letter = LETTERS[deviceType] ?? (deviceType < 0 ? onlyDevice(operation) : '');
  const opcode = letter + operationOpcode(operation).toString(16).padStart(2, '0');
  return action < 0 ? opcode : `${opcode}.${action.toString(16)}`;
}

/** Of a device that nobody asked what it is: the one kind that has the command, if no disk has it. */
function onlyDevice(operation: number): string {
  const letter = cdbLayout(operation, -1)?.letters[0] ?? '';
  return 'TRM'.includes(letter) ? letter : '';
}

/** The same of its data: what INQUIRY brings depends on the page that it asks for ("12:83"). */
export function dataKey(cdb: Uint8Array, deviceType: number): string {
  const key = operationKey(cdb, deviceType);
  if (cdb[0] !== 0x12 || cdb.length < 3 || (cdb[1] & 1) === 0) return key;
  return `${key}:${cdb[2].toString(16).padStart(2, '0')}`;
}

/** True where the key, or its operation code with any service action, is one of the place's. */
export function hasKey({ keys }: Place, key: string): boolean {
  if (keys.has(key)) return true;
  const dot = key.indexOf('.');
  return dot > 0 && keys.has(key.slice(0, dot));
}

/** tshark shows what SPC says of all devices under one name. */
export function keyFor(name: string, key: string): string {
  const ofAll = name.startsWith('scsi.') && !/^scsi\.(mode\.)?(sbc|ssc|mmc|smc)/.test(name);
  return ofAll ? key.replace(/^[A-Z]/, '') : key;
}

function table(): Map<string, Entry> {
  entries ??= new Map(
    TSHARK_NAME_ROWS.trim()
      .split('\n')
      .map((row) => {
        const [head, ...rest] = row.split('|');
        const [name, type] = head.split('=');
        return [name, { type: TYPES[type] ?? 'number', places: rest.map(placeOf) }];
      }),
  );
  return entries;
}

const TYPES: Readonly<Record<string, Entry['type']>> = { text: 'text', octets: 'octets' };

const PARTS: Readonly<Record<string, Place['part']>> = { c: 'cdb', d: 'data', s: 'sense' };

/** "c 2.0+32 28,2a", "d descriptor/length 12:83", "s senseKey". */
function placeOf(text: string): Place {
  const [part, at, keys = ''] = text.split(' ');
  const position = /^(\d+)\.(\d)\+(\d+)$/.exec(at);
  const [, byte, bit, width] = (position ?? []).map(Number);
  return {
    part: PARTS[part] ?? 'cdb',
    keys: new Set(keys === '' ? [] : keys.split(',')),
    at: position === null ? at : { byte, bit, width },
  };
}
