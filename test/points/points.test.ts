import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/pipeline.js';
import { compareAll } from '../../src/points/all-points.js';
import { pointsReport } from '../../src/points/points-report.js';
import type { PointsReport } from '../../src/points/points-told.js';
import { sharedCapture } from '../support/shared.js';
import { type TwoPoints, type TwoPointsTruth, twoPoints } from '../support/two-points.js';

const LOAD = fileURLToPath(new URL('../../captures/tgt-mixed-load.pcap.gz', import.meta.url));

async function compared(...paths: string[]): Promise<PointsReport> {
  const points = paths.map((path, i) => ({ name: `p${i}`, path }));
  const { ends, pairs } = await compareAll(points, analyse);
  return pointsReport(points, ends, pairs);
}

async function made(wanted: TwoPoints): Promise<[TwoPointsTruth, PointsReport]> {
  const truth = await twoPoints(LOAD, wanted);
  return [truth, await compared(truth.host, truth.array)];
}

function addsUp(report: PointsReport): void {
  for (const c of report.commands) {
    const sum = c.hostNs + c.networkOutNs + c.arrayNs + c.networkBackNs + c.recoveryNs;
    assert.is(Math.round(sum), Math.round(c.latencyNs), `packet ${c.frame}`);
    for (const part of [c.hostNs, c.networkOutNs, c.arrayNs, c.networkBackNs, c.recoveryNs]) {
      assert.ok(part >= 0, `packet ${c.frame}`);
    }
  }
}

test('clocks, one-way times and the split of each command are recovered', async () => {
  const [truth, report] = await made({ outNs: 250_000, backNs: 250_000, offsetNs: 4e6 });
  const [pair] = report.pairs;
  assert.is(pair.host, 'p0');
  assert.ok(Math.abs((pair.clockOffsetNs ?? 0) - 4e6) <= 1000, `${pair.clockOffsetNs}`);
  assert.ok((pair.offsetErrorNs ?? 0) <= 252_000);
  assert.is(pair.segments.matched, truth.packets);
  assert.equal(pair.segments.lostBetween, { out: 0, back: 0 });
  assert.equal(pair.segments.missedByCapture, { p0: 0, p1: 0 });
  for (const way of ['out', 'back'] as const) {
    assert.ok(Math.abs(pair.oneWayNs[way].p50 - 250_000) < 2000, `${pair.oneWayNs[way].p50}`);
  }
  assert.ok(report.commands.length > 100);
  addsUp(report);
  assert.equal(
    report.findings.filter(({ severity }) => severity !== 'note'),
    [],
  );
});

test('the order in which points are named does not matter', async () => {
  const truth = await twoPoints(LOAD, { outNs: 300_000, backNs: 300_000, offsetNs: -7e6 });
  const report = await compared(truth.array, truth.host);
  const [pair] = report.pairs;
  assert.is(pair.host, 'p1');
  // The second's clock, the host's, against the array's.
  assert.ok(Math.abs((pair.clockOffsetNs ?? 0) - 7e6) <= 1000, `${pair.clockOffsetNs}`);
});

test('ways that differ: the truth lies within the bound', async () => {
  const [, report] = await made({ outNs: 200_000, backNs: 900_000, offsetNs: 1e6 });
  const [{ clockOffsetNs, offsetErrorNs }] = report.pairs;
  const off = Math.abs((clockOffsetNs ?? 0) - 1e6);
  assert.ok(off > 300_000, 'nobody can see which way is the slower');
  assert.ok(off <= (offsetErrorNs ?? 0), `${off} beyond ${offsetErrorNs}`);
});

test('drift and a step are told apart', async () => {
  const [truth, report] = await made({
    outNs: 100_000,
    backNs: 100_000,
    jitterNs: 50_000,
    offsetNs: 2e6,
    stepNs: 12e6,
  });
  const [pair] = report.pairs;
  assert.is(pair.steps.length, 1);
  assert.ok(Math.abs(pair.steps[0].stepNs - 12e6) < 200_000, `${pair.steps[0].stepNs}`);
  const { atNs, withinNs } = pair.steps[0];
  assert.ok(Math.abs(atNs - truth.stepAtNs) <= withinNs, `${atNs} ± ${withinNs}`);
  assert.ok(withinNs < truth.stepAtNs / 10);
  addsUp(report);
  const [, drifting] = await made({
    outNs: 20_000,
    backNs: 20_000,
    offsetNs: 2e6,
    driftPpm: 80,
  });
  const [{ driftPpm, driftErrorPpm, steps }] = drifting.pairs;
  assert.is(steps.length, 0);
  assert.ok(Math.abs((driftPpm ?? 0) - 80) <= (driftErrorPpm ?? 0), `${driftPpm} ${driftErrorPpm}`);
});

