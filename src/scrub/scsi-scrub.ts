// Parameter data of SCSI commands: what sanscope reads of it stays, what identifies becomes a pseudonym, and
// everything else, user data above all, becomes zeros. The default is zeros: a command that is not
// named here keeps nothing.

import {
  asksForOneCommand,
  asksForPage,
  GET_LBA_STATUS,
  MAINTENANCE_REPORTS,
  pageOf,
  READ_CAPACITY_16,
  REPORT_OPERATION_CODES,
  REPORT_TARGET_PORT_GROUPS,
  REPORT_TIMESTAMP,
  TASK_FUNCTIONS_BYTES,
} from '../wire/scsi/data/device-facts.js';
import { isKnownModePage } from '../wire/scsi/data/mode-pages.js';
import {
  CAPACITY_10_BYTES,
  CAPACITY_16_BYTES,
  Designators,
  designatorParts,
  EXTENDED_INQUIRY_BYTES,
  INQUIRY_RESERVED,
  INQUIRY_VENDOR_SPECIFIC,
  LOG_HEADER_BYTES,
  LOG_VENDOR_PARAMETERS,
  LogPage,
  listEnd,
  logEnd,
  logPageOf,
  logParts,
  modeEnd,
  modePageParts,
  oneCommandEnd,
  PROVISIONING_GROUP,
  RESERVATION_KEY_BYTES,
  RESERVE_IN_HEADER_BYTES,
  RESERVE_OUT_BYTES,
  RESERVE_OUT_KEYS,
  ReserveIn,
  reserveInEnd,
  reserveInParts,
  serviceActionOf,
  T10_VENDOR_BYTES,
  TIMESTAMP_BYTES,
  unmapEnd,
  VPD_HEADER_BYTES,
  Vpd,
} from '../wire/scsi/data/parts.js';
import { ScsiOpcode as Op } from '../wire/scsi/opcodes.js';
import { scrubSense } from './pdu-parts.js';
import type { Pseudonyms } from './pseudonyms.js';

/** Commands of whose data something is kept. */
const KEPT: ReadonlySet<number> = new Set([
  Op.requestSense,
  Op.inquiry,
  Op.modeSense6,
  Op.readCapacity10,
  Op.unmap,
  Op.logSense,
  Op.modeSense10,
  Op.persistentReserveIn,
  Op.persistentReserveOut,
  Op.serviceActionIn16,
  Op.reportLuns,
  Op.maintenanceIn,
]);
/** Pages of LOG SENSE that are kept, and of vital product data. */
const LOG_PAGES: ReadonlySet<number> = new Set(Object.values(LogPage));
const VPD_PAGES: ReadonlySet<number> = new Set([
  Vpd.supported,
  Vpd.extended,
  Vpd.blockLimits,
  Vpd.blockCharacteristics,
  Vpd.provisioning,
]);
const MAINTENANCE: ReadonlySet<number> = new Set(MAINTENANCE_REPORTS);

export interface ScsiKept {
  readonly serials: boolean;
  readonly names: boolean;
}

/** True where some of the data is kept: then it must be seen. */
export function keepsData(opcode: number): boolean {
  return KEPT.has(opcode);
}

/** The same of data as a whole, by its CDB. */
export function scrubCommandData(
  data: Uint8Array,
  cdb: Uint8Array,
  pseudonyms: Pseudonyms,
  kept: ScsiKept,
): void {
  scrubData(data, data.length, cdb, cdb[0], serviceActionOf(cdb), pseudonyms, kept);
}

/**
 * Rewrites the first `length` bytes of a command's data (from its offset 0) in place; returns how many
 * of them mean something and stay, the rest is to be zeroed.
 */
