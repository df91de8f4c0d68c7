// Link services and servers: who asks what of whom, and what the answers tell of ports (FC-LS, FC-GS,
// FCP-4). Rare, so that nothing is spared. Not for the hot road.

import { FC_REQUESTS_MAX, FC_REQUESTS_PENDING_MAX, FC_STATE_CHANGES_MAX } from '../../limits.js';
import type { FcFrame } from '../../pdu/fc/frame.js';
import { goesOnInSequence } from '../../pdu/fc/sequence.js';
import { Outcome } from '../../scsi/task.js';
import { Carrier } from '../../wire/fc/carriers.js';
import { ADDRESS_NAMES, CtCommand, Els, RCtl } from '../../wire/fc/codes.js';
import { CT_PREAMBLE_BYTES, ctPreamble } from '../../wire/fc/ct.js';
import { elsLogin, PLOGI_BYTES } from '../../wire/fc/els-login.js';
import {
  elsDiscoverAddress,
  elsExchange,
  elsReject,
  elsTimeoutAccept,
  sequenceRetransmissionRequest,
  stateChangePage,
} from '../../wire/fc/els-others.js';
import { elsProcessLogin, PRLI_BYTES, processLoginPage } from '../../wire/fc/els-process-login.js';
import { OX_ID, R_CTL } from '../../wire/fc/header-offsets.js';
import { FcKind } from '../../wire/fc/kinds.js';
import { rejectParameter } from '../../wire/fc/link-control.js';
import { wwnGiven } from '../../wire/fc/names-at.js';
import { get } from '../../wire/field.js';
import { endAll } from './exchanges.js';
import { namesChanged, portOf } from './links.js';
import { type FcPort, type FcRequest, see } from './model.js';
import { nameLearned } from './names.js';
import type { FcConnectionState, FcTables, NexusState, OpenRequest } from './state.js';

const KEY = 2 ** 24;
/** A reaction to an RSCN comes within seconds; what comes later has other reasons. */
const REACTION_NS = 5e9;

/** What a port that was told of a change asks: of the name server, and of the port. */
const QUERIES: ReadonlySet<number> = new Set([0x0100, 0x0112, 0x0113, 0x0121, 0x0171, 0x0172]);
const LOOKS: ReadonlySet<number> = new Set(
  [Els.adisc, Els.plogi, Els.pdisc, Els.prli].map((els) => FcKind.els + els),
);

/** Who sends a frame to whom: keys of the link, and N_Port IDs as sent. */
export interface Ends {
  readonly from: number;
  readonly to: number;
  readonly fromId: number;
  readonly toId: number;
}

/** A frame of an extended or FC-4 link service, or of a server. */
export function serviceFrameEnds(
  tables: FcTables,
  c: FcConnectionState,
  frame: FcFrame,
  ends: Ends,
): void {
  const rCtl = frame.view.getUint8(frame.at + R_CTL);
  const oxId = frame.view.getUint16(frame.at + OX_ID);
  const isCt = (frame.kind & 0xf00) === FcKind.ct;
  // It asks and answers nothing by itself: its payload goes on where the frame before ended.
  if (isCt && goesOnInSequence(frame)) return;
  const reply =
    rCtl === RCtl.elsReply || rCtl === RCtl.fc4Reply || (isCt && frame.kind !== FcKind.ct);
  if (!reply) {
    asked(tables, c, frame, ends, oxId, isCt);
    return;
  }
  const key = requestKey(ends.to, ends.from, oxId);
  const open = c.link.requests.get(key);
  if (open === undefined) return;
  c.link.requests.delete(key);
  answered(tables, c, frame, ends, open, isCt);
}

/** P_RJT and F_RJT of a request: it was not delivered. */
export function requestRejected(c: FcConnectionState, frame: FcFrame, ends: Ends): void {
  const key = requestKey(ends.to, ends.from, frame.view.getUint16(frame.at + OX_ID));
  const open = c.link.requests.get(key);
  if (open?.request === undefined) return;
  c.link.requests.delete(key);
  const { request } = open;
  request.endNs = frame.endNs;
  request.endFrame = frame.frameEnd;
  request.refusedBy = frame.view.getUint8(frame.at + R_CTL) === RCtl.pRjt ? 'P_RJT' : 'F_RJT';
  request.reason = get(frame.view, frame.at, rejectParameter.reason);
}

