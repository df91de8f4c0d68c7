// What the report knows of capture, sessions, connections and LUNs, as records of the timeline.

import type { Finding } from '../../findings/finding.js';
import type { EventReport, Report, SessionReport } from '../../report/report.js';
import { type Selection, selectionRecord, takesSession, takesTime } from './selection.js';

export function sessionsOf(report: Report, of: Selection): SessionReport[] {
  return report.sessions.filter((session) => takesSession(of, session.session));
}

export function eventsOf(session: SessionReport, of: Selection): EventReport[] {
  const { chosen } = of;
  return session.events.filter(
    (event) => takesTime(of, event.relativeNs) && (chosen === undefined || chosen.has(event)),
  );
}

/** Of the selected session, and of the capture as a whole. */
export function findingsOf(report: Report, of: Selection): Finding[] {
  return report.findings.filter((f) => f.session === undefined || takesSession(of, f.session));
}

/** A session without what is told on its own. */
export function sessionHead(session: SessionReport): Record<string, unknown> {
  const { load: _load, connections, luns: _luns, events: _events, ...told } = session;
  const connectionNumbers = connections.map((c) => c.connection);
  return { ...told, connectionNumbers, ...inferredOf(session) };
}

/** A session with all that belongs to it. */
export function sessionWhole(session: SessionReport, report: Report, of: Selection): object {
  const { load: _load, ...told } = session;
  return {
    ...told,
    events: eventsOf(session, of),
    luns: lunRecords(session, report),
    ...inferredOf(session),
  };
}

/** What of a session is not from its own login. */
function inferredOf(session: SessionReport): object | undefined {
  if (session.loginSeen) return undefined;
  return { inferred: true, because: 'its login was not captured' };
}

/** LUNs with what their operations took. */
export function lunRecords(session: SessionReport, report: Report): object[] {
  return session.luns.map(({ load: _load, ...lun }) => ({
    ...lun,
    stats: report.operations
      .filter((o) => o.session === session.session && o.lun === lun.lun)
      .map(({ session: _session, lun: _lun, ...stats }) => stats),
  }));
}

/** Logical units over several paths, without what a chart would show. */
export function unitRecords(report: Report): object[] {
  return report.logicalUnits.map((unit) => {
    const { load: _load, ...told } = unit;
    return told;
  });
}

/** The beginning of a document and the last record of a stream. */
export function headOf(report: Report, of: Selection): Record<string, unknown> {
  const { capture, totals } = report;
  return { capture, totals, selection: selectionRecord(of) };
}
