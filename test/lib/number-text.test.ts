import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  bytesText,
  countText,
  durationText,
  percentText,
  plural,
} from '../../src/lib/number-text.js';

test('durations keep three digits at every size', () => {
  const cases: [number, string][] = [
    [0, '0 ns'],
    [999, '999 ns'],
    [999.6, '1.00 µs'],
    [1000, '1.00 µs'],
    [9_994, '9.99 µs'],
    [9_996, '10.0 µs'],
    [123_456, '123 µs'],
    [999_499, '999 µs'],
    [999_500, '1.00 ms'],
    [250e6, '250 ms'],
    [1.2345e9, '1.23 s'],
    [99.94e9, '99.9 s'],
    [99.96e9, '100.0 s'],
    [119.9e9, '119.9 s'],
    [120e9, '2 min 0 s'],
    [3599.4e9, '59 min 59 s'],
    [3 * 3600e9 + 12 * 60e9, '3 h 12 min'],
    [52 * 3600e9, '2 d 4 h'],
    [-1500, '-1.50 µs'],
  ];
  for (const [ns, text] of cases) assert.is(durationText(ns), text);
});

test('bytes are powers of 1,024', () => {
  const cases: [number, string][] = [
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [1_047_552, '1023 KiB'],
    [1_048_100, '1 MiB'],
    [5 * 2 ** 40, '5 TiB'],
  ];
  for (const [n, text] of cases) assert.is(bytesText(n), text);
});

test('counts, plurals, shares', () => {
  assert.is(countText(0), '0');
  assert.is(countText(999), '999');
  assert.is(countText(1000), '1,000');
  assert.is(countText(-1_234_567), '-1,234,567');
  assert.is(plural(1, 'command'), '1 command');
  assert.is(plural(1200, 'reply', 'replies'), '1,200 replies');
  assert.is(percentText(1, 8), '12.5 %');
  assert.is(percentText(1, 1_000_000), '< 0.01 %');
  assert.is(percentText(8, 8), '100 %');
  assert.is(percentText(0, 0), '0 %');
});

test.run();
