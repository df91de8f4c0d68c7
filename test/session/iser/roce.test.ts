// iSER over RoCEv2: against tshark's service response times, from any packet on, cut, with packets
// that come twice, that the capture misses, and that are lost and sent again.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import { equal, ok } from 'uvu/assert';
import { Outcome } from '../../../src/scsi/task.js';
import { type ToldTask, toldTask } from '../../support/iser-truth.js';
import { randomFrom } from '../../support/mishaps.js';
import { type HeldPacket, packetsOf, told } from '../../support/road.js';
import { sharedCapture } from '../../support/shared.js';

const NAME = 'san/iser-rxe-1500-ini';

function run(packets: readonly HeldPacket[]): {
  tasks: ToldTask[];
  road: ReturnType<typeof told>['road'];
} {
  const tasks: ToldTask[] = [];
  const { road } = told(packets, { taskEnded: (t) => tasks.push(toldTask(t)) });
  return { tasks, road };
}

const packets = () => packetsOf(sharedCapture(`${NAME}.pcap`));

/** Opcode of a RoCE packet over plain IPv4, -1 where it is none. */
function opcode(p: HeldPacket): number {
  const b = p.bytes;
  if (b[12] !== 0x08 || b[13] !== 0 || b[23] !== 17) return -1;
  return ((b[36] << 8) | b[37]) === 4791 ? b[42] : -1;
}

test('as many commands as the initiator counted, with the times of tshark', async () => {
  const path = sharedCapture(`${NAME}.truth.json.gz`);
  const truth = JSON.parse(gunzipSync(readFileSync(path)).toString()) as {
    initiator_counters: { scsicmd_pdus: number };
    tshark_scsi_srt: string[];
  };
  const { tasks, road } = run(await packets());
  equal(tasks.length, truth.initiator_counters.scsicmd_pdus);
  for (const t of tasks) equal(t.phases, t.latency);
  for (const line of truth.tshark_scsi_srt) {
    const [, code, count, min, max, mean] =
      /^ *(\d+) .*? (\d+) +([\d.]+) +([\d.]+) +([\d.]+) +/.exec(line)!;
    // tshark counts those that ended well.
    const ns = tasks
      .filter((t) => t.opcode === Number(code) && t.outcome === Outcome.good)
      .map((t) => t.latency);
    equal(ns.length, Number(count), line);
    // … and rounds to microseconds.
    const near = (value: number, text: string) =>
      ok(Math.abs(value / 1e9 - Number(text)) < 1e-6, line);
    near(Math.min(...ns), min);
    near(Math.max(...ns), max);
    near(ns.reduce((a, b) => a + b, 0) / ns.length, mean);
  }
  const { roce, faults, request, reply } = road.stories[0].rdma!;
  equal([...faults.keys()], []);
  equal(
    roce!.halves.map((h) => [h.again, h.early, h.lost, h.icrcBad]),
    [
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ],
  );
  equal(roce!.mtu, 1024);
  equal([request?.how, reply?.how], ['CM', 'CM']);
  equal(road.stories[0].ended, 'logout');
});

test('from any packet on', async () => {
  const all = await packets();
  const whole = run(all).tasks;
  for (const from of [12, 40, 333, 700, 1501, 2600, 3900]) {
    const { tasks } = run(all.slice(from));
    const seen = new Map(tasks.filter((t) => t.commandSeen).map((t) => [t.start, t]));
    const after = whole.filter((t) => t.start >= all[from].timeNs);
    let right = 0;
    for (const t of after) {
      const same = seen.get(t.start);
      if (same === undefined) continue;
      right++;
      equal({ ...same }, { ...t }, `from ${from}`);
    }
    ok(right >= after.length - 1, `from ${from}: ${right} of ${after.length}`);
  }
});

test('cut by snaplen 160, each packet twice, neighbours swapped', async () => {
  const all = await packets();
  const whole = run(all).tasks;
  const cut = all.map((p) => ({ ...p, bytes: p.bytes.slice(0, 160) }));
  const facts = (t: ToldTask) => [t.start, t.latency, t.status, t.dataIn, t.dataOut, t.reads];
  equal(run(cut).tasks.map(facts), whole.map(facts));
  const twice = all.flatMap((p) => [p, p]);
  const doubled = run(twice);
  equal(doubled.tasks.map(facts), whole.map(facts));
  ok(doubled.road.stories[0].rdma!.roce!.halves[0].again > 100);
});

test('packets that the capture misses: no value is wrong but those of what is missing', async () => {
  const all = await packets();
  const whole = run(all).tasks;
  const missing = all.filter((p, i) => i % 37 !== 5 || opcode(p) < 0);
  const { tasks, road } = run(missing);
  const seen = new Map(tasks.filter((t) => t.commandSeen).map((t) => [t.start, t]));
  let right = 0;
  for (const t of whole) {
    const same = seen.get(t.start);
    if (same === undefined) continue;
    ok(same.status === t.status || same.status === -1, `status at ${t.start}`);
    if (same.latency === t.latency && same.dataIn === t.dataIn && same.dataOut === t.dataOut)
      right++;
  }
  ok(right > whole.length * 0.8, `${right} of ${whole.length}`);
  ok(road.stories[0].rdma!.roce!.halves.some((h) => h.lost > 0));
});

