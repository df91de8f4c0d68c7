// The road's facts and the metrics → the report. Cold: once a capture.

import { snaplenOf } from '../capture/facts.js';
import { isoTime } from '../capture/time.js';
import type { Facts } from '../findings/facts.js';
import { toldOf } from '../findings/incidents.js';
import { findAll } from '../findings/rules.js';
import { headersCut } from '../findings/support/headers-cut.js';
import { portalTries } from '../findings/support/portals.js';
import { framing } from '../findings/watch/framing.js';
import { hex64 } from '../lib/hex.js';
import { EXACT_VALUES_TOTAL } from '../limits.js';
import type { LunMetrics, SessionMetrics } from '../metrics/counters.js';
import type { Around, TaskFields } from '../scsi/fact-kinds.js';
import { commandRecord } from '../scsi/fact-record.js';
import type { CommandRecord } from '../scsi/task-facts.js';
import type { IscsiConnection } from '../session/model.js';
import { discoveryReports } from './discovery.js';
import { fibreChannelReport } from './fibre-channel.js';
import { isnsReport } from './isns.js';
import { unitReports } from './logical-units.js';
import { countsOf, depthReport, latencyReport, loadReport } from './numbers.js';
import { merged, operationReports, operationTotals } from './operations.js';
import { comebacks } from './reconnect.js';
import {
  type CaptureReport,
  type OperationReport,
  REPORT_SCHEMA,
  type Report,
  type SessionReport,
  type TotalsReport,
} from './report.js';
import { cellsOf, loginNumbers, sessionReport } from './sessions.js';

/** Where metrics reached that bound. */
export const ROOM_FULL = `more than ${EXACT_VALUES_TOTAL} latencies and times kept one by one: of further ones percentiles are told to 0.4 %`;

/** The lists that are long where sessions are many: each element is made as it is asked for, once. */
export interface StreamedReport extends Omit<Report, 'sessions' | 'operations'> {
  readonly sessions: Iterable<SessionReport>;
  readonly operations: Iterable<OperationReport>;
}

/** `filter`: of the commands that are counted, where not all are. `brief`: sessions without their lists, and no operations. */
export function makeReport(facts: Facts, filter?: string, brief = false): Report {
  const streamed = streamedReport(facts, filter, brief);
  const { sessions, operations } = streamed;
  return { ...streamed, sessions: [...sessions], operations: [...operations] };
}

/** The same for who writes it down: a session has some 40 KB, and there may be thousands. */
export function streamedReport(facts: Facts, filter?: string, brief = false): StreamedReport {
  const { metrics } = facts;
  const epoch = facts.capture.epoch;
  const luns = allLuns(facts);
  const { findings, incidents } = toldOf(findAll(facts), facts.sessions);
  const { lastNs } = facts;
  const around: Around = { epoch, lastNs, session: (id) => facts.sessions[id] };
  const row = (c: TaskFields): CommandRecord => commandRecord(c, around);
  const isns = isnsReport(facts);
  return {
    schema: REPORT_SCHEMA,
    type: 'report',
    ...(filter === undefined ? {} : { filter }),
    capture: captureReport(facts),
    totals: totalsReport(facts, luns),
    sessions: sessionReports(facts, brief),
    logicalUnits: unitReports(facts),
    operations: brief ? [] : operationsOf(luns),
    operationTotals: operationTotals(luns),
    slowest: metrics.slowest.sorted().map(row),
    open: metrics.open.sorted().map(row),
    load: loadReport([metrics.load], metrics.depth.spanNs()),
    fibreChannel: fibreChannelReport(facts),
    failedConnections: portalTries(facts).map(({ tried: { alone: _, ...tried }, named, said }) => ({
      ...tried,
      frames: [...tried.frames],
      ...(named === undefined ? {} : { namedBy: named.by }),
      ...(said.length === 0 ? {} : { icmp: said.map(({ from: _from, to: _to, ...one }) => one) }),
    })),
    discovery: discoveryReports(facts),
    ...(isns === undefined ? {} : { isns }),
    incidents,
    findings,
    problems: {
      counts: Object.fromEntries(facts.problems.counts),
      examples: facts.problems.kept,
    },
  };
}

