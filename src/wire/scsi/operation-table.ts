// The operation tables as typed arrays, built once at start from tables/operations.ts (some 400
// rows, under a millisecond). operations.ts reads them on the hot road.

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

const ROWS: readonly OperationRow[] = OPERATION_ROWS.trim().split('\n').map(parseRow);

function parseRow(line: string): OperationRow {
  const cells = line.split('|');
  return {
    opcode: Number.parseInt(cells[0], 16),
    action: cells[1] === '' ? -1 : Number.parseInt(cells[1], 16),
    letters: cells[2],
    direction: cells[3],
    lba: cells[4],
    blocks: cells[5],
    tapeBlocks: cells[6],
    name: cells[7],
  };
}

/** Operations with a name have the first ids, then one id per opcode, then one per service action. */
export const NAMED_COUNT = ROWS.length;
/** Opcodes with a 5-bit service action in byte 1, in order. */
const ACTION_OPCODES: readonly number[] = [
  ...new Set(ROWS.filter((r) => r.action >= 0 && r.opcode !== 0x7f).map((r) => r.opcode)),
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

/** Device type + 1 (0 to 32) → class. */
export const CLASS_OF = new Uint8Array(33);
/** class * 256 + opcode → operation, or -1 - n where the n-th block of ACTIONS decides. */
export const BY_OPCODE = new Int16Array(CLASSES * 256);
/** Blocks of 32: service action → operation. */
export const ACTIONS = new Int16Array(CLASSES * ACTION_OPCODES.length * 32);
/** Service action of a variable length CDB (7Fh) → operation. */
export const LONG_ACTIONS = new Map<number, number>();

export const LBA_AT = new Uint8Array(OPERATION_COUNT);
export const LBA_BYTES = new Uint8Array(OPERATION_COUNT);
export const BLOCKS_AT = new Uint8Array(OPERATION_COUNT);
export const BLOCKS_BYTES = new Uint8Array(OPERATION_COUNT);
export const TAPE_BLOCKS_AT = new Uint8Array(OPERATION_COUNT);
export const DIRECTION = new Uint8Array(OPERATION_COUNT);
/** How DIRECTION is to be read, and the bits it depends on: a byte and a mask, twice. */
export const RULE = new Uint8Array(OPERATION_COUNT);
export const RULE_AT = new Uint8Array(OPERATION_COUNT);
export const RULE_MASK = new Uint8Array(OPERATION_COUNT);
export const RULE_AT_2 = new Uint8Array(OPERATION_COUNT);
export const RULE_MASK_2 = new Uint8Array(OPERATION_COUNT);

build();

export function nameOf(operation: number): string {
  if (operation < 0 || operation >= OPERATION_COUNT) return 'unknown';
  if (operation < NAMED_COUNT) return ROWS[operation].name;
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
  const group = ROWS.find((r) => r.opcode === opcode && r.action < 0);
  const kind = (opcode === 0xa3 || opcode === 0xa4) && action === 0x1f;
  return `${group?.name}: ${kind ? 'vendor specific' : 'unknown'} (0x${hex2(action)})`;
}

export function opcodeOf(operation: number): number {
  if (operation < 0 || operation >= OPERATION_COUNT) return -1;
  if (operation < NAMED_COUNT) return ROWS[operation].opcode;
  if (operation < UNNAMED_ACTION_FIRST) return operation - NAMED_COUNT;
  if (operation >= TASK_MANAGEMENT_FIRST) return 0;
  return ACTION_OPCODES[(operation - UNNAMED_ACTION_FIRST) >> 5];
}

/** -1 where the operation has none. */
export function actionOf(operation: number): number {
  if (operation < 0 || operation >= OPERATION_COUNT) return -1;
  if (operation < NAMED_COUNT) return ROWS[operation].action;
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

function build(): void {
  for (let type = -1; type < 32; type++) {
    CLASS_OF[type + 1] = type < 0 ? UNKNOWN_CLASS : deviceClass(type);
  }
  for (let id = 0; id < OPERATION_COUNT; id++) {
    DIRECTION[id] = Direction.unknown;
    if (id < NAMED_COUNT) setFacts(id, ROWS[id]);
  }
  for (let id = 0; id < NAMED_COUNT; id++) {
    if (ROWS[id].opcode === 0x7f && ROWS[id].action >= 0) LONG_ACTIONS.set(ROWS[id].action, id);
  }
  for (let c = 0; c < CLASSES; c++) buildClass(c);
}

function buildClass(c: number): void {
  const bestPlain = new Uint8Array(256).fill(255);
  const bestAction = new Uint8Array(ACTION_OPCODES.length * 32).fill(255);
  const base = c * bestAction.length;
  const isCd = LETTER_CLASSES[c] === 'R';
  for (let opcode = 0; opcode < 256; opcode++) BY_OPCODE[c * 256 + opcode] = NAMED_COUNT + opcode;
  for (let i = 0; i < bestAction.length; i++) ACTIONS[base + i] = UNNAMED_ACTION_FIRST + i;
  for (let id = 0; id < NAMED_COUNT; id++) {
    const { opcode, action, letters } = ROWS[id];
    if (opcode === 0x7f) continue;
    const fit = fitness(letters, classFor(c, opcode));
    const order = ACTION_OPCODES.indexOf(opcode);
    if (action < 0) {
      if (fit < bestPlain[opcode]) {
        bestPlain[opcode] = fit;
        BY_OPCODE[c * 256 + opcode] = id;
      }
      // A CD drive's A3h, A4h and 48h are other commands, whose byte 1 bits 4-0 are reserved: only
      // zero means them, any other value proves that the service action was meant.
      if (isCd && order >= 0 && letters.includes('R'))
        setAction(bestAction, base, order * 32, 0, id);
    } else setAction(bestAction, base, order * 32 + action, fit, id);
  }
  ACTION_OPCODES.forEach((opcode, order) => {
    BY_OPCODE[c * 256 + opcode] = -1 - (c * ACTION_OPCODES.length + order);
  });
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
