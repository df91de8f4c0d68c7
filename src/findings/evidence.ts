// hot: no allocation per packet
// Gathers, while the capture passes, what rules need and nobody else keeps: tasks that did not end
// well, grouped, with the first few packets of each group; digests that were bad; bytes between
// PDUs that could not be told apart; and what watches (watch/) keep of LUNs, pings and TCP. What goes
// well costs a few comparisons.

import { hex64 } from '../lib/hex.js';
import { FINDINGS_PER_RULE, METRIC_LUNS_MAX } from '../limits.js';
import { DIGEST_BAD, type Pdu, type PduSink } from '../pdu/pdu.js';
import { endedWell, Outcome, type Task, type TaskSink } from '../scsi/task.js';
import type { SessionQuery } from '../session/session-query.js';
import { flowOf } from '../stream/connection.js';
import type { AgainKind, TcpEventSink } from '../stream/events.js';
import { Opcode } from '../wire/iscsi/codes.js';
import { DelayGroup, type EndState, entry, FramingGroup, groupKey, TaskGroup } from './groups.js';
import { type Budget, LunWatch } from './watch/lun-watch.js';
import { PingWatch } from './watch/pings.js';
import { R2T_LATE_NS, R2tWaits } from './watch/r2t-waits.js';
import { RejectWatch } from './watch/rejects.js';
import { ReservationWatch, reserves } from './watch/reservations.js';
import { isUnanswered, StuckWatch } from './watch/stuck.js';
import { TcpWatch } from './watch/tcp.js';

/** A sender that was only waiting for an ACK goes on so soon: scheduling takes less. */
const AT_ONCE_NS = 2e6;
/** LUNs whose discards are watched (some 75 KB each, once they are busy). */
const DISCARD_WATCHES_MAX = 256;
/** Connections whose pings, and whose TCP, are watched. */
const WATCHED_MAX = 4096;

export class Evidence implements TaskSink, PduSink, TcpEventSink {
  readonly groups: Map<string, TaskGroup> = new Map();
  /** By session: commands that waited for TCP to send again, and for a receive window. */
  readonly delays: Map<number, DelayGroup> = new Map();
  readonly zeroWaits: Map<number, DelayGroup> = new Map();
  readonly framing: Map<number, FramingGroup> = new Map();
  readonly pings: Map<number, PingWatch> = new Map();
  /** By direction. */
  readonly tcp: Map<number, TcpWatch> = new Map();
  readonly stuck: Map<number, StuckWatch> = new Map();
  /** By connection: how things stood when its first direction ended. */
  readonly ends: Map<number, EndState> = new Map();
  readonly rejects: RejectWatch = new RejectWatch();
  readonly reservations: ReservationWatch = new ReservationWatch();
  /** In the order of first sight. */
  readonly luns: LunWatch[] = [];
  /** Tasks and connections beyond the limit of groups: counted, not described. */
  ungrouped = 0;
  pdus = 0;
  /** Where sessions can be asked for: given before the first packet (collect.ts). */
  look: SessionQuery | undefined = undefined;
  /** By session, then by the LUN's words (signed, so that they are small integers). */
  readonly #byLun: (Map<number, Map<number, LunWatch>> | undefined)[];
  #lastLun: LunWatch | undefined;
  #lastGroup: TaskGroup | undefined;
  readonly #budget: Budget;
  /** By session: when a command was last answered. */
  readonly #answeredNs: number[];
  /** The last delayed ACK: of which direction, when, and for whom. */
  #ackedDirection: number;
  #ackedNs: number;

  constructor() {
    this.#byLun = [];
    this.#lastLun = undefined;
    this.#lastGroup = undefined;
    this.#budget = { discards: DISCARD_WATCHES_MAX };
    this.#answeredNs = [];
    this.#ackedDirection = -1;
    this.#ackedNs = 0.5;
  }

  taskStarted(task: Task): void {
    if (!task.commandSeen) return;
    const lun = this.#lun(task);
    if (lun !== undefined) lun.started(task);
  }

