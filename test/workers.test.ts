// The runner's processes: what each file came to is told once, also of one that ends its process, that lets it
// leave with a test under way, or that sticks; the others go on.

import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Ended, runInWorkers } from './support/workers.js';

function order(name: string) {
  return {
    name,
    path: fileURLToPath(new URL(`support/samples/${name}`, import.meta.url)),
    asked: [],
  };
}

async function endsOf(names: readonly string[], size: number, fileMs?: number): Promise<Ended[]> {
  const ends: Ended[] = [];
  await runInWorkers(names.map(order), size, [], (of) => ends.push(of), fileMs);
  return ends;
}

test('a file that ends its process is named, and what stands behind it runs', async () => {
  const ends = await endsOf(['exits.ts', 'passes.ts', 'never-settles.ts', 'passes.ts'], 1);
  assert.equal(
    ends.map(({ name, died }) => [name, died]),
    [
      ['exits.ts', 'exit code 3'],
      ['passes.ts', undefined],
      ['never-settles.ts', 'exit code 0'],
      ['passes.ts', undefined],
    ],
  );
  for (const { outcome, text } of [ends[1], ends[3]]) {
    assert.equal([outcome?.passed, outcome?.failed, outcome?.skipped], [1, 1, 1]);
    assert.equal(outcome?.lacking, [{ name: 'is skipped', lacked: '/no/such/path' }]);
    assert.equal(outcome?.asked, [['sample', { told: 1, quiet: 0 }]]);
    assert.match(text, /^passes\.ts [\s\S]*FAIL[\s\S]*"fails"/);
  }
});

test('one that sticks is ended, and named', async () => {
  const [{ name, died }, ...more] = await endsOf(['sticks.ts'], 2, 1000);
  assert.is(name, 'sticks.ts');
  assert.match(died ?? '', /^it took more than 1 s/);
  assert.equal(more, []);
});

test.run();
