import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { StepFunction } from '../../src/metrics/step-function.js';

test('two commands that overlap: 10 ns alone, 20 together, 10 alone', () => {
  const s = new StepFunction();
  s.change(100, 1);
  s.change(110, 1);
  s.change(130, -1);
  s.change(140, -1);
  assert.is(s.max, 2);
  assert.is(s.spanNs(), 40);
  assert.is(s.busyNs(), 40);
  assert.is(s.mean(), (10 + 2 * 20 + 10) / 40);
  assert.is(s.percentile(0.5), 1);
  assert.is(s.percentile(0.95), 2);
});

test('idle time is in the window but not busy', () => {
  const s = new StepFunction();
  s.change(0, 1);
  s.change(10, -1);
  s.change(90, 1);
  s.change(100, -1);
  assert.is(s.busyNs(), 20);
  assert.is(s.mean(), 0.2);
  assert.is(s.percentile(0.8), 0);
  assert.is(s.percentile(0.81), 1);
});

test('what is open stays open until the capture ends', () => {
  const s = new StepFunction();
  s.change(0, 1);
  s.finish(1000);
  assert.is(s.mean(), 1);
  assert.is(s.busyNs(), 1000);
  const idle = new StepFunction();
  idle.change(0, 1);
  idle.change(10, -1);
  idle.finish(1000);
  assert.is(idle.spanNs(), 10);
});

test('a deep queue, and a clock that steps back', () => {
  const s = new StepFunction();
  for (let i = 0; i < 10_000; i++) s.change(i, 1);
  for (let i = 0; i < 10_000; i++) s.change(9_999, -1);
  s.change(5_000, 1);
  assert.is(s.max, 10_000);
  assert.is(s.area, (9_999 * 10_000) / 2);
  assert.ok(s.invariants());
});

/** Depth at every ns, by hand. */
function brute(spans: readonly (readonly [number, number])[]) {
  const from = Math.min(...spans.map((s) => s[0]));
  const to = Math.max(...spans.map((s) => s[1]));
  const depths: number[] = [];
  for (let t = from; t < to; t++) depths.push(spans.filter(([a, b]) => a <= t && t < b).length);
  depths.sort((a, b) => a - b);
  return { from, to, depths };
}

test('mean, percentiles and busy time equal counting at every ns', () => {
  const span = fc
    .tuple(fc.nat(60), fc.integer({ min: 1, max: 40 }))
    .map(([a, n]) => [a, a + n] as const);
  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 12 }), (spans) => {
      const events = spans.flatMap(
        ([a, b]) =>
          [
            [a, 1],
            [b, -1],
          ] as const,
      );
      const s = new StepFunction();
      for (const [time, by] of events.sort((x, y) => x[0] - y[0] || x[1] - y[1]))
        s.change(time, by);
      const { from, to, depths } = brute(spans);
      assert.is(s.spanNs(), to - from);
      assert.is(s.busyNs(), depths.filter((d) => d > 0).length);
      assert.is(
        s.area,
        depths.reduce((a, b) => a + b, 0),
      );
      assert.is(s.max, depths[depths.length - 1]);
      for (const p of [0.25, 0.5, 0.95, 1]) {
        assert.is(s.percentile(p), depths[Math.ceil(p * depths.length - 1e-9) - 1]);
      }
      assert.ok(s.invariants());
    }),
    { seed: 3 },
  );
});

test.run();
