// hot: no allocation per packet
// Fibre Channel frames → links, ports, nexuses, exchanges, and the same tasks as iSCSI's. One frame is
// one `begin` and one `end`.

import { FC_PLACES_MAX } from '../../limits.js';
import { CHECK_BAD, type FcFrame, type FcSink } from '../../pdu/fc/frame.js';
import type { NexusWatch } from '../../scsi/nexus.js';
import type { OpenTask } from '../../scsi/open-task.js';
import { endTask } from '../../scsi/open-tasks.js';
import { Outcome } from '../../scsi/task.js';
import { Carrier } from '../../wire/fc/carriers.js';
import { Eof, Sof } from '../../wire/fc/codes.js';
import { optionalHeaderBytes } from '../../wire/fc/frame-header.js';
import {
  D_ID_WORD,
  DF_CTL,
  END_SEQUENCE,
  EXCHANGE_RESPONDER,
  F_CTL_WORD,
  IFCP_FLAGS,
  IFCP_SESSION,
  IFCP_TRANSPARENT,
  OX_ID,
  PORT_ID,
  RX_ID,
  S_ID_WORD,
  SEQ_CNT,
  SEQ_ID,
  virtualFabric,
} from '../../wire/fc/header-offsets.js';
import { FcKind, FcpIu } from '../../wire/fc/kinds.js';
import type { SessionTables } from '../tables.js';
import { linkFrameEnds } from './aborts.js';
import type { Exchange } from './exchange.js';
import { endAll, endsAsDue } from './exchanges.js';
import { fcpBegins, fcpEnds } from './fcp.js';
import { sessionControlEnds, specialFrameEnds } from './gateways.js';
import { nexusOf, openConnection } from './links.js';
import { type FcStory, type Seen, see, unseen } from './model.js';
import { type Ends, requestRejected, serviceFrameEnds } from './requests.js';
import { settleData } from './settle.js';
import { type FcConnectionState, FcTables, type NexusState } from './state.js';
import { taskEnds } from './task-calls.js';
import { transited } from './transit.js';

/** Payload wanted of link services, servers, and what is only named. */
const SERVICE_BYTES = 1024;
const NAME_BYTES = 12;
/** Without these bytes of the header nobody knows whose a frame is. */
const OWNER_END = RX_ID + 2;

/** Invariant: every exchange with an open task is in the table of one nexus. */
export class FcMachine implements FcSink, NexusWatch {
  readonly #tables: FcTables;

  constructor(book: SessionTables) {
    this.#tables = new FcTables(book, this);
  }

  story(): FcStory {
    return this.#tables.story;
  }

  begin(frame: FcFrame): number {
    const tables = this.#tables;
    tables.nowNs = frame.timeNs;
    tables.book.nowNs = frame.timeNs;
    const c = this.#connection(frame);
    const side = frame.direction & 1;
    frame.fromInitiator = false;
    frame.task = -1;
    frame.session = -1;
    c.facts.framesOf[side]++;
    c.facts.frames++;
    c.facts.payloadBytes[side] += frame.payloadLength;
    if (frame.special) return 0;
    switch (frame.kind & 0xf00) {
      case FcKind.fcp: {
        if (frame.headerCaptured < OWNER_END) return 0;
        const nexus = this.#nexus(c, frame, true);
        return fcpBegins(tables, c, nexus, frame, optionalBytes(frame));
      }
      case FcKind.els:
      case FcKind.fc4:
      case FcKind.ct:
        return SERVICE_BYTES;
      case FcKind.link:
      case FcKind.swIls:
        return NAME_BYTES;
      default:
        return 0;
    }
  }

