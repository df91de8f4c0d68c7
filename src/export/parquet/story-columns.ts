// The columns of `events`, `findings` and `incidents`: what happened seldom, what was wrong, and which of
// it belongs together.

import type { Finding, Incident } from '../../findings/finding.js';
import type { EventReport, SessionReport } from '../../report/report.js';
import { type Column, flagColumn, jsonColumn, numberColumn, textColumn } from './columns.js';

export interface EventRow {
  readonly event: EventReport;
  readonly session: SessionReport;
}

export interface FindingRow {
  readonly finding: Finding;
  readonly number: number;
  /** Of its session, where it is about one. */
  readonly session: SessionReport | undefined;
  readonly incident: number | undefined;
}

export interface IncidentRow {
  readonly incident: Incident;
  readonly number: number;
  /** The finding that is its cause. */
  readonly cause: Finding | undefined;
  readonly sessions: readonly SessionReport[];
}

const ENDS_ABOUT = 'name, or address, of its session’s';

export const EVENT_COLUMNS: readonly Column<EventRow>[] = [
  numberColumn('session', 'INT64', 'its session', (r) => r.session.session),
  numberColumn('connection', 'INT64', 'its connection', (r) => r.event.connection),
  numberColumn('time', 'TIMESTAMP', 'when it was', (r) => r.event.relativeNs),
  numberColumn('relativeNs', 'INT64', 'the same since the first packet', (r) => r.event.relativeNs),
  numberColumn('relativeNsEnd', 'INT64', 'when it was answered', (r) => r.event.relativeNsEnd),
  numberColumn('frame', 'INT64', 'its packet', (r) => r.event.frame),
  numberColumn('frameEnd', 'INT64', 'the packet that answered it', (r) => r.event.frameEnd),
  textColumn('kind', 'login, logout, task management, reject, …', (r) => r.event.kind),
  textColumn('initiator', `${ENDS_ABOUT} initiator`, (r) => r.session.initiator),
  textColumn('target', `${ENDS_ABOUT} target`, (r) => r.session.target),
  jsonColumn('fields', 'what it said, by the RFC’s names', (r) => r.event.fields),
];

export const FINDING_COLUMNS: readonly Column<FindingRow>[] = [
  numberColumn('finding', 'INT32', 'its place in the report, from 0', (r) => r.number),
  numberColumn('incident', 'INT32', 'the incident it belongs to', (r) => r.incident),
  textColumn('id', 'its rule: docs/FINDINGS.md explains it', (r) => r.finding.id),
  textColumn('severity', 'critical, warning, note', (r) => r.finding.severity),
  textColumn('confidence', 'certain, likely, possible', (r) => r.finding.confidence),
  textColumn('owes', 'whose doing it is', (r) => r.finding.owes),
  textColumn('title', 'one line', (r) => r.finding.title),
  textColumn('text', 'what it means and what proves it', (r) => r.finding.text),
  numberColumn('count', 'INT64', 'how often it was seen', (r) => r.finding.count),
  numberColumn('session', 'INT64', 'its session, where it is about one', (r) => r.finding.session),
  numberColumn(
    'connection',
    'INT64',
    'its connection, where it is about one',
    (r) => r.finding.connection,
  ),
  textColumn('lun', 'its LUN, where it is about one', (r) => r.finding.lun),
  textColumn('initiator', `${ENDS_ABOUT} initiator`, (r) => r.session?.initiator),
  textColumn('target', `${ENDS_ABOUT} target`, (r) => r.session?.target),
  numberColumn(
    'time',
    'TIMESTAMP',
    'since when; null: about all of the capture',
    (r) => r.finding.fromNs,
  ),
  numberColumn('relativeNs', 'INT64', 'the same since the first packet', (r) => r.finding.fromNs),
  numberColumn('relativeNsEnd', 'INT64', 'until when', (r) => r.finding.toNs),
  numberColumn('frame', 'INT64', 'the first packet that proves it', (r) => r.finding.frames[0]),
  jsonColumn('frames', 'the first few packets that prove it', (r) => r.finding.frames),
  flagColumn('inferred', 'it rests on what was not captured', (r) => r.finding.inferred === true),
  jsonColumn('values', 'the numbers of its text', (r) => r.finding.values),
  textColumn(
    'reference',
    'section of the standard, or whose rule it is',
    (r) => r.finding.reference,
  ),
  textColumn('disproof', 'what would show that it is not so', (r) => r.finding.disproof),
  textColumn('next', 'what to do next', (r) => r.finding.next),
];

export const INCIDENT_COLUMNS: readonly Column<IncidentRow>[] = [
  numberColumn('incident', 'INT32', 'its place in the report, from 0', (r) => r.number),
  textColumn('id', 'the rule of its cause', (r) => r.cause?.id),
  textColumn('severity', 'critical, warning, note', (r) => r.incident.severity),
  textColumn('owes', 'whose doing it is', (r) => r.incident.owes),
  textColumn('title', 'its cause in one line', (r) => r.incident.title),
  textColumn('text', 'what it was, what proves it, what it led to', (r) => r.incident.text),
  textColumn('next', 'what to do next', (r) => r.incident.next),
  numberColumn(
    'time',
    'TIMESTAMP',
    'since when; null: about all of the capture',
    (r) => r.incident.fromNs,
  ),
  numberColumn('relativeNs', 'INT64', 'the same since the first packet', (r) => r.incident.fromNs),
  numberColumn('relativeNsEnd', 'INT64', 'to the last of what followed', (r) => r.incident.toNs),
  numberColumn(
    'findingCount',
    'INT32',
    'findings that belong to it',
    (r) => r.incident.findings.length,
  ),
  numberColumn('sessionCount', 'INT32', 'sessions that it hit', (r) => r.incident.sessions.length),
  textColumn('initiator', `${ENDS_ABOUT} initiator; null: several, or none`, (r) =>
    only(r, 'initiator'),
  ),
  textColumn('target', `${ENDS_ABOUT} target; null: several, or none`, (r) => only(r, 'target')),
  jsonColumn('sessions', 'the sessions that it hit', (r) => r.incident.sessions),
];

function only({ sessions }: IncidentRow, end: 'initiator' | 'target'): string | undefined {
  const names = new Set(sessions.map((session) => session[end]));
  return names.size === 1 ? [...names][0] : undefined;
}
