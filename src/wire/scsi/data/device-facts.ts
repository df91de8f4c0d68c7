// What a device's answers say of it in a few words (SPC-4 6.6.2, 7.8; SBC-3 5.10, 5.11; SPC-4 6.21, 6.27): INQUIRY
// and its pages 80h and 83h, READ CAPACITY, REPORT LUNS, REPORT TARGET PORT GROUPS. Of data that is cut what is
// there is read. Every field of these answers is in the tables of this folder (inquiry.ts, vpd.ts, blocks.ts,
// maintenance.ts); these are what the road learns from all commands, so that they are read without a tree.

import { hex64 } from '../../../lib/hex.js';
import { hex } from '../../field.js';

export const VPD_SERIAL = 0x80;
export const VPD_DESIGNATORS = 0x83;
export const VPD_BLOCK_LIMITS = 0xb0;
/** SERVICE ACTION IN(16): READ CAPACITY(16). */
export const READ_CAPACITY_16 = 0x10;
/** SERVICE ACTION IN(16): GET LBA STATUS. */
export const GET_LBA_STATUS = 0x12;
/** MAINTENANCE IN: REPORT TARGET PORT GROUPS. */
export const REPORT_TARGET_PORT_GROUPS = 0x0a;
export const REPORT_OPERATION_CODES = 0x0c;
/** REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS, and what it returns at most (SPC-4 6.36). */
const REPORT_TASK_FUNCTIONS = 0x0d;
export const TASK_FUNCTIONS_BYTES = 16;
export const REPORT_TIMESTAMP = 0x0f;
export const MAINTENANCE_REPORTS: readonly number[] = [
  REPORT_TARGET_PORT_GROUPS,
  REPORT_OPERATION_CODES,
  REPORT_TASK_FUNCTIONS,
  REPORT_TIMESTAMP,
];
/** MAINTENANCE OUT: SET TARGET PORT GROUPS. */
export const SET_TARGET_PORT_GROUPS = 0x0a;

/** REPORTING OPTIONS of REPORT SUPPORTED OPERATION CODES: 0 asks for all commands (SPC-4 6.35.1). */
export function asksForOneCommand(cdb: Uint8Array): boolean {
  return ((cdb[2] ?? 0) & 7) !== 0;
}

/** EVPD of INQUIRY. */
const EVPD = 0x01;
/** Header of a VPD page: page code at 1, its length behind it. */
const PAGE_HEADER = 4;
const DESIGNATOR_HEADER = 4;
/** "Too large for this command" (SBC): READ CAPACITY(16) tells. */
const CAPACITY_UNKNOWN = 0xffffffff;
const LUN_LIST_HEADER = 8;
const LUN_BYTES = 8;
/** PARAMETER DATA FORMAT 001b: four bytes more of header. */
const EXTENDED = 1;
const GROUPS_HEADER = 4;
const GROUPS_HEADER_EXTENDED = 8;
const GROUP_DESCRIPTOR = 8;
const PORT_DESCRIPTOR = 4;

/** True where INQUIRY asks for a page of vital product data. */
export function asksForPage(cdb: Uint8Array): boolean {
  return (cdb[1] & EVPD) !== 0;
}

/** Peripheral qualifier (3: no device on this LUN) and device type; -1 without a byte of data. */
export function deviceTypeOf(view: DataView): { qualifier: number; deviceType: number } {
  if (view.byteLength < 1) return { qualifier: -1, deviceType: -1 };
  const first = view.getUint8(0);
  return { qualifier: first >> 5, deviceType: first & 31 };
}

/** Standard INQUIRY data; undefined where it ends before the field. */
export function inquiryNames(view: DataView): {
  vendor: string | undefined;
  product: string | undefined;
  revision: string | undefined;
} {
  const there = (at: number, length: number) =>
    view.byteLength >= at + length ? ascii(view, at, length) : undefined;
  return { vendor: there(8, 8), product: there(16, 16), revision: there(32, 4) };
}

/** Code of a VPD page, and where its data ends, as far as it is there (`whole`: all is); -1 without its header. */
export function pageOf(view: DataView): { page: number; end: number; whole: boolean } {
  if (view.byteLength < PAGE_HEADER) return { page: -1, end: 0, whole: false };
  const told = PAGE_HEADER + view.getUint16(2);
  const end = Math.min(view.byteLength, told);
  return { page: view.getUint8(1), end, whole: end === told };
}

