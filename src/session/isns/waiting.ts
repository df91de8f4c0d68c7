// Requests that await an answer, and what the other side did meanwhile. Each end that is asked has a note of when
// it was last heard, so that a message costs the same however many wait.

import { ISNS_OPEN_BYTES_MAX, ISNS_OPEN_MAX } from '../../limits.js';
import type { IsnsTransaction } from './model.js';

/** What a request said, until its response says whether it holds. */
export interface Waiting {
  readonly transaction: IsnsTransaction;
  readonly payload: Uint8Array;
}

interface Entry extends Waiting {
  readonly end: AskedEnd;
  /** Messages that had been heard of the end before it was asked. */
  readonly heardBefore: number;
}

/** An end of a connection (of any datagram: its address and port) while requests to it wait. */
interface AskedEnd {
  waiting: number;
  heard: number;
}

/**
 * Invariants: at most ISNS_OPEN_MAX requests wait, with `#bytes` of payload in all, the oldest is given up for a new
 * one; an end is kept while a request to it waits, a connection too.
 */
export class WaitingRequests {
  readonly #all = new Map<string, Entry>();
  readonly #ends = new Map<string, AskedEnd>();
  readonly #connections = new Map<number, Set<string>>();
  /** Requests of a side without a response so far. */
  readonly #unanswered = new Map<string, number>();
  #bytes = 0;

  /** One more of this side: how many it has without a response, this one included. */
  asks(from: string, to: string): number {
    const side = `${from}>${to}`;
    const count = (this.#unanswered.get(side) ?? 0) + 1;
    if (count === 1 && this.#unanswered.size >= ISNS_OPEN_MAX) {
      const [oldest] = this.#unanswered.keys();
      this.#unanswered.delete(oldest);
    }
    this.#unanswered.set(side, count);
    return count;
  }

  add(key: string, { transaction, payload }: Waiting): void {
    this.#leave(key);
    this.#bytes += payload.length;
    while (this.#all.size >= ISNS_OPEN_MAX || this.#bytes > ISNS_OPEN_BYTES_MAX) {
      const [oldest] = this.#all.keys();
      if (oldest === undefined) break;
      this.#leave(oldest);
    }
    const { connection, to } = transaction;
    let end = this.#ends.get(endKey(connection, to));
    if (end === undefined) {
      end = { waiting: 0, heard: 0 };
      this.#ends.set(endKey(connection, to), end);
    }
    end.waiting++;
    this.#all.set(key, { transaction, payload, end, heardBefore: end.heard });
    const keys = this.#connections.get(connection);
    if (keys === undefined) this.#connections.set(connection, new Set([key]));
    else keys.add(key);
  }

  /** Its response is there. */
  answered(key: string): Waiting | undefined {
    const entry = this.#leave(key);
    if (entry === undefined) return undefined;
    const { from, to } = entry.transaction;
    const side = `${from}>${to}`;
    const count = (this.#unanswered.get(side) ?? 1) - 1;
    if (count > 0) this.#unanswered.set(side, count);
    else this.#unanswered.delete(side);
    return entry;
  }

  /** Whoever speaks is there: requests that wait for it wait on a living connection. */
  heard(connection: number, from: string): void {
    const end = this.#ends.get(endKey(connection, from));
    if (end !== undefined) end.heard++;
  }

  /** Bytes of the connection were missed. */
  lost(connection: number): void {
    for (const key of this.#connections.get(connection) ?? []) {
      const entry = this.#all.get(key);
      if (entry !== undefined) entry.transaction.cut = true;
    }
  }

  /** A direction of the connection ended: nothing more will be answered. */
  ended(connection: number): void {
    for (const key of [...(this.#connections.get(connection) ?? [])]) {
      const entry = this.#leave(key);
      if (entry === undefined) continue;
      const { transaction } = entry;
      if (!transaction.answeredLater) transaction.cut = true;
      this.#unanswered.delete(`${transaction.from}>${transaction.to}`);
    }
  }

  /** What waits now is told what its end did since. */
  settle(): void {
    for (const entry of this.#all.values()) noteHeard(entry);
  }

  #leave(key: string): Entry | undefined {
    const entry = this.#all.get(key);
    if (entry === undefined) return undefined;
    noteHeard(entry);
    this.#all.delete(key);
    this.#bytes -= entry.payload.length;
    const { connection, to } = entry.transaction;
    if (--entry.end.waiting === 0) this.#ends.delete(endKey(connection, to));
    const keys = this.#connections.get(connection);
    keys?.delete(key);
    if (keys?.size === 0) this.#connections.delete(connection);
    return entry;
  }
}

function noteHeard({ transaction, end, heardBefore }: Entry): void {
  if (end.heard > heardBefore) transaction.answeredLater = true;
}

function endKey(connection: number, end: string): string {
  return `${connection}/${end}`;
}
