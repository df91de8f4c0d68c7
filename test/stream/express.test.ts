// The express road tells what the others tell: every capture, whole and damaged, with and without it.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Packet } from '../../src/capture/packet.js';
import { PacketDecoder } from '../../src/packet/decoder.js';
import { IscsiProtocol } from '../../src/pdu/iscsi/protocol.js';
import { PduStage } from '../../src/pdu/stage.js';
import { ProblemLog } from '../../src/problem.js';
import type { StreamSink } from '../../src/stream/sink.js';
import { StreamStage } from '../../src/stream/stage.js';
import { randomFrom } from '../support/mishaps.js';
import { type HeldPacket, packetsOf } from '../support/road.js';
import { Happened, Written } from './wire.js';

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url));
const NAMES = readdirSync(CAPTURES).filter((name) => /\.pcap(ng)?(\.gz)?$/.test(name));

/** Enough of each: the longest have tens of thousands. */
const PACKETS = 3000;

/** All that a sink is told, and every PDU's end, as text; the packets that went by express. */
function toldOf(packets: readonly HeldPacket[], express: boolean): { text: string; taken: number } {
  const problems = new ProblemLog(16);
  const written = new Written();
  const events = new Happened();
  const stage = new StreamStage(written, { problems, events });
  const pdus: string[] = [];
  const framing = framed(pdus, problems, express);
  const decoder = new PacketDecoder(stage, problems);
  const packet = new Packet();
  let taken = 0;
  for (const [index, held] of packets.entries()) {
    packet.bytes = held.bytes;
    packet.view = new DataView(held.bytes.buffer, held.bytes.byteOffset, held.bytes.byteLength);
    packet.capturedLength = held.bytes.length;
    packet.originalLength = held.originalLength;
    packet.timeNs = held.timeNs;
    packet.linkType = held.linkType;
    packet.frame = index + 1;
    framing.packet(packet);
    if (express && stage.take(packet)) taken++;
    else decoder.packet(packet);
  }
  stage.invariants();
  stage.finish();
  framing.finish();
  const { told, ready, connections } = written;
  const what = [told, ready, connections, events.list, [...problems.counts], problems.kept, pdus];
  return { text: JSON.stringify(what, undefined, 1), taken };
}

/** The same with PDUs made of the bytes, of which most need only be counted. */
function framed(pdus: string[], problems: ProblemLog, express: boolean) {
  const iscsi = new IscsiProtocol({
    begin: () => 0,
    end: (p) =>
      void pdus.push(
        JSON.stringify([p.direction, p.opcode, p.streamOffset, p.frame, p.timeNs, p.frameEnd]) +
          JSON.stringify([p.endNs, p.dataMissing, p.dataCut, p.complete, p.resynchronised]) +
          JSON.stringify([p.headerDigest, p.dataDigest, p.paddingKept, p.padding]),
      ),
    lost: (...args) => void pdus.push(`lost ${args}`),
    ended: (...args) => void pdus.push(`ended ${args}`),
  });
  const sink = new PduStage([iscsi]);
  const stage = new StreamStage(express ? sink : allWanted(sink), { problems });
  const decoder = new PacketDecoder(stage, problems);
  return {
    packet: (packet: Packet) => {
      if (!express || !stage.take(packet)) decoder.packet(packet);
    },
    finish: () => stage.finish(),
  };
}

function allWanted(sink: PduStage): StreamSink {
  return {
    opened: (...args) => sink.opened(...args),
    data: (...args) => sink.data(...args),
    gap: (...args) => sink.gap(...args),
    ended: (...args) => sink.ended(...args),
    closed: (...args) => sink.closed(...args),
  };
}

/** Cut at `snaplen`; one in fifty lost, one doubled, one in ten changes its place with the next. */
function damaged(packets: readonly HeldPacket[], seed: number, snaplen: number): HeldPacket[] {
  const random = randomFrom(seed);
  const result: HeldPacket[] = [];
  for (const packet of packets) {
    const chance = random() % 50;
    if (chance === 0) continue;
    const cut = { ...packet, bytes: packet.bytes.slice(0, snaplen) };
    result.push(cut);
    if (chance === 1) result.push(cut);
    if (chance < 7 && result.length > 1) result.splice(-2, 2, result.at(-1)!, result.at(-2)!);
  }
  return result;
}

/** With a tag of IEEE 802.1Q between addresses and EtherType. */
function tagged(packets: readonly HeldPacket[]): HeldPacket[] {
  return packets.map((packet) => {
    const bytes = new Uint8Array(packet.bytes.length + 4);
    bytes.set(packet.bytes.subarray(0, 12));
    bytes.set([0x81, 0x00, 0x00, 0x64], 12);
    bytes.set(packet.bytes.subarray(12), 16);
    return { ...packet, bytes, originalLength: packet.originalLength + 4 };
  });
}

let express = 0;
let ipv6 = 0;
for (const name of NAMES) {
  test(`${name}: with and without the express road`, async () => {
    const packets = (await packetsOf(join(CAPTURES, name))).slice(0, PACKETS);
    for (const [seed, snaplen] of [
      [0, 262_144],
      [1, 262_144],
      [2, 160],
      [3, 96],
    ] as const) {
      const all = seed === 0 ? [...packets] : damaged(packets, seed, snaplen);
      const with_ = toldOf(all, true);
      const without = toldOf(all, false);
      express += with_.taken;
      if (name.includes('ipv6')) ipv6 += with_.taken;
      assert.is(first(with_.text, without.text), '', `${name}, seed ${seed}`);
    }
  });
}

test('most packets go by express, and of IPv6, too', () => {
  assert.ok(express > 10_000, `${express} packets`);
  assert.ok(ipv6 > 300, `${ipv6} packets of IPv6`);
});

for (const name of ['tgt-mixed-load.pcap.gz', 'tgt-ipv6.pcap.gz']) {
  test(`${name} with tags: as many go by express, and tell the same`, async () => {
    const packets = (await packetsOf(join(CAPTURES, name))).slice(0, PACKETS);
    const plain = toldOf(packets, true);
    const with_ = toldOf(tagged(packets), true);
    assert.is(with_.taken, plain.taken);
    assert.is(first(with_.text, plain.text), '');
    const bad = tagged(damaged(packets, 4, 70));
    assert.is(first(toldOf(bad, true).text, toldOf(bad, false).text), '');
  });
}

/** The first line that differs. */
function first(a: string, b: string): string {
  if (a === b) return '';
  const [x, y] = [a.split('\n'), b.split('\n')];
  const i = x.findIndex((line, n) => line !== y[n]);
  return `${x[i]} / ${y[i]}`;
}

test.run();
