// Pairs of captures made of recordings by random wishes, compared, and judged by what was done: each seed that says
// what is not so is printed. `node --import tsx tools/points-fuzz.ts FIRST COUNT`.

import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { analyse } from '../src/pipeline.js';
import { compareAll } from '../src/points/all-points.js';
import { pointsReport } from '../src/points/points-report.js';
import { readCapture } from '../test/support/capture.js';
import { judged } from '../test/support/pair-truth.js';
import { PAIR_CAPTURES, pairCapture, wishFor } from '../test/support/pair-wishes.js';
import { makePair } from '../test/support/point-pairs.js';

const [first = '1', count = '20', only = ''] = process.argv.slice(2);
let wrong = 0;
for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
  const name = only === '' ? PAIR_CAPTURES[seed % PAIR_CAPTURES.length] : only;
  const wish = wishFor(name, seed);
  const { packets } = await readCapture([pairCapture(name)]);
  const truth = makePair(packets, wish);
  const points = [
    { name: 'host', path: truth.host },
    { name: 'array', path: truth.array },
  ];
  const { ends, pairs } = await compareAll(points, analyse);
  const said = judged(truth, pointsReport(points, ends, pairs));
  if (said.length > 0) {
    wrong++;
    const { pieces: out } = truth.lost.out;
    const { pieces: back } = truth.lost.back;
    process.stdout.write(
      `seed ${seed} ${name} ${JSON.stringify(wish)}\n  lost ${out}, ${back}, missed ${truth.missed.host.pieces}, ${truth.missed.array.pieces}; bare lost ${truth.lostBare.out}, ${truth.lostBare.back}, missed ${truth.missedBare.host}, ${truth.missedBare.array}\n${said
        .slice(0, 12)
        .map((text) => `  - ${text}\n`)
        .join('')}`,
    );
  }
  if (process.env['KEEP'] === undefined)
    rmSync(dirname(truth.host), { recursive: true, force: true });
  else process.stdout.write(`  ${truth.host} ${truth.array}\n`);
}
process.stdout.write(`${count} pairs, ${wrong} wrong\n`);
process.exitCode = wrong > 0 ? 1 : 0;
