// Keys that stand in CDBs, and which commands' data may be shown as it is. The rule for data: what a
// command moves is a user's, or a secret, unless a table says what it is (data/data.ts).

import { hex } from '../field.js';

const ACCESS_CONTROL_IN = 0x86;
const EXTENDED_CDB = 0x7e;
const VARIABLE_LENGTH = 0x7f;

/** Bytes of a CDB: from (inclusive), to (exclusive). */
export type CdbRange = readonly [from: number, to: number];

/**
 * The bytes of a CDB that are never shown unless asked for. ACCESS CONTROL IN: MANAGEMENT IDENTIFIER
 * KEY (SPC-3 6.1, bytes 2 to 9). Extended CDBs: capabilities with their integrity check values (SPC-4
 * 4.2.4, 5.14.6). OSD commands: capability and security parameters (OSD-2 5.2.1; service actions
 * 8800h to 8FFFh).
 */
export function secretCdbBytes(cdb: Uint8Array, length: number): CdbRange | undefined {
  if (length < 3) return undefined;
  if (cdb[0] === ACCESS_CONTROL_IN) return [2, Math.min(10, length)];
  if (cdb[0] === EXTENDED_CDB && length > 4) return [4, length];
  if (cdb[0] === VARIABLE_LENGTH && cdb[8] >= 0x88 && cdb[8] <= 0x8f && length > 16) {
    return [16, length];
  }
  return undefined;
}

/** Vendors' own commands: C0h to FFh, and service actions of the variable length one from 8000h on. */
const VENDOR_COMMANDS = 0xc0;
const VENDOR_ACTIONS = 0x80;

/** The bytes of a CDB that no standard names: a vendor may say anything there. */
export function unknownCdbBytes(cdb: Uint8Array, length: number): CdbRange | undefined {
  if (cdb[0] >= VENDOR_COMMANDS) return [1, length];
  if (cdb[0] === VARIABLE_LENGTH && cdb[8] >= VENDOR_ACTIONS && length > 10) return [10, length];
  return undefined;
}

/** The CDB in hex; "xx" for bytes that are not shown. */
export function shownCdb(cdb: Uint8Array, length: number, showSecrets = false): string {
  const there = Math.min(length, cdb.length);
  const secret = showSecrets ? undefined : secretCdbBytes(cdb, there);
  if (secret === undefined) return hex(cdb, 0, there);
  const [from, to] = secret;
  return hex(cdb, 0, from) + 'xx'.repeat(to - from) + hex(cdb, to, there - to);
}
