// hot: no allocation per packet
// The bytes of one direction's Send Messages → iSER headers and the iSCSI PDUs behind them (RFC 7145
// 9.1, 9.2). A message holds one PDU, without digests; payload is counted, and kept only where asked.
//
// Invariant: `taken` bytes of the message have passed, with what gaps hid.

import { get } from '../../wire/field.js';
import { BHS_BYTES } from '../../wire/iscsi/bhs.js';
import {
  AHS_WORDS_SHIFT,
  DATA_LENGTH_MASK,
  LENGTHS,
  OPCODE,
  TAG_END,
  TARGET_OPCODE,
} from '../../wire/iscsi/bhs-offsets.js';
import { FROM_NOBODY, plausible } from '../../wire/iscsi/header-check.js';
import { IserOpcode } from '../../wire/rdma/codes.js';
import {
  ISER_HEADER_BYTES,
  iserBaseWords,
  iserControl,
  iserHello,
  iserHelloReply,
} from '../../wire/rdma/iser.js';
import { Parts } from '../iscsi/kept-parts.js';
import { DIGEST_NONE, Pdu, type PduSink } from '../pdu.js';
import { IserHeader, type RdmaSink } from './events.js';

const HEADERS = ISER_HEADER_BYTES + BHS_BYTES;

/** What both directions of a connection share. */
export interface SendShared {
  readonly id: number;
  /** An iSER message was seen: what its messages hold is no other protocol's. */
  iser: boolean;
  /** Side of the initiator, -1 unknown. */
  initiator: number;
  pdus: number;
  headersCut: number;
  /** Messages that held no iSER header. */
  strangers: number;
}

const IDLE = 0;
const HEADER = 1;
const BODY = 2;
/** A message of which nothing more is wanted. */
const SKIPPED = 3;
const HELLO = 4;

export class SendMessage {
  readonly pdu = new Pdu();
  taken = 0;
  private readonly shared: SendShared;
  private readonly sink: PduSink;
  private readonly rdma: RdmaSink | undefined;
  private readonly iser = new IserHeader();
  private readonly scratch = new Uint8Array(HEADERS);
  private readonly view = new DataView(this.scratch.buffer);
  private readonly parts = new Parts(this.pdu);
  private phase = IDLE;
  /** The headers are real up to here; what follows was cut. */
  private captured = 0;

  constructor(shared: SendShared, direction: number, sink: PduSink, rdma: RdmaSink | undefined) {
    this.shared = shared;
    this.sink = sink;
    this.rdma = rdma;
    this.pdu.connection = shared.id;
    this.pdu.direction = direction;
    this.pdu.iser = this.iser;
    this.pdu.bytes = this.scratch;
    this.pdu.view = this.view;
    this.pdu.at = ISER_HEADER_BYTES;
  }

  get open(): boolean {
    return this.phase !== IDLE;
  }

  /** A message begins: with the packet and time of its first byte, headers below it included. */
  begin(streamOffset: number, timeNs: number, frame: number, readyNs: number): void {
    if (this.phase !== IDLE) this.end(false);
    const { pdu, iser } = this;
    pdu.streamOffset = streamOffset;
    pdu.timeNs = timeNs;
    pdu.frame = frame;
    pdu.endNs = readyNs;
    pdu.frameEnd = frame;
    pdu.endBound = false;
    iser.solicitedEvent = false;
    iser.invalidates = false;
    this.phase = HEADER;
    this.taken = 0;
    this.captured = 0;
  }

  /** Bytes of another message are missing in front: nothing can be told of it. */
  skip(): void {
    if (this.phase !== IDLE) this.end(false);
    this.phase = SKIPPED;
    this.taken = 0;
  }

  /** How the message ends for the receiver, which the headers below it say (RFC 5040 4.1). */
  flags(solicitedEvent: boolean, invalidates: boolean, stag: number): void {
    this.iser.solicitedEvent = solicitedEvent;
    this.iser.invalidates = invalidates;
    this.iser.invalidateStag = stag;
  }

  data(bytes: Uint8Array, at: number, length: number, frame: number, readyNs: number): void {
    const { pdu } = this;
    let p = at;
    const end = at + length;
    if (this.phase === HEADER) {
      while (p < end && this.taken < HEADERS) this.scratch[this.taken++] = bytes[p++];
      this.captured = this.taken;
      this.touch(frame, readyNs);
      if (this.taken >= ISER_HEADER_BYTES) this.judge();
      if (this.taken === HEADERS && this.phase === HEADER) this.tell(BHS_BYTES);
    }
    if (p === end) return;
    if (this.phase === BODY) {
      const into = this.taken - HEADERS;
      const ahs = pdu.ahsLength;
      if (into < ahs) {
        const n = Math.min(end - p, ahs - into);
        this.parts.keepAhs(bytes, p, n, ahs - into);
        this.taken += n;
        p += n;
      }
      const from = this.taken - HEADERS - ahs;
      const left = pdu.dataSegmentLength - from;
      if (p < end && left > 0) this.parts.keepData(bytes, p, Math.min(end - p, left), left);
      this.touch(frame, readyNs);
    }
    this.taken += end - p;
  }

  gap(length: number, cut: boolean, frame: number, readyNs: number): void {
    if (this.phase === HEADER) {
      if (!this.headerIntoGap()) this.phase = SKIPPED;
    }
    if (this.phase === BODY) {
      const { pdu } = this;
      const data = HEADERS + pdu.ahsLength;
      const from = Math.max(this.taken, data);
      const to = Math.min(this.taken + length, data + pdu.dataSegmentLength);
      if (to > from) {
        if (cut) pdu.dataCut += to - from;
        else pdu.dataMissing += to - from;
      }
      if (cut) this.touch(frame, readyNs);
      else {
        pdu.endBound = true;
        if (readyNs > pdu.endNs) pdu.endNs = readyNs;
      }
    }
    this.taken += length;
  }

