// Recorded captures, damaged in every way that real ones are: the road tells the same story as far
// as the bytes allow.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { captureSide } from '../../src/stream/capture-point.js';
import { randomFrom } from '../support/mishaps.js';
import { type HeldPacket, packetsOf, told } from '../support/road.js';
import { run } from '../support/run.js';

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url));
const recorded = (name: string) => packetsOf(join(CAPTURES, name));

let last: { readonly name: string; readonly once: ReturnType<typeof told> } | undefined;

/** A capture's packets, and what is told of them as they are: several tests of a capture follow each other. */
async function asItIs(name: string): Promise<[readonly HeldPacket[], ReturnType<typeof told>]> {
  const packets = await recorded(name);
  if (last?.name !== name) last = { name, once: told(packets) };
  return [packets, last.once];
}

/** Long lists: the first difference says enough, and a diff of all would take for ever. */
function sameLines(actual: readonly string[], expected: readonly string[], what: string): void {
  const at = expected.findIndex((line, i) => actual[i] !== line);
  if (at >= 0) assert.is(actual[at], expected[at], `${what}: line ${at} of ${expected.length}`);
  assert.is(actual.length, expected.length, `${what}: number of lines`);
}

const WHOLE = [
  'tgt-discovery-login.pcap',
  'tgt-mixed-load.pcap.gz',
  'tgt-header-digest.pcap.gz',
  'tgt-both-digests.pcap.gz',
  'istgt-many-r2ts.pcap.gz',
  'tgt-hostile-data.pcap.gz',
  'tgt-unsolicited-data.pcap.gz',
];

for (const name of WHOLE) {
  test(`${name}: every packet twice, as a mirror of both ways gives them`, async () => {
    const [packets, once] = await asItIs(name);
    assert.ok(once.story.pdus.length > 20);
    const twice = told(packets.flatMap((p) => [p, p]));
    sameLines(twice.story.pdus, once.story.pdus, 'PDUs');
    sameLines(twice.story.tasks, once.story.tasks, 'tasks');
  });

  test(`${name}: neighbours changed places`, async () => {
    const [packets, once] = await asItIs(name);
    for (const reach of [2, 4]) {
      const moved = [...packets];
      const random = randomFrom(reach);
      for (let i = 0; i + reach <= moved.length; i += reach) {
        const j = i + (random() % reach);
        [moved[i], moved[j]] = [moved[j], moved[i]];
      }
      const after = told(moved);
      sameLines(after.story.initiator(), once.story.initiator(), `initiator, within ${reach}`);
      sameLines(after.story.target(), once.story.target(), `target, within ${reach}`);
      sameLines(
        [...after.story.tasks].sort(),
        [...once.story.tasks].sort(),
        `tasks, within ${reach}`,
      );
    }
  });

  test(`${name}: one packet in a hundred lost`, async () => {
    const [packets, once] = await asItIs(name);
    for (const seed of [1, 2, 3]) {
      const random = randomFrom(seed);
      const dropped: HeldPacket[] = [];
      const rest = packets.filter((p) => {
        const lost = random() % 100 === 0 && p.bytes.length > 200;
        if (lost) dropped.push(p);
        return !lost;
      });
      const after = told(rest);
      // A command is lost with its own header; at most a few more where a digest or a login was.
      const commands = (s: string[]) => s.filter((line) => !line.includes('not seen')).length;
      const missing = commands(once.story.tasks) - commands(after.story.tasks);
      assert.ok(
        missing <= dropped.length + 2,
        `${missing} commands lost with ${dropped.length} packets`,
      );
      // No PDU is told that was not there.
      const real = new Set(once.story.pdus.map((line) => line.slice(0, 98)));
      const invented = after.story.pdus.filter((line) => !real.has(line.slice(0, 98)));
      assert.is(invented.length, 0, `seed ${seed} invents ${invented[0]}`);
      if (dropped.length > 0) {
        const gaps = after.road.stories.reduce(
          (sum, s) => sum + s.connection.a.missingBytes + s.connection.b.missingBytes,
          0,
        );
        assert.ok(gaps > 0, 'what was not seen is counted');
      }
    }
  });

  test(`${name}: cut by every snaplen`, async () => {
    const packets = (await recorded(name)).slice(0, 400);
    const once = told(packets);
    const real = new Set(once.story.pdus.map((line) => line.slice(0, 98)));
    let before = 0;
    for (const snaplen of [
      0, 30, 54, 60, 66, 80, 100, 113, 114, 120, 140, 160, 200, 400, 1000, 65_535,
    ]) {
      const after = told(packets.map((p) => ({ ...p, bytes: p.bytes.slice(0, snaplen) })));
      const whole = after.story.pdus.filter((line) => real.has(line.slice(0, 98))).length;
      assert.ok(whole >= before, `snaplen ${snaplen} shows ${whole} PDUs, a shorter one ${before}`);
      before = whole;
    }
    assert.is(before, once.story.pdus.length);
  });

  test(`${name}: begun in mid-stream, at any packet`, async () => {
    const [packets, once] = await asItIs(name);
    const real = new Set(once.story.pdus.map((line) => line.slice(0, 98)));
    for (let from = 5; from < Math.min(packets.length, 400); from += 13) {
      const after = told(packets.slice(from));
      const invented = after.story.pdus.filter((line) => !real.has(line.slice(0, 98)));
      assert.is(invented.length, 0, `from packet ${from}: ${invented[0]}`);
      const later = once.story.frames.filter((frame) => frame > from).length;
      const missed = later - after.story.pdus.length;
      assert.ok(missed <= 1, `from packet ${from}: ${missed} PDUs missed`);
    }
  });
}

