// hot: no allocation per packet
// How connections stood when their first direction ended: what comes after is too late; and when
// commands of a session were last answered.

import { WATCHED_CONNECTIONS_MAX } from '../../limits.js';
import type { Task } from '../../scsi/task.js';
import { entry } from '../groups.js';
import type { Watched, WatchKind } from '../watch.js';

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

export class Ends {
  /** By connection. */
  readonly states: Map<number, EndState> = new Map();
  readonly #watched: Watched;
  /** By session. */
  readonly #answeredNs: number[];

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#answeredNs = [];
  }

  taskEnded(task: Task): void {
    if (task.status >= 0) this.#answeredNs[task.session] = task.endNs;
  }

  /** When a command of the session was last answered, -1 never. */
  answeredNs(session: number): number {
    return this.#answeredNs[session] ?? -1;
  }

  directionEnded(direction: number, timeNs: number): void {
    const { look } = this.#watched;
    const connection = direction >> 1;
    const story = look?.story(connection);
    if (story === undefined || this.states.has(connection)) return;
    const session = look?.session(story.session);
    entry(this.states, connection, WATCHED_CONNECTIONS_MAX, () => ({
      timeNs,
      initiatorLastNs: story.initiatorLastNs,
      initiatorLastFrame: story.initiatorLastFrame,
      initiatorLastOpcode: story.initiatorLastOpcode,
      targetLastNs: story.targetLastNs,
      targetLastFrame: story.targetLastFrame,
      targetLastOpcode: story.targetLastOpcode,
      targetDataBytes: story.targetDataBytes,
      tasksEnded: session?.tasksEnded ?? 0,
      answeredNs: this.answeredNs(story.session),
    }));
  }
}

export const ends: WatchKind<Ends> = {
  name: 'how connections ended',
  make: (watched) => new Ends(watched),
};
