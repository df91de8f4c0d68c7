// hot: no allocation per packet
// Could these 48 bytes be a Basic Header Segment? Asked only where boundaries are not known: at the
// start of an unknown connection, in mid-stream, after a hole. It is strict about what RFC 7143
// section 11 reserves, because that is what tells a header from data. A header at a known boundary
// is not asked.

export const FROM_NOBODY = 0;
export const FROM_INITIATOR = 1;
export const FROM_TARGET = 2;

/** Largest window believed: MaxCmdSN - ExpCmdSN + 1 (targets in the field go up to some thousands). */
const WINDOW_MAX = 0x2_0000;
/** Largest AHS believed in a search, in 4-byte words: a 260-byte CDB and a bidirectional length. */
const AHS_WORDS_MAX = 66;

/** No byte is 1 under the mask 0. */
const NEVER = 0x0001;
/** Opcode, then mask and value of its flags, as initiator() and target() ask for them. */
// biome-ignore format: pairs
const FLAG_RULES: readonly number[] = [
  0x00, 0xff80, 0x01, 0x1800, 0x02, 0x8080, 0x03, 0x3000, 0x04, 0x3f00, 0x05, 0x7f00,
  0x06, 0xfc80, 0x10, 0xfc80, 0x20, 0xff80, 0x21, 0xe180, 0x22, 0xff80, 0x23, 0x3000,
  0x24, 0x3f00, 0x25, 0x3800, 0x26, 0xff80, 0x31, 0xff80, 0x32, 0xff80, 0x3f, 0xff80,
];

/**
 * FROM_INITIATOR or FROM_TARGET where the 48 bytes at `at` could be a BHS, else FROM_NOBODY.
 * The caller has checked that they are there.
 */
export function plausible(view: DataView, at: number): number {
  const first = view.getUint8(at);
  if (first >= 0x80) return FROM_NOBODY;
  const opcode = first & 0x3f;
  // The I bit is the initiator's only (11.2.1.1).
  if (opcode >= 0x20) return first < 0x40 && target(view, at, opcode) ? FROM_TARGET : FROM_NOBODY;
  return initiator(view, at, opcode) ? FROM_INITIATOR : FROM_NOBODY;
}

/**
 * What the first two bytes alone exclude: by byte 0, a mask (high) and what byte 1 must be under it
 * (low). plausible() asks the same and more; here nearly every place of foreign bytes ends.
 */
const BEGINNINGS = beginnings();

/** False where no header can begin with these two bytes. */
export function mayBegin(first: number, flags: number): boolean {
  const rule = BEGINNINGS[first];
  return (flags & (rule >> 8)) === (rule & 0xff);
}

/** Who sends PDUs of this opcode (11.2.1.2; vendor codes included), FROM_NOBODY where it is unassigned. */
export function sender(opcode: number): number {
  if (opcode <= 0x06 || opcode === 0x10) return FROM_INITIATOR;
  if (opcode >= 0x1c && opcode <= 0x1e) return FROM_INITIATOR;
  if (opcode >= 0x20 && opcode <= 0x26) return FROM_TARGET;
  if (opcode === 0x31 || opcode === 0x32 || opcode >= 0x3c) return FROM_TARGET;
  return FROM_NOBODY;
}

/** Bytes 2 and 3, which most PDUs reserve. */
function quiet(view: DataView, at: number): boolean {
  return view.getUint16(at + 2) === 0;
}

function zero(view: DataView, at: number, from: number, words: number): boolean {
  for (let i = 0; i < words; i++) if (view.getInt32(at + from + i * 4) !== 0) return false;
  return true;
}

function initiator(view: DataView, at: number, opcode: number): boolean {
  const lengths = view.getUint32(at + 4);
  const flags = view.getUint8(at + 1);
  if (lengths >>> 24 !== 0 && (opcode !== 0x01 || lengths >>> 24 > AHS_WORDS_MAX)) return false;
  const data = lengths & 0xffffff;
  switch (opcode) {
    case 0x00: // NOP-Out, 11.18
      return flags === 0x80 && quiet(view, at) && zero(view, at, 32, 4);
    case 0x01: // SCSI Command, 11.3; the upper half of byte 2 is RFC 7144's priority
      if ((flags & 0x18) !== 0 || (flags & 0x07) > 4 || (flags & 0xa0) === 0) return false;
      return (view.getUint16(at + 2) & 0x0fff) === 0 && ((flags & 0x20) !== 0 || data === 0);
    case 0x02: // Task Management Function Request, 11.5
      if ((flags & 0x80) === 0 || (flags & 0x7f) < 1 || (flags & 0x7f) > 12) return false;
      return quiet(view, at) && data === 0 && zero(view, at, 40, 2);
    case 0x03: // Login Request, 11.12
      return login(view, at, flags) && view.getUint16(at + 22) === 0 && zero(view, at, 32, 4);
    case 0x04: // Text Request, 11.10
      return (flags & 0x3f) === 0 && (flags & 0xc0) !== 0xc0 && text(view, at, 32, 4);
    case 0x05: // SCSI Data-Out, 11.7
      if (view.getUint8(at) !== 0x05 || (flags & 0x7f) !== 0 || !quiet(view, at)) return false;
      return zero(view, at, 24, 1) && zero(view, at, 32, 1) && zero(view, at, 44, 1);
    case 0x06: // Logout Request, 11.14
      if (flags < 0x80 || flags > 0x82 || !quiet(view, at) || data !== 0) return false;
      return zero(view, at, 8, 2) && zero(view, at, 32, 4);
    case 0x10: // SNACK Request, 11.16
      return flags >= 0x80 && flags <= 0x83 && quiet(view, at) && data === 0;
    default:
      return false;
  }
}

