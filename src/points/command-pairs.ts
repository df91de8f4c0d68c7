// Commands of two points, paired: by what does not change on the way (tag, CmdSN, operation, LBA, length), and
// of several alike by the nearest in time. The point that saw the command first is its host's.

import { POINT_COMMANDS_MAX, POINT_COMMANDS_WAITING_MAX } from '../limits.js';
import type { Task, TaskSink } from '../scsi/task.js';
import { type PointCommand, pointCommand } from './command-split.js';

/** A command lies at one point within its time at the other, but for how far clocks and captures are off. */
const OFF_NS_MAX = 1e9;

export interface CommandPair {
  readonly first: PointCommand;
  readonly second: PointCommand;
}

export class CommandPairs {
  readonly pairs: CommandPair[] = [];
  /** Paired beyond the bound: not kept. */
  beyond = 0;
  /** With a latency, that only one point saw. */
  readonly alone: [number, number] = [0, 0];
  readonly #waiting: readonly [Map<string, PointCommand[]>, Map<string, PointCommand[]>] = [
    new Map(),
    new Map(),
  ];
  readonly #count: [number, number] = [0, 0];
  readonly #offsetAt: (timeNs: number) => number;

  /** `offsetAt`: the second clock against the first at a time of the first. */
  constructor(offsetAt: (timeNs: number) => number) {
    this.#offsetAt = offsetAt;
  }

  /** Takes the tasks of a point; `shiftNs` makes its times count from the first point's epoch. */
  sink(point: number, shiftNs: () => number): TaskSink {
    return {
      taskStarted() {},
      taskEnded: (task) => {
        const command = pointCommand(task, shiftNs());
        if (command !== undefined) this.#take(point, keyOf(task), command);
      },
    };
  }

  /** Nothing more comes. */
  finish(): void {
    for (const point of [0, 1]) this.alone[point] += this.#count[point];
  }

  #take(point: number, key: string, command: PointCommand): void {
    const others = this.#waiting[1 - point].get(key);
    const other = others === undefined ? -1 : this.#nearest(point, command, others);
    if (others !== undefined && other >= 0) {
      const [partner] = others.splice(other, 1);
      if (others.length === 0) this.#waiting[1 - point].delete(key);
      this.#count[1 - point]--;
      if (point === 0) this.#pair(command, partner);
      else this.#pair(partner, command);
      return;
    }
    const own = this.#waiting[point].get(key);
    if (own === undefined) this.#waiting[point].set(key, [command]);
    else own.push(command);
    this.#count[point]++;
    if (this.#count[point] > POINT_COMMANDS_WAITING_MAX) this.#forget(point);
  }

  #pair(first: PointCommand, second: PointCommand): void {
    if (this.pairs.length < POINT_COMMANDS_MAX) this.pairs.push({ first, second });
    else this.beyond++;
  }

  #nearest(point: number, command: PointCommand, others: readonly PointCommand[]): number {
    let best = -1;
    let bestNs = Number.POSITIVE_INFINITY;
    for (const [i, other] of others.entries()) {
      const [first, second] = point === 0 ? [command, other] : [other, command];
      const ns = Math.abs(second.startNs - this.#offsetAt(first.startNs) - first.startNs);
      const longest = Math.max(first.latencyNs, second.latencyNs);
      if (ns < bestNs && ns <= longest + OFF_NS_MAX) {
        best = i;
        bestNs = ns;
      }
    }
    return best;
  }

  /** The oldest half: their copies do not come any more. */
  #forget(point: number): void {
    let left = POINT_COMMANDS_WAITING_MAX >> 1;
    for (const [key, commands] of this.#waiting[point]) {
      if (left <= 0) break;
      left -= commands.length;
      this.#count[point] -= commands.length;
      this.alone[point] += commands.length;
      this.#waiting[point].delete(key);
    }
  }
}

function keyOf(t: Task): string {
  return `${t.tag}/${t.cmdSN}/${t.operation}/${t.lbaHigh}/${t.lbaLow}/${t.expectedLength}/${t.lunHigh}/${t.lunLow}`;
}
