// State change notifications (RFC 4171 2.2.3, 5.6.5.5, 5.6.5.8): who registered for which, what changed since that
// the server must tell of it, and whether a notification came. Regular ones go to members of the same active
// domain only, which is not on the wire: what proves it is what the server answered the same node.

import { ISNS_TRANSACTIONS_MAX } from '../../limits.js';
import { NodeType, ScnEvent } from '../../wire/isns/attributes.js';

export interface ScnRegistration {
  readonly node: string;
  readonly bitmap: number;
  readonly frame: number;
  readonly timeNs: number;
}

/** A change that a registered node saw by asking, or knew of, and whether it was told. */
export interface ScnDue {
  readonly registration: ScnRegistration;
  readonly kind: 'added' | 'removed';
  /** The node that came, or went. */
  readonly about: string;
  /** Of the change: the request that made it, where the answer says so. */
  readonly frame: number;
  readonly timeNs: number;
  /** Where the registered node learnt otherwise: of what came its query, 0 and -1 for what went. */
  readonly seenFrame: number;
  readonly seenNs: number;
}

interface Change {
  readonly kind: ScnDue['kind'];
  readonly node: string;
  readonly type: number;
  readonly frame: number;
  readonly timeNs: number;
}

/** What a node was told by the last answer to the same question. */
interface Seen {
  names: ReadonlySet<string>;
  timeNs: number;
}

export class IsnsNotifications {
  /** Changes that were due, with no notification to the node so far since. */
  readonly #due: ScnDue[] = [];
  readonly #registered = new Map<string, ScnRegistration>();
  readonly #changes: Change[] = [];
  readonly #answers = new Map<string, Seen>();
  readonly #known = new Map<string, Set<string>>();
  /** When each node was last notified. */
  readonly #notified = new Map<string, number>();

  registers(node: string, bitmap: number, frame: number, timeNs: number): void {
    if (this.#registered.size >= ISNS_TRANSACTIONS_MAX) return;
    this.#registered.set(node, { node, bitmap, frame, timeNs });
  }

  deregisters(node: string): void {
    this.#registered.delete(node);
  }

  /** The server sent an SCN to the node: whatever it says, it is no silent server. */
  notified(node: string, timeNs: number): void {
    if (this.#notified.size < ISNS_TRANSACTIONS_MAX) this.#notified.set(node, timeNs);
    for (let i = this.#due.length - 1; i >= 0; i--) {
      if (this.#due[i].registration.node === node && this.#due[i].timeNs <= timeNs) {
        this.#due.splice(i, 1);
      }
    }
  }

  /** A registration, or the end of one, that the server accepted. `timeNs`: of the request, from which on it may tell. */
  changed(
    kind: ScnDue['kind'],
    node: string,
    type: number,
    frame: number,
    timeNs: number,
    registrar: string,
  ): void {
    const change = { kind, node, type, frame, timeNs };
    if (this.#changes.length < ISNS_TRANSACTIONS_MAX) this.#changes.push(change);
    if (kind === 'added') return;
    // Who was told of it before is in its domain.
    for (const registration of this.#registered.values()) {
      const knew = this.#known.get(registration.node)?.has(node) === true;
      // A node's own going needs no telling to who took it out.
      if (!knew || registration.node === node || registrar === registration.node) continue;
      this.#isDue(registration, change, 0, -1);
    }
  }

  /** The server answered a node's question: `question` is the same text for the same one. */
  answered(
    source: string,
    question: string,
    names: readonly string[],
    frame: number,
    timeNs: number,
  ): void {
    const known = this.#known.get(source) ?? new Set();
    if (known.size + names.length < ISNS_TRANSACTIONS_MAX)
      for (const name of names) known.add(name);
    if (this.#known.size < ISNS_TRANSACTIONS_MAX) this.#known.set(source, known);
    const key = `${source} ${question}`;
    const before = this.#answers.get(key);
    const now = { names: new Set(names), timeNs };
    if (before !== undefined || this.#answers.size < ISNS_TRANSACTIONS_MAX) {
      this.#answers.set(key, now);
    }
    const registration = this.#registered.get(source);
    if (registration === undefined || before === undefined) return;
    if (before.timeNs < registration.timeNs) return;
    for (const name of names) {
      if (before.names.has(name) || name === source) continue;
      const change = this.#changes.findLast((one) => one.kind === 'added' && one.node === name);
      if (change === undefined || change.timeNs < before.timeNs) continue;
      this.#isDue(registration, change, frame, timeNs);
    }
  }

  due(): readonly ScnDue[] {
    return this.#due;
  }

  #isDue(registration: ScnRegistration, change: Change, seenFrame: number, seenNs: number): void {
    if (!wants(registration.bitmap, change)) return;
    if ((this.#notified.get(registration.node) ?? -1) >= change.timeNs) return;
    if (this.#due.length >= ISNS_TRANSACTIONS_MAX) return;
    const { kind, node: about, frame, timeNs } = change;
    this.#due.push({ registration, kind, about, frame, timeNs, seenFrame, seenNs });
  }
}

/** 6.4.4: the kind of change, and whose. */
function wants(bitmap: number, { kind, type }: Change): boolean {
  const bit = kind === 'added' ? ScnEvent.objectAdded : ScnEvent.objectRemoved;
  if ((bitmap & bit) === 0) return false;
  if ((bitmap & ScnEvent.initiatorOnly) !== 0 && (type & NodeType.initiator) === 0) return false;
  return (bitmap & ScnEvent.targetOnly) === 0 || (type & NodeType.target) !== 0;
}
