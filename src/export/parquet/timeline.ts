// The timeline as tables: commands, PDUs and intervals are written while the capture is read; sessions,
// events and findings are known at its end.

import type { Epoch } from '../../capture/time.js';
import type { Pdu } from '../../pdu/pdu.js';
import type { IntervalReport } from '../../report/interval.js';
import { type Report, type SessionReport, sessionNumbered } from '../../report/report.js';
import type { Around } from '../../scsi/fact-kinds.js';
import type { Task } from '../../scsi/task.js';
import { startNs } from '../../scsi/task-facts.js';
import type { SessionQuery } from '../../session/session-query.js';
import { get } from '../../wire/field.js';
import { bhs } from '../../wire/iscsi/bhs.js';
import { eventsOf, findingsOf, sessionsOf } from '../timeline/records.js';
import { type Selection, takesSession, takesTask, takesTime } from '../timeline/selection.js';
import type { ParquetFolder, TableWriter } from './partitions.js';
import type { CommandOfPdu, PduRow } from './pdu-columns.js';
import { TABLES } from './tables.js';

const TAG_END = bhs.initiatorTaskTag.byte + bhs.initiatorTaskTag.size;

export class ParquetTimeline {
  readonly #of: Selection;
  readonly #writers: Writers;
  /** By direction: the command of the PDU under way. */
  readonly #commands: (CommandOfPdu | undefined)[] = [];
  #look: SessionQuery | undefined = undefined;
  #around: Around;

  constructor(of: Selection, folder: ParquetFolder) {
    this.#of = of;
    this.#writers = writersIn(folder);
    this.#around = { epoch: undefined, session: (id) => this.#look?.session(id) };
  }

  set look(look: SessionQuery) {
    this.#look = look;
  }

  started(epoch: Epoch): void {
    this.#around = { ...this.#around, epoch: { ...epoch } };
    for (const writer of Object.values(this.#writers)) writer.epoch = epoch;
  }

  taskEnded(task: Task): void {
    if (!takesTask(this.#of, task)) return;
    this.#writers.commands.row({ task, around: this.#around }, startNs(task));
  }

  interval(interval: IntervalReport): void {
    if (!takesTime(this.#of, interval.fromNs)) return;
    for (const lun of interval.luns) {
      const idle = lun.startedCount + lun.endedCount + lun.outstanding === 0;
      if (idle || !takesSession(this.#of, lun.session ?? -1)) continue;
      this.#writers.intervals.row({ interval, lun }, interval.fromNs);
    }
  }

  /** The session stage has just seen its header, so that its task is open. */
  pduBegins(pdu: Pdu): void {
    this.#commands[pdu.direction] = this.#commandOf(pdu);
  }

  pduEnds(pdu: Pdu): void {
    const session = this.#look?.story(pdu.connection)?.session ?? -1;
    if (!takesTime(this.#of, pdu.timeNs) || !takesSession(this.#of, session)) return;
    const ends = this.#look?.session(session);
    const row: PduRow = {
      pdu,
      session,
      command: this.#commands[pdu.direction],
      initiator: ends?.initiatorName || ends?.initiatorAddress || undefined,
      target: ends?.targetName || ends?.targetAddress || undefined,
    };
    this.#writers.pdus.row(row, pdu.timeNs);
  }

  /** What is known at the end. */
  finish(report: Report): void {
    const of = this.#of;
    const { events, connections, sessions } = this.#writers;
    for (const session of sessionsOf(report, of)) {
      sessions.row({ session, capture: report.capture }, session.startedNs);
      for (const connection of session.connections) {
        connections.row({ session, connection }, connection.openedNs);
      }
      for (const event of eventsOf(session, of)) events.row({ event, session }, event.relativeNs);
    }
    this.#findings(report);
    if (this.#around.epoch === undefined) return;
    for (const [name, writer] of Object.entries(this.#writers)) {
      if (name !== 'pdus' || of.pdus) writer.evenEmpty();
    }
  }

  /** Rows of a table so far. */
  get rows(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      Object.entries(this.#writers).map(([name, { rows }]) => [name, rows]),
    );
  }

  #findings(report: Report): void {
    const { findings, incidents } = this.#writers;
    const taken = new Set(findingsOf(report, this.#of));
    const incidentOf = new Map<number, number>();
    report.incidents.forEach((incident, number) => {
      for (const finding of incident.findings) incidentOf.set(finding, number);
      if (!incident.findings.some((at) => taken.has(report.findings[at]))) return;
      const cause = report.findings[incident.findings[0]];
      const hit = incident.sessions.map((id) => sessionNumbered(report, id)).filter(isThere);
      incidents.row({ incident, number, cause, sessions: hit }, incident.fromNs ?? 0);
    });
    report.findings.forEach((finding, number) => {
      if (!taken.has(finding)) return;
      const session =
        finding.session === undefined ? undefined : sessionNumbered(report, finding.session);
      const row = { finding, number, session, incident: incidentOf.get(number) };
      findings.row(row, finding.fromNs ?? 0);
    });
  }

  #commandOf(pdu: Pdu): CommandOfPdu | undefined {
    if (pdu.headerCaptured < TAG_END) return undefined;
    const tag = get(pdu.view, pdu.at, bhs.initiatorTaskTag);
    const open = this.#look?.openTask(pdu.connection, tag);
    if (open == null) return undefined;
    const { number, operation } = open.task;
    return { number, tag: open.task.tag, operation };
  }
}

function isThere(session: SessionReport | undefined): session is SessionReport {
  return session !== undefined;
}

type Writers = {
  readonly [K in keyof typeof TABLES]: (typeof TABLES)[K]['columns'] extends readonly (infer C)[]
    ? TableWriter<C extends { readonly name: string } ? RowOf<C> : never>
    : never;
};
type RowOf<C> = C extends import('./columns.js').Column<infer R> ? R : never;

function writersIn(folder: ParquetFolder): Writers {
  const writers = Object.entries(TABLES).map(([name, { columns }]) => [
    name,
    folder.table(name, columns as never),
  ]);
  return Object.fromEntries(writers) as Writers;
}