test('what a capture missed is not lost, and what was lost is not missed', async () => {
  const [truth, report] = await made({
    outNs: 250_000,
    backNs: 250_000,
    offsetNs: 0,
    lostEvery: 40,
  });
  const { segments } = report.pairs[0];
  assert.ok(truth.lostOut > 5);
  assert.equal(segments.lostBetween, { out: truth.lostOut, back: 0 });
  assert.equal(segments.missedByCapture, { p0: 0, p1: 0 });
  assert.ok(report.findings.some(({ id }) => id === 'points-lost'));
  assert.not(report.findings.some(({ id }) => id === 'points-capture-missed'));
  addsUp(report);
  const [missing, other] = await made({
    outNs: 250_000,
    backNs: 250_000,
    offsetNs: 0,
    missedByHost: 0.02,
    missedByArray: 0.03,
  });
  const missed = other.pairs[0].segments;
  assert.equal(missed.lostBetween, { out: 0, back: 0 });
  assert.equal(missed.missedByCapture, { p0: missing.missedByHost, p1: missing.missedByArray });
  assert.not(other.findings.some(({ owes }) => owes === 'network'));
});

test('addresses and ports translated, packets cut, a capture that starts later', async () => {
  const [truth, report] = await made({
    outNs: 250_000,
    backNs: 250_000,
    offsetNs: 3e6,
    translate: true,
    snaplen: 160,
    skipAtArray: 200,
  });
  const [pair] = report.pairs;
  assert.ok(pair.connections >= 9);
  assert.ok(Math.abs((pair.clockOffsetNs ?? 0) - 3e6) <= 1000);
  assert.is(pair.segments.matched, truth.packets - 200);
  assert.equal(pair.segments.lostBetween, { out: 0, back: 0 });
});

test('FCIP, iFCP and iSER at two points, also where answers come sooner than the way takes', async () => {
  for (const [name, commands] of [
    ['fcip-vm-1500-stream', 202],
    ['ifcp-vm-1500-stream', 202],
    ['iser-siw-crc-1500-ini', 201],
    ['iser-rxe-1500-ini', 201],
  ] as const) {
    const capture = sharedCapture(`san/${name}.pcap.zst`);
    const wanted = { outNs: 2_750_000, backNs: 2_750_000, jitterNs: 500_000, offsetNs: 4e6 };
    const truth = await twoPoints(capture, wanted);
    const report = await compared(truth.host, truth.array);
    const [pair] = report.pairs;
    assert.is(pair.host, 'p0', name);
    assert.ok(Math.abs((pair.clockOffsetNs ?? 0) - 4e6) <= (pair.offsetErrorNs ?? 0), name);
    assert.equal(pair.segments.lostBetween, { out: 0, back: 0 }, name);
    assert.equal(pair.segments.missedByCapture, { p0: 0, p1: 0 }, name);
    assert.is(report.commandsTotal, commands, name);
    addsUp(report);
  }
});

test('RoCEv2: each packet that was lost, and none that a capture missed', async () => {
  const capture = sharedCapture('san/iser-rxe-1500-ini.pcap');
  const ways = { outNs: 2_750_000, backNs: 2_750_000, jitterNs: 500_000, offsetNs: 4e6 };
  const lossy = await twoPoints(capture, { ...ways, lostEvery: 40 });
  const { segments } = (await compared(lossy.host, lossy.array)).pairs[0];
  assert.ok(lossy.lostOut > 40);
  assert.equal(segments.lostBetween, { out: lossy.lostOut, back: 0 });
  assert.equal(segments.missedByCapture, { p0: 0, p1: 0 });
  const missing = await twoPoints(capture, { ...ways, missedByHost: 0.02, missedByArray: 0.03 });
  const other = (await compared(missing.host, missing.array)).pairs[0].segments;
  assert.equal(other.lostBetween, { out: 0, back: 0 });
  // Some of those that it missed are no RoCE.
  assert.ok(Math.abs(other.missedByCapture['p0'] - missing.missedByHost) <= 3);
  assert.ok(Math.abs(other.missedByCapture['p1'] - missing.missedByArray) <= 3);
});

test('150 of 150 large frames lost at a switch port of a smaller MTU, as the laboratory counted', async () => {
  const host = sharedCapture('faults/mtu-black-hole-ini.pcap.zst');
  const array = sharedCapture('faults/mtu-black-hole-tgt.pcap.zst');
  if (host === undefined || array === undefined) return;
  const report = await compared(host, array);
  const { segments } = report.pairs[0];
  assert.equal(segments.lostBetween, { out: 0, back: 150 });
  assert.is(report.findings[0].id, 'points-lost-large');
});

test('a way that delays and overtakes loses nothing', async () => {
  const host = sharedCapture('faults/delay-jitter-ini.pcap.zst');
  const array = sharedCapture('faults/delay-jitter-tgt.pcap.zst');
  if (host === undefined || array === undefined) return;
  const report = await compared(host, array);
  const [pair] = report.pairs;
  assert.equal(pair.segments.lostBetween, { out: 0, back: 0 });
  assert.ok(pair.segments.overtaken.out > 100);
  assert.not(report.findings.some(({ id }) => id.startsWith('points-lost')));
});

test.run();
