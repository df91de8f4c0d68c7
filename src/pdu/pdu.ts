// hot: no allocation per packet
// One iSCSI PDU, as a cursor that is reused (one per direction). Everything is valid from `begin`
// to the return of `end`; bytes are borrowed.

import { asDoubles } from '../lib/double-fields.js';
import { BHS_BYTES } from '../wire/iscsi/bhs.js';
import type { IserHeader } from './rdma/events.js';

const NONE = new Uint8Array(0);
const NO_VIEW = new DataView(NONE.buffer);

/** 0: no digest negotiated. unknown: negotiated, but its bytes or what it covers were not captured. */
export const DIGEST_NONE = 0;
export const DIGEST_GOOD = 1;
export const DIGEST_BAD = 2;
export const DIGEST_UNKNOWN = 3;

/** Bytes of data that take more than two segments of a standard frame. */
export const LARGE_BYTES = 4000;
/** Slow is above so many ns a byte: 100 Mbit/s takes 80, a network for storage (1 Gbit/s) 8. */
export const SLOW_NS_PER_BYTE = 70;

/**
 * Where and when a PDU is, of whatever protocol: its cursor has these fields beside its own, so that
 * PDUs of several protocols can be listed as one, in the order of their last bytes.
 */
export interface PduPlace {
  readonly connection: number;
  readonly direction: number;
  /** Position of its first byte in the direction's bytes. */
  readonly streamOffset: number;
  /** Packets of its first and last byte, their arrival in ns since the capture's first packet. */
  readonly frame: number;
  readonly timeNs: number;
  readonly frameEnd: number;
  readonly endNs: number;
  /** False where the stream ended, or boundaries were lost, inside it. */
  readonly complete: boolean;
}

export class Pdu implements PduPlace {
  /** Connection number (from 0) and direction (connection * 2 + 0 or 1, see stream/sink.ts). */
  connection = 0;
  direction = 0;
  /** Who sent it. Known from the PDUs themselves, never from the port. */
  fromInitiator = true;
  /** The BHS: 48 bytes from `at` (RFC 7143 11.2.1). Only `headerCaptured` of them are real, the rest 0. */
  bytes: Uint8Array = NONE;
  view: DataView = NO_VIEW;
  at = 0;
  headerCaptured = 48;
  /** Byte 0 without the I bit. */
  opcode = 0;
  /** Bytes of AHS, and of data without padding. */
  ahsLength = 0;
  dataSegmentLength = 0;
  /** Position of the BHS in the direction's bytes, counted from the first byte seen. */
  streamOffset = 0;
  /** Packet that holds the first byte, and its arrival in ns since the capture's first packet. */
  frame = 0;
  timeNs = 0;
  /** At `end`: packet that holds the last byte (or the last byte seen), and when the receiver could read it. */
  frameEnd = 0;
  endNs = 0;
  /** Its last bytes were not captured: endNs is an upper bound, when what follows them came. */
  endBound = false;
  /** Of a large PDU behind a slow one of its direction: when half of its data could be read; -1 not looked at. */
  midNs = -1;
  /** At `end`: bytes of the data segment that were never captured, or cut by snaplen. */
  dataMissing = 0;
  dataCut = 0;
  /** At `end`: first bytes of the data segment, where `begin` asked for them; `dataKept` are real. */
  data: Uint8Array = NONE;
  dataKept = 0;
  /** Bytes of padding after the data; at `end` those that are there (from the first on), as one number. */
  paddingLength = 0;
  paddingKept = 0;
  padding = 0;
  /** At `end`: the AHS, where there is one; `ahsKept` bytes are real. */
  ahs: Uint8Array = NONE;
  ahsKept = 0;
  /** At `end`: DIGEST_… of header and data, the words on the wire, and what they should have been. */
  headerDigest = DIGEST_NONE;
  dataDigest = DIGEST_NONE;
  headerDigestWord = 0;
  dataDigestWord = 0;
  headerDigestRight = 0;
  dataDigestRight = 0;
  /** At `end`: false where the stream ended or boundaries were lost inside the PDU. */
  complete = true;
  /** True where the boundary was found again in mid-stream rather than known from the start. */
  resynchronised = false;
  /** Of a PDU in an RDMA Send Message: the iSER header before it. */
  iser: IserHeader | undefined = undefined;

  /** About where in the direction's bytes it ends: padding and digests are left out. */
  get streamEnd(): number {
    return this.streamOffset + BHS_BYTES + this.ahsLength + this.dataSegmentLength;
  }

  constructor() {
    asDoubles<Pdu>(this, ['streamOffset', 'timeNs', 'endNs', 'midNs', 'dataMissing', 'dataCut']);
  }
}

/** Takes PDUs in the order of the wire. */
export interface PduSink {
  /**
   * The BHS is known. Returns how many bytes of the data segment the sink wants at `end` (0: none;
   * bounded by DATA_KEPT_MAX).
   */
  begin(pdu: Pdu): number;
  /** The last byte has passed, or never will (`complete` false). */
  end(pdu: Pdu): void;
  /**
   * Boundaries are not known for `bytes` bytes of a direction of an iSCSI connection: told when they
   * are found again, or at the end. `absent` of them are in gaps of the stream.
   */
  lost(direction: number, bytes: number, timeNs: number, frame: number, absent?: number): void;
  /** No more PDUs in this direction. */
  ended(direction: number, timeNs: number, frame: number): void;
}

/**
 * How the session stage tells what was negotiated: from the next PDU on, in both directions
 * (RFC 7143 13.1: digests begin with the full feature phase). Not called where the login's text was
 * not captured whole: the pdu stage then infers digests from the CRCs.
 */
export interface DigestControl {
  setDigests(connection: number, header: boolean, data: boolean): void;
}
