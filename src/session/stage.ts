// PDUs → sessions, connections, tasks: the machines of all protocols, what they share, and the waits
// of TCP, which are told of directions whatever they carry.

import type { DigestControl } from '../pdu/pdu.js';
import type { ProtocolControl } from '../pdu/protocol.js';
import type { ProblemLog } from '../problem.js';
import type { OpenTask } from '../scsi/open-task.js';
import { endOfCapture } from '../scsi/open-tasks.js';
import { type TaskSink, TcpCause } from '../scsi/task.js';
import type { Connection } from '../stream/connection.js';
import type { AgainKind, TcpEventSink } from '../stream/events.js';
import { FcMachine } from './fc/machine.js';
import { IscsiMachine } from './iscsi/machine.js';
import type { Forgotten, IscsiConnection, ServiceRequest, Session } from './model.js';
import type { SessionQuery } from './session-query.js';
import { SessionTables } from './tables.js';

export interface SessionStageOptions {
  readonly sink: TaskSink;
  readonly problems: ProblemLog;
  readonly digests: DigestControl;
  /** Which protocol a connection speaks, once a login says that it changes. */
  readonly protocols: ProtocolControl;
  /** The TCP connection of a number: addresses, and how it was closed. */
  readonly connectionOf: (connection: number) => Connection;
  /** The same where it may not be known. */
  readonly connection?: (connection: number) => Connection | undefined;
  /** A connection that is over will not be asked for any more. */
  readonly forgotten?: (connection: number) => void;
}

/**
 * Invariant: every open task is in the table of one session. A machine is made with `tables`; its PDUs
 * come to it from its protocol's row in the pdu stage (pipeline.ts), not through here.
 */
export class SessionStage implements TcpEventSink, SessionQuery {
  readonly tables: SessionTables;
  readonly iscsi: IscsiMachine;
  readonly fc: FcMachine;
  readonly connection: (id: number) => Connection | undefined;

  constructor(options: SessionStageOptions) {
    const { sink, problems, digests, protocols, connectionOf } = options;
    this.connection = options.connection ?? connectionOf;
    this.tables = new SessionTables(sink, problems, connectionOf);
    this.iscsi = new IscsiMachine(this.tables, digests, protocols);
    this.fc = new FcMachine(this.tables);
    if (options.forgotten !== undefined) this.iscsi.onForgotten(options.forgotten);
  }

  /** Sessions in the order of first sight. */
  sessions(): Session[] {
    return this.tables.sessions;
  }

  /** What is no longer in `sessions` in full, nor in `connections` at all. */
  forgotten(): Forgotten {
    return this.iscsi.forgotten();
  }

  /** iSCSI connections that carried PDUs, by number. */
  connections(): IscsiConnection[] {
    return this.iscsi.connections();
  }

  story(connection: number): IscsiConnection | undefined {
    return this.iscsi.story(connection);
  }

  session(id: number): Session | undefined {
    return this.tables.sessions[id];
  }

  nowNs(): number {
    return this.tables.nowNs;
  }

  /** The open task of an Initiator Task Tag, in the session of the connection. Borrowed. */
  openTask(connection: number, initiatorTaskTag: number): OpenTask | null {
    return this.iscsi.openTask(connection, initiatorTaskTag);
  }

  asked(connection: number): ServiceRequest | undefined {
    return this.iscsi.asked(connection);
  }

  answered(connection: number): ServiceRequest | undefined {
    return this.iscsi.answered(connection);
  }

  /** The capture is over: what is open stays open, and is told so. */
  finish(timeNs: number): void {
    this.fc.finish();
    this.tables.nowNs = timeNs;
    this.iscsi.finish(timeNs);
    endOfCapture(this.tables.tasks);
  }

  /** A hole in the stream was filled late: what came behind it had to wait. */
  holeFilled(
    direction: number,
    _frame: number,
    position: number,
    length: number,
    openedNs: number,
    filledNs: number,
    kind: AgainKind,
  ): void {
    const cause = kind === 'outOfOrder' ? TcpCause.reordering : TcpCause.retransmission;
    const waits = this.tables.waits[direction];
    waits?.holeFilled(cause, position, position + length, openedNs, filledNs);
  }

  /** Bytes that were told already came again: their receiver cannot have had them before. */
  retransmission(
    direction: number,
    _frame: number,
    timeNs: number,
    position: number,
    length: number,
    kind: AgainKind,
    waitedNs: number,
  ): void {
    // A probe, or what had been acknowledged, proves no loss.
    if (kind === 'probe' || kind === 'spurious' || kind === 'outOfOrder') return;
    const waits = this.tables.waits[direction];
    waits?.sentAgain(position, position + length, timeNs - waitedNs, timeNs);
  }

  /** The sender of the direction could not send from `fromNs` to `toNs`. */
  zeroWindow(direction: number, _frame: number, fromNs: number, toNs: number): void {
    this.tables.waits[direction]?.held(TcpCause.zeroWindow, fromNs, toNs);
  }

  windowFull(direction: number, _frame: number, fromNs: number, toNs: number): void {
    this.tables.waits[direction]?.held(TcpCause.windowFull, fromNs, toNs);
  }

  delayedAck(): void {}

  /** For tests and the fuzzer: '' or what is wrong. */
  invariants(): string {
    const { nexuses, open } = this.tables.tasks;
    let total = 0;
    for (const { tasks } of nexuses) {
      const wrong = tasks.invariants();
      if (wrong !== '') return wrong;
      total += tasks.size;
    }
    if (total !== open) return 'open tasks are miscounted';
    return this.iscsi.invariants();
  }
}
