// iWARP and RoCE with bytes turned, fields of their headers set to anything, packets lost, cut, doubled and
// swapped: nothing throws, the invariants hold, and every byte is told once.

import { test } from 'uvu';
import { ok } from 'uvu/assert';
import { Packet } from '../../../src/capture/packet.js';
import { Road } from '../../../src/pipeline.js';
import { ProblemLog } from '../../../src/problem.js';
import { set } from '../../../src/wire/field.js';
import { RDMA_HEADERS } from '../../support/rdma-headers.js';
import { type HeldPacket, packetsOf } from '../../support/road.js';
import { sharedCapture } from '../../support/shared.js';

const ROUNDS = 25;

/** Numbers from a seed, the same in every run (mulberry32). */
function numbers(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function play(packets: readonly HeldPacket[]): number {
  let tasks = 0;
  const road = new Road(new ProblemLog(16), {
    taskSink: { taskStarted() {}, taskEnded: () => tasks++ },
  });
  const packet = new Packet();
  for (const [index, p] of packets.entries()) {
    packet.bytes = p.bytes;
    packet.view = new DataView(p.bytes.buffer, p.bytes.byteOffset, p.bytes.byteLength);
    packet.offset = 0;
    packet.capturedLength = p.bytes.length;
    packet.originalLength = p.originalLength;
    packet.timeNs = p.timeNs;
    packet.frame = index + 1;
    packet.linkType = p.linkType;
    road.packet(packet);
  }
  road.pdus.invariants();
  road.streams.invariants();
  road.finish({ packets: packets.length } as never);
  return tasks;
}

/** Where the transport's payload begins, -1 where there is none. */
function payloadAt({ bytes }: HeldPacket): number {
  if (bytes.length < 54 || bytes[12] !== 0x08) return -1;
  if (bytes[23] === 6) return 34 + (bytes[46] >> 4) * 4;
  return bytes[23] === 17 ? 42 : -1;
}

function mutated(p: HeldPacket, random: () => number): HeldPacket[] {
  const at = payloadAt(p);
  const pick = random();
  if (at < 0 || at >= p.bytes.length || pick > 0.12) return [p];
  if (pick < 0.01) return [];
  if (pick < 0.02) return [p, p];
  const bytes = p.bytes.slice();
  if (pick < 0.03) return [{ ...p, bytes: bytes.slice(0, at + Math.floor(random() * 80)) }];
  if (pick < 0.06) {
    bytes[at + Math.floor(random() * Math.min(120, bytes.length - at))] ^=
      1 << Math.floor(random() * 8);
    return [{ ...p, bytes }];
  }
  // A field of a header, somewhere near where such a header may be.
  const header = RDMA_HEADERS[Math.floor(random() * RDMA_HEADERS.length)];
  const f = header.fields[Math.floor(random() * header.fields.length)];
  const place = at + [0, 2, 12, 20, 22, 28, 48][Math.floor(random() * 7)];
  if (f.size === 0 || place + f.byte + f.size > bytes.length) return [p];
  const view = new DataView(bytes.buffer);
  set(view, place, f, Math.floor(random() * 2 ** Math.min(32, f.width)));
  return [{ ...p, bytes }];
}

for (const name of ['iser-siw-crc-1500-ini', 'iser-rfc-markers-crc-1500', 'iser-rxe-1500-ini']) {
  test(`${name}, ${ROUNDS} times otherwise`, async () => {
    const all = await packetsOf(sharedCapture(`san/${name}.pcap`));
    let tasks = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const random = numbers(round * 7919 + name.length);
      const from = Math.floor(random() * (all.length - 420)) * (round % 3 === 0 ? 0 : 1);
      const packets = all.slice(from, from + 400).flatMap((p) => mutated(p, random));
      for (let i = 1; i < packets.length; i++) {
        if (random() < 0.02) [packets[i - 1], packets[i]] = [packets[i], packets[i - 1]];
      }
      tasks += play(packets);
    }
    ok(tasks > ROUNDS, `${tasks} commands were told all the same`);
  });
}

test.run();
