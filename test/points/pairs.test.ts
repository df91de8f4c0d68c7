// Pairs of captures by seeds, each with some of what may be between two points and at them: what sanscope says of them is
// what was done. tools/points-fuzz.ts tries more of them.

import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/pipeline.js';
import { compareAll } from '../../src/points/all-points.js';
import { pointsReport } from '../../src/points/points-report.js';
import { readCapture } from '../support/capture.js';
import { judged } from '../support/pair-truth.js';
import { PAIR_CAPTURES, pairCapture, wishFor } from '../support/pair-wishes.js';
import { makePair, type PairWish } from '../support/point-pairs.js';

const LOAD = fileURLToPath(new URL('../../captures/istgt-mixed-load.pcap.gz', import.meta.url));

async function wrong(capture: string, wish: PairWish): Promise<string[]> {
  const { packets } = await readCapture([capture]);
  const truth = makePair(packets, wish);
  try {
    const points = [
      { name: 'host', path: truth.host },
      { name: 'array', path: truth.array },
    ];
    const { ends, pairs } = await compareAll(points, analyse);
    return judged(truth, pointsReport(points, ends, pairs));
  } finally {
    rmSync(dirname(truth.host), { recursive: true, force: true });
  }
}

const SEEDS = [2, 6, 10, 12, 14, 19, 34, 40];

for (const seed of SEEDS) {
  const name = PAIR_CAPTURES[seed % PAIR_CAPTURES.length];
  test(`seed ${seed} of ${name}`, async () => {
    assert.equal(await wrong(pairCapture(name), wishFor(name, seed)), []);
  });
}

const MS = 1e6;
const WAYS: PairWish = {
  seed: 7,
  slower: 300,
  outNs: 0.5 * MS,
  backNs: 0.5 * MS,
  inOrder: true,
  clock: { offsetNs: 4 * MS },
};
const LOSSY = { lossOut: 0.02, lossBack: 0.02 };

test('super-frames here, others there, and lost segments between: each is counted', async () => {
  const wish = { ...WAYS, ...LOSSY, host: { offload: 60_000 }, array: { offload: 20_000 } };
  assert.equal(await wrong(LOAD, wish), []);
});

test('ports used again: at both points, behind address translation, and where one point has the second time only', async () => {
  const again = { ...WAYS, againNs: 200 * MS };
  assert.equal(await wrong(LOAD, { ...again, ...LOSSY }), []);
  assert.equal(await wrong(LOAD, { ...again, translate: 'nat' }), []);
  assert.equal(await wrong(LOAD, { ...again, array: { gaps: [[0, 0.52]] } }), []);
});

test.run();
