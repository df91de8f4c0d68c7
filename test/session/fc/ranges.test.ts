import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Sequences } from '../../../src/session/fc/exchange.js';
import { Ranges } from '../../../src/session/fc/ranges.js';

test('bytes count once, in whatever order and however often they come', () => {
  const pieces = fc.array(fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 12 })), { maxLength: 24 });
  fc.assert(
    fc.property(pieces, (all) => {
      const ranges = new Ranges();
      const seen = new Set<number>();
      for (const [from, length] of all) {
        let fresh = 0;
        for (let at = from; at < from + length; at++) if (!seen.has(at)) fresh++;
        for (let at = from; at < from + length; at++) seen.add(at);
        assert.is(ranges.add(from, from + length), fresh);
        assert.is(ranges.end(), Math.max(...seen) + 1);
        assert.is(ranges.missing(ranges.end()), ranges.end() - seen.size);
        let hole = 0;
        while (seen.has(hole)) hole++;
        assert.is(ranges.firstHole(), hole);
      }
    }),
    { seed: 3643, numRuns: 300 },
  );
});

test('more pieces than are remembered are still counted', () => {
  const ranges = new Ranges();
  let bytes = 0;
  for (let i = 0; i < 100; i++) bytes += ranges.add(i * 10, i * 10 + 5);
  assert.is(bytes, 500);
  assert.is(ranges.end(), 995);
});

interface Sent {
  readonly id: number;
  readonly cnt: number;
  readonly first: boolean;
  readonly last: boolean;
}

/** Sequences of so many frames, their SEQ_ID as it is given, SEQ_CNT from 0 or counting on. */
function sequences(lengths: readonly number[], ids: readonly number[], countOn: boolean): Sent[] {
  let base = 0;
  return lengths.flatMap((length, s) => {
    const frames = Array.from({ length }, (_, i) => ({
      id: ids[s % ids.length],
      cnt: base + i,
      first: i === 0,
      last: i === length - 1,
    }));
    if (countOn) base += length;
    return frames;
  });
}

function lack(frames: readonly Sent[]): number {
  const all = new Sequences();
  for (const f of frames) all.take(f.id, f.cnt, f.first, f.last, 1, 1);
  all.fold();
  return Math.max(0, all.lack);
}

test('a frame that never comes lacks, wherever it stood in its sequence', () => {
  for (const [ids, countOn] of [
    [[0], false],
    [[0, 1, 2], false],
    [[3], true],
  ] as const) {
    // After a sequence of one frame, SEQ_CNT 1 may begin the next that counts on: nothing is said there.
    const sent = sequences([5, 2, 4], ids, countOn);
    assert.is(lack(sent), 0);
    for (const [i, f] of sent.entries()) {
      // Of a sequence's last frame, and of one that is all of it, nothing behind it tells.
      if (f.last) continue;
      assert.is(lack(sent.filter((_, k) => k !== i)), 1, `${ids} ${countOn} without ${i}`);
    }
  }
});

test('frames that overtake each other within a sequence do not lack', () => {
  const sent = sequences([8], [0], false);
  fc.assert(
    fc.property(fc.shuffledSubarray(sent, { minLength: 8, maxLength: 8 }), (order) => {
      assert.is(lack(order), 0);
    }),
    { seed: 3821, numRuns: 200 },
  );
});

test.run();
