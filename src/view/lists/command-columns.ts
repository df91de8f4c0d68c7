// The columns of a list of commands. A row is a Task, and who is behind its session.

import { type Epoch, isoTime } from '../../capture/time.js';
import { countText, durationText } from '../../lib/units.js';
import { decimal64, hex64 } from '../../lib/words.js';
import { phasesOf } from '../../metrics/phases.js';
import { operationText } from '../../report/commands.js';
import type { Session } from '../../session/model.js';
import {
  endedWell,
  latencyNs,
  OUTCOME_NAMES,
  Outcome,
  type Task,
  TCP_CAUSES,
  TcpCause,
} from '../../session/task.js';
import { hex } from '../../wire/field.js';
import { ascText } from '../../wire/scsi/asc.js';
import { lunText } from '../../wire/scsi/lun.js';
import { senseKeyName } from '../../wire/scsi/sense.js';
import { scsiStatusName } from '../../wire/scsi/status.js';
import { type Cell, cell, type Tone } from '../cells.js';
import { bytes, count, duration, NOTHING, share, sinceStart } from '../format.js';
import type { ListColumn, ListValue } from './list.js';

/** One row: a task, borrowed, and what is known around it. */
export interface CommandRow {
  task: Task;
  readonly epoch: Epoch | undefined;
  readonly session: (id: number) => Session | undefined;
}

type Column = ListColumn<CommandRow>;