export function scrubData(
  bytes: Uint8Array,
  length: number,
  cdb: Uint8Array,
  opcode: number,
  serviceAction: number,
  pseudonyms: Pseudonyms,
  kept: ScsiKept,
): void {
  const data = bytes.subarray(0, length);
  switch (opcode) {
    case Op.requestSense:
      scrubSense(data, 0);
      return;
    case Op.readCapacity10:
      keep(data, CAPACITY_10_BYTES);
      return;
    case Op.reportLuns:
      keep(data, listEnd(data, 8));
      return;
    case Op.unmap:
      keep(data, unmapEnd(data));
      return;
    case Op.serviceActionIn16:
      keep(data, capacityEnd(data, serviceAction));
      return;
    case Op.maintenanceIn:
      keep(data, maintenanceEnd(data, cdb, serviceAction));
      return;
    case Op.inquiry:
      inquiry(data, cdb, pseudonyms, kept);
      return;
    case Op.modeSense6:
      modePages(data, false);
      return;
    case Op.modeSense10:
      modePages(data, true);
      return;
    case Op.logSense:
      logPage(data);
      return;
    case Op.persistentReserveIn:
      reservations(data, serviceAction, pseudonyms);
      return;
    case Op.persistentReserveOut:
      for (const at of RESERVE_OUT_KEYS) keyOf(data, at, pseudonyms);
      keep(data, RESERVE_OUT_BYTES);
      return;
    default:
      keep(data, 0);
  }
}

/** Zeros behind the first `count` bytes. */
function keep(data: Uint8Array, count: number): void {
  if (count < data.length) data.fill(0, count);
}

/** READ CAPACITY(16) and GET LBA STATUS. */
function capacityEnd(data: Uint8Array, serviceAction: number): number {
  if (serviceAction === READ_CAPACITY_16) return CAPACITY_16_BYTES;
  return serviceAction === GET_LBA_STATUS ? listEnd(data, 4) : 0;
}

/** Port groups, supported operation codes and task management functions, the time. */
function maintenanceEnd(data: Uint8Array, cdb: Uint8Array, serviceAction: number): number {
  if (!MAINTENANCE.has(serviceAction)) return 0;
  if (serviceAction === REPORT_TIMESTAMP) return TIMESTAMP_BYTES;
  if (serviceAction === REPORT_TARGET_PORT_GROUPS) return listEnd(data, 4);
  if (serviceAction !== REPORT_OPERATION_CODES) return TASK_FUNCTIONS_BYTES;
  return asksForOneCommand(cdb) ? oneCommandEnd(data) : listEnd(data, 4);
}

/** Counters stay, what vendors put beside them does not. */
function logPage(data: Uint8Array): void {
  if (!LOG_PAGES.has(logPageOf(data))) {
    keep(data, LOG_HEADER_BYTES);
    return;
  }
  if (logPageOf(data) !== LogPage.supported) {
    for (const { code, from, to } of logParts(data)) {
      if (code >= LOG_VENDOR_PARAMETERS) data.fill(0, from, to);
    }
  }
  keep(data, logEnd(data));
}

function inquiry(data: Uint8Array, cdb: Uint8Array, pseudonyms: Pseudonyms, kept: ScsiKept): void {
  if (!asksForPage(cdb)) {
    // Vendor, product and revision stay; what is the vendor's own holds serial numbers.
    data.fill(0, INQUIRY_VENDOR_SPECIFIC.from, INQUIRY_VENDOR_SPECIFIC.to);
    data.fill(0, INQUIRY_RESERVED);
    return;
  }
  const { page, end } = pageOf(new DataView(data.buffer, data.byteOffset, data.length));
  if (page === Vpd.serial) {
    if (!kept.serials) ascii(data, VPD_HEADER_BYTES, end, 'serial numbers', pseudonyms);
  } else if (page === Vpd.designators) {
    designators(data, VPD_HEADER_BYTES, end, pseudonyms, kept);
  } else if (page === Vpd.provisioning) {
    designators(data, PROVISIONING_GROUP, end, pseudonyms, kept);
  } else if (page === Vpd.extended) keep(data, EXTENDED_INQUIRY_BYTES);
  else if (!VPD_PAGES.has(page)) keep(data, VPD_HEADER_BYTES);
  keep(data, end);
}

