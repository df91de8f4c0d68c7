// The login phase of a connection (RFC 7143 6.3, 11.12, 11.13): its steps, its text, its outcome,
// and what then is in force.

import { LOGIN_STEPS_MAX } from '../../../limits.js';
import type { Pdu } from '../../../pdu/pdu.js';
import { IWARP } from '../../../pdu/protocol.js';
import { get, hex } from '../../../wire/field.js';
import {
  BHS_LENGTH,
  EXP_CMD_SN,
  EXP_STAT_SN,
  MAX_CMD_SN,
  STAT_SN,
} from '../../../wire/iscsi/bhs-offsets.js';
import { Opcode } from '../../../wire/iscsi/codes.js';
import { loginRequest } from '../../../wire/iscsi/login-request.js';
import { loginResponse } from '../../../wire/iscsi/login-response.js';
import { HIDDEN, shownPair, stageOfCsg } from '../../../wire/iscsi/secret-text.js';
import type { Login, Session } from '../../model.js';
import { addEvent } from '../events.js';
import { forgetLogin } from '../forget.js';
import { windowSaid } from '../numbering/command-window.js';
import { acknowledged, statusNumbered } from '../numbering/status-numbers.js';
import { type ConnectionState, type IscsiTables, Phase, type SessionState } from '../state.js';
import { problem } from '../violations/violations.js';
import type { Identity } from './identity.js';
import { LoginState } from './login-state.js';
import { numberOf, type Side } from './negotiation.js';
import { sessionAccepted, sessionRefused } from './session-identity.js';
import type { JoinedText } from './text-join.js';

const FULL_FEATURE = 3;

/** The login of a PDU: where one is over, successive-logins.ts has begun a new connection for it. */
function loginOf(c: ConnectionState, pdu: Pdu, request: boolean): LoginState {
  const under = c.phase === Phase.login ? c.login : undefined;
  if (under !== undefined) return under;
  if (c.phase === Phase.fullFeature) {
    c.nextLogin ??= new LoginState(pdu.timeNs);
    return c.nextLogin;
  }
  const login = new LoginState(pdu.timeNs);
  if (!request) login.story.incomplete = true; // its request was not captured
  c.login = login;
  c.negotiation = login.negotiation;
  c.story.login = login.story;
  c.phase = Phase.login;
  c.session = undefined;
  return login;
}

export function loginRequestEnds(book: IscsiTables, c: ConnectionState, pdu: Pdu): void {
  const login = loginOf(c, pdu, true);
  const { view, at } = pdu;
  const first = login.requests++ === 0;
  if (pdu.headerCaptured < BHS_LENGTH) {
    login.story.incomplete = true;
    login.story.endedNs = pdu.endNs;
    return;
  }
  c.requests.add(c.requests.logins, 'login', get(view, at, loginRequest.initiatorTaskTag), pdu);
  if (first) {
    login.isid = hex(pdu.bytes, at + loginRequest.isid.byte, 6);
    login.story.tsih = get(view, at, loginRequest.tsih);
    login.cid = get(view, at, loginRequest.cid);
    login.cmdSN = get(view, at, loginRequest.cmdSN);
    login.cmdSNKnown = true;
  } else if (c.phase === Phase.login) {
    // Of the first request it is only valid where it restarts a connection (11.12.9).
    acknowledged(book, c, view.getUint32(at + EXP_STAT_SN), pdu.timeNs, pdu.frame);
  }
  const continues = get(view, at, loginRequest.continue) === 1;
  const transit = get(view, at, loginRequest.transit) === 1;
  const text = login.initiatorText.add(pdu, continues);
  const csg = get(view, at, loginRequest.csg);
  const nsg = get(view, at, loginRequest.nsg);
  step(book, c, login, pdu, 'initiator', { csg, nsg, transit, continues }, text, -1, -1);
}

export function loginResponseEnds(book: IscsiTables, c: ConnectionState, pdu: Pdu): void {
  const login = loginOf(c, pdu, false);
  const { view, at } = pdu;
  if (pdu.headerCaptured < BHS_LENGTH) {
    login.story.incomplete = true;
    login.story.endedNs = pdu.endNs;
    return;
  }
  c.requests.take(c.requests.logins, get(view, at, loginResponse.initiatorTaskTag), 'login');
  const statusClass = get(view, at, loginResponse.statusClass);
  const statusDetail = get(view, at, loginResponse.statusDetail);
  login.story.statusClass = statusClass;
  login.story.statusDetail = statusDetail;
  // StatSN and the window are only valid where the class is 0 (11.13.4).
  if (statusClass === 0) statusNumbered(book, c, pdu, view.getUint32(at + STAT_SN));
  const continues = get(view, at, loginResponse.continue) === 1;
  const transit = get(view, at, loginResponse.transit) === 1;
  const csg = get(view, at, loginResponse.csg);
  const nsg = get(view, at, loginResponse.nsg);
  const text = login.targetText.add(pdu, continues);
  const stage = { csg, nsg, transit, continues };
  step(book, c, login, pdu, 'target', stage, text, statusClass, statusDetail);
  if (statusClass !== 0) refuse(book, c, login, pdu, statusClass);
  else if (transit && nsg === FULL_FEATURE) accept(book, c, login, pdu);
}

