// The timeline of sessions as one JSON document: written as commands end and put together at the
// end, in bounded memory. Same bytes in, same bytes out.

import type { Epoch } from '../../capture/time.js';
import type { Pdu, PduSink } from '../../pdu/pdu.js';
import type { Report } from '../../report/report.js';
import { commandRecord } from '../../scsi/fact-record.js';
import type { Task, TaskSink } from '../../scsi/task.js';
import type { SessionQuery } from '../../session/session-query.js';
import { TIMELINE_SCHEMA } from '../schema-names.js';
import { Spool } from '../spool.js';
import { CommandChoice, PduChoice } from './choice.js';
import { findingsOf, headOf, sessionsOf, sessionWhole, unitRecords } from './records.js';
import { EVERYTHING, type Selection, takesTask } from './selection.js';

/** Lanes of the spool. */
const PDUS = 0;
const COMMANDS = 1;

export class TimelineWriter implements TaskSink, PduSink {
  epoch: Epoch | undefined = undefined;
  readonly #endsOf = (id: number) => this.#look?.session(id);
  #look: SessionQuery | undefined = undefined;
  readonly #of: Selection;
  readonly #pdus: PduChoice;
  readonly #commands: CommandChoice;
  readonly #spool: Spool = new Spool();
  readonly #begun: Set<number> = new Set();

  constructor(of: Selection = EVERYTHING) {
    this.#of = of;
    this.#pdus = new PduChoice(of, (members) => this.#append(PDUS, `{${members}}`));
    this.#commands = new CommandChoice((_session, text) => this.#append(COMMANDS, text));
  }

  set look(look: SessionQuery) {
    this.#look = look;
    this.#pdus.look = look;
  }

  taskStarted(_task: Task): void {}

  taskEnded(task: Task): void {
    if (!takesTask(this.#of, task)) return;
    const text = JSON.stringify(commandRecord(task, { epoch: this.epoch, session: this.#endsOf }));
    if (this.#of.byPdus) this.#commands.ended(task.number, task.session, text);
    else this.#append(COMMANDS, text);
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

  /** Writes the whole document; `report` has what is known of capture and sessions. */
  finish(report: Report, write: (text: string) => void): void {
    this.#pdus.finish();
    this.#commands.settle();
    const { problems } = report;
    const findings = findingsOf(report, this.#of);
    write(`{"schema":"${TIMELINE_SCHEMA}","type":"document",\n`);
    write(`${JSON.stringify(headOf(report, this.#of)).slice(1, -1)},\n"sessions":[`);
    sessionsOf(report, this.#of).forEach((session, i) => {
      write(`${i > 0 ? ',' : ''}\n${JSON.stringify(sessionWhole(session, report, this.#of))}`);
    });
    write(`],\n"logicalUnits":${JSON.stringify(unitRecords(report))}`);
    write(',\n"commands":[');
    this.#spool.each(COMMANDS, write);
    write(']');
    if (this.#of.pdus) {
      write(',\n"pdus":[');
      this.#spool.each(PDUS, write);
      write(']');
    }
    write(`,\n"findings":${JSON.stringify(findings)},\n"problems":${JSON.stringify(problems)}}\n`);
    this.#spool.close();
  }

  /** Where nothing will be finished: leaves no temporary file behind. */
  abandon(): void {
    this.#spool.close();
  }

  #append(lane: number, text: string): void {
    const comma = this.#begun.has(lane) ? ',' : '';
    this.#begun.add(lane);
    this.#spool.append(lane, `${comma}\n${text}`);
  }
}
