// pcapng: the conformance files against their descriptions and tshark, and every kind of time.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemCounts, readCapture, temporaryFile } from '../support/capture.js';
import { isHere, needs } from '../support/needs.js';
import { PcapngWriter } from '../support/pcap-writer.js';
import { sharedCapture } from '../support/shared.js';
import { tsharkFrames } from '../support/tshark-frames.js';

const PACKET = Uint8Array.from({ length: 61 }, (_, i) => i);
const folder = sharedCapture('pcapng');

/** Block counts as a description file tells them. */
function described(path: string): Record<string, number> {
  const rows = readFileSync(path, 'utf8').matchAll(/^\t(\w+): (\d+)$/gm);
  return Object.fromEntries([...rows].map(([, name, count]) => [name, Number(count)]));
}

if (!isHere(folder)) {
  needs(folder)('the conformance files hold the blocks that their descriptions tell', () => {});
} else {
  const files = readdirSync(folder).filter((name) => name.endsWith('.pcapng'));

  test('all 48 conformance files are here', () => assert.is(files.length, 48));

  for (const name of files) {
    test(`${name} holds the blocks that its description tells`, async () => {
      const path = join(folder, name);
      const blocks = described(join(folder, `${/test\d+/.exec(name)![0]}.txt`));
      const { facts, packets, problems } = await readCapture([path]);
      const [file] = facts.files;
      const count = (...kinds: string[]) => kinds.reduce((n, kind) => n + (blocks[kind] ?? 0), 0);
      assert.is(packets.length, count('EPB', 'SPB', 'PB'));
      assert.is(file.packetsWithoutTime, count('SPB'));
      assert.is(file.sections, count('SHB'));
      assert.is(file.interfaces.length, count('IDB'));
      assert.is(file.nameBlocks, count('NRB'));
      assert.is(file.otherBlocks, count('CB', 'DCB'));
      const { 'time-backwards': _, ...damage } = problemCounts(problems);
      assert.equal(damage, {});
    });

    needs('tshark')(`${name} is read as tshark reads it`, async () => {
      // Custom blocks are frames of their own to tshark: no length of a packet, no link layer.
      const wanted = tsharkFrames(join(folder, name)).filter((frame) => !frame.custom);
      const { packets } = await readCapture([join(folder, name)]);
      assert.equal(
        packets.map((packet, i) => ({
          time: wanted[i]?.time === '' ? '' : packet.time,
          captured: packet.bytes.length,
          original: packet.originalLength,
        })),
        wanted.map(({ time, captured, original }) => ({ time, captured, original })),
      );
    });
  }
}

test('statistics, comments and drops are kept', async () => {
  const drops = new Uint8Array(8);
  drops[0] = 7;
  const file = new PcapngWriter();
  file.section([[1, 'a comment']]).interface({ name: 'eth0', snaplen: 96, options: [[1, 'two']] });
  file.enhanced(0, 1, PACKET, 90, [
    [1, 'three'],
    [4, drops],
  ]);
  file
    .statistics(0, { received: 10, ifDrop: 1 })
    .statistics(0, { received: 20, ifDrop: 2, osDrop: 3 });
  const { facts } = await readCapture([temporaryFile(file.done())]);
  const [read] = facts.files;
  assert.is(read.comments, 3);
  assert.equal(read.interfaces, [
    {
      section: 0,
      id: 0,
      linkType: 1,
      snaplen: 96,
      name: 'eth0',
      resolution: '1 us',
      packets: 1,
      received: 20,
      droppedByInterface: 2,
      droppedBySystem: 3,
      droppedBeforePackets: 7,
    },
  ]);
  assert.is(facts.packetsDropped, 7);
  assert.is(facts.packetsTruncated, 1);
});

test('simple packets are cut to snaplen, and obsolete blocks are read', async () => {
  const file = new PcapngWriter().section().interface({ snaplen: 20 });
  file.obsolete(0, 1_000_000, PACKET.slice(0, 20), 61, 3);
  file.simple(PACKET.slice(0, 20), 61);
  const { packets, facts } = await readCapture([temporaryFile(file.done())]);
  assert.equal(
    packets.map((p) => [p.bytes.length, p.originalLength, p.timeNs, p.snaplen]),
    [
      [20, 61, 0, 20],
      [20, 61, 0, 20],
    ],
  );
  assert.is(facts.packetsDropped, 3);
  assert.is(facts.packetsWithoutTime, 1);
});

