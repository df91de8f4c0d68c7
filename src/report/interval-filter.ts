// Filters over the rows of a capture that goes on, an initiator, target and LUN each: `p99 > 5ms and
// open >= 8`. Bare words are a shorthand: each of them stands in the names.

import { compileFilter } from '../filter/compile.js';
import type { FieldBook, FilterField, FilterKind } from '../filter/field.js';
import { named as nameOf } from '../lib/names.js';
import type { LunNow } from './interval.js';

export type LiveFilter = (row: LunNow) => boolean;

/** Throws a FilterError that points at what is wrong. */
export function liveFilter(text: string): LiveFilter {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.every(isPlain)) return named(words);
  return compileFilter(text, LIVE_BOOK).test;
}

/** Of no meaning in the language, so that it can only be part of a name, or a LUN. */
function isPlain(word: string): boolean {
  return PLAIN.test(word) && !KEYWORDS.has(word) && LIVE_BOOK.find(word) === undefined;
}

/** Every word stands in the names of initiator or target; a number is the LUN's. */
function named(words: readonly string[]): LiveFilter {
  return ({ initiator = 'others', target = '', lunText = '' }) => {
    const names = `${initiator} ${target} ${nameOf(initiator)} ${nameOf(target)}`.toLowerCase();
    return words.every((word) =>
      /^\d+$/.test(word)
        ? word === lunText
        : names.includes(word) || word === lunText.toLowerCase(),
    );
  };
}

const PLAIN = /^[\p{L}\p{N}._:/-]+$/u;
const KEYWORDS: ReadonlySet<string> = new Set(
  'and or not xor in contains matches eq ne lt le gt ge any all len count lower upper'.split(' '),
);

const number = (
  name: string,
  kind: FilterKind,
  of: (row: LunNow) => number | undefined,
  about: string,
): FilterField<LunNow> => ({
  name,
  kind,
  needs: 'end',
  about,
  number: (row) => of(row) ?? Number.NaN,
});

const text = (
  name: string,
  of: (row: LunNow) => readonly (string | undefined)[],
  about: string,
): FilterField<LunNow> => ({
  name,
  kind: 'word',
  needs: 'end',
  about,
  values: (row) => of(row).filter((word) => word !== undefined),
});

/** What was seen on the wire, and the name that it was given. */
function both(seen: string | undefined): readonly (string | undefined)[] {
  const name = seen === undefined ? undefined : nameOf(seen);
  return name === seen ? [seen] : [seen, name];
}

/** Of the interval that is shown, unless they say otherwise. */
export const LIVE_FIELDS: readonly FilterField<LunNow>[] = [
  text('initiator', (row) => both(row.initiator), 'name, or address where it is not known'),
  text('target', (row) => both(row.target), 'name, or address where it is not known'),
  text('lun', (row) => [row.lun, row.lunText], 'as 16 hex digits, or in words (1, 256, 1/2)'),
  number('session', 'number', (row) => row.session, 'from 0'),
  number('iops', 'number', (row) => row.iops, 'commands that ended, a second'),
  number('readMBps', 'number', (row) => row.readMBps, 'MB read, a second'),
  number('writeMBps', 'number', (row) => row.writeMBps, 'MB written, a second'),
  number('MBps', 'number', (row) => row.readMBps + row.writeMBps, 'both of them'),
  number('p50', 'duration', (row) => row.latency?.p50Ns, 'latency'),
  number('p99', 'duration', (row) => row.latency?.p99Ns, 'latency'),
  number('max', 'duration', (row) => row.latency?.maxNs, 'latency'),
  number('latency', 'duration', (row) => row.latency?.maxNs, 'the longest one: max'),
  number('open', 'number', (row) => row.outstanding, 'commands that are outstanding'),
  number('oldest', 'duration', (row) => row.oldest?.ageNs, 'age of the oldest open command'),
  number('window', 'number', (row) => row.commandWindowWidth, 'commands that the target takes'),
  number('closed', 'duration', (row) => row.windowClosedNs, 'how long no command was taken'),
  number('again', 'number', (row) => row.retransmissions, 'retransmissions'),
  number('failed', 'number', (row) => row.failedCount, 'commands that did not end GOOD'),
  number('commands', 'number', (row) => row.endedTotal, 'commands that ended, from the start'),
  number('bytes', 'size', (row) => row.bytesTotal, 'bytes moved, from the start'),
];

const FIELDS: ReadonlyMap<string, FilterField<LunNow>> = new Map(
  LIVE_FIELDS.map((field) => [field.name, field]),
);

export const LIVE_BOOK: FieldBook<LunNow> = {
  find: (name) => FIELDS.get(name),
  names: () => FIELDS.keys(),
};