  taskEnded(task: Task): void {
    if (task.tcpWaitNs > 0) this.#delayed(this.delays, task, task.tcpWaitNs);
    if (task.zeroWindowNs > 0) this.#delayed(this.zeroWaits, task, task.zeroWindowNs);
    const lun = task.commandSeen ? this.#lun(task) : undefined;
    if (task.status >= 0) this.#answeredNs[task.session] = task.endNs;
    if (!endedWell(task.outcome)) {
      this.#bad(task, lun);
    } else if (reserves(task.opcode)) {
      const session = this.look?.session(task.session);
      if (session !== undefined) this.reservations.reserved(task, session);
    }
    if (task.outsideWindow || isUnanswered(task)) this.#stuck(task);
    if (lun === undefined) return;
    if (task.r2ts > 0 && task.endNs - task.commandNs >= R2T_LATE_NS) this.#r2tsLate(task, lun);
    lun.ended(task);
  }

  begin(_pdu: Pdu): number {
    return 0;
  }

  end(pdu: Pdu): void {
    this.pdus++;
    if (pdu.direction === this.#ackedDirection) this.#afterAck(pdu);
    if (pdu.opcode === Opcode.nopOut || pdu.opcode === Opcode.nopIn) this.#ping(pdu);
    else if (pdu.opcode === Opcode.reject) this.rejects.ended(pdu);
    if (pdu.headerDigest !== DIGEST_BAD && pdu.dataDigest !== DIGEST_BAD && !pdu.resynchronised) {
      return;
    }
    const group = this.#framing(pdu.connection);
    if (group === undefined) return;
    if (pdu.resynchronised) group.resynchronised++;
    if (pdu.headerDigest === DIGEST_BAD) group.headerDigestsBad++;
    if (pdu.dataDigest === DIGEST_BAD) group.dataDigestsBad++;
    if (pdu.headerDigest === DIGEST_BAD || pdu.dataDigest === DIGEST_BAD) {
      group.digests.saw(pdu.frame, pdu.timeNs);
    }
  }

  lost(direction: number, bytes: number, timeNs: number, frame: number, absent = 0): void {
    const group = this.#framing(direction >> 1);
    if (group === undefined) return;
    group.unframedBytes += bytes - absent;
    group.losses.saw(frame, timeNs);
  }

  ended(direction: number, timeNs: number, _frame: number): void {
    const connection = direction >> 1;
    const story = this.look?.story(connection);
    if (story === undefined || this.ends.has(connection)) return;
    const session = this.look?.session(story.session);
    entry(this.ends, connection, WATCHED_MAX, () => ({
      timeNs,
      initiatorLastNs: story.initiatorLastNs,
      initiatorLastFrame: story.initiatorLastFrame,
      initiatorLastOpcode: story.initiatorLastOpcode,
      targetLastNs: story.targetLastNs,
      targetLastFrame: story.targetLastFrame,
      targetLastOpcode: story.targetLastOpcode,
      targetDataBytes: story.targetDataBytes,
      tasksEnded: session?.tasksEnded ?? 0,
      answeredNs: this.#answeredNs[story.session] ?? -1,
    }));
  }

  retransmission(
    direction: number,
    frame: number,
    timeNs: number,
    position: number,
    length: number,
    kind: AgainKind,
    waitedNs: number,
  ): void {
    const watch = this.#tcp(direction);
    if (watch === undefined) return;
    watch.retransmission(frame, timeNs, position, length, kind, waitedNs);
    const connection = this.look?.story(direction >> 1)?.connection;
    if (connection !== undefined) watch.heard(flowOf(connection, direction ^ 1).packets);
  }

  holeFilled(): void {}

  zeroWindow(direction: number, frame: number, fromNs: number): void {
    const watch = this.#tcp(direction);
    if (watch !== undefined) watch.zeroWindows.saw(frame, fromNs);
  }

  windowFull(direction: number, frame: number, fromNs: number, toNs: number): void {
    const watch = this.#tcp(direction);
    if (watch !== undefined) watch.windowFull(frame, fromNs, toNs);
  }

  delayedAck(direction: number, frame: number, timeNs: number): void {
    const watch = this.#tcp(direction);
    if (watch === undefined) return;
    watch.ackFrame = frame;
    this.#ackedDirection = direction;
    this.#ackedNs = timeNs;
  }

  #bad(task: Task, lun: LunWatch | undefined): void {
    const group = this.#group(task);
    if (group === undefined) this.ungrouped++;
    else {
      if (lun === undefined || lun.good === 0) group.early++;
      group.operations.add(task.operation);
      const seenNs = task.commandNs >= 0 ? task.commandNs : task.endNs;
      group.saw(task.commandFrame > 0 ? task.commandFrame : task.endFrame, seenNs);
    }
    if (task.outcome !== Outcome.reservationConflict) return;
    const session = this.look?.session(task.session);
    if (session !== undefined) this.reservations.conflicted(task, session);
  }

