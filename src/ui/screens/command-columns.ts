// The columns of the list of commands: one row of the table a column.

import { decimal64, hex32 } from '../../lib/hex.js';
import { bytesText, countText, durationText } from '../../lib/number-text.js';
import { operationText } from '../../report/commands.js';
import { OUTCOME_NAMES, Outcome } from '../../scsi/task.js';
import { outcomeTone } from '../../scsi/task-facts.js';
import type { SortColumn } from '../../store/sort-keys.js';
import { makeTaskRow, type TaskStore } from '../../store/task-store.js';
import { type Cell, cell } from '../../view/cells.js';
import { NOTHING, nothing, secondsText } from '../../view/format.js';
import { lunText } from '../../wire/scsi/lun.js';
import { senseText } from '../../wire/scsi/sense.js';

/** At `ns` (the time cursor; Infinity without one) a command may still be going on. */
export interface CommandColumn {
  readonly name: string;
  readonly width: number;
  readonly right: boolean;
  /** Names that begin alike keep their ends. */
  readonly cut?: 'start';
  /** Columns with the largest number leave first where there is no room. */
  readonly priority: number;
  readonly sort: SortColumn;
  readonly cell: (tasks: TaskStore, row: number, ns: number) => Cell;
  /** Where there is room left, up to so wide; and what is told then. */
  readonly wider?: number;
  readonly widerCell?: CommandColumn['cell'];
}

const none = (): Cell => nothing();

/** True where the command had not ended at a time. */
export function goesOn(tasks: TaskStore, row: number, ns: number): boolean {
  const end = tasks.endNs(row);
  return end < 0 || end > ns;
}

/** Responses and Data-In have no LUN: where the command was not captured it may not be known. */
function lunKnown(tasks: TaskStore, row: number): boolean {
  return tasks.commandSeen(row) || tasks.lunHigh(row) > 0 || tasks.lunLow(row) > 0;
}

function lunOf(tasks: TaskStore, row: number): string {
  return lunText(tasks.lunHigh(row), tasks.lunLow(row));
}

function latency(tasks: TaskStore, row: number, ns: number): Cell {
  if (goesOn(tasks, row, ns)) {
    if (!Number.isFinite(ns)) return cell('open', 'warn');
    return cell(`${durationText(Math.max(0, ns - tasks.startNs(row)))}…`, 'note');
  }
  const whole = tasks.latencyNsAtMost(row);
  return whole < 0 ? none() : cell((tasks.statusBound(row) ? '≤ ' : '') + durationText(whole));
}

const scratch = makeTaskRow();

function senseOf(tasks: TaskStore, row: number): string | undefined {
  tasks.read(row, scratch);
  return senseText(scratch);
}

function outcome(tasks: TaskStore, row: number, ns: number): Cell {
  if (goesOn(tasks, row, ns)) return cell(Number.isFinite(ns) ? '… running' : '? open', 'warn');
  const code = tasks.outcome(row);
  const tone = outcomeTone(code);
  const mark = tone === 'good' ? '' : tone === 'bad' ? '! ' : '? ';
  return cell(mark + OUTCOME_NAMES[code], tone === 'good' ? 'quiet' : tone);
}

/** The same, and what the sense data says. */
function outcomeAndSense(tasks: TaskStore, row: number, ns: number): Cell {
  const short = outcome(tasks, row, ns);
  if (short.tone !== 'bad' || tasks.outcome(row) !== Outcome.checkCondition) return short;
  const sense = senseOf(tasks, row);
  return sense === undefined ? short : cell(`${short.text}: ${sense}`, short.tone);
}

