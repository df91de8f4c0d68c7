// Requests that await an answer, and what the other side did meanwhile. Each end that is asked has a note of when
// it was last heard, so that a message costs the same however many wait.

import { ISNS_OPEN_BYTES_MAX, ISNS_OPEN_MAX } from '../../limits.js';
import type { AttributeValue } from '../../wire/isns/tlvs.js';
import type { IsnsTransaction } from './model.js';

/** What a request said, until its response says whether it holds. */
export interface Waiting {
  readonly transaction: IsnsTransaction;
  readonly payload: Uint8Array;
  /** Its attributes, where they are few. */
  readonly values?: readonly AttributeValue[] | undefined;
}

/** Of a request, also where it is looked for by its response. */
type Request = Pick<IsnsTransaction, 'connection' | 'from' | 'to' | 'functionId' | 'transactionId'>;

interface Entry extends Waiting {
  readonly end: AskedEnd;
  /** Messages that had been heard of the end before it was asked. */
  readonly heardBefore: number;
  waits: boolean;
}

/** An end of a connection (of any datagram: its address and port) while requests to it wait. */
interface AskedEnd {
  readonly requests: Map<number | string, Entry>;
  heard: number;
}

const FUNCTION = 65_536;

/**
 * Invariants: at most ISNS_OPEN_MAX requests wait (`#count`), with `#bytes` of payload in all, the oldest is given up
 * for a new one; an end is kept while a request to it waits. `#order` has all that wait, in their order, and some that
 * no longer do.
 */
export class WaitingRequests {
  /** By connection (-1: datagrams), by whom is asked. */
  readonly #ends = new Map<number, Map<string, AskedEnd>>();
  #order: Entry[] = [];
  #first = 0;
  #count = 0;
  #bytes = 0;

  /** How many requests of this side wait for that one. */
  open({ connection, from, to }: Pick<Request, 'connection' | 'from' | 'to'>): number {
    const requests = this.#ends.get(connection)?.get(to)?.requests;
    if (requests === undefined || connection >= 0) return requests?.size ?? 0;
    let count = 0;
    for (const { transaction } of requests.values()) if (transaction.from === from) count++;
    return count;
  }

  add({ transaction, payload, values }: Waiting): void {
    const { connection, to } = transaction;
    const same = this.#find(transaction);
    if (same !== undefined) this.#leave(same);
    this.#bytes += payload.length;
    while (this.#count >= ISNS_OPEN_MAX || this.#bytes > ISNS_OPEN_BYTES_MAX) {
      if (this.#count === 0) break;
      const oldest = this.#order[this.#first++];
      if (oldest.waits) this.#leave(oldest);
    }
    let ends = this.#ends.get(connection);
    if (ends === undefined) {
      ends = new Map();
      this.#ends.set(connection, ends);
    }
    let end = ends.get(to);
    if (end === undefined) {
      end = { requests: new Map(), heard: 0 };
      ends.set(to, end);
    }
    const entry = { transaction, payload, values, end, heardBefore: end.heard, waits: true };
    end.requests.set(keyOf(transaction), entry);
    this.#count++;
    this.#queue(entry);
  }

  /** The response to this request is there. */
  answered(request: Request): Waiting | undefined {
    const entry = this.#find(request);
    if (entry !== undefined) this.#leave(entry);
    return entry;
  }

  /** Whoever speaks is there: requests that wait for it wait on a living connection. */
  heard(connection: number, from: string): void {
    const end = this.#ends.get(connection)?.get(from);
    if (end !== undefined) end.heard++;
  }

  /** Bytes of the connection were missed. */
  lost(connection: number): void {
    for (const { transaction } of this.#of(connection)) transaction.cut = true;
  }

  /** A direction of the connection ended: nothing more will be answered. */
  ended(connection: number): void {
    for (const entry of [...this.#of(connection)]) {
      this.#leave(entry);
      if (!entry.transaction.answeredLater) entry.transaction.cut = true;
    }
  }

  /** What waits now is told what its end did since. */
  settle(): void {
    for (const entry of this.#order) if (entry.waits) noteHeard(entry);
  }

  *#of(connection: number): Iterable<Entry> {
    for (const { requests } of this.#ends.get(connection)?.values() ?? []) yield* requests.values();
  }

  #find(request: Request): Entry | undefined {
    return this.#ends.get(request.connection)?.get(request.to)?.requests.get(keyOf(request));
  }

  #leave(entry: Entry): void {
    const { transaction, end, payload } = entry;
    const { connection, to } = transaction;
    noteHeard(entry);
    entry.waits = false;
    this.#count--;
    this.#bytes -= payload.length;
    end.requests.delete(keyOf(transaction));
    if (end.requests.size > 0) return;
    const ends = this.#ends.get(connection);
    ends?.delete(to);
    if (ends?.size === 0) this.#ends.delete(connection);
  }

  /** Now and then those that no longer wait are let go. */
  #queue(entry: Entry): void {
    if (this.#order.length >= 2 * ISNS_OPEN_MAX) {
      this.#order = this.#order.filter(({ waits }) => waits);
      this.#first = 0;
    }
    this.#order.push(entry);
  }
}

function noteHeard({ transaction, end, heardBefore }: Entry): void {
  if (end.heard > heardBefore) transaction.answeredLater = true;
}

/** A connection has two ends: whom is asked says who asks. */
function keyOf({ connection, from, functionId, transactionId }: Request): number | string {
  const key = functionId * FUNCTION + transactionId;
  return connection < 0 ? `${from} ${key}` : key;
}
