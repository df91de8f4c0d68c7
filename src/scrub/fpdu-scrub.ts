// What becomes of iWARP: MPA's frames keep what they say of themselves, FPDUs their headers, Sends and data
// are rewritten as iser-scrub.ts says, markers stay where they are, and a CRC that was right is right again.

import { crc32c, digestWord } from '../lib/crc32c.js';
import type { Fpdu, FpduWatch } from '../pdu/iwarp/watch.js';
import { get } from '../wire/field.js';
import { DdpQueue, QUEUE_OF_OPCODE, RdmaOpcode } from '../wire/rdma/codes.js';
import {
  ddpControl,
  ddpTagged,
  ddpUntagged,
  TAGGED_BYTES,
  taggedOffsetWords,
  UNTAGGED_BYTES,
} from '../wire/rdma/ddp.js';
import {
  FPDU_LENGTH_BYTES,
  fpdu,
  IRD_ORD_BYTES,
  MARKER_BYTES,
  MARKER_INTERVAL,
  MPA_CRC_BYTES,
  MPA_FRAME_BYTES,
  mpaFrame,
} from '../wire/rdma/mpa.js';
import { atomicRequest, READ_REQUEST_BYTES, TERMINATE_BYTES } from '../wire/rdma/rdmap.js';
import { AdvertisedBuffers, SendScrub } from './iser-scrub.js';
import type { DirectionEdits, PduKept } from './pdu-scrub.js';
import type { Pseudonyms } from './pseudonyms.js';

/** Two flags of iSER's private data (RFC 7145 9.3; IBTA annex A12). */
const ISER_FLAGS = 0xc0;

/** Of what goes to other queues: numbers, and headers of what failed; what an atomic brings is a user's. */
const KEPT_BYTES: Readonly<Record<number, number>> = {
  [RdmaOpcode.readRequest]: READ_REQUEST_BYTES,
  [RdmaOpcode.atomicRequest]: atomicRequest.addOrSwapData.byte,
  // RFC 5040 4.8: with it the length of a segment, its DDP header and an RDMA Read Request's.
  [RdmaOpcode.terminate]: TERMINATE_BYTES + 2 + UNTAGGED_BYTES + READ_REQUEST_BYTES,
};

