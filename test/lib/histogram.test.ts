import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ExactRoom, Histogram } from '../../src/lib/histogram.js';

const PS = [0.001, 0.5, 0.9, 0.95, 0.99, 0.999, 1];
const SEED = 20;
const values = fc.array(
  fc.oneof(
    fc.nat(600),
    fc.nat(2 ** 31 - 1),
    fc.maxSafeNat(),
    fc.integer({ min: 0, max: 52 }).map((k) => 2 ** k),
    fc.integer({ min: 1, max: 52 }).map((k) => 2 ** k - 1),
  ),
  { minLength: 1, maxLength: 300 },
);

function of(list: readonly number[], exactMax: number): Histogram {
  const h = new Histogram(exactMax);
  for (const v of list) h.record(v);
  return h;
}

/** Rank by integers alone: p in thousandths. */
function nearestRank(list: readonly number[], p: number): number {
  const thousandths = BigInt(Math.round(p * 1000));
  const rank = Number((thousandths * BigInt(list.length) + 999n) / 1000n);
  return [...list].sort((a, b) => a - b)[Math.max(1, rank) - 1];
}

test('percentiles equal sorting while exact', () => {
  fc.assert(
    fc.property(values, (list) => {
      const h = of(list, 4096);
      assert.ok(h.exact && h.invariants());
      for (const p of PS) assert.is(h.percentile(p), nearestRank(list, p));
    }),
    { seed: SEED },
  );
});

test('ranks do not slip by a rounding of p·n', () => {
  for (const n of [10, 100, 1000, 2000, 3000, 10_000]) {
    const list = Array.from({ length: n }, (_, i) => i + 1);
    const h = of(list, n);
    for (const p of PS) assert.is(h.percentile(p), nearestRank(list, p), `p ${p} of ${n}`);
  }
});

test('percentiles from buckets are within 0.4 %, count, sum, min, max exact', () => {
  fc.assert(
    fc.property(values, (list) => {
      const h = of(list, 4);
      assert.is(h.exact, list.length <= 4);
      assert.ok(h.invariants());
      assert.is(h.count, list.length);
      assert.is(
        h.sum,
        list.reduce((a, b) => a + b, 0),
      );
      assert.is(h.min, Math.min(...list));
      assert.is(h.max, Math.max(...list));
      for (const p of PS) {
        const want = nearestRank(list, p);
        assert.ok(Math.abs(h.percentile(p) - want) <= want * 0.004, `${h.percentile(p)} ${want}`);
      }
    }),
    { seed: SEED },
  );
});

function dump(h: Histogram): string {
  const rows: number[][] = [];
  h.buckets((from, to, count) => rows.push([from, to, count]));
  return JSON.stringify([h.count, h.min, h.max, h.exact, rows, PS.map((p) => h.percentile(p))]);
}

test('merging gives the histogram of all values together', () => {
  fc.assert(
    fc.property(values, values, fc.constantFrom(1, 50, 200, 4096), (a, b, exactMax) => {
      const merged = of(a, exactMax);
      merged.merge(of(b, exactMax));
      assert.ok(merged.invariants());
      assert.is(dump(merged), dump(of([...a, ...b], exactMax)));
    }),
    { seed: SEED },
  );
});

test('every bucket holds its values and touches its neighbour', () => {
  const edges: number[] = [];
  for (let k = 0; k < 53; k++) edges.push(2 ** k - 1, 2 ** k, 2 ** k + 1);
  for (const v of edges) {
    of([v], 0).buckets((from, to, count) => {
      assert.is(count, 1);
      assert.ok(from <= v && v < to, `${v} in ${from} … ${to}`);
      assert.ok(to - from <= Math.max(1, from / 128), `width at ${v}`);
    });
  }
});

test('nothing recorded, and a clock that steps back', () => {
  const empty = new Histogram(4);
  assert.is(empty.percentile(0.5), 0);
  assert.is(empty.mean(), 0);
  const back = of([-5, 10], 4);
  assert.is(back.min, 0);
  assert.is(back.sum, 10);
});

test('where there is no room left for exact values buckets take over, and room comes back', () => {
  const room = new ExactRoom(24);
  const a = new Histogram(4096, room);
  const b = new Histogram(4096, room);
  for (let i = 1; i <= 32; i++) a.record(i * 1000);
  assert.ok(a.exact && !room.full);
  assert.is(room.left, 0);
  for (let i = 1; i <= 8; i++) b.record(i * 1000);
  assert.ok(b.exact, 'the first few need none');
  for (let i = 9; i <= 32; i++) b.record(i * 1000);
  assert.ok(!b.exact && room.full);
  for (const p of PS) {
    const error = Math.abs(b.percentile(p) - a.percentile(p)) / a.percentile(p);
    assert.ok(error <= 0.004, `p ${p}`);
  }
  assert.is(b.sum, a.sum);
  for (let i = 33; i <= 40; i++) a.record(i * 1000);
  assert.ok(!a.exact && a.invariants());
  assert.is(room.left, 24);
  const c = new Histogram(4096, room);
  c.merge(b);
  assert.is(c.count, 32);
  for (let i = 0; i < 30; i++) new Histogram(4096, room).merge(c);
  const d = new Histogram(4096, room);
  for (let i = 0; i < 20; i++) d.record(i);
  assert.is(room.left, 0);
  d.release();
  assert.is(room.left, 24);
});

test.run();
