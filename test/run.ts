// Runs every test file below test/ (or those whose path contains one of the arguments) on uvu, in as many
// processes as there are processors (a few at most; SANSCOPE_TEST_WORKERS says how many, 1: in this one, where
// a debugger sees them). A file that cannot be loaded, dies or sticks, a file without a test, a test that asserts
// nothing and a run without a test fail. What was skipped is said by name, with what it lacked.
// The last line is `N passed, N failed[, N skipped]`.

import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'uvu/parse';
import { type Asked, addAsked } from './support/asked.js';
import { isChosen, words } from './support/selection.js';
import type { FileOutcome } from './support/test-file.js';
import { type Ended, type Order, runInWorkers } from './support/workers.js';

/** More help little: some files take a minute, and each process loads the source once more. */
const WORKERS_MAX = 4;

/** Begun first, so that none of them is still running when all others are over. */
const SLOW = [
  'story/damage.test.ts',
  'scrub/scrub.test.ts',
  'slice/transports.test.ts',
  'store/bounded.test.ts',
  'html/browser.test.ts',
  'mcp/server.test.ts',
  'export/engines.test.ts',
  'ui/while-open.test.ts',
  'cli/commands/sessions-luns.test.ts',
  'stream/express.test.ts',
  'live/program.test.ts',
  'story/secrets-rdma.test.ts',
  'differential/srt.test.ts',
  'packet/tshark.test.ts',
  'export/parquet.test.ts',
  'live/metrics.test.ts',
  'differential/pdml.test.ts',
];

const here = fileURLToPath(new URL('.', import.meta.url));
const { suites } = await parse(here, '\\.test\\.tsx?$');
const files = suites
  .map(({ file }) => ({ path: file, name: relative(here, file) }))
  .filter(({ name }) => isChosen(name));
// What looks back on others comes last.
const isLast = ({ name }: { name: string }): boolean => /\.last\.test\.tsx?$/.test(name);
const place = ({ name }: { name: string }): number => {
  const at = SLOW.indexOf(name);
  return at < 0 ? SLOW.length : at;
};
const first = files.filter((file) => !isLast(file)).sort((a, b) => place(a) - place(b));
const last = files.filter(isLast);

let passed = 0;
let failed = 0;
let skipped = 0;
/** What this process runs. */
let running = 'loading';
const lacking = new Map<string, string[]>();
const outside: string[] = [];
const asked = new Map<string, Asked>();

process.on('exit', (code) => {
  // A promise that never settles lets Node leave quietly: that is a failure, not a success.
  if (running === '') return;
  console.log(`\nended early in ${running}\n${passed} passed, ${failed + 1} failed`);
  process.exitCode = code || 1;
});

const size = Math.min(workersWished(), first.length);
for (const stage of [first, last]) {
  const orders = stage.map((file) => ({ ...file, asked: stage === last ? [...asked] : [] }));
  if (size > 1) await runInWorkers(orders, Math.min(size, orders.length), words, ended);
  else await runHere(orders);
}

if (passed + failed === 0) {
  failed++;
  console.log('no test file found');
}
running = '';
for (const [lacked, tests] of [...lacking].sort()) {
  console.log(`\nskipped, for want of ${lacked}:`);
  for (const what of tests.sort()) console.log(`  ${what}`);
}
if (outside.length > 0) {
  // .ci/run looks at these once more where nothing lies outside.
  console.log('\ntook captures from outside the repository:');
  for (const name of outside.sort()) console.log(`  ${name}`);
}
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;

function workersWished(): number {
  const wish = Number(process.env['SANSCOPE_TEST_WORKERS']);
  if (Number.isInteger(wish) && wish > 0) return wish;
  return Math.min(WORKERS_MAX, availableParallelism());
}

async function runHere(orders: readonly Order[]): Promise<void> {
  if (orders.length === 0) return;
  const { runFile } = await import('./support/test-file.js');
  for (const order of orders) {
    running = order.name;
    count(order.name, await runFile(order.path, order.name, order.asked));
  }
}

function ended({ name, text, outcome, died }: Ended): void {
  process.stdout.write(text);
  if (outcome !== undefined) {
    count(name, outcome);
    return;
  }
  failed++;
  console.log(`\n  ended early in ${name}: ${died}`);
}

function count(name: string, outcome: FileOutcome): void {
  passed += outcome.passed;
  failed += outcome.failed;
  skipped += outcome.skipped;
  addAsked(outcome.asked, asked);
  if (outcome.tookOutside) outside.push(name);
  for (const { name: what, lacked } of outcome.lacking) {
    lacking.set(lacked, [...(lacking.get(lacked) ?? []), `${name}: ${what}`]);
  }
}
