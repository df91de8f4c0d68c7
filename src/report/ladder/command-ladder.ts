// One command as a ladder: its PDUs (of other protocols its frames and messages), what TCP did meanwhile,
// and what was said about it (task management, rejects), in the order of time. Plain data, made from
// what the keeper kept.

import type { RoadFacts } from '../../findings/facts.js';
import { Role, type RoleCode } from '../../pdu/message-codes.js';
import type { Phase } from '../../scsi/phase-names.js';
import { latencyNsAtMost } from '../../scsi/task.js';
import { countedPhases } from '../../scsi/task-facts.js';
import type { Session, SessionEvent } from '../../session/model.js';
import type { Keeper } from '../../store/keeper.js';
import type { PduIndex } from '../../store/pdu-index.js';
import { makeTaskRow, type TaskRow } from '../../store/task-store.js';
import type { TcpEvent } from '../../store/tcp-log.js';

/** One PDU, or a run of data PDUs that follow each other with nothing between them. */
export interface PduStep {
  readonly kind: 'pdu';
  /** Row of its (first) PDU in the PDU index. */
  readonly row: number;
  /** pdu/message-codes.ts; 0 iSCSI, whose opcode it is then, else the protocol's kind. */
  readonly protocol: number;
  readonly opcode: number;
  readonly kindOf: number;
  readonly role: RoleCode;
  readonly fromInitiator: boolean;
  /** First byte of the first, last byte of the last. */
  timeNs: number;
  endNs: number;
  readonly frame: number;
  frameEnd: number;
  /** PDUs in the run: 1 for most. */
  count: number;
  /** Bytes of data, of an R2T those it asks for; where they lie in the command's data. */
  bytes: number;
  readonly bufferOffset: number;
  final: boolean;
  complete: boolean;
  /** Data-Out and R2T: which R2T of the command, from 1; 0: none was asked for. */
  readonly r2t: number;
  /** First data of an R2T: how long the R2T had waited. */
  readonly waitedNs?: number;
}

export interface TcpStep {
  readonly kind: 'tcp';
  readonly timeNs: number;
  /** The first of the run. */
  readonly event: TcpEvent;
  readonly fromInitiator: boolean;
  /** Alike ones in a row, their bytes and their longest wait: 1 for most. */
  count: number;
  bytes: number;
  waitedNsMax: number;
}

export interface EventStep {
  readonly kind: 'event';
  readonly timeNs: number;
  readonly event: SessionEvent;
  /** True for the answer of the event. */
  readonly answer: boolean;
}

export type LadderStep = PduStep | TcpStep | EventStep;

export interface CommandLadder {
  readonly task: TaskRow;
  readonly session: Session | undefined;
  readonly steps: readonly LadderStep[];
  readonly phases: readonly Phase[];
  /** An upper bound where the status was not captured; -1 unknown. */
  readonly latencyNs: number;
  /** Where the ladder ends: the task's end, or the capture's while it is open. */
  readonly endNs: number;
  /** TCP's events that are not shown because there are too many. */
  readonly tcpLeftOut: number;
}

export interface LadderOptions {
  /** End of the capture: until then an open command is open. */
  readonly lastNs: number;
  readonly sessions: readonly Session[];
  /** Direction (0 or 1) of the initiator's bytes on a connection. */
  readonly initiatorDirection: (connection: number) => number;
  /** Every data PDU as a step of its own. */
  readonly everyPdu: boolean;
}

/** From the facts of a whole run. */
export function ladderOptions(
  { lastNs, sessions, stories }: Pick<RoadFacts, 'lastNs' | 'sessions' | 'stories'>,
  everyPdu: boolean,
): LadderOptions {
  const initiators = new Map(
    stories.map((story) => [story.connection.id, story.initiatorDirection]),
  );
  return {
    lastNs,
    sessions,
    initiatorDirection: (connection) => initiators.get(connection) ?? 0,
    everyPdu,
  };
}

/** TCP events of one ladder: in a lossy capture a slow command sees thousands. */
const TCP_SHOWN = 200;

export function commandLadder(
  keeper: Keeper,
  number: number,
  options: LadderOptions,
): CommandLadder {
  const task = makeTaskRow();
  keeper.tasks.read(number, task);
  const endNs = task.endNs >= 0 ? task.endNs : options.lastNs;
  const startNs = keeper.tasks.startNs(number);
  const session = options.sessions[task.session];
  const events = eventSteps(task, session, startNs, endNs);
  const waits = apart(keeper.tcp.during(task.connection, startNs, endNs));
  const initiator = options.initiatorDirection(task.connection);
  const tcp = waits.slice(0, TCP_SHOWN).map((event) => tcpStep(event, initiator));
  const others = [...events, ...tcp].sort((a, b) => a.timeNs - b.timeNs);
  return {
    task,
    session,
    steps: inTime(pduSteps(keeper.pdus, number), others, !options.everyPdu),
    phases: countedPhases(task),
    latencyNs: latencyNsAtMost(task),
    endNs,
    tcpLeftOut: waits.length - tcp.length,
  };
}

/** A hole is filled by a segment that came again or late: that one tells it all. */
export function apart(events: readonly TcpEvent[]): TcpEvent[] {
  const told = new Set<string>();
  for (const { kind, direction, frame } of events) {
    if (kind === 'retransmission' || kind === 'out of order') told.add(`${direction} ${frame}`);
  }
  return events.filter((e) => e.kind !== 'hole filled' || !told.has(`${e.direction} ${e.frame}`));
}

function tcpStep(event: TcpEvent, initiator: number): TcpStep {
  return {
    kind: 'tcp',
    timeNs: event.toNs,
    event,
    fromInitiator: (event.direction & 1) === initiator,
    count: 1,
    bytes: event.bytes,
    waitedNsMax: event.toNs - event.fromNs,
  };
}

