// How the facts of a command look in lists and on screens. A fact that is not here has the usual cell of
// its type, and stands in lists where it is asked for.

import { countText, durationText } from '../../lib/number-text.js';
import {
  type Around,
  isNumber,
  isText,
  isWide,
  type TaskFact,
  type TaskFields,
} from '../../scsi/fact-kinds.js';
import { factValue } from '../../scsi/fact-record.js';
import { latencyNs, latencyNsAtMost } from '../../scsi/task.js';
import { type FactKey, longestPhase } from '../../scsi/task-facts.js';
import { lunText } from '../../wire/scsi/lun.js';
import { scsiStatusName } from '../../wire/scsi/status.js';
import { type Cell, type Cut, cell, type Tone } from '../cells.js';
import { bytes, count, duration, nothing, said, share, sinceStart } from '../format.js';

/** One row: a task, borrowed, and what is known around it. */
export interface CommandRow extends Around {
  task: TaskFields;
}

export interface CommandCell {
  /** Above the column; default: the fact's title. */
  readonly head?: string;
  readonly align?: 'left' | 'right';
  readonly width?: number;
  /** In lists where no columns are chosen (view/lists/list.ts); default: not in them. */
  readonly priority?: number;
  readonly cut?: Cut;
  readonly grows?: boolean;
  readonly cell?: (row: CommandRow) => Cell;
}

const NUMBER_WIDTH = 9;
const TEXT_WIDTH = 30;

const COMMAND_CELLS: Readonly<Partial<Record<FactKey, CommandCell>>> = {
  relativeNs: {
    width: 12,
    priority: 3,
    cell: ({ task }) => (task.commandSeen ? sinceStart(task.commandNs) : nothing()),
  },
  time: { head: 'time (UTC)' },
  frame: { width: 8, priority: 1 },
  frameEnd: {
    head: 'to',
    width: 8,
    priority: 10,
    cell: ({ task }) => numberCell(task.statusFrame || task.endFrame || undefined, 'quiet'),
  },
  session: {
    head: 'S',
    align: 'left',
    width: 4,
    priority: 7,
    cell: ({ task }) => cell(`S${task.session}`, 'quiet'),
  },
  connection: {
    head: 'C',
    align: 'left',
    width: 4,
    cell: ({ task }) => (task.connection < 0 ? nothing() : cell(`C${task.connection}`, 'quiet')),
  },
  lun: {
    width: 4,
    priority: 6,
    cell: ({ task }) => cell(lunText(task.lunHigh, task.lunLow)),
  },
  tag: {
    align: 'left',
    width: 10,
    priority: 8,
    cell: ({ task }) => cell(`0x${task.tag.toString(16)}`, 'quiet'),
  },
  cmdSN: {
    width: 10,
    cell: ({ task }) => said(task.commandSeen ? task.cmdSN : undefined),
  },
  operation: { width: 16, priority: 1, cut: 'words', grows: true },
  opcode: { width: 6 },
  lba: { width: 12, priority: 4 },
  blocks: { width: 7, priority: 9 },
  expectedBytes: { head: 'expected', width: 8 },
  dataInBytes: { width: 8 },
  dataOutBytes: { width: 8 },
  bytes: { head: 'data', width: 8, priority: 5 },
  r2ts: { width: 4, priority: 11 },
  latencyNs: { priority: 1, cell: latencyCell },
  latencyNsAtMost: { head: 'at most' },
  arrayNs: { head: 'array' },
  tcpWaitNs: { width: 8 },
  tcpRetransmissionNs: { head: 'again' },
  tcpReorderingNs: { head: 'reordered' },
  tcpZeroWindowNs: { head: 'window 0' },
  tcpWindowFullNs: { head: 'win full' },
  longestPhase: { head: 'most of it', width: 22, priority: 12, cell: phaseCell },
  status: {
    align: 'left',
    width: 16,
    cell: ({ task }) => said(task.status < 0 ? undefined : scsiStatusName(task.status)),
  },
  outcome: { width: 16, priority: 2 },
  cdb: { head: 'CDB', width: 32 },
};

/** Tones of values that have none of their own in the table of facts. */
const TONES: Readonly<Partial<Record<string, Tone>>> = { operation: 'strong', cdb: 'quiet' };

/** The look of a fact: what is said of it here, else what its type says. */
export function cellOf(fact: TaskFact): Required<Omit<CommandCell, 'cut'>> & CommandCell {
  const own = (COMMAND_CELLS as Readonly<Partial<Record<string, CommandCell>>>)[fact.key] ?? {};
  const isLeft = isText(fact) || fact.type === 'flag';
  return {
    head: fact.title ?? fact.name ?? fact.key,
    align: isLeft || fact.type === 'lun' ? 'left' : 'right',
    width: isText(fact) ? TEXT_WIDTH : NUMBER_WIDTH,
    priority: 0,
    grows: false,
    cell: usualCell(fact),
    ...own,
  };
}

function usualCell(fact: TaskFact): (row: CommandRow) => Cell {
  const toneOf = ({ task }: CommandRow): Tone => fact.tone?.(task) ?? TONES[fact.key] ?? 'plain';
  if (!isNumber(fact)) {
    return (row) => {
      const value = factValue(fact, row.task, row);
      return value === undefined || isWide(fact) || isText(fact)
        ? said(value === undefined ? undefined : String(value), toneOf(row))
        : nothing();
    };
  }
  return (row) => {
    const value = fact.number(row.task);
    if (Number.isNaN(value)) return nothing();
    switch (fact.type) {
      case 'ns':
        return duration(value > 0 || fact.tone === undefined ? value : undefined, toneOf(row));
      case 'instant':
        return sinceStart(value);
      case 'bytes':
        return bytes(value);
      case 'flag':
        return said(value === 1 ? 'yes' : 'no', 'quiet');
      case 'code':
        return said(fact.names?.[value] ?? value);
      case 'count':
        return fact.key.startsWith('frame') ? numberCell(value) : count(value);
      default:
        return numberCell(value);
    }
  };
}

function latencyCell({ task }: CommandRow): Cell {
  const ns = latencyNsAtMost(task);
  if (ns < 0) return nothing();
  return cell(task.statusBound ? `≤ ${durationText(ns)}` : durationText(ns), 'strong');
}

function phaseCell({ task }: CommandRow): Cell {
  const most = longestPhase(task);
  if (most === undefined) return nothing();
  return cell(`${most.name} ${share(most.ns, latencyNs(task))}`);
}

function numberCell(value: number | undefined, tone: Tone = 'plain'): Cell {
  return value === undefined ? nothing() : cell(countText(value), tone);
}
