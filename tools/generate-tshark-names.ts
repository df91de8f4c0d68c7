// Asks tshark where its SCSI fields stand, and which of ours stand for the same bits, over the captures
// of all samples (test/support/scsi-samples.ts), and writes src/wire/scsi/tables/tshark-names.ts.
// Run by hand where tshark is installed; test/wire/scsi-tshark.test.ts compares.

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keyFor } from '../src/wire/scsi/tshark-names.js';
import { temporaryFile } from '../test/support/capture.js';
import { judge } from '../test/support/scsi-judge.js';
import { scsiNoiseCapture, scsiSampleCapture } from '../test/support/scsi-samples.js';
import { tshark } from '../test/support/tshark.js';

const OUT = join(
  dirname(fileURLToPath(import.meta.url)),
  '../src/wire/scsi/tables/tshark-names.ts',
);
/** Where tshark takes reserved bits beside a field for a part of it: the value is the same. */
const EXTRA: readonly (readonly [string, string])[] = [
  ['scsi_smc.element_type_code', 'd Mb8 elementStatusPage/elementTypeCode'],
  ['scsi_smc.invert', 'd Mb8 elementDescriptor/invert'],
];
const SEEDS = [1, 2, 3, 4];
const RECORDED = [
  'tgt-libiscsi-scsi-tests.pcap.gz',
  'tgt-unsolicited-data.pcap.gz',
  'istgt-tape.pcap',
].map((name) => join(dirname(fileURLToPath(import.meta.url)), '../captures', name));

async function main(): Promise<void> {
  const made = [scsiSampleCapture(), ...SEEDS.map(scsiNoiseCapture)];
  const captures = [...made.map((bytes) => temporaryFile(bytes, 'scsi.pcap')), ...RECORDED];
  const found = new Map<string, Map<string, number>>();
  const types = tsharkTypes();
  for (const capture of captures) {
    const { places } = await judge(capture);
    for (const [name, all] of places) {
      const times = found.get(name) ?? new Map<string, number>();
      for (const place of all) times.set(place, (times.get(place) ?? 0) + 1);
      found.set(name, times);
    }
  }
  for (const [name, place] of EXTRA) found.get(name)?.set(place, 1);
  const rows = [...found].flatMap(([name, times]) => {
    const places = grouped(name, certain(times));
    return places.length === 0 ? [] : [[`${name}${types.get(name) ?? ''}`, ...places].join('|')];
  });
  const head =
    '// Made by tools/generate-tshark-names.ts: do not edit.\n// tshark’s field (=text or =octets, else a number)|its places: "c 2.0+32 28,2a" are bits of a CDB, "d group/name 12:83" a node of data\n';
  writeFileSync(
    OUT,
    `${head}\nexport const TSHARK_NAME_ROWS = \`\n${rows.sort().join('\n')}\n\`;\n`,
  );
}

/** Fields that are no numbers: "=text" or "=octets". */
function tsharkTypes(): Map<string, string> {
  const types = new Map<string, string>();
  for (const row of tshark('-G', 'fields').split('\n')) {
    const [, , name, type] = row.split('\t');
    if (type?.startsWith('FT_STRING')) types.set(name, '=text');
    if (type === 'FT_BYTES') types.set(name, '=octets');
  }
  return types;
}

/** Bits of data without a node of ours count only where they have one place in a command's data. */
function certain(times: ReadonlyMap<string, number>): string[] {
  const bits = [...times.keys()].filter(isBitsOfData);
  const whose = (place: string): string => place.split(' ').slice(0, -1).join(' ');
  return [...times.keys()].filter((place) => {
    if (!isBitsOfData(place)) return true;
    if (!FIXED.test(place)) return false;
    const alone = bits.filter((other) => whose(other) === whose(place)).length === 1;
    const named = [...times.keys()].some((p) => !isBitsOfData(p) && whose(p) === whose(place));
    return alone && !named && (times.get(place) ?? 0) > 1;
  });
}

/** Data whose fields have one place each: no lists. */
const FIXED =
  /^d \w?(?:12(:(?!83)..)? |(?:05|25|34|4a|51|52|5c|9e\.10|a4|ad) |(?:15|1a|4d|55|5a) [0-3]\.)/;

function isBitsOfData(place: string): boolean {
  return /^[ds] .*\d+\.\d\+\d+$/.test(place);
}

/** Pages and block descriptors are the same in all four commands that carry them. */
const MODES = ['15', '1a', '55', '5a'];

function alike(key: string, path: string): readonly string[] {
  const letter = /^[A-Z]?/.exec(key)?.[0] ?? '';
  if (!MODES.includes(key.slice(letter.length)) || !path.includes('/')) return [key];
  return MODES.map((mode) => letter + mode);
}

/** A place that is the same for this many service actions is it for all. */
const ACTIONS_ALIKE = 5;

function anyAction(keys: ReadonlySet<string>): Set<string> {
  const count = new Map<string, number>();
  const opcodeOf = (key: string): string => key.replace(/\..*/, '');
  for (const key of keys) count.set(opcodeOf(key), (count.get(opcodeOf(key)) ?? 0) + 1);
  return new Set(
    [...keys].map((key) =>
      (count.get(opcodeOf(key)) ?? 0) >= ACTIONS_ALIKE ? opcodeOf(key) : key,
    ),
  );
}

/** One entry a place, with all commands that have it. */
function grouped(name: string, all: readonly string[]): string[] {
  const keys = new Map<string, Set<string>>();
  for (const place of all) {
    const words = place.split(' ');
    const at = `${words[0]} ${words[words.length - 1]}`;
    const of = keys.get(at) ?? new Set<string>();
    if (words.length === 3) {
      for (const key of alike(words[1], words[2])) of.add(keyFor(name, key));
    }
    keys.set(at, of);
  }
  return [...keys].map(([at, of]) => `${at} ${[...anyAction(of)].sort().join(',')}`.trim()).sort();
}

void main();
