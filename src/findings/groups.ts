// What is gathered as evidence, in groups. Not hot: only what goes wrong comes here.

import { EVIDENCE_PER_FINDING } from '../limits.js';
import type { Task } from '../session/task.js';

/** Tasks of one session that ended the same way. */
export class TaskGroup {
  readonly session: number;
  readonly lunHigh: number;
  readonly lunLow: number;
  readonly outcome: number;
  readonly status: number;
  /** Sense key, ASC and ASCQ; -1 where there was no sense data. */
  readonly senseKey: number;
  readonly asc: number;
  readonly ascq: number;
  count = 0;
  /** Frames of the command, or of what ended it where the command was not captured. */
  readonly frames: number[] = [];
  /** Operations concerned, by number. */
  readonly operations: Set<number> = new Set();

  constructor(task: Task) {
    this.session = task.session;
    this.lunHigh = task.lunHigh;
    this.lunLow = task.lunLow;
    this.outcome = task.outcome;
    this.status = task.status;
    this.senseKey = task.senseKey;
    this.asc = task.asc;
    this.ascq = task.ascq;
  }
}

/** Commands of one session that have something in common. */
export class SessionFrames {
  readonly session: number;
  count = 0;
  readonly frames: number[] = [];

  constructor(session: number) {
    this.session = session;
  }
}

/** Commands of a session that waited for TCP to send again. */
export class DelayGroup {
  readonly session: number;
  count = 0;
  waitNs = 0;
  waitNsMax = 0;
  /** The frame of the command that waited longest. */
  worstFrame = 0;
  readonly frames: number[] = [];

  constructor(session: number) {
    this.session = session;
  }
}

/** What was wrong with the PDUs of one connection. */
export class FramingGroup {
  readonly connection: number;
  headerDigestsBad = 0;
  dataDigestsBad = 0;
  /** Times that PDU boundaries were lost and found again, and the bytes between. */
  resynchronised = 0;
  unframedBytes = 0;
  readonly digestFrames: number[] = [];
  readonly lostFrames: number[] = [];

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
  if (frames.length < EVIDENCE_PER_FINDING && frame > 0) frames.push(frame);
}
