// Whether files of a ring were passed over: deleted, or written over, before they were read. Told by
// their numbers, as dumpcap (x_00012_20251123204501.pcap) and tcpdump (x.pcap3) give them.

import { basename } from 'node:path';

/** Longer ones are dates. */
const DIGITS_MAX = 9;
const NUMBER = /(\d+)/;

/**
 * How many files lie between two that were read one after the other; 0 where their names do not
 * tell. `all`: names of the ring as they lie there now, for numbers that come round.
 */
export function skippedBetween(before: string, next: string, all: readonly string[]): number {
  const a = partsOf(basename(before));
  const b = partsOf(basename(next));
  const at = a.findIndex((part, i) => i % 2 === 1 && part !== b[i] && part.length <= DIGITS_MAX);
  if (a.length !== b.length || at < 0) return 0;
  if (a.some((part, i) => i % 2 === 0 && part !== b[i])) return 0;
  const step = Number(b[at]) - Number(a[at]);
  if (step > 0) return step - 1;
  // With a date beside it a smaller number is another ring's; else the numbers came round.
  if (a.some((part, i) => i % 2 === 1 && i !== at && part !== b[i])) return 0;
  const numbers = all.map((name) => partsOf(basename(name))).filter((p) => p.length === a.length);
  const round = Math.max(...numbers.map((parts) => Number(parts[at]) || 0)) + 1;
  return (((step - 1) % round) + round) % round;
}

/** Texts and numbers by turns. tcpdump's first file has no number: it is 0. */
function partsOf(name: string): string[] {
  const parts = name.split(NUMBER);
  if (parts.length > 1 && parts.at(-1) === '') return parts;
  return /\.[a-z]+$/i.test(name) ? [...parts, '0', ''] : parts;
}