function asked(
  tables: FcTables,
  c: FcConnectionState,
  frame: FcFrame,
  ends: Ends,
  oxId: number,
  isCt: boolean,
): void {
  const { link } = c;
  const command = frame.kind & 0xff;
  const view = frame.dataView;
  const ctCommand =
    isCt && frame.dataKept >= CT_PREAMBLE_BYTES ? get(view, 0, ctPreamble.ctCommand) : 0;
  const request: FcRequest = {
    link: link.facts.id,
    connection: c.facts.id,
    kind: frame.kind,
    ctCommand,
    from: ends.fromId,
    to: ends.toId,
    oxId,
    frame: frame.frame,
    timeNs: frame.timeNs,
    endNs: -1,
    endFrame: 0,
    refusedBy: '',
    reason: 0,
    explanation: 0,
    responseCode: -1,
    imagePair: false,
    fields: {},
  };
  const kept = tables.story.requests.length < FC_REQUESTS_MAX;
  if (kept) tables.story.requests.push(request);
  else tables.story.dropped++;
  const login = !isCt && isLogin(command) && frame.dataKept >= PLOGI_BYTES;
  const portName = login ? wwnGiven(view, 0, elsLogin.portName) : '';
  const nodeName = login ? wwnGiven(view, 0, elsLogin.nodeName) : '';
  if (login) {
    request.fields['portName'] = portName;
    request.fields['nodeName'] = nodeName;
    request.fields['receiveDataFieldSize'] = get(view, 0, elsLogin.receiveDataFieldSize);
  }
  if (!isCt && command === Els.prli && frame.dataKept >= PRLI_BYTES) {
    request.fields['imagePair'] = get(view, PAGE_AT, processLoginPage.imagePair) === 1;
  }
  const open: OpenRequest = {
    request: kept ? request : undefined,
    kind: frame.kind,
    ctCommand,
    portName,
    nodeName,
    receiveDataFieldSize: login ? get(view, 0, elsLogin.receiveDataFieldSize) : 0,
    portId: frame.dataKept >= CT_PREAMBLE_BYTES + 4 ? view.getUint32(CT_PREAMBLE_BYTES) % KEY : 0,
    writeXferRdyDisabled: prliDisabled(frame, command),
  };
  reactedTo(tables, frame, ends, ctCommand);
  if (link.requests.size < FC_REQUESTS_PENDING_MAX) {
    link.requests.set(requestKey(ends.from, ends.to, oxId), open);
  }
  if (isCt) nameLearned(tables, link, ctCommand, open.portId, frame, false);
  else requestTold(tables, c, frame, ends, command);
}

/** What a request says by itself. */
function requestTold(
  tables: FcTables,
  c: FcConnectionState,
  frame: FcFrame,
  ends: Ends,
  command: number,
): void {
  const view = frame.dataView;
  switch (command) {
    case Els.adisc:
      if (frame.dataKept >= 28)
        named(tables, c, portOf(tables, c.link, ends.from, ends.fromId), view, frame);
      break;
    case Els.rec:
      if (frame.dataKept >= 12)
        recovery(tables, c, ends, get(view, 0, elsExchange.referredOxId), frame, false);
      break;
    case Els.srr:
      if (frame.dataKept >= 16) {
        recovery(
          tables,
          c,
          ends,
          get(view, 0, sequenceRetransmissionRequest.referredOxId),
          frame,
          true,
        );
      }
      break;
    case Els.rscn:
      stateChanged(tables, c, frame, ends);
      break;
  }
}

function answered(
  tables: FcTables,
  c: FcConnectionState,
  frame: FcFrame,
  ends: Ends,
  open: OpenRequest,
  isCt: boolean,
): void {
  const { request } = open;
  const view = frame.dataView;
  if (request !== undefined) {
    request.endNs = frame.endNs;
    request.endFrame = frame.frameEnd;
  }
  if (isCt) {
    if (frame.kind === FcKind.ct + 1) {
      if (request !== undefined && frame.dataKept >= CT_PREAMBLE_BYTES) {
        request.refusedBy = 'CT_RJT';
        request.reason = get(view, 0, ctPreamble.reason);
        request.explanation = get(view, 0, ctPreamble.explanation);
      }
    } else nameLearned(tables, c.link, open.ctCommand, open.portId, frame, true);
    return;
  }
  if ((frame.kind & 0xff) === Els.lsRjt) {
    if (request !== undefined && frame.dataKept >= 8) {
      request.refusedBy = 'LS_RJT';
      request.reason = get(view, 0, elsReject.reason);
      request.explanation = get(view, 0, elsReject.explanation);
    }
    return;
  }
  if ((frame.kind & 0xff) === Els.lsAcc) accepted(tables, c, frame, ends, open);
}

