import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SERIES_BUCKETS_MAX } from '../../src/limits.js';
import { TimeSeries } from '../../src/metrics/series.js';

const point = fc.tuple(
  fc.oneof(
    fc.nat(2_000_000),
    fc.nat(600_000_000),
    fc.nat(2 ** 31 - 1).map((n) => n * 1000),
  ),
  fc.nat(1 << 20),
  fc.integer({ min: -1, max: 1_000_000 }),
);
type Point = readonly [number, number, number];

function of(points: readonly Point[]): TimeSeries {
  const s = new TimeSeries();
  for (const [time, bytes, latency] of points) s.add(time, bytes, bytes * 2, latency);
  return s;
}

test('buckets equal counting by hand, and are never too many', () => {
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 60 }), (points) => {
      const s = of(points);
      assert.ok(s.used <= SERIES_BUCKETS_MAX);
      assert.is(Math.log2(s.widthNs / 1_000_000) % 1, 0);
      for (let i = 0; i < s.used; i++) {
        const here = points.filter(([t]) => Math.floor(t / s.widthNs) === s.first + i);
        const known = here.filter(([, , l]) => l >= 0).map(([, , l]) => l);
        assert.is(s.commands[i], here.length);
        assert.is(
          s.readBytes[i],
          here.reduce((a, [, b]) => a + b, 0),
        );
        assert.is(
          s.writeBytes[i],
          here.reduce((a, [, b]) => a + 2 * b, 0),
        );
        assert.is(s.latencies[i], known.length);
        assert.is(
          s.latencyNs[i],
          known.reduce((a, b) => a + b, 0),
        );
        assert.is(s.latencyNsMax[i], Math.max(0, ...known));
      }
      const total = s.commands.reduce((a, b) => a + b, 0);
      assert.is(total, points.length);
    }),
    { seed: 5 },
  );
});

test('merging two widths gives the series of both', () => {
  fc.assert(
    fc.property(fc.array(point, { maxLength: 30 }), fc.array(point, { maxLength: 30 }), (a, b) => {
      const merged = of(a);
      const other = of(b);
      merged.widen(other.widthNs);
      merged.merge(other);
      const both = of([...a, ...b]);
      assert.is(merged.widthNs, both.widthNs);
      assert.is(merged.used, both.used);
      assert.is(merged.first, both.used === 0 ? merged.first : both.first);
      for (let i = 0; i < both.used; i++) {
        assert.is(merged.commands[i], both.commands[i]);
        assert.is(merged.latencyNsMax[i], both.latencyNsMax[i]);
        assert.is(merged.readBytes[i], both.readBytes[i]);
      }
    }),
    { seed: 6 },
  );
});

test('a series costs what it holds, not when that was', () => {
  for (const sparse of [false, true]) {
    const s = new TimeSeries(sparse);
    const day = 86_400e9;
    s.add(day, 1, 1, 5);
    s.add(day + 2e6, 1, 1, 5);
    assert.is(s.used, 3);
    assert.ok(s.fromNs <= day && s.fromNs + s.widthNs > day);
    assert.is(s.commands.length, 4);
    s.add(2 * day, 1, 1, 5);
    assert.ok(s.commands.length <= (sparse ? 16 : SERIES_BUCKETS_MAX));
    for (let i = 0; i < 2000; i++) s.add(2 * day + i * 43.2e9, 1, 1, 5);
    assert.ok(s.used > (sparse ? 15 : 200), String(s.used));
    assert.is(
      s.commands.reduce((a, b) => a + b, 0),
      2003,
    );
  }
});

test('a packet older than the first falls into the first bucket', () => {
  const s = of([[-5, 1, 7]]);
  assert.is(s.commands[0], 1);
});

test.run();