export class FpduScrub implements FpduWatch {
  readonly #pseudonyms: Pseudonyms;
  readonly #kept: PduKept;
  readonly #editsOf: (of: {
    connection: number;
    direction: number;
    streamOffset: number;
  }) => DirectionEdits | undefined;
  readonly #buffers = new AdvertisedBuffers();
  /** By direction: Sends, and the offset that the next segment of a message has. */
  readonly #sends: ({ scrub: SendScrub; next: number } | undefined)[] = [];

  constructor(
    pseudonyms: Pseudonyms,
    kept: PduKept,
    editsOf: (of: {
      connection: number;
      direction: number;
      streamOffset: number;
    }) => DirectionEdits | undefined,
  ) {
    this.#pseudonyms = pseudonyms;
    this.#kept = kept;
    this.#editsOf = editsOf;
  }

  mpa(direction: number, end: number, bytes: Uint8Array): void {
    const streamOffset = end - bytes.length;
    const place = this.#editsOf({ connection: direction >> 1, direction, streamOffset });
    if (place === undefined) return;
    const made = bytes.slice();
    const view = new DataView(made.buffer);
    const enhanced = get(view, 0, mpaFrame.enhanced) === 1;
    const at = MPA_FRAME_BYTES + (enhanced ? IRD_ORD_BYTES : 0);
    if (at < made.length) {
      made[at] &= ISER_FLAGS;
      made.fill(0, at + 1);
    }
    place.edits.put(place.base + streamOffset, made);
    place.edits.decided(place.base + end);
  }

  fpdu({ direction, begin, end, markerAt }: Fpdu): void {
    const place = this.#editsOf({ connection: direction >> 1, direction, streamOffset: begin });
    if (place === undefined) return;
    const { edits, base } = place;
    const raw = edits.captured(base + begin, base + end);
    // Between FPDUs a marker may stand.
    const between = markerAt < 0 ? -1 : markersFrom(markerAt, begin) - MARKER_INTERVAL;
    if (between >= 0 && between + MARKER_BYTES === begin) {
      edits.keep(base + between, base + begin);
    }
    if (raw !== undefined) {
      const marks = markerAt < 0 ? [] : markersIn(markerAt, begin, end);
      edits.put(base + begin, this.#made(raw, marks, direction));
    } else this.#sends[direction]?.scrub.lost();
    edits.decided(base + end);
  }

  /** `marks`: where in `raw` markers stand. */
  #made(raw: Uint8Array, marks: readonly number[], direction: number): Uint8Array {
    const plain = without(raw, marks);
    const view = new DataView(plain.buffer);
    const crcAt = raw.length - MPA_CRC_BYTES;
    const rawView = new DataView(raw.buffer, raw.byteOffset, raw.length);
    const word = rawView.getUint32(crcAt);
    const right = digestWord(crc32c(raw, 0, crcAt));
    const end = FPDU_LENGTH_BYTES + get(view, 0, fpdu.ulpduLength);
    if (end + MPA_CRC_BYTES <= plain.length) this.#ulpdu(plain.subarray(0, end), view, direction);
    else plain.fill(0, FPDU_LENGTH_BYTES);
    plain.fill(0, Math.min(plain.length, end), plain.length - MPA_CRC_BYTES);
    const made = withMarkers(plain, raw, marks);
    const madeView = new DataView(made.buffer);
    const crc = digestWord(crc32c(made, 0, crcAt));
    // A CRC that is off is sent as zero.
    madeView.setUint32(crcAt, word === 0 && right !== 0 ? 0 : (crc ^ word ^ right) >>> 0);
    return made;
  }

  #ulpdu(plain: Uint8Array, view: DataView, direction: number): void {
    const at = FPDU_LENGTH_BYTES;
    const opcode = get(view, at, ddpControl.opcode);
    const tagged = get(view, at, ddpControl.tagged) === 1;
    const data = plain.subarray(
      Math.min(plain.length, at + (tagged ? TAGGED_BYTES : UNTAGGED_BYTES)),
    );
    if (tagged) {
      if (opcode !== RdmaOpcode.write) {
        data.fill(0);
        return;
      }
      this.#buffers.place(
        String(direction ^ 1),
        get(view, at, ddpTagged.stag),
        get(view, at, taggedOffsetWords.high),
        get(view, at, taggedOffsetWords.low),
        data,
        this.#pseudonyms,
        this.#kept,
      );
      return;
    }
    const queue = get(view, at, ddpUntagged.queueNumber);
    if (queue !== DdpQueue.send || QUEUE_OF_OPCODE[opcode] !== DdpQueue.send) {
      data.fill(0, Math.min(data.length, KEPT_BYTES[opcode] ?? 0));
      return;
    }
    const offset = get(view, at, ddpUntagged.messageOffset);
    const send = this.#send(direction);
    if (offset === 0) send.scrub.begin(data);
    else if (offset === send.next) send.scrub.goOn(data);
    else {
      send.scrub.lost();
      data.fill(0);
    }
    send.next = offset + data.length;
  }

  #send(direction: number): { scrub: SendScrub; next: number } {
    let send = this.#sends[direction];
    if (send === undefined) {
      const scrub = new SendScrub(String(direction), this.#buffers, this.#pseudonyms, this.#kept);
      send = { scrub, next: 0 };
      this.#sends[direction] = send;
    }
    return send;
  }
}

/** The first marker at `from` or behind it, of those that stand every interval from `known` on. */
function markersFrom(known: number, from: number): number {
  return known + Math.ceil((from - known) / MARKER_INTERVAL) * MARKER_INTERVAL;
}

function markersIn(known: number, from: number, to: number): number[] {
  const marks: number[] = [];
  for (let at = markersFrom(known, from); at < to; at += MARKER_INTERVAL) marks.push(at - from);
  return marks;
}

function without(raw: Uint8Array, marks: readonly number[]): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(raw.length - marks.length * MARKER_BYTES);
  let from = 0;
  let at = 0;
  for (const mark of [...marks, raw.length]) {
    made.set(raw.subarray(from, mark), at);
    at += mark - from;
    from = mark + MARKER_BYTES;
  }
  return made;
}

function withMarkers(
  plain: Uint8Array,
  raw: Uint8Array,
  marks: readonly number[],
): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(raw.length);
  let from = 0;
  let at = 0;
  for (const mark of [...marks, raw.length]) {
    made.set(plain.subarray(from, from + mark - at), at);
    from += mark - at;
    if (mark < raw.length) made.set(raw.subarray(mark, mark + MARKER_BYTES), mark);
    at = mark + MARKER_BYTES;
  }
  return made;
}
