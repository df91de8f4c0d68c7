// hot: no allocation per packet
// iSER (RFC 7145): iSCSI whose data moves by RDMA. The PDUs in its Send Messages are iSCSI's (session/
// iscsi); here the buffers that commands advertise are tied to the data placed into them (RDMA Write,
// 7.3.5) and asked of them (RDMA Read, 7.3.6), which drive the same task as Data-In and R2T do.

import type { Pdu } from '../../pdu/pdu.js';
import type {
  IserHeader,
  IserHello,
  RdmaFault,
  RdmaPiece,
  RdmaSink,
  RdmaStart,
  RdmaTerminate,
} from '../../pdu/rdma/events.js';
import { RdmaKind } from '../../pdu/rdma/events.js';
import type { OpenTask } from '../../scsi/open-task.js';
import { EXPECTED_LENGTH, INITIATOR_TASK_TAG, TAG_END } from '../../wire/iscsi/bhs-offsets.js';
import { Opcode } from '../../wire/iscsi/codes.js';
import type { ConnectionState, IscsiTables } from '../iscsi/state.js';
import { initiatorWhole } from '../iscsi/transfer/unmatched.js';
import { problem } from '../iscsi/violations/violations.js';
import { Buffers } from './buffers.js';
import { newRdmaFacts, type RdmaFacts, type RdmaFaultKind, type RoceCounts } from './facts.js';
import { beyondBuffer, stagEnded, stagUnknown, wrongInvalidate } from './faults.js';
import {
  dataPlaced,
  dataPlacedEnds,
  readAnswered,
  readAnsweredEnds,
  readRequested,
} from './transfer.js';

/** Frames kept of a kind of fault. */
const FAULT_FRAMES = 20;
/** Terminates listed of a connection: it ends with the first (RFC 5040 7). */
const TERMINATES_MAX = 8;

/** Faults that wait for what the initiator sends next. */
const SUSPECTED_MAX = 16;

interface Suspected {
  readonly kind: RdmaFaultKind;
  readonly stag: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly text: string;
}

/** What the machine remembers of one connection. */
class IserConnection {
  readonly facts: RdmaFacts;
  readonly buffers = new Buffers();
  /** The task of the piece under way in each direction, and its order at that time. */
  readonly open: (OpenTask | null)[] = [null, null];
  readonly order = [0, 0];
  /** RDMA Reads whose data has not all come, and since when they are as many as may be (-1: not so). */
  readsOut = 0;
  fullSinceNs = -1;

  suspected: Suspected[] = [];

  constructor(facts: RdmaFacts) {
    this.facts = facts;
  }
}

export class IserMachine implements RdmaSink {
  private readonly book: IscsiTables;
  private readonly connections: (IserConnection | undefined)[] = [];

  constructor(book: IscsiTables) {
    this.book = book;
  }

  /** A connection of RoCE is known: it is no TCP connection, and counts for itself. */
  roce(connection: number, counts: RoceCounts): void {
    const facts = newRdmaFacts('RoCEv2');
    facts.roce = counts;
    this.connections[connection] = new IserConnection(facts);
  }

  /** A PDU came in a Send Message: what its iSER header says. After the session stage's `begin`. */
  sent(c: ConnectionState, pdu: Pdu): void {
    const of = this.of(c.number);
    of.facts.sends++;
    c.story.rdma ??= of.facts;
    if (c.session !== undefined) c.session.story.protocol = 'iser';
    const iser = pdu.iser;
    if (iser === undefined) return;
    if (iser.invalidates) this.invalidated(c, of, pdu, iser.invalidateStag);
    const open = c.outTask;
    if (pdu.opcode === Opcode.scsiCommand && open !== null) this.advertised(of, open, pdu, iser);
    // What it advertises may have been captured late, behind the data that came to it.
    if (pdu.fromInitiator && of.suspected.length > 0) this.settle(c, of);
  }

  private advertised(of: IserConnection, open: OpenTask, pdu: Pdu, iser: IserHeader): void {
    const t = open.task;
    // What the header does not tell, because it was cut, bounds nothing.
    const told = pdu.headerCaptured >= EXPECTED_LENGTH + 4;
    const length = told ? t.expectedLength : Number.POSITIVE_INFINITY;
    // Of a bidirectional command an AHS says it, which comes later.
    const read = t.writes ? Number.POSITIVE_INFINITY : length;
    if (iser.readStagValid) {
      of.buffers.advertise(iser.readStag, iser.readHigh, iser.readLow, open, true, read);
    }
    if (iser.writeStagValid) {
      const { writeStag, writeHigh, writeLow } = iser;
      of.buffers.advertise(writeStag, writeHigh, writeLow, open, false, length);
    }
  }

