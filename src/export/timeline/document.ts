// The timeline of sessions as one JSON document: written as commands end and put together at the
// end, in bounded memory. Same bytes in, same bytes out.

import type { Epoch } from '../../capture/time.js';
import type { Pdu, PduSink } from '../../pdu/pdu.js';
import type { Report } from '../../report/report.js';
import type { SessionLook } from '../../session/look.js';
import type { Task, TaskSink } from '../../session/task.js';
import { Spool } from '../spool.js';
import { commandRecord } from './command-record.js';
import { pduMembers } from './pdu-record.js';
import {
  findingsOf,
  headOf,
  ns,
  sessionsOf,
  sessionWhole,
  TIMELINE_SCHEMA,
  unitRecords,
} from './records.js';
import { EVERYTHING, type Selection, takesSession, takesTask, takesTime } from './selection.js';

/** The lane of the spool that holds PDUs; the others are sessions. */
const PDUS = -1;

export class TimelineWriter implements TaskSink, PduSink {
  epoch: Epoch | undefined = undefined;
  look: SessionLook | undefined = undefined;
  readonly #of: Selection;
  readonly #spool: Spool = new Spool();
  readonly #begun: Set<number> = new Set();

  constructor(of: Selection = EVERYTHING) {
    this.#of = of;
  }

  taskStarted(_task: Task): void {}

  taskEnded(task: Task): void {
    if (!takesTask(this.#of, task)) return;
    this.#append(task.session, JSON.stringify(commandRecord(task, this.epoch)));
  }

  begin(_pdu: Pdu): number {
    return 0;
  }

  end(pdu: Pdu): void {
    if (!this.#of.pdus || !takesTime(this.#of, pdu.timeNs)) return;
    const session = this.look?.story(pdu.connection)?.session ?? -1;
    if (takesSession(this.#of, session)) this.#append(PDUS, `{${pduMembers(pdu, session)}}`);
  }

  lost(): void {}

  ended(): void {}

  /** Writes the whole document; `report` has what is known of capture and sessions. */
  finish(report: Report, write: (text: string) => void): void {
    const { problems } = report;
    const findings = findingsOf(report, this.#of);
    write(`{"schema":${JSON.stringify(TIMELINE_SCHEMA)},\n`);
    write(`${ns(headOf(report, this.#of)).slice(1, -1)},\n"sessions":[`);
    sessionsOf(report, this.#of).forEach((session, i) => {
      const open = ns(sessionWhole(session, report, this.#of)).slice(0, -1);
      write(`${i > 0 ? ',' : ''}\n${open},"commands":[`);
      this.#spool.each(session.session, write);
      write(']}');
    });
    write(`],\n"logicalUnits":${ns(unitRecords(report))}`);
    if (this.#of.pdus) {
      write(',\n"pdus":[');
      this.#spool.each(PDUS, write);
      write(']');
    }
    write(`,\n"findings":${ns(findings)},\n"problems":${ns(problems)}}\n`);
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
