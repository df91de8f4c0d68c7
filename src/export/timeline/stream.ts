// The timeline as NDJSON: one record a line, written while the capture is read, in constant memory.
// PDUs and commands come in the order in which they end; what is only known at the end (sessions,
// connections, LUNs, events, findings, the capture) comes then.

import { type Epoch, isoTime } from '../../capture/time.js';
import type { Pdu, PduSink } from '../../pdu/pdu.js';
import type { Report, SessionReport } from '../../report/report.js';
import { commandRecord } from '../../scsi/fact-record.js';
import type { Task, TaskSink } from '../../scsi/task.js';
import type { SessionQuery } from '../../session/session-query.js';
import { TIMELINE_SCHEMA } from '../schema-names.js';
import { CommandChoice, PduChoice } from './choice.js';
import {
  eventsOf,
  findingsOf,
  headOf,
  lunRecords,
  sessionHead,
  sessionsOf,
  unitRecords,
} from './records.js';
import { type Selection, selectionRecord, takesTask } from './selection.js';

const PDU_HEAD = head('pdu');
const COMMAND_HEAD = head('command');

/** The beginning of a record, its first two members. */
function head(type: string): string {
  return `{"type":"${type}","schema":"${TIMELINE_SCHEMA}",`;
}

export class TimelineStream implements TaskSink, PduSink {
  epoch: Epoch | undefined = undefined;
  readonly #endsOf = (id: number) => this.#look?.session(id);
  #look: SessionQuery | undefined = undefined;
  readonly #of: Selection;
  readonly #write: (text: string) => void;
  readonly #pdus: PduChoice;
  readonly #commands: CommandChoice;

  constructor(of: Selection, write: (text: string) => void) {
    this.#of = of;
    this.#write = write;
    this.#pdus = new PduChoice(of, (members) => write(`${PDU_HEAD}${members}}\n`));
    this.#commands = new CommandChoice((_session, text) => write(text));
  }

  set look(look: SessionQuery) {
    this.#look = look;
    this.#pdus.look = look;
  }

  /** The first record: when the capture began, and what of it follows. */
  started(epoch: Epoch): void {
    this.epoch = epoch;
    this.#record('timeline', { start: isoTime(epoch, 0), selection: selectionRecord(this.#of) });
  }

  taskStarted(_task: Task): void {}

  taskEnded(task: Task): void {
    if (!takesTask(this.#of, task)) return;
    const members = JSON.stringify(
      commandRecord(task, { epoch: this.epoch, session: this.#endsOf }),
    ).slice(1);
    const text = `${COMMAND_HEAD}${members}\n`;
    if (this.#of.byPdus) this.#commands.ended(task.number, task.session, text);
    else this.#write(text);
  }

  /** The task of a PDU that passed the filter; and: the PDU has been looked at. */
  mark(task: number): void {
    this.#commands.mark(task);
  }

  settle(): void {
    this.#commands.settle();
  }

  begin(pdu: Pdu): number {
    this.#pdus.begin(pdu);
    return 0;
  }

  end(pdu: Pdu): void {
    this.#pdus.pdu(pdu);
  }

  lost(): void {}

  ended(): void {}

  /** What is known at the end. */
  finish(report: Report): void {
    this.#pdus.finish();
    this.#commands.settle();
    if (this.epoch === undefined) {
      this.#record('timeline', { selection: selectionRecord(this.#of) });
    }
    for (const session of sessionsOf(report, this.#of)) this.#session(session, report);
    for (const unit of unitRecords(report)) this.#record('unit', unit);
    for (const finding of findingsOf(report, this.#of)) this.#record('finding', finding);
    for (const problem of report.problems.examples) this.#record('problem', problem);
    const { capture, totals } = headOf(report, this.#of);
    this.#record('capture', {
      ...(capture as object),
      totals,
      problemCounts: report.problems.counts,
    });
  }

  #session(session: SessionReport, report: Report): void {
    this.#record('session', sessionHead(session));
    const { initiator, target } = session;
    const own = { session: session.session, initiator, target };
    for (const connection of session.connections) {
      this.#record('connection', { ...own, ...connection });
    }
    for (const lun of lunRecords(session, report)) this.#record('lun', { ...own, ...lun });
    for (const event of eventsOf(session, this.#of)) {
      this.#record('event', { ...own, ...event });
    }
  }

  #record(type: string, members: object): void {
    const text = JSON.stringify(members).slice(1);
    const first = head(type);
    this.#write(text === '}' ? `${first.slice(0, -1)}}\n` : `${first}${text}\n`);
  }
}
