// What becomes of what RDMA carries for iSER: of a Send Message the iSER header and the PDU in it, piece by
// piece; data that is placed into a buffer is zeros, but for what describes the device (scsi-scrub.ts).

import { SCRUB_EXCHANGES_MAX } from '../limits.js';
import { get } from '../wire/field.js';
import { asyncMessage } from '../wire/iscsi/async-message.js';
import { BHS_BYTES, bhs } from '../wire/iscsi/bhs.js';
import { CDB, CDB_LENGTH } from '../wire/iscsi/bhs-offsets.js';
import { AsyncEvent, Opcode } from '../wire/iscsi/codes.js';
import { FROM_NOBODY, plausible } from '../wire/iscsi/header-check.js';
import { IserOpcode } from '../wire/rdma/codes.js';
import { ISER_HEADER_BYTES, iserBaseWords, iserControl } from '../wire/rdma/iser.js';
import { rejectedOnly, scrubCdb, scrubIsid, scrubUnknown, senseOnly } from './pdu-parts.js';
import type { PduKept } from './pdu-scrub.js';
import type { Pseudonyms } from './pseudonyms.js';
import { keepsData, scrubCommandData } from './scsi-scrub.js';
import { TextScrub } from './text-scrub.js';

/** A buffer that a command advertised for what it reads. */
interface Advertised {
  readonly cdb: Uint8Array;
  readonly high: number;
  readonly low: number;
}

/** Buffers by the end that advertised them and their Steering Tag (or key): the last one holds. */
export class AdvertisedBuffers {
  readonly #buffers = new Map<string, Advertised>();

  advertise(owner: string, stag: number, buffer: Advertised): void {
    if (this.#buffers.size >= SCRUB_EXCHANGES_MAX) this.#buffers.clear();
    this.#buffers.set(`${owner}/${stag}`, buffer);
  }

  /** Data for the buffer, rewritten in place: a piece that does not begin the buffer is zeros. */
  place(
    owner: string,
    stag: number,
    high: number,
    low: number,
    data: Uint8Array,
    pseudonyms: Pseudonyms,
    kept: PduKept,
  ): void {
    const buffer = this.#buffers.get(`${owner}/${stag}`);
    const begins = buffer !== undefined && buffer.high === high && buffer.low === low;
    if (!begins || !keepsData(buffer.cdb[0])) {
      data.fill(0);
      return;
    }
    const { cdb } = buffer;
    scrubCommandData(data, cdb, pseudonyms, kept);
  }
}

const TEXTS: ReadonlySet<number> = new Set([
  Opcode.loginRequest,
  Opcode.loginResponse,
  Opcode.textRequest,
  Opcode.textResponse,
]);
/** C of byte 1: the text goes on in the next PDU (RFC 7143 11.10.2, 11.12.2). */
const CONTINUES = 0x40;

/** Send Messages of one direction of a connection. Pieces are told in their order. */
export class SendScrub {
  readonly #text: TextScrub;
  readonly #owner: string;
  readonly #buffers: AdvertisedBuffers;
  readonly #pseudonyms: Pseudonyms;
  readonly #kept: PduKept;
  /** Of the message under way: bytes of its data that are still to come; its text. */
  #left = 0;
  #isText = false;
  #continues = false;

  /** `owner`: of the buffers that this direction's commands advertise. */
  constructor(owner: string, buffers: AdvertisedBuffers, pseudonyms: Pseudonyms, kept: PduKept) {
    this.#owner = owner;
    this.#buffers = buffers;
    this.#pseudonyms = pseudonyms;
    this.#kept = kept;
    this.#text = new TextScrub(pseudonyms, kept);
  }

  /** The first piece of a message, in place. */
  begin(bytes: Uint8Array): void {
    this.#left = 0;
    this.#isText = false;
    if (bytes.length < ISER_HEADER_BYTES) {
      bytes.fill(0);
      return;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const kind = get(view, 0, iserControl.opcode);
    const whole = bytes.length >= ISER_HEADER_BYTES + BHS_BYTES;
    if (
      kind !== IserOpcode.control ||
      !whole ||
      plausible(view, ISER_HEADER_BYTES) === FROM_NOBODY
    ) {
      const known = kind === IserOpcode.hello || kind === IserOpcode.helloReply;
      // Hello: its first word says all (RFC 7145 9.3).
      bytes.fill(0, known ? 4 : 0);
      return;
    }
    bytes.fill(0, 1, 4);
    const { writeStag, readStag } = iserControl;
    if (get(view, 0, iserControl.writeStagValid) !== 1)
      bytes.fill(0, writeStag.byte, readStag.byte);
    if (get(view, 0, iserControl.readStagValid) !== 1) {
      bytes.fill(0, readStag.byte, ISER_HEADER_BYTES);
    }
    this.#pdu(bytes, view);
  }

  /** The next piece, in place. */
  goOn(bytes: Uint8Array): void {
    this.#take(bytes, 0);
  }

  /** A piece was missed: what follows is not understood. */
  lost(): void {
    this.#left = 0;
    this.#isText = false;
    this.#text.lost();
  }

  #pdu(bytes: Uint8Array, view: DataView): void {
    const at = ISER_HEADER_BYTES;
    const header = bytes.subarray(at, at + BHS_BYTES);
    if (!this.#kept.isids) scrubIsid(header, BHS_BYTES, this.#pseudonyms);
    const opcode = header[0] & 0x3f;
    const ahs = get(view, at, bhs.totalAHSLength) * 4;
    const data = Math.min(bytes.length, at + BHS_BYTES + ahs);
    scrubCdb(bytes.subarray(at, data), BHS_BYTES, ahs);
    scrubUnknown(header, BHS_BYTES);
    this.#left = get(view, at, bhs.dataSegmentLength);
    this.#isText = TEXTS.has(opcode);
    this.#continues = (view.getUint8(at + bhs.final.byte) & CONTINUES) !== 0;
    if (opcode === Opcode.scsiCommand) this.#command(view, header);
    if (this.#isText) {
      this.#take(bytes, data);
      return;
    }
    const piece = bytes.subarray(data);
    const n = Math.min(piece.length, this.#left);
    const senses =
      opcode === Opcode.scsiResponse ||
      (opcode === Opcode.asyncMessage &&
        get(view, at, asyncMessage.asyncEvent) === AsyncEvent.scsi);
    const made = senses
      ? senseOnly(piece.slice(0, n))
      : opcode === Opcode.reject
        ? rejectedOnly(piece.slice(0, n), this.#pseudonyms, this.#kept.isids)
        : new Uint8Array(0);
    piece.fill(0);
    piece.set(made);
    this.#left = 0;
  }

  #command(view: DataView, header: Uint8Array): void {
    if (get(view, 0, iserControl.readStagValid) !== 1) return;
    this.#buffers.advertise(this.#owner, get(view, 0, iserControl.readStag), {
      cdb: header.slice(CDB, CDB + CDB_LENGTH),
      high: get(view, 0, iserBaseWords.readHigh),
      low: get(view, 0, iserBaseWords.readLow),
    });
  }

  #take(bytes: Uint8Array, at: number): void {
    const n = this.#isText ? Math.min(bytes.length - at, this.#left) : 0;
    this.#left -= n;
    const goesOn = this.#left > 0 || this.#continues;
    if (n > 0) this.#text.scrub(bytes.subarray(at, at + n), n, goesOn);
    bytes.fill(0, at + n);
  }
}
