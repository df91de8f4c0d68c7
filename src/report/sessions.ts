// Sessions, their connections and LUNs → their part of the report.

import type { Facts } from '../findings/facts.js';
import { hex64 } from '../lib/hex.js';
import type { LunMetrics, OperationCell } from '../metrics/counters.js';
import type { LogicalUnit } from '../scsi/logical-unit-facts.js';
import type { IscsiConnection, PingStats, Session, SessionEvent } from '../session/model.js';
import { type Connection, endpointText } from '../stream/connection.js';
import {
  codeName,
  LOGOUT_REASON_NAMES,
  LOGOUT_RESPONSE_NAMES,
  loginStatusName,
} from '../wire/iscsi/codes.js';
import { pduOf } from '../wire/iscsi/pdus.js';
import { DEVICE_TYPE_NAMES } from '../wire/scsi/device-type.js';
import { lunText } from '../wire/scsi/lun.js';
import { accessReport } from './access.js';
import { brokenRules, commandWindowReport } from './command-window.js';
import { countersReport } from './counters.js';
import { countsOf, depthReport, latencyReport, loadReport } from './numbers.js';
import { merged } from './operations.js';
import { rdmaReport } from './rdma.js';
import type { ComebackReport } from './reconnect.js';
import type {
  ConnectionReport,
  EventReport,
  LoginReport,
  LunReport,
  ParameterReport,
  PingReport,
  SessionReport,
} from './report.js';
import { flowReport, tcpReport } from './tcp.js';

/** `stories` are the session's own connections; `brief`: who it is and what it did, its lists empty. */
export function sessionReport(
  session: Session,
  stories: readonly IscsiConnection[],
  facts: Facts,
  back: ComebackReport | undefined,
  nth: ReadonlyMap<IscsiConnection, number>,
  brief = false,
): SessionReport {
  const metrics = facts.metrics.sessions[session.id];
  const luns = [...(metrics?.luns.values() ?? [])].flatMap((byLow) => [...byLow.values()]);
  const [first] = stories;
  const depth = depthReport(metrics?.depth);
  const initiatorAddress = session.initiatorAddress || (first ? endpoint(first, true) : '');
  const targetAddress = session.targetAddress || (first ? endpoint(first, false) : '');
  return {
    session: session.id,
    sessionType: session.type,
    initiatorName: said(session.initiatorName),
    targetName: said(session.targetName),
    initiatorAlias: session.initiatorAlias,
    targetAlias: session.targetAlias,
    initiator: session.initiatorName || initiatorAddress,
    target: session.targetName || targetAddress,
    initiatorAddress,
    targetAddress,
    isid: said(session.isid),
    tsih: session.loginSeen && session.protocol !== 'fcp' ? session.tsih : undefined,
    targetPortalGroupTag:
      session.targetPortalGroupTag < 0 ? undefined : session.targetPortalGroupTag,
    loginSeen: session.loginSeen,
    startedNs: session.startedNs,
    endedNs: session.ended === '' || session.endedNs < 0 ? undefined : session.endedNs,
    ended: said(session.ended),
    comeback: back,
    reinstates: session.reinstates < 0 ? undefined : session.reinstates,
    reinstatedBy: session.reinstatedBy < 0 ? undefined : session.reinstatedBy,
    ...countsOf(luns.flatMap(cellsOf)),
    commandsNotCaptured: luns.reduce((sum, lun) => sum + lun.commandsNotCaptured, 0),
    queueDepth: depth,
    parameters: brief ? [] : session.parameters.map(parameterReport),
    discovered: session.discovered,
    connections: brief
      ? []
      : stories.map((story) => connectionReport(story, nth.get(story), session.parameters)),
    luns: brief ? [] : lunReports(session, luns),
    events: brief ? [] : session.events.map(eventReport),
    eventsDropped: session.eventsDropped || undefined,
    pings: pingsReport(session),
    counters: brief ? undefined : countersReport(session, stories, facts),
    commandWindow: brief ? undefined : commandWindowReport(session),
    brokenRules: brokenRules(session),
    // Nine columns of up to 512 buckets: worked out when they are asked for, there may be thousands.
    get load() {
      return loadReport(
        luns.map((lun) => lun.series),
        depth?.spanNs ?? 0,
      );
    },
  };
}

