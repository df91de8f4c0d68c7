// Three points of one traffic: each command has a lane at each, in the order in which it passes them.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/pipeline.js';
import { compareAll } from '../../src/points/all-points.js';
import { pointsReport } from '../../src/points/points-report.js';
import type { PointsReport } from '../../src/points/points-told.js';
import { POINTS_COMMAND } from '../../src/ui/screens/points-command.js';
import { readCapture } from '../support/capture.js';
import { pcapFile } from '../support/pcap-writer.js';
import { temporaryFolder } from '../support/temporary.js';

const LOAD = fileURLToPath(new URL('../../captures/istgt-mixed-load.pcap.gz', import.meta.url));
const SLOWER = 100;
const MS = 1e6;
const folder = temporaryFolder('lanes');

/** From the host: ways, and the clock there. */
const POINTS = [
  { name: 'host', wayNs: 0, clockNs: 0 },
  { name: 'middle', wayNs: 0.2 * MS, clockNs: 7 * MS },
  { name: 'array', wayNs: 0.5 * MS, clockNs: -3 * MS },
] as const;

async function three(order: readonly string[]): Promise<PointsReport> {
  const { packets } = await readCapture([LOAD]);
  const initiator = packets[0].bytes.subarray(26, 30).join('.');
  for (const { name, wayNs, clockNs } of POINTS) {
    const there = packets.map(({ timeNs, bytes, originalLength }) => {
      const out = bytes.subarray(26, 30).join('.') === initiator;
      const atNs = timeNs * SLOWER + 1e9 + (out ? wayNs : -wayNs) + clockNs;
      return { timeNs: Math.round(atNs), bytes, originalLength };
    });
    there.sort((a, b) => a.timeNs - b.timeNs);
    writeFileSync(join(folder, `${name}.pcap`), pcapFile(there));
  }
  const points = order.map((name) => ({ name, path: join(folder, `${name}.pcap`) }));
  const { ends, pairs } = await compareAll(points, analyse);
  return pointsReport(points, ends, pairs);
}

test('lanes from the host over the middle to the array, in whatever order they are named', async () => {
  for (const order of [
    ['host', 'middle', 'array'],
    ['array', 'host', 'middle'],
    ['middle', 'array', 'host'],
  ]) {
    const report = await three(order);
    assert.ok(report.commands.length > 50);
    const bound = report.pairs.reduce((sum, pair) => sum + (pair.offsetErrorNs ?? 0), 2000);
    for (const { lanes, latencyNs } of report.commands) {
      assert.equal(
        lanes.map(({ point }) => point),
        ['host', 'middle', 'array'],
      );
      assert.is(lanes[0].commandNs, 0);
      assert.is(lanes[0].statusNs, Math.round(latencyNs));
      for (const [i, { wayNs }] of POINTS.entries()) {
        assert.ok(Math.abs(lanes[i].commandNs - wayNs) <= bound, `${lanes[i].commandNs}`);
        assert.ok(Math.abs(latencyNs - lanes[i].statusNs - wayNs) <= bound);
        if (i > 0) assert.ok(lanes[i].commandNs >= lanes[i - 1].commandNs);
      }
    }
  }
});

test('the ladder draws a lane for each point', async () => {
  const report = await three(['host', 'middle', 'array']);
  const page = POINTS_COMMAND.page(
    { kind: 'pointsCommand', command: 3 },
    { columns: 120, rows: 40 } as never,
    { compared: { kind: 'points', report } } as never,
  );
  const text = Array.from({ length: page.count }, (_, i) =>
    page
      .row(i)
      .map(({ text: words }) => words)
      .join(''),
  );
  assert.ok(text.some((line) => /host +middle +array/.test(line)));
  const arrows = text.filter((line) => line.includes('▶') || line.includes('◀'));
  assert.is(arrows.length, 4);
  // Out over both gaps, and back over both.
  const at = (line: string) => line.search(/[▶◀]/);
  assert.ok(at(arrows[0]) < at(arrows[1]));
  assert.ok(at(arrows[2]) > at(arrows[3]));
});

test.run();
