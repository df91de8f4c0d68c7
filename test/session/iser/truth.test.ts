// iSER over iWARP against its truth, command for command: as recorded, from any packet on, cut by
// snaplen, with losses, and made anew with markers, without CRC, and in segments of any size.

import { test } from 'uvu';
import { equal, ok } from 'uvu/assert';
import { sameAsTruth, type ToldTask, toldTask, truthOf } from '../../support/iser-truth.js';
import { type Anew, iwarpAnew, readIwarp } from '../../support/iwarp.js';
import { type HeldPacket, packetsOf, told } from '../../support/road.js';
import { sharedCapture } from '../../support/shared.js';

const SIW = 'san/iser-siw-crc-1500-ini';
const RFC = ['san/iser-rfc-markers-crc-1500', 'san/iser-terminate'];

function tasksOf(packets: readonly HeldPacket[]): {
  tasks: ToldTask[];
  lost: number;
  road: ReturnType<typeof told>['road'];
} {
  const tasks: ToldTask[] = [];
  const { story, road } = told(packets, { taskEnded: (t) => tasks.push(toldTask(t)) });
  return { tasks, lost: story.lostBytes, road };
}

for (const name of [SIW, ...RFC]) {
  test(`${name}: every command`, async () => {
    const truth = truthOf(name);
    const { tasks, lost, road } = tasksOf(await packetsOf(sharedCapture(`${name}.pcap`)));
    equal(tasks.length, truth.list.length);
    equal(lost, 0);
    const byStart = new Map(tasks.map((t) => [t.start, t]));
    for (const command of truth.list) sameAsTruth(byStart.get(command.start), command);
    const rdma = road.stories[0].rdma!;
    equal(rdma.faults.get('crc'), undefined);
    equal(rdma.faults.get('marker'), undefined);
    equal(rdma.writes, truth.messages['RDMA Write']);
    equal(rdma.reads, truth.messages['RDMA Read Request']);
  });

  test(`${name}: from any packet on`, async () => {
    const truth = truthOf(name);
    const packets = await packetsOf(sharedCapture(`${name}.pcap`));
    const step = Math.floor(packets.length / 7);
    for (let from = 31; from < packets.length - 50; from += step) {
      const { tasks } = tasksOf(packets.slice(from));
      const byStart = new Map(tasks.filter((t) => t.commandSeen).map((t) => [t.start, t]));
      const after = truth.list.filter((c) => c.start >= packets[from].timeNs);
      let right = 0;
      for (const command of after) {
        if (!byStart.has(command.start)) continue;
        sameAsTruth(byStart.get(command.start), command);
        right++;
      }
      ok(right >= after.length - 2, `from packet ${from}: ${right} of ${after.length} commands`);
    }
  });
}

test('cut by snaplen 160: headers chain through the lengths of DDP segments', async () => {
  const truth = truthOf(SIW);
  const packets = await packetsOf(sharedCapture(`${SIW}.pcap`));
  const cut = packets.map((p) => ({ ...p, bytes: p.bytes.slice(0, 160) }));
  const whole = tasksOf(packets).tasks;
  const { tasks } = tasksOf(cut);
  const byStart = new Map(tasks.map((t) => [t.start, t]));
  for (const command of truth.list) sameAsTruth(byStart.get(command.start), command);
  for (const t of whole) {
    const same = byStart.get(t.start)!;
    equal([same.dataIn, same.dataOut, same.reads], [t.dataIn, t.dataOut, t.reads]);
  }
});

for (const name of RFC) {
  test(`${name}: cut by snaplen 160, where no login text is left that speaks of RDMA`, async () => {
    const packets = await packetsOf(sharedCapture(`${name}.pcap`));
    const { tasks, lost } = tasksOf(packets.map((p) => ({ ...p, bytes: p.bytes.slice(0, 160) })));
    equal(lost, 0);
    const byStart = new Map(tasks.map((t) => [t.start, t]));
    for (const command of truthOf(name).list) sameAsTruth(byStart.get(command.start), command);
  });
}

for (const gone of [3, 6, 8]) {
  test(`packet ${gone + 1} of the start-up was missed: every command all the same`, async () => {
    const packets = await packetsOf(sharedCapture(`${RFC[0]}.pcap`));
    const { tasks, road } = tasksOf(packets.filter((_, i) => i !== gone));
    const byStart = new Map(tasks.map((t) => [t.start, t]));
    for (const command of truthOf(RFC[0]).list) sameAsTruth(byStart.get(command.start), command);
    equal([...road.stories[0].rdma!.faults.keys()], []);
  });
}