export function cellsOf(lun: LunMetrics): OperationCell[] {
  return [...lun.cells.values()];
}

/** LUNs with commands, and those that only INQUIRY or its like told of. */
function lunReports(session: Session, metrics: readonly LunMetrics[]): LunReport[] {
  const byKey = new Map<string, LunMetrics | undefined>();
  for (const lun of metrics) byKey.set(hex64(lun.lunHigh, lun.lunLow), lun);
  for (const key of session.luns.keys()) if (!byKey.has(key)) byKey.set(key, undefined);
  return [...byKey]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, lun]) => lunReport(key, lun, session.luns.get(key)));
}

function lunReport(
  key: string,
  lun: LunMetrics | undefined,
  story: LogicalUnit | undefined,
): LunReport {
  const high = Number.parseInt(key.slice(0, 8), 16);
  const low = Number.parseInt(key.slice(8), 16);
  const type = story?.deviceType ?? -1;
  const names = story?.designators.filter((d) => d.association === 0).map((d) => d.text) ?? [];
  return {
    lun: key,
    lunText: lunText(high, low),
    vendor: said(story?.vendor),
    product: said(story?.product),
    serial: said(story?.serial),
    designators: names.length > 0 ? names : undefined,
    deviceType: type < 0 ? undefined : (DEVICE_TYPE_NAMES[type] ?? `unknown (${type})`),
    blockLength: story && story.blockLength > 0 ? story.blockLength : undefined,
    blockCount: said(story?.blocks),
    ...countsOf(lun ? cellsOf(lun) : []),
    commandsNotCaptured: lun?.commandsNotCaptured ?? 0,
    latency: latencyReport(lun && merged(cellsOf(lun), (cell) => cell.latency)) ?? undefined,
    queueDepth: depthReport(lun?.depth),
    access: accessReport(lun?.access),
    get load() {
      return lun === undefined ? undefined : loadReport([lun.series], lun.depth.spanNs());
    },
  };
}

/** Of those that share a TCP connection with other logins: which of them each is, from 1. */
export function loginNumbers(stories: readonly IscsiConnection[]): Map<IscsiConnection, number> {
  const last = new Map<number, number>();
  const numbers = new Map<IscsiConnection, number>();
  for (const story of stories) {
    const nth = (last.get(story.connection.id) ?? 0) + 1;
    last.set(story.connection.id, nth);
    numbers.set(story, nth);
  }
  for (const story of stories) if (last.get(story.connection.id) === 1) numbers.delete(story);
  return numbers;
}

function connectionReport(
  story: IscsiConnection,
  nth: number | undefined,
  shared: Session['parameters'],
): ConnectionReport {
  const { connection } = story;
  const initiatorDirection = Math.max(0, story.initiatorDirection);
  return {
    connection: connection.id,
    loginNth: nth,
    cid: story.cid,
    initiatorAddress: endpoint(story, true),
    targetAddress: endpoint(story, false),
    openedNs: connection.openedNs,
    lastNs: connection.lastNs,
    pduCount: story.pdus,
    pdusByName: byName(story.pdusByOpcode),
    headerDigestInUse: story.headerDigest,
    dataDigestInUse: story.dataDigest,
    digestsInferred: story.digestsInferred,
    parameters: story.parameters.map(parameterReport),
    login: loginReport(story),
    logout: logoutReport(story),
    closedHow: connection.closedHow,
    closedBy: closedBy(connection, initiatorDirection),
    rdma: rdmaReport(story, shared),
    tcp: tcpReport(story),
    fromInitiator: flowReport(story, true),
    fromTarget: flowReport(story, false),
  };
}

