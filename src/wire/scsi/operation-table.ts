// The operation tables as typed arrays, from the 400 rows of tables/operations.ts. operations.ts reads them
// on the hot road. What an operation code means for a class of devices is worked out when it is first
// asked for: all of them at the start took as long as to read a small capture.

import { deviceClass, LETTER_CLASSES } from './device-type.js';
import { OPERATION_ROWS } from './tables/operations.js';

/** Classes of device types: one a letter, and one more for "not known" (read as a disk). */
const UNKNOWN_CLASS = LETTER_CLASSES.length;
const CLASSES = UNKNOWN_CLASS + 1;

/** Of a CDB: where data would go. `unknown`: the CDB does not tell (vendor specific, OSD). */
export const Direction = { none: 0, in: 1, out: 2, bidi: 3, unknown: 4 } as const;
/** Rules for commands whose flags decide, in OperationRow.rule. */
export const Rule = { fixed: 0, outIfBits: 1, outUnlessBits: 2, ata: 3 } as const;

interface OperationRow {
  readonly opcode: number;
  readonly action: number;
  readonly letters: string;
  readonly direction: string;
  readonly lba: string;
  readonly blocks: string;
  readonly tapeBlocks: string;
  readonly name: string;
}

const LINES: readonly string[] = OPERATION_ROWS.trim().split('\n');
const rows: (OperationRow | undefined)[] = new Array(LINES.length).fill(undefined);

function rowOf(id: number): OperationRow {
  const known = rows[id];
  if (known !== undefined) return known;
  const row = parseRow(LINES[id]);
  rows[id] = row;
  return row;
}

function parseRow(line: string): OperationRow {
  const cells = line.split('|');
  return {
    opcode: opcodeAt(line),
    action: cells[1] === '' ? -1 : Number.parseInt(cells[1], 16),
    letters: cells[2],
    direction: cells[3],
    lba: cells[4],
    blocks: cells[5],
    tapeBlocks: cells[6],
    name: cells[7],
  };
}

/** A row begins with its operation code and, behind a stroke, its service action where it has one. */
function opcodeAt(line: string): number {
  return Number.parseInt(line.slice(0, 2), 16);
}

function hasAction(line: string): boolean {
  return line[3] !== '|';
}

/** Operations with a name have the first ids, then one id per opcode, then one per service action. */
export const NAMED_COUNT = LINES.length;
/** Opcodes with a 5-bit service action in byte 1, in order. */
const ACTION_OPCODES: readonly number[] = [
  ...new Set(LINES.filter((line) => hasAction(line) && !line.startsWith('7f')).map(opcodeAt)),
].sort((a, b) => a - b);
const UNNAMED_ACTION_FIRST = NAMED_COUNT + 256;
/** FCP's task management functions, which have no CDB: one for each flag of FCP_CMND's byte 10. */
export const TASK_MANAGEMENT_FIRST = UNNAMED_ACTION_FIRST + ACTION_OPCODES.length * 32;
const TASK_MANAGEMENT_NAMES: readonly string[] = [
  'task management (01h)',
  'ABORT TASK SET',
  'CLEAR TASK SET',
  'QUERY TASK SET',
  'LOGICAL UNIT RESET',
  'TARGET RESET',
  'CLEAR ACA',
  'TERMINATE TASK',
];
export const OPERATION_COUNT = TASK_MANAGEMENT_FIRST + TASK_MANAGEMENT_NAMES.length;

/**
 * A command whose CDB was not captured, by the R and W bits of its header: negative, as all that no table names
 * (-1: not even those; -2 is taken by what metrics pool).
 */
const UNSEEN_READ = -3;
const UNSEEN_WRITE = -4;
const UNSEEN_NO_DATA = -5;
const UNSEEN_BOTH = -6;
const UNSEEN_NAMES: Readonly<Record<number, string>> = {
  [UNSEEN_READ]: 'read (CDB unseen)',
  [UNSEEN_WRITE]: 'write (CDB unseen)',
  [UNSEEN_NO_DATA]: 'no data (CDB unseen)',
  [UNSEEN_BOTH]: 'both (CDB unseen)',
};

/** The operation of a command whose CDB was not captured. */
export function unseenOperation(reads: boolean, writes: boolean): number {
  if (reads) return writes ? UNSEEN_BOTH : UNSEEN_READ;
  return writes ? UNSEEN_WRITE : UNSEEN_NO_DATA;
}

