// LUNs of a session, and what INQUIRY, READ CAPACITY and REPORT LUNS say of them (SPC, SBC; byte
// positions from specs' vpd-pages and cdb-layouts). Seldom: a few commands a LUN.

import { hex64 } from '../lib/hex.js';
import { LUN_CHANGES_MAX, LUNS_PER_SESSION } from '../limits.js';
import { hex } from '../wire/field.js';
import { readBlockLimits, sameLimits } from '../wire/scsi/block-limits.js';
import { ScsiOpcode } from '../wire/scsi/opcodes.js';
import { readSense, SenseCodes } from '../wire/scsi/sense.js';
import type { LogicalUnit, LunDesignator } from './logical-unit-facts.js';
import { type LogicalUnitHolder, LunTable, SLOTS } from './lun-table.js';
import { learnPortGroups } from './port-groups.js';
import type { Task } from './task.js';

const READ_CAPACITY_16 = 0x10;
const DESIGNATORS_MAX = 32;
/** Whose VPD B0h is Block Limits: disk, write-once, optical, reduced, host managed zones (SPC). */
const BLOCK_TYPES: ReadonlySet<number> = new Set([0, 4, 7, 14, 20]);

/** The story of a LUN, begun where it is new; undefined where there are too many. */
function lunOf(s: LogicalUnitHolder, high: number, low: number): LogicalUnit | undefined {
  const key = hex64(high, low);
  let lun = s.story.luns.get(key);
  if (lun === undefined && s.story.luns.size < LUNS_PER_SESSION) {
    lun = newLun(key);
    s.story.luns.set(key, lun);
  }
  return lun;
}

/** From the two words of a LUN to its story. */
export function lunOfTask(
  s: LogicalUnitHolder,
  high: number,
  low: number,
): LogicalUnit | undefined {
  if (s.lunTable === undefined) s.lunTable = new LunTable(); // most sessions of a login storm need none
  const table = s.lunTable;
  const slot = ((high >>> 16) ^ (high >>> 24) ^ high ^ low) & (SLOTS - 1);
  if (table.high[slot] === high && table.low[slot] === low) return table.luns[slot];
  const lun = lunOf(s, high, low);
  table.high[slot] = high;
  table.low[slot] = low;
  table.luns[slot] = lun;
  return lun;
}

function newLun(lun: string): LogicalUnit {
  return {
    lun,
    deviceType: -1,
    qualifier: -1,
    vendor: '',
    product: '',
    revision: '',
    serial: '',
    designators: [],
    limits: undefined,
    blockLength: -1,
    blocks: '',
    frame: 0,
    commands: 0,
    portGroups: [],
  };
}

/** Learns from the first bytes of a control command's data. `length` of them are real. */
export function learn(
  s: LogicalUnitHolder,
  t: Task,
  data: Uint8Array,
  length: number,
  frame: number,
) {
  const view = new DataView(data.buffer, data.byteOffset, length);
  if (t.opcode === ScsiOpcode.reportLuns) {
    learnReportLuns(s, t, view);
    return;
  }
  const lun = lunOf(s, t.lunHigh, t.lunLow);
  if (lun === undefined) return;
  if (t.opcode === ScsiOpcode.inquiry) learnInquiry(lun, t.cdb, view, frame);
  else if (t.opcode === ScsiOpcode.maintenanceIn) learnPortGroups(lun, t, view);
  else if (t.opcode === ScsiOpcode.readCapacity10) learnCapacity10(lun, view);
  else if (t.opcode === ScsiOpcode.serviceActionIn16 && t.serviceAction === READ_CAPACITY_16) {
    learnCapacity16(lun, view);
  }
}

