// One direction of an iSNS connection (RFC 4171 section 5): headers that count their payload. What is lost in a
// payload is stepped over; where a header is hidden the next one is searched that leads to another or to
// the end of what is there.

import type { GapKind } from '../../stream/sink.js';
import { get } from '../../wire/field.js';
import { ISNS_HEADER_BYTES, isnsHeader } from '../../wire/isns/header.js';
import { MessageProtocol } from '../message-codes.js';
import type { Framing, Heir } from '../protocol.js';
import { couldBeHeader, payloadLength } from './header-check.js';
import type { IsnsPdu, IsnsSink } from './pdu.js';

const NONE = new Uint8Array(0);
/** Most PDUs lie in one segment and are read there; the buffer grows to what a header claims, 64 KiB at most. */
const BUFFER_BYTES = 256;
const NO_VIEW = new DataView(NONE.buffer);

/** Invariant: `#have` bytes of the PDU (or of what is searched) are in `#buffer`. */
export class IsnsFramer implements Framing {
  pdus = 0;
  lostTotal = 0;
  headersCut = 0;
  boundariesLost = 0;
  readonly #sink: IsnsSink;
  readonly #direction: number;
  /** Of the PDU under way. */
  readonly #place: IsnsPlace;
  #buffer: Uint8Array = NONE;
  #view = NO_VIEW;
  #have = 0;
  /** Bytes of the payload that are real, from its begin on; -1 while none is missing. */
  #realTo = -1;
  #searching = false;
  #lost = 0;
  #heir: Heir | undefined = undefined;
  #next: Framing | undefined = undefined;
  #position = 0;
  /** The same of the bytes that were taken so far. */
  #here = 0;

