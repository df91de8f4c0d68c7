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
  /** A vendor's page: 0, and 20h to 3Eh (SPC-4 7.5.1). */
  readonly vendor: boolean;
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

/** Standard INQUIRY data, and what vendors put in it: serial numbers. */
export const INQUIRY_BYTES = 96;
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
export function* designatorParts(data: Uint8Array, end: number): Generator<DesignatorPart> {
  for (let at = VPD_HEADER_BYTES; at + 4 <= end; ) {
    const from = at + 4;
    const behind = from + data[at + 3];
    const codeSet = data[at] & 15;
    yield { codeSet, type: data[at + 1] & 15, from, to: Math.min(end, behind) };
    at = behind;
  }
}

/** What follows the headers of mode pages; `ten`: MODE SENSE(10)'s header. */
export function* modePageParts(data: Uint8Array, ten: boolean): Generator<ModePagePart> {
  const descriptors = ten ? word(data, 6) : (data[3] ?? 0);
  for (let at = (ten ? 8 : 4) + descriptors; at + 2 <= data.length; ) {
    const code = data[at] & PAGE_CODE;
    const sub = (data[at] & 0x40) !== 0;
    const behind = at + (sub ? 4 + word(data, at + 2) : 2 + data[at + 1]);
    const vendor = code === 0 || (code >= 0x20 && code <= 0x3e);
    yield { vendor, from: at + (sub ? 4 : 2), to: Math.min(data.length, behind) };
    at = behind;
  }
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