const ANEW: Readonly<Record<string, Anew>> = {
  'no markers, no CRC': { markers: [false, false], crc: false },
  'markers of the initiator only': { markers: [true, false], crc: true },
  'markers of the target only': { markers: [false, true], crc: true },
  'markers, no CRC': { markers: [true, true], crc: false },
  'segments of 1000 bytes': { markers: [false, false], crc: true, segment: 1000 },
  'segments of 1460 bytes, markers': { markers: [true, true], crc: true, segment: 1460 },
  'segments of 9000 bytes, no CRC': { markers: [false, false], crc: false, segment: 8960 },
  'segments of 64 KiB, markers of the target': {
    markers: [false, true],
    crc: true,
    segment: 65000,
  },
  'segments of 101 bytes, markers': { markers: [true, true], crc: true, segment: 101 },
  'ports 20000 and 13260': { markers: [false, false], crc: true, ports: [20000, 13260] },
};

for (const [title, how] of Object.entries(ANEW)) {
  test(`made anew, ${title}: every command`, async () => {
    const truth = truthOf(SIW);
    const stream = readIwarp(await packetsOf(sharedCapture(`${SIW}.pcap`)));
    equal(stream.fpdus.length, truth.fpdus);
    const whole = tasksOf(await packetsOf(sharedCapture(`${SIW}.pcap`))).tasks;
    const { tasks, lost, road } = tasksOf(iwarpAnew(stream, how));
    equal(lost, 0);
    equal(tasks.length, truth.list.length);
    const timed = how.segment === undefined;
    for (const [i, t] of tasks.entries()) {
      if (timed) sameAsTruth(t, truth.list.find((c) => c.start === t.start)!);
      const same = whole[i];
      equal([t.opcode, t.status, t.outcome], [same.opcode, same.status, same.outcome]);
      equal([t.dataIn, t.dataOut, t.reads], [same.dataIn, same.dataOut, same.reads]);
      equal(t.phases, t.latency);
    }
    equal([...road.stories[0].rdma!.faults.keys()], []);
  });
}

for (const crc of [true, false]) {
  for (const markers of [
    [false, false],
    [true, true],
    [true, false],
  ] as const) {
    test(`from the middle, without MPA frames: markers ${markers}, CRC ${crc}`, async () => {
      const stream = readIwarp(await packetsOf(sharedCapture(`${SIW}.pcap`)));
      const whole = tasksOf(await packetsOf(sharedCapture(`${SIW}.pcap`))).tasks;
      for (const from of [2, 150, 777, 1400, 2100]) {
        const packets = iwarpAnew(stream, { markers, crc, noStart: true }).slice(from);
        const { tasks, road } = tasksOf(packets);
        const seen = new Map(tasks.filter((t) => t.commandSeen).map((t) => [t.start, t]));
        const after = whole.filter((t) => t.start >= packets[0].timeNs);
        let right = 0;
        for (const t of after) {
          const same = seen.get(t.start);
          if (same === undefined) continue;
          right++;
          equal([same.latency, same.status], [t.latency, t.status], `from ${from}`);
          equal([same.dataIn, same.dataOut], [t.dataIn, t.dataOut], `from ${from} at ${t.start}`);
        }
        ok(right >= after.length - 8, `from ${from}: ${right} of ${after.length}`);
        equal([...(road.stories[0]?.rdma?.faults.keys() ?? [])], []);
      }
    });
  }
}

test('bad CRCs are counted, and change nothing else', async () => {
  const stream = readIwarp(await packetsOf(sharedCapture(`${SIW}.pcap`)));
  const whole = tasksOf(await packetsOf(sharedCapture(`${SIW}.pcap`))).tasks;
  const bad = (n: number) => n % 300 === 77;
  const how = { markers: [false, false], crc: true, bad } as const;
  const { tasks, road } = tasksOf(iwarpAnew(stream, how));
  equal(tasks, whole);
  const wrong = stream.fpdus.filter((_, n) => bad(n)).length;
  equal(road.stories[0].rdma!.faults.get('crc')!.count, wrong);
});

test.run();
