// Runs every test file below test/ (or those whose path contains one of the arguments) on uvu, in
// one process. A file that cannot be loaded, a file without a test and a run without a test fail.
// The last line is `N passed, N failed[, N skipped]`.

import { relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parse } from 'uvu/parse';

/** What a uvu suite answers: failures as text (or true), passed, skipped, total. */
type Suite = () => Promise<[string | true, number, number, number]>;
const shared = globalThis as unknown as {
  UVU_DEFER: number;
  UVU_INDEX: number;
  UVU_QUEUE: [string, ...Suite[]][];
};

// uvu runs each file at once unless it is told, before it loads, that somebody collects them.
shared.UVU_DEFER = 1;
await import('uvu');

const here = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2);
const { suites } = await parse(here, '\\.test\\.tsx?$');
const chosen = suites
  .map((suite) => suite.file)
  .filter((file) => wanted.length === 0 || wanted.some((w) => relative(here, file).includes(w)));

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

for (const [index, file] of chosen.entries()) {
  const name = relative(here, file);
  running = name;
  shared.UVU_INDEX = index;
  shared.UVU_QUEUE[index] = [name];
  process.stdout.write(`${name} `);
  const started = process.hrtime.bigint();
  let tests = 0;
  try {
    await import(pathToFileURL(file).href);
    for (const suite of shared.UVU_QUEUE[index].slice(1) as Suite[]) {
      const [errors, ran, skips, total] = await suite();
      tests += total + skips;
      passed += ran;
      skipped += skips;
      failed += total - ran;
      if (errors !== true) console.log(`\n${errors}`);
    }
  } catch (error) {
    failed++;
    tests++;
    console.log(`\n  cannot run ${name}: ${error instanceof Error ? error.stack : String(error)}`);
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
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