test('packets lost and neighbours changed places: answers still find their commands', async () => {
  const packets = (await recorded('tgt-libiscsi-scsi-tests.pcap.gz')).slice(0, 8000);
  for (const seed of [3, 4]) {
    const random = randomFrom(seed * 7919);
    const rest = packets.filter(() => random() % 50 !== 0);
    const order = [...rest];
    for (let i = 0; i + 4 <= order.length; i++) {
      if (random() % 3 !== 0) continue;
      const j = i + (random() % 4);
      [order[i], order[j]] = [order[j], order[i]];
    }
    const moved = order.map((p, i) => ({ ...p, timeNs: rest[i].timeNs }));
    const [inOrder, after] = [completed(rest), completed(moved)];
    assert.ok(after > inOrder * 0.98, `seed ${seed}: ${after} of ${inOrder} commands completed`);
  }
});

test("IP length 0, as offload leaves it in its own host's capture: counted, and nothing else", async () => {
  const packets = await recorded('tgt-loopback-super-frames.pcap.gz');
  const once = told(packets);
  let zeroed = 0;
  const after = told(
    packets.map((p) => {
      if (p.bytes[36] * 256 + p.bytes[37] !== 3260) return p;
      zeroed++;
      const bytes = p.bytes.slice();
      bytes.fill(0, 16, 18);
      // The least frame is 60 bytes long: without IP's length its padding looks like data.
      const padded = new Uint8Array(Math.max(60, bytes.length));
      padded.set(bytes);
      return { ...p, bytes: padded, originalLength: padded.length };
    }),
  );
  sameLines(after.story.pdus, once.story.pdus, 'PDUs');
  const flows = after.road.stories.map(({ connection: c }) => [c.a, c.b]);
  assert.is(
    flows.reduce((sum, [a]) => sum + a.lengthsUntold, 0),
    zeroed,
  );
  assert.ok(flows.every(([, b]) => b.lengthsUntold === 0));
  for (const { connection } of after.road.stories) {
    assert.is(captureSide(connection).side, 'opener');
  }
});

test('the same packets sent once more later, with closes captured or not: told once more', async () => {
  const packets = await recorded('tgt-chap.pcap');
  const once = told(packets);
  for (const part of [packets, packets.slice(0, -6)]) {
    const lastNs = part[part.length - 1].timeNs;
    const later = packets.map((p) => ({ ...p, timeNs: p.timeNs + lastNs + 2e9 }));
    const { story, road } = told([...part, ...later]);
    assert.is(road.stories.length, 2 * once.road.stories.length);
    assert.equal(story.pdus.slice(-once.story.pdus.length), once.story.pdus);
  }
});

test('two taps whose clocks are 1 ms apart, either way: the same tasks', async () => {
  const packets = await recorded('tgt-mixed-load.pcap.gz');
  const once = told(packets);
  for (const byNs of [1e6, -1e6]) {
    const toTarget = ({ bytes }: HeldPacket) => bytes[36] * 256 + bytes[37] === 3260;
    const moved = packets
      .map((p) => ({ ...p, timeNs: p.timeNs + 1e7 + (toTarget(p) ? byNs : 0) }))
      .sort((a, b) => a.timeNs - b.timeNs);
    const after = told(moved);
    sameLines([...after.story.tasks].sort(), [...once.story.tasks].sort(), `by ${byNs} ns`);
  }
});

test('every snaplen from 0 to 200: a longer one never shows fewer commands or PDUs', async () => {
  const packets = (await recorded('tgt-mixed-load.pcap.gz')).slice(0, 3000);
  let before = [0, 0];
  for (let snaplen = 0; snaplen <= 200; snaplen += snaplen < 80 || snaplen > 118 ? 8 : 1) {
    const { story } = told(packets.map((p) => ({ ...p, bytes: p.bytes.slice(0, snaplen) })));
    const commands = story.tasks.filter((line) => !line.includes('not seen')).length;
    const now = [commands, story.pdus.length + story.cut];
    assert.ok(now[0] >= before[0] && now[1] >= before[1] - 2, `${snaplen}: ${now}, was ${before}`);
    before = now;
  }
  assert.ok(before[0] > 400);
});

