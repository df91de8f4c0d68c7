// hot: no allocation per packet
// How fast the bytes of large PDUs came, from the first to the last of each: where one after the other takes the
// same time for a byte, and its second half half of it, something hands them on at a rate of its own.

import { WATCHED_CONNECTIONS_MAX } from '../../limits.js';
import { LARGE_BYTES, type Pdu, SLOW_NS_PER_BYTE } from '../../pdu/pdu.js';
import { Opcode } from '../../wire/iscsi/codes.js';
import { entry, keepFrame } from '../groups.js';
import type { WatchKind } from '../watch.js';

/** PDUs that are looked at together, and after how many more again. */
const TOGETHER = 16;
const STEP = 4;
/** Of these, so many within this share of the one in the middle: the others met a loss or an idle pause. */
const EVEN_LEAST = 14;
const EVEN_SHARE = 0.3;
/** The second half of a PDU's data takes about half of its time; behind a pause in it next to none. */
const HALF_SHARE_MIN = 0.2;
const HALF_SHARE_MAX = 0.8;

/** A time in which large PDUs came evenly and slowly. */
export interface Even {
  readonly fromNs: number;
  toNs: number;
  pdus: number;
  bytes: number;
  /** From the first to the last byte of each, added up; and that for each byte. */
  ns: number;
  nsPerByte: number;
  /** Data of the largest that was looked at. */
  bytesMax: number;
  readonly frames: number[];
}

/** One direction of a connection. */
class WayWatch {
  /** The longest such time, by its PDUs. */
  longest: Even | undefined = undefined;
  readonly #perByte: Float64Array;
  readonly #sorted: Float64Array;
  readonly #startNs: Float64Array;
  #count: number;
  #bytes: number;
  #ns: number;
  #current: Even | undefined;

  constructor() {
    this.#perByte = new Float64Array(TOGETHER);
    this.#sorted = new Float64Array(TOGETHER);
    this.#startNs = new Float64Array(TOGETHER);
    this.#count = 0;
    this.#bytes = -0; // doubles from the start (lib/double-fields.ts)
    this.#ns = -0;
    this.#current = undefined;
  }

  came(pdu: Pdu): void {
    const bytes = pdu.dataSegmentLength;
    const ns = pdu.endNs - pdu.timeNs;
    const at = this.#count % TOGETHER;
    // What paused before its data, or within it, has no pace: it differs from all others.
    this.#perByte[at] = isEven(pdu, ns) ? ns / bytes : 0;
    this.#startNs[at] = pdu.timeNs;
    this.#count++;
    this.#bytes += bytes;
    this.#ns += ns;
    if (this.#count % STEP !== 0) return;
    // A quick one, and no such time is under way: nothing to look at.
    if (this.#current === undefined && ns < bytes * SLOW_NS_PER_BYTE) this.#drop();
    else if (this.#count >= TOGETHER) this.#look(pdu);
  }

  #drop(): void {
    this.#bytes = 0;
    this.#ns = 0;
  }

  #look(pdu: Pdu): void {
    const sorted = this.#sorted;
    sorted.set(this.#perByte);
    sorted.sort();
    const middle = sorted[TOGETHER >> 1];
    let even = 0;
    for (let i = 0; i < TOGETHER; i++) {
      if (Math.abs(sorted[i] - middle) <= middle * EVEN_SHARE) even++;
    }
    if (middle < SLOW_NS_PER_BYTE || even < EVEN_LEAST) {
      this.#current = undefined;
      this.#drop();
      return;
    }
    const one = this.#current;
    if (one === undefined) this.#current = this.#begins(pdu, middle);
    else {
      one.pdus += STEP;
      one.bytes += this.#bytes;
      one.ns += this.#ns;
      one.toNs = pdu.endNs;
      if (pdu.dataSegmentLength > one.bytesMax) one.bytesMax = pdu.dataSegmentLength;
      keepFrame(one.frames, pdu.frameEnd);
    }
    this.#drop();
    const { longest } = this;
    const now = this.#current;
    if (now !== undefined && (longest === undefined || now.pdus > longest.pdus)) this.longest = now;
  }

  /** Of the PDUs before only the last STEP were added up: the others took what is usual of them. */
  #begins(pdu: Pdu, nsPerByte: number): Even {
    return {
      fromNs: this.#startNs[this.#count % TOGETHER],
      toNs: pdu.endNs,
      pdus: TOGETHER,
      bytes: this.#bytes * (TOGETHER / STEP),
      ns: this.#ns * (TOGETHER / STEP),
      nsPerByte,
      bytesMax: pdu.dataSegmentLength,
      frames: [pdu.frame, pdu.frameEnd],
    };
  }
}

function isEven({ midNs, endNs }: Pdu, ns: number): boolean {
  const behind = endNs - midNs;
  return midNs >= 0 && behind >= ns * HALF_SHARE_MIN && behind <= ns * HALF_SHARE_MAX;
}

/** PDUs of the target that took so long to come are remembered, the last few of a connection. */
const LONG_NS = 20e6;
const LONG_KEPT = 32;

/** When the target's last long PDUs of a connection came, from the first to the last byte of each. */
class LongArrivals {
  readonly #fromNs: Float64Array = new Float64Array(LONG_KEPT);
  readonly #toNs: Float64Array = new Float64Array(LONG_KEPT);
  #count = 0;

  came(fromNs: number, toNs: number): void {
    const at = this.#count++ % LONG_KEPT;
    this.#fromNs[at] = fromNs;
    this.#toNs[at] = toNs;
  }

  /** How long between two times they were coming: PDUs of one direction do not overlap. */
  within(fromNs: number, toNs: number): number {
    let ns = 0;
    for (let i = Math.min(this.#count, LONG_KEPT) - 1; i >= 0; i--) {
      const both = Math.min(toNs, this.#toNs[i]) - Math.max(fromNs, this.#fromNs[i]);
      if (both > 0) ns += both;
    }
    return ns;
  }
}

export class Ways {
  readonly byDirection: Map<number, WayWatch> = new Map();
  readonly #long: Map<number, LongArrivals> = new Map();

  /** How long between two times other answers of the target were on their way into the capture, ns. */
  arrivingNs(connection: number, fromNs: number, toNs: number): number {
    return this.#long.get(connection)?.within(fromNs, toNs) ?? 0;
  }

  pdu(pdu: Pdu): void {
    const { dataSegmentLength: bytes } = pdu;
    if (!pdu.fromInitiator && pdu.endNs - pdu.timeNs >= LONG_NS) {
      const long = entry(this.#long, pdu.connection, WATCHED_CONNECTIONS_MAX, makeLong);
      long?.came(pdu.timeNs, pdu.endNs);
    }
    if (bytes < LARGE_BYTES || !pdu.complete || pdu.endBound || pdu.dataMissing > 0) return;
    const watch = entry(this.byDirection, pdu.direction, WATCHED_CONNECTIONS_MAX, makeWatch);
    watch?.came(pdu);
  }
}

function makeLong(): LongArrivals {
  return new LongArrivals();
}

function makeWatch(): WayWatch {
  return new WayWatch();
}

export const ways: WatchKind<Ways> = {
  name: 'how fast large PDUs come',
  opcodes: [Opcode.dataIn, Opcode.dataOut, Opcode.scsiCommand],
  make: () => new Ways(),
};