/** `ends` are those of the answer: who accepts sends it. */
function accepted(
  tables: FcTables,
  c: FcConnectionState,
  frame: FcFrame,
  ends: Ends,
  open: OpenRequest,
): void {
  const { link } = c;
  const view = frame.dataView;
  switch (open.kind & 0xff) {
    case Els.plogi:
    case Els.pdisc: {
      const asker = portOf(tables, link, ends.to, ends.toId);
      const giver = portOf(tables, link, ends.from, ends.fromId);
      loginNames(tables, c, asker, open.portName, open.nodeName, open.receiveDataFieldSize, frame);
      if (frame.dataKept >= PLOGI_BYTES) {
        const size = get(view, 0, elsLogin.receiveDataFieldSize);
        loginNames(
          tables,
          c,
          giver,
          wwnGiven(view, 0, elsLogin.portName),
          wwnGiven(view, 0, elsLogin.nodeName),
          size,
          frame,
        );
      }
      if ((open.kind & 0xff) === Els.plogi) loggedIn(tables, c, ends, frame);
      break;
    }
    case Els.flogi:
    case Els.fdisc: {
      // The answer goes to the N_Port ID that it assigns.
      const key = c.facts.carrier === Carrier.ifcp ? ends.to : ends.toId;
      loginNames(
        tables,
        c,
        portOf(tables, link, key, ends.toId),
        open.portName,
        open.nodeName,
        open.receiveDataFieldSize,
        frame,
      );
      if (frame.dataKept < PLOGI_BYTES) break;
      link.facts.raTovMs = view.getUint32(elsLogin.concurrentSequences.byte);
      link.facts.edTovMs = milliseconds(
        get(view, 0, elsLogin.eDTov),
        get(view, 0, elsLogin.eDTovResolution),
      );
      break;
    }
    case Els.adisc:
      if (frame.dataKept >= 28)
        named(tables, c, portOf(tables, link, ends.from, ends.fromId), view, frame);
      break;
    case Els.prli:
      processLogin(tables, c, frame, ends, open);
      break;
    case Els.rtv:
      if (frame.dataKept < 16) break;
      link.facts.raTovMs = get(view, 0, elsTimeoutAccept.rATov);
      link.facts.edTovMs = milliseconds(
        get(view, 0, elsTimeoutAccept.eDTov),
        get(view, 0, elsTimeoutAccept.eDTovResolution),
      );
      break;
    case Els.logo:
    case Els.prlo:
      loggedOut(tables, c, ends, frame);
      break;
  }
}

function milliseconds(value: number, nanoseconds: number): number {
  return nanoseconds ? Math.round(value / 1e6) : value;
}

function prliDisabled(frame: FcFrame, command: number): boolean {
  if (command !== Els.prli || frame.dataKept < PRLI_BYTES) return false;
  return get(frame.dataView, PAGE_AT, processLoginPage.writeXferRdyDisabled) === 1;
}

const PAGE_AT = elsProcessLogin.payloadLength.byte + 2;

function processLogin(
  tables: FcTables,
  c: FcConnectionState,
  frame: FcFrame,
  ends: Ends,
  open: OpenRequest,
): void {
  if (frame.dataKept < PRLI_BYTES) return;
  const view = frame.dataView;
  const code = get(view, PAGE_AT, processLoginPage.responseCode);
  const pair = get(view, PAGE_AT, processLoginPage.imagePair) === 1;
  if (open.request !== undefined) {
    open.request.responseCode = code;
    open.request.imagePair = pair;
  }
  const both =
    open.writeXferRdyDisabled && get(view, PAGE_AT, processLoginPage.writeXferRdyDisabled) === 1;
  const { link } = c;
  for (const key of [ends.to * KEY + ends.from, ends.from * KEY + ends.to]) {
    link.writeXferRdyDisabled.set(key, both);
  }
  for (const nexus of nexusesBetween(tables, c, ends)) nexus.facts.writeXferRdyDisabled = both;
}

function isLogin(command: number): boolean {
  return (
    command === Els.plogi || command === Els.pdisc || command === Els.flogi || command === Els.fdisc
  );
}