export const COMMAND_COLUMNS: readonly Column[] = [
  {
    name: 'time',
    key: 'relativeNs',
    head: 'time',
    align: 'right',
    width: 12,
    priority: 3,
    about: 'when the command began, in s since the first packet',
    value: ({ task }) => known(task.commandNs),
    cell: ({ task }) => (task.commandSeen ? sinceStart(task.commandNs) : nothing()),
  },
  {
    name: 'clock',
    key: 'time',
    head: 'time (UTC)',
    align: 'left',
    width: 30,
    priority: 0,
    about: 'the same as wall clock',
    value: clockOf,
    cell: (row) => textCell(clockOf(row)),
  },
  {
    name: 'frame',
    key: 'frame',
    head: 'frame',
    align: 'right',
    width: 8,
    priority: 1,
    about: 'packet of its first byte',
    value: ({ task }) => task.commandFrame || undefined,
    cell: ({ task }) => numberCell(task.commandFrame || undefined),
  },
  {
    name: 'frameEnd',
    key: 'frameEnd',
    head: 'to',
    align: 'right',
    width: 8,
    priority: 10,
    about: 'packet of its status, or of what else ended it',
    value: ({ task }) => task.statusFrame || task.endFrame || undefined,
    cell: ({ task }) => numberCell(task.statusFrame || task.endFrame || undefined, 'quiet'),
  },
  {
    name: 'session',
    key: 'session',
    head: 'S',
    align: 'left',
    width: 4,
    priority: 7,
    about: 'session',
    value: ({ task }) => task.session,
    cell: ({ task }) => cell(`S${task.session}`, 'quiet'),
  },
  {
    name: 'connection',
    key: 'connection',
    head: 'C',
    align: 'left',
    width: 4,
    priority: 0,
    about: 'connection',
    value: ({ task }) => task.connection,
    cell: ({ task }) => cell(`C${task.connection}`, 'quiet'),
  },
  {
    name: 'initiator',
    key: 'initiatorName',
    head: 'initiator',
    align: 'left',
    width: 30,
    priority: 0,
    about: "the initiator's name, or its address",
    value: (row) => sideOf(row, 'initiator'),
    cell: (row) => textCell(sideOf(row, 'initiator')),
  },
  {
    name: 'target',
    key: 'targetName',
    head: 'target',
    align: 'left',
    width: 30,
    priority: 0,
    about: "the target's name, or its address",
    value: (row) => sideOf(row, 'target'),
    cell: (row) => textCell(sideOf(row, 'target')),
  },
  {
    name: 'lun',
    key: 'lun',
    head: 'LUN',
    align: 'left',
    width: 4,
    priority: 6,
    about: 'logical unit',
    value: ({ task }) => hex64(task.lunHigh, task.lunLow),
    cell: ({ task }) => cell(lunText(task.lunHigh, task.lunLow)),
  },
  {
    name: 'tag',
    key: 'initiatorTaskTag',
    head: 'tag',
    align: 'left',
    width: 10,
    priority: 8,
    about: 'Initiator Task Tag',
    value: ({ task }) => task.initiatorTaskTag,
    cell: ({ task }) => cell(`0x${task.initiatorTaskTag.toString(16)}`, 'quiet'),
  },
  {
    name: 'cmdSN',
    key: 'cmdSN',
    head: 'CmdSN',
    align: 'right',
    width: 10,
    priority: 0,
    about: 'command sequence number',
    value: ({ task }) => (task.commandSeen ? task.cmdSN : undefined),
    cell: ({ task }) => plainCell(task.commandSeen ? task.cmdSN : undefined),
  },
  {
    name: 'operation',
    key: 'operation',
    head: 'operation',
    align: 'left',
    width: 16,
    priority: 1,
    grows: true,
    about: 'what it asks for',
    value: ({ task }) => operationText(task.operation),
    cell: ({ task }) => cell(operationText(task.operation), 'strong'),
  },
  {
    name: 'lba',
    key: 'lba',
    head: 'LBA',
    align: 'right',
    width: 12,
    priority: 4,
    about: 'first logical block',
    value: lbaOf,
    cell: (row) => textCell(lbaOf(row)),
  },
  {
    name: 'blocks',
    key: 'blocks',
    head: 'blocks',
    align: 'right',
    width: 7,
    priority: 9,
    about: 'logical blocks asked for',
    value: ({ task }) => (task.lbaKnown ? task.blocks : undefined),
    cell: ({ task }) => numberCell(task.lbaKnown ? task.blocks : undefined),
  },
  {
    name: 'expected',
    key: 'expectedDataTransferLength',
    head: 'expected',
    align: 'right',
    width: 8,
    priority: 0,
    about: 'Expected Data Transfer Length, in bytes',
    value: ({ task }) => (task.commandSeen ? task.expectedLength : undefined),
    cell: ({ task }) => (task.commandSeen ? bytes(task.expectedLength) : nothing()),
  },
  {
    name: 'in',
    key: 'dataInBytes',
    head: 'in',
    align: 'right',
    width: 8,
    priority: 0,
    about: 'bytes of Data-In',
    value: ({ task }) => task.dataInBytes,
    cell: ({ task }) => bytes(task.dataInBytes),
  },
  {
    name: 'out',
    key: 'dataOutBytes',
    head: 'out',
    align: 'right',
    width: 8,
    priority: 0,
    about: 'bytes of Data-Out and of immediate data',
    value: ({ task }) => task.dataOutBytes,
    cell: ({ task }) => bytes(task.dataOutBytes),
  },
  {
    name: 'bytes',
    key: 'bytes',
    head: 'data',
    align: 'right',
    width: 8,
    priority: 5,
    about: 'bytes moved, both ways',
    value: ({ task }) => task.dataInBytes + task.dataOutBytes,
    cell: ({ task }) => bytes(task.dataInBytes + task.dataOutBytes),
  },
  {
    name: 'r2ts',
    key: 'r2ts',
    head: 'R2Ts',
    align: 'right',
    width: 4,
    priority: 11,
    about: 'R2Ts',
    value: ({ task }) => task.r2ts,
    cell: ({ task }) => count(task.r2ts),
  },
  {
    name: 'latency',
    key: 'latencyNs',
    head: 'latency',
    align: 'right',
    width: 9,
    priority: 1,
    about: "the command's first byte to its status' last",
    value: ({ task }) => (task.statusBound ? undefined : known(latencyNs(task))),
    cell: latencyCell,
  },
  {
    name: 'latencyMax',
    key: 'latencyNsMax',
    head: 'at most',
    align: 'right',
    width: 9,
    priority: 0,
    about: 'upper bound of the latency where the status was not captured',
    value: ({ task }) => (task.statusBound ? known(latencyNs(task)) : undefined),
    cell: ({ task }) => duration(task.statusBound ? known(latencyNs(task)) : undefined),
  },
  {
    name: 'tcpWait',
    key: 'tcpWaitNs',
    head: 'TCP wait',
    align: 'right',
    width: 8,
    priority: 0,
    about: 'of the latency: waiting for bytes that TCP sent again',
    value: ({ task }) => task.tcpWaitNs,
    cell: ({ task }) => duration(task.tcpWaitNs > 0 ? task.tcpWaitNs : undefined, 'warn'),
  },
  tcpCause('tcpRetransmission', TcpCause.retransmission, 'again', 'bytes lost and sent again'),
  tcpCause('tcpReordering', TcpCause.reordering, 'reordered', 'packets that overtook each other'),
  tcpCause('tcpZeroWindow', TcpCause.zeroWindow, 'window 0', 'a receive window of zero'),
  tcpCause('tcpWindowFull', TcpCause.windowFull, 'win full', 'a full receive window'),
  {
    name: 'phase',
    key: 'longestPhase',
    head: 'most of it',
    align: 'left',
    width: 22,
    priority: 12,
    about: 'the longest phase',
    value: ({ task }) => longestPhase(task)?.name,
    cell: phaseCell,
  },
  {
    name: 'status',
    key: 'status',
    head: 'status',
    align: 'left',
    width: 16,
    priority: 0,
    about: 'SCSI status',
    value: ({ task }) => known(task.status),
    cell: ({ task }) => textCell(task.status < 0 ? undefined : scsiStatusName(task.status)),
  },
  {
    name: 'sense',
    key: 'sense',
    head: 'sense',
    align: 'left',
    width: 30,
    priority: 0,
    about: 'sense key and additional sense code',
    value: ({ task }) => senseText(task),
    cell: ({ task }) => textCell(senseText(task), 'warn'),
  },
  {
    name: 'outcome',
    key: 'outcome',
    head: 'outcome',
    align: 'left',
    width: 16,
    priority: 2,
    about: 'how it ended',
    value: ({ task }) => OUTCOME_NAMES[task.outcome],
    cell: outcomeCell,
  },
  {
    name: 'cdb',
    key: 'cdb',
    head: 'CDB',
    align: 'left',
    width: 32,
    priority: 0,
    about: 'the CDB in hex',
    value: ({ task }) => (task.cdbLength > 0 ? hex(task.cdb, 0, task.cdbLength) : undefined),
    cell: ({ task }) =>
      textCell(task.cdbLength > 0 ? hex(task.cdb, 0, task.cdbLength) : undefined, 'quiet'),
  },
];

