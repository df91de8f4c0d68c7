// hot: no allocation per packet
// Which SCSI operation a CDB asks for (operation code, service action and device type together),
// and what its CDB says of address, length and direction. Tables: SPC, SBC, SSC, SMC, MMC, ZBC.
// An operation is a small dense number, good as an index; 0 to OPERATION_COUNT - 1.

import {
  ACTIONS,
  actionOf,
  BLOCKS_AT,
  BLOCKS_BYTES,
  BY_OPCODE,
  CLASS_OF,
  DIRECTION,
  Direction,
  LBA_AT,
  LBA_BYTES,
  LONG_ACTIONS,
  learn,
  NAMED_COUNT,
  NOT_ASKED,
  nameOf,
  OPERATION_COUNT,
  opcodeOf,
  RULE,
  RULE_AT,
  RULE_AT_2,
  RULE_MASK,
  RULE_MASK_2,
  Rule,
  TAPE_BLOCKS_AT,
  TASK_MANAGEMENT_FIRST,
  unseenOperation,
} from './operation-table.js';

export { Direction, OPERATION_COUNT, unseenOperation };

const VARIABLE_LENGTH = 0x7f;
const READ_6 = 0x08;
const WRITE_6 = 0x0a;
const TAPE = 1;

/** What a CDB says of its data; filled by cdbFacts, reused. */
export class CdbFacts {
  /** As operationOf has it. */
  operation = 0;
  lbaKnown = false;
  /** LBA as two unsigned 32-bit words. */
  lbaHigh = 0;
  lbaLow = 0;
  /** Logical blocks asked for (READ(6) and WRITE(6): 0 on the wire is 256); tape: where FIXED is one. */
  blocks = 0;
  /** Direction.… : where data would go; a length of 0 moves none all the same. */
  direction: number = Direction.unknown;
}

/**
 * The operation of the CDB of `cdbLength` bytes at `at`. deviceType: from INQUIRY, -1 where not
 * known (read as a disk's, or as that of the one device that has the command).
 */
export function operationOf(
  view: DataView,
  at: number,
  cdbLength: number,
  deviceType: number,
): number {
  if (cdbLength < 1) return NAMED_COUNT;
  const opcode = view.getUint8(at);
  const kind = classOf(deviceType);
  let found = BY_OPCODE[kind * 256 + opcode];
  if (found === NOT_ASKED) found = learn(kind, opcode);
  if (found < 0) {
    const action = cdbLength > 1 ? view.getUint8(at + 1) & 31 : 0;
    return ACTIONS[(-1 - found) * 32 + action];
  }
  if (opcode === VARIABLE_LENGTH && cdbLength >= 10) {
    const named = LONG_ACTIONS.get(view.getUint16(at + 8));
    if (named !== undefined) return named;
  }
  return found;
}

/** "READ(10)", "REPORT TARGET PORT GROUPS", "PERSISTENT RESERVE IN: READ KEYS", "unknown (0x99)". */
export function operationName(operation: number): string {
  return nameOf(operation);
}

/** The operation of a task management function, by FCP's flags (FCP-4): the highest that is set. */
export function taskManagementOperation(flags: number): number {
  return TASK_MANAGEMENT_FIRST + 31 - Math.clz32(flags & 0xff);
}

/** True where the operation is one of those: it has no CDB. */
export function isTaskManagement(operation: number): boolean {
  return operation >= TASK_MANAGEMENT_FIRST;
}

export function operationOpcode(operation: number): number {
  return opcodeOf(operation);
}

/** -1 where the operation has none. A 7Fh whose service action nobody names has -1 too. */
export function operationServiceAction(operation: number): number {
  return actionOf(operation);
}

/** Fills `out`. Fields that lie beyond `cdbLength` count as not known. */
export function cdbFacts(
  view: DataView,
  at: number,
  cdbLength: number,
  deviceType: number,
  out: CdbFacts,
): void {
  const operation = operationOf(view, at, cdbLength, deviceType);
  out.operation = operation;
  out.lbaKnown = false;
  out.lbaHigh = 0;
  out.lbaLow = 0;
  out.blocks = 0;
  out.direction = directionOf(view, at, cdbLength, operation);
  const tapeAt = TAPE_BLOCKS_AT[operation];
  if (deviceType === TAPE && tapeAt > 0) {
    if (tapeAt + 3 <= cdbLength && view.getUint8(at + 1) & 1) {
      out.blocks = wordAt(view, at + tapeAt, 3);
    }
    return;
  }
  const lbaBytes = LBA_BYTES[operation];
  if (lbaBytes === 0 || LBA_AT[operation] + lbaBytes > cdbLength) return;
  const p = at + LBA_AT[operation];
  out.lbaKnown = true;
  if (lbaBytes === 8) {
    out.lbaHigh = view.getUint32(p);
    out.lbaLow = view.getUint32(p + 4);
  } else {
    out.lbaLow = lbaBytes === 3 ? wordAt(view, p, 3) & 0x1fffff : view.getUint32(p);
  }
  const bytes = BLOCKS_BYTES[operation];
  if (bytes === 0 || BLOCKS_AT[operation] + bytes > cdbLength) return;
  out.blocks = wordAt(view, at + BLOCKS_AT[operation], bytes);
  if (out.blocks === 0) {
    const opcode = view.getUint8(at);
    if (opcode === READ_6 || opcode === WRITE_6) out.blocks = 256;
  }
}

function classOf(deviceType: number): number {
  return CLASS_OF[deviceType < 0 || deviceType > 31 ? 0 : deviceType + 1];
}

function directionOf(view: DataView, at: number, cdbLength: number, operation: number): number {
  const rule = RULE[operation];
  if (rule === Rule.fixed) return DIRECTION[operation];
  const first = RULE_AT[operation];
  const second = RULE_AT_2[operation];
  if (first >= cdbLength || second >= cdbLength) return Direction.unknown;
  if (rule === Rule.ata) {
    // SAT: T_LENGTH (bits 1-0) none, else T_DIR (bit 3) from the device or to it.
    const flags = view.getUint8(at + first);
    if ((flags & 3) === 0) return Direction.none;
    return flags & 8 ? Direction.in : Direction.out;
  }
  const bits =
    (view.getUint8(at + first) & RULE_MASK[operation]) |
    (view.getUint8(at + second) & RULE_MASK_2[operation]);
  return (bits !== 0) === (rule === Rule.outIfBits) ? Direction.out : Direction.none;
}

function wordAt(view: DataView, p: number, bytes: number): number {
  switch (bytes) {
    case 1:
      return view.getUint8(p);
    case 2:
      return view.getUint16(p);
    case 3:
      return (view.getUint8(p) << 16) | view.getUint16(p + 1);
    default:
      return view.getUint32(p);
  }
}
