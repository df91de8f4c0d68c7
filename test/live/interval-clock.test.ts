// When intervals end: by the packets' own time, and by the clock where no packet comes.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LiveClock } from '../../src/live/interval-clock.js';

const START_MS = 1_700_000_000_000;
const EPOCH = { seconds: START_MS / 1000, nanoseconds: 0 };

test('packets cut intervals at even times, however late they are', () => {
  let nowMs = START_MS;
  const clock = new LiveClock(1e9, true, () => nowMs);
  clock.begin(EPOCH);
  nowMs += 10_000;
  const cuts: number[][] = [];
  for (const timeNs of [0, 0.5e9, 0.999e9, 1e9, 1.5e9, 2.2e9]) {
    while (clock.packet(timeNs)) {
      cuts.push([clock.fromNs, clock.toNs]);
      clock.next(timeNs);
    }
  }
  assert.equal(cuts, [
    [0, 1e9],
    [1e9, 2e9],
  ]);
  assert.is(clock.delayMs, 7800);
});

test('a long silence is one interval, not one for each second of it', () => {
  const clock = new LiveClock(1e9, true, () => START_MS);
  clock.begin(EPOCH);
  const cuts: number[][] = [];
  for (const timeNs of [0, 3600.5e9]) {
    while (clock.packet(timeNs)) {
      cuts.push([clock.fromNs, clock.toNs]);
      clock.next(timeNs);
    }
  }
  assert.equal(cuts, [
    [0, 1e9],
    [1e9, 3600e9],
  ]);
});

test('a time so far off that no double tells a second more is one interval, not intervals without end', () => {
  for (const farNs of [2 ** 64 * 1e9, 1e9 * 2 ** 53, 1e300]) {
    const clock = new LiveClock(1e9, true, () => START_MS);
    clock.begin(EPOCH);
    let cuts = 0;
    for (const timeNs of [0, farNs, 1e9]) {
      while (clock.packet(timeNs) && ++cuts < 10) clock.next(timeNs);
    }
    assert.ok(cuts >= 1 && cuts <= 3, String(cuts));
    assert.ok(clock.toNs > farNs);
  }
});

test('where no packet comes the clock goes on, after a moment of grace', () => {
  let nowMs = START_MS;
  const clock = new LiveClock(1e9, true, () => nowMs);
  assert.not.ok(clock.quiet());
  nowMs += 1600;
  assert.ok(clock.quiet(), 'before the first packet, too');
  clock.begin(EPOCH);
  clock.packet(0);
  nowMs += 1400;
  assert.not.ok(clock.quiet());
  nowMs += 100;
  assert.ok(clock.quiet());
});

test("another machine's clock is no delay; what comes later than the first is", () => {
  let nowMs = START_MS + 86_400_000;
  const clock = new LiveClock(1e9, false, () => nowMs);
  clock.begin(EPOCH);
  clock.packet(0);
  assert.is(clock.delayMs, 0);
  nowMs += 500;
  clock.packet(100e6);
  assert.is(clock.delayMs, 400);
  assert.is(clock.delayMsMax, 400);
});

test('an interval may be told to end early; the next one is whole', () => {
  const clock = new LiveClock(1e9, true, () => START_MS);
  clock.begin(EPOCH);
  clock.endBy(250e6);
  // Later, or before it began: no.
  clock.endBy(2e9);
  clock.endBy(0);
  assert.equal([clock.fromNs, clock.toNs], [0, 250e6]);
  assert.not.ok(clock.packet(249e6));
  assert.ok(clock.packet(250e6));
  clock.next(250e6);
  assert.equal([clock.fromNs, clock.toNs], [250e6, 1250e6]);
});

test.run();
