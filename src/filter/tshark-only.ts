// Fields of iSCSI and SCSI that tshark 4.0 has and sanscope has not: a filter that names one is told
// so. Made by tools/generate-tshark-only.ts; test/filter/tshark-only.test.ts compares.

import { TSHARK_ONLY } from './tables/tshark-only.js';
import { modernName } from './tshark-scsi.js';

/** Asked where a filter is wrong only: the table stays packed until then. */
export function isTsharkOnly(name: string): boolean {
  const names = unpacked(TSHARK_ONLY);
  return names.has(name) || names.has(modernName(name));
}

/** A line "prefix: word word" → "prefix.word". */
export function unpacked(table: string): Set<string> {
  const names = new Set<string>();
  for (const line of table.trim().split('\n')) {
    const [prefix, words] = line.split(': ');
    for (const word of words.split(' ')) names.add(`${prefix}.${word}`);
  }
  return names;
}

export function packed(names: Iterable<string>): string {
  const words = new Map<string, string[]>();
  for (const name of [...names].sort()) {
    const dot = name.lastIndexOf('.');
    const prefix = name.slice(0, dot);
    words.set(prefix, [...(words.get(prefix) ?? []), name.slice(dot + 1)]);
  }
  return [...words].map(([prefix, of]) => `${prefix}: ${of.join(' ')}\n`).join('');
}