/** Designation descriptors (SPC-6 7.7.6). */
function designators(
  data: Uint8Array,
  begin: number,
  end: number,
  pseudonyms: Pseudonyms,
  kept: ScsiKept,
): void {
  if (kept.serials) return;
  for (const { codeSet, type, from, to } of designatorParts(data, end, begin)) {
    if (SMALL_NUMBERS.has(type) && to - from <= 4) continue;
    if (codeSet === BINARY) {
      // NAA: its first half octet is the kind of name.
      pseudonyms.octets(data, from, to - from, type === Designators.naa ? 1 : 0, 'WWNs');
    } else if (type === Designators.scsiName) {
      nameAt(data, from, to, pseudonyms);
    } else {
      // T10: the vendor stays, what it says of itself does not.
      const own = type === Designators.t10 ? Math.min(to, from + T10_VENDOR_BYTES) : from;
      ascii(data, own, to, 'serial numbers', pseudonyms);
    }
  }
}

const BINARY = 1;
const SMALL_NUMBERS: ReadonlySet<number> = new Set([
  Designators.relativePort,
  Designators.portGroup,
  Designators.unitGroup,
]);

const COMMA = 0x2c;

/** SCSI name strings: `iqn…`, `naa.…`, `eui.…`, with `,t,0x0001` or `,i,0x…` behind ports. */
function nameAt(data: Uint8Array, from: number, to: number, pseudonyms: Pseudonyms): void {
  let end = from;
  while (end < to && data[end] !== 0 && data[end] !== COMMA) end++;
  write(data, from, pseudonyms.name(latin(data, from, end)));
  if (end < to && latin(data, end, end + 2) === ',i') {
    // An ISID as text.
    const at = Math.min(to, end + 5);
    let last = at;
    while (last < to && data[last] !== 0) last++;
    write(data, at, pseudonyms.hex(latin(data, at, last), 0, 'ISIDs'));
  }
}

/** Protocol specific logical unit and port: what stands in them is the transport's (SPC-4 7.5.13, 7.5.14). */
const TRANSPORT_PAGES: ReadonlySet<number> = new Set([0x18, 0x19]);

/** Pages of which the standards name each field stay; vendors' own, transports' with their addresses do not. */
function modePages(data: Uint8Array, ten: boolean): void {
  for (const { page, subpage, from, to } of modePageParts(data, ten)) {
    if (TRANSPORT_PAGES.has(page) || !isKnownModePage(page, subpage)) data.fill(0, from, to);
  }
  keep(data, modeEnd(data, ten));
}

function reservations(data: Uint8Array, serviceAction: number, pseudonyms: Pseudonyms): void {
  const end = reserveInEnd(data);
  for (const { key, transportIds } of reserveInParts(data, serviceAction)) {
    keyOf(data, key, pseudonyms);
    if (transportIds !== undefined) data.fill(0, transportIds.from, transportIds.to);
  }
  keep(data, serviceAction <= ReserveIn.fullStatus ? end : RESERVE_IN_HEADER_BYTES);
}

/** A reservation key, where it is not zero: zero has a meaning. */
function keyOf(data: Uint8Array, at: number, pseudonyms: Pseudonyms): void {
  const end = at + RESERVATION_KEY_BYTES;
  if (end > data.length) {
    data.fill(0, Math.min(at, data.length));
    return;
  }
  if (data.subarray(at, end).some((byte) => byte !== 0)) {
    pseudonyms.octets(data, at, RESERVATION_KEY_BYTES, 0, 'reservation keys');
  }
}

function ascii(
  data: Uint8Array,
  from: number,
  to: number,
  kind: string,
  pseudonyms: Pseudonyms,
): void {
  if (from >= to) return;
  const text = latin(data, from, to);
  const printable = /^[\x20-\x7e\0]*$/.test(text);
  if (printable) write(data, from, pseudonyms.text(text, kind));
  else pseudonyms.octets(data, from, to - from, 0, kind);
}

function latin(data: Uint8Array, from: number, to: number): string {
  return Buffer.from(data.buffer, data.byteOffset + from, Math.max(0, to - from)).toString(
    'latin1',
  );
}

function write(data: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length && at + i < data.length; i++) data[at + i] = text.charCodeAt(i);
}
