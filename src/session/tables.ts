// What the machines of all protocols share: the list of sessions, the open tasks, what the directions
// of TCP connections waited for, the time.

import { asDoubles } from '../lib/double-fields.js';
import type { ProblemLog } from '../problem.js';
import { DirectionWaits } from '../scsi/direction-waits.js';
import type { Nexus } from '../scsi/nexus.js';
import { OpenTasks } from '../scsi/open-tasks.js';
import type { TaskSink } from '../scsi/task.js';
import type { Connection } from '../stream/connection.js';
import type { Session } from './model.js';

/** A nexus whose story is a Session: each machine has a class of its own that is one. */
export interface SessionNexus extends Nexus {
  readonly story: Session;
}

export class SessionTables {
  readonly problems: ProblemLog;
  /** The TCP connection of a number: addresses, and how it was closed. */
  readonly connectionOf: (connection: number) => Connection;
  readonly tasks: OpenTasks;
  /** In the order of first sight; a session's id is its place. */
  readonly sessions: Session[] = [];
  /** By direction; made when a machine asks for them. */
  readonly waits: (DirectionWaits | undefined)[] = [];
  /** Time of the PDU under way: the machine that has it sets it. */
  nowNs = 0;

  constructor(
    sink: TaskSink,
    problems: ProblemLog,
    connectionOf: (connection: number) => Connection,
  ) {
    this.problems = problems;
    this.connectionOf = connectionOf;
    this.tasks = new OpenTasks(sink, problems);
    asDoubles<SessionTables>(this, ['nowNs']);
  }

  /** The id that the next session has. */
  get nextId(): number {
    return this.sessions.length;
  }

  /** Lists a session, made with `nextId`. */
  add(nexus: SessionNexus): void {
    this.sessions.push(nexus.story);
    this.tasks.nexuses.push(nexus);
  }

  /** What the bytes of a direction wait for: from now on TCP's events are told to it. */
  waitsOf(direction: number): DirectionWaits {
    let waits = this.waits[direction];
    if (waits === undefined) {
      waits = new DirectionWaits();
      this.waits[direction] = waits;
    }
    return waits;
  }
}
