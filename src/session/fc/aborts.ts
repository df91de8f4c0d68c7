// What ends an exchange otherwise: ABTS and its answers, rejects and busies of class 2 (FC-FS). And
// what was missing when it was aborted. Not for the hot road.

import { FC_ABORTS_MAX } from '../../limits.js';
import type { FcFrame } from '../../pdu/fc/frame.js';
import { Outcome } from '../../scsi/task.js';
import { baRjt } from '../../wire/fc/basic-link-service.js';
import { RCtl } from '../../wire/fc/codes.js';
import {
  EXCHANGE_RESPONDER,
  F_CTL_WORD,
  OX_ID,
  PARAMETER,
  R_CTL,
} from '../../wire/fc/header-offsets.js';
import { rejectParameter } from '../../wire/fc/link-control.js';
import { get, hex } from '../../wire/field.js';
import type { Exchange } from './exchange.js';
import { endedEarly, exchangeOver } from './exchanges.js';
import { type FcAbort, type FcMissing, see } from './model.js';
import { settleData } from './settle.js';
import type { FcConnectionState, FcTables, NexusState } from './state.js';
import { taskEnds } from './task-calls.js';
import { abortIsAnswered, abortIsAsked } from './task-management.js';

/** Aborted commands of a nexus of which a repeat is sought. */
const ABORTED_MAX = 32;

/** A basic link service or link control frame of a nexus. */
export function linkFrameEnds(
  tables: FcTables,
  c: FcConnectionState,
  nexus: NexusState,
  frame: FcFrame,
): void {
  const { view, at } = frame;
  const oxId = view.getUint16(at + OX_ID);
  const exchange = nexus.exchanges.get(oxId);
  switch (view.getUint8(at + R_CTL)) {
    case RCtl.abts:
      // Parameter bit 0: only the sequence is aborted.
      if ((view.getUint32(at + PARAMETER) & 1) === 0) abortAsked(tables, c, nexus, exchange, frame);
      break;
    case RCtl.baAcc:
      abortAnswered(tables, nexus, oxId, exchange, frame, true);
      break;
    case RCtl.baRjt:
      abortAnswered(tables, nexus, oxId, exchange, frame, false);
      break;
    case RCtl.pRjt:
    case RCtl.fRjt:
      rejected(tables, nexus, exchange, frame);
      break;
    case RCtl.pBsy:
    case RCtl.fBsyData:
      see(nexus.facts.violations.busies, frame.frame, frame.timeNs);
      if (exchange !== undefined) exchange.busy = true;
      break;
  }
}

function abortAsked(
  tables: FcTables,
  c: FcConnectionState,
  nexus: NexusState,
  exchange: Exchange | undefined,
  frame: FcFrame,
): void {
  // Of an exchange that is not known nobody can say what it was: a link service's, or one that is over.
  if (exchange === undefined || exchange.open === null) return;
  const { aborts } = tables.story;
  if (aborts.length >= FC_ABORTS_MAX) {
    tables.story.dropped++;
    return;
  }
  const responds = (frame.view.getUint32(frame.at + F_CTL_WORD) & EXCHANGE_RESPONDER) !== 0;
  const { initiator, target } = nexus.facts;
  const t = exchange?.open?.task;
  const abort: FcAbort = {
    session: nexus.facts.session,
    link: nexus.facts.link,
    connection: c.facts.id,
    from: responds ? target.id : initiator.id,
    to: responds ? initiator.id : target.id,
    oxId: frame.view.getUint16(frame.at + OX_ID),
    frame: frame.frame,
    timeNs: frame.timeNs,
    commandFrame: t?.commandFrame ?? 0,
    commandNs: t?.commandNs ?? -1,
    operation: t?.operation ?? -1,
    lastKind: exchange?.lastKind ?? -1,
    lastFrame: exchange?.lastFrame ?? 0,
    lastNs: exchange?.lastNs ?? -1,
    missing: missingOf(nexus, exchange),
    recFrame: exchange?.recFrame ?? 0,
    answer: '',
    answerFrame: 0,
    answerNs: -1,
    reason: 0,
    explanation: 0,
    repeatedFrame: 0,
  };
  if (exchange !== undefined) exchange.abort = aborts.length;
  aborts.push(abort);
  if (t !== undefined) abortIsAsked(c, nexus, exchange, t, frame);
  if (t === undefined || t.cdbLength === 0) return;
  if (nexus.aborted.length >= ABORTED_MAX) nexus.aborted.shift();
  nexus.aborted.push({ abort, command: commandKey(t.lunHigh, t.lunLow, t.cdb, t.cdbLength) });
}