  end(frame: FcFrame): void {
    const tables = this.#tables;
    const c = tables.captured.get(frame.connection) ?? tables.connections[frame.connection];
    if (c === undefined) return;
    const { facts, link } = c;
    facts.lastNs = frame.endNs;
    facts.lastFrame = frame.frameEnd;
    const { frames } = link.facts;
    frames.set(frame.kind, (frames.get(frame.kind) ?? 0) + 1);
    if (!frame.complete || (frame.headerCaptured < OWNER_END && !frame.special)) link.losses++;
    if (frame.faults !== 0 || frame.crc === CHECK_BAD || frame.eof < 0 || frame.eof > Eof.t) {
      damaged(c, frame);
    }
    if (frame.special) {
      specialFrameEnds(tables, c, frame);
      return;
    }
    if (frame.headerCaptured < OWNER_END) return;
    if (frame.carrier === Carrier.ifcp) {
      const flags = frame.view.getUint8(frame.encapsulationAt + IFCP_FLAGS);
      if ((flags & IFCP_SESSION) !== 0) {
        sessionControlEnds(tables, c, frame);
        return;
      }
      const mode = (flags & IFCP_TRANSPARENT) === 0 ? 0 : 1;
      if (facts.addressMode >= 0 && mode !== facts.addressMode) {
        see(facts.modeWrong, frame.frame, frame.timeNs);
      }
      if (c.bound === false) see(facts.outsideSession, frame.frame, frame.timeNs);
    }
    if (frame.carrier <= Carrier.ifcp) transited(c, frame);
    switch (frame.kind & 0xf00) {
      case FcKind.fcp:
        this.#fcpEnds(c, frame);
        break;
      case FcKind.link: {
        const nexus = this.#nexus(c, frame, false);
        if (nexus !== undefined) {
          belongs(nexus, frame, nexus.exchanges.get(frame.view.getUint16(frame.at + OX_ID)));
          linkFrameEnds(tables, c, nexus, frame);
        }
        requestRejected(c, frame, endsOf(c, frame));
        break;
      }
      case FcKind.els:
      case FcKind.fc4:
      case FcKind.ct:
        frame.session = this.#nexus(c, frame, false)?.session.story.id ?? -1;
        serviceFrameEnds(tables, c, frame, endsOf(c, frame));
        break;
    }
  }

  #fcpEnds(c: FcConnectionState, frame: FcFrame): void {
    const nexus = this.#nexus(c, frame, true);
    if (nexus === undefined) return;
    const oxId = frame.view.getUint16(frame.at + OX_ID);
    const isCommand = frame.kind === FcpIu.cmnd;
    // A response ends the exchange, so that it is noted before; a command begins it.
    const before = isCommand ? undefined : nexus.exchanges.get(oxId);
    if (before !== undefined) passed(before, frame);
    belongs(nexus, frame, before);
    const largest = nexus.facts.violations;
    if (frame.payloadLength > largest.payloadLargest) this.#larger(c, nexus, frame);
    fcpEnds(this.#tables, c, nexus, frame, optionalBytes(frame));
    if (!isCommand) return;
    const begun = nexus.exchanges.get(oxId);
    if (begun !== undefined) passed(begun, frame);
    belongs(nexus, frame, begun);
  }

