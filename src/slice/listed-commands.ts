// Commands that something else chose, one by one and in any order (a list, marks), and what any tool needs to
// understand them.

import type { Analysis } from '../analysis.js';
import type { MessageSink } from '../pdu/message.js';
import type { PduSink } from '../pdu/pdu.js';
import type { Task, TaskSink } from '../scsi/task.js';
import { keptRoads } from './kept-roads.js';
import { SliceSelection } from './selection.js';
import type { KeptPackets, KeptRoad } from './slicer.js';
import { StartsSink } from './starts-sink.js';

/** What is written, and why. */
export interface Kept {
  readonly selection: SliceSelection;
  readonly roads: readonly KeptRoad[];
  readonly packets: KeptPackets;
}

/** Keeps nothing by itself. */
export function nothingYet(): SliceSelection {
  return new SliceSelection({ byPdus: true, fromNs: 0, toNs: Number.MAX_SAFE_INTEGER });
}

export function keptOf(
  selection: SliceSelection,
  analysis: Analysis,
  connections: ReadonlySet<number> = new Set(),
): Kept {
  const whole = { connections, fromNs: 0, toNs: Number.MAX_SAFE_INTEGER };
  const roads = keptRoads(analysis, selection, whole);
  return { selection, roads, packets: { stretches: selection.packets(), fromNs: 0, toNs: -1 } };
}

/** Chosen while or after the capture is read. */
export class ListedCommands implements TaskSink {
  readonly selection: SliceSelection = nothingYet();
  /** Of commands that do not begin a packet: where their stretch must begin. */
  readonly #starts = new Map<number, number>();

  sinks(): { readonly pduSink: PduSink; readonly messageSink: MessageSink } {
    const starts = new StartsSink(this.selection.aligned);
    return { pduSink: starts, messageSink: starts };
  }

  taskStarted(task: Task): void {
    this.selection.taskStarted(task);
    const start = this.selection.aligned.startOf(task.connection, task.commandFrame);
    if (start !== task.commandFrame) this.#starts.set(task.number, start);
  }

  taskEnded(task: Task): void {
    this.selection.taskEnded(task);
  }

  keep(task: Task): void {
    this.selection.keepTask(task, this.#starts.get(task.number));
  }
}
