// One command of each kind as people see it, held to golden texts (UPDATE_GOLDEN=1 writes them), and
// what must hold for the ladder of every command of recorded captures.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blocksText } from '../../../src/export/report-text.js';
import { commandBlocks } from '../../../src/view/ladder/command-view.js';
import { phaseBlocks, shares } from '../../../src/view/ladder/phase-bar.js';
import { makePaint } from '../../../src/view/theme.js';
import { Dialogue } from '../../support/dialogue.js';
import { type Kept, keep, keepBuilt, keepFile } from '../../support/keep.js';
import { sharedCapture } from '../../support/shared.js';

const MS = 1e6;
const plain = makePaint(0);

function textOf(kept: Kept, row: number, width: number, everyPdu = false): string {
  return blocksText(commandBlocks(kept.ladder(row, everyPdu), width), width, plain);
}

/** A write that the initiator aborts while its data flows. */
function aborted(): Promise<Kept> {
  const d = new Dialogue();
  const at = d.login(0) + MS;
  const { tag } = d.write10(64, 16, at, { immediate: 4096, statusIn: 'none' });
  d.taskManagement(1, tag, at + 40 * MS);
  d.logout(at + 60 * MS);
  return keepBuilt(d.tcp.captured());
}

const KINDS: readonly (readonly [name: string, kept: () => Promise<Kept>, frame: number])[] = [
  ['read', () => keep('tgt-mixed-load.pcap.gz'), 10_450],
  ['write', () => keep('tgt-mixed-load.pcap.gz'), 15_402],
  ['many-r2ts', () => keep('istgt-many-r2ts.pcap.gz'), 29],
  ['check-condition', () => keep('tgt-libiscsi-iscsi-tests.pcap.gz'), 8],
  ['unanswered', () => keep('tgt-libiscsi-iscsi-tests.pcap.gz'), 48],
  ['retransmitted', () => keep('tgt-reordered.pcap.gz'), 1045],
  ['aborted', aborted, 0],
];

for (const [name, kept, frame] of KINDS) {
  for (const width of [80, 120]) {
    test(`${name} at ${width} columns`, async () => {
      const capture = await kept();
      const row = frame > 0 ? capture.at(frame) : 0;
      assert.ok(row >= 0, 'the command is there');
      const text = textOf(capture, row, width);
      const path = fileURLToPath(new URL(`golden/${name}-${width}.txt`, import.meta.url));
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
      assert.fixture(text, readFileSync(path, 'utf8'));
      for (const line of text.split('\n')) assert.ok(line.length <= width, line);
    });
  }
}

const CAPTURES = [
  'istgt-many-r2ts.pcap.gz',
  'tgt-mixed-load.pcap.gz',
  'tgt-mixed-load-snaplen160.pcap.gz',
  'tgt-reordered.pcap.gz',
  'tgt-mid-stream.pcap.gz',
  'tgt-libiscsi-scsi-tests.pcap.gz',
  'tgt-unsolicited-data.pcap.gz',
];

for (const name of CAPTURES) {
  test(`${name}: every ladder tells all of its command's data, once and in time`, async () => {
    const kept = await keep(name);
    const { tasks } = kept.keeper;
    for (let row = 0; row < tasks.count; row += name.includes('scsi') ? 7 : 1) {
      const ladder = kept.ladder(row);
      const moved = { in: 0, out: 0, r2ts: 0, pdus: 0 };
      for (const step of ladder.steps) {
        if (step.kind !== 'pdu') continue;
        moved.pdus += step.count;
        if (step.opcode === 0x25) moved.in += step.bytes;
        if (step.opcode === 0x05 || step.opcode === 0x01) moved.out += step.bytes;
        if (step.opcode === 0x31) moved.r2ts++;
      }
      const every = kept.ladder(row, true).steps.filter((step) => step.kind === 'pdu');
      const { dataInBytes, dataOutBytes, r2ts } = ladder.task;
      assert.equal(moved, { in: dataInBytes, out: dataOutBytes, r2ts, pdus: every.length });
      if (ladder.phases.length > 0) {
        const sum = ladder.phases.reduce((ns, phase) => ns + phase.ns, 0);
        assert.is(sum, Math.max(0, ladder.latencyNs));
      }
    }
  });
}

test("an R2T's wait is told with its first data, and only there", async () => {
  const kept = await keep('istgt-many-r2ts.pcap.gz');
  const { steps, task } = kept.ladder(kept.at(29));
  const waits = new Map<number, number>();
  const asked = new Map<number, number>();
  for (const step of steps) {
    if (step.kind !== 'pdu') continue;
    if (step.opcode === 0x31) asked.set(step.r2t, step.endNs);
    if (step.waitedNs === undefined) continue;
    assert.not(waits.has(step.r2t));
    waits.set(step.r2t, step.waitedNs);
    assert.is(step.waitedNs, step.timeNs - (asked.get(step.r2t) ?? 0));
  }
  assert.is(task.r2ts, 8);
  assert.equal([...waits.keys()].sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
});

test('a retransmission is told where it delayed the command', async () => {
  const path = sharedCapture('probes/t26.pcap');
  const kept = await keepFile(path);
  const { tasks } = kept.keeper;
  let slowest = 0;
  for (let row = 1; row < tasks.count; row++) {
    if (tasks.latencyNs(row) > tasks.latencyNs(slowest)) slowest = row;
  }
  const text = textOf(kept, slowest, 120);
  assert.match(text, /retransmission/);
  assert.match(text, /after 250 ms/);
});

test('shares sum up to the whole, each next to its exact part', () => {
  const values = fc.array(fc.nat(2 ** 40), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 1000 }), (list, total) => {
      const parts = shares(list, total);
      const whole = list.reduce((sum, value) => sum + value, 0);
      const sum = parts.reduce((n, part) => n + part, 0);
      assert.is(sum, whole === 0 ? 0 : total);
      parts.forEach((part, i) => {
        assert.ok(whole === 0 || Math.abs(part - (list[i] / whole) * total) < 1.0001);
      });
    }),
    { seed: 7, numRuns: 200 },
  );
});

test('the percentages of the legend sum to 100', () => {
  const phases = [
    { name: 'command to data', owes: 'target', ns: 1 },
    { name: 'data in', owes: 'both', ns: 1 },
    { name: 'data to status', owes: 'target', ns: 1 },
  ] as const;
  const text = blocksText(phaseBlocks(phases, 80), 80, plain);
  const tenths = [...text.matchAll(/([\d.]+) %/g)].map((m) => Math.round(Number(m[1]) * 10));
  assert.is(
    tenths.reduce((sum, n) => sum + n, 0),
    1000,
  );
});

test.run();
