// Parts of commands and of parameter data that name somebody or are a vendor's own, by their place (SPC-4 6.6.2,
// 6.15, 6.16, 7.5, 7.8): for what rewrites data without drawing a tree. The trees are inquiry.ts, vpd.ts, mode.ts,
// reserve.ts beside it.

import { ScsiOpcode } from '../opcodes.js';

/** Bytes `from` up to, not including, `to`. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

export interface DesignatorPart extends Part {
  /** 1 binary, 2 ASCII, 3 UTF-8. */
  readonly codeSet: number;
  readonly type: number;
}

export interface ModePagePart extends Part {
  readonly page: number;
  readonly subpage: number;
}

export const Designators = {
  t10: 1,
  naa: 3,
  relativePort: 4,
  portGroup: 5,
  unitGroup: 6,
  scsiName: 8,
} as const;
/** The vendor at the front of a T10 designator. */
export const T10_VENDOR_BYTES = 8;

export const Vpd = {
  supported: 0x00,
  serial: 0x80,
  designators: 0x83,
  extended: 0x86,
  blockLimits: 0xb0,
  blockCharacteristics: 0xb1,
  provisioning: 0xb2,
} as const;
export const VPD_HEADER_BYTES = 4;

/** Of LOG SENSE: pages that hold counts and states, no names. */
export const LogPage = {
  supported: 0x00,
  writeErrors: 0x02,
  readErrors: 0x03,
  verifyErrors: 0x05,
  temperature: 0x0d,
  startStop: 0x0e,
  tapeAlert: 0x2e,
} as const;
export const LOG_HEADER_BYTES = 4;
/** Log parameters from here on are vendors' own in any page (SPC-4 7.3.2.2). */
export const LOG_VENDOR_PARAMETERS = 0x8000;

/** What READ CAPACITY(10), (16), and REPORT TIMESTAMP return (SBC-3 5.15, 5.16, SPC-4 6.38). */
export const CAPACITY_10_BYTES = 8;
export const CAPACITY_16_BYTES = 32;
export const TIMESTAMP_BYTES = 12;
const UNMAP_HEADER_BYTES = 8;
const TIMEOUTS_BYTES = 12;
/** Where logical block provisioning's page may name a group. */
export const PROVISIONING_GROUP = 8;
/** Where standard INQUIRY data is reserved: behind its version descriptors. */
export const INQUIRY_RESERVED = 74;
/** Where extended INQUIRY data has no field any more (SPC-4 7.8.7). */
export const EXTENDED_INQUIRY_BYTES = 17;

/** Of standard INQUIRY data what vendors put in it: serial numbers. */
export const INQUIRY_VENDOR_SPECIFIC: Part = { from: 36, to: 56 };

export const RESERVATION_KEY_BYTES = 8;
/** PERSISTENT RESERVE OUT: its own key and the one it means; then no names up to the end of its fixed part. */
export const RESERVE_OUT_KEYS: readonly number[] = [0, 8];
export const RESERVE_OUT_BYTES = 24;
export const RESERVE_IN_HEADER_BYTES = 8;
export const ReserveIn = { keys: 0, reservation: 1, capabilities: 2, fullStatus: 3 } as const;

const PAGE_CODE = 0x3f;

/** The service action of commands that have one in byte 1. */
export function serviceActionOf(cdb: Uint8Array): number {
  return (cdb[1] ?? 0) & 0x1f;
}

/** PERSISTENT RESERVE IN, and the longer operation codes that share one by service actions. */
export function hasServiceAction(opcode: number): boolean {
  return opcode === ScsiOpcode.persistentReserveIn || opcode >= 0x80;
}

export function logPageOf(data: Uint8Array): number {
  return (data[0] ?? 0) & PAGE_CODE;
}

/** Designation descriptors, as far as they are there. */
export function* designatorParts(
  data: Uint8Array,
  end: number,
  begin = VPD_HEADER_BYTES,
): Generator<DesignatorPart> {
  for (let at = begin; at + 4 <= end; ) {
    const from = at + 4;
    const behind = from + data[at + 3];
    const codeSet = data[at] & 15;
    yield { codeSet, type: data[at + 1] & 15, from, to: Math.min(end, behind) };
    at = behind;
  }
}

