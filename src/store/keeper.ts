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

import type { AnalyseOptions } from '../analysis.js';
import type { MessageSink } from '../pdu/message.js';
import type { PduSink } from '../pdu/pdu.js';
import type { Task, TaskSink } from '../scsi/task.js';
import { forgetOldest } from './forget.js';
import { PduIndex } from './pdu-index.js';
import { ROWS_MAX, TaskStore } from './task-store.js';
import { TcpLog } from './tcp-log.js';

const ROWS_A_LOOK = 4096;

export interface KeeperOptions {
  /** Keep the PDUs and TCP's events too. */
  readonly pdus: boolean;
  /** What the columns may hold: the oldest commands that are over make room. Absent: no bound. */
  readonly bytesMax?: number;
}

export class Keeper {
  readonly tasks: TaskStore = new TaskStore();
  /** Empty where they are not kept. */
  readonly pdus: PduIndex = new PduIndex();
  readonly tcp: TcpLog;
  /** True once rows have no more numbers: what comes later is not kept. */
  full = false;
  readonly #keepsPdus: boolean;
  readonly #bytesMax: number;
  #looks = 0;

  constructor(options: KeeperOptions) {
    this.#keepsPdus = options.pdus;
    this.#bytesMax = options.bytesMax ?? Number.POSITIVE_INFINITY;
    this.tcp = new TcpLog(options.bytesMax !== undefined);
  }

  /** What analyse() is to be given; other sinks can be joined with bothTasks. */
  sinks(): AnalyseOptions {
    if (!this.#keepsPdus) return { taskSink: this.tasks };
    const tasks = bothTasks(this.tasks, this.pdus);
    const bounded = this.#bytesMax < Number.POSITIVE_INFINITY;
    return {
      packetSink: this.pdus,
      taskSink: bounded ? this.#boundedTasks(tasks) : tasks,
      pduSink: bounded ? this.#boundedPdus() : this.pdus,
      messageSink: bounded ? this.#boundedMessages() : this.pdus,
      tcpSink: this.tcp,
    };
  }

  #boundedTasks(tasks: TaskSink): TaskSink {
    return {
      taskStarted: (task) => {
        if (this.#hasRoom()) tasks.taskStarted(task);
      },
      taskEnded: (task) => {
        if (this.tasks.holds(task.number)) tasks.taskEnded(task);
      },
      taskMoved: (task, from) => {
        if (this.tasks.holds(task.number)) tasks.taskMoved?.(task, from);
      },
    };
  }

  #boundedPdus(): PduSink {
    const { pdus } = this;
    const kept: boolean[] = [];
    return {
      begin: (pdu) => {
        const keeps = this.#hasRoom();
        kept[pdu.direction] = keeps;
        return keeps ? pdus.begin(pdu) : 0;
      },
      end: (pdu) => {
        if (kept[pdu.direction]) pdus.end(pdu);
      },
      lost: () => {},
      ended: () => {},
    };
  }

  #boundedMessages(): MessageSink {
    const { pdus } = this;
    const kept: Map<number, boolean> = new Map();
    return {
      messageBegins: (message) => {
        const keeps = this.#hasRoom();
        kept.set(message.direction, keeps);
        return keeps ? pdus.messageBegins(message) : 0;
      },
      messageEnds: (message) => {
        if (kept.get(message.direction)) pdus.messageEnds(message);
      },
      messagesLost: () => {},
    };
  }

  /** Looks now and then only; where there is none it is made. */
  #hasRoom(): boolean {
    if (this.full) return false;
    if (this.#looks++ % ROWS_A_LOOK !== 0) return true;
    this.full = this.tasks.spent || this.pdus.count > ROWS_MAX;
    if (!this.full && this.bytes() > this.#bytesMax) forgetOldest(this.tasks, this.pdus);
    return !this.full;
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
    taskMoved(task: Task, from: number): void {
      first.taskMoved?.(task, from);
      second.taskMoved?.(task, from);
    },
    sessionForgotten(session: number): void {
      first.sessionForgotten?.(session);
      second.sessionForgotten?.(session);
    },
  };
}