interface Stage {
  readonly csg: number;
  readonly nsg: number;
  readonly transit: boolean;
  readonly continues: boolean;
}

function step(
  book: IscsiTables,
  c: ConnectionState,
  login: LoginState,
  pdu: Pdu,
  from: Side,
  stage: Stage,
  text: JoinedText | undefined,
  statusClass: number,
  statusDetail: number,
): void {
  const story = login.story;
  story.endedNs = pdu.endNs;
  if (story.steps.length >= LOGIN_STEPS_MAX) leaveOut(book, c, story, pdu.frame);
  story.steps.push({
    frame: pdu.frame,
    timeNs: pdu.timeNs,
    from,
    csg: stage.csg,
    nsg: stage.transit ? stage.nsg : -1,
    transit: stage.transit,
    continues: stage.continues,
    statusClass,
    statusDetail,
    text: text?.pairs ?? [],
  });
  if (text !== undefined) takeText(book, c, login, from, stage, text, pdu.frame);
}

/** The first and the latest steps tell what a login hangs on. */
function leaveOut(book: IscsiTables, c: ConnectionState, story: Login, frame: number): void {
  story.steps.splice(LOGIN_STEPS_MAX / 2, 1);
  const before = story.stepsLeftOut ?? 0;
  story.stepsLeftOut = before + 1;
  if (before > 0) return;
  const text = 'a login goes on and on: the steps in its middle are not listed';
  problem(book, 'limit-reached', c, frame, text);
}

function takeText(
  book: IscsiTables,
  c: ConnectionState,
  login: LoginState,
  from: Side,
  { csg }: Stage,
  text: JoinedText,
  frame: number,
): void {
  if (text.incomplete) {
    login.story.incomplete = true;
    problem(book, 'pdu-truncated', c, frame, 'not all text of the login was captured');
  }
  for (const bytes of text.malformed) {
    problem(book, 'text-malformed', c, frame, `text without "=" in the login: ${bytes} bytes`);
  }
  for (const pair of text.pairs) {
    // What is said of it later, in reports and findings, shall not say what must be hidden.
    const { key, value } = shownPair(pair[0], pair[1], stageOfCsg(csg));
    if (key !== HIDDEN) login.negotiation.say(from, key, value, frame);
  }
}

function identity(login: LoginState, responseTsih: number): Identity {
  const n = login.negotiation;
  const group = n.value('target', 'TargetPortalGroupTag');
  const type: Session['type'] =
    n.value('initiator', 'SessionType') === 'Discovery' ? 'Discovery' : 'Normal';
  return {
    isid: login.isid,
    requestTsih: login.story.tsih,
    responseTsih,
    cid: login.cid,
    initiatorName: n.value('initiator', 'InitiatorName') ?? '',
    targetName: n.value('initiator', 'TargetName') ?? '',
    targetPortalGroupTag: group === undefined ? -1 : (numberOf(group) ?? -1),
    type,
  };
}

/** The final response: the full feature phase begins. */
function accept(book: IscsiTables, c: ConnectionState, login: LoginState, pdu: Pdu): void {
  const { view, at } = pdu;
  const story = login.story;
  story.outcome = 'accepted';
  c.phase = Phase.fullFeature;
  if (login.isid === '') login.isid = hex(pdu.bytes, at + loginResponse.isid.byte, 6);
  const who = identity(login, get(view, at, loginResponse.tsih));
  const s = sessionAccepted(book, c, who, story.startedNs, pdu.endNs, pdu.frame);
  conclude(book, c, s, login, pdu.frame);
  numberFrom(s, login);
  windowSaid(
    s,
    view.getUint32(at + EXP_CMD_SN),
    view.getUint32(at + MAX_CMD_SN),
    pdu.endNs,
    pdu.frame,
  );
  if (pdu.iser === undefined && rdmaAgreed(login)) book.protocols.change(c.number, IWARP);
  digestsInForce(book, c, login);
  forgetLogin(c, s);
}

/** RFC 7145 5.1: what follows the final response is MPA's, unless the connection began with it. */
function rdmaAgreed({ negotiation }: LoginState): boolean {
  return negotiation.result('RDMAExtensions') === 'Yes';
}

/** The leading login says where CmdSN begins. */
function numberFrom(s: SessionState, login: LoginState): void {
  if (s.connections.length !== 1 || !login.cmdSNKnown) return;
  s.story.window.nextCmdSN = login.cmdSN;
  s.story.window.nextCmdSNKnown = true;
}

