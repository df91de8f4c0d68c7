// Marks of a time axis: round times, in their place, not over each other.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { axisText, ticks } from '../../src/ui/plot.js';

test('round times, each where it is', () => {
  assert.equal(
    ticks(0, 3.05e9, 40).map(({ column, text }) => [column, text]),
    [
      [0, '0 s'],
      [13, '1 s'],
      [26, '2 s'],
      [39, '3 s'],
    ],
  );
  assert.is(axisText(0, 10e9, 50), '└0 s      └2 s      └4 s      └6 s      └8 s 10 s┘');
  assert.is(axisText(1.23456e9, 1.23458e9, 40), '└1.23456 s          └1.23457 s         └');
});

test('any span at any width: marks in order, inside, with room between, every label the time of its column', () => {
  for (const width of [20, 44, 63, 100, 145]) {
    for (const span of [1e4, 3e5, 7.7e6, 1e9, 61e9, 3600e9, 9e13]) {
      for (const from of [0, span * 0.37, 5e9]) {
        const all = ticks(from, from + span, width);
        const line = axisText(from, from + span, width);
        assert.ok(line.length <= width, `${line.length} ${width}`);
        assert.ok(all.length >= 1, `${from} ${span} ${width}`);
        for (const [i, { column, text }] of all.entries()) {
          const ns = Number(text.slice(0, -2)) * 1e9;
          assert.ok(
            Math.abs((ns - from) / span - column / width) <= 1.5 / width,
            `${text} ${column}`,
          );
          if (i > 0) assert.ok(column > all[i - 1].column + all[i - 1].text.length);
        }
      }
    }
  }
});

test.run();
