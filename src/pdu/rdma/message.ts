// hot: no allocation per packet
// One FPDU of iWARP, one MPA frame, or one packet of RoCEv2, as lists and ladders take them: a cursor
// that is reused. Valid from `messageBegins` to the return of `messageEnds`; bytes are borrowed. The PDUs in
// Send Messages are told apart from it (pdu.ts).

import { asDoubles } from '../../lib/double-fields.js';
import { type MessageProtocol, Role, type RoleCode } from '../message-codes.js';
import type { PduPlace } from '../pdu.js';

const NONE = new Uint8Array(0);

/** Kinds of iWARP are RDMAP's opcodes, and above them its start-up frames. */
export const MPA_REQUEST_KIND = 0x10;
export const MPA_REPLY_KIND = 0x11;
/** Too little of its header was captured. */
export const FPDU_UNKNOWN_KIND = 0x12;
/** Kinds of RoCEv2 are BTH's opcodes; the connection manager's messages are their attributes from here on. */
export const CM_KIND = 0x100;

export class RdmaMessage implements PduPlace {
  readonly protocol: typeof MessageProtocol.iwarp | typeof MessageProtocol.roce;
  kind = 0;
  connection = 0;
  direction = 0;
  /** Filled in by the session stage: who sent it; its command and session, -1 none. */
  fromInitiator = false;
  task = -1;
  session = -1;
  role: RoleCode = Role.other;
  /** Its headers from `at` on, as they stand on the wire; `headerCaptured` of `headerLength` bytes are real. */
  bytes: Uint8Array = NONE;
  view: DataView = new DataView(NONE.buffer);
  at = 0;
  headerLength = 0;
  /** All of it: an FPDU without markers, the payload of UDP. */
  wireLength = 0;
  headerCaptured = 0;
  /** Of messages that are RDMA's own: the first bytes behind the header. No user data is kept. */
  data: Uint8Array = NONE;
  dataView: DataView = new DataView(NONE.buffer);
  dataKept = 0;
  /** Bytes of payload, or asked for; where in the command's data they belong. */
  length = 0;
  bufferOffset = 0;
  /** The last of its message. */
  last = false;
  streamOffset = 0;
  frame = 0;
  timeNs = 0;
  frameEnd = 0;
  endNs = 0;
  complete = true;
  dataMissing = 0;
  dataCut = 0;
  /** CRC of MPA, or ICRC: 0 not made, 1 good, 2 bad, 3 not captured (fc/frame.ts has the same). */
  crc = 0;
  crcWord = 0;
  crcRight = 0;

  constructor(protocol: typeof MessageProtocol.iwarp | typeof MessageProtocol.roce) {
    this.protocol = protocol;
    asDoubles<RdmaMessage>(this, [
      'streamOffset',
      'timeNs',
      'endNs',
      'bufferOffset',
      'dataMissing',
      'dataCut',
      'crcWord',
      'crcRight',
    ]);
  }

  /** All that the last one had is forgotten. */
  renew(kind: number, connection: number, direction: number, frame: number, timeNs: number): void {
    this.kind = kind;
    this.connection = connection;
    this.direction = direction;
    this.fromInitiator = false;
    this.task = -1;
    this.session = -1;
    this.role = Role.other;
    this.dataKept = 0;
    this.length = 0;
    this.bufferOffset = 0;
    this.last = true;
    this.frame = frame;
    this.timeNs = timeNs;
    this.frameEnd = frame;
    this.endNs = timeNs;
    this.complete = true;
    this.dataMissing = 0;
    this.dataCut = 0;
    this.crc = 0;
  }
}
