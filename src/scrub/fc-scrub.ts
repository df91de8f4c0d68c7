// What becomes of Fibre Channel frames, in TCP (FCIP, iFCP) and captured as such: headers stay, with other
// port IDs; payload as fc-payload.ts and scsi-scrub.ts say; a CRC that was right is right again, a wrong one
// stays as wrong.

import { crc32, swapped32 } from '../lib/crc32.js';
import { SCRUB_EXCHANGES_MAX } from '../limits.js';
import { CHECK_BAD, CHECK_GOOD, type FcFrame } from '../pdu/fc/frame.js';
import { Carrier } from '../wire/fc/carriers.js';
import { ENCAPSULATION_BYTES, FC_CRC_BYTES } from '../wire/fc/encapsulation.js';
import {
  FCOE_ETHERTYPE,
  FCOE_HEADER_BYTES,
  FCOE_OLD_HEADER_BYTES,
  fcoeHeader,
} from '../wire/fc/fcoe.js';
import { FC_HEADER_BYTES, frameHeader, optionalHeaderBytes } from '../wire/fc/frame-header.js';
import { CMND_CDB, DF_CTL } from '../wire/fc/header-offsets.js';
import { FcpIu } from '../wire/fc/kinds.js';
import { get } from '../wire/field.js';
import { type FcFacts, type FcKept, scrubPayload } from './fc-payload.js';
import type { DirectionEdits } from './pdu-scrub.js';
import type { Pseudonyms } from './pseudonyms.js';
import { keepsData, type ScsiKept, scrubCommandData } from './scsi-scrub.js';

const DELIMITER_BYTES = 4;
const CDB_BYTES = 16;
const ETHERTYPE_BYTES = 2;

/** A packet that holds one captured frame: the window it was read in, and what is written. */
export interface CapturedPacket {
  readonly window: Uint8Array;
  readonly offset: number;
  readonly made: Uint8Array;
}

export class FcScrub {
  /** The packet under way, where it may hold a captured frame. */
  captured: CapturedPacket | undefined = undefined;
  readonly #pseudonyms: Pseudonyms;
  readonly #kept: FcKept & ScsiKept;
  readonly #editsOf: (frame: FcFrame) => DirectionEdits | undefined;
  /** CDBs of commands whose data says what sanscope reads, by exchange. */
  readonly #cdbs = new Map<string, Uint8Array>();

  constructor(
    pseudonyms: Pseudonyms,
    kept: FcKept & ScsiKept,
    editsOf: (frame: FcFrame) => DirectionEdits | undefined,
  ) {
    this.#pseudonyms = pseudonyms;
    this.#kept = kept;
    this.#editsOf = editsOf;
  }

  /** A frame that has passed. */
  frame(facts: FcFacts): void {
    const { frame } = facts;
    if (frame.carrier === Carrier.fcoe || frame.carrier === Carrier.raw) this.#capturedFrame(facts);
    else this.#tunnelled(facts);
  }

  #tunnelled(facts: FcFacts): void {
    const { frame } = facts;
    const place = this.#editsOf(frame);
    if (place === undefined) return;
    const { edits } = place;
    const begin = place.base + frame.streamOffset;
    const end = begin + frame.wireLength;
    if (frame.special) {
      edits.keep(begin, begin + ENCAPSULATION_BYTES);
      edits.put(begin + ENCAPSULATION_BYTES, scrubPayload(facts, this.#pseudonyms, this.#kept));
    } else {
      const at = begin + ENCAPSULATION_BYTES + DELIMITER_BYTES;
      edits.keep(begin, at);
      const made = this.#body(facts);
      edits.put(at, made);
      const crcAt = at + made.length;
      const crc = this.#crc(frame, made);
      if (crc !== undefined) edits.put(crcAt, crc);
      edits.keep(crcAt + FC_CRC_BYTES, end);
    }
    if (frame.complete) edits.decided(end);
  }

  #capturedFrame(facts: FcFacts): void {
    const { frame, captured } = { ...this, frame: facts.frame, captured: this.captured };
    if (captured === undefined || frame.bytes !== captured.window) return;
    const { window, offset, made } = captured;
    const body = this.#body(facts);
    const at = frame.at - frame.extendedBytes - offset;
    const keep = (from: number, count: number) => {
      for (let i = from; i < from + count && i < made.length; i++) made[i] = window[offset + i];
    };
    const put = (from: number, bytes: Uint8Array) => {
      if (from < made.length) made.set(bytes.subarray(0, made.length - from), from);
    };
    if (frame.carrier === Carrier.fcoe) {
      const old = at - FCOE_OLD_HEADER_BYTES;
      if (this.#isFcoe(captured, old)) keep(old, FCOE_OLD_HEADER_BYTES);
      else {
        keep(at - FCOE_HEADER_BYTES, 1);
        keep(at - FCOE_HEADER_BYTES + fcoeHeader.sof.byte, 1);
      }
    } else if (at >= DELIMITER_BYTES) keep(at - DELIMITER_BYTES, DELIMITER_BYTES);
    put(at, body);
    const crcAt = at + body.length;
    const crc = this.#crc(frame, body);
    if (crc !== undefined) put(crcAt, crc);
    keep(crcAt + FC_CRC_BYTES, frame.carrier === Carrier.fcoe ? 1 : DELIMITER_BYTES);
  }

  /** The EtherType stands right before it. */
  #isFcoe({ window, offset }: CapturedPacket, at: number): boolean {
    const type = at - ETHERTYPE_BYTES + offset;
    return ((window[type] << 8) | window[type + 1]) === FCOE_ETHERTYPE;
  }

