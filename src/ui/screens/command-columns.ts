// The columns of the list of commands: one row of the table a column.

import { hex32 } from '../../lib/hex.js';
import { bytesText, countText, durationText } from '../../lib/number-text.js';
import { nameOf, type TaskFact, titleOf } from '../../scsi/fact-kinds.js';
import { OUTCOME_NAMES, Outcome } from '../../scsi/task.js';
import { type FactKey, outcomeTone, TASK_FACTS } from '../../scsi/task-facts.js';
import type { SortColumn } from '../../store/sort-keys.js';
import { type StoredTask, storedTask } from '../../store/stored-task.js';
import { makeTaskRow, type TaskStore } from '../../store/task-store.js';
import { type Cell, type Cut, cell } from '../../view/cells.js';
import { NOTHING, nothing, secondsText } from '../../view/format.js';
import { cellOf } from '../../view/lists/command-cells.js';
import { lunText } from '../../wire/scsi/lun.js';
import { senseText } from '../../wire/scsi/sense.js';

/** At `ns` (the time cursor; Infinity without one) a command may still be going on. */
export interface CommandColumn {
  readonly name: string;
  readonly width: number;
  /** Where there is less room it may be narrower, down to this. */
  readonly least?: number;
  readonly right: boolean;
  readonly cut?: Cut;
  /** Columns with the largest number leave first where there is no room. */
  readonly priority: number;
  readonly sort: SortColumn;
  /** `nowNs`: to where ages of open ones are counted. */
  readonly cell: (tasks: TaskStore, row: number, ns: number, nowNs: number) => Cell;
  /** Where there is room left, up to so wide; and what is told then. */
  readonly wider?: number;
  readonly widerCell?: CommandColumn['cell'];
}

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

function latency(tasks: TaskStore, row: number, ns: number, nowNs: number): Cell {
  if (goesOn(tasks, row, ns)) {
    if (!Number.isFinite(ns)) {
      return cell(`≥ ${durationText(Math.max(0, nowNs - tasks.startNs(row)))}`, 'warn');
    }
    return cell(`${durationText(Math.max(0, ns - tasks.startNs(row)))}…`, 'note');
  }
  const whole = tasks.latencyNsAtMost(row);
  return whole < 0 ? nothing() : cell((tasks.statusBound(row) ? '≤ ' : '') + durationText(whole));
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

/** What of the table of facts is on the screen, and how it looks there. */
interface Look {
  readonly fact: FactKey;
  /** Above the column; default: the fact's title. */
  readonly head?: string;
  readonly width: number;
  readonly right?: true;
  readonly least?: number;
  readonly cut?: Cut;
  readonly priority: number;
  /** Default: the cell of lists, a quiet one where `quiet` is said. */
  readonly cell?: CommandColumn['cell'];
  readonly quiet?: true;
  readonly wider?: number;
  readonly widerCell?: CommandColumn['cell'];
}

const LOOKS: readonly Look[] = [
  {
    fact: 'relativeNs',
    width: 13,
    right: true,
    priority: 0,
    cell: (t, row) => cell(secondsText(t.startNs(row)), 'quiet'),
  },
  {
    fact: 'frame',
    width: 8,
    right: true,
    priority: 5,
    cell: (t, row) =>
      cell(t.commandFrame(row) > 0 ? String(t.commandFrame(row)) : NOTHING, 'quiet'),
  },
  { fact: 'session', head: 'S', width: 4, priority: 3 },
  { fact: 'connection', head: 'C', width: 4, priority: 9 },
  {
    fact: 'lun',
    width: 5,
    priority: 2,
    cell: (t, row) => (lunKnown(t, row) ? cell(lunOf(t, row), 'quiet') : nothing()),
  },
  { fact: 'operation', width: 17, wider: 24, cut: 'words', priority: 0 },
  { fact: 'lba', width: 11, right: true, priority: 4 },
  {
    fact: 'bytes',
    width: 9,
    right: true,
    priority: 1,
    cell: (t, row) => {
      const bytes = t.dataInBytes(row) + t.dataOutBytes(row);
      return bytes === 0 ? nothing() : cell(bytesText(bytes));
    },
  },
  { fact: 'latencyNs', width: 10, right: true, priority: 0, cell: latency },
  { fact: 'tcpWaitNs', width: 9, right: true, priority: 7 },
  {
    fact: 'r2ts',
    width: 5,
    right: true,
    priority: 6,
    cell: (t, row) => (t.r2ts(row) > 0 ? cell(countText(t.r2ts(row))) : nothing()),
  },
  {
    fact: 'tag',
    width: 10,
    priority: 8,
    cell: (t, row) => cell(`0x${hex32(t.tag(row))}`, 'quiet'),
  },
  { fact: 'cmdSN', width: 10, right: true, priority: 10, quiet: true },
  {
    fact: 'outcome',
    width: 17,
    least: 8,
    priority: 0,
    cell: outcome,
    wider: 60,
    widerCell: outcomeAndSense,
  },
];

const FACT_BY_KEY: ReadonlyMap<string, TaskFact> = new Map(
  TASK_FACTS.map((fact) => [fact.key, fact]),
);

export const COMMAND_COLUMNS: readonly CommandColumn[] = LOOKS.map((look): CommandColumn => {
  const fact = FACT_BY_KEY.get(look.fact);
  if (fact === undefined) throw new RangeError(`no fact ${look.fact}`);
  const name = look.head ?? titleOf(fact);
  const { width, least, right = false, cut, priority, wider, widerCell } = look;
  const told = look.cell ?? listCell(fact, look.quiet);
  const looks = { name, width, least, right, cut, priority, wider, widerCell };
  return { ...looks, sort: nameOf(fact), cell: told };
});

/** All columns but those that are wanted, by the names that the list has them by; none where nothing is said. */
export function columnsBut(wanted: readonly string[] | undefined): readonly string[] {
  if (wanted === undefined) return [];
  const others = COMMAND_COLUMNS.filter(({ sort }) => !wanted.includes(sort));
  // None of them is a column of the screen: then it has its own.
  return others.length === COMMAND_COLUMNS.length ? [] : others.map(({ name }) => name);
}

/** The cell that lists have, read from the columns of the store. */
function listCell(fact: TaskFact, quiet: true | undefined): CommandColumn['cell'] {
  const told = cellOf(fact).cell;
  const stored = new WeakMap<TaskStore, StoredTask>();
  return (tasks, row) => {
    const from = stored.get(tasks) ?? storedTask(tasks);
    stored.set(tasks, from);
    const one = told({ task: from.at(row), epoch: undefined, session: () => undefined });
    return quiet ? { ...one, tone: 'quiet' } : one;
  };
}

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
  const taken = new Map<CommandColumn, number>();
  // What is sorted by is looked at.
  const rank = (column: CommandColumn): number => (column.sort === sort ? -1 : column.priority);
  for (const column of [...wanted].sort((a, b) => rank(a) - rank(b))) {
    const { width: whole, least = whole } = column;
    if (room < least + GAP) continue;
    const given = Math.min(whole, room - GAP);
    room -= given + GAP;
    taken.set(column, given);
  }
  const shown: CommandColumn[] = [];
  for (const column of wanted) {
    const given = taken.get(column);
    if (given === undefined) continue;
    const more = Math.max(0, Math.min(room, (column.wider ?? 0) - given));
    room -= more;
    const { widerCell } = column;
    const tells = more >= TELLS_MORE && widerCell !== undefined ? widerCell : column.cell;
    shown.push({ ...column, width: given + more, cell: tells });
  }
  return shown;
}