/** What the exchange waited for when it was aborted. */
function missingOf(nexus: NexusState, exchange: Exchange | undefined): FcMissing {
  const none = { frames: 0, bytes: 0, fromOffset: 0 };
  const open = exchange?.open;
  if (exchange === undefined || open === null || open === undefined) {
    return { what: 'nothing', ...none, captureLost: nexus.link.losses > 0 };
  }
  const t = open.task;
  const captureLost = exchange.lossesAtStart !== nexus.link.losses;
  const inEnd = exchange.inRanges.end();
  const inLack = exchange.inRanges.missing(inEnd);
  const outLack = exchange.outRanges.missing(exchange.outRanges.end());
  const frames = exchange.fromResponder.lackingNow() + exchange.fromOriginator.lackingNow();
  if (inLack > 0) {
    const fromOffset = exchange.inRanges.firstHole();
    return { what: 'frames', frames, bytes: inLack, fromOffset, captureLost };
  }
  if (open.r2tCount > 0 || outLack > 0) {
    const i = 0;
    const got = open.r2tCount > 0 ? open.r2tGot[i] : 0;
    const asked = open.r2tCount > 0 ? open.r2tDesired[i] : outLack;
    const from = open.r2tCount > 0 ? open.r2tOffset[i] + got : exchange.outRanges.firstHole();
    return { what: 'burst', frames, bytes: asked - got, fromOffset: from, captureLost };
  }
  if (t.writes && t.r2ts === 0 && t.dataOutBytes === 0 && t.expectedLength > 0) {
    return { what: 'transfer ready', ...none, captureLost };
  }
  const read = t.reads && !t.writes && t.dataInBytes > 0 && t.dataInBytes < t.expectedLength;
  if (read) {
    const bytes = t.expectedLength - t.dataInBytes;
    return { what: 'data', frames, bytes, fromOffset: inEnd, captureLost };
  }
  return { what: 'response', ...none, captureLost };
}

function abortAnswered(
  tables: FcTables,
  nexus: NexusState,
  oxId: number,
  exchange: Exchange | undefined,
  frame: FcFrame,
  accepted: boolean,
): void {
  const abort = tables.story.aborts.findLast(
    (a) => a.session === nexus.facts.session && a.oxId === oxId && a.answer === '',
  );
  if (abort !== undefined) {
    abort.answer = accepted ? 'BA_ACC' : 'BA_RJT';
    abort.answerFrame = frame.frameEnd;
    abort.answerNs = frame.endNs;
    if (!accepted && frame.dataKept >= 4) {
      abort.reason = get(frame.dataView, 0, baRjt.reason);
      abort.explanation = get(frame.dataView, 0, baRjt.explanation);
    }
  }
  if (exchange !== undefined) abortIsAnswered(exchange, accepted, frame);
  if (!accepted || exchange === undefined) return;
  if (exchange.open !== null) settleData(nexus, exchange, exchange.open);
  taskEnds(tables, nexus, exchange, Outcome.aborted, frame.endNs, frame.frameEnd);
  exchangeOver(tables, nexus, exchange);
  endedEarly(nexus, oxId);
}

function rejected(
  tables: FcTables,
  nexus: NexusState,
  exchange: Exchange | undefined,
  frame: FcFrame,
): void {
  const { violations } = nexus.facts;
  see(violations.rejects, frame.frame, frame.timeNs);
  violations.lastReject = {
    kind: frame.kind,
    reason: get(frame.view, frame.at, rejectParameter.reason),
  };
  const t = exchange?.open?.task;
  if (exchange === undefined || t === undefined) return;
  // A frame of data that is rejected does not end the command: what follows does.
  if (t.dataInPdus + t.dataOutPdus + t.r2ts > 0) return;
  const { oxId } = exchange;
  taskEnds(tables, nexus, exchange, Outcome.rejected, frame.endNs, frame.frameEnd);
  exchangeOver(tables, nexus, exchange);
  endedEarly(nexus, oxId);
}

/** A command begins: is it one that was aborted, sent again? */
export function isRepeat(
  nexus: NexusState,
  lunHigh: number,
  lunLow: number,
  cdb: Uint8Array,
  cdbLength: number,
  frame: number,
): void {
  const key = commandKey(lunHigh, lunLow, cdb, cdbLength);
  const at = nexus.aborted.findIndex((a) => a.command === key);
  if (at < 0) return;
  nexus.aborted[at].abort.repeatedFrame = frame;
  nexus.aborted.splice(at, 1);
}

function commandKey(lunHigh: number, lunLow: number, cdb: Uint8Array, length: number): string {
  return `${lunHigh}.${lunLow}.${hex(cdb, 0, length)}`;
}