function learnInquiry(lun: LogicalUnit, cdb: Uint8Array, view: DataView, frame: number): void {
  if (view.byteLength < 1) return;
  const first = view.getUint8(0);
  // Qualifier 3 is "no device on this LUN" (type 1Fh): nothing to learn of its commands.
  if (lun.frame === 0) lun.frame = frame;
  lun.qualifier = first >> 5;
  lun.deviceType = first & 31;
  if ((cdb[1] & 1) === 0) {
    if (view.byteLength >= 16) lun.vendor = text(view, 8, 8);
    if (view.byteLength >= 32) lun.product = text(view, 16, 16);
    if (view.byteLength >= 36) lun.revision = text(view, 32, 4);
    return;
  }
  if (view.byteLength < 4) return;
  const end = Math.min(view.byteLength, 4 + view.getUint16(2));
  if (view.getUint8(1) === 0x80) lun.serial = text(view, 4, end - 4);
  else if (view.getUint8(1) === 0x83) lun.designators = designators(view, end);
  else if (view.getUint8(1) === 0xb0 && BLOCK_TYPES.has(lun.deviceType)) {
    const limits = readBlockLimits(view, end, frame);
    if (lun.limits === undefined || !sameLimits(lun.limits, limits)) lun.limits = limits;
  }
}

function designators(view: DataView, end: number): LunDesignator[] {
  const found: LunDesignator[] = [];
  for (let p = 4; p + 4 <= end && found.length < DESIGNATORS_MAX; ) {
    const length = view.getUint8(p + 3);
    if (p + 4 + length > end) break;
    const association = (view.getUint8(p + 1) >> 4) & 3;
    const type = view.getUint8(p + 1) & 15;
    const codeSet = view.getUint8(p) & 15;
    found.push({ association, type, text: designator(view, p + 4, length, type, codeSet) });
    p += 4 + length;
  }
  // The logical unit's own come first: they name it.
  return found.sort((a, b) => a.association - b.association);
}

function designator(
  view: DataView,
  at: number,
  length: number,
  type: number,
  codeSet: number,
): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, length);
  const value = codeSet === 1 ? hex(bytes, 0, length) : text(view, at, length);
  if (type === 3) return `naa.${value}`;
  if (type === 2) return `eui.${value}`;
  if (type === 1) return `t10.${value}`;
  return value;
}

function learnCapacity10(lun: LogicalUnit, view: DataView): void {
  if (view.byteLength < 8) return;
  lun.blockLength = view.getUint32(4);
  // FFFFFFFFh is "too large for this command" (SBC): READ CAPACITY(16) tells.
  const last = view.getUint32(0);
  if (last !== 0xffffffff) lun.blocks = String(last + 1);
}

function learnCapacity16(lun: LogicalUnit, view: DataView): void {
  if (view.byteLength < 12) return;
  lun.blockLength = view.getUint32(8);
  lun.blocks = String(view.getBigUint64(0) + 1n);
}

function learnReportLuns(s: LogicalUnitHolder, t: Task, view: DataView): void {
  if (view.byteLength < 8) return;
  const whole = 8 + view.getUint32(0);
  const end = Math.min(view.byteLength, whole);
  const named: string[] = [];
  for (let p = 8; p + 8 <= end; p += 8) {
    named.push(hex64(view.getUint32(p), view.getUint32(p + 4)));
  }
  const changes = s.story.reportedLunsChanges;
  const before = s.lunsWhole;
  s.story.reportedLuns = named;
  // Hosts ask for the length first: only whole answers to the same question are compared.
  if (end < whole || t.cdb[2] !== 0) return;
  if (before !== undefined && changes.length < LUN_CHANGES_MAX) {
    const added = named.filter((lun) => !before.includes(lun));
    const removed = before.filter((lun) => !named.includes(lun));
    if (added.length + removed.length > 0) {
      changes.push({ frame: t.commandFrame, timeNs: t.commandNs, added, removed });
    }
  }
  s.lunsWhole = named;
}

/** Printable ASCII, without the spaces and NULs around it. */
function text(view: DataView, at: number, length: number): string {
  let out = '';
  for (let i = at; i < at + length && i < view.byteLength; i++) {
    const code = view.getUint8(i);
    out += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : code === 0 ? '' : '.';
  }
  return out.trim();
}

const codes = new SenseCodes();

/** Sense data: `length` captured bytes at `at`, of which the first is the response code. */
export function learnSense(t: Task, data: Uint8Array, at: number, length: number): void {
  readSense(data, at, length, codes);
  t.senseKey = codes.senseKey;
  t.asc = codes.asc;
  t.ascq = codes.ascq;
}