function loginNames(
  tables: FcTables,
  c: FcConnectionState,
  port: FcPort,
  portName: string,
  nodeName: string,
  receiveDataFieldSize: number,
  frame: FcFrame,
): void {
  if (portName === '') return;
  port.portName = portName;
  port.nodeName = nodeName;
  port.receiveDataFieldSize = receiveDataFieldSize;
  if (port.frame === 0) port.frame = frame.frame;
  namesChanged(tables, c.link, port);
}

/** ADISC and what accepts it name their sender. */
function named(
  tables: FcTables,
  c: FcConnectionState,
  port: FcPort,
  view: DataView,
  frame: FcFrame,
): void {
  port.portName = wwnGiven(view, 0, elsDiscoverAddress.portName);
  port.nodeName = wwnGiven(view, 0, elsDiscoverAddress.nodeName);
  if (port.frame === 0) port.frame = frame.frame;
  namesChanged(tables, c.link, port);
}

function nexusesBetween(tables: FcTables, c: FcConnectionState, ends: Ends): NexusState[] {
  return tables.nexuses.filter(
    (n) =>
      n.link === c.link &&
      ((n.initiatorKey === ends.from && n.targetKey === ends.to) ||
        (n.initiatorKey === ends.to && n.targetKey === ends.from)),
  );
}

/** PLOGI logs out what was logged in before (FC-LS): open exchanges are over. */
function loggedIn(tables: FcTables, c: FcConnectionState, ends: Ends, frame: FcFrame): void {
  for (const nexus of nexusesBetween(tables, c, ends)) {
    endAll(tables, nexus, Outcome.lost, frame.timeNs, frame.frame);
    nexus.session.story.loginSeen = true;
  }
  c.link.loggedIn.add(ends.to * KEY + ends.from);
  c.link.loggedIn.add(ends.from * KEY + ends.to);
}

function loggedOut(tables: FcTables, c: FcConnectionState, ends: Ends, frame: FcFrame): void {
  for (const nexus of nexusesBetween(tables, c, ends)) {
    endAll(tables, nexus, Outcome.lost, frame.endNs, frame.frameEnd);
  }
}

/** REC and SRR: recovery of an exchange that stalls. */
function recovery(
  tables: FcTables,
  c: FcConnectionState,
  ends: Ends,
  oxId: number,
  frame: FcFrame,
  again: boolean,
): void {
  for (const nexus of nexusesBetween(tables, c, ends)) {
    const exchange = nexus.exchanges.get(oxId);
    if (exchange === undefined) continue;
    if (again) exchange.again = true;
    else exchange.recFrame = frame.frame;
    const { violations } = nexus.facts;
    see(again ? violations.srr : violations.rec, frame.frame, frame.timeNs);
    return;
  }
}

const RSCN_HEADER = 4;

function stateChanged(tables: FcTables, c: FcConnectionState, frame: FcFrame, ends: Ends): void {
  const { stateChanges } = tables.story;
  if (stateChanges.length >= FC_STATE_CHANGES_MAX) {
    tables.story.dropped++;
    return;
  }
  const affected: number[] = [];
  for (let p = RSCN_HEADER; p + 4 <= frame.dataKept; p += 4) {
    affected.push(get(frame.dataView, p, stateChangePage.affectedId));
  }
  stateChanges.push({
    link: c.link.facts.id,
    to: ends.toId,
    frame: frame.frame,
    timeNs: frame.timeNs,
    affected,
    reactions: [],
  });
}

/** The port that was told of a change asks the name server, or the port concerned. */
function reactedTo(tables: FcTables, frame: FcFrame, ends: Ends, ctCommand: number): void {
  const change = tables.story.stateChanges.at(-1);
  if (change === undefined || change.to !== ends.fromId || change.reactions.length >= 16) return;
  if (frame.timeNs - change.timeNs > REACTION_NS || ctCommand >= CtCommand.reject) return;
  const asksServer = ADDRESS_NAMES[ends.toId] !== undefined && QUERIES.has(ctCommand);
  const asksPort = change.affected.includes(ends.toId) && LOOKS.has(frame.kind);
  if (!asksServer && !asksPort) return;
  const { frame: number, timeNs, kind } = frame;
  change.reactions.push({ kind, ctCommand, from: ends.fromId, frame: number, timeNs });
}

function requestKey(originator: number, responder: number, oxId: number): string {
  return `${originator}.${responder}.${oxId}`;
}
