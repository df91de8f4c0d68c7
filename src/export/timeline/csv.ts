// The commands of a timeline as CSV (RFC 4180), one row each, written while the capture is read.
// Times are whole ns; what was not seen is empty.

import { type Epoch, isoTime } from '../../capture/time.js';
import { decimal64, hex64 } from '../../lib/hex.js';
import { PHASES, TCP_CAUSE_KEYS } from '../../metrics/phases.js';
import { operationText } from '../../report/commands.js';
import {
  EVIDENCE_NAMES,
  latencyNs,
  OUTCOME_NAMES,
  type Task,
  type TaskSink,
  TCP_CAUSES,
  TcpCause,
} from '../../scsi/task.js';
import { hex } from '../../wire/field.js';
import { CommandChoice } from './choice.js';
import { type Selection, takesTask } from './selection.js';

type Value = string | number;

interface CsvColumn {
  readonly name: string;
  readonly of: (t: Task, epoch: Epoch | undefined) => Value;
}

const since = (ns: number): Value => (ns < 0 ? '' : ns);
const known = (code: number): Value => (code < 0 ? '' : code);

const FLOWING: ReadonlySet<string> = new Set(['unsolicited data', 'data out', 'data in']);

const COLUMNS: readonly CsvColumn[] = [
  { name: 'session', of: (t) => t.session },
  { name: 'connection', of: (t) => t.connection },
  { name: 'lun', of: (t) => hex64(t.lunHigh, t.lunLow) },
  { name: 'initiatorTaskTag', of: (t) => t.tag },
  { name: 'cmdSN', of: (t) => (t.commandSeen ? t.cmdSN : '') },
  { name: 'operation', of: (t) => operationText(t.commandSeen ? t.operation : -1) },
  { name: 'cdb', of: (t) => hex(t.cdb, 0, Math.min(t.cdbLength, t.cdb.length)) },
  { name: 'lba', of: (t) => (t.lbaKnown ? decimal64(t.lbaHigh, t.lbaLow) : '') },
  { name: 'blocks', of: (t) => (t.lbaKnown ? t.blocks : '') },
  { name: 'expectedDataTransferLength', of: (t) => (t.commandSeen ? t.expectedLength : '') },
  { name: 'dataInBytes', of: (t) => t.dataInBytes },
  { name: 'dataOutBytes', of: (t) => t.dataOutBytes },
  { name: 'r2ts', of: (t) => t.r2ts },
  { name: 'frame', of: (t) => t.commandFrame || '' },
  { name: 'frameEnd', of: (t) => t.statusFrame || t.endFrame || '' },
  {
    name: 'time',
    of: (t, epoch) => (epoch !== undefined && t.commandSeen ? isoTime(epoch, t.commandNs) : ''),
  },
  { name: 'relativeNs', of: (t) => (t.commandSeen ? t.commandNs : '') },
  { name: 'endNs', of: (t) => since(t.endNs) },
  { name: 'latencyNs', of: (t) => (t.statusBound ? '' : since(latencyNs(t))) },
  ...PHASES.map(({ name }, i) => ({
    name: phaseColumn(name),
    of: (t: Task): Value => (latencyNs(t) < 0 || t.statusBound ? '' : t.phaseNs[i]),
  })),
  ...PHASES.flatMap(({ name }, phase) =>
    TCP_CAUSE_KEYS.flatMap((key, cause): CsvColumn[] => {
      // Windows explain pauses in data that flows, and nothing else.
      if (cause >= TcpCause.zeroWindow && !FLOWING.has(name)) return [];
      const at = phase * TCP_CAUSES + cause;
      const of = (t: Task): Value => (latencyNs(t) < 0 || t.statusBound ? '' : t.tcpCauseNs[at]);
      const words = phaseColumn(name).replace(/Ns$/, '');
      return [{ name: `${words}${key[0].toUpperCase()}${key.slice(1)}`, of }];
    }),
  ),
  { name: 'tcpWaitNs', of: (t) => t.tcpWaitNs },
  { name: 'hostNs', of: (t) => (t.r2tsAnswered > 0 ? t.hostNs : '') },
  { name: 'response', of: (t) => known(t.response) },
  { name: 'status', of: (t) => known(t.status) },
  { name: 'senseKey', of: (t) => known(t.senseKey) },
  { name: 'asc', of: (t) => known(t.asc) },
  { name: 'ascq', of: (t) => known(t.ascq) },
  { name: 'residual', of: (t) => (t.residualKind === 2 ? -t.residualCount : t.residualCount) },
  { name: 'outcome', of: (t) => OUTCOME_NAMES[t.outcome] },
  { name: 'inferred', of: (t) => EVIDENCE_NAMES[t.evidence] },
];

/** "R2T to data" → "r2tToDataNs". */
function phaseColumn(name: string): string {
  const words = name.replace('R2T', 'r2t');
  return `${words.replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase())}Ns`;
}

export class TimelineCsv implements TaskSink {
  epoch: Epoch | undefined = undefined;
  readonly #of: Selection;
  readonly #write: (text: string) => void;
  readonly #commands: CommandChoice;

  /** Writes the line of names at once. */
  constructor(of: Selection, write: (text: string) => void) {
    this.#of = of;
    this.#write = write;
    this.#commands = new CommandChoice((_session, text) => write(text));
    write(`${COLUMNS.map((column) => column.name).join(',')}\r\n`);
  }

  taskStarted(_task: Task): void {}

  taskEnded(task: Task): void {
    if (!takesTask(this.#of, task)) return;
    let line = '';
    for (let i = 0; i < COLUMNS.length; i++) {
      line += (i > 0 ? ',' : '') + quoted(String(COLUMNS[i].of(task, this.epoch)));
    }
    line += '\r\n';
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
  end(): void {}
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