  /** What its sender had held back until the delayed ACK came: it waited for it. */
  #afterAck(pdu: Pdu): void {
    const ns = pdu.endNs - this.#ackedNs;
    if (ns < 0) return;
    if (ns < AT_ONCE_NS) {
      const watch = this.#tcp(this.#ackedDirection);
      if (watch !== undefined) watch.delayedAcks.saw(watch.ackFrame, this.#ackedNs);
    }
    this.#ackedDirection = -1;
  }

  /** Those that end alike come one after the other. */
  #group(task: Task): TaskGroup | undefined {
    if (this.#lastGroup?.fits(task)) return this.#lastGroup;
    const most = FINDINGS_PER_RULE * 8;
    this.#lastGroup = entry(this.groups, groupKey(task), most, () => new TaskGroup(task));
    return this.#lastGroup;
  }

  #r2tsLate(task: Task, lun: LunWatch): void {
    const ended = this.look?.session(task.session)?.tasksEnded ?? 0;
    lun.r2tWaits ??= new R2tWaits();
    lun.r2tWaits.ended(task, Math.max(0, ended - task.endedBefore - 1));
  }

  #stuck(task: Task): void {
    const session = this.look?.session(task.session);
    if (session === undefined || this.look === undefined) return;
    const make = () => new StuckWatch(task.session);
    const watch = entry(this.stuck, task.session, FINDINGS_PER_RULE, make);
    if (watch === undefined) this.ungrouped++;
    else {
      const end = this.ends.get(task.connection);
      const lostNs = end === undefined ? task.endNs : Math.min(task.endNs, end.timeNs);
      watch.ended(task, session, {
        endNs: task.endNs >= 0 ? lostNs : this.look.nowNs(),
        tasksEnded: end?.tasksEnded ?? session.tasksEnded,
        answeredNs: end?.answeredNs ?? this.#answeredNs[task.session] ?? -1,
      });
    }
  }

  #delayed(all: Map<number, DelayGroup>, task: Task, ns: number): void {
    const make = () => new DelayGroup(task.session);
    const group = entry(all, task.session, FINDINGS_PER_RULE, make);
    if (group === undefined) this.ungrouped++;
    else group.waited(task, ns);
  }

  #framing(connection: number): FramingGroup | undefined {
    const make = () => new FramingGroup(connection);
    const group = entry(this.framing, connection, FINDINGS_PER_RULE, make);
    if (group === undefined) this.ungrouped++;
    return group;
  }

  #ping(pdu: Pdu): void {
    const story = this.look?.story(pdu.connection);
    if (story === undefined) return;
    const make = () => new PingWatch(pdu.connection);
    const watch = entry(this.pings, pdu.connection, WATCHED_MAX, make);
    if (watch !== undefined) watch.ended(pdu, story);
  }

  #tcp(direction: number): TcpWatch | undefined {
    return entry(this.tcp, direction, WATCHED_MAX, () => new TcpWatch(direction));
  }

  /** The watch of a task's LUN: loads stay on one for a while. */
  #lun(task: Task): LunWatch | undefined {
    const high = task.lunHigh | 0;
    const low = task.lunLow | 0;
    const last = this.#lastLun;
    if (
      last !== undefined &&
      last.session === task.session &&
      last.lunHigh === high &&
      last.lunLow === low
    ) {
      return last;
    }
    const watch = this.#byLun[task.session]?.get(high)?.get(low) ?? this.#newLun(task, high, low);
    if (watch !== undefined) this.#lastLun = watch;
    return watch;
  }

  #newLun(task: Task, high: number, low: number): LunWatch | undefined {
    if (this.luns.length >= METRIC_LUNS_MAX) return undefined;
    const story = this.look?.session(task.session)?.luns.get(hex64(high, low));
    const watch = new LunWatch(task, story, this.#budget);
    this.luns.push(watch);
    let byHigh = this.#byLun[task.session];
    if (byHigh === undefined) {
      byHigh = new Map();
      this.#byLun[task.session] = byHigh;
    }
    let byLow = byHigh.get(high);
    if (byLow === undefined) {
      byLow = new Map();
      byHigh.set(high, byLow);
    }
    byLow.set(low, watch);
    return watch;
  }
}