/** Device type + 1 (0 to 32) → class. */
export const CLASS_OF = new Uint8Array(33);
/** In BY_OPCODE: nobody asked for it yet (`learn`). */
export const NOT_ASKED = -0x8000;
/** class * 256 + opcode → operation, or -1 - n where the n-th block of ACTIONS decides. */
export const BY_OPCODE = new Int16Array(CLASSES * 256).fill(NOT_ASKED);
/** Blocks of 32: service action → operation. */
export const ACTIONS = new Int16Array(CLASSES * ACTION_OPCODES.length * 32);
/** Service action of a variable length CDB (7Fh) → operation; filled when 7Fh is first asked for. */
export const LONG_ACTIONS = new Map<number, number>();

export const LBA_AT = new Uint8Array(OPERATION_COUNT);
export const LBA_BYTES = new Uint8Array(OPERATION_COUNT);
export const BLOCKS_AT = new Uint8Array(OPERATION_COUNT);
export const BLOCKS_BYTES = new Uint8Array(OPERATION_COUNT);
export const TAPE_BLOCKS_AT = new Uint8Array(OPERATION_COUNT);
export const DIRECTION = new Uint8Array(OPERATION_COUNT).fill(Direction.unknown);
/** How DIRECTION is to be read, and the bits it depends on: a byte and a mask, twice. */
export const RULE = new Uint8Array(OPERATION_COUNT);
export const RULE_AT = new Uint8Array(OPERATION_COUNT);
export const RULE_MASK = new Uint8Array(OPERATION_COUNT);
export const RULE_AT_2 = new Uint8Array(OPERATION_COUNT);
export const RULE_MASK_2 = new Uint8Array(OPERATION_COUNT);

for (let type = -1; type < 32; type++) {
  CLASS_OF[type + 1] = type < 0 ? UNKNOWN_CLASS : deviceClass(type);
}

export function nameOf(operation: number): string {
  const unseen = UNSEEN_NAMES[operation];
  if (unseen !== undefined) return unseen;
  if (operation < 0 || operation >= OPERATION_COUNT) return 'unknown';
  if (operation < NAMED_COUNT) return rowOf(operation).name;
  if (operation >= TASK_MANAGEMENT_FIRST) {
    return TASK_MANAGEMENT_NAMES[operation - TASK_MANAGEMENT_FIRST];
  }
  const opcode = opcodeOf(operation);
  if (operation < UNNAMED_ACTION_FIRST) {
    // 7Fh with a service action that nobody names; its number is in the CDB.
    if (opcode === 0x7f) return 'variable length CDB';
    return `${isVendor(opcode) ? 'vendor specific' : 'unknown'} (0x${hex2(opcode)})`;
  }
  const action = actionOf(operation);
  const group = idsOf(opcode)
    .map(rowOf)
    .find((r) => r.action < 0);
  const kind = (opcode === 0xa3 || opcode === 0xa4) && action === 0x1f;
  return `${group?.name}: ${kind ? 'vendor specific' : 'unknown'} (0x${hex2(action)})`;
}

export function opcodeOf(operation: number): number {
  if (operation < 0 || operation >= OPERATION_COUNT) return -1;
  if (operation < NAMED_COUNT) return rowOf(operation).opcode;
  if (operation < UNNAMED_ACTION_FIRST) return operation - NAMED_COUNT;
  if (operation >= TASK_MANAGEMENT_FIRST) return 0;
  return ACTION_OPCODES[(operation - UNNAMED_ACTION_FIRST) >> 5];
}

/** -1 where the operation has none. */
export function actionOf(operation: number): number {
  if (operation < 0 || operation >= OPERATION_COUNT) return -1;
  if (operation < NAMED_COUNT) return rowOf(operation).action;
  const unnamed = operation >= UNNAMED_ACTION_FIRST && operation < TASK_MANAGEMENT_FIRST;
  return unnamed ? (operation - UNNAMED_ACTION_FIRST) & 31 : -1;
}

/**
 * How well a row fits a device class, lower is better: its own (the one with the fewest other
 * devices first: a CD's READ(12) before the READ(12) of disks and CDs), then all devices', the
 * disk's, and that of any device. Ties go to the first row. Chooses CDB layouts too.
 */
export function fitness(letters: string, deviceClassIndex: number): number {
  if (letters.includes(LETTER_CLASSES[deviceClassIndex])) return letters.length;
  if (letters === '') return 32;
  return letters.includes('D') ? 33 : 34;
}

/** 02h, 06h, 09h, 0Ch-0Eh, 20h-27h (opcodes.tsv) and groups 6 and 7. */
function isVendor(opcode: number): boolean {
  const single = [0x02, 0x06, 0x09, 0x0c, 0x0d, 0x0e].includes(opcode);
  return single || (opcode >= 0x20 && opcode <= 0x27) || opcode >= 0xc0;
}

