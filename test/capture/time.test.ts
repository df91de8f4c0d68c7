import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isoTime } from '../../src/capture/time.js';

test('nine decimals, in UTC', () => {
  const epoch = { seconds: 1_700_000_000, nanoseconds: 999_999_999 };
  assert.is(isoTime(epoch, 0), '2023-11-14T22:13:20.999999999Z');
  assert.is(isoTime(epoch, 1), '2023-11-14T22:13:21.000000000Z');
  assert.is(isoTime(epoch, -1_000_000_000), '2023-11-14T22:13:19.999999999Z');
  assert.is(isoTime({ seconds: 0, nanoseconds: 0 }, -1), '1969-12-31T23:59:59.999999999Z');
});

test('times beyond what a Date can say do not throw', () => {
  const far = isoTime({ seconds: 2 ** 60, nanoseconds: 5 }, 2 ** 70);
  assert.ok(far.startsWith('+275760-09-13'), far);
});

test('the same as arithmetic without rounding', () => {
  const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
  const nanoseconds = fc.integer({ min: 0, max: 999_999_999 });
  const after = fc.integer({ min: -(2 ** 52), max: 2 ** 52 });
  fc.assert(
    fc.property(seconds, nanoseconds, after, (s, ns, timeNs) => {
      const total = BigInt(s) * 1_000_000_000n + BigInt(ns) + BigInt(timeNs);
      const part = ((total % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
      const whole = Number((total - part) / 1_000_000_000n);
      const text = new Date(whole * 1000).toISOString().slice(0, 19);
      const wanted = `${text}.${String(part).padStart(9, '0')}Z`;
      assert.is(isoTime({ seconds: s, nanoseconds: ns }, timeNs), wanted);
    }),
    { seed: 1 },
  );
});

test.run();
