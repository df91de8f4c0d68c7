// The commands of a timeline as CSV (RFC 4180), one row each, written while the capture is read.
// Times are whole ns; what was not seen is empty.

import type { Epoch } from '../../capture/time.js';
import type { Task, TaskSink } from '../../scsi/task.js';
import type { SessionQuery } from '../../session/session-query.js';
import { COMMAND_COLUMNS } from '../../view/lists/command-columns.js';
import { csvHead, csvRow, tableColumns } from '../../view/lists/list.js';
import { CommandChoice } from './choice.js';
import { type Selection, takesTask } from './selection.js';

/** The columns of `sanscope commands --csv`. */
const COLUMNS = tableColumns(COMMAND_COLUMNS);

export class TimelineCsv implements TaskSink {
  epoch: Epoch | undefined = undefined;
  look: SessionQuery | undefined = undefined;
  readonly #endsOf = (id: number) => this.look?.session(id);
  readonly #of: Selection;
  readonly #write: (text: string) => void;
  readonly #commands: CommandChoice;

  /** Writes the line of names at once. */
  constructor(of: Selection, write: (text: string) => void) {
    this.#of = of;
    this.#write = write;
    this.#commands = new CommandChoice((_session, text) => write(text));
    write(csvHead(COLUMNS));
  }

  taskStarted(_task: Task): void {}

  taskEnded(task: Task): void {
    if (!takesTask(this.#of, task)) return;
    const line = csvRow(COLUMNS, { task, epoch: this.epoch, session: this.#endsOf });
    if (this.#of.byPdus) this.#commands.ended(task.number, task.session, line);
    else this.#write(line);
  }

  /** The task of a PDU that passed the filter; and: the PDU has been looked at. */
  mark(task: number): void {
    this.#commands.mark(task);
  }

  settle(): void {
    this.#commands.settle();
  }

  /** PDUs have no rows. */
  begin(): number {
    return 0;
  }

  end(): void {}
}
