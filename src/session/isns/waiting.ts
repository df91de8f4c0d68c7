// Requests that await an answer, and what the other side did meanwhile. Each end that is asked has a note of when
// it was last heard, so that a message costs the same however many wait.

import { ISNS_OPEN_BYTES_MAX, ISNS_OPEN_MAX } from '../../limits.js';
import type { IsnsTransaction } from './model.js';

/** What a request said, until its response says whether it holds. */
export interface Waiting {
  readonly transaction: IsnsTransaction;
  readonly payload: Uint8Array;
}

/** Of a request, also where it is looked for by its response. */
type Request = Pick<IsnsTransaction, 'connection' | 'from' | 'to' | 'functionId' | 'transactionId'>;

interface Entry extends Waiting {
  readonly end: AskedEnd;
  /** Messages that had been heard of the end before it was asked. */
  readonly heardBefore: number;
  older: Entry | undefined;
  newer: Entry | undefined;
}

/** An end of a connection (of any datagram: its address and port) while requests to it wait. */
interface AskedEnd {
  readonly requests: Map<number | string, Entry>;
  heard: number;
}

const FUNCTION = 65_536;

/**
 * Invariants: at most ISNS_OPEN_MAX requests wait (`#count`), with `#bytes` of payload in all, the oldest is given up
 * for a new one; an end is kept while a request to it waits. From `#oldest` by `newer` to `#newest` stand all that wait, in their order, and
 * nothing holds one that does not: most wait so short a time that the collector sees none of them twice.
 */
export class WaitingRequests {
  /** By connection (-1: datagrams), by whom is asked. */
  readonly #ends = new Map<number, Map<string, AskedEnd>>();
  #oldest: Entry | undefined = undefined;
  #newest: Entry | undefined = undefined;
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

  add({ transaction, payload }: Waiting): void {
    const { connection, to } = transaction;
    const same = this.#find(transaction);
    if (same !== undefined) this.#leave(same);
    this.#bytes += payload.length;
    while (this.#count >= ISNS_OPEN_MAX || this.#bytes > ISNS_OPEN_BYTES_MAX) {
      if (this.#oldest === undefined) break;
      this.#leave(this.#oldest);
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
    const older = this.#newest;
    const entry: Entry = {
      transaction,
      payload,
      end,
      heardBefore: end.heard,
      older,
      newer: undefined,
    };
    end.requests.set(keyOf(transaction), entry);
    this.#count++;
    this.#newest = entry;
    if (older === undefined) this.#oldest = entry;
    else older.newer = entry;
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
    for (let one = this.#oldest; one !== undefined; one = one.newer) noteHeard(one);
  }

  *#of(connection: number): Iterable<Entry> {
    for (const { requests } of this.#ends.get(connection)?.values() ?? []) yield* requests.values();
  }

  #find(request: Request): Entry | undefined {
    return this.#ends.get(request.connection)?.get(request.to)?.requests.get(keyOf(request));
  }

  #leave(entry: Entry): void {
    const { transaction, end, payload, older, newer } = entry;
    const { connection, to } = transaction;
    noteHeard(entry);
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    this.#count--;
    this.#bytes -= payload.length;
    // The last of a table goes with it: a table that loses its last is made anew.
    if (end.requests.size > 1) {
      end.requests.delete(keyOf(transaction));
      return;
    }
    const ends = this.#ends.get(connection);
    if (ends !== undefined && ends.size > 1) ends.delete(to);
    else this.#ends.delete(connection);
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
