// What becomes of iSCSI PDUs: headers stay (with ISIDs replaced), text, sense and parameter data as
// text-scrub.ts and scsi-scrub.ts say, all other data becomes zeros, and digests are made right again where they
// were right (a wrong one stays as wrong).

import { crc32c, digestWord } from '../lib/crc32c.js';
import { DATA_KEPT_MAX } from '../limits.js';
import { DIGEST_NONE, type Pdu, type PduSink } from '../pdu/pdu.js';
import type { SessionQuery } from '../session/session-query.js';
import { get } from '../wire/field.js';
import { asyncMessage } from '../wire/iscsi/async-message.js';
import { BHS_BYTES } from '../wire/iscsi/bhs.js';
import {
  BUFFER_OFFSET,
  CDB,
  CDB_LENGTH,
  CONTINUE,
  FLAGS,
  INITIATOR_TASK_TAG,
} from '../wire/iscsi/bhs-offsets.js';
import { AsyncEvent, Opcode } from '../wire/iscsi/codes.js';
import { hasServiceAction, serviceActionOf } from '../wire/scsi/data/parts.js';
import { rejectedOnly, scrubCdb, scrubIsid, scrubUnknown, senseOnly } from './pdu-parts.js';
import type { Pseudonyms } from './pseudonyms.js';
import { keepsData, type ScsiKept, scrubData } from './scsi-scrub.js';
import type { StreamEdits } from './stream-edits.js';
import { type TextKept, TextScrub } from './text-scrub.js';

export interface PduKept extends ScsiKept, TextKept {
  readonly isids: boolean;
}

const ZEROS = new Uint8Array(4096);

/** Where the edits of a direction are, and the position of the direction's first byte. */
export interface DirectionEdits {
  readonly edits: StreamEdits;
  readonly base: number;
}

export class PduScrub implements PduSink {
  look: SessionQuery | undefined = undefined;
  pdus = 0;
  readonly #pseudonyms: Pseudonyms;
  readonly #kept: PduKept;
  readonly #editsOf: (pdu: Pdu) => DirectionEdits | undefined;
  readonly #texts: (TextScrub | undefined)[] = [];
  /** By direction: CDB of the task of the PDU under way. */
  readonly #cdbs: ({ cdb: Uint8Array; opcode: number; serviceAction: number } | undefined)[] = [];

  constructor(
    pseudonyms: Pseudonyms,
    kept: PduKept,
    editsOf: (pdu: Pdu) => DirectionEdits | undefined,
  ) {
    this.#pseudonyms = pseudonyms;
    this.#kept = kept;
    this.#editsOf = editsOf;
  }

  begin(pdu: Pdu): number {
    // What a Send Message holds is rewritten with its segments (fpdu-scrub.ts, roce-scrub.ts).
    if (pdu.iser !== undefined) return 0;
    const command = this.#commandOf(pdu);
    this.#cdbs[pdu.direction] = command;
    switch (pdu.opcode) {
      case Opcode.loginRequest:
      case Opcode.loginResponse:
      case Opcode.textRequest:
      case Opcode.textResponse:
      case Opcode.scsiResponse:
      case Opcode.asyncMessage:
      case Opcode.reject:
        return DATA_KEPT_MAX;
      default:
        break;
    }
    if (command !== undefined && keepsData(command.opcode)) return DATA_KEPT_MAX;
    // Data that is zeros in any case need not be waited for.
    const place = this.#editsOf(pdu);
    if (place !== undefined && !this.#hasDigests(pdu)) {
      this.#header(pdu, place);
      place.edits.decided(
        place.base + pdu.streamOffset + BHS_BYTES + pdu.ahsLength + this.#padded(pdu),
      );
    }
    return 0;
  }

