// What is gathered as evidence, in groups. Not hot: only what goes wrong comes here.

import { asDoubles } from '../lib/double-fields.js';
import { EVIDENCE_PER_FINDING } from '../limits.js';
import type { Task } from '../scsi/task.js';

/** How often something was seen, when first and last, and the first few packets. */
export class Occurrences {
  count = 0;
  firstNs = -1;
  lastNs = -1;
  readonly frames: number[] = [];

  /** `frame` 0 is none; the packet does not come twice in a row. */
  saw(frame: number, timeNs: number): void {
    this.count++;
    if (this.firstNs < 0) this.firstNs = timeNs;
    if (timeNs > this.lastNs) this.lastNs = timeNs;
    keepFrame(this.frames, frame);
  }
}

/** Tasks of one session that ended the same way. */
export class TaskGroup extends Occurrences {
  readonly session: number;
  readonly lunHigh: number;
  readonly lunLow: number;
  readonly outcome: number;
  readonly status: number;
  /** Sense key, ASC and ASCQ; -1 where there was no sense data. */
  readonly senseKey: number;
  readonly asc: number;
  readonly ascq: number;
  /** Of these: before a first command of the LUN was executed in the session. */
  early = 0;
  /** Operations concerned, by number. */
  readonly operations: Set<number> = new Set();

  constructor(task: Task) {
    super();
    this.session = task.session;
    this.lunHigh = task.lunHigh;
    this.lunLow = task.lunLow;
    this.outcome = task.outcome;
    this.status = task.status;
    this.senseKey = task.senseKey;
    this.asc = task.asc;
    this.ascq = task.ascq;
  }

  fits(task: Task): boolean {
    return (
      task.session === this.session &&
      task.outcome === this.outcome &&
      task.lunLow === this.lunLow &&
      task.lunHigh === this.lunHigh &&
      task.status === this.status &&
      task.senseKey === this.senseKey &&
      task.asc === this.asc &&
      task.ascq === this.ascq
    );
  }
}

/** Commands of a session that waited: for TCP to send again, or for a receive window. */
export class DelayGroup extends Occurrences {
  readonly session: number;
  waitNs = 0;
  waitNsMax = 0;
  /** What these commands took in all. */
  latencyNs = 0;
  /** The frame of the command that waited longest. */
  worstFrame = 0;

  constructor(session: number) {
    super();
    this.session = session;
  }

  waited(task: Task, ns: number): void {
    this.saw(task.commandFrame, task.commandNs);
    this.waitNs += ns;
    if (task.endNs > task.commandNs && task.commandNs >= 0) {
      this.latencyNs += task.endNs - task.commandNs;
    }
    if (ns <= this.waitNsMax) return;
    this.waitNsMax = ns;
    this.worstFrame = task.commandFrame;
  }
}

/** How a connection stood when its first direction ended: what comes after is too late. */
export interface EndState {
  readonly timeNs: number;
  readonly initiatorLastNs: number;
  readonly initiatorLastFrame: number;
  readonly initiatorLastOpcode: number;
  readonly targetLastNs: number;
  readonly targetLastFrame: number;
  readonly targetLastOpcode: number;
  readonly targetDataBytes: number;
  /** Of its session: commands that had ended, and when one was last answered (-1: none). */
  readonly tasksEnded: number;
  readonly answeredNs: number;
}

/** What was wrong with the PDUs of one connection. */
export class FramingGroup {
  readonly connection: number;
  headerDigestsBad = 0;
  dataDigestsBad = 0;
  /** Times that PDU boundaries were lost and found again, and the bytes between. */
  resynchronised = 0;
  unframedBytes = 0;
  readonly digests: Occurrences = new Occurrences();
  readonly losses: Occurrences = new Occurrences();

  constructor(connection: number) {
    this.connection = connection;
  }
}

/** The group of a task, as a text: only tasks that did not end well pay for it. */
export function groupKey(task: Task): string {
  const { session, lunHigh, lunLow, outcome, status, senseKey, asc, ascq } = task;
  return `${session}/${lunHigh}/${lunLow}/${outcome}/${status}/${senseKey}/${asc}/${ascq}`;
}

/** Keeps the first few frames (0 is none). */
export function keepFrame(frames: number[], frame: number): void {
  if (frames.length >= EVIDENCE_PER_FINDING || frame <= 0) return;
  if (frames[frames.length - 1] !== frame) frames.push(frame);
}

/** The entry of a bounded map, made where it is new; undefined where there is no room for it. */
export function entry<K, V>(map: Map<K, V>, key: K, most: number, make: () => V): V | undefined {
  let found = map.get(key);
  if (found === undefined) {
    if (map.size >= most) return undefined;
    found = make();
    map.set(key, found);
  }
  return found;
}

asDoubles(new DelayGroup(0), ['waitNs', 'waitNsMax', 'latencyNs', 'lastNs']);
