// hot: no allocation per packet
// Classic pcap (draft-ietf-opsawg-pcap), from a window. A record is believed when the header that
// follows it is plausible too; else the cold road (classic-damage.ts) decides where the next begins.

import { PACKET_BYTES_MAX } from '../limits.js';
import { LinkType } from '../wire/net/linktype.js';
import {
  candidate,
  chains,
  findRecord,
  nearby,
  otherVariant,
  plausible,
  possible,
  type RecordRules,
  YES,
} from './classic-damage.js';
import {
  addClassicInterface,
  type ClassicHeader,
  laterHeader,
  logLength,
  logOdd,
} from './classic-header.js';
import type { FileLog } from './facts.js';
import { type Delivery, Packet, type PlainSink } from './packet.js';
import type { RecordReader } from './record-reader.js';
import { SECOND_NS } from './time.js';
import type { ByteWindow } from './window.js';

/** The usual record header: seconds, fraction, captured, original. */
const HEADER_BYTES = 16;
const CAPTURED_AT = 8;
const ORIGINAL_AT = 12;

/** Invariant: `window.start` is where a record begins, except while scanning. */
export class ClassicReader implements RecordReader {
  readonly packet = new Packet();
  seconds = 0;
  nanoseconds = 0;
  timed = true;
  needed = 0;
  done = false;
  readonly #window: ByteWindow;
  readonly #rules: RecordRules;
  readonly #log: FileLog;
  #nsPerFraction: number;
  /** What the format allows, whatever the first record's writer does. */
  #fractionLimit: number;
  /** Looking for the next record; `#scanFrom` is the offset where the damage begins. */
  #scanning = false;
  #scanFrom = 0;
  #any = false;
  #firstSeconds = 0;
  /** The header at `window.start` was found plausible when its predecessor was read. */
  #believed = false;
  /** Records are as nearly all files have them: the short way of next() is for these. */
  #usual: boolean;
  /** Packets can be read again from where they lie, by the file's first header. */
  #placed: boolean;

  /** `window.start` is at the first record, behind the file's header. */
  constructor(window: ByteWindow, header: ClassicHeader, log: FileLog) {
    this.#window = window;
    this.#rules = { ...header.rules };
    this.#fractionLimit = header.rules.fractionLimit;
    this.#log = log;
    this.#nsPerFraction = header.nsPerFraction;
    this.#usual = this.#obey(header);
    this.#placed = window.seekable;
  }

