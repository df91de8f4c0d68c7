// One PDU decoded again from the packets that the index points to, without reading all that came
// before: what a PDU means depends on its command, on what its parameter data began with, and on the
// login's text before it; the kept columns have the one and lead to the other two. Where that is not
// enough (packed files, pipes, PDUs whose end is not known) there is no answer, and the capture is
// read from its start instead (pdu-details.ts). Both say the same: test/case/reread.test.ts compares them.

import { packetsFrom } from '../capture/packets-from.js';
import { type PduPart, pduParts } from '../decode/octets.js';
import { hasUserData, PduReader } from '../decode/pdu-reader.js';
import { hasText } from '../decode/text-reader.js';
import { PduConnection } from '../pdu/iscsi/connection.js';
import { MessageProtocol } from '../pdu/message-codes.js';
import { DIGEST_NONE, type Pdu, type PduSink } from '../pdu/pdu.js';
import { OpenTask } from '../scsi/open-task.js';
import type { SessionQuery } from '../session/session-query.js';
import { makeTaskRow } from '../store/task-store.js';
import { Opcode } from '../wire/iscsi/codes.js';
import type { Node } from '../wire/tree.js';
import { Stretch } from './byte-range.js';
import type { Case } from './case.js';

/** PDUs that one depends on: parameter data takes a few, a login's text some tens. */
const BEFORE_MAX = 256;
/** What is read for one PDU beside its own bytes: it is done while a key waits. */
const BYTES_MAX = 24 << 20;
/** Bytes that came before the first one (which was sent again) are looked for so many PDUs before. */
const EARLIER = 64;
/** Where data was sent again the packets that filled it come later. */
const PACKETS_LATER = 4096;

/** Where a packet's bytes at an offset of one of the files are found again; undefined: nowhere. */
export type PlaceOf = (
  file: number,
  offset: number,
) => { readonly path: string; readonly offset: number } | undefined;

/** A PDU, decoded in full. */
export interface PduDetail {
  readonly tree: readonly Node[];
  readonly parts: readonly PduPart[];
}

export class Again {
  readonly #kase: Case;
  readonly #placeOf: PlaceOf;
  readonly #showSecrets: boolean;

  constructor(kase: Case, placeOf: PlaceOf, showSecrets = false) {
    this.#kase = kase;
    this.#placeOf = placeOf;
    this.#showSecrets = showSecrets;
  }

