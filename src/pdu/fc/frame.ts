// hot: no allocation per packet
// One Fibre Channel frame, as a cursor that is reused (one per direction). Everything is valid from
// `begin` to the return of `end`; bytes are borrowed.

import { asDoubles } from '../../lib/double-fields.js';
import { MessageProtocol } from '../message-codes.js';
import type { PduPlace } from '../pdu.js';

const NONE = new Uint8Array(0);

/** What became of a check: not made, good, bad, or its bytes were not captured. */
export const CHECK_NONE = 0;
export const CHECK_GOOD = 1;
export const CHECK_BAD = 2;
export const CHECK_UNKNOWN = 3;

export class FcFrame implements PduPlace {
  readonly protocol = MessageProtocol.fc;
  /** Connection number and direction (stream/sink.ts). */
  connection = 0;
  direction = 0;
  carrier = 0;
  /** The encapsulation header from `encapsulationAt` (28 bytes; FCoE and raw frames have none). */
  bytes: Uint8Array = NONE;
  view: DataView = new DataView(NONE.buffer);
  encapsulationAt = 0;
  /** The frame header from `at` (24 bytes), behind extended headers of `extendedBytes`. */
  at = 0;
  extendedBytes = 0;
  /** Of the frame header so many bytes are real, the rest 0. */
  headerCaptured = 24;
  /** wire/fc/kinds.ts; what the payload's first byte says is known at `end`. */
  kind = 0;
  /** FCIP's special frame: no frame at all, `data` is what stands behind the encapsulation header. */
  special = false;
  /** Bytes between frame header and CRC, with optional headers and fill bytes. */
  payloadLength = 0;
  /** Bytes with encapsulation and delimiters. */
  wireLength = 0;
  sof = 0;
  /** At `end`; -1 where its four bytes do not agree, 0 where they were not captured. */
  eof = 0;
  /** HeaderFault bits; what a header CRC was, and should be. */
  faults = 0;
  headerCrcWord = 0;
  headerCrcRight = 0;
  /** At `end`: CHECK_ of the frame's CRC, the word on the wire, and what it should have been. */
  crc = CHECK_NONE;
  crcWord = 0;
  crcRight = 0;
  /** Time stamp words: seconds since 1900 and 2^-32 of one; 0, 0 where there is none. */
  stampSeconds = 0;
  stampFraction = 0;
  /** Position of its first byte in the direction's bytes. */
  streamOffset = 0;
  /** Packet that holds the first byte, and its arrival in ns since the capture's first packet. */
  frame = 0;
  timeNs = 0;
  /** At `end`: packet of the last byte, and when the receiver could read it. */
  frameEnd = 0;
  endNs = 0;
  /** Its last bytes were not captured: endNs is an upper bound. */
  endBound = false;
  /** At `end`: bytes of the payload that were never captured, or cut by snaplen. */
  dataMissing = 0;
  dataCut = 0;
  /** At `end`: first bytes of the payload, where `begin` asked for them; `dataKept` are real. */
  data: Uint8Array = NONE;
  dataView: DataView = new DataView(NONE.buffer);
  dataKept = 0;
  /** At `end`: false where the stream ended or boundaries were lost inside the frame. */
  complete = true;
  /** True where the boundary was found again in mid-stream. */
  resynchronised = false;

  /** Filled in by the session stage: whose exchange it is of; its command and session, -1 none. */
  fromInitiator = false;
  task = -1;
  session = -1;

  /** Where in the direction's bytes it ends. */
  get streamEnd(): number {
    return this.streamOffset + this.wireLength;
  }

  constructor() {
    asDoubles<FcFrame>(this, [
      'streamOffset',
      'timeNs',
      'endNs',
      'dataMissing',
      'dataCut',
      'headerCrcWord',
      'headerCrcRight',
      'crcWord',
      'crcRight',
      'stampSeconds',
      'stampFraction',
    ]);
  }
}

/** Takes frames in the order of the wire. */
export interface FcSink {
  /** The frame header is known. Returns how many bytes of the payload the sink wants at `end`. */
  begin(frame: FcFrame): number;
  /** The last byte has passed, or never will (`complete` false). */
  end(frame: FcFrame): void;
  /** Boundaries were not known for `bytes` bytes of a direction, of which `absent` lie in gaps. */
  lost(direction: number, bytes: number, timeNs: number, frame: number, absent: number): void;
  /** From here on boundaries are not known: frames may pass unseen. Told at once. */
  unframed(direction: number): void;
  /** No more frames in this direction. */
  ended(direction: number, timeNs: number, frame: number): void;
}