  /** Extended headers, header and payload, as they become. */
  #body(facts: FcFacts): Uint8Array {
    const { frame } = facts;
    const { extendedBytes, headerCaptured, payloadLength } = frame;
    const head = extendedBytes + FC_HEADER_BYTES;
    const made = new Uint8Array(head + payloadLength);
    const from = frame.at - extendedBytes;
    made.set(frame.bytes.subarray(from, from + extendedBytes + headerCaptured));
    const whole = headerCaptured >= FC_HEADER_BYTES;
    if (whole && !this.#kept.addresses) {
      this.#pseudonyms.fcidAt(made, extendedBytes + frameHeader.destinationId.byte);
      this.#pseudonyms.fcidAt(made, extendedBytes + frameHeader.sourceId.byte);
    }
    if (!whole) return made;
    const payload =
      frame.kind === FcpIu.data
        ? this.#data(frame)
        : scrubPayload(facts, this.#pseudonyms, this.#kept);
    made.set(payload.subarray(0, payloadLength), head);
    if (frame.kind === FcpIu.cmnd) this.#command(frame);
    return made;
  }

  /** What a command returns that describes the device. */
  #data(frame: FcFrame): Uint8Array {
    const { view, at } = frame;
    const cdb = this.#cdbs.get(exchangeOf(frame));
    const first =
      get(view, at, frameHeader.relativeOffsetPresent) === 1
        ? get(view, at, frameHeader.parameter) === 0
        : get(view, at, frameHeader.seqCnt) === 0;
    if (cdb === undefined || !first) return new Uint8Array(0);
    const optional = optionalHeaderBytes(view.getUint8(at + DF_CTL));
    const made = new Uint8Array(frame.dataKept);
    made.set(frame.data.subarray(optional, frame.dataKept), optional);
    const data = made.subarray(optional);
    scrubCommandData(data, cdb, this.#pseudonyms, this.#kept);
    return made;
  }

  #command(frame: FcFrame): void {
    const at = optionalHeaderBytes(frame.view.getUint8(frame.at + DF_CTL)) + CMND_CDB;
    const key = exchangeOf(frame);
    const there = frame.dataKept >= at + CDB_BYTES;
    if (!there || !keepsData(frame.data[at])) {
      this.#cdbs.delete(key);
      return;
    }
    if (this.#cdbs.size >= SCRUB_EXCHANGES_MAX) this.#cdbs.clear();
    this.#cdbs.set(key, frame.data.slice(at, at + CDB_BYTES));
  }

  #crc(frame: FcFrame, body: Uint8Array): Uint8Array | undefined {
    if (frame.crc !== CHECK_GOOD && frame.crc !== CHECK_BAD) return undefined;
    const right = swapped32(crc32(body, 0, body.length));
    const word = (right ^ frame.crcWord ^ frame.crcRight) >>> 0;
    return Uint8Array.of(word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255);
  }
}

/** The same for both directions. */
function exchangeOf(frame: FcFrame): string {
  const { view, at, connection } = frame;
  const one = get(view, at, frameHeader.sourceId);
  const other = get(view, at, frameHeader.destinationId);
  const ends = one < other ? `${one}/${other}` : `${other}/${one}`;
  return `${connection < 0 ? -1 : 0}/${ends}/${get(view, at, frameHeader.oxId)}`;
}