test('a packet that was lost and comes again, with all behind it: its data moves once', async () => {
  const all = await packets();
  const whole = run(all).tasks;
  // Of a long RDMA Write the third packet is lost; the target sends from there on again.
  const first = all.findIndex((p, i) => opcode(p) === 0x06 && opcode(all[i + 3] ?? p) === 0x07);
  const lost = all.findIndex((p, i) => i > first + 1 && opcode(p) === 0x07);
  const last = all.findIndex((p, i) => i > lost && opcode(p) === 0x08);
  const again = all.slice(lost, last + 1).map((p) => ({ ...p, timeNs: all[last].timeNs + 1000 }));
  const packetsAgain = [
    ...all.slice(0, lost),
    ...all.slice(lost + 1, last + 1),
    ...again,
    ...all.slice(last + 1),
  ];
  const { tasks, road } = run(packetsAgain);
  const facts = (t: ToldTask) => [t.start, t.latency, t.status, t.dataIn, t.dataOut];
  equal(tasks.map(facts), whole.map(facts));
  const counts = road.stories[0].rdma!.roce!;
  ok(counts.halves.some((h) => h.early > 0 && h.lost === 0));
});

test('a wrong ICRC is counted, and its packet is not taken', async () => {
  const all = await packets();
  const at = all.findIndex((p) => opcode(p) === 0x07);
  const bytes = all[at].bytes.slice();
  bytes[100] ^= 1;
  const { road } = run(all.map((p, i) => (i === at ? { ...p, bytes } : p)));
  const counts = road.stories[0].rdma!.roce!;
  equal(counts.halves[0].icrcBad + counts.halves[1].icrcBad, 1);
});

test('ICRCs of which none is right, as after addresses were changed: every command all the same', async () => {
  const all = await packets();
  const whole = run(all).tasks;
  const changed = all.map((p) => {
    if (opcode(p) < 0) return p;
    const bytes = p.bytes.slice();
    bytes[26] ^= 0x55;
    bytes[30] ^= 0x55;
    return { ...p, bytes };
  });
  const { tasks, road } = run(changed);
  equal(
    tasks.map((t) => [t.start, t.latency]),
    whole.map((t) => [t.start, t.latency]),
  );
  equal(road.stories[0].rdma!.faults.size, 0);
});

test('three pairs of hosts whose queue pairs have the same numbers: each has its own packets', async () => {
  const alone = run(await packets());
  const all = (await packets()).flatMap((packet) => [0, 40, 80].map((by) => between(packet, by)));
  const { tasks, road } = run(all);
  equal(tasks.length, 3 * alone.tasks.length);
  const counts = ({ road: { stories } }: { road: typeof road }) =>
    stories.map(({ pdus, connection: { a, b } }) => [pdus, a.packets, b.packets]);
  const [one] = counts(alone);
  equal(counts({ road }), [one, one, one]);
});

/** The packet between hosts whose IPv4 addresses end in so much more. */
function between(packet: HeldPacket, by: number): HeldPacket {
  if (by === 0 || opcode(packet) < 0) return packet;
  const bytes = packet.bytes.slice();
  bytes[29] += by;
  bytes[33] += by;
  return { ...packet, bytes };
}

test('packets that the capture took up to 2 ms late, each for itself: all commands, and their data', async () => {
  const all = await packets();
  const whole = run(all);
  for (const seed of [1, 2, 3]) {
    const random = randomFrom(seed * 77 + 5);
    const late = all
      .map((p, i) => ({ p: { ...p, timeNs: p.timeNs + (random() % 2_000_000) }, i }))
      .sort((a, b) => a.p.timeNs - b.p.timeNs || a.i - b.i);
    ok(late.filter(({ i }, at) => i !== at).length > 500);
    const { tasks, road } = run(late.map(({ p }) => p));
    const facts = (t: ToldTask) => [t.opcode, t.outcome, t.dataIn];
    equal(tasks.map(facts), whole.tasks.map(facts));
    for (const [i, t] of tasks.entries()) {
      ok(Math.abs(t.latency - whole.tasks[i].latency) < 8e6, `${t.latency}`);
    }
    // Of data out a packet may come behind the response that ends its command.
    const bytes = (told: readonly ToldTask[]) => told.reduce((sum, t) => sum + t.dataOut, 0);
    ok(bytes(tasks) > bytes(whole.tasks) * 0.97);
    const [a, b] = road.stories[0].rdma!.roce!.halves;
    ok(a.early > 20 && b.early > 100);
    // Later than the grace is as good as lost.
    ok(a.again + b.again + b.lost < 10, `${a.again} ${b.again} ${b.lost}`);
    equal([...road.stories[0].rdma!.faults.keys()], []);
  }
});

test.run();
