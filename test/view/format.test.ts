import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { harmless } from '../../src/lib/harmless.js';
import {
  frames,
  megabytes,
  rate,
  secondsText,
  share,
  sparkline,
  wallClock,
} from '../../src/view/format.js';

test('seconds have six decimals, also before the first packet', () => {
  assert.is(secondsText(0), '0.000000');
  assert.is(secondsText(3_004_005_006), '3.004005');
  assert.is(secondsText(-1_500_000), '-0.001500');
});

test('rates, shares, frames, times', () => {
  assert.is(rate(0), '0');
  assert.is(rate(0.42), '0.4');
  assert.is(rate(12_345.6), '12,346');
  assert.is(megabytes(0.123), '0.12');
  assert.is(megabytes(42.42), '42.4');
  assert.is(megabytes(1234), '1,234');
  assert.is(share(1, 3), '33 %');
  assert.is(share(1, 0), '0 %');
  assert.is(frames([1, 2, 3], 2), '1, 2, …');
  assert.is(wallClock('2025-11-23T20:54:01.123456789Z'), '2025-11-23 20:54:01.123456 UTC');
});

test('a sparkline keeps every peak and shows nothing as a blank', () => {
  assert.is(sparkline([0, 1, 8, 4], 10), ' ▁█▄');
  assert.is(sparkline([0, 0, 0, 9, 0, 0], 3), ' █ ');
  assert.is(sparkline([], 10), '');
  assert.is(sparkline([0, 0], 10), '  ');
});

test('text of the wire cannot steer the terminal', () => {
  assert.is(harmless('a\u001b[2Jb\u009b\u0000'), 'a\\x1b[2Jb\\x9b\\x00');
  assert.is(harmless('\u202egnp'), '\\u202egnp');
  assert.is(harmless('grün 磁盘 µ'), 'grün 磁盘 µ');
});

test.run();
