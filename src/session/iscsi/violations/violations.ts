// Sequence numbers that break a rule: counted, with the first packet, and told as problems, which
// the log bounds (problem.ts). Not for the hot road: only called when something is odd.

import { EVIDENCE_PER_FINDING } from '../../../limits.js';
import type { Problem } from '../../../problem.js';
import type { OddCount } from '../../model.js';
import type { ConnectionState, IscsiTables } from '../state.js';

export function odd(
  book: IscsiTables,
  c: ConnectionState,
  counter: OddCount | undefined,
  frame: number,
  text: string | (() => string),
): void {
  if (counter !== undefined) {
    if (counter.count === 0) {
      counter.frame = frame;
      counter.timeNs = book.shared.nowNs;
    } else {
      counter.more ??= [];
      if (counter.more.length < EVIDENCE_PER_FINDING - 1) counter.more.push(frame);
    }
    counter.count++;
  }
  problem(book, 'protocol-odd', c, frame, text);
}

/** The sentence is only kept while the log has room for it. */
export function problem(
  book: IscsiTables,
  kind: Problem['kind'],
  c: ConnectionState,
  frame: number,
  text: string | (() => string),
): void {
  if (!book.problems.wants(kind)) {
    book.problems.count(kind);
    return;
  }
  const words = typeof text === 'string' ? text : text();
  book.problems.add({ kind, text: words, frame, connection: c.number });
}

/** Task tags as people write them. */
export function tagText(tag: number): string {
  return `0x${tag.toString(16).padStart(8, '0')}`;
}
