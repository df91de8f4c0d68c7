// Recordings whose truth is known, with packets missing by chance: the first line may say less, nobody else is
// accused. tools/verdict-sweep.ts does so with all of them and more seeds.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { capturesOfTruth, sweepOf } from '../../tools/verdict-sweep.js';

const RATES = [0.5, 2, 5];
const SEEDS = 6;
/** Those that accused somebody else before, and small enough. */
const NAMES = [
  'cases/c06b-r2t-never-answered',
  'cases/c10-mtu-hole-at-host',
  'cases/c13-sendtargets-hang',
  'cases/c32-duplicate-itt',
  'faults/mtu-black-hole-ini',
  'faults/mtu-black-hole-tgt',
  'faults/mtu-black-hole-later-ini',
  'lio/mtu-writes-ini',
  'lio/mtu-writes-tgt',
  'lio/name-one-host-ini',
  'lio/slow-way-ini',
];

for (const [name, path] of capturesOfTruth()) {
  if (!NAMES.includes(name)) continue;
  test(`${name}: packets missing by chance accuse nobody else`, async () => {
    for (const { runs, right, silent, wrong, said } of await sweepOf(name, path, RATES, SEEDS)) {
      assert.equal([...said], []);
      assert.is(right + silent, runs - wrong);
    }
  });
}

test('without a loss the first line is what it is', async () => {
  const all = capturesOfTruth();
  assert.equal(
    NAMES.filter((name) => !all.some(([one]) => one === name)),
    [],
  );
  const [name, path] = all.find(([one]) => one === 'cases/c10-mtu-hole-at-host') ?? ['', ''];
  const [tally] = await sweepOf(name, path, [0], 1);
  assert.is(tally.right, 1);
});

test.run();