/** What was agreed is used from now on; where that is not known the PDUs must tell. */
function digestsInForce(book: IscsiTables, c: ConnectionState, login: LoginState): void {
  const header = digestOf(login, 'HeaderDigest');
  const data = digestOf(login, 'DataDigest');
  if (header === undefined || data === undefined) {
    c.story.digestsInferred = true;
    return;
  }
  c.story.headerDigest = header;
  c.story.dataDigest = data;
  book.digests.setDigests(c.number, header, data);
}

/** True for CRC32C; undefined where text of the login is missing that may have spoken of it. */
function digestOf(login: LoginState, key: string): boolean | undefined {
  const n = login.negotiation;
  const spoken = n.value('initiator', key) !== undefined && n.value('target', key) !== undefined;
  if (!spoken && login.story.incomplete) return undefined;
  return n.result(key) === 'CRC32C';
}

function refuse(
  book: IscsiTables,
  c: ConnectionState,
  login: LoginState,
  pdu: Pdu,
  statusClass: number,
): void {
  const story = login.story;
  const redirected = statusClass === 1;
  story.outcome = redirected ? 'redirected' : 'rejected';
  if (redirected) story.redirectedTo = login.negotiation.value('target', 'TargetAddress');
  c.phase = Phase.refused;
  const why = redirected ? 'login redirected' : 'login rejected';
  const who = identity(login, 0);
  const s = sessionRefused(book, c, who, story.startedNs, pdu.endNs, why);
  c.story.ended = why;
  c.story.endedNs = pdu.endNs;
  conclude(book, c, s, login, pdu.frame);
}

/** A PDU of the full feature phase: the login was accepted, and the capture misses how. */
export function loginPassed(
  book: IscsiTables,
  c: ConnectionState,
  opcode: number,
  timeNs: number,
  frame: number,
): void {
  const login = c.login;
  if (login === undefined || c.phase !== Phase.login) return;
  const story = login.story;
  const early = opcode < Opcode.nopIn && isUnfinished(c, login);
  if (early) story.early = { frame, timeNs, opcode };
  else {
    story.outcome = 'accepted';
    story.incomplete = true;
  }
  c.phase = Phase.fullFeature;
  const who = identity(login, story.tsih);
  const s = sessionAccepted(book, c, who, story.startedNs, timeNs, frame);
  conclude(book, c, s, login, frame);
  numberFrom(s, login);
  digestsInForce(book, c, login);
}

/** All of it was captured, and the target answered its last request without ending it. */
function isUnfinished(c: ConnectionState, { story }: LoginState): boolean {
  const last = story.steps[story.steps.length - 1];
  const whole = !story.incomplete && c.initiatorLosses === 0 && c.targetLosses === 0;
  return whole && last?.from === 'target' && last.statusClass === 0;
}

/** The connection or the capture ended in the login phase. */
export function loginAbandoned(book: IscsiTables, c: ConnectionState, timeNs: number): void {
  const login = c.login;
  if (login === undefined || c.phase !== Phase.login) return;
  c.phase = Phase.refused;
  const s = sessionRefused(
    book,
    c,
    identity(login, 0),
    login.story.startedNs,
    timeNs,
    'login unanswered',
  );
  conclude(book, c, s, login, 0);
}

/** What was negotiated is written down. */
function conclude(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  login: LoginState,
  frame: number,
): void {
  const n = login.negotiation;
  const story = login.story;
  const accepted = story.outcome === 'accepted';
  if (n.value('initiator', 'AuthMethod') ?? n.value('target', 'AuthMethod')) {
    story.authMethod = n
      .parameters('connection', accepted, story.incomplete)
      .find((p) => p.key === 'AuthMethod')?.result;
  }
  c.story.parameters = n.parameters('connection', accepted, story.incomplete);
  if (s.connections.length === 1) {
    s.story.parameters = n.parameters('session', accepted, story.incomplete);
    s.story.initiatorAlias = n.value('initiator', 'InitiatorAlias');
    s.story.targetAlias = n.value('target', 'TargetAlias');
    const known = accepted && !story.incomplete;
    s.pduInOrder = known && n.result('DataPDUInOrder') === 'Yes';
    s.sequenceInOrder = known && n.result('DataSequenceInOrder') === 'Yes';
    if (accepted) s.errorRecoveryLevel = numberOf(n.result('ErrorRecoveryLevel') ?? '0') ?? 0;
  }
  const kind = 'login';
  const event = addEvent(s, kind, c, story.steps[0]?.frame ?? frame, story.startedNs, {
    outcome: story.outcome,
    statusClass: story.statusClass,
    statusDetail: story.statusDetail,
  });
  if (event !== undefined) {
    event.endNs = story.endedNs;
    event.endFrame = frame;
  }
  if (story.incomplete) return; // what is missing may explain what seems odd
  for (const text of n.odd) problem(book, 'negotiation-odd', c, frame, text);
}