  /** Reads by this header's rules; true where its records are as nearly all files have them. */
  #obey(header: ClassicHeader): boolean {
    this.packet.linkType = header.linkType;
    this.packet.snaplen = header.snaplen;
    const { little, headerLength, capturedAt, originalAt, ordered } = header.rules;
    const order = capturedAt === CAPTURED_AT && originalAt === ORIGINAL_AT && ordered;
    return little && headerLength === HEADER_BYTES && order;
  }

  /** Another file's header at `at`, in the place of a record: what follows it is read by it. */
  #begin(at: number, header: ClassicHeader): boolean {
    const { little, headerLength } = this.#rules;
    const alike = little === header.rules.little && headerLength === header.rules.headerLength;
    this.#placed &&= alike && this.packet.linkType === header.linkType;
    Object.assign(this.#rules, header.rules);
    this.#fractionLimit = header.rules.fractionLimit;
    this.#nsPerFraction = header.nsPerFraction;
    this.#usual = this.#obey(header);
    this.#any = false;
    this.#window.start = at + header.headerBytes;
    this.#log.countClassic();
    addClassicInterface(this.#log.facts, header);
    return this.next();
  }

  next(): boolean {
    return (this.#believed && this.#usual && this.#next()) || this.#nextOfAny();
  }

  /** The record at hand was believed: true where the next one can be, too; else nothing has changed. */
  #next(): boolean {
    const window = this.#window;
    const view = window.view;
    const at = window.start;
    const body = at + HEADER_BYTES;
    const next = body + view.getInt32(at + CAPTURED_AT, true);
    if (next + HEADER_BYTES > window.end) return false;
    const captured = view.getInt32(next + CAPTURED_AT, true);
    const original = view.getInt32(next + ORIGINAL_AT, true);
    if (captured < 0 || captured > original || original > PACKET_BYTES_MAX) return false;
    const fraction = view.getInt32(next + 4, true);
    if (original === 0 || fraction < 0 || fraction >= this.#rules.fractionLimit) return false;
    const packet = this.packet;
    this.seconds = view.getUint32(at, true);
    this.nanoseconds = view.getInt32(at + 4, true) * this.#nsPerFraction;
    if (packet.view !== view) {
      packet.bytes = window.bytes;
      packet.view = view;
    }
    packet.offset = body;
    packet.capturedLength = next - body;
    packet.originalLength = view.getInt32(at + ORIGINAL_AT, true);
    packet.fileOffset = this.#placed ? window.origin + body : -1;
    window.start = next;
    return true;
  }

  /** As #next(), but told where they lie; what is not taken is next()'s, as if nothing had been. */
  deliver(sink: PlainSink, delivery: Delivery): boolean {
    if (!this.#believed || !this.#usual || this.packet.linkType !== LinkType.ethernet) return false;
    const window = this.#window;
    const { bytes, view, end } = window;
    const { epochSeconds, epochNanoseconds, untilNs } = delivery;
    const limit = this.#rules.fractionLimit;
    const unit = this.#nsPerFraction;
    let { timeNs, frame } = delivery;
    let capturedBytes = 0;
    let originalBytes = 0;
    let packetsTruncated = 0;
    let cutLength = 0;
    let refused = false;
    let at = window.start;
    let captured = view.getInt32(at + CAPTURED_AT, true);
    let original = view.getInt32(at + ORIGINAL_AT, true);
    let nanoseconds = view.getInt32(at + 4, true) * unit;
    for (;;) {
      const body = at + HEADER_BYTES;
      const next = body + captured;
      if (next + HEADER_BYTES > end) break;
      const capturedNext = view.getInt32(next + CAPTURED_AT, true);
      const originalNext = view.getInt32(next + ORIGINAL_AT, true);
      const fraction = view.getInt32(next + 4, true);
      if (capturedNext < 0 || capturedNext > originalNext || originalNext > PACKET_BYTES_MAX) break;
      if (originalNext === 0 || fraction < 0 || fraction >= limit) break;
      const seconds = view.getUint32(at, true) - epochSeconds;
      const nowNs = seconds * SECOND_NS[0] + (nanoseconds - epochNanoseconds);
      if (nowNs < timeNs || nowNs >= untilNs) break;
      if (!sink.take(bytes, view, body, captured, original, nowNs, frame + 1)) {
        refused = true;
        break;
      }
      timeNs = nowNs;
      frame++;
      capturedBytes += captured;
      originalBytes += original;
      if (captured < original) {
        packetsTruncated++;
        if (captured > cutLength) cutLength = captured;
      }
      at = next;
      captured = capturedNext;
      original = originalNext;
      nanoseconds = fraction * unit;
    }
    window.start = at;
    delivery.cutLength = cutLength;
    delivery.moved(timeNs, frame, capturedBytes, originalBytes, packetsTruncated);
    return refused;
  }

  #nextOfAny(): boolean {
    if (this.#scanning && !this.#scan()) return false;
    const window = this.#window;
    const rules = this.#rules;
    const view = window.view;
    const at = window.start;
    const body = at + rules.headerLength;
    if (body > window.end) return this.#short(at, rules.headerLength);
    const captured = view.getUint32(at + rules.capturedAt, rules.little);
    if (!this.#believed && !plausible(view, at, rules)) return this.#oddHeader(at, captured);
    const next = body + captured;
    if (next > window.end) return this.#short(at, next - at);
    this.#believed = false;
    if (next + rules.headerLength > window.end) {
      if (!window.ended && window.patient) return this.#short(at, next + rules.headerLength - at);
    } else if (plausible(view, next, rules)) {
      this.#believed = true;
    } else {
      return this.#oddSuccessor(at, captured);
    }
    return this.#take(at, captured);
  }

  /** Fills the packet from the record at `at`. */
  #take(at: number, captured: number): boolean {
    const window = this.#window;
    const rules = this.#rules;
    const view = window.view;
    const packet = this.packet;
    const body = at + rules.headerLength;
    this.seconds = view.getUint32(at, rules.little);
    this.nanoseconds = view.getUint32(at + 4, rules.little) * this.#nsPerFraction;
    if (this.nanoseconds >= 1e9) {
      this.seconds += Math.floor(this.nanoseconds / 1e9);
      this.nanoseconds %= 1e9;
    }
    packet.bytes = window.bytes;
    packet.view = view;
    packet.offset = body;
    packet.capturedLength = captured;
    packet.originalLength = view.getUint32(at + rules.originalAt, rules.little);
    packet.fileOffset = this.#placed ? window.origin + body : -1;
    window.start = body + captured;
    if (!this.#any) this.#firstSeconds = this.seconds;
    this.#any = true;
    return true;
  }

  /** Fewer bytes than needed: wait, or see what the end of the file is. */
  #short(at: number, needed: number): boolean {
    const window = this.#window;
    if (!window.ended) {
      this.needed = needed;
      return false;
    }
    const there = window.end - at;
    this.done = true;
    this.#believed = false;
    if (there === 0) return false;
    const header = this.#rules.headerLength;
    const found = findRecord(window, at + header, window.end, this.#rules, this.#secondsAt(at));
    if (found >= 0) {
      this.done = false;
      return this.#takeShorter(at, found - at - header);
    }
    this.#log.cut(window.origin + at, there, needed, 'record');
    window.start = window.end;
    return false;
  }

  /** The header at `at` breaks a rule: read it nevertheless, put it right, or skip it. */
  #oddHeader(at: number, captured: number): boolean {
    const window = this.#window;
    const rules = this.#rules;
    const header = rules.headerLength;
    const original = window.view.getUint32(at + rules.originalAt, rules.little);
    if (window.ahead(at) > 0) return this.#rest(at, window.ahead(at));
    // On a live pipe only what this very record says is waited for.
    const said = original > PACKET_BYTES_MAX ? captured : Math.max(captured, original);
    const wanted = header * 2 + (said > PACKET_BYTES_MAX ? 0 : said);
    if (window.end - at < wanted && !window.ended) return this.#rest(at, wanted);
    const another = laterHeader(window, at);
    if (another !== undefined) return this.#begin(at, another);
    if (!this.#any && otherVariant(window, at, rules)) return this.next();
    if (possible(window.view, at, rules)) {
      if (!this.#any) this.#loosen(at, captured, original);
      const near = !this.#any || nearby(window.view.getUint32(at, rules.little), this.seconds);
      if (near && chains(window, at, captured, rules)) {
        this.#logOdd(at);
        return this.#take(at, captured);
      }
    }
    if (this.#lengthIs(at, original)) return this.#takeOther(at, captured, original);
    return this.#lookFrom(at);
  }

  /** The record at `at` is plausible, what follows it is not: is its length wrong? */
  #oddSuccessor(at: number, captured: number): boolean {
    const window = this.#window;
    const rules = this.#rules;
    if (window.ahead(at) > 0) return this.#rest(at, window.ahead(at));
    const body = at + rules.headerLength;
    const next = body + captured;
    if (laterHeader(window, next) !== undefined || chains(window, at, captured, rules)) {
      return this.#take(at, captured);
    }
    if (!this.#any && otherVariant(window, at, rules)) return this.next();
    const original = window.view.getUint32(at + rules.originalAt, rules.little);
    if (this.#lengthIs(at, original)) return this.#takeOther(at, captured, original);
    const found = findRecord(window, body, next, rules, this.#secondsAt(at));
    if (found >= 0) return this.#takeShorter(at, found - body);
    // Far in time from its predecessor and leading nowhere: bytes that only look like a header. Its
    // time would make all that follow look far, too.
    if (this.#any && !nearby(window.view.getUint32(at, rules.little), this.seconds))
      return this.#lookFrom(at);
    return this.#take(at, captured);
  }

  /** The header at `at` is none: the next record is looked for. */
  #lookFrom(at: number): boolean {
    this.#scanning = true;
    this.#scanFrom = this.#window.origin + at;
    this.#window.start = at + 1;
    return this.next();
  }

  /** True where a record that chains begins `length` bytes behind the header at `at`. */
  #lengthIs(at: number, length: number): boolean {
    const window = this.#window;
    const next = at + this.#rules.headerLength + length;
    if (length === 0 || length > PACKET_BYTES_MAX) return false;
    if (next === window.end && window.ended) return true;
    if (next + this.#rules.headerLength > window.end) return false;
    return candidate(window, next, this.#rules, this.#lastSeconds()) === YES;
  }

  #takeOther(at: number, said: number, captured: number): boolean {
    // What follows was found by another length than the one that was believed.
    this.#believed = false;
    logLength(this.#log, this.#window.origin + at, said, captured);
    return this.#take(at, captured);
  }

  #takeShorter(at: number, captured: number): boolean {
    const said = this.#window.view.getUint32(at + this.#rules.capturedAt, this.#rules.little);
    return this.#takeOther(at, said, captured);
  }

  /** The first record tells how its writer counts, where the next one agrees. */
  #loosen(at: number, captured: number, original: number): void {
    const rules = this.#rules;
    this.#usual = false;
    const ordered = rules.ordered;
    const limit = rules.fractionLimit;
    if (captured > original) rules.ordered = false;
    if (this.#window.view.getUint32(at + 4, rules.little) >= limit) rules.fractionLimit = 2 ** 32;
    if (chains(this.#window, at, captured, rules)) return;
    rules.ordered = ordered;
    rules.fractionLimit = limit;
  }

  #logOdd(at: number): void {
    logOdd(this.#log, this.#window, at, this.#rules, this.#fractionLimit);
  }

  /** Moves to the next record that chains; false where more bytes are needed or none is left. */
  #scan(): boolean {
    const window = this.#window;
    const rules = this.#rules;
    const lastSeconds = this.#lastSeconds();
    let at = window.start;
    for (; window.end - at >= rules.headerLength; at++) {
      const verdict = candidate(window, at, rules, lastSeconds);
      if (verdict === YES) {
        this.#scanned(at, FOUND);
        return true;
      }
      if (verdict > YES) return this.#rest(at, verdict);
    }
    if (!window.ended) return this.#rest(at, rules.headerLength);
    this.#scanned(window.end, NOT_FOUND);
    this.done = true;
    return false;
  }

  #rest(at: number, needed: number): boolean {
    this.#window.start = at;
    this.needed = needed;
    return false;
  }

  #scanned(at: number, why: string): void {
    const window = this.#window;
    this.#scanning = false;
    this.#log.skipped(this.#scanFrom, window.origin + at - this.#scanFrom, why);
    window.start = at;
  }

  /** What candidates behind the record at `at` must be near to in time. */
  #secondsAt(at: number): number {
    if (this.#any) return this.seconds;
    return this.#window.view.getUint32(at, this.#rules.little);
  }

  /** What a record behind damage must be near to: nothing, where the last one may have been none. */
  #lastSeconds(): number {
    const sure = this.#any && nearby(this.seconds, this.#firstSeconds);
    return sure ? this.seconds : -1;
  }
}

const FOUND = 'a record header there cannot be right; reading goes on at the next plausible record';
const NOT_FOUND = 'a record header there cannot be right, and no plausible record follows';
