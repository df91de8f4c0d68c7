// A capture kept as a whole, for lists, ladders and screens: tasks, and where asked for PDUs and
// what TCP did. Its parts are the road's sinks:
//
//   const keeper = new Keeper({ pdus: true });
//   const analysis = await analyse(paths, keeper.sinks());
//   const rows = sortTasks(keeper.tasks, selectTasks(keeper.tasks), 'latency', true);
//   const task = makeTaskRow();
//   keeper.tasks.read(rows[0], task);            // the slowest command, all of its facts
//   for (let p = keeper.pdus.firstOf(rows[0]); p >= 0; p = keeper.pdus.next(p)) …  // its PDUs
//
// Everything may be read while the road still runs: `count` says how many rows there are.

import type { Task, TaskSink } from '../../session/task.js';
import type { AnalyseOptions } from '../input.js';
import { PduIndex } from './pdu-index.js';
import { TaskStore } from './task-store.js';
import { TcpLog } from './tcp-log.js';

export interface KeeperOptions {
  /** Keep the PDUs and TCP's events too. */
  readonly pdus: boolean;
}

export class Keeper {
  readonly tasks: TaskStore = new TaskStore();
  /** Empty where they are not kept. */
  readonly pdus: PduIndex = new PduIndex();
  readonly tcp: TcpLog = new TcpLog();
  readonly #keepsPdus: boolean;

  constructor(options: KeeperOptions) {
    this.#keepsPdus = options.pdus;
  }

  /** What analyse() is to be given; other sinks can be joined with bothTasks. */
  sinks(): AnalyseOptions {
    if (!this.#keepsPdus) return { taskSink: this.tasks };
    return {
      packetSink: this.pdus,
      taskSink: bothTasks(this.tasks, this.pdus),
      pduSink: this.pdus,
      tcpSink: this.tcp,
    };
  }

  /** Octets held by all columns. */
  bytes(): number {
    return this.tasks.bytes() + this.pdus.bytes();
  }
}

/** Tells one, then the other. */
export function bothTasks(first: TaskSink, second: TaskSink): TaskSink {
  return {
    taskStarted(task: Task): void {
      first.taskStarted(task);
      second.taskStarted(task);
    },
    taskEnded(task: Task): void {
      first.taskEnded(task);
      second.taskEnded(task);
    },
  };
}
