// LUNs of a session, and what INQUIRY, READ CAPACITY and REPORT LUNS say of them (SPC, SBC; their
// layouts: wire/scsi/data/device-facts.ts). Seldom: a few commands a LUN.

import { hex64 } from '../lib/hex.js';
import { LUN_CHANGES_MAX, LUNS_PER_SESSION } from '../limits.js';
import { readBlockLimits, sameLimits } from '../wire/scsi/block-limits.js';
import {
  asksForPage,
  type Capacity,
  capacity10,
  capacity16,
  type Designator,
  designatorsOf,
  deviceTypeOf,
  inquiryNames,
  lunList,
  lunsAsked,
  pageOf,
  READ_CAPACITY_16,
  serialOf,
  VPD_BLOCK_LIMITS,
  VPD_DESIGNATORS,
  VPD_SERIAL,
} from '../wire/scsi/data/device-facts.js';
import { ScsiOpcode } from '../wire/scsi/opcodes.js';
import { readSense, SenseCodes } from '../wire/scsi/sense.js';
import { type LogicalUnit, UnitFact, type UnitFacts } from './logical-unit-facts.js';
import { type LogicalUnitHolder, LunTable } from './lun-table.js';
import { learnPortGroups } from './port-groups.js';
import type { Task } from './task.js';

const DESIGNATORS_MAX = 32;
/** Designator types that name a unit worldwide (SPC-4 7.8.6). */
const EUI_64 = 2;
const NAA = 3;
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
  const known = table.get(high, low);
  if (known !== null) return known;
  const lun = lunOf(s, high, low);
  if (lun === undefined) table.isFull = true;
  table.set(high, low, lun);
  return lun;
}

/** What is told where there was no room for some. */
export function lunsLeftOut(session: number): string {
  return `session ${session} has more than ${LUNS_PER_SESSION} LUNs: of the others no facts are kept`;
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
    told: undefined,
    changes: undefined,
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
  const said: Said = { lun, frame, timeNs: t.commandNs };
  if (t.opcode === ScsiOpcode.inquiry) learnInquiry(said, t.cdb, view);
  else if (t.opcode === ScsiOpcode.maintenanceIn) learnPortGroups(lun, t, view);
  else if (t.opcode === ScsiOpcode.readCapacity10) {
    learnCapacity(said, UnitFact.capacity10, capacity10(view));
  } else if (t.opcode === ScsiOpcode.serviceActionIn16 && t.serviceAction === READ_CAPACITY_16) {
    learnCapacity(said, UnitFact.capacity16, capacity16(view));
  }
}

/** An answer: of which LUN, where it stands, when it was asked for. */
interface Said {
  readonly lun: LogicalUnit;
  readonly frame: number;
  readonly timeNs: number;
}

/** Compared with what was said of it before: a LUN may become another unit. */
function compare({ lun, frame, timeNs }: Said, what: UnitFacts, to: string): void {
  if (to === '') return;
  lun.told ??= [];
  const from = lun.told[what];
  lun.told[what] = to;
  if (from === undefined || from === to) return;
  lun.changes ??= [];
  if (lun.changes.length < LUN_CHANGES_MAX) lun.changes.push({ what, from, to, frame, timeNs });
}

function learnInquiry(said: Said, cdb: Uint8Array, view: DataView): void {
  const { lun, frame } = said;
  if (view.byteLength < 1) return;
  // Qualifier 3 is "no device on this LUN" (type 1Fh): nothing to learn of its commands.
  if (lun.frame === 0) lun.frame = frame;
  Object.assign(lun, deviceTypeOf(view));
  if (!asksForPage(cdb)) {
    const { vendor, product, revision } = inquiryNames(view);
    lun.vendor = vendor ?? lun.vendor;
    lun.product = product ?? lun.product;
    lun.revision = revision ?? lun.revision;
    return;
  }
  const { page, end, whole } = pageOf(view);
  if (page === VPD_SERIAL) {
    lun.serial = serialOf(view, end);
    if (whole) compare(said, UnitFact.serial, lun.serial);
  } else if (page === VPD_DESIGNATORS) {
    // The logical unit's own come first: they name it.
    const found = designatorsOf(view, end, DESIGNATORS_MAX);
    lun.designators = found.sort((a, b) => a.association - b.association);
    if (whole) compare(said, UnitFact.identity, identityOf(lun.designators));
  } else if (page === VPD_BLOCK_LIMITS && BLOCK_TYPES.has(lun.deviceType)) {
    const limits = readBlockLimits(view, end, frame);
    // A page that was asked for in part, or cut, takes back nothing of a longer one.
    const newer = lun.limits === undefined || (whole && !sameLimits(lun.limits, limits));
    if (newer) lun.limits = limits;
  }
}

/** The worldwide name of the unit itself, of several the least: their order says nothing. */
function identityOf(designators: readonly Designator[]): string {
  const own = designators.filter(
    ({ association, type }) => association === 0 && (type === NAA || type === EUI_64),
  );
  const [first] = own.map(({ text }) => text).sort();
  return first ?? '';
}

function learnCapacity(said: Said, what: UnitFacts, capacity: Capacity | undefined): void {
  if (capacity === undefined) return;
  const { lun } = said;
  const { blocks, blockLength } = capacity;
  // Media of tapes, discs and changers come and go.
  const there = blocks !== '' && blockLength > 0 && BLOCK_TYPES.has(lun.deviceType);
  if (there) compare(said, what, `${blocks} ${blockLength}`);
  lun.blockLength = capacity.blockLength;
  if (capacity.blocks !== '') lun.blocks = capacity.blocks;
}

function learnReportLuns(s: LogicalUnitHolder, t: Task, view: DataView): void {
  const list = lunList(view);
  if (list === undefined) return;
  const { luns: named, whole } = list;
  const changes = s.story.reportedLunsChanges;
  const before = s.lunsWhole;
  s.story.reportedLuns = named;
  // Hosts ask for the length first: only whole answers to the same question are compared.
  if (!whole || lunsAsked(t.cdb) !== 0) return;
  if (before !== undefined && changes.length < LUN_CHANGES_MAX) {
    const added = named.filter((lun) => !before.includes(lun));
    const removed = before.filter((lun) => !named.includes(lun));
    if (added.length + removed.length > 0) {
      changes.push({ frame: t.commandFrame, timeNs: t.commandNs, added, removed });
    }
  }
  s.lunsWhole = named;
}

const codes = new SenseCodes();

/** Sense data: `length` captured bytes at `at`, of which the first is the response code. */
export function learnSense(t: Task, data: Uint8Array, at: number, length: number): void {
  readSense(data, at, length, codes);
  t.senseKey = codes.senseKey;
  t.asc = codes.asc;
  t.ascq = codes.ascq;
  t.senseFlags = codes.flags;
  t.senseInformation = codes.information;
}