function hex2(value: number): string {
  return value.toString(16).padStart(2, '0');
}

/** Rows of an operation code. */
function idsOf(opcode: number): number[] {
  const begin = hex2(opcode);
  const ids: number[] = [];
  for (let id = 0; id < LINES.length; id++) if (LINES[id].startsWith(begin)) ids.push(id);
  return ids;
}

/** Works out what the operation code means for devices of class `c`; what stands in BY_OPCODE from now on. */
export function learn(c: number, opcode: number): number {
  const ids = idsOf(opcode);
  for (const id of ids) setFacts(id, rowOf(id));
  const order = opcode === 0x7f ? -1 : ACTION_OPCODES.indexOf(opcode);
  let found = NAMED_COUNT + opcode;
  if (opcode === 0x7f) {
    for (const id of ids) if (rowOf(id).action >= 0) LONG_ACTIONS.set(rowOf(id).action, id);
  } else if (order < 0) found = bestOf(c, opcode, ids) ?? found;
  else {
    found = -1 - (c * ACTION_OPCODES.length + order);
    setActions(c, opcode, order, ids);
  }
  BY_OPCODE[c * 256 + opcode] = found;
  return found;
}

function bestOf(c: number, opcode: number, ids: readonly number[]): number | undefined {
  const as = classFor(c, opcode);
  let best: number | undefined;
  let bestFit = NO_FIT;
  for (const id of ids) {
    const fit = fitness(rowOf(id).letters, as);
    if (fit >= bestFit) continue;
    bestFit = fit;
    best = id;
  }
  return best;
}

/** Worse than any. */
const NO_FIT = 255;

function setActions(c: number, opcode: number, order: number, ids: readonly number[]): void {
  const best = new Uint8Array(32).fill(NO_FIT);
  const base = (c * ACTION_OPCODES.length + order) * 32;
  const isCd = LETTER_CLASSES[c] === 'R';
  for (let i = 0; i < 32; i++) ACTIONS[base + i] = UNNAMED_ACTION_FIRST + order * 32 + i;
  for (const id of ids) {
    const { action, letters } = rowOf(id);
    if (action >= 0) setAction(best, base, action, fitness(letters, classFor(c, opcode)), id);
    // A CD drive's A3h, A4h and 48h are other commands, whose byte 1 bits 4-0 are reserved: only
    // zero means them, any other value proves that the service action was meant.
    else if (isCd && letters.includes('R')) setAction(best, base, 0, 0, id);
  }
}

function setAction(best: Uint8Array, base: number, at: number, fit: number, id: number): void {
  if (fit >= best[at]) return;
  best[at] = fit;
  ACTIONS[base + at] = id;
}

/**
 * Where the device is not known its commands are a disk's; but BAh to BFh, array controller
 * commands that a disk has by the list only, are a CD drive's.
 */
function classFor(c: number, opcode: number): number {
  if (c < UNKNOWN_CLASS) return c;
  return opcode >= 0xba && opcode <= 0xbf ? LETTER_CLASSES.indexOf('R') : 0;
}

function setFacts(id: number, row: OperationRow): void {
  const [lbaAt, lbaBytes] = row.lba.split(':').map(Number);
  LBA_AT[id] = lbaAt;
  LBA_BYTES[id] = lbaBytes;
  const [blocksAt, blocksBytes] = row.blocks.split(':').map(Number);
  BLOCKS_AT[id] = blocksAt;
  BLOCKS_BYTES[id] = blocksBytes;
  TAPE_BLOCKS_AT[id] = Number(row.tapeBlocks.split(':')[0]);
  const plain = 'niob?'.indexOf(row.direction[0]);
  if (row.direction.length === 1) {
    DIRECTION[id] = plain;
    return;
  }
  // "o1&2": out if byte 1 & 2. "o1!1": out unless. "o3&255,4&255": either. "a2": ATA, byte 2.
  const [first, second] = row.direction.slice(1).split(',');
  RULE[id] = row.direction[0] === 'a' ? Rule.ata : first.includes('!') ? 2 : 1;
  const [at, mask] = first.split(/[&!]/).map(Number);
  RULE_AT[id] = at;
  RULE_MASK[id] = mask ?? 0;
  const [at2, mask2] = (second ?? '0&0').split('&').map(Number);
  RULE_AT_2[id] = at2;
  RULE_MASK_2[id] = mask2;
}
