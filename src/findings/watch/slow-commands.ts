// hot: no allocation per packet
// Reads and writes that the target owed its part of for long, as stretches of time: a disk that slows down
// for seconds, or one write that is held up, which averages of a whole capture hide.

import { Latest } from '../../lib/latest.js';
import { PhaseCode, type Task } from '../../scsi/task.js';
import { keepFrame } from '../groups.js';
import type { Ways } from './slow-way.js';

/** What people feel: an order above a disk that seeks. */
const SLOW_NS = 100e6;
/** Slow commands further apart than this are two stretches. */
const APART_NS = 2e9;
/** Of the quick ones so many are kept, the last: what a LUN takes usually. */
const QUICK_KEPT = 64;
/** Waits of these phases are the target's (metrics/phases.ts). */
const OWED = [
  PhaseCode.commandToR2t,
  PhaseCode.betweenBursts,
  PhaseCode.commandToData,
  PhaseCode.dataToStatus,
  PhaseCode.commandToStatus,
];

/** A stretch of slow commands. */
export interface SlowStretch {
  fromNs: number;
  toNs: number;
  count: number;
  nsMax: number;
  sumNs: number;
  /** Commands of the LUN that were quick and lie within it. */
  quick: number;
  /** Of them writes whose data had to be asked for: an R2T that the capture missed makes the host's wait the target's. */
  asked: number;
  /** Round trips that they took at most: one a command, and one an R2T. */
  trips: number;
  readonly frames: number[];
}

export class SlowCommands {
  /** The longest stretch by what its commands took in all, and those before it. */
  worst: SlowStretch | undefined = undefined;
  stretches = 0;
  slow = 0;
  #current: SlowStretch | undefined;
  readonly #quickNs: Latest;

  constructor() {
    this.#current = undefined;
    this.#quickNs = new Latest(QUICK_KEPT);
  }

  /** Of the quick ones: how many. */
  get quick(): number {
    return this.#quickNs.count;
  }

  /** A read or write that was answered, nothing of it missed. */
  ended(task: Task, ways: Ways): void {
    let ns = owedNs(task);
    if (ns >= SLOW_NS) ns -= behindOthersNs(task, ways);
    const current = this.#current;
    if (ns < SLOW_NS) {
      this.#quickNs.add(ns);
      if (current !== undefined && task.commandNs < current.toNs) current.quick++;
      return;
    }
    this.slow++;
    const goesOn = current !== undefined && task.commandNs - current.toNs < APART_NS;
    this.#add(goesOn ? current : this.#begin(task), task, ns);
  }

  /** What the target owed of the last quick ones, in the middle; -1 where there was none. */
  usualNs(): number {
    const kept = this.#quickNs.copyKept().sort();
    return kept.length === 0 ? -1 : kept[kept.length >> 1];
  }

  #begin(task: Task): SlowStretch {
    this.stretches++;
    const { commandNs: fromNs } = task;
    this.#current = {
      fromNs,
      toNs: fromNs,
      count: 0,
      nsMax: 0,
      sumNs: 0,
      quick: 0,
      asked: 0,
      trips: 0,
      frames: [],
    };
    return this.#current;
  }

  #add(one: SlowStretch, task: Task, ns: number): void {
    one.count++;
    one.sumNs += ns;
    one.trips += task.r2ts + 1;
    if (task.writes && task.expectedLength > task.immediateBytes + task.unsolicitedBytes)
      one.asked++;
    if (ns > one.nsMax) one.nsMax = ns;
    if (task.endNs > one.toNs) one.toNs = task.endNs;
    if (task.commandNs < one.fromNs) one.fromNs = task.commandNs;
    keepFrame(one.frames, task.commandFrame);
    if (this.worst === undefined || one.sumNs > this.worst.sumNs) this.worst = one;
  }
}

/** Its first answer could not come while other answers were coming: the way was taken. */
function behindOthersNs(task: Task, ways: Ways): number {
  const { commandNs, firstDataInNs, firstR2tNs, statusNs, connection } = task;
  const first = firstDataInNs >= 0 ? firstDataInNs : firstR2tNs >= 0 ? firstR2tNs : statusNs;
  return ways.arrivingNs(connection, commandNs, first);
}

/** What the target owed of a command's time; TCP's part of it was not its own. */
function owedNs(task: Task): number {
  let ns = 0;
  for (let i = 0; i < OWED.length; i++) {
    ns += task.phaseNs[OWED[i]] - task.phaseTcpNs[OWED[i]];
  }
  return ns;
}