  /** The largest frame so far: larger than what its receiver said it takes? */
  #larger(c: FcConnectionState, nexus: NexusState, frame: FcFrame): void {
    const { violations, initiator, target } = nexus.facts;
    violations.payloadLargest = frame.payloadLength;
    const fromTarget = (frame.view.getUint32(frame.at + F_CTL_WORD) & EXCHANGE_RESPONDER) !== 0;
    const limit = (fromTarget ? initiator : target).receiveDataFieldSize;
    if (limit === 0 || frame.payloadLength <= limit) return;
    violations.payloadLimit = limit;
    see(violations.payloadTooLarge, frame.frame, frame.timeNs);
    c.facts.lastFrame = frame.frameEnd;
  }

  lost(direction: number, bytes: number, timeNs: number, frame: number, absent: number): void {
    const c = this.#tables.connections[direction >> 1];
    if (c === undefined) return;
    // Bytes that nobody captured may have been whole frames: only those that were seen are none.
    if (absent > 0) return;
    const { facts } = c;
    see(facts.syncLost, frame, timeNs);
    facts.syncLostBytes += bytes;
    if (facts.syncPlaces.length < FC_PLACES_MAX) facts.syncPlaces.push({ frame, timeNs, bytes });
  }

  unframed(direction: number): void {
    const c = this.#tables.connections[direction >> 1];
    if (c !== undefined) c.link.losses++;
  }

  ended(direction: number, timeNs: number): void {
    const c = this.#tables.connections[direction >> 1];
    if (c === undefined) return;
    c.ended[direction & 1] = true;
    if (!c.ended[0] || !c.ended[1]) return;
    c.facts.endedNs = timeNs;
    let open = 0;
    for (const nexus of this.#tables.nexuses) {
      if (nexus.link === c.link) open += nexus.session.tasks.size;
    }
    c.facts.exchangesOpenAtEnd = open;
  }

  /** The capture is over: what is open stays open, or was lost with its link. */
  finish(): void {
    const tables = this.#tables;
    const left: { readonly nexus: NexusState; readonly exchange: Exchange }[] = [];
    for (const nexus of tables.nexuses) {
      for (const exchange of nexus.exchanges.values()) left.push({ nexus, exchange });
    }
    left.sort((a, b) => a.exchange.order - b.exchange.order);
    for (const { nexus, exchange } of left) {
      const closedNs = linkClosedNs(nexus);
      if (exchange.open !== null) settleData(nexus, exchange, exchange.open);
      if (endsAsDue(tables, nexus, exchange)) continue;
      if (closedNs < 0) taskEnds(tables, nexus, exchange, Outcome.open, -1, 0);
      else {
        const outcome = exchange.abort < 0 ? Outcome.lost : Outcome.aborted;
        taskEnds(tables, nexus, exchange, outcome, closedNs, 0);
      }
    }
    for (const nexus of tables.nexuses) endAll(tables, nexus, Outcome.open, -1, 0);
  }

  /** Exchanges end with their tasks (task-calls.ts); of what is open at the end `finish` tells. */
  taskEnds(): void {}
  taskEnded(): void {}

  captureEnds(open: OpenTask): void {
    endTask(this.#tables.book.tasks, open, Outcome.open, -1, 0);
  }

  #connection(frame: FcFrame): FcConnectionState {
    const tables = this.#tables;
    const id = frame.connection;
    if (id >= 0) {
      return tables.connections[id] ?? openConnection(tables, id, frame.carrier, frame.timeNs);
    }
    let c = tables.captured.get(id);
    if (c === undefined) {
      c = openConnection(tables, -1, frame.carrier, frame.timeNs);
      tables.captured.set(id, c);
    }
    return c;
  }

  /** Whose exchange the frame is: most are of the nexus of the last one. */
  #nexus(c: FcConnectionState, frame: FcFrame, make: boolean): NexusState | undefined {
    const { view, at } = frame;
    const side = frame.direction & 1;
    const source = view.getUint32(at + S_ID_WORD) & PORT_ID;
    const destination = view.getUint32(at + D_ID_WORD) & PORT_ID;
    const responds = (view.getUint32(at + F_CTL_WORD) & EXCHANGE_RESPONDER) !== 0;
    if (
      frame.extendedBytes === 0 &&
      c.lastSource[side] === source &&
      c.lastDestination[side] === destination &&
      c.lastResponds[side] === responds
    ) {
      return c.lastNexus[side];
    }
    const sides = frame.carrier === Carrier.ifcp;
    const from = sides ? side : source;
    const to = sides ? 1 - side : destination;
    const fabric = fabricOf(frame);
    const nexus = responds
      ? nexusOf(this.#tables, c, fabric, to, from, make, destination, source)
      : nexusOf(this.#tables, c, fabric, from, to, make, source, destination);
    if (frame.extendedBytes > 0 || nexus === undefined) return nexus;
    c.lastSource[side] = source;
    c.lastDestination[side] = destination;
    c.lastResponds[side] = responds;
    c.lastNexus[side] = nexus;
    return nexus;
  }
}

