// The command window over time: known answers, and any steps against a model that adds up by hand.

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commandWindowReport } from '../../../../src/report/command-window.js';
import { WindowSeries } from '../../../../src/session/iscsi/numbering/command-window-series.js';
import type { Session } from '../../../../src/session/model.js';
import { Driver, MS, read10 } from '../../driver.js';

/** Window 4, known from 1 ms on; four commands 1 ms apart; closed for 3 ms; then open for 8. */
function conversation(): Session {
  const d = new Driver();
  const told = (expCmdSN: number, maxCmdSN: number, atNs: number) =>
    d.send('nop-in', { initiatorTaskTag: 0xffffffff, statSN: 1, expCmdSN, maxCmdSN }, { atNs });
  told(1, 4, MS);
  for (let i = 0; i < 4; i++) read10(d, 7 + i, 1 + i, 1, { atNs: (2 + i) * MS });
  told(5, 4, 7 * MS);
  const answer = { statSN: 1, expCmdSN: 5, maxCmdSN: 12 };
  d.send('scsi-response', { initiatorTaskTag: 7, ...answer }, { atNs: 10 * MS });
  told(5, 12, 12 * MS);
  d.finish();
  return d.sessions[0];
}

test('use, closure and open commands of a known conversation, millisecond by millisecond', () => {
  const series = commandWindowReport(conversation())?.series;
  assert.equal([series?.bucketNs, series?.fromNs], [MS, MS]);
  //                               1  2  3  4  5  6  7  8  9  10 11 12
  assert.equal(series?.widthMeanByBucket, [4, 4, 4, 4, 4, 4, 0, 0, 0, 8, 8, 8]);
  assert.equal(series?.usedMeanByBucket, [0, 1, 2, 3, 4, 4, 0, 0, 0, 0, 0, 0]);
  assert.equal(series?.openMeanByBucket, [0, 1, 2, 3, 4, 4, 4, 4, 4, 3, 3, 3]);
  const used = series?.usedUpNsByBucket.map((ns) => (ns ?? 0) / MS);
  const closed = series?.closedNsByBucket.map((ns) => (ns ?? 0) / MS);
  assert.equal(used, [0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0]);
  assert.equal(closed, [0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0]);
  assert.equal(series?.widthMinByBucket.slice(5, 10), [4, 0, 0, 0, 8]);
  assert.equal(series?.widthMaxByBucket.slice(5, 10), [4, 0, 0, 0, 8]);
});

test('closures and the series tell the same', () => {
  const w = commandWindowReport(conversation());
  const sum = (list: readonly (number | null)[] = []) =>
    list.reduce<number>((a, b) => a + (b ?? 0), 0);
  assert.is(sum(w?.series.closedNsByBucket), w?.closedNs);
  assert.is(w?.closedNs, 3 * MS);
  // Used up and then closed as well: the initiator had to wait until there was room.
  assert.is(sum(w?.series.usedUpNsByBucket) + sum(w?.series.closedNsByBucket), w?.usedUpNs);
});

const step = fc.record({
  afterNs: fc.oneof(fc.nat(3 * MS), fc.nat(2_000 * MS)),
  width: fc.nat(64),
  taken: fc.nat(64),
  open: fc.nat(64),
});

test('any steps, however many buckets they reach over: sums, minima and maxima of a model', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.nat(5000 * MS),
      (steps, endNs) => {
        const series = new WindowSeries();
        let timeNs = 0;
        const held: { fromNs: number; toNs: number; s: (typeof steps)[number] }[] = [];
        for (const s of steps) {
          timeNs += s.afterNs;
          const last = held.at(-1);
          if (last !== undefined) last.toNs = timeNs;
          held.push({ fromNs: timeNs, toNs: timeNs, s });
          series.step(timeNs, s.width, s.taken, s.open);
        }
        const lastNs = timeNs + endNs;
        held[held.length - 1].toNs = lastNs;
        series.advance(lastNs);
        assert.ok(series.used <= 512);
        for (let i = 0; i < series.used; i++) {
          const at = series.first + i;
          const [from, to] = [at * series.bucketNs, (at + 1) * series.bucketNs];
          const inside = (h: (typeof held)[number]) =>
            Math.max(0, Math.min(to, h.toNs) - Math.max(from, h.fromNs));
          const sum = (of: (s: (typeof steps)[number]) => number) =>
            held.reduce((total, h) => total + inside(h) * of(h.s), 0);
          const known = sum(() => 1);
          assert.is(series.knownNs(i), known);
          assert.is(
            series.closedNs(i),
            sum((s) => (s.width === 0 ? 1 : 0)),
          );
          assert.is(
            series.usedUpNs(i),
            sum((s) => (s.width > 0 && s.taken >= s.width ? 1 : 0)),
          );
          if (known > 0) {
            const mean = sum((s) => s.width) / known;
            assert.ok(Math.abs(series.widthMean(i) - mean) <= 1e-6 * Math.max(1, mean));
          }
          const there = held.filter((h) => inside(h) > 0 || (h.fromNs >= from && h.fromNs < to));
          assert.is(series.isKnown(i), there.length > 0);
          if (there.length === 0) continue;
          assert.is(series.widthMin(i), Math.min(...there.map((h) => h.s.width)));
          assert.is(series.takenMax(i), Math.max(...there.map((h) => h.s.taken)));
          assert.is(series.openMax(i), Math.max(...there.map((h) => h.s.open)));
        }
      },
    ),
    { seed: 5, numRuns: 200 },
  );
});

test.run();
