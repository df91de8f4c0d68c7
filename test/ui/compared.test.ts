// Screens of captures that were compared: places of one traffic, and one load at two times.

import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { comparedLoads } from '../../src/cli/commands/compared.js';
import { analyse } from '../../src/pipeline.js';
import { compareAll } from '../../src/points/all-points.js';
import { pointsReport } from '../../src/points/points-report.js';
import { sharedCapture } from '../support/shared.js';
import { twoPoints } from '../support/two-points.js';
import { Screens } from '../support/ui.js';

const LOAD = fileURLToPath(new URL('../../captures/tgt-mixed-load.pcap.gz', import.meta.url));
const STALLS = fileURLToPath(
  new URL('../../captures/tgt-stalls-two-seconds.pcap.gz', import.meta.url),
);

test('points: findings, one-way times over time, and a command between its points', async () => {
  const name = sharedCapture('san/iser-rxe-1500-ini.pcap');
  const ways = { outNs: 2_500_000, backNs: 2_500_000, offsetNs: 4e6 };
  const { host, array } = await twoPoints(name, { ...ways, lostEvery: 40 });
  const points = [
    { name: 'host', path: host },
    { name: 'array', path: array },
  ];
  const { ends, pairs } = await compareAll(points, analyse);
  const report = pointsReport(points, ends, pairs);
  const compared = { kind: 'points', report } as const;
  const ui = await new Screens([host], 130, 80, undefined, undefined, compared).load();
  assert.match(ui.text(), /& points/);
  assert.match(ui.text(), /45 segments/);
  assert.match(ui.text(), /One way over time, host → array/);
  assert.match(ui.text(), /One way over time, array → host/);
  for (let i = 0; i < 200 && !/ WRITE\(10\) /.test(ui.selected()); i++) ui.press('Down');
  ui.press('Enter');
  assert.match(ui.text(), /│── command, packet \d+ ─+▶│ {2}2\.\d+ ms to array/);
  assert.match(ui.text(), /│◀── good, packet \d+ ─+│ {2}2\.\d+ ms to host/);
  assert.match(ui.text(), /network out +2\.\d+ ms/);
  // To the host's own capture, and back.
  ui.press('Enter');
  assert.match(ui.text(), /WRITE\(10\) LBA/);
  ui.press('1');
  assert.match(ui.rows()[0], /overview/);
  ui.press('&');
  assert.match(ui.rows()[0], /host ↔ array/);
});

test('diff: what became slower, with the later capture behind it', async () => {
  const context = { files: [LOAD, STALLS], options: { quiet: true }, env: {}, say: () => {} };
  const report = await comparedLoads(context as never, LOAD, STALLS);
  const compared = { kind: 'diff', report } as const;
  const ui = await new Screens([STALLS], 130, 60, undefined, undefined, compared).load();
  assert.match(ui.text(), /% diff/);
  assert.match(ui.text(), /By operation/);
  ui.press('1', '%');
  assert.match(ui.text(), /By operation/);
});

test('one capture alone has neither', async () => {
  const ui = await new Screens([LOAD], 130, 30).load();
  assert.not.match(ui.rows()[0], /& points|% diff/);
  ui.press('&');
  assert.match(ui.text(), /sanscope points A B shows this/);
});

test.run();