export function serialOf(view: DataView, end: number): string {
  return ascii(view, PAGE_HEADER, end - PAGE_HEADER);
}

/** A designation descriptor (SPC-4 7.8.6). */
export interface Designator {
  /** 0 the logical unit, 1 the target port, 2 the target device. */
  readonly association: number;
  /** 1 T10 vendor, 2 EUI-64, 3 NAA, 8 SCSI name, … */
  readonly type: number;
  readonly text: string;
}

export function designatorsOf(view: DataView, end: number, most: number): Designator[] {
  const found: Designator[] = [];
  for (let p = PAGE_HEADER; p + DESIGNATOR_HEADER <= end && found.length < most; ) {
    const length = view.getUint8(p + 3);
    const from = p + DESIGNATOR_HEADER;
    if (from + length > end) break;
    const association = (view.getUint8(p + 1) >> 4) & 3;
    const type = view.getUint8(p + 1) & 15;
    const binary = (view.getUint8(p) & 15) === 1;
    const value = binary ? hexOf(view, from, length) : ascii(view, from, length);
    found.push({ association, type, text: `${PREFIXES[type] ?? ''}${value}` });
    p = from + length;
  }
  return found;
}

const PREFIXES: Readonly<Record<number, string>> = { 1: 't10.', 2: 'eui.', 3: 'naa.' };

/** `blocks`: a decimal string, '' where this command cannot say. */
export interface Capacity {
  readonly blockLength: number;
  readonly blocks: string;
}

export function capacity10(view: DataView): Capacity | undefined {
  if (view.byteLength < 8) return undefined;
  const last = view.getUint32(0);
  const blocks = last === CAPACITY_UNKNOWN ? '' : String(last + 1);
  return { blockLength: view.getUint32(4), blocks };
}

export function capacity16(view: DataView): Capacity | undefined {
  if (view.byteLength < 12) return undefined;
  return { blockLength: view.getUint32(8), blocks: String(view.getBigUint64(0) + 1n) };
}

/** LUNs of REPORT LUNS, 16 hex digits each; `whole`: all that there are came. */
export function lunList(view: DataView): { luns: string[]; whole: boolean } | undefined {
  if (view.byteLength < LUN_LIST_HEADER) return undefined;
  const total = LUN_LIST_HEADER + view.getUint32(0);
  const end = Math.min(view.byteLength, total);
  const luns: string[] = [];
  for (let p = LUN_LIST_HEADER; p + LUN_BYTES <= end; p += LUN_BYTES) {
    luns.push(hex64(view.getUint32(p), view.getUint32(p + 4)));
  }
  return { luns, whole: end >= total };
}

/** SELECT REPORT of REPORT LUNS: which LUNs are asked for (0: those with an addressing method). */
export function lunsAsked(cdb: Uint8Array): number {
  return cdb[2];
}

/** Target port groups and their asymmetric access states. */
export function portGroupsOf(
  cdb: Uint8Array,
  view: DataView,
): { readonly group: number; readonly state: number }[] {
  const found: { readonly group: number; readonly state: number }[] = [];
  if (view.byteLength < GROUPS_HEADER) return found;
  const end = Math.min(view.byteLength, GROUPS_HEADER + view.getUint32(0));
  let at = cdb[1] >> 5 === EXTENDED ? GROUPS_HEADER_EXTENDED : GROUPS_HEADER;
  while (at + GROUP_DESCRIPTOR <= end) {
    found.push({ group: view.getUint16(at + 2), state: view.getUint8(at) & 15 });
    at += GROUP_DESCRIPTOR + PORT_DESCRIPTOR * view.getUint8(at + 7);
  }
  return found;
}

function hexOf(view: DataView, at: number, length: number): string {
  return hex(new Uint8Array(view.buffer, view.byteOffset + at, length), 0, length);
}

/** Printable ASCII, without the spaces and NULs around it. */
function ascii(view: DataView, at: number, length: number): string {
  let out = '';
  for (let i = at; i < at + length && i < view.byteLength; i++) {
    const code = view.getUint8(i);
    out += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : code === 0 ? '' : '.';
  }
  return out.trim();
}