function* sessionReports(facts: Facts, brief: boolean): Generator<SessionReport> {
  const bySession = new Map<number, IscsiConnection[]>();
  for (const story of facts.stories) {
    const list = bySession.get(story.session);
    if (list === undefined) bySession.set(story.session, [story]);
    else list.push(story);
  }
  const back = comebacks(facts.sessions);
  const nth = loginNumbers(facts.stories);
  for (const session of facts.sessions) {
    if (session.forgotten || session.brief) continue;
    const own = bySession.get(session.id) ?? [];
    yield sessionReport(session, own, facts, back.get(session.id), nth, brief);
  }
}

function* operationsOf(luns: readonly LunMetrics[]): Generator<OperationReport> {
  for (const lun of luns) yield* operationReports(lun);
}

function captureReport(facts: Facts): CaptureReport {
  const { capture, packets, forgotten } = facts;
  const { epoch } = capture;
  const flows = tcpConnections(facts).flatMap(({ connection }) => [connection.a, connection.b]);
  return {
    files: capture.files.map((file) => ({
      path: file.name,
      format: file.format,
      compression: file.compression,
      packets: file.packets,
      ended: file.end,
      error: file.error,
    })),
    packets: capture.packets,
    capturedBytes: capture.capturedBytes,
    originalBytes: capture.originalBytes,
    packetsTruncated: capture.packetsTruncated,
    snaplen: snaplenOf(capture),
    snaplenNeeded: headersCut(facts)?.snaplen,
    packetsDropped: capture.packetsDropped,
    start: epoch && isoTime(epoch, 0),
    end: epoch && isoTime(epoch, facts.lastNs),
    spanNs: capture.spanNs,
    linkTypes: capture.linkTypes,
    tcpSegments: packets.tcpSegments,
    otherPackets: packets.others,
    bytesMissing: flows.reduce(
      (n, flow) => n + flow.missingBytes - flow.lostBytes,
      forgotten.bytesMissing,
    ),
    bytesCut: flows.reduce((n, flow) => n + flow.cutBytes, forgotten.bytesCut),
    bytesUnframed: [...facts.evidence.of(framing).groups.values()].reduce(
      (n, f) => n + f.unframedBytes,
      0,
    ),
    otherConnections: Math.max(
      0,
      facts.connectionsTotal - connectionCount(facts) - tunnelConnections(facts),
    ),
  };
}

/** TCP connections that carry Fibre Channel. */
function tunnelConnections({ fc }: Facts): number {
  return fc.links.reduce((sum, l) => sum + l.connections.filter((c) => c.id >= 0).length, 0);
}

/** Each TCP connection once, however many logins followed each other on it. */
function tcpConnections({ stories }: Facts): IscsiConnection[] {
  return stories.filter((story) => !story.replaced);
}

function connectionCount(facts: Facts): number {
  return tcpConnections(facts).length + facts.forgotten.connections;
}

function totalsReport(facts: Facts, luns: readonly LunMetrics[]): TotalsReport {
  const cells = luns.flatMap(cellsOf);
  const commandsNotCaptured = luns.reduce((sum, lun) => sum + lun.commandsNotCaptured, 0);
  const unknown = facts.sessions.reduce((sum, s) => sum + s.sequence.unknownTask.count, 0);
  const notListed = facts.forgotten.sessions + facts.forgotten.brief;
  const strays = Math.min(unknown, commandsNotCaptured);
  return {
    connectionCount: connectionCount(facts),
    sessionCount: facts.sessions.length,
    ...(notListed > 0 ? { sessionsNotListed: notListed } : {}),
    pduCount: facts.stories.reduce((sum, story) => sum + story.pdus, facts.forgotten.pdus),
    ...countsOf(cells),
    commandsNotCaptured,
    ...(strays > 0 ? { answersWithoutCommand: strays } : {}),
    latency: latencyReport(merged(cells, (cell) => cell.latency)),
    queueDepth: depthReport(facts.metrics.depth),
    pooled: facts.metrics.pooled,
  };
}

/** By session, then by LUN; what was pooled comes last. */
function allLuns({ metrics }: Facts): LunMetrics[] {
  const sessions = metrics.sessions.filter((s): s is SessionMetrics => s !== undefined);
  const pool = metrics.poolSession();
  if (pool !== undefined) sessions.push(pool);
  return sessions.flatMap((session) =>
    [...session.luns.values()]
      .flatMap((byLow) => [...byLow.values()])
      .sort((a, b) => (hex64(a.lunHigh, a.lunLow) < hex64(b.lunHigh, b.lunLow) ? -1 : 1)),
  );
}
