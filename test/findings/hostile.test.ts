// Findings of captures that chance has damaged: whatever is said is whole, finite and in order.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Finding } from '../../src/findings/finding.js';
import { randomFrom } from '../support/mishaps.js';
import { type HeldPacket, packetsOf } from '../support/road.js';
import { run } from '../support/run.js';

const CAPTURES = [
  'captures/tgt-killed-and-back.pcap.gz',
  'captures/tgt-libiscsi-iscsi-tests.pcap.gz',
  'captures/tgt-login-redirect.pcap',
  'captures/istgt-nop-in.pcap.gz',
  'captures/istgt-tape.pcap',
  'captures/tgt-chap-mutual.pcap',
];
const SEEDS = 12;

/** What is wrong with a finding, '' for nothing. */
function wrongWith(f: Finding, packets: number): string {
  const words = [f.title, f.text, f.reference, f.disproof, f.next];
  if (words.some((text) => /NaN|undefined|\[object|Infinity| {2}/.test(text))) return 'its words';
  if (words.some((text) => text.trim() !== text || text === '')) return 'blanks around its words';
  if (!(f.count > 0)) return 'its count';
  if (f.frames.some((frame) => !(frame >= 1 && frame <= packets))) return 'its frames';
  if (new Set(f.frames).size !== f.frames.length) return 'a frame twice';
  if (f.fromNs !== undefined && !(f.fromNs >= 0 && (f.toNs ?? -1) >= f.fromNs)) return 'its times';
  const numbers = Object.values(f.values ?? {}).filter((value) => typeof value === 'number');
  return numbers.every(Number.isFinite) ? '' : 'its values';
}

/** Octets changed, packets lost, doubled or moved, by chance. */
function damaged(packets: readonly HeldPacket[], seed: number): HeldPacket[] {
  const random = randomFrom(seed);
  const out: HeldPacket[] = [];
  for (const packet of packets) {
    const luck = random() % 100;
    if (luck < 3) continue;
    const bytes = packet.bytes.slice();
    if (luck < 25 && bytes.length > 66) {
      const at = 66 + (random() % Math.min(48, bytes.length - 66));
      bytes[at] = random() & 255;
    }
    out.push({ ...packet, bytes });
    if (luck > 97) out.push({ ...packet, timeNs: packet.timeNs + (random() % 400) * 1e6 });
  }
  return out.sort((a, b) => a.timeNs - b.timeNs);
}

for (const path of CAPTURES) {
  test(`what is found in ${path} is whole, and in damaged copies of it too`, async () => {
    const packets = await packetsOf(path);
    for (let seed = 0; seed <= SEEDS; seed++) {
      const shown = seed === 0 ? packets : damaged(packets, seed);
      for (const finding of run(shown).report.findings) {
        const wrong = wrongWith(finding, shown.length);
        assert.is(wrong, '', `seed ${seed}: ${wrong} of ${JSON.stringify(finding)}`);
      }
    }
  });
}

test.run();