test('damaged numbers cost their own connection, not the order of all others', async () => {
  const packets = await recorded('tgt-libiscsi-scsi-tests.pcap.gz');
  const lossy = packets.filter((_, i) => i % 41 !== 40);
  const whole = completed(lossy);
  const at = lossy.findIndex(({ bytes }, i) => i > 250 && bytes.length > 110);
  const back = lossy.findIndex((p, i) => i > at && ports(p) === ports(lossy[at], true));
  const damaged = [...lossy];
  damaged[at] = moved(lossy[at], 38, 45_000); // far ahead, and
  damaged[back] = moved(lossy[back], 42, 60_000); // an ACK that proves what never was
  const rest = completed(damaged);
  assert.ok(rest > whole * 0.87, `${rest} of ${whole} commands completed`);
});

test('a bit flips in two packets of a hundred: they are lost, and hardly anything else', async () => {
  for (const name of ['tgt-mixed-load.pcap.gz', 'tgt-libiscsi-scsi-tests.pcap.gz']) {
    const packets = (await recorded(name)).slice(0, 6000);
    const commands = (story: { tasks: readonly string[] }) =>
      story.tasks.filter((line) => !line.includes('not seen')).length;
    const whole = commands(told(packets).story);
    for (const seed of [1, 2]) {
      const random = randomFrom(seed * 7919);
      const flipped = packets.map((p) => {
        if (random() % 50 !== 0) return p;
        const bytes = p.bytes.slice();
        bytes[random() % bytes.length] ^= 1 << (random() % 8);
        return { ...p, bytes };
      });
      const { story, road } = told(flipped);
      const rest = commands(story);
      assert.ok(rest > whole * 0.97, `${name}, seed ${seed}: ${rest} of ${whole} commands`);
      const missing = road.stories.reduce(
        (sum, { connection: c }) => sum + c.a.missingBytes + c.b.missingBytes,
        0,
      );
      assert.ok(missing < 300_000, `${name}, seed ${seed}: ${missing} bytes missing`);
    }
  }
});

test('checksums that an offload left wrong are no damage, also where packets are lost', async () => {
  const packets = await recorded('tgt-mixed-load.pcap.gz');
  for (const from of [0, 40, 400]) {
    const random = randomFrom(7919);
    const lossy = packets.map((p, i) => ({ p, i })).filter(() => random() % 50 !== 0);
    const sums = lossy.map(({ p, i }) => {
      if (i < from || p.bytes[34] * 256 + p.bytes[35] !== 3260) return p;
      const bytes = p.bytes.slice();
      bytes[51] ^= 0x5a;
      return { ...p, bytes };
    });
    const missing = (list: readonly HeldPacket[]) =>
      told(list).road.stories.reduce((sum, { connection: c }) => sum + c.b.missingBytes, 0);
    const [right, wrong] = [missing(lossy.map(({ p }) => p)), missing(sums)];
    assert.ok(wrong >= right && wrong < right + 4 * 20_000, `${wrong} bytes missing, not ${right}`);
  }
});

test('a length that flips in one header costs what follows it in its segment', async () => {
  const packets = await recorded('tgt-libiscsi-scsi-tests.pcap.gz');
  const at = packets.findIndex(
    ({ bytes }, i) => i > 2700 && bytes.length === 114 && bytes[66] === 1 && bytes[69] === 0,
  );
  const part = packets.slice(2000, 4000);
  const whole = completed(part);
  const damaged = part.map((p, i) => {
    if (i !== at - 2000) return p;
    const bytes = p.bytes.slice();
    bytes[71] ^= 0x40; // DataSegmentLength: 4 MiB more
    return { ...p, bytes };
  });
  const rest = completed(damaged);
  assert.ok(at > 0 && rest >= whole - 3, `${rest} of ${whole} commands completed`);
});

function ports({ bytes }: HeldPacket, swapped = false): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const both = [view.getUint16(34), view.getUint16(36)];
  return (swapped ? both.reverse() : both).join(' ');
}

test('a login whose headers snaplen cut takes as long as it took', async () => {
  const packets = await recorded('istgt-three-connections.pcap.gz');
  const times = (snaplen: number): number[] =>
    run(packets.map((p) => ({ ...p, bytes: p.bytes.subarray(0, snaplen) })))
      .report.sessions.flatMap((s) => s.connections)
      .map((c) => c.login?.durationNs ?? -1)
      .sort((a, b) => a - b);
  const whole = times(65_535);
  assert.ok(whole.length === 3 && whole[0] > 50e3 && whole[2] > 1e9, `${whole}`);
  for (const snaplen of [90, 96, 110, 113]) assert.equal(times(snaplen), whole, `${snaplen}`);
});

function moved(p: HeldPacket, at: number, by: number): HeldPacket {
  const bytes = p.bytes.slice();
  const view = new DataView(bytes.buffer);
  view.setUint32(at, view.getUint32(at) + by);
  return { ...p, bytes };
}

function completed(packets: readonly HeldPacket[]): number {
  let n = 0;
  told(packets, {
    taskEnded(t) {
      if (t.commandSeen && t.status >= 0 && !t.statusBound) n++;
    },
  });
  return n;
}

test.run();