/** For those who list frames: whose session's it is, and which command's. */
function belongs(nexus: NexusState, frame: FcFrame, exchange: Exchange | undefined): void {
  frame.session = nexus.session.story.id;
  frame.fromInitiator = (frame.view.getUint32(frame.at + F_CTL_WORD) & EXCHANGE_RESPONDER) === 0;
  const open = exchange?.open;
  if (open?.told === true && open.order === exchange?.order) frame.task = open.task.number;
}

/** A frame of the exchange: its place among the sequences. */
function passed(exchange: Exchange, frame: FcFrame): void {
  const { view, at } = frame;
  exchange.lastKind = frame.kind;
  exchange.lastFrame = frame.frame;
  exchange.lastNs = frame.timeNs;
  const fCtl = view.getUint32(at + F_CTL_WORD);
  const sequences =
    (fCtl & EXCHANGE_RESPONDER) !== 0 ? exchange.fromResponder : exchange.fromOriginator;
  const cnt = view.getUint16(at + SEQ_CNT);
  const { sof } = frame;
  const first = sof > 0 ? sof === Sof.i3 || sof === Sof.i2 || sof === 0x29 : cnt === 0;
  const last = (fCtl & END_SEQUENCE) !== 0;
  sequences.take(view.getUint8(at + SEQ_ID), cnt, first, last, frame.frame, frame.timeNs);
}

function optionalBytes(frame: FcFrame): number {
  const dfCtl = frame.view.getUint8(frame.at + DF_CTL);
  return dfCtl === 0 ? 0 : optionalHeaderBytes(dfCtl);
}

/** The virtual fabric that a VFT header names, 0 without. */
function fabricOf(frame: FcFrame): number {
  if (frame.extendedBytes === 0) return 0;
  return virtualFabric(frame.view, frame.at - frame.extendedBytes, frame.extendedBytes);
}

function endsOf(c: FcConnectionState, frame: FcFrame): Ends {
  const fromId = frame.view.getUint32(frame.at + S_ID_WORD) & PORT_ID;
  const toId = frame.view.getUint32(frame.at + D_ID_WORD) & PORT_ID;
  const side = frame.direction & 1;
  const sides = c.facts.carrier === Carrier.ifcp;
  return { from: sides ? side : fromId, to: sides ? 1 - side : toId, fromId, toId };
}

/** What is wrong with a frame as it stands: by kind, counted. */
function damaged(c: FcConnectionState, frame: FcFrame): void {
  const { facts } = c;
  if (frame.crc === CHECK_BAD) see(facts.crcBad, frame.frame, frame.timeNs);
  if (frame.eof < 0) see(facts.eofBad, frame.frame, frame.timeNs);
  else if (frame.eof === Eof.ni || frame.eof === Eof.a || frame.eof >= 0x4e) {
    see(facts.eofInvalid, frame.frame, frame.timeNs);
  }
  for (let bit = 1; bit <= frame.faults; bit *= 2) {
    if ((frame.faults & bit) === 0) continue;
    let seen: Seen | undefined = facts.faults.get(bit);
    if (seen === undefined) {
      seen = unseen();
      facts.faults.set(bit, seen);
    }
    see(seen, frame.frame, frame.timeNs);
  }
}

/** When the last TCP connection of the nexus' link was closed; -1 where one is open, or there is none. */
function linkClosedNs(nexus: NexusState): number {
  let ns = -1;
  for (const { connection, endedNs } of nexus.link.facts.connections) {
    if (connection === undefined) return -1;
    if (connection.closedHow !== 'fin' && connection.closedHow !== 'rst') return -1;
    if (endedNs > ns) ns = endedNs;
  }
  return ns;
}
