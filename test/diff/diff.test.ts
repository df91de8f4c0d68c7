import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { differs, quantile, rankTest, sureOf } from '../../src/diff/samples.js';
import { Histogram } from '../../src/lib/histogram.js';
import { readCapture } from '../support/capture.js';
import { pcapFile } from '../support/pcap-writer.js';
import { temporaryFolder } from '../support/temporary.js';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const LOAD = 'captures/tgt-mixed-load.pcap.gz';
const folder = temporaryFolder('diff');

function run(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/sanscope.js', ...args], {
    cwd: TOP,
    maxBuffer: 1 << 27,
  });
  return { status, out: stdout.toString(), err: stderr.toString() };
}

/** The same recording, everything `times` as slow: the same depth, longer latencies. */
async function slower(times: number): Promise<string> {
  const { packets } = await readCapture([join(TOP, LOAD)]);
  const path = join(folder, `slower-${times}.pcap`);
  const stretched = packets.map(({ timeNs, bytes }) => ({
    timeNs: Math.round(timeNs * times),
    bytes,
  }));
  writeFileSync(path, pcapFile(stretched));
  return path;
}

test('the same load twice: no change, exit 0 whatever limits', () => {
  const { status, out } = run('diff', '--json', '--fail-on', 'p99:+1%,errors:+0%', LOAD, LOAD);
  assert.is(status, 0);
  const made = JSON.parse(out);
  assert.is(made.total.verdict, 'same');
  const verdicts = made.groups.map((group: { verdict: string }) => group.verdict);
  assert.not(verdicts.some((v: string) => !['same', 'few'].includes(v)));
  assert.equal(made.parameters, []);
});

test('slower is slower at the same depth, and a limit says so by its exit code', async () => {
  const path = await slower(1.5);
  const { status, out, err } = run('diff', '--json', '--fail-on', 'p99:+20%', LOAD, path);
  assert.is(status, 1);
  assert.match(err, /p99 went from 22\.4 ms to 33\.6 ms \(\+50\.0 %\)/);
  const made = JSON.parse(out);
  assert.is(made.total.verdict, 'slower');
  const read = made.groups.find(
    (g: { by: string; operation: string }) => g.by === 'operation' && g.operation === 'READ(10)',
  );
  assert.is(read.verdict, 'slower');
  assert.is(read.before.commandCount, 489);
  assert.is(Math.round(read.after.p50.value / read.before.p50.value / 0.015), 100);
  const back = JSON.parse(run('diff', '--json', path, LOAD).out);
  assert.is(back.total.verdict, 'faster');
});

test('a change too small to matter is none', async () => {
  const made = JSON.parse(run('diff', '--json', LOAD, await slower(1.03)).out);
  assert.is(made.total.verdict, 'same');
});

test('text says what changed; wrong limits and files are told', async () => {
  const { out } = run('diff', LOAD, 'captures/istgt-mixed-load.pcap.gz');
  assert.match(out, /How it was judged: rank test of Mann and Whitney/);
  assert.match(out, /gone/);
  assert.match(run('diff', '--fail-on', 'p98:+1%', LOAD, LOAD).err, /--fail-on takes p50/);
  assert.is(run('diff', LOAD).status, 2);
});

test('captures of other hosts and arrays are told as that', () => {
  const other = 'captures/san/fcip-login-and-load.pcap.gz';
  assert.match(run('diff', LOAD, other).out, /No initiator and target is in both captures/);
  assert.is(JSON.parse(run('diff', '--json', LOAD, other).out).pathsInCommon, 0);
  assert.not.match(run('diff', LOAD, LOAD).out, /No initiator and target is in both/);
});

test('few commands have no upper bound of their tail, and few of many groups differ by chance', () => {
  const few = quantile(sample(Array.from({ length: 100 }, (_, i) => i + 1)), 0.99);
  assert.is(few.bounded, false);
  assert.is(quantile(sample(Array.from({ length: 2000 }, (_, i) => i + 1)), 0.99).bounded, true);
  const slow = quantile(sample(Array.from({ length: 100 }, (_, i) => (i + 1) * 10)), 0.99);
  assert.is(differs(few, slow), false);
  assert.ok(Math.abs(sureOf(1) - 1.96) < 0.001, `${sureOf(1)}`);
  assert.ok(Math.abs(sureOf(100) - 3.4808) < 0.001, `${sureOf(100)}`);
});

function sample(values: readonly number[]): Histogram {
  const histogram = new Histogram(4096);
  for (const value of values) histogram.record(value);
  return histogram;
}

test('the rank test is that of all pairs', () => {
  const a = Array.from({ length: 150 }, (_, i) => (i * 7919) % 1000);
  const b = Array.from({ length: 120 }, (_, i) => ((i * 104_729) % 1000) + 150);
  let wins = 0;
  for (const y of b) for (const x of a) wins += y > x ? 1 : y === x ? 0.5 : 0;
  const share = wins / (a.length * b.length);
  const { slower: told, z } = rankTest(sample(a), sample(b));
  assert.ok(Math.abs(told - share) < 0.01, `${told} ${share}`);
  assert.ok(z > 1.96);
});

test('intervals of a percentile hold it', () => {
  // Of a thousand samples of 200 from 1 … 10,000 the interval of the median misses it seldom.
  let state = 5;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  let missed = 0;
  for (let n = 0; n < 1000; n++) {
    const values = Array.from({ length: 200 }, () => 1 + Math.floor(random() * 10_000));
    const { low, high } = quantile(sample(values), 0.5);
    if (low > 5000 || high < 5000) missed++;
  }
  assert.ok(missed < 70, `${missed}`);
});

test.run();
