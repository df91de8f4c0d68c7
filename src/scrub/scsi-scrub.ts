// Parameter data of SCSI commands: what sanscope reads of it stays, what identifies becomes a pseudonym, and
// everything else, user data above all, becomes zeros. The default is zeros: a command that is not
// named here keeps nothing.

import type { Pseudonyms } from './pseudonyms.js';

/** What of a command's data is kept, by operation code; the offsets are those of SPC-6 and SBC-4. */
const Op = {
  requestSense: 0x03,
  inquiry: 0x12,
  modeSense6: 0x1a,
  readCapacity10: 0x25,
  unmap: 0x42,
  logSense: 0x4d,
  modeSense10: 0x5a,
  persistentReserveIn: 0x5e,
  persistentReserveOut: 0x5f,
  serviceActionIn16: 0x9e,
  reportLuns: 0xa0,
  maintenanceIn: 0xa3,
} as const;

const ALL = Number.MAX_SAFE_INTEGER;

export interface ScsiKept {
  readonly serials: boolean;
  readonly names: boolean;
}

/** True where some of the data is kept: then it must be seen. */
export function keepsData(opcode: number): boolean {
  return (Object.values(Op) as number[]).includes(opcode);
}

/** The same of data as a whole, by its CDB. */
export function scrubCommandData(
  data: Uint8Array,
  cdb: Uint8Array,
  pseudonyms: Pseudonyms,
  kept: ScsiKept,
): void {
  scrubData(data, data.length, cdb, cdb[0], cdb[1] & 0x1f, pseudonyms, kept);
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
    case Op.readCapacity10:
    case Op.reportLuns:
    case Op.unmap:
      return;
    case Op.serviceActionIn16:
      // READ CAPACITY(16) and GET LBA STATUS.
      keep(data, serviceAction === 0x10 || serviceAction === 0x12 ? ALL : 0);
      return;
    case Op.maintenanceIn:
      // REPORT TARGET PORT GROUPS, REPORT SUPPORTED OPERATION CODES and TASK MANAGEMENT FUNCTIONS, timestamp.
      keep(data, [0x0a, 0x0c, 0x0d, 0x0f].includes(serviceAction) ? ALL : 0);
      return;
    case Op.inquiry:
      inquiry(data, cdb, pseudonyms, kept);
      return;
    case Op.modeSense6:
      modePages(data, 4, data[3] ?? 0);
      return;
    case Op.modeSense10:
      modePages(data, 8, ((data[6] ?? 0) << 8) | (data[7] ?? 0));
      return;
    case Op.logSense:
      // Supported pages, errors, temperature, start-stop, TapeAlert.
      keep(
        data,
        [0x00, 0x02, 0x03, 0x05, 0x0d, 0x0e, 0x2e].includes((data[0] ?? 0) & 0x3f) ? ALL : 4,
      );
      return;
    case Op.persistentReserveIn:
      reservations(data, serviceAction, pseudonyms);
      return;
    case Op.persistentReserveOut:
      keyOf(data, 0, pseudonyms);
      keyOf(data, 8, pseudonyms);
      keep(data, 24);
      return;
    default:
      keep(data, 0);
  }
}

/** Zeros behind the first `count` bytes. */
function keep(data: Uint8Array, count: number): void {
  if (count < data.length) data.fill(0, count);
}

function inquiry(data: Uint8Array, cdb: Uint8Array, pseudonyms: Pseudonyms, kept: ScsiKept): void {
  if ((cdb[1] & 1) === 0) {
    // Vendor, product and revision stay; vendor specific bytes 36 to 55 hold serial numbers.
    data.fill(0, 36, 56);
    keep(data, 96);
    return;
  }
  const end = Math.min(data.length, 4 + (((data[2] ?? 0) << 8) | (data[3] ?? 0)));
  switch (data[1]) {
    case 0x80:
      if (!kept.serials) ascii(data, 4, end, 'serial numbers', pseudonyms);
      keep(data, end);
      return;
    case 0x83:
      designators(data, end, pseudonyms, kept);
      keep(data, end);
      return;
    case 0x00:
    case 0x86:
    case 0xb0:
    case 0xb1:
    case 0xb2:
      keep(data, end);
      return;
    default:
      keep(data, 4);
  }
}