/** Sense key and additional sense code in words. */
export function senseText(task: Task): string | undefined {
  if (task.senseKey < 0) return undefined;
  const code = task.asc < 0 ? '' : `, ${ascText(task.asc, task.ascq)}`;
  return senseKeyName(task.senseKey) + code;
}

export function outcomeTone(task: Task): Tone {
  if (endedWell(task.outcome)) return 'good';
  switch (task.outcome) {
    case Outcome.open:
    case Outcome.lost:
    case Outcome.aborted:
    case Outcome.taskAborted:
    case Outcome.targetFailure:
      return 'bad';
    default:
      return 'warn';
  }
}

function outcomeCell({ task }: CommandRow): Cell {
  return cell(OUTCOME_NAMES[task.outcome], outcomeTone(task));
}

function latencyCell({ task }: CommandRow): Cell {
  const ns = latencyNs(task);
  if (ns < 0) return nothing();
  return cell(task.statusBound ? `≤ ${durationText(ns)}` : durationText(ns), 'strong');
}

function longestPhase(task: Task): { readonly name: string; readonly ns: number } | undefined {
  if (task.statusBound) return undefined;
  const phases = phasesOf(task);
  return phases.length === 0 ? undefined : phases.reduce((a, b) => (b.ns > a.ns ? b : a));
}

function phaseCell({ task }: CommandRow): Cell {
  const most = longestPhase(task);
  if (most === undefined) return nothing();
  return cell(`${most.name} ${share(most.ns, latencyNs(task))}`);
}

function lbaOf({ task }: CommandRow): string | undefined {
  return task.lbaKnown ? decimal64(task.lbaHigh, task.lbaLow) : undefined;
}

function clockOf({ task, epoch }: CommandRow): string | undefined {
  return epoch !== undefined && task.commandSeen ? isoTime(epoch, task.commandNs) : undefined;
}

function sideOf({ task, session }: CommandRow, side: 'initiator' | 'target'): ListValue {
  const of = session(task.session);
  if (of === undefined) return undefined;
  const name = side === 'initiator' ? of.initiatorName : of.targetName;
  return name || (side === 'initiator' ? of.initiatorAddress : of.targetAddress) || undefined;
}

function known(value: number): number | undefined {
  return value < 0 ? undefined : value;
}

function nothing(): Cell {
  return cell(NOTHING, 'quiet');
}

function numberCell(value: number | undefined, tone: Tone = 'plain'): Cell {
  return value === undefined ? nothing() : cell(countText(value), tone);
}

/** A number that counts nothing: without separators. */
function plainCell(value: number | undefined): Cell {
  return value === undefined ? nothing() : cell(String(value));
}

function textCell(value: ListValue, tone: Tone = 'plain'): Cell {
  return value === undefined ? nothing() : cell(String(value), tone);
}

/** Of the latency what TCP took for one cause, over all phases. */
function tcpCause(name: string, cause: number, head: string, about: string): Column {
  const sum = (task: CommandRow['task']): number => {
    let ns = 0;
    for (let at = cause; at < task.tcpCauseNs.length; at += TCP_CAUSES) ns += task.tcpCauseNs[at];
    return ns;
  };
  return {
    name,
    key: `${name}Ns`,
    head,
    align: 'right',
    width: 9,
    priority: 0,
    about: `of the latency: ${about}`,
    value: ({ task }) => sum(task),
    cell: ({ task }) => duration(sum(task) || undefined, 'warn'),
  };
}