function endpoint(story: IscsiConnection, initiator: boolean): string {
  const aIsInitiator = story.initiatorDirection !== 1;
  return endpointText(story.connection, aIsInitiator === initiator ? 'a' : 'b');
}

function closedBy(
  connection: Connection,
  initiatorDirection: number,
): ConnectionReport['closedBy'] {
  if (connection.closedBy === '') return undefined;
  return (connection.closedBy === 'a') === (initiatorDirection === 0) ? 'initiator' : 'target';
}

function byName(counts: Uint32Array): Record<string, number> {
  const names: Record<string, number> = {};
  counts.forEach((count, opcode) => {
    if (count > 0) names[pduOf(opcode).name] = count;
  });
  return names;
}

function loginReport({ login }: IscsiConnection): LoginReport | undefined {
  if (login === undefined) return undefined;
  const answered = login.statusClass >= 0 && login.outcome !== 'unanswered';
  return {
    loginOutcome: login.outcome,
    statusClass: login.statusClass,
    statusDetail: login.statusDetail,
    statusText: answered ? loginStatusName(login.statusClass, login.statusDetail) : undefined,
    authMethod: login.authMethod,
    redirectedTo: login.redirectedTo,
    startedNs: login.startedNs,
    durationNs: Math.max(0, login.endedNs - login.startedNs),
    frames: login.steps.map((step) => step.frame),
    incomplete: login.incomplete,
  };
}

function logoutReport({ logout }: IscsiConnection): ConnectionReport['logout'] {
  if (logout === undefined) return undefined;
  const { frame, reason, response } = logout;
  return {
    frame,
    reasonText: codeName(LOGOUT_REASON_NAMES, reason),
    responseText: response < 0 ? undefined : codeName(LOGOUT_RESPONSE_NAMES, response),
  };
}

function pingsReport({ nopOut, nopIn }: Session): SessionReport['pings'] {
  const ofInitiator = pingReport(nopOut);
  const ofTarget = pingReport(nopIn);
  if (ofInitiator === undefined && ofTarget === undefined) return undefined;
  return { ofInitiator, ofTarget };
}

function pingReport(p: PingStats): PingReport | undefined {
  if (p.sent + p.oneWay === 0) return undefined;
  const { sent, answered, unanswered, oneWay } = p;
  return {
    ...{ sent, answered, unanswered, oneWay },
    rttNsMin: answered > 0 ? p.rttNsMin : undefined,
    rttNsMean: answered > 0 ? Math.round(p.rttNsTotal / answered) : undefined,
    rttNsMax: answered > 0 ? p.rttNsMax : undefined,
    unansweredSinceNs: p.unansweredSinceNs < 0 ? undefined : p.unansweredSinceNs,
  };
}

function eventReport(event: SessionEvent): EventReport {
  return {
    kind: event.kind,
    // Captured Fibre Channel has no connection.
    connection: event.connection < 0 ? undefined : event.connection,
    frame: event.frame,
    frameEnd: event.endFrame > 0 ? event.endFrame : undefined,
    relativeNs: event.timeNs,
    relativeNsEnd: event.endNs < 0 ? undefined : event.endNs,
    fields: event.fields,
  };
}

function parameterReport(p: IscsiConnection['parameters'][number]): ParameterReport {
  return {
    key: p.key,
    initiatorValue: p.initiator,
    targetValue: p.target,
    result: p.result,
    initiatorInForce: p.initiatorInForce,
    targetInForce: p.targetInForce,
    source: p.source,
    rule: p.rule,
    renegotiated: p.renegotiated || undefined,
    bound: p.bound,
    because: p.because,
    inferredFrame: p.inferredFrame,
  };
}

/** '' is how the model says "not seen". */
function said(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
