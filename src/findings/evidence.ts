// hot: no allocation per packet
// Makes the watches that rules name, and tells each, while the capture passes, what it listens to. A
// PDU or a task that nobody listens to costs a look at an empty list.

import { assert } from '../lib/assert.js';
import type { Pdu, PduSink } from '../pdu/pdu.js';
import type { Task, TaskSink } from '../scsi/task.js';
import type { SessionQuery } from '../session/session-query.js';
import type { AgainKind, TcpEventSink } from '../stream/events.js';
import type { Watch, Watched, WatchKind } from './watch.js';

type Listener<K extends keyof Watch> = Watch & Required<Pick<Watch, K>>;

const OPCODES = 64;

/** Invariant: a list holds just the watches that have the list's method, each once. */
export class Evidence implements TaskSink, PduSink, TcpEventSink, Watched {
  /** Given before the first packet (report/collect.ts). */
  look: SessionQuery | undefined = undefined;
  readonly #watches: Map<WatchKind<Watch>, Watch>;
  readonly #taskStarted: Listener<'taskStarted'>[];
  readonly #taskEnded: Listener<'taskEnded'>[];
  readonly #pdu: Listener<'pdu'>[][];
  readonly #unframed: Listener<'unframed'>[];
  readonly #directionEnded: Listener<'directionEnded'>[];
  readonly #retransmission: Listener<'retransmission'>[];
  readonly #zeroWindow: Listener<'zeroWindow'>[];
  readonly #windowFull: Listener<'windowFull'>[];
  readonly #delayedAck: Listener<'delayedAck'>[];
  #sealed: boolean;

  constructor(kinds: Iterable<WatchKind<Watch>>) {
    this.#watches = new Map();
    this.#taskStarted = [];
    this.#taskEnded = [];
    this.#pdu = Array.from({ length: OPCODES }, () => []);
    this.#unframed = [];
    this.#directionEnded = [];
    this.#retransmission = [];
    this.#zeroWindow = [];
    this.#windowFull = [];
    this.#delayedAck = [];
    this.#sealed = false;
    for (const kind of kinds) this.of(kind);
    this.#sealed = true;
  }

  of<T extends Watch>(kind: WatchKind<T>): T {
    const made = this.#watches.get(kind);
    // The map holds what the kind itself made.
    if (made !== undefined) return made as T;
    assert(!this.#sealed, 'no rule that runs names this watch');
    const watch = kind.make(this);
    this.#watches.set(kind, watch);
    this.#listen(watch, kind.opcodes);
    return watch;
  }

  #listen(watch: Watch, opcodes: readonly number[] | undefined): void {
    if (listensTo(watch, 'taskStarted')) this.#taskStarted.push(watch);
    if (listensTo(watch, 'taskEnded')) this.#taskEnded.push(watch);
    if (listensTo(watch, 'pdu')) {
      for (let opcode = 0; opcode < OPCODES; opcode++) {
        if (opcodes === undefined || opcodes.includes(opcode)) this.#pdu[opcode].push(watch);
      }
    }
    if (listensTo(watch, 'unframed')) this.#unframed.push(watch);
    if (listensTo(watch, 'directionEnded')) this.#directionEnded.push(watch);
    if (listensTo(watch, 'retransmission')) this.#retransmission.push(watch);
    if (listensTo(watch, 'zeroWindow')) this.#zeroWindow.push(watch);
    if (listensTo(watch, 'windowFull')) this.#windowFull.push(watch);
    if (listensTo(watch, 'delayedAck')) this.#delayedAck.push(watch);
  }

  taskStarted(task: Task): void {
    for (const watch of this.#taskStarted) watch.taskStarted(task);
  }

  taskEnded(task: Task): void {
    for (const watch of this.#taskEnded) watch.taskEnded(task);
  }

  begin(_pdu: Pdu): number {
    return 0;
  }

  end(pdu: Pdu): void {
    for (const watch of this.#pdu[pdu.opcode & (OPCODES - 1)]) watch.pdu(pdu);
  }

  lost(direction: number, bytes: number, timeNs: number, frame: number, absent = 0): void {
    for (const watch of this.#unframed) watch.unframed(direction, bytes, absent, timeNs, frame);
  }

  ended(direction: number, timeNs: number, _frame: number): void {
    for (const watch of this.#directionEnded) watch.directionEnded(direction, timeNs);
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
    for (const watch of this.#retransmission) {
      watch.retransmission(direction, frame, timeNs, position, length, kind, waitedNs);
    }
  }

  holeFilled(): void {}

  zeroWindow(direction: number, frame: number, fromNs: number): void {
    for (const watch of this.#zeroWindow) watch.zeroWindow(direction, frame, fromNs);
  }

  windowFull(direction: number, frame: number, fromNs: number, toNs: number): void {
    for (const watch of this.#windowFull) watch.windowFull(direction, frame, fromNs, toNs);
  }

  delayedAck(direction: number, frame: number, timeNs: number, waitedNs: number): void {
    for (const watch of this.#delayedAck) watch.delayedAck(direction, frame, timeNs, waitedNs);
  }
}

function listensTo<K extends keyof Watch>(watch: Watch, what: K): watch is Listener<K> {
  return watch[what] !== undefined;
}