  /** undefined where it cannot be told this way. Never throws. */
  read(row: number): PduDetail | undefined {
    const rows = this.#neededFor(row);
    if (rows === undefined) return undefined;
    let found: PduDetail | undefined;
    let wanted = -1;
    const reader = new PduReader({
      details: true,
      showSecrets: this.#showSecrets,
      wanted: () => wanted === row,
      take: (facts) => {
        found = { tree: facts.tree(), parts: pduParts(facts, this.#showSecrets) };
      },
    });
    reader.look(this.#lookAt(() => wanted));
    try {
      for (wanted of rows) if (!this.#feed(wanted, reader)) return undefined;
    } catch {
      // The file is gone, or became another one: reading it from its start says so.
      return undefined;
    }
    return found;
  }

  /** Rows whose PDUs are to be passed on, in their order, the one itself last. */
  #neededFor(row: number): readonly number[] | undefined {
    const { pdus } = this.#kase;
    const needed: number[] = [];
    // Messages of other protocols are read with all that came before them.
    if (pdus.protocol(row) !== MessageProtocol.iscsi) return undefined;
    const task = pdus.task(row);
    if (hasText(pdus.opcode(row))) {
      const connection = pdus.connection(row);
      for (let p = pdus.first; p < row; p++) {
        if (hasText(pdus.opcode(p)) && pdus.connection(p) === connection) needed.push(p);
      }
    } else if (task >= 0 && isData(pdus.opcode(row)) && !this.#hasUserData(task)) {
      for (let p = pdus.firstOf(task); p >= 0 && p < row; p = pdus.next(p)) {
        if (isData(pdus.opcode(p))) needed.push(p);
      }
    }
    needed.push(row);
    const all = needed.length <= BEFORE_MAX && needed.every((p) => pdus.framed(p));
    return all ? needed : undefined;
  }

  #hasUserData(task: number): boolean {
    const row = makeTaskRow();
    this.#kase.tasks.read(task, row);
    return hasUserData(row);
  }

  /** Answers about the task of the PDU under way as the session stage did when it passed. */
  #lookAt(now: () => number): SessionQuery {
    const { pdus, tasks, look } = this.#kase;
    const open = new OpenTask();
    const row = makeTaskRow();
    return {
      openTask: (_connection, tag) => {
        const task = pdus.task(now());
        if (task < 0) return null;
        tasks.read(task, row);
        if (row.tag !== tag) return null;
        Object.assign(open.task, row);
        open.order = task;
        open.open = true;
        return open;
      },
      asked: () => undefined,
      answered: () => undefined,
      story: (connection) => look?.story(connection),
      session: (id) => look?.session(id),
      connection: (id) => look?.connection(id),
      nowNs: () => pdus.timeNs(now()),
    };
  }

  /** Passes one PDU on; false where it could not be put together, or is not what was seen. */
  #feed(row: number, reader: PduReader): boolean {
    const stretch = this.#bytesOf(row);
    if (stretch === undefined) return false;
    const { pdus } = this.#kase;
    const direction = pdus.direction(row);
    const sink = new Expected(reader, pdus.opcode(row), dataLength(this.#kase, row));
    const connection = new PduConnection(direction >> 1, sink, undefined);
    connection.setInitiator((direction & 1) ^ (pdus.fromInitiator(row) ? 0 : 1));
    connection.shared.setDigests(
      pdus.headerDigest(row) !== DIGEST_NONE,
      pdus.dataDigest(row) !== DIGEST_NONE,
    );
    const framer = connection.directions[direction & 1];
    const frame = pdus.frame(row);
    const timeNs = pdus.timeNs(row);
    framer.startAt(0, true);
    stretch.tell({
      there: (bytes, view, at, length) =>
        framer.data(bytes, view, at, length, timeNs, frame, timeNs),
      gap: (length, kind) => framer.gap(length, kind, timeNs, frame, timeNs),
    });
    return sink.told === 1 && !sink.strange;
  }

  #bytesOf(row: number): Stretch | undefined {
    const { pdus, look } = this.#kase;
    const connection = look?.story(pdus.connection(row))?.connection;
    if (connection === undefined) return undefined;
    const wish = {
      connection,
      fromA: (pdus.direction(row) & 1) === 0,
      position: pdus.position(row),
      dataLength: dataLength(this.#kase, row),
      headerDigest: pdus.headerDigest(row) !== DIGEST_NONE,
      dataDigest: pdus.dataDigest(row) !== DIGEST_NONE,
    };
    const packets = Math.abs(pdus.frameEnd(row) - pdus.frame(row)) + PACKETS_LATER;
    for (const from of [row, Math.max(Math.min(row, pdus.first), row - EARLIER)]) {
      const stretch = new Stretch(wish);
      if (this.#fill(stretch, from, pdus.file(row), packets)) return stretch;
      if (stretch.contradicts) return undefined;
      // Some of it was in no packet.
      if (from !== row && !pdus.seen(row) && stretch.hasHeader) return stretch;
    }
    return undefined;
  }

  /** Reads on from the first packet of a PDU until all is there. */
  #fill(stretch: Stretch, from: number, file: number, packets: number): boolean {
    const { pdus } = this.#kase;
    const offset = pdus.fileOffset(from);
    if (offset < 0 || pdus.file(from) !== file) return false;
    let left = packets;
    let bytes = 0;
    const place = this.#placeOf(file, offset);
    if (place === undefined) return false;
    packetsFrom(place.path, place.offset, (packet) => {
      stretch.packet(packet);
      bytes += packet.capturedLength;
      return !stretch.done && --left > 0 && bytes < BYTES_MAX;
    });
    return stretch.done && !stretch.contradicts;
  }
}

/** PDUs that may carry parameter data, which is joined. */
function isData(opcode: number): boolean {
  return opcode === Opcode.dataIn || opcode === Opcode.dataOut || opcode === Opcode.scsiCommand;
}

/** An R2T's row has the bytes that it asks for: it brings none itself. */
function dataLength({ pdus }: Case, row: number): number {
  return pdus.opcode(row) === Opcode.r2t ? 0 : pdus.length(row);
}

/** Passes a PDU on, and sees whether it is the one that the index has. */
class Expected implements PduSink {
  told = 0;
  strange = false;
  readonly #reader: PduReader;
  readonly #opcode: number;
  readonly #length: number;

  constructor(reader: PduReader, opcode: number, length: number) {
    this.#reader = reader;
    this.#opcode = opcode;
    this.#length = length;
  }

  begin(pdu: Pdu): number {
    if (pdu.opcode !== this.#opcode || pdu.dataSegmentLength !== this.#length) this.strange = true;
    return this.#reader.begin(pdu);
  }

  end(pdu: Pdu): void {
    this.told++;
    this.#reader.end(pdu);
  }

  lost(): void {
    this.strange = true;
  }

  ended(): void {}
}
