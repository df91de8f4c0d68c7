// Below the rows of the live screen: the commands that have waited longest for their answer.

import { countText } from '../../lib/number-text.js';
import type { IntervalReport, WaitingCommand } from '../../report/interval.js';
import { type Cell, type Column, cell } from '../../view/cells.js';
import { duration, NOTHING } from '../../view/format.js';
import { heading, tableLines } from '../blocks.js';
import type { Line } from '../terminal/line.js';

/** An age from which on it is worth a colour. */
export const OLD_NS = 1e9;

/** Younger ones come and go too fast to be read. */
const WORTH_NS = 10e6;

export interface WaitingLine {
  readonly line: Line;
  /** Absent for what stands above the commands. */
  readonly command?: WaitingCommand;
}

export function waitingLines(
  { waiting: all, outstanding }: IntervalReport,
  width: number,
): readonly WaitingLine[] {
  const waiting = all.filter((command) => command.ageNs >= WORTH_NS);
  if (waiting.length === 0) return [];
  const more = outstanding - waiting.length;
  const note = more > 0 ? `of ${countText(outstanding)}; Enter opens one` : 'Enter opens one';
  const [head, ...rows] = tableLines(
    { kind: 'table', columns: COLUMNS, rows: waiting.map(cellsOf) },
    width,
  );
  return [
    { line: [] },
    { line: heading(' Longest open', note) },
    { line: head },
    ...rows.map((line, i): WaitingLine => ({ line, command: waiting[i] })),
  ];
}

const COLUMNS: readonly Column[] = [
  { head: 'age', align: 'right', priority: 0, room: 8 },
  { head: 'operation', align: 'left', priority: 0, room: 16 },
  { head: 'S', align: 'left', priority: 1 },
  { head: 'C', align: 'left', priority: 3 },
  { head: 'LUN', align: 'right', priority: 0 },
  { head: 'LBA', align: 'right', priority: 1, room: 12 },
  { head: 'blocks', align: 'right', priority: 2, room: 6 },
  { head: 'tag', align: 'left', priority: 2 },
  { head: 'frame', align: 'right', priority: 3, room: 8 },
];

function cellsOf(c: WaitingCommand): Cell[] {
  return [
    duration(c.ageNs, c.ageNs >= OLD_NS ? 'bad' : 'strong'),
    cell(c.operation),
    cell(c.session < 0 ? NOTHING : `S${c.session}`, 'quiet'),
    cell(`C${c.connection}`, 'quiet'),
    cell(c.lunText),
    cell(c.lba ?? NOTHING),
    cell(c.blocks === undefined ? NOTHING : countText(c.blocks)),
    cell(`0x${(c.tag >>> 0).toString(16).padStart(8, '0')}`, 'quiet'),
    cell(String(c.frame), 'quiet'),
  ];
}