  pieceBegins(piece: RdmaPiece): number {
    const of = this.of(piece.connection);
    const side = piece.direction & 1;
    of.open[side] = null;
    piece.task = -1;
    piece.session = -1;
    this.count(of, piece);
    const c = this.book.connections[piece.connection];
    if (c === undefined || c.session === undefined || piece.kind === RdmaKind.other) return 0;
    if (piece.length === 0 && piece.kind === RdmaKind.write) return 0; // RFC 6581 9.2: ready to receive
    piece.fromInitiator = side === c.story.initiatorDirection;
    piece.session = c.story.session;
    const open = this.taskOf(c, of, piece);
    if (open === null) return 0;
    if (open.told) piece.task = open.task.number;
    of.open[side] = open;
    of.order[side] = open.order;
    if (piece.kind === RdmaKind.write) return dataPlaced(c, open, piece);
    if (piece.kind === RdmaKind.readData) readAnswered(c, open, piece);
    return 0;
  }

  pieceEnds(piece: RdmaPiece): void {
    const side = piece.direction & 1;
    const of = this.connections[piece.connection];
    if (of === undefined) return;
    const open = of.open[side];
    of.open[side] = null;
    if (open === null || open.order !== of.order[side] || !open.open) return;
    const c = this.book.connections[piece.connection];
    if (c === undefined || c.session === undefined) return;
    this.book.shared.nowNs = piece.timeNs;
    if (piece.kind === RdmaKind.write) dataPlacedEnds(c, c.session, open, piece);
    else if (piece.kind === RdmaKind.readData) readAnsweredEnds(c, open, piece);
    else readRequested(c, open, piece);
  }

  started(start: RdmaStart): void {
    const { facts } = this.of(start.connection);
    if (start.reply) facts.reply = start;
    else facts.request = start;
    const story = this.book.connections[start.connection]?.story;
    if (story !== undefined) story.rdma ??= facts;
  }

  hello(hello: IserHello): void {
    const { facts } = this.of(hello.connection);
    facts.sends++;
    if (hello.reply) facts.helloReply = hello;
    else facts.hello = hello;
  }

  terminated(terminate: RdmaTerminate): void {
    const of = this.of(terminate.connection);
    if (of.facts.terminates.length >= TERMINATES_MAX) return;
    const victim =
      terminate.victimStag === undefined ? undefined : of.buffers.of(terminate.victimStag);
    of.facts.terminates.push({ ...terminate, initiatorTaskTag: victim?.initiatorTaskTag });
  }

  fellBack(connection: number): void {
    const { facts } = this.of(connection);
    facts.fellBack = true;
    const story = this.book.connections[connection]?.story;
    if (story !== undefined) story.rdma ??= facts;
  }

  fault(direction: number, fault: RdmaFault, frame: number, timeNs: number, text: string): void {
    this.note(direction >> 1, fault, frame, timeNs, text);
  }

  /** Nothing of the connection is needed any more. */
  forget(connection: number): void {
    this.connections[connection] = undefined;
  }

  /** Every connection that carried RDMA, or was to, by number. */
  all(): { readonly connection: number; readonly facts: RdmaFacts }[] {
    const found: { connection: number; facts: RdmaFacts }[] = [];
    for (const [connection, of] of this.connections.entries()) {
      if (of !== undefined) found.push({ connection, facts: of.facts });
    }
    return found;
  }

  /** The capture is over. */
  finish(): void {
    for (const [id, of] of this.connections.entries()) {
      const c = this.book.connections[id];
      if (of !== undefined && c !== undefined && of.suspected.length > 0) this.settle(c, of);
    }
  }

  /** Counts what is wrong, and keeps the first sentence of each kind. */
  note(connection: number, kind: RdmaFaultKind, frame: number, timeNs: number, text: string): void {
    const { faults } = this.of(connection).facts;
    const known = faults.get(kind);
    if (known === undefined) {
      faults.set(kind, { count: 1, frames: [frame], firstNs: timeNs, lastNs: timeNs, text });
    } else {
      known.count++;
      known.lastNs = timeNs;
      if (known.frames.length < FAULT_FRAMES) known.frames.push(frame);
    }
    const c = this.book.connections[connection];
    const how = kind === 'crc' ? 'digest-bad' : 'protocol-odd';
    if (c !== undefined) problem(this.book, how, c, frame, text);
  }