export const COMMAND_COLUMNS: readonly CommandColumn[] = [
  {
    name: 'time',
    width: 13,
    right: true,
    priority: 0,
    sort: 'time',
    cell: (t, row) => cell(secondsText(t.startNs(row)), 'quiet'),
  },
  {
    name: 'frame',
    width: 8,
    right: true,
    priority: 5,
    sort: 'frame',
    cell: (t, row) =>
      cell(t.commandFrame(row) > 0 ? String(t.commandFrame(row)) : NOTHING, 'quiet'),
  },
  {
    name: 'S',
    width: 4,
    right: false,
    priority: 3,
    sort: 'session',
    cell: (t, row) => cell(`S${t.session(row)}`, 'quiet'),
  },
  {
    name: 'C',
    width: 4,
    right: false,
    priority: 9,
    sort: 'connection',
    cell: (t, row) => cell(`C${t.connection(row)}`, 'quiet'),
  },
  {
    name: 'LUN',
    width: 5,
    right: false,
    priority: 2,
    sort: 'lun',
    cell: (t, row) => (lunKnown(t, row) ? cell(lunOf(t, row), 'quiet') : none()),
  },
  {
    name: 'operation',
    width: 17,
    wider: 24,
    right: false,
    cut: 'start',
    priority: 0,
    sort: 'operation',
    cell: (t, row) => cell(operationText(t.operation(row)), 'strong'),
  },
  {
    name: 'LBA',
    width: 11,
    right: true,
    priority: 4,
    sort: 'lba',
    cell: (t, row) => (t.lbaKnown(row) ? cell(decimal64(t.lbaHigh(row), t.lbaLow(row))) : none()),
  },
  {
    name: 'bytes',
    width: 9,
    right: true,
    priority: 1,
    sort: 'bytes',
    cell: (t, row) => {
      const bytes = t.dataInBytes(row) + t.dataOutBytes(row);
      return bytes === 0 ? none() : cell(bytesText(bytes));
    },
  },
  { name: 'latency', width: 10, right: true, priority: 0, sort: 'latency', cell: latency },
  {
    name: 'TCP wait',
    width: 9,
    right: true,
    priority: 7,
    sort: 'tcpWait',
    cell: (t, row) =>
      t.tcpWaitNs(row) > 0 ? cell(durationText(t.tcpWaitNs(row)), 'warn') : none(),
  },
  {
    name: 'R2Ts',
    width: 5,
    right: true,
    priority: 6,
    sort: 'r2ts',
    cell: (t, row) => (t.r2ts(row) > 0 ? cell(countText(t.r2ts(row))) : none()),
  },
  {
    name: 'tag',
    width: 10,
    right: false,
    priority: 8,
    sort: 'tag',
    cell: (t, row) => cell(`0x${hex32(t.tag(row))}`, 'quiet'),
  },
  {
    name: 'CmdSN',
    width: 10,
    right: true,
    priority: 10,
    sort: 'cmdSN',
    cell: (t, row) => (t.commandSeen(row) ? cell(String(t.cmdSN(row)), 'quiet') : none()),
  },
  {
    name: 'outcome',
    width: 17,
    right: false,
    priority: 0,
    sort: 'outcome',
    cell: outcome,
    wider: 60,
    widerCell: outcomeAndSense,
  },
];

const GAP = 1;
const TELLS_MORE = 12;

/** Those that are wanted and have room beside two columns for marks, in their own order. */
export function columnsIn(
  width: number,
  hidden: readonly string[],
  sort: SortColumn,
): readonly CommandColumn[] {
  const wanted = COMMAND_COLUMNS.filter((c) => !hidden.includes(c.name));
  let room = width - 2;
  const taken = new Set<CommandColumn>();
  // What is sorted by is looked at.
  const rank = (column: CommandColumn): number => (column.sort === sort ? -1 : column.priority);
  for (const column of [...wanted].sort((a, b) => rank(a) - rank(b))) {
    if (room < column.width + GAP) continue;
    room -= column.width + GAP;
    taken.add(column);
  }
  const shown: CommandColumn[] = [];
  for (const column of wanted) {
    if (!taken.has(column)) continue;
    const more = Math.max(0, Math.min(room, (column.wider ?? 0) - column.width));
    room -= more;
    const { widerCell } = column;
    const tells = more >= TELLS_MORE && widerCell !== undefined ? widerCell : column.cell;
    shown.push({ ...column, width: column.width + more, cell: tells });
  }
  return shown;
}
