// One test file, run by uvu in this process. A file that cannot be loaded, a file without a test and a test
// that asserts nothing fail. What comes of it is a value that can be sent to another process.

import { register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type AskedIds, addAsked, takeAsked } from './asked.js';
import { asserted } from './counted-assert.js';
import type { Skipped } from './needs.js';

export interface FileOutcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The skipped tests, and what they lacked. */
  readonly lacking: readonly Skipped[];
  /** Whether it took a capture that does not lie in the repository. */
  readonly tookOutside: boolean;
  readonly asked: AskedIds;
}

/** What a uvu suite answers: failures as text (or true), passed, skipped, total. */
type Suite = () => Promise<[string | true, number, number, number]>;
const uvu = globalThis as unknown as {
  UVU_DEFER: number;
  UVU_INDEX: number;
  UVU_QUEUE: [string, ...Suite[]][];
};

// Test files get uvu's assertions with a counter, so that a test that asked for nothing is seen.
register('./counted-assert-hook.mjs', import.meta.url);
// uvu runs each file at once unless it is told, before it loads, that somebody collects them.
uvu.UVU_DEFER = 1;
const { test } = await import('uvu');
const { skippedTests } = await import('./needs.js');
const { takenOutside } = await import('./shared.js');

const SLOW_MS = 5000;
let files = 0;

/** `before`: what files that ran elsewhere asked for. */
export async function runFile(path: string, name: string, before: AskedIds): Promise<FileOutcome> {
  const index = files++;
  uvu.UVU_INDEX = index;
  uvu.UVU_QUEUE[index] = [name];
  process.stdout.write(`${name} `);
  const started = process.hrtime.bigint();
  const skippedBefore = skippedTests.length;
  const outsideBefore = takenOutside();
  addAsked(before);
  let [passed, failed, skipped, tests] = [0, 0, 0, 0];
  try {
    refuseIdleTests();
    await import(pathToFileURL(path).href);
    for (const suite of uvu.UVU_QUEUE[index].slice(1) as Suite[]) {
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
    console.log(
      `\n  ${name} cannot be run: ${error instanceof Error ? error.stack : String(error)}`,
    );
  }
  const lacking = skippedTests.slice(skippedBefore);
  if (lacking.length !== skipped) {
    failed++;
    console.log(`  ${name} skips a test without a word of why (support/needs.ts)`);
  }
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  if (ms > SLOW_MS) console.log(`  slow: ${name} took ${Math.round(ms / 1000)} s`);
  if (tests === 0) {
    failed++;
    console.log(`  ${name} has no test (is test.run() missing?)`);
  }
  const tookOutside = takenOutside() > outsideBefore;
  return { passed, failed, skipped, lacking, tookOutside, asked: takeAsked() };
}

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