function target(view: DataView, at: number, opcode: number): boolean {
  const lengths = view.getUint32(at + 4);
  const flags = view.getUint8(at + 1);
  if (lengths >>> 24 !== 0) return false;
  const data = lengths & 0xffffff;
  if (opcode === 0x23) return loginResponse(view, at, flags);
  const window = (view.getUint32(at + 32) - view.getUint32(at + 28) + 1) >>> 0;
  if (window > WINDOW_MAX) return false;
  switch (opcode) {
    case 0x20: // NOP-In, 11.19
      return flags === 0x80 && quiet(view, at) && zero(view, at, 36, 3);
    case 0x21: // SCSI Response, 11.4; bytes 8 and 9 are RFC 7144's status qualifier
      if ((flags & 0xe1) !== 0x80 || view.getUint8(at + 2) === 0x02) return false;
      return view.getUint16(at + 10) === 0 && zero(view, at, 12, 1);
    case 0x22: // Task Management Function Response, 11.6
      if (flags !== 0x80 || view.getUint8(at + 3) !== 0 || data !== 0) return false;
      return zero(view, at, 20, 1) && zero(view, at, 36, 3);
    case 0x24: // Text Response, 11.11
      return (flags & 0x3f) === 0 && (flags & 0xc0) !== 0xc0 && text(view, at, 36, 3);
    case 0x25: // SCSI Data-In, 11.7: status only with S, and S only with F
      if ((flags & 0x38) !== 0 || view.getUint8(at + 2) !== 0) return false;
      return (flags & 0x01) !== 0 ? flags >= 0x80 : view.getUint8(at + 3) === 0;
    case 0x26: // Logout Response, 11.15
      if (flags !== 0x80 || view.getUint8(at + 2) > 3 || view.getUint8(at + 3) !== 0) return false;
      return data === 0 && zero(view, at, 8, 2);
    case 0x31: // R2T, 11.8
      if (flags !== 0x80 || !quiet(view, at) || data !== 0) return false;
      return (
        view.getInt32(at + 16) !== -1 &&
        view.getInt32(at + 20) !== -1 &&
        view.getUint32(at + 44) > 0
      );
    case 0x32: // Asynchronous Message, 11.9
      return flags === 0x80 && quiet(view, at) && view.getInt32(at + 16) === -1;
    case 0x3f: // Reject, 11.17
      if (flags !== 0x80 || view.getUint8(at + 3) !== 0 || view.getInt32(at + 16) !== -1)
        return false;
      return view.getUint8(at + 2) >= 1 && view.getUint8(at + 2) <= 0x0c && zero(view, at, 8, 2);
    default:
      return false;
  }
}

function text(view: DataView, at: number, reserved: number, words: number): boolean {
  return quiet(view, at) && zero(view, at, reserved, words);
}

/** T, C and the stages (11.12.3): not T with C, no stage 2, the next stage after the current one. */
function login(view: DataView, at: number, flags: number): boolean {
  if ((flags & 0x30) !== 0 || (flags & 0xc0) === 0xc0) return false;
  const current = (flags >> 2) & 3;
  const next = flags & 3;
  if (current === 2 || current === 3) return false;
  if ((flags & 0x80) !== 0 && (next === 2 || next <= current)) return false;
  return view.getUint8(at + 2) <= 1 && view.getUint8(at + 3) <= 1;
}

/** Login Response, 11.13. A refusal carries no sequence numbers worth a check. */
function loginResponse(view: DataView, at: number, flags: number): boolean {
  if (view.getUint8(at) !== 0x23 || view.getUint8(at + 36) > 3) return false;
  // Where the status is not success some targets leave stages and versions at 0.
  if (view.getUint8(at + 36) === 0 && !login(view, at, flags)) return false;
  return (flags & 0x30) === 0 && view.getUint16(at + 38) === 0 && zero(view, at, 40, 2);
}

function beginnings(): Uint16Array {
  const rules = new Uint16Array(256).fill(NEVER);
  for (let i = 0; i < FLAG_RULES.length; i += 2) {
    const opcode = FLAG_RULES[i];
    rules[opcode] = FLAG_RULES[i + 1];
    if (opcode < 0x20) rules[opcode | 0x40] = FLAG_RULES[i + 1];
  }
  return rules;
}

/** Bytes of the PDU whose BHS is at `at`, by its own lengths (11.2.1.5, 11.2.1.6); digests not counted. */
export function pduLength(view: DataView, at: number): number {
  const lengths = view.getUint32(at + 4);
  return 48 + (lengths >>> 24) * 4 + (((lengths & 0xffffff) + 3) & ~3);
}
