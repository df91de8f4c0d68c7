// Pictures in slices: a key never waits for them, an older one stays until the newer is there.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Making, madeBy, Work } from '../../src/ui/work.js';

/** Each step takes 3 ms of this clock. */
function clocked() {
  const clock = { ms: 0, made: 0 };
  const make = (steps: number) =>
    function* (): Making<string> {
      clock.made++;
      for (let i = 0; i < steps; i++) {
        clock.ms += 3;
        yield;
      }
      return `made ${clock.made}`;
    };
  return { clock, make, work: new Work(() => clock.ms) };
}

test('short ones are there at once, long ones after some slices of 8 ms', () => {
  const { clock, make, work } = clocked();
  assert.is(work.of('a', 'key', '1', make(2)), 'made 1');
  assert.not.ok(work.pending);
  assert.is(work.of('b', 'key', '1', make(10)), undefined);
  assert.ok(clock.ms <= 6 + 9 + 3, `${clock.ms}`);
  let slices = 0;
  for (let before = clock.ms; work.pending; before = clock.ms) {
    work.go();
    slices++;
    assert.ok(clock.ms - before <= 12, `${clock.ms - before}`);
  }
  assert.ok(slices >= 2 && slices <= 4, `${slices}`);
  assert.is(work.of('b', 'key', '1', make(10)), 'made 2');
});

test('what is only older is shown until it is made anew, and that not all the time', () => {
  const { clock, make, work } = clocked();
  while (work.of('a', 'key', '1', make(10)) === undefined) work.go();
  assert.is(work.of('a', 'key', '2', make(10)), 'made 1');
  assert.not.ok(work.pending, 'it has just been made');
  clock.ms += 10 * 3 * 5;
  assert.is(work.of('a', 'key', '2', make(10)), 'made 1');
  assert.ok(work.pending);
  // Another state meanwhile does not begin anew.
  assert.is(work.of('a', 'key', '3', make(10)), 'made 1');
  const { done } = work;
  while (!work.go());
  assert.is(work.done, done + 1);
  assert.is(work.of('a', 'key', '2', make(10)), 'made 2');
  // Another question has no older answer.
  assert.is(work.of('a', 'other', '2', make(10)), undefined);
});

test('where nobody makes slices it is made at once', () => {
  const { make } = clocked();
  assert.is(madeBy(undefined, 'a', 'key', '1', make(100)), 'made 1');
});

test.run();
