// What a record of a classic pcap file may look like, and where the next one begins after damage.

import { PACKET_BYTES_MAX } from '../limits.js';
import type { ByteWindow } from './window.js';

/** How the records of one file look. The first record may loosen all but the byte order. */
export interface RecordRules {
  readonly little: boolean;
  /** 16; 24 or 28 in the variants of A. Kuznetzov, 20 in Nokia's; not all have a magic of their own. */
  headerLength: number;
  /** Where in the header the two lengths are: before version 2.3 they came the other way round. */
  capturedAt: number;
  originalAt: number;
  /** Parts of a second are below this: 10^6 or 10^9. */
  fractionLimit: number;
  /** Captured is never more than original. */
  ordered: boolean;
}

/** A gap in time longer than this does not chain a candidate to its neighbours: 30 days. */
const CHAIN_SECONDS_MAX = 30 * 86_400;

/**
 * Magics of file headers in both byte orders, where a record has its seconds: with what follows them
 * they look like a record of no bytes.
 */
const FILE_MAGICS: ReadonlySet<number> = new Set([
  0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0xa1b2cd34, 0x34cdb2a1,
]);

/** False for zeros, and where another file's header begins: captures put together as they are. */
export function mayBeTime(seconds: number): boolean {
  return seconds > 0 && !FILE_MAGICS.has(seconds);
}

/** A length that can be read at all, and a header that is not all zeros, as a crash leaves them. */
export function possible(view: DataView, at: number, rules: RecordRules): boolean {
  const captured = view.getUint32(at + rules.capturedAt, rules.little);
  const original = view.getUint32(at + rules.originalAt, rules.little);
  return captured <= PACKET_BYTES_MAX && (original > 0 || view.getUint32(at, rules.little) > 0);
}

/** A header that keeps all rules. */
export function plausible(view: DataView, at: number, rules: RecordRules): boolean {
  const captured = view.getUint32(at + rules.capturedAt, rules.little);
  const original = view.getUint32(at + rules.originalAt, rules.little);
  return (
    captured <= PACKET_BYTES_MAX &&
    original <= PACKET_BYTES_MAX &&
    (original > 0 || mayBeTime(view.getUint32(at, rules.little))) &&
    (captured <= original || !rules.ordered) &&
    view.getUint32(at + 4, rules.little) < rules.fractionLimit
  );
}

/** The answer of `candidate`: no, yes, or (above 1) the bytes that must be unread from there on. */
const NO = 0;
export const YES = 1;

/**
 * Whether a record begins at `at`, looked at from damage: it holds something, keeps all rules, is
 * near in time, and is followed by another such record, or by the end of the file exactly.
 */
export function candidate(
  window: ByteWindow,
  at: number,
  rules: RecordRules,
  lastSeconds: number,
): number {
  const { view } = window;
  const captured = view.getUint32(at + rules.capturedAt, rules.little);
  if (captured === 0 || captured > PACKET_BYTES_MAX) return NO;
  const seconds = view.getUint32(at, rules.little);
  if (lastSeconds >= 0 && Math.abs(seconds - lastSeconds) > CHAIN_SECONDS_MAX) return NO;
  if (!plausible(view, at, rules)) return NO;
  const next = at + rules.headerLength + captured;
  if (next + rules.headerLength > window.end) {
    if (window.ended) return next === window.end ? YES : NO;
    const needed = next + rules.headerLength - at;
    return needed <= window.capacityMax ? needed : NO;
  }
  return plausible(view, next, rules) && near(view, at, next, rules) ? YES : NO;
}

/** The first record that begins in [from, to), as far as the window shows; -1 where there is none. */
export function findRecord(
  window: ByteWindow,
  from: number,
  to: number,
  rules: RecordRules,
  lastSeconds: number,
): number {
  const last = Math.min(to, window.end - rules.headerLength + 1);
  for (let at = from; at < last; at++) {
    if (candidate(window, at, rules, lastSeconds) === YES) return at;
  }
  return -1;
}

/**
 * True where the record at `at`, taken to be `captured` bytes long, leads on to a plausible one, or
 * to the end of the file; or to some in a row that are odd in the same harmless way.
 */
export function chains(
  window: ByteWindow,
  at: number,
  captured: number,
  rules: RecordRules,
): boolean {
  let next = at + rules.headerLength + captured;
  for (let steps = 0; steps < ODD_CHAIN; steps++) {
    if (next + rules.headerLength > window.end) return window.ended && next === window.end;
    // Read 4 bytes late, a file of whole packets still looks like records: but its times do not.
    if (!near(window.view, at, next, rules)) return false;
    if (plausible(window.view, next, rules)) return true;
    if (!possible(window.view, next, rules)) return false;
    next += rules.headerLength + window.view.getUint32(next + rules.capturedAt, rules.little);
  }
  return true;
}

/**
 * Record headers longer than the magic says: Nokia's; those of patched libpcaps (Red Hat 6.1 and SuSE
 * 6.3 among others).
 */
const LONGER_HEADERS = [20, 24, 28] as const;

/**
 * The first record does not lead on by the rules that the magic and the version tell: whether it
 * does with a longer header, or with its lengths the other way round, as some of version 2.3 are. Then the
 * rules are changed.
 */
export function otherVariant(window: ByteWindow, at: number, rules: RecordRules): boolean {
  const { headerLength, capturedAt, originalAt } = rules;
  for (const longer of LONGER_HEADERS) {
    if (longer <= headerLength) continue;
    rules.headerLength = longer;
    if (candidate(window, at, rules, -1) === YES) return true;
  }
  rules.headerLength = headerLength;
  rules.capturedAt = originalAt;
  rules.originalAt = capturedAt;
  if (candidate(window, at, rules, -1) === YES) return true;
  rules.capturedAt = capturedAt;
  rules.originalAt = originalAt;
  return false;
}

/** True where two records are near in time. */
function near(view: DataView, a: number, b: number, rules: RecordRules): boolean {
  const step = view.getUint32(a, rules.little) - view.getUint32(b, rules.little);
  return Math.abs(step) <= CHAIN_SECONDS_MAX;
}

/** True where two times in seconds are near to each other, as those of neighbours are. */
export function nearby(a: number, b: number): boolean {
  return Math.abs(a - b) <= CHAIN_SECONDS_MAX;
}

/** So many possible lengths in a row are no accident: each has a chance of 1 in 4,096. */
const ODD_CHAIN = 4;
