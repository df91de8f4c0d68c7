// Secrets of which pieces are missing: packets lost, cut, doubled, swapped and split anywhere. What is left of one is
// hidden all the same.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BuiltPacket, made } from '../support/build.js';
import { randomFrom } from '../support/mishaps.js';
import { type CapturedPacket, pcapFile } from '../support/pcap-writer.js';
import { sanscope } from '../support/program.js';
import { leakIn, Planted, plantData, plantText } from '../support/secrets.js';
import { plantedBeyond } from '../support/secrets-beyond.js';
import { plantedInRdma } from '../support/secrets-rdma.js';

const folder = mkdtempSync(join(tmpdir(), 'sanscope-secrets-'));
const planted = new Planted();
plantText(planted);
plantData(planted);

/** Each payload in up to four segments. */
function split(packets: readonly BuiltPacket[], random: () => number): BuiltPacket[] {
  return packets.flatMap((packet) => {
    const { payload } = packet.tcp;
    const whole =
      packet.originalLength === undefined || packet.originalLength === packet.bytes.length;
    if (payload === undefined || payload.length < 8 || !whole || random() < 0.3) return [packet];
    const cuts = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
      Math.floor(random() * payload.length),
    );
    const ends = [...new Set([...cuts, payload.length])]
      .filter((at) => at > 0)
      .sort((a, b) => a - b);
    return ends.map((end, i) => {
      const from = i === 0 ? 0 : ends[i - 1];
      const seq = ((packet.tcp.seq ?? 0) + from) >>> 0;
      const tcp = { ...packet.tcp, seq, payload: payload.subarray(from, end) };
      return made({ ...packet, tcp, timeNs: packet.timeNs + i * 100 });
    });
  });
}

function damaged(packets: readonly CapturedPacket[], random: () => number): CapturedPacket[] {
  return packets.flatMap((packet): CapturedPacket[] => {
    const what = random();
    if (what < 0.04) return [];
    if (what < 0.06) return [packet, packet];
    if (what < 0.12 && packet.bytes.length > 80) {
      const kept = 60 + Math.floor(random() * (packet.bytes.length - 60));
      const originalLength = packet.originalLength ?? packet.bytes.length;
      return [{ ...packet, bytes: packet.bytes.slice(0, kept), originalLength }];
    }
    if (what < 0.15) return [{ ...packet, timeNs: Number(packet.timeNs) + 5000 }];
    return [packet];
  });
}

for (const seed of [1, 2, 3]) {
  test(`pieces of secrets stay hidden: damage ${seed}`, () => {
    const next = randomFrom(seed);
    const random = (): number => (next() >>> 0) / 2 ** 32;
    const all = {
      iscsi: damaged(split(planted.packets, random), random),
      beyond: damaged(plantedBeyond(), random),
      rdma: damaged(plantedInRdma(), random),
    };
    for (const [name, packets] of Object.entries(all)) {
      const path = join(folder, `${name}-${seed}.pcap`);
      packets.sort((a, b) => Number(a.timeNs) - Number(b.timeNs));
      writeFileSync(path, pcapFile(packets));
      for (const args of [
        ['pdus', '-V', '-x'],
        ['login', '--json'],
        ['report', '--json'],
      ]) {
        const { stdout, stderr, status } = sanscope([...args, path]);
        assert.is(status, 0, stderr);
        assert.is(leakIn(stdout + stderr), undefined, `${name} ${args.join(' ')}`);
      }
    }
  });
}

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();