  constructor(direction: number, sink: IsnsSink, from: string, to: string) {
    this.#direction = direction;
    this.#sink = sink;
    this.#place = {
      connection: direction >> 1,
      direction,
      from,
      to,
      complete: true,
      streamOffset: 0,
      streamBytes: 0,
      frame: 0,
      timeNs: -0, // doubles from the start (lib/double-fields.ts)
      frameEnd: 0,
      endNs: -0,
    };
  }

  startAt(position: number, boundary: boolean): void {
    this.#position = position;
    this.#searching = !boundary;
  }

  leave(heir: Heir): void {
    this.#heir = heir;
  }

  data(
    bytes: Uint8Array,
    view: DataView,
    at: number,
    length: number,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void {
    if (this.#next !== undefined) {
      this.#next.data(bytes, view, at, length, timeNs, frame, readyNs);
      return;
    }
    let p = at;
    const end = at + length;
    const place = this.#place;
    while (p < end) {
      if (this.#heir !== undefined && this.#have === 0) {
        this.#next = this.#heir(this.#position + p - at, !this.#searching);
        this.#next.data(bytes, view, p, end - p, timeNs, frame, readyNs);
        return;
      }
      if (this.#have === 0) {
        place.frame = frame;
        place.timeNs = timeNs;
      }
      place.frameEnd = frame;
      place.endNs = readyNs;
      const whole = this.#have > 0 || this.#searching ? 0 : wholeAt(view, p, end);
      if (whole > 0) {
        p += whole;
        this.#here = this.#position + p - at;
        this.pdus++;
        this.#hand(view, p - whole, copied(bytes, p - whole + ISNS_HEADER_BYTES, p), whole, true);
        continue;
      }
      const n = Math.min(end - p, this.#needed() - this.#have);
      this.#room(this.#have + n);
      this.#buffer.set(bytes.subarray(p, p + n), this.#have);
      this.#have += n;
      p += n;
      this.#here = this.#position + p - at;
      this.#advance();
    }
    this.#position += length;
  }

  gap(length: number, kind: GapKind, timeNs: number, frame: number, readyNs: number): void {
    if (this.#next !== undefined) {
      this.#next.gap(length, kind, timeNs, frame, readyNs);
      return;
    }
    this.#position += length;
    let rest = length;
    while (rest > 0 && !this.#searching && this.#have >= ISNS_HEADER_BYTES) {
      const n = Math.min(rest, this.#needed() - this.#have);
      if (this.#realTo < 0) this.#realTo = this.#have - ISNS_HEADER_BYTES;
      this.#room(this.#have + n);
      this.#buffer.fill(0, this.#have, this.#have + n);
      this.#have += n;
      rest -= n;
      this.#here = this.#position - rest;
      this.#place.frameEnd = frame;
      this.#place.endNs = readyNs;
      this.#advance();
    }
    if (rest === 0) return;
    // It hides a header, or a part of one.
    if (this.#have > 0) this.headersCut++;
    this.#lost += rest + this.#have;
    this.#have = 0;
    if (!this.#searching) this.boundariesLost++;
    this.#searching = true;
  }

  indifferent(): number {
    return 0;
  }

  passed(): void {}

  ended(timeNs: number): void {
    if (this.#have >= ISNS_HEADER_BYTES && !this.#searching) {
      this.#tell(this.#have - ISNS_HEADER_BYTES);
    } else this.#lost += this.#have;
    this.#have = 0;
    this.#tellLost();
    this.#sink.ended(this.#direction, timeNs);
  }

  invariants(): void {
    if (this.#have > this.#buffer.length) throw new Error('iSNS: more than a PDU is kept');
  }

  #needed(): number {
    if (this.#have < ISNS_HEADER_BYTES) return ISNS_HEADER_BYTES;
    return ISNS_HEADER_BYTES + payloadLength(this.#view, 0);
  }

  /** Makes room for so many bytes, and as many as the header claims where it is there. */
  #room(bytes: number): void {
    if (bytes <= this.#buffer.length) return;
    const more = new Uint8Array(Math.max(BUFFER_BYTES, bytes, this.#needed()));
    more.set(this.#buffer.subarray(0, this.#have));
    this.#buffer = more;
    this.#view = new DataView(more.buffer);
  }

  #advance(): void {
    while (this.#have >= ISNS_HEADER_BYTES) {
      if (!couldBeHeader(this.#view, 0)) {
        if (!this.#searching) this.boundariesLost++;
        this.#searching = true;
        this.#lost++;
        this.#buffer.copyWithin(0, 1, this.#have);
        this.#have--;
        continue;
      }
      if (this.#have < this.#needed()) return;
      this.#searching = false;
      this.#tellLost();
      this.#tell(this.#realTo);
      this.#have = 0;
      this.#realTo = -1;
    }
  }

  #tellLost(): void {
    if (this.#lost === 0) return;
    this.lostTotal += this.#lost;
    this.#sink.lost(this.#direction, this.#lost);
    this.#lost = 0;
  }

  /** `realTo`: bytes of the payload that are there; -1 all. */
  #tell(realTo: number): void {
    const length = payloadLength(this.#view, 0);
    const real = realTo < 0 ? length : Math.min(realTo, length);
    this.pdus++;
    const payload = copied(this.#buffer, ISNS_HEADER_BYTES, ISNS_HEADER_BYTES + real);
    this.#hand(this.#view, 0, payload, this.#have, real === length);
  }

  #hand(view: DataView, at: number, payload: Uint8Array, bytes: number, complete: boolean): void {
    const place = this.#place;
    place.complete = complete;
    place.streamOffset = this.#here - bytes;
    place.streamBytes = bytes;
    this.#sink.isns(pduOf(view, at, payload, place));
  }
}

/** Bytes of the PDU at `at`, where all of it is there; else 0. */
function wholeAt(view: DataView, at: number, end: number): number {
  if (at + ISNS_HEADER_BYTES > end || !couldBeHeader(view, at)) return 0;
  const bytes = ISNS_HEADER_BYTES + payloadLength(view, at);
  return at + bytes <= end ? bytes : 0;
}

/** Where a PDU stands, and between whom. */
interface IsnsPlace {
  readonly connection: number;
  readonly direction: number;
  readonly from: string;
  readonly to: string;
  complete: boolean;
  streamOffset: number;
  streamBytes: number;
  frame: number;
  timeNs: number;
  frameEnd: number;
  endNs: number;
}

/** A PDU of a header and what was captured of its payload. */
export function pduOf(
  view: DataView,
  at: number,
  payload: Uint8Array,
  around: Readonly<IsnsPlace>,
): IsnsPdu {
  const flag = (f: (typeof isnsHeader)[keyof typeof isnsHeader]) => get(view, at, f) === 1;
  // Named one by one: to spread an object whose times are now small, now large, takes the engine 10 µs.
  return {
    connection: around.connection,
    direction: around.direction,
    streamOffset: around.streamOffset,
    streamBytes: around.streamBytes,
    from: around.from,
    to: around.to,
    complete: around.complete,
    frame: around.frame,
    timeNs: around.timeNs,
    frameEnd: around.frameEnd,
    endNs: around.endNs,
    protocol: MessageProtocol.isns,
    header: headerOf(view, at),
    functionId: get(view, at, isnsHeader.functionId),
    fromClient: flag(isnsHeader.fromClient),
    fromServer: flag(isnsHeader.fromServer),
    authenticationBlock: flag(isnsHeader.authenticationBlock),
    firstPdu: flag(isnsHeader.firstPdu),
    lastPdu: flag(isnsHeader.lastPdu),
    transactionId: get(view, at, isnsHeader.transactionId),
    sequenceId: get(view, at, isnsHeader.sequenceId),
    pduLength: get(view, at, isnsHeader.pduLength),
    payload,
  };
}

function headerOf(view: DataView, at: number): Uint8Array {
  const header = new Uint8Array(ISNS_HEADER_BYTES);
  for (let i = 0; i < ISNS_HEADER_BYTES; i++) header[i] = view.getUint8(at + i);
  return header;
}

/** Small copies share memory, a few at a time: to take some for each is most of what a PDU costs. */
const SHARED_BYTES = 8192;
const SMALL_BYTES = 1024;
let shared = new ArrayBuffer(SHARED_BYTES);
let sharedUsed = 0;

function copied(bytes: Uint8Array, from: number, end: number): Uint8Array {
  const length = end - from;
  if (length > SMALL_BYTES) return bytes.slice(from, end);
  if (sharedUsed + length > SHARED_BYTES) {
    shared = new ArrayBuffer(SHARED_BYTES);
    sharedUsed = 0;
  }
  const copy = new Uint8Array(shared, sharedUsed, length);
  sharedUsed += length;
  for (let i = 0; i < length; i++) copy[i] = bytes[from + i];
  return copy;
}
