// Phases of commands: known answers for R2Ts that overlap, and the sum of all phases of every
// command of every recorded capture.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/pipeline.js';
import { type Phase, phasesOf } from '../../src/scsi/phase-names.js';
import type { Task } from '../../src/scsi/task.js';
import { Driver, MS } from '../session/driver.js';
import { Dialogue } from '../support/dialogue.js';
import { delayed, hasData } from '../support/mishaps.js';
import { needs } from '../support/needs.js';
import { run } from '../support/run.js';
import { sharedCapture } from '../support/shared.js';

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url));

function short(phases: readonly Phase[]): Record<string, number> {
  return Object.fromEntries(phases.map((phase) => [phase.name, phase.ns / MS]));
}

const WRITE = { write: 1, initiatorTaskTag: 7, cmdSN: 1, expectedDataTransferLength: 3072 };

function r2t(d: Driver, n: number, atNs: number): void {
  d.send(
    'r2t',
    {
      initiatorTaskTag: 7,
      targetTransferTag: n,
      r2tSN: n,
      bufferOffset: n * 1024,
      desiredDataTransferLength: 1024,
    },
    { atNs },
  );
}

function dataOut(d: Driver, n: number, atNs: number, forNs: number): void {
  const fields = { initiatorTaskTag: 7, targetTransferTag: n, bufferOffset: n * 1024 };
  d.send('data-out', fields, { atNs, forNs, data: new Uint8Array(1024) });
}

test('R2Ts that overlap: the union of what each side owes, and each burst by itself', () => {
  const d = new Driver();
  d.send('scsi-command', WRITE, { atNs: 1 * MS });
  r2t(d, 0, 2 * MS);
  r2t(d, 1, 3 * MS);
  dataOut(d, 0, 4 * MS, 2 * MS);
  dataOut(d, 1, 7 * MS, 1 * MS);
  r2t(d, 2, 10 * MS);
  dataOut(d, 2, 13 * MS, 1 * MS);
  d.send('scsi-response', { initiatorTaskTag: 7 }, { atNs: 16 * MS });
  const [t] = d.tasks;
  assert.equal(short(phasesOf(t)), {
    'command to R2T': 1,
    'R2T to data': 2 + 1 + 3,
    'data out': 2 + 1 + 1,
    'between bursts': 2,
    'data to status': 2,
  });
  assert.is(t.r2tsAnswered, 3);
  assert.is(t.hostNs, (2 + 4 + 3) * MS);
  assert.is(t.hostNsMax, 4 * MS);
  assert.is(t.r2tsOutstandingMax, 2);
  assert.is(t.bursts.count, 3);
  const row = (i: number) => [t.bursts.r2tNs(i) / MS, t.bursts.firstDataNs(i) / MS];
  assert.equal(
    [row(0), row(1), row(2)],
    [
      [2, 4],
      [3, 7],
      [10, 13],
    ],
  );
  assert.is(t.bursts.lastDataNs(1), 8 * MS);
  assert.is(t.bursts.bytes(2), 1024);
});

test('an R2T that comes while data of another flows takes no time from the initiator', () => {
  const d = new Driver();
  d.send('scsi-command', WRITE, { atNs: 1 * MS });
  r2t(d, 0, 2 * MS);
  const during = () => r2t(d, 1, 5 * MS);
  const fields = { initiatorTaskTag: 7, targetTransferTag: 0 };
  d.send('data-out', fields, { atNs: 3 * MS, forNs: 5 * MS, data: new Uint8Array(1024), during });
  dataOut(d, 1, 9 * MS, 1 * MS);
  d.send('scsi-response', { initiatorTaskTag: 7 }, { atNs: 11 * MS });
  assert.equal(short(phasesOf(d.tasks[0])), {
    'command to R2T': 1,
    'R2T to data': 1 + 1,
    'data out': 5 + 1,
    'data to status': 1,
  });
});

test('unsolicited data is the initiator’s time; without an R2T the rest is the target’s', () => {
  const d = new Driver();
  const fields = { ...WRITE, final: 0, expectedDataTransferLength: 2048 };
  d.send('scsi-command', fields, { atNs: MS, forNs: MS, data: new Uint8Array(1024) });
  const more = { initiatorTaskTag: 7, bufferOffset: 1024 };
  d.send('data-out', more, { atNs: 4 * MS, forNs: 2 * MS, data: new Uint8Array(1024) });
  d.send('scsi-response', { initiatorTaskTag: 7 }, { atNs: 9 * MS });
  assert.equal(short(phasesOf(d.tasks[0])), { 'unsolicited data': 5, 'data to status': 3 });
});

