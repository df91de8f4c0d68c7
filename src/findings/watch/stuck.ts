// Commands that never got their answer, whose move it was, and what the session did meanwhile: others were answered, the
// target had counted the command or not, it had asked for its data or not. Only failures come here.

import { distance } from '../../lib/serial.js';
import { FINDINGS_PER_RULE } from '../../limits.js';
import { Outcome, type Task } from '../../scsi/task.js';
import type { Session } from '../../session/model.js';
import { entry, Occurrences } from '../groups.js';
import type { Watched, WatchKind } from '../watch.js';
import { type Ends, ends } from './ends.js';

/** Younger than this when all was over, a command says nothing: it had just been sent. */
const AGE_LEAST_NS = 1e9;
/** Answers so soon after it belong to what was sent before it: later ones show that the target works. */
const LATER_NS = 1e9;

/** How the session stood when the wait ended. */
export interface WaitEnd {
  readonly endNs: number;
  readonly tasksEnded: number;
  /** When a command of the session was last answered by then, -1 never. */
  readonly answeredNs: number;
}

export class StuckWatch {
  readonly session: number;
  /** Beyond the window: never answered, and answered all the same. */
  readonly ignored: Occurrences = new Occurrences();
  readonly served: Occurrences = new Occurrences();
  /** Without an answer although others were answered, by whether ExpCmdSN had passed it. */
  readonly accepted: Occurrences = new Occurrences();
  readonly refused: Occurrences = new Occurrences();
  /** Least number of commands answered meanwhile, over those of each kind. */
  acceptedOthers = 0;
  refusedOthers = 0;
  /** Writes that no R2T ever asked the (rest of the) data of, and how many were answered meanwhile. */
  readonly noR2t: Occurrences = new Occurrences();
  noR2tOthers = 0;
  /** Writes whose data R2Ts asked for, or that was announced (F=0), and that the initiator did not send (whole). */
  readonly dataOwed: DataOwed = new DataOwed();
  /** When the oldest of each was sent and the youngest gave up: ages of the longest; -1 still open. */
  oldestNs = 0;
  readonly operations: Set<number> = new Set();

  constructor(session: number) {
    this.session = session;
  }

  /** A task that ended without an answer; or one beyond the window, however it ended. */
  ended(task: Task, session: Session, { endNs, tasksEnded, answeredNs }: WaitEnd): void {
    if (task.outsideWindow) {
      const unanswered = isUnanswered(task);
      (unanswered ? this.ignored : this.served).saw(task.commandFrame, task.commandNs);
      if (unanswered) return;
    }
    const ageNs = endNs - task.commandNs;
    if (!isUnanswered(task) || ageNs < AGE_LEAST_NS) return;
    if (owesData(task, endNs)) {
      this.dataOwed.ended(task, endNs, tasksEnded);
      return;
    }
    const later = answeredNs - task.commandNs >= LATER_NS;
    const others = later ? tasksEnded - task.endedBefore : 0;
    const known = session.window.known && !task.immediate;
    const accepted = !known || distance(task.cmdSN, session.window.expCmdSN) < 0;
    if (ageNs > this.oldestNs) this.oldestNs = ageNs;
    this.operations.add(task.operation);
    if (awaitsR2t(task)) {
      this.noR2tOthers = least(this.noR2t, this.noR2tOthers, others);
      this.noR2t.saw(task.commandFrame, task.commandNs);
    } else if (others > 0 && accepted) {
      this.acceptedOthers = least(this.accepted, this.acceptedOthers, others);
      this.accepted.saw(task.commandFrame, task.commandNs);
    } else if (!accepted && others > 0) {
      this.refusedOthers = least(this.refused, this.refusedOthers, others);
      this.refused.saw(task.commandFrame, task.commandNs);
    }
  }
}

