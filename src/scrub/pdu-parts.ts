// Parts of an iSCSI PDU that are rewritten in the same way whatever carries it: TCP, or a Send Message.

import { AHS_HEADER_BYTES, ahsSegments } from '../wire/iscsi/ahs.js';
import { BHS_BYTES, bhs } from '../wire/iscsi/bhs.js';
import { AhsType, Opcode } from '../wire/iscsi/codes.js';
import { loginRequest } from '../wire/iscsi/login-request.js';
import { scsiCommand } from '../wire/iscsi/scsi-command.js';
import { type CdbRange, secretCdbBytes, unknownCdbBytes } from '../wire/scsi/secrets.js';
import type { Pseudonyms } from './pseudonyms.js';

const KNOWN_OPCODES: ReadonlySet<number> = new Set(Object.values(Opcode));
const ISID_BYTES = loginRequest.isid.width / 8;

/** In place: the ISID of a login becomes another, its type in the first two bits stays (RFC 7143 11.12.5). */
export function scrubIsid(header: Uint8Array, captured: number, pseudonyms: Pseudonyms): void {
  const opcode = header[0] & 0x3f;
  const isid = loginRequest.isid.byte;
  const login = opcode === Opcode.loginRequest || opcode === Opcode.loginResponse;
  if (!login || captured < isid + ISID_BYTES) return;
  const kind = header[isid] & 0xc0;
  pseudonyms.octets(header, isid, ISID_BYTES, 0, 'ISIDs');
  header[isid] = (header[isid] & 0x3f) | kind;
}

/**
 * In place: keys and capabilities in a CDB and in its extension (wire/scsi/secrets.ts), what vendors' commands say,
 * and AHS of kinds that no table knows, become zeros.
 */
export function scrubCdb(header: Uint8Array, captured: number, ahsKept: number): void {
  const at = scsiCommand.cdb.byte;
  if ((header[0] & 0x3f) !== Opcode.scsiCommand || captured <= at) return;
  const there = Math.min(captured, BHS_BYTES) - at;
  const hidden = hiddenCdbBytes(header.subarray(at, at + there));
  if (hidden !== undefined) header.fill(0, at + hidden[0], at + hidden[1]);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  for (const segment of ahsSegments(view, BHS_BYTES, header.length - BHS_BYTES, ahsKept)) {
    const isCdb = segment.type === AhsType.extendedCdb;
    const open = isCdb && (hidden === undefined || hidden[1] < there);
    if (open || segment.type === AhsType.bidirectionalReadLength) continue;
    const from = BHS_BYTES + segment.at + AHS_HEADER_BYTES;
    header.fill(0, from, Math.min(header.length, from + segment.captured));
  }
}

/** In place, of a CDB alone. */
export function scrubCdbBytes(cdb: Uint8Array): void {
  const hidden = hiddenCdbBytes(cdb);
  if (hidden !== undefined) cdb.fill(0, hidden[0], hidden[1]);
}

function hiddenCdbBytes(cdb: Uint8Array): CdbRange | undefined {
  return secretCdbBytes(cdb, cdb.length) ?? unknownCdbBytes(cdb, cdb.length);
}

/**
 * In place: of a PDU of no known opcode what all PDUs have stays (lengths, tag, sequence numbers, RFC 7143 11.2.1),
 * the rest becomes zeros.
 */
export function scrubUnknown(header: Uint8Array, captured: number): void {
  if (KNOWN_OPCODES.has(header[0] & 0x3f)) return;
  header.fill(0, bhs.lun.byte, Math.min(captured, bhs.initiatorTaskTag.byte));
  header.fill(0, bhs.initiatorTaskTag.byte + 4, Math.min(captured, BHS_BYTES));
}

/** The header of a PDU that was rejected, as that PDU's own became. */
export function rejectedOnly(data: Uint8Array, pseudonyms: Pseudonyms, isids: boolean): Uint8Array {
  const header = data.slice(0, BHS_BYTES);
  if (!isids) scrubIsid(header, header.length, pseudonyms);
  scrubCdb(header, header.length, 0);
  scrubUnknown(header, header.length);
  return header;
}

/** SenseLength, sense data of fixed or descriptor format; what follows is vendor's (RFC 7143 11.4.7). */
export function senseOnly(data: Uint8Array): Uint8Array {
  if (data.length < 2) return new Uint8Array(0);
  const told = senseLength(data);
  const sense = data.subarray(0, Math.min(data.length, 2 + told));
  scrubSense(sense, 2);
  return sense;
}

function senseLength(data: Uint8Array): number {
  return new DataView(data.buffer, data.byteOffset).getUint16(0);
}

/** Sense data from `at` to the end of `bytes`, in place. */
export function scrubSense(bytes: Uint8Array, at: number): void {
  const format = (bytes[at] ?? 0) & 0x7f;
  // Fixed: 18 bytes are the standard's.
  if (format === 0x70 || format === 0x71) bytes.fill(0, Math.min(bytes.length, at + 18));
  else if (format === 0x72 || format === 0x73) descriptorsOnly(bytes, at + 8);
  else bytes.fill(0, at);
}

/**
 * Descriptors that hold numbers (SPC-4 4.5.2): information, command and key specific, field, stream, block, ATA
 * status, progress, referrals, direct access. Not objects' names, nor sense data of others.
 */
const NUMBERS: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 9, 10, 11, 13]);

function descriptorsOnly(bytes: Uint8Array, from: number): void {
  let at = from;
  while (at + 2 <= bytes.length) {
    const [, length] = bytes.subarray(at, at + 2);
    const next = at + 2 + length;
    if (!NUMBERS.has(bytes[at])) bytes.fill(0, at + 2, Math.min(next, bytes.length));
    at = next;
  }
  if (at < bytes.length) bytes.fill(0, at);
}