test('sections of either byte order, each with interfaces of its own', async () => {
  const file = new PcapngWriter(true).section().interface({ linkType: 113, tsresol: 9 });
  file.enhanced(0, 5_000_000_000, PACKET);
  file.bigEndian = false;
  file.section().interface({ linkType: 228 }).interface({ linkType: 276 });
  file.enhanced(1, 6_000_000, PACKET).enhanced(0, 7_000_000, PACKET);
  const { packets, facts } = await readCapture([temporaryFile(file.done())]);
  assert.equal(
    packets.map((p) => [p.linkType, p.timeNs]),
    [
      [113, 0],
      [276, 1e9],
      [228, 2e9],
    ],
  );
  assert.equal(facts.linkTypes, [113, 228, 276]);
  assert.is(facts.files[0].byteOrder, 'big');
});

/** What the standard says of a time: the rest below a nanosecond is cut off. */
function nanoseconds(resolution: number, ticks: bigint): bigint {
  const perSecond = (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f);
  return (ticks * 1_000_000_000n) / perSecond;
}

test('every if_tsresol is exact to the nanosecond', async () => {
  for (let resolution = 0; resolution < 256; resolution++) {
    const perSecond = (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f);
    const top = 2n ** 64n - 1n;
    const now = perSecond * 1_700_000_000n;
    const base = now < top / 2n ? now : top / 2n;
    const month = perSecond * 2_592_000n;
    const room = month < base ? month : base;
    const after = fc.sample(fc.bigInt({ min: 0n, max: room }), { seed: resolution, numRuns: 20 });
    const ticks = [base, ...after.map((n) => base + n)];
    const file = new PcapngWriter(resolution % 3 === 0).section();
    file.interface({ tsresol: resolution });
    for (const n of ticks) file.enhanced(0, n, PACKET);
    const { packets } = await readCapture([temporaryFile(file.done())]);
    const first = nanoseconds(resolution, base);
    const epoch = BigInt(Date.parse(`${packets[0].time.slice(0, 19)}Z`)) * 1_000_000n;
    assert.is(epoch + BigInt(packets[0].time.slice(-10, -1)), first, `resolution ${resolution}`);
    for (const [i, packet] of packets.entries()) {
      const wanted = Number(nanoseconds(resolution, ticks[i]) - first);
      assert.is(packet.timeNs, wanted, `resolution ${resolution}, ${ticks[i]} ticks`);
    }
  }
});

test('if_tsoffset is added, also where it is negative', async () => {
  const file = new PcapngWriter().section().interface({ tsoffset: -1_000, tsresol: 9 });
  file.enhanced(0, 1_700_000_000_000_000_001n, PACKET);
  const { packets } = await readCapture([temporaryFile(file.done())]);
  assert.is(packets[0].time, '2023-11-14T21:56:40.000000001Z');
});

test("a packet without a time takes its predecessor's, and none sets the epoch", async () => {
  const file = new PcapngWriter().section().interface();
  file.simple(PACKET).enhanced(0, 1_700_000_000_000_000, PACKET).simple(PACKET);
  file.enhanced(0, 1_700_000_000_000_007, PACKET);
  const { packets, facts } = await readCapture([temporaryFile(file.done())]);
  assert.equal(
    packets.map((p) => p.timeNs),
    [0, 0, 0, 7000],
  );
  assert.equal(facts.epoch, { seconds: 1_700_000_000, nanoseconds: 0 });
  assert.is(facts.packetsWithoutTime, 2);
});

test('blocks longer than the window are stepped over', async () => {
  const file = new PcapngWriter().section().interface();
  file
    .enhanced(0, 1, PACKET)
    .block(10, new Uint8Array(5 << 20))
    .enhanced(0, 2, PACKET);
  file.block(0x0bad, new Uint8Array(3000)).block(77, new Uint8Array(8)).enhanced(0, 3, PACKET);
  const { packets, facts, problems } = await readCapture([temporaryFile(file.done())]);
  assert.equal(
    packets.map((p) => p.timeNs),
    [0, 1000, 2000],
  );
  assert.is(facts.files[0].otherBlocks, 3);
  assert.equal(problemCounts(problems), {});
});

test('packets of interfaces never described are left out and told', async () => {
  const file = new PcapngWriter().section().simple(PACKET).interface();
  file.enhanced(0, 1, PACKET).enhanced(4, 2, PACKET).obsolete(3, 1, PACKET).enhanced(0, 3, PACKET);
  const { packets, problems } = await readCapture([temporaryFile(file.done())]);
  assert.equal(
    packets.map((p) => p.timeNs),
    [0, 2000],
  );
  assert.equal(problemCounts(problems), { 'record-malformed': 3 });
  assert.match(problems.kept[1].text, 'a packet of interface 4, but only 1 is described');
});

test.run();