test('what is beyond the rows kept of a task is still counted', () => {
  const d = new Driver();
  d.send('scsi-command', { ...WRITE, expectedDataTransferLength: 1024 * 300 }, { atNs: MS });
  for (let n = 0; n < 300; n++) {
    r2t(d, n, (2 + n * 2) * MS);
    dataOut(d, n, (3 + n * 2) * MS, 0);
  }
  d.send('scsi-response', { initiatorTaskTag: 7 }, { atNs: 700 * MS });
  const [t] = d.tasks;
  assert.is(t.r2ts, 300);
  assert.is(t.r2tsAnswered, 300);
  assert.is(t.hostNs, 300 * MS);
  assert.is(t.bursts.count, 64);
});

/** Sums of one task, or what is wrong with them. */
function wrongWith(t: Task): string {
  if (!t.commandSeen || t.statusNs < 0 || t.statusBound) return '';
  const whole = Math.max(0, t.statusNs - t.commandNs);
  const own = t.phaseNs.reduce((a, b) => a + b, 0);
  if (own !== whole) return `tag ${t.tag}: phases ${own}, whole ${whole}`;
  if (phasesOf(t).reduce((sum, p) => sum + p.ns, 0) !== whole) return 'phases that are told';
  if (t.phaseTcpNs.some((ns, i) => ns < 0 || ns > t.phaseNs[i])) return 'TCP took more than all';
  return '';
}

const SHARED = ['probes/t26.pcap', 'probes/t05.pcap', 'real/iscsi-scsi-data-cdrom.pcap'];
const paths = [
  ...readdirSync(CAPTURES)
    .filter((name) => /\.pcap(ng)?(\.gz)?$/.test(name))
    .map((name) => `${CAPTURES}${name}`),
  ...SHARED.map((name) => sharedCapture(name)),
];

for (const path of paths) {
  needs(path)(`phases sum up to the whole: ${path.split('/').at(-1)}`, async () => {
    const wrong: string[] = [];
    const ended = (t: Task): void => {
      const what = wrongWith(t);
      if (what !== '') wrong.push(what);
    };
    await analyse([path], { taskSink: { taskStarted() {}, taskEnded: ended } });
    assert.equal(wrong, []);
  });
}

test('random conversations, in order and with segments that come late', () => {
  const command = fc.record({
    write: fc.boolean(),
    blocks: fc.integer({ min: 1, max: 64 }),
    outstanding: fc.integer({ min: 1, max: 4 }),
    immediate: fc.constantFrom(0, 512),
    gapNs: fc.nat(2 * MS),
    hostNs: fc.nat(MS),
  });
  fc.assert(
    fc.property(fc.array(command, { minLength: 1, maxLength: 8 }), fc.nat(50), (all, late) => {
      const d = new Dialogue({ segment: 4096 });
      let at = d.login(0) + MS;
      all.forEach(({ write, blocks, outstanding, immediate, gapNs, hostNs }, i) => {
        at += gapNs;
        const of = {
          burst: 8192,
          outstanding,
          hostNs,
          immediate: Math.min(immediate, blocks * 512),
        };
        if (write) d.write10(i * 64, blocks, at, of);
        else d.read10(i * 64, blocks, at);
      });
      const packets = d.tcp.captured();
      const mishap = delayed(packets, (p, i) => hasData(p) && i % 50 === late && i > 8, 250 * MS);
      for (const told of [packets, mishap]) {
        let ended = 0;
        run(told, (t) => {
          ended++;
          assert.is(wrongWith(t), '');
        });
        assert.ok(ended >= all.length);
      }
    }),
    { seed: 22, numRuns: 60 },
  );
});

test('of a phase the part that TCP took: a lost Data-In that came 250 ms later', async () => {
  const path = sharedCapture('probes/t26.pcap');
  let slow: Phase[] = [];
  await analyse([path], {
    taskSink: {
      taskStarted() {},
      taskEnded: (t) => {
        if (t.tcpWaitNs > 0) slow = phasesOf(t);
      },
    },
  });
  const tcp = slow.filter((p) => p.tcpNs !== undefined);
  assert.ok(tcp.length > 0);
  const total = tcp.reduce((sum, p) => sum + (p.tcpNs ?? 0), 0);
  assert.ok(total > 240 * MS && total < 251 * MS, String(total));
});

test.run();