/** Where mode parameter data ends, as far as it is there; `ten`: MODE SENSE(10)'s header. */
export function modeEnd(data: Uint8Array, ten: boolean): number {
  return Math.min(data.length, ten ? 2 + word(data, 0) : 1 + (data[0] ?? 0));
}

/** What follows the headers of mode pages. */
export function* modePageParts(data: Uint8Array, ten: boolean): Generator<ModePagePart> {
  const descriptors = ten ? word(data, 6) : (data[3] ?? 0);
  const end = modeEnd(data, ten);
  for (let at = (ten ? 8 : 4) + descriptors; at + 2 <= end; ) {
    const page = data[at] & PAGE_CODE;
    const sub = (data[at] & 0x40) !== 0;
    const behind = at + (sub ? 4 + word(data, at + 2) : 2 + data[at + 1]);
    const subpage = sub ? data[at + 1] : 0;
    yield { page, subpage, from: at + (sub ? 4 : 2), to: Math.min(end, behind) };
    at = behind;
  }
}

export interface LogParameterPart extends Part {
  readonly code: number;
}

/** Where a log page ends, as far as it is there. */
export function logEnd(data: Uint8Array): number {
  return Math.min(data.length, LOG_HEADER_BYTES + word(data, 2));
}

/** What follows the headers of log parameters. */
export function* logParts(data: Uint8Array): Generator<LogParameterPart> {
  const end = logEnd(data);
  for (let at = LOG_HEADER_BYTES; at + 4 <= end; ) {
    const behind = at + 4 + data[at + 3];
    yield { code: word(data, at), from: at + 4, to: Math.min(end, behind) };
    at = behind;
  }
}

/** Where data ends that begins with its length, as far as it is there: what the length counts from. */
export function listEnd(data: Uint8Array, behind: number): number {
  return Math.min(data.length, behind + double(data, 0));
}

/** Where an UNMAP parameter list ends (SBC-3 5.28.2). */
export function unmapEnd(data: Uint8Array): number {
  return Math.min(data.length, UNMAP_HEADER_BYTES + word(data, 2));
}

/** Where REPORT SUPPORTED OPERATION CODES ends that was asked for one command (SPC-4 6.35.3). */
export function oneCommandEnd(data: Uint8Array): number {
  const timeouts = ((data[1] ?? 0) & 0x80) !== 0 ? TIMEOUTS_BYTES : 0;
  return Math.min(data.length, 4 + word(data, 2) + timeouts);
}

/** Where the data of PERSISTENT RESERVE IN ends, as far as it is there. */
export function reserveInEnd(data: Uint8Array): number {
  return Math.min(data.length, RESERVE_IN_HEADER_BYTES + double(data, 4));
}

/** Keys in it, by where they begin, and TransportIDs. */
export function* reserveInParts(
  data: Uint8Array,
  serviceAction: number,
): Generator<{ readonly key: number; readonly transportIds?: Part }> {
  const end = reserveInEnd(data);
  const first = RESERVE_IN_HEADER_BYTES;
  if (serviceAction === ReserveIn.keys) {
    for (let key = first; key + RESERVATION_KEY_BYTES <= end; key += RESERVATION_KEY_BYTES) {
      yield { key };
    }
  } else if (serviceAction === ReserveIn.reservation) yield { key: first };
  else if (serviceAction === ReserveIn.fullStatus) {
    for (let at = first; at + 24 <= end; ) {
      const behind = at + 24 + double(data, at + 20);
      // The TransportID's own first word, its kind, stays.
      const transportIds = { from: Math.min(end, at + 28), to: Math.min(end, behind) };
      yield { key: at, transportIds };
      at = behind;
    }
  }
}

function word(data: Uint8Array, at: number): number {
  return ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
}

function double(data: Uint8Array, at: number): number {
  return word(data, at) * 0x10000 + word(data, at + 2);
}