  /** What lies below the message ends in this packet: its last byte is that of the PDU too. */
  touch(frame: number, readyNs: number): void {
    const { pdu } = this;
    pdu.frameEnd = frame;
    pdu.endBound = false;
    if (readyNs > pdu.endNs) pdu.endNs = readyNs;
  }

  /** The last bytes are missing: they came before what follows them. */
  touchBound(readyNs: number): void {
    const { pdu } = this;
    pdu.endBound = true;
    if (readyNs > pdu.endNs) pdu.endNs = readyNs;
  }

  /** The message is over; `whole` false where its end was not seen. */
  end(whole: boolean): void {
    const { pdu, phase } = this;
    this.phase = IDLE;
    if (phase === HELLO && this.captured >= ISER_HEADER_BYTES) this.tellHello();
    if (phase !== BODY) return;
    const length = this.taken - HEADERS - pdu.ahsLength;
    const short = pdu.dataSegmentLength - length;
    if (short > 0) pdu.dataMissing += short;
    pdu.complete = whole && short <= 0;
    this.sink.end(pdu);
    this.parts.over();
    pdu.resynchronised = false;
  }

  /** The iSER header is there: what kind of message is it? */
  private judge(): void {
    const opcode = get(this.view, 0, iserControl.opcode);
    if (opcode === IserOpcode.control) {
      if (this.shared.iser || this.taken < HEADERS) return;
      // Of a connection not yet known to be iSER the PDU must look like one.
      if (plausible(this.view, ISER_HEADER_BYTES) !== FROM_NOBODY) this.shared.iser = true;
      else this.stranger();
    } else if (
      (opcode === IserOpcode.hello || opcode === IserOpcode.helloReply) &&
      (this.shared.iser || this.zeroFrom(4))
    ) {
      this.phase = HELLO;
    } else this.stranger();
  }

  private stranger(): void {
    this.shared.strangers++;
    this.phase = SKIPPED;
  }

  private zeroFrom(at: number): boolean {
    for (let i = at; i < ISER_HEADER_BYTES; i++) if (this.scratch[i] !== 0) return false;
    return true;
  }

  /** The BHS is known, or `have` bytes of it: the PDU begins. */
  private tell(have: number): void {
    const { pdu, view, iser, shared } = this;
    const at = ISER_HEADER_BYTES;
    iser.writeStagValid = get(view, 0, iserControl.writeStagValid) === 1;
    iser.writeStag = get(view, 0, iserControl.writeStag);
    iser.writeHigh = get(view, 0, iserBaseWords.writeHigh);
    iser.writeLow = get(view, 0, iserBaseWords.writeLow);
    iser.readStagValid = get(view, 0, iserControl.readStagValid) === 1;
    iser.readStag = get(view, 0, iserControl.readStag);
    iser.readHigh = get(view, 0, iserBaseWords.readHigh);
    iser.readLow = get(view, 0, iserBaseWords.readLow);
    const lengths = view.getUint32(at + LENGTHS);
    pdu.headerCaptured = have;
    pdu.opcode = view.getUint8(at) & OPCODE;
    pdu.fromInitiator = pdu.opcode < TARGET_OPCODE;
    pdu.ahsLength = (lengths >>> AHS_WORDS_SHIFT) * 4;
    pdu.dataSegmentLength = lengths & DATA_LENGTH_MASK;
    pdu.headerDigest = DIGEST_NONE;
    pdu.dataDigest = DIGEST_NONE;
    this.parts.clear();
    pdu.paddingLength = 0;
    if (pdu.ahsLength > 0) this.parts.beginAhs();
    shared.initiator = pdu.fromInitiator ? pdu.direction & 1 : 1 - (pdu.direction & 1);
    shared.pdus++;
    this.phase = BODY;
    this.parts.want(this.sink.begin(pdu));
  }

  /** A gap hides the rest of the headers: what is there must do. */
  private headerIntoGap(): boolean {
    const have = this.taken - ISER_HEADER_BYTES;
    this.shared.headersCut++;
    if (have < LENGTHS + 4 || get(this.view, 0, iserControl.opcode) !== IserOpcode.control) {
      return false;
    }
    for (let i = this.taken; i < HEADERS; i++) this.scratch[i] = 0;
    if (!this.shared.iser) {
      if (have < TAG_END || plausible(this.view, ISER_HEADER_BYTES) === FROM_NOBODY) return false;
      this.shared.iser = true;
    }
    // The bytes up to the end of the BHS are in the gap too: `taken` goes on from where it is.
    this.tell(have);
    return true;
  }

  private tellHello(): void {
    const { view, pdu } = this;
    const reply = get(view, 0, iserControl.opcode) === IserOpcode.helloReply;
    this.shared.iser = true;
    this.rdma?.hello({
      connection: pdu.connection,
      direction: pdu.direction,
      frame: pdu.frame,
      timeNs: pdu.timeNs,
      reply,
      rejected: reply && get(view, 0, iserHelloReply.rejected) === 1,
      maxVersion: get(view, 0, iserHello.maxVersion),
      version: get(view, 0, iserHello.minVersion),
      depth: get(view, 0, iserHello.ird),
    });
  }
}
