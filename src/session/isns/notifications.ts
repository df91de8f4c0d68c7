// State change notifications (RFC 4171 2.2.3, 5.6.5.5, 5.6.5.8): who registered for which, what changed since that
// the server must tell of it, and whether a notification came. Regular ones go to members of the same active
// domain only, which is not on the wire: what proves it is what the server answered the same node.

import { ISNS_TOLD_MAX, ISNS_TRANSACTIONS_MAX } from '../../limits.js';
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

/** Invariant: `#toldTotal` counts the names in `#answers` and in `#knowers`, ISNS_TOLD_MAX at most. */
export class IsnsNotifications {
  /** By node: changes that were due, with no notification to it so far since; `#dueTotal` counts all. */
  readonly #due = new Map<string, ScnDue[]>();
  readonly #registered = new Map<string, ScnRegistration>();
  /** By node: the last time that it came. */
  readonly #added = new Map<string, Change>();
  readonly #answers = new Map<string, Seen>();
  /** By node: who was told of it. */
  readonly #knowers = new Map<string, Set<string>>();
  /** When each node was last notified. */
  readonly #notified = new Map<string, number>();
  #dueTotal = 0;
  #toldTotal = 0;

  registers(node: string, bitmap: number, frame: number, timeNs: number): void {
    put(this.#registered, node, { node, bitmap, frame, timeNs });
  }

  deregisters(node: string): void {
    this.#registered.delete(node);
  }

  /** The server sent an SCN to the node: whatever it says, it is no silent server. */
  notified(node: string, timeNs: number): void {
    put(this.#notified, node, timeNs);
    const due = this.#due.get(node);
    if (due === undefined) return;
    const later = due.filter((one) => one.timeNs > timeNs);
    this.#dueTotal -= due.length - later.length;
    if (later.length > 0) this.#due.set(node, later);
    else this.#due.delete(node);
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
    if (kind === 'added') {
      put(this.#added, node, change);
      return;
    }
    // Who was told of it before is in its domain.
    for (const source of this.#knowers.get(node) ?? []) {
      const registration = this.#registered.get(source);
      // A node's own going needs no telling to who took it out.
      if (registration === undefined || source === node || source === registrar) continue;
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
    const key = `${source} ${question}`;
    const seen = this.#answers.get(key);
    // A poll mostly hears what it heard before.
    if (seen?.names.size === names.length && names.every((name) => seen.names.has(name))) {
      seen.timeNs = timeNs;
      return;
    }
    for (const name of names) this.#knows(source, name);
    if (question !== '') this.#compare(source, key, names, frame, timeNs);
  }

  #compare(
    source: string,
    key: string,
    names: readonly string[],
    frame: number,
    timeNs: number,
  ): void {
    const before = this.#answer(key, names, timeNs);
    const registration = this.#registered.get(source);
    if (registration === undefined || before === undefined) return;
    if (before.timeNs < registration.timeNs) return;
    for (const name of names) {
      if (before.names.has(name) || name === source) continue;
      const change = this.#added.get(name);
      if (change === undefined || change.timeNs < before.timeNs) continue;
      this.#isDue(registration, change, frame, timeNs);
    }
  }

  due(): readonly ScnDue[] {
    return [...this.#due.values()].flat();
  }

  #knows(source: string, name: string): void {
    const knowers = this.#knowers.get(name);
    if (knowers?.has(source) === true || this.#toldTotal >= ISNS_TOLD_MAX) return;
    this.#toldTotal++;
    if (knowers === undefined) this.#knowers.set(name, new Set([source]));
    else knowers.add(source);
  }

  /** Keeps the answer; the one before it to the same question. Without room nothing is known of either. */
  #answer(key: string, names: readonly string[], timeNs: number): Readonly<Seen> | undefined {
    const seen = this.#answers.get(key);
    const total = this.#toldTotal + names.length - (seen?.names.size ?? 0);
    if (
      total > ISNS_TOLD_MAX ||
      (seen === undefined && this.#answers.size >= ISNS_TRANSACTIONS_MAX)
    ) {
      this.#toldTotal -= seen?.names.size ?? 0;
      this.#answers.delete(key);
      return seen;
    }
    this.#toldTotal = total;
    this.#answers.set(key, { names: new Set(names), timeNs });
    return seen;
  }

  #isDue(registration: ScnRegistration, change: Change, seenFrame: number, seenNs: number): void {
    if (!wants(registration.bitmap, change)) return;
    if ((this.#notified.get(registration.node) ?? -1) >= change.timeNs) return;
    if (this.#dueTotal >= ISNS_TRANSACTIONS_MAX) return;
    this.#dueTotal++;
    const { kind, node: about, frame, timeNs } = change;
    const one = { registration, kind, about, frame, timeNs, seenFrame, seenNs };
    const due = this.#due.get(registration.node);
    if (due === undefined) this.#due.set(registration.node, [one]);
    else due.push(one);
  }
}

/** What is known of a node is renewed; of more nodes nothing is kept. */
function put<V>(all: Map<string, V>, node: string, value: V): void {
  if (all.has(node) || all.size < ISNS_TRANSACTIONS_MAX) all.set(node, value);
}

/** 6.4.4: the kind of change, and whose. */
function wants(bitmap: number, { kind, type }: Change): boolean {
  const bit = kind === 'added' ? ScnEvent.objectAdded : ScnEvent.objectRemoved;
  if ((bitmap & bit) === 0) return false;
  if ((bitmap & ScnEvent.initiatorOnly) !== 0 && (type & NodeType.initiator) === 0) return false;
  return (bitmap & ScnEvent.targetOnly) === 0 || (type & NodeType.target) !== 0;
}