/** Designation descriptors (SPC-6 7.7.6). */
function designators(data: Uint8Array, end: number, pseudonyms: Pseudonyms, kept: ScsiKept): void {
  let at = 4;
  while (at + 4 <= end) {
    const codeSet = data[at] & 15;
    const type = data[at + 1] & 15;
    const from = at + 4;
    const to = Math.min(end, from + data[at + 3]);
    if (!kept.serials) {
      if (type === 4 || type === 5 || type === 6) {
        // Relative target port, port group, logical unit group: small numbers.
      } else if (codeSet === 1) {
        // NAA: its first half octet is the kind of name.
        pseudonyms.octets(data, from, to - from, type === 3 ? 1 : 0, 'WWNs');
      } else if (type === 8) {
        nameAt(data, from, to, pseudonyms);
      } else {
        // T10: the vendor stays, what it says of itself does not.
        ascii(data, type === 1 ? Math.min(to, from + 8) : from, to, 'serial numbers', pseudonyms);
      }
    }
    at = from + data[at + 3];
  }
}

/** SCSI name strings: `iqn…`, `naa.…`, `eui.…`, with `,t,0x0001` or `,i,0x…` behind ports. */
function nameAt(data: Uint8Array, from: number, to: number, pseudonyms: Pseudonyms): void {
  let end = from;
  while (end < to && data[end] !== 0 && data[end] !== 0x2c) end++;
  write(data, from, pseudonyms.name(latin(data, from, end)));
  if (end < to && data[end] === 0x2c && data[end + 1] === 0x69) {
    // An ISID as text.
    const at = Math.min(to, end + 5);
    let last = at;
    while (last < to && data[last] !== 0) last++;
    write(data, at, pseudonyms.hex(latin(data, at, last), 0, 'ISIDs'));
  }
}

/** Standard pages stay, vendor specific ones (0, 20h to 3Eh) and what is behind them do not. */
function modePages(data: Uint8Array, header: number, descriptors: number): void {
  let at = header + descriptors;
  while (at + 2 <= data.length) {
    const code = data[at] & 0x3f;
    const sub = (data[at] & 0x40) !== 0;
    const length = sub ? 4 + (((data[at + 2] ?? 0) << 8) | (data[at + 3] ?? 0)) : 2 + data[at + 1];
    const vendor = code === 0 || (code >= 0x20 && code <= 0x3e);
    if (vendor) data.fill(0, at + (sub ? 4 : 2), Math.min(data.length, at + length));
    at += length;
  }
}

function reservations(data: Uint8Array, serviceAction: number, pseudonyms: Pseudonyms): void {
  const end = Math.min(
    data.length,
    8 + (((data[4] << 24) | (data[5] << 16) | (data[6] << 8) | data[7]) >>> 0),
  );
  if (serviceAction === 0) for (let at = 8; at + 8 <= end; at += 8) keyOf(data, at, pseudonyms);
  if (serviceAction === 1) keyOf(data, 8, pseudonyms);
  if (serviceAction === 3) {
    // Full status: a key and what registered it, by its transport's names.
    for (let at = 8; at + 24 <= end; ) {
      keyOf(data, at, pseudonyms);
      const more =
        ((data[at + 20] << 24) | (data[at + 21] << 16) | (data[at + 22] << 8) | data[at + 23]) >>>
        0;
      data.fill(0, Math.min(end, at + 28), Math.min(end, at + 24 + more));
      at += 24 + more;
    }
  }
  keep(data, serviceAction <= 3 ? end : 8);
}

/** A reservation key, where it is not zero: zero has a meaning. */
function keyOf(data: Uint8Array, at: number, pseudonyms: Pseudonyms): void {
  if (at + 8 > data.length) {
    data.fill(0, Math.min(at, data.length));
    return;
  }
  if (data.subarray(at, at + 8).some((byte) => byte !== 0)) {
    pseudonyms.octets(data, at, 8, 0, 'reservation keys');
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
