// hot: no allocation per packet
// What direct data placement tells beside the PDUs in its Send Messages: data placed and asked for,
// start-up, and errors. iWARP (pdu/iwarp/) and RoCEv2 (pdu/roce/) tell the same.

import { asDoubles } from '../../lib/double-fields.js';

const NONE = new Uint8Array(0);

export const RdmaKind = {
  /** Data placed into a buffer of the receiver: RDMA Write. */
  write: 0,
  /** RDMA Read Request: its sender asks for data of the receiver's buffer `stag`. */
  readRequest: 1,
  /** Data that answers one: `stag` and offset are the source's, which the request named. */
  readData: 2,
  /** The message of another opcode: atomics, immediate data. */
  other: 3,
} as const;

/** One piece of such a message (an FPDU, a packet), as a cursor that is reused. */
export class RdmaPiece {
  connection = 0;
  direction = 0;
  kind: number = RdmaKind.write;
  /** The opcode on the wire (RFC 5040 4.1; of RoCEv2 the one that means the same). */
  opcode = 0;
  /** The buffer at the end that was advertised: Steering Tag, or remote key. 0 with `stagKnown` false. */
  stag = 0;
  stagKnown = true;
  /** Where in it, as two words of 32 bits. */
  offsetHigh = 0;
  offsetLow = 0;
  /** Bytes of data: in this piece, or asked for. */
  length = 0;
  /** Which Read Request of the connection it is, or answers (from 1; 0 unknown). */
  read = 0;
  /** The message begins, and ends with it. */
  first = false;
  last = false;
  /** Filled in by the session stage: who sent it, and where in its task's buffer it belongs. */
  fromInitiator = false;
  bufferOffset = 0;
  /** … and whose: its command and session, -1 none. */
  task = -1;
  session = -1;
  /** Place in the direction's bytes, and how many of them it takes there. */
  streamOffset = 0;
  streamBytes = 0;
  /** First byte: packet and time; at its end: the packet of the last, and when it could be read. */
  frame = 0;
  timeNs = 0;
  frameEnd = 0;
  endNs = 0;
  endBound = false;
  /** At its end: the first bytes of its data, as many as were wanted and are there. */
  data: Uint8Array = NONE;
  dataKept = 0;
  /** At its end: bytes that were never captured, or cut by snaplen. */
  missing = 0;
  cut = 0;

  /** About where in the direction's bytes it ends. */
  get streamEnd(): number {
    const bytes = this.kind === RdmaKind.readRequest ? this.streamBytes : this.length;
    return this.streamOffset + bytes;
  }

  constructor() {
    asDoubles<RdmaPiece>(this, [
      'stag',
      'offsetHigh',
      'offsetLow',
      'bufferOffset',
      'streamOffset',
      'timeNs',
      'endNs',
      'missing',
      'cut',
    ]);
  }
}

/** A Terminate (RFC 5040 4.8), or a NAK that ends a queue pair: why, and what it complains of. */
export interface RdmaTerminate {
  readonly connection: number;
  readonly direction: number;
  readonly frame: number;
  readonly timeNs: number;
  /** What is wrong, in words: layer, type and code (RFC 5040 4.8), or what a NAK says. */
  readonly words: string;
  /** Of the message that it returns, where it does: opcode, and buffer and offset where tagged. */
  readonly victimOpcode?: number;
  readonly victimStag?: number;
  readonly victimOffset?: readonly [number, number];
}

/** One side of a connection's start-up: an MPA frame, or a message of InfiniBand's CM. */
export interface RdmaStart {
  readonly connection: number;
  readonly direction: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly how: 'MPA' | 'CM';
  readonly reply: boolean;
  readonly revision: number;
  /** Of the sender: what it wants of the other side (RFC 5044 7.1.1). */
  readonly markers: boolean;
  readonly crc: boolean;
  readonly rejected: boolean;
  /** Read depths that it offers, -1 where it did not say. */
  readonly ird: number;
  readonly ord: number;
  readonly privateData: Uint8Array;
  /** Words on a reject, where there are any. */
  readonly reason?: string;
}

/** iSER's Hello or HelloReply (RFC 7145 9.3, 9.4). */
export interface IserHello {
  readonly connection: number;
  readonly direction: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly reply: boolean;
  readonly rejected: boolean;
  readonly maxVersion: number;
  /** minVersion of a Hello, currentVersion of a reply. */
  readonly version: number;
  /** iSER-IRD of a Hello, iSER-ORD of a reply. */
  readonly depth: number;
}

/** Something wrong on the way of one direction, told as it is seen. */
export type RdmaFault =
  | 'crc' // MPA CRC or ICRC does not match
  | 'marker' // a marker points elsewhere than the chain of lengths
  | 'key' // an MPA frame with another key
  | 'private-data' // an MPA frame with more of it than there may be
  | 'revision'
  | 'msn'; // message sequence number jumps with nothing missing

export interface RdmaSink {
  /**
   * Stag, offset and length of a piece are known; its end follows once its last byte has passed.
   * Returns how many bytes of its data are wanted then (bounded by PIECE_KEPT_MAX).
   */
  pieceBegins(piece: RdmaPiece): number;
  pieceEnds(piece: RdmaPiece): void;
  started(start: RdmaStart): void;
  hello(hello: IserHello): void;
  terminated(terminate: RdmaTerminate): void;
  /** MPA was due and did not come: what was spoken before goes on. */
  fellBack(connection: number): void;
  fault(direction: number, fault: RdmaFault, frame: number, timeNs: number, text: string): void;
}

/** The iSER header before a PDU (RFC 7145 9.2), and how its Send Message invalidates. */
export class IserHeader {
  writeStagValid = false;
  writeStag = 0;
  writeHigh = 0;
  writeLow = 0;
  readStagValid = false;
  readStag = 0;
  readHigh = 0;
  readLow = 0;
  solicitedEvent = false;
  invalidates = false;
  invalidateStag = 0;

  constructor() {
    asDoubles<IserHeader>(this, [
      'writeStag',
      'writeHigh',
      'writeLow',
      'readStag',
      'readHigh',
      'readLow',
      'invalidateStag',
    ]);
  }
}
