// Damaged and invented frames: nothing throws, bounds hold, the road's invariants too.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaptureFacts } from '../../../src/capture/facts.js';
import { Packet } from '../../../src/capture/packet.js';
import { MessageReader } from '../../../src/decode/messages.js';
import { messageJson } from '../../../src/export/message-json.js';
import { Road } from '../../../src/pipeline.js';
import { ProblemLog } from '../../../src/problem.js';
import { messageLine } from '../../../src/view/message-line.js';
import { fcipHeader, ifcpHeader } from '../../../src/wire/fc/encapsulation.js';
import { fcpCmnd } from '../../../src/wire/fc/fcp-cmnd.js';
import { fcpRsp } from '../../../src/wire/fc/fcp-rsp.js';
import { frameHeader } from '../../../src/wire/fc/frame-header.js';
import { type Field, set } from '../../../src/wire/field.js';
import type { BuiltPacket } from '../../support/build.js';
import { laidOut, type RecordedFrame, recordedFrames } from '../../support/fc-frames.js';
import { randomFrom } from '../../support/mishaps.js';

const NO_FACTS = { packets: 0 } as unknown as CaptureFacts;

/** Through the whole road, every frame decoded and written. */
function survives(packets: readonly BuiltPacket[]): number {
  let frames = 0;
  const reader = new MessageReader({
    take: (facts) => {
      frames++;
      assert.ok(messageLine(facts).length > 0);
      assert.ok(facts.parts(false).length > 0);
      JSON.parse(messageJson(facts, { tree: true, showSecrets: false }));
    },
  });
  const road = new Road(new ProblemLog(4), { messageSink: reader });
  const packet = new Packet();
  for (const [index, p] of packets.entries()) {
    packet.bytes = p.bytes;
    packet.view = new DataView(p.bytes.buffer, p.bytes.byteOffset, p.bytes.byteLength);
    packet.offset = 0;
    packet.capturedLength = p.bytes.length;
    packet.originalLength = p.originalLength ?? p.bytes.length;
    packet.timeNs = p.timeNs;
    packet.frame = index + 1;
    packet.linkType = 1;
    road.packet(packet);
    if (index % 64 === 0) road.pdus.invariants();
  }
  road.finish(NO_FACTS);
  assert.is(road.sessions.invariants(), '');
  return frames;
}

/** Fields aimed at, each with where its table begins in an encapsulated frame. */
const AIMED: readonly (readonly [number, readonly Field[]])[] = [
  [0, Object.values(fcipHeader)],
  [0, Object.values(ifcpHeader)],
  [32, Object.values(frameHeader)],
  [56, Object.values(fcpCmnd)],
  [56, Object.values(fcpRsp)],
];

function aimed(frame: RecordedFrame, random: () => number): RecordedFrame {
  const bytes = frame.bytes.slice();
  const [at, fields] = AIMED[random() % AIMED.length];
  const f = fields[random() % fields.length];
  if (f.size > 0 && at + f.byte + f.size <= bytes.length) {
    const values = [0, f.mask, f.mask >>> 1, random() % (f.mask + 1)];
    set(new DataView(bytes.buffer), at, f, values[random() % values.length] >>> 0);
  }
  return { ...frame, bytes };
}

for (const [name, port] of [
  ['fcip-zoo', 3225],
  ['ifcp-translation', 3420],
] as const) {
  test(`${name}: every field of headers and information units, aimed at`, async () => {
    const frames = (await recordedFrames(name)).slice(0, 400);
    let told = 0;
    for (let seed = 1; seed <= 8; seed++) {
      const random = randomFrom(seed * 7919);
      const damaged = frames.map((f) => (random() % 4 === 0 ? aimed(f, random) : f));
      told += survives(laidOut(damaged, port, (_, i) => (seed & 1 ? 0 : i & 1)));
    }
    assert.ok(told > frames.length);
  });

  test(`${name}: cut at every length`, async () => {
    const frames = (await recordedFrames(name)).slice(0, 60);
    const packets = laidOut(frames, port);
    for (let snaplen = 54; snaplen < 200; snaplen += 11) {
      const cut = packets.map((p) => ({
        ...p,
        bytes: p.bytes.slice(0, snaplen),
        originalLength: p.bytes.length,
      }));
      survives(cut);
    }
    assert.ok(survives(packets) >= frames.length - 2);
  });
}

test.run();