/** The task's PDUs in the order of their first bytes, each Data-Out with its R2T. */
function pduSteps(pdus: PduIndex, task: number): PduStep[] {
  const steps: PduStep[] = [];
  const asked: PduStep[] = [];
  const answered = new Set<number>();
  for (let row = pdus.firstOf(task); row >= 0; row = pdus.next(row)) {
    const role = pdus.role(row);
    const burst = role === Role.dataOut ? askedBy(asked, pdus.bufferOffset(row)) : undefined;
    const first = burst !== undefined && !answered.has(burst.r2t);
    if (burst !== undefined) answered.add(burst.r2t);
    const step: PduStep = {
      kind: 'pdu',
      row,
      protocol: pdus.protocol(row),
      opcode: pdus.opcode(row),
      kindOf: pdus.kind(row),
      role,
      fromInitiator: pdus.fromInitiator(row),
      timeNs: pdus.timeNs(row),
      endNs: pdus.endNs(row),
      frame: pdus.frame(row),
      frameEnd: pdus.frameEnd(row),
      count: 1,
      bytes: pdus.length(row),
      bufferOffset: pdus.bufferOffset(row),
      final: pdus.final(row),
      complete: pdus.complete(row),
      r2t: role === Role.transferReady ? asked.length + 1 : (burst?.r2t ?? 0),
      waitedNs: first ? Math.max(0, pdus.timeNs(row) - burst.endNs) : undefined,
    };
    if (role === Role.transferReady) asked.push(step);
    steps.push(step);
  }
  return steps;
}

/** The latest R2T that asked for the byte at `offset`. */
function askedBy(asked: readonly PduStep[], offset: number): PduStep | undefined {
  for (let i = asked.length - 1; i >= 0; i--) {
    const { bufferOffset, bytes } = asked[i];
    if (offset >= bufferOffset && offset < bufferOffset + bytes) return asked[i];
  }
  return undefined;
}

/** Both lists are in the order of time; of the same time the PDUs come first. */
function inTime(
  pdus: readonly PduStep[],
  others: readonly (TcpStep | EventStep)[],
  joined: boolean,
): LadderStep[] {
  const steps: LadderStep[] = [];
  let next = 0;
  for (const pdu of pdus) {
    for (; next < others.length && others[next].timeNs < pdu.timeNs; next++) {
      steps.push(others[next]);
    }
    const last = steps.at(-1);
    if (joined && last?.kind === 'pdu' && follows(last, pdu)) join(last, pdu);
    else steps.push({ ...pdu });
  }
  return alikeJoined([...steps, ...others.slice(next)]);
}

/** What TCP did again and again becomes one step. */
function alikeJoined(steps: readonly LadderStep[]): LadderStep[] {
  const joined: LadderStep[] = [];
  for (const step of steps) {
    const last = joined.at(-1);
    if (step.kind === 'tcp' && last?.kind === 'tcp' && alike(last, step)) {
      last.count++;
      last.bytes += step.bytes;
      last.waitedNsMax = Math.max(last.waitedNsMax, step.waitedNsMax);
    } else joined.push(step);
  }
  return joined;
}

function alike(a: TcpStep, b: TcpStep): boolean {
  return (
    a.event.kind === b.event.kind &&
    a.event.why === b.event.why &&
    a.fromInitiator === b.fromInitiator
  );
}

/** Data of the same burst that goes on where the last one ended. */
function follows(last: PduStep, pdu: PduStep): boolean {
  const data = pdu.role === Role.dataIn || pdu.role === Role.dataOut;
  return (
    data &&
    last.role === pdu.role &&
    last.r2t === pdu.r2t &&
    !last.final &&
    last.bufferOffset + last.bytes === pdu.bufferOffset
  );
}

function join(last: PduStep, pdu: PduStep): void {
  last.endNs = Math.max(last.endNs, pdu.endNs);
  last.frameEnd = Math.max(last.frameEnd, pdu.frameEnd);
  last.count++;
  last.bytes += pdu.bytes;
  last.final = pdu.final;
  last.complete &&= pdu.complete;
}

const SET_WIDE: ReadonlySet<unknown> = new Set([2, 4, 5, 6, 7, 11]);

/** What was said about the task: task management of it or of all tasks, rejects, SNACK, retries. */
function eventSteps(
  task: TaskRow,
  session: Session | undefined,
  fromNs: number,
  toNs: number,
): EventStep[] {
  const steps: EventStep[] = [];
  for (const event of session?.events ?? []) {
    const answerNs = event.endNs < 0 ? event.timeNs : event.endNs;
    if (answerNs < fromNs || event.timeNs > toNs || !concerns(event, task)) continue;
    // The frames of an exchange's own ABTS are steps of it.
    if (session?.protocol === 'fcp' && event.fields['referencedTaskTag'] === task.tag) continue;
    steps.push({ kind: 'event', timeNs: event.timeNs, event, answer: false });
    if (event.kind === 'task management' && event.endNs >= 0) {
      steps.push({ kind: 'event', timeNs: event.endNs, event, answer: true });
    }
  }
  return steps;
}

function concerns({ kind, fields }: SessionEvent, task: TaskRow): boolean {
  switch (kind) {
    case 'task management':
      return fields['referencedTaskTag'] === task.tag || SET_WIDE.has(fields['function']);
    case 'reject':
    case 'SNACK':
    case 'command retry':
      return fields['initiatorTaskTag'] === task.tag;
    case 'connection ended':
    case 'reinstatement':
      return true;
    default:
      return false;
  }
}