  end(pdu: Pdu): void {
    this.pdus++;
    if (pdu.iser !== undefined) return;
    const place = this.#editsOf(pdu);
    if (place === undefined) return;
    const { edits, base } = place;
    let at = base + pdu.streamOffset;
    const header = this.#header(pdu, place);
    at += header.length;
    if (pdu.headerDigest !== DIGEST_NONE || this.#digests(pdu).header) {
      edits.put(
        at,
        this.#digest(pdu.headerDigestWord, pdu.headerDigestRight, crc32c(header, 0, header.length)),
      );
      at += 4;
    }
    const data = this.#data(pdu);
    edits.put(at, data);
    at += pdu.dataSegmentLength;
    const padding = pdu.paddingLength;
    at += padding;
    if (pdu.dataSegmentLength > 0 && (pdu.dataDigest !== DIGEST_NONE || this.#digests(pdu).data)) {
      const crc = zerosCrc(
        crc32c(data, 0, data.length),
        pdu.dataSegmentLength - data.length + padding,
      );
      edits.put(at, this.#digest(pdu.dataDigestWord, pdu.dataDigestRight, crc));
      at += 4;
    }
    if (pdu.complete) edits.decided(at);
  }

  lost(direction: number): void {
    this.#texts[direction]?.lost();
  }

  ended(): void {}

  /** The header and its AHS, as they become. */
  #header(pdu: Pdu, { edits, base }: DirectionEdits): Uint8Array {
    const header = new Uint8Array(BHS_BYTES + pdu.ahsLength);
    const captured = Math.min(pdu.headerCaptured, BHS_BYTES);
    header.set(pdu.bytes.subarray(pdu.at, pdu.at + captured));
    if (pdu.ahsKept > 0) header.set(pdu.ahs.subarray(0, pdu.ahsKept), BHS_BYTES);
    if (!this.#kept.isids) scrubIsid(header, captured, this.#pseudonyms);
    scrubCdb(header, captured, pdu.ahsKept);
    scrubUnknown(header, captured);
    edits.put(base + pdu.streamOffset, header);
    return header;
  }

  /** The first bytes of the data segment, as they become; zeros follow. */
  #data(pdu: Pdu): Uint8Array {
    const length = Math.min(pdu.dataKept, pdu.dataSegmentLength);
    if (length === 0) return new Uint8Array(0);
    const data = Uint8Array.from(pdu.data.subarray(0, length));
    switch (pdu.opcode) {
      case Opcode.loginRequest:
      case Opcode.loginResponse:
      case Opcode.textRequest:
      case Opcode.textResponse:
        this.#text(pdu, data);
        return data;
      case Opcode.scsiResponse:
        return senseOnly(data);
      case Opcode.asyncMessage:
        return get(pdu.view, pdu.at, asyncMessage.asyncEvent) === AsyncEvent.scsi
          ? senseOnly(data)
          : new Uint8Array(0);
      case Opcode.reject:
        // The header of what was rejected; of what followed it, nothing.
        return rejectedOnly(data, this.#pseudonyms, this.#kept.isids);
      default: {
        const command = this.#cdbs[pdu.direction];
        if (command === undefined || !this.#fromStart(pdu)) return new Uint8Array(0);
        const { cdb, opcode, serviceAction } = command;
        if (!keepsData(opcode)) return new Uint8Array(0);
        scrubData(data, length, cdb, opcode, serviceAction, this.#pseudonyms, this.#kept);
        return data;
      }
    }
  }

  #text(pdu: Pdu, data: Uint8Array): void {
    let text = this.#texts[pdu.direction];
    if (text === undefined) {
      text = new TextScrub(this.#pseudonyms, this.#kept);
      this.#texts[pdu.direction] = text;
    }
    // C of byte 1: the text goes on in the next PDU (RFC 7143 11.10.2, 11.12.2).
    const continues = (pdu.view.getUint8(pdu.at + FLAGS) & CONTINUE) !== 0;
    text.scrub(data, data.length, continues);
  }

  /** Data-In and Data-Out from the buffer's first byte on, or immediate data. */
  #fromStart(pdu: Pdu): boolean {
    if (pdu.opcode === Opcode.scsiCommand) return true;
    if (pdu.opcode !== Opcode.dataIn && pdu.opcode !== Opcode.dataOut) return false;
    return pdu.view.getUint32(pdu.at + BUFFER_OFFSET) === 0;
  }

  #commandOf(pdu: Pdu): { cdb: Uint8Array; opcode: number; serviceAction: number } | undefined {
    if (pdu.opcode === Opcode.scsiCommand) {
      const at = pdu.at + CDB;
      const cdb = Uint8Array.from(pdu.bytes.subarray(at, at + CDB_LENGTH));
      const opcode = cdb[0];
      return { cdb, opcode, serviceAction: hasServiceAction(opcode) ? serviceActionOf(cdb) : -1 };
    }
    if (pdu.opcode !== Opcode.dataIn && pdu.opcode !== Opcode.dataOut) return undefined;
    const tag = pdu.view.getUint32(pdu.at + INITIATOR_TASK_TAG);
    const open = this.look?.openTask(pdu.connection, tag);
    if (open === null || open === undefined || !open.task.commandSeen) return undefined;
    const { cdb, opcode } = open.task;
    return {
      cdb: Uint8Array.from(cdb.subarray(0, CDB_LENGTH)),
      opcode,
      serviceAction: serviceActionOf(cdb),
    };
  }

  #digests(pdu: Pdu): { header: boolean; data: boolean } {
    const story = this.look?.story(pdu.connection);
    const login = pdu.opcode === Opcode.loginRequest || pdu.opcode === Opcode.loginResponse;
    const on = !login && story !== undefined;
    return {
      header: on && story.headerDigest && pdu.headerDigest !== DIGEST_NONE,
      data: on && story.dataDigest && pdu.dataDigest !== DIGEST_NONE,
    };
  }

  #hasDigests(pdu: Pdu): boolean {
    const story = this.look?.story(pdu.connection);
    return story === undefined || story.headerDigest || story.dataDigest || !story.login;
  }

  /** Of what it covers now: as wrong as it was. */
  #digest(word: number, right: number, crc: number): Uint8Array {
    const made = (digestWord(crc) ^ word ^ right) >>> 0;
    return Uint8Array.of(made >>> 24, (made >>> 16) & 255, (made >>> 8) & 255, made & 255);
  }

  #padded(pdu: Pdu): number {
    return (pdu.dataSegmentLength + 3) & ~3;
  }
}

/** The CRC when `count` zeros follow. */
function zerosCrc(crc: number, count: number): number {
  let value = crc;
  for (let left = count; left > 0; left -= ZEROS.length) {
    value = crc32c(ZEROS, 0, Math.min(left, ZEROS.length), value);
  }
  return value;
}
