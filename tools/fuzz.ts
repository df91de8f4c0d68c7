// Looks for captures that make sanscope throw: recorded ones and those of test/captures, damaged by chance where
// headers stand. Whatever throws is cut down and kept in test/captures/crashes, where test/story/crashes.test.ts
// runs it for good:
//   node --import tsx tools/fuzz.ts [rounds] [seed]

import { mkdirSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { damaged } from '../test/support/damage.js';
import { everything } from '../test/support/everything.js';
import { randomFrom } from '../test/support/mishaps.js';
import { pcapFile } from '../test/support/pcap-writer.js';
import { type HeldPacket, packetsOf } from '../test/support/road.js';

const TOP = fileURLToPath(new URL('..', import.meta.url));
const KEPT = join(TOP, 'test/captures/crashes');
/** Longer captures are begun at any packet. */
const PACKETS_MAX = 600;
const SLOW_MS = 5000;

const rounds = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? 1);
const random = randomFrom(seed);
const sources = [
  'captures',
  ...['probes', 'cases', 'faults', 'san'].map((f) => `test/captures/${f}`),
]
  .flatMap((folder) => readdirSync(join(TOP, folder)).map((name) => join(TOP, folder, name)))
  .filter((path) => /\.pcap(ng)?(\.gz|\.zst)?$/.test(path));
const seen = new Set<string>();
mkdirSync(KEPT, { recursive: true });

for (let round = 0; round < rounds; round++) {
  const path = sources[random() % sources.length];
  const all = await packetsOf(path);
  const from = all.length > PACKETS_MAX ? random() % (all.length - PACKETS_MAX) : 0;
  const packets = damaged(all.slice(random() % 4 === 0 ? from : 0).slice(0, PACKETS_MAX), random);
  const started = performance.now();
  const why = await thrownBy(packets);
  const ms = Math.round(performance.now() - started);
  if (ms > SLOW_MS)
    console.log(`round ${round}: ${ms} ms for ${packets.length} packets of ${path}`);
  if (why === '' || seen.has(why)) continue;
  seen.add(why);
  const small = await smallest(packets, why);
  const name = `seed${seed}-round${round}.pcap`;
  writeFileSync(join(KEPT, name), asFile(small));
  console.log(`${name}: ${small.length} packets of ${path}: ${why}`);
}
console.log(`${rounds} rounds, ${seen.size} kinds of crash`);

function asFile(packets: readonly HeldPacket[]): Uint8Array {
  return pcapFile(packets, { linkType: packets[0]?.linkType ?? 1 });
}

/** The first line of what was thrown, and where; '' for nothing. */
async function thrownBy(packets: readonly HeldPacket[]): Promise<string> {
  const path = join(tmpdir(), `sanscope-fuzz-${process.pid}.pcap`);
  writeFileSync(path, asFile(packets));
  try {
    await everything(path);
    return '';
  } catch (error) {
    const [first = '', at = ''] = (error instanceof Error ? (error.stack ?? '') : '').split('\n');
    return `${first} ${at.trim()}` || String(error);
  } finally {
    unlinkSync(path);
  }
}

/** Without the packets that it can do without. */
async function smallest(packets: readonly HeldPacket[], why: string): Promise<HeldPacket[]> {
  let kept = [...packets];
  for (let part = kept.length >> 1; part >= 1; part >>= 1) {
    for (let at = 0; at < kept.length; ) {
      const fewer = [...kept.slice(0, at), ...kept.slice(at + part)];
      if (fewer.length > 0 && (await thrownBy(fewer)) === why) kept = fewer;
      else at += part;
    }
  }
  return kept;
}
