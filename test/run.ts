// Runs every test file below test/ (or those whose path contains one of the arguments) on uvu, in
// one process. A file that cannot be loaded, a file without a test, a test that asserts nothing and a
// run without a test fail. What was skipped is said by name, with what it lacked.
// The last line is `N passed, N failed[, N skipped]`.

import { register } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parse } from 'uvu/parse';
import { asserted } from './support/counted-assert.js';
import { isChosen } from './support/selection.js';

/** What a uvu suite answers: failures as text (or true), passed, skipped, total. */
type Suite = () => Promise<[string | true, number, number, number]>;
const shared = globalThis as unknown as {
  UVU_DEFER: number;
  UVU_INDEX: number;
  UVU_QUEUE: [string, ...Suite[]][];
};

// Test files get uvu's assertions with a counter, so that a test that asked for nothing is seen.
register('./support/counted-assert-hook.mjs', import.meta.url);
// uvu runs each file at once unless it is told, before it loads, that somebody collects them.
shared.UVU_DEFER = 1;
const { test } = await import('uvu');
const { skippedTests } = await import('./support/needs.js');

const here = fileURLToPath(new URL('.', import.meta.url));
const { suites } = await parse(here, '\\.test\\.tsx?$');
const chosen = suites.map((suite) => suite.file).filter((file) => isChosen(relative(here, file)));
// What looks back on others comes last.
const isLast = (file: string): number => Number(/\.last\.test\.tsx?$/.test(file));
chosen.sort((a, b) => isLast(a) - isLast(b));

let passed = 0;
let failed = 0;
let skipped = 0;
let running = 'loading';
process.on('exit', (code) => {
  // A promise that never settles lets Node leave quietly: that is a failure, not a success.
  if (running === '') return;
  console.log(`\nended early in ${running}\n${passed} passed, ${failed + 1} failed`);
  process.exitCode = code || 1;
});
const lacking = new Map<string, string[]>();

for (const [index, file] of chosen.entries()) {
  const name = relative(here, file);
  running = name;
  shared.UVU_INDEX = index;
  shared.UVU_QUEUE[index] = [name];
  process.stdout.write(`${name} `);
  const started = process.hrtime.bigint();
  const before = skippedTests.length;
  let tests = 0;
  let skips = 0;
  try {
    refuseIdleTests();
    await import(pathToFileURL(file).href);
    for (const suite of shared.UVU_QUEUE[index].slice(1) as Suite[]) {
      const [errors, ran, skips_, total] = await suite();
      tests += total + skips_;
      passed += ran;
      skips += skips_;
      failed += total - ran;
      if (errors !== true) console.log(`\n${errors}`);
    }
  } catch (error) {
    failed++;
    tests++;
    console.log(`\n  cannot run ${name}: ${error instanceof Error ? error.stack : String(error)}`);
  }
  skipped += skips;
  const told = skippedTests.slice(before);
  for (const { name: what, lacked } of told) {
    lacking.set(lacked, [...(lacking.get(lacked) ?? []), `${name}: ${what}`]);
  }
  if (told.length !== skips) {
    failed++;
    console.log(`  ${name} skips a test without a word of why (support/needs.ts)`);
  }
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  if (ms > 5000) console.log(`  slow: ${name} took ${Math.round(ms / 1000)} s`);
  if (tests === 0) {
    failed++;
    console.log(`  ${name} has no test (is test.run() missing?)`);
  }
}
if (passed + failed === 0) {
  failed++;
  console.log('no test file found');
}
running = '';
for (const [lacked, tests] of lacking) {
  console.log(`\nskipped, for want of ${lacked}:`);
  for (const what of tests) console.log(`  ${what}`);
}
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;

/** For the suite of the file that is loaded next: each of its tests has to assert something. */
function refuseIdleTests(): void {
  let before = 0;
  let over = true;
  test.before.each(() => {
    before = asserted();
    over = false;
  });
  test.after.each(() => {
    // uvu calls this again where it (or the test) failed: then there is nothing to add.
    if (over || asserted() > before) return;
    over = true;
    throw new Error('this test passes without asserting anything');
  });
}