/** Data that R2Ts asked for, or that was announced: since when the initiator owes it, and how much. */
class DataOwed extends Occurrences {
  connection = -1;
  /** Of those that waited longest: the last R2T or data before the end of the wait. */
  sinceNs = -1;
  endNs = -1;
  bytes = 0;
  /** Commands of the session that ended while it owed it, at least. */
  others = 0;
  /** Writes beside these whose data came when the connection had ended. */
  tooLate = 0;
  /** Of all: writes whose unsolicited data had been announced, and did not come. */
  announced = 0;

  /** `tasksEnded`: commands of the session that had ended when the wait did. */
  ended(task: Task, endNs: number, tasksEnded: number): void {
    if (task.lastDataOutNs > endNs) {
      // It came after all was over: that it was due is known, not since when.
      this.tooLate++;
      return;
    }
    const { moreUnsolicited: announced, lastR2tNs, lastDataOutNs } = task;
    const sinceNs = Math.max(lastR2tNs, lastDataOutNs, announced ? task.commandEndNs : -1);
    if (sinceNs < 0 || endNs - sinceNs < AGE_LEAST_NS) return;
    const others = Math.max(0, tasksEnded - task.endedBefore);
    this.others = this.count === 0 ? others : Math.min(this.others, others);
    if (this.sinceNs < 0 || sinceNs < this.sinceNs) this.sinceNs = sinceNs;
    this.endNs = Math.max(this.endNs, endNs);
    this.connection = task.connection;
    this.bytes += task.r2tBytes - solicited(task);
    if (announced) this.announced++;
    const row = task.bursts.count - 1;
    this.saw(row >= 0 ? task.bursts.r2tFrame(row) : task.commandFrame, sinceNs);
  }
}

function solicited(task: Task): number {
  return Math.max(0, task.dataOutBytes - task.immediateBytes - task.unsolicitedBytes);
}

/**
 * By the protocol it is the initiator's move: an R2T has not had all of its data (RFC 7143 11.8), or data that
 * was announced without one (F=0, 11.3.1) has not come.
 */
function owesData(task: Task, endNs: number): boolean {
  if (task.moreUnsolicited) return true;
  return task.r2ts > 0 && (task.r2tBytes > solicited(task) || task.lastDataOutNs > endNs);
}

/** By session. */
class StuckWatches {
  readonly bySession: Map<number, StuckWatch> = new Map();
  readonly #watched: Watched;
  readonly #ends: Ends;

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#ends = watched.of(ends);
  }

  taskEnded(task: Task): void {
    if (!task.outsideWindow && !isUnanswered(task)) return;
    const { look } = this.#watched;
    const session = look?.session(task.session);
    if (session === undefined || look === undefined) return;
    const make = () => new StuckWatch(task.session);
    const watch = entry(this.bySession, task.session, FINDINGS_PER_RULE, make);
    if (watch === undefined) return;
    const end = this.#ends.states.get(task.connection);
    const lostNs = end === undefined ? task.endNs : Math.min(task.endNs, end.timeNs);
    watch.ended(task, session, {
      endNs: task.endNs >= 0 ? lostNs : look.nowNs(),
      tasksEnded: end?.tasksEnded ?? session.tasksEnded,
      answeredNs: end?.answeredNs ?? this.#ends.answeredNs(task.session),
    });
  }
}

export const stuck: WatchKind<StuckWatches> = {
  name: 'commands without an answer',
  make: (watched) => new StuckWatches(watched),
};

function least(sight: Occurrences, before: number, now: number): number {
  return sight.count === 0 || now < before ? now : before;
}

function isUnanswered(task: Task): boolean {
  return (
    task.commandSeen &&
    (task.outcome === Outcome.open ||
      task.outcome === Outcome.lost ||
      task.outcome === Outcome.aborted)
  );
}

/** A write whose data the target did not ask for whole, and that has sent all that it was asked for. */
function awaitsR2t(task: Task): boolean {
  if (!task.writes || task.expectedLength === 0) return false;
  const asked = task.immediateBytes + task.unsolicitedBytes + task.r2tBytes;
  return asked < task.expectedLength && task.dataOutBytes >= asked;
}