  private of(connection: number): IserConnection {
    let of = this.connections[connection];
    if (of === undefined) {
      of = new IserConnection(newRdmaFacts('iWARP'));
      this.connections[connection] = of;
    }
    return of;
  }

  private count(of: IserConnection, piece: RdmaPiece): void {
    const { facts } = of;
    if (piece.kind === RdmaKind.write) {
      if (piece.first) facts.writes++;
      facts.writeBytes += piece.length;
    } else if (piece.kind === RdmaKind.readRequest) {
      facts.reads++;
      of.readsOut++;
      if (of.readsOut > facts.readsOutstandingMax) facts.readsOutstandingMax = of.readsOut;
      if (of.readsOut === depthOf(facts)) {
        of.fullSinceNs = piece.endNs;
        if (facts.starvedFrame === 0) facts.starvedFrame = piece.frame;
      }
    } else if (piece.kind === RdmaKind.readData) {
      facts.readBytes += piece.length;
      if (!piece.last || of.readsOut === 0) return;
      if (of.readsOut === depthOf(facts) && of.fullSinceNs >= 0) {
        facts.starvedNs += Math.max(0, piece.timeNs - of.fullSinceNs);
        facts.starvedTimes++;
      }
      of.fullSinceNs = -1;
      of.readsOut--;
    }
  }

  /** Whose buffer the piece is for; null where no open task's. */
  private taskOf(c: ConnectionState, of: IserConnection, piece: RdmaPiece): OpenTask | null {
    if (!piece.stagKnown) return null;
    const buffer = of.buffers.of(piece.stag);
    if (buffer === undefined) {
      if (piece.kind !== RdmaKind.readData && this.wholeSince(c)) {
        this.suspect(of, piece, 'stag-unknown', stagUnknown(piece));
      }
      return null;
    }
    if (!buffer.alive) {
      if (piece.kind !== RdmaKind.readData && this.wholeSince(c)) {
        this.suspect(of, piece, 'stag-ended', stagEnded(piece, buffer));
      }
      return null;
    }
    const offset = buffer.offsetOf(piece.offsetHigh, piece.offsetLow);
    piece.bufferOffset = offset;
    const beyond = offset < 0 || offset + piece.length > buffer.length;
    // Where boundaries were lost since, what is read may be none.
    const sure = c.targetLosses === 0 && c.initiatorLosses === 0;
    if (beyond && sure && piece.kind !== RdmaKind.readData && buffer.open!.task.commandSeen) {
      this.note(c.number, 'beyond-buffer', piece.frame, piece.timeNs, beyondBuffer(piece, buffer));
    }
    return buffer.open;
  }

  /** Said once it is sure that no command of the initiator is missing before it. */
  private suspect(of: IserConnection, piece: RdmaPiece, kind: RdmaFaultKind, text: string): void {
    const { stag, frame, timeNs } = piece;
    if (of.suspected.length < SUSPECTED_MAX) {
      of.suspected.push({ kind, stag, frame, timeNs, text });
    }
  }

  /** The initiator has said something more, or the capture is over: a hole before it would have shown. */
  private settle(c: ConnectionState, of: IserConnection): void {
    const suspected = of.suspected;
    of.suspected = [];
    if (!this.wholeSince(c)) return;
    for (const s of suspected) {
      if (of.buffers.of(s.stag)?.alive) continue;
      this.note(c.number, s.kind, s.frame, s.timeNs, s.text);
    }
  }

  /** The login was captured, and nothing of the initiator is missing since: all its buffers are known. */
  private wholeSince(c: ConnectionState): boolean {
    return c.session?.story.loginSeen === true && initiatorWhole(c);
  }

  /** RFC 7145 7.3.2: the STag that a response invalidates is one of its own command. */
  private invalidated(c: ConnectionState, of: IserConnection, pdu: Pdu, stag: number): void {
    const buffer = of.buffers.of(stag);
    const tag = pdu.view.getUint32(pdu.at + INITIATOR_TASK_TAG);
    if (buffer === undefined || pdu.opcode !== Opcode.scsiResponse || pdu.headerCaptured < TAG_END)
      return;
    if (buffer.initiatorTaskTag === tag || !this.wholeSince(c) || c.targetLosses > 0) return;
    this.note(c.number, 'wrong-invalidate', pdu.frame, pdu.timeNs, wrongInvalidate(tag, buffer));
  }
}

/** RDMA Reads that the target may have outstanding, as it said (RFC 7145 9.4, RFC 6581 9.1); -1 unknown. */
function depthOf(facts: RdmaFacts): number {
  return facts.helloReply?.depth ?? facts.reply?.ord ?? -1;
}
