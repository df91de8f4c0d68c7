// What flows through a pipe is kept up to a bound, and reads the same from its copy.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PipeSpool } from '../../src/capture/pipe-spool.js';
import { analyse } from '../../src/pipeline.js';
import { Keeper } from '../../src/store/keeper.js';
import { TOP } from '../support/program.js';

const folder = mkdtempSync(join(tmpdir(), 'sanscope-test-'));

/** A named pipe through which a capture flows. */
function pipeOf(name: string): { readonly path: string; readonly source: string } {
  const path = join(folder, `pipe-of-${name}`);
  const source = join(TOP, 'captures', name);
  execFileSync('mkfifo', [path]);
  spawn('sh', ['-c', 'cat "$0" > "$1"', source, path], { stdio: 'ignore' });
  return { path, source };
}

async function told(path: string, spool?: PipeSpool): Promise<string> {
  const keeper = new Keeper({ pdus: true });
  await analyse([path], { ...keeper.sinks(), spool });
  const { pdus, tasks } = keeper;
  const frames = Array.from({ length: pdus.count }, (_, row) => [pdus.frame(row), pdus.task(row)]);
  return JSON.stringify([tasks.count, frames]);
}

for (const name of ['tgt-chap.pcap', 'tgt-mid-stream.pcap.gz', 'tgt-two-interfaces.pcapng.gz']) {
  test(`${name}: a pipe and its copy tell the same`, async () => {
    const { path, source } = pipeOf(name);
    const spool = new PipeSpool();
    const piped = await told(path, spool);
    const copy = spool.pathOf(path);
    assert.is.not(copy, path);
    assert.equal(readFileSync(copy), readFileSync(source));
    assert.is(spool.bytes, readFileSync(source).length);
    assert.is(await told(copy), piped);
    assert.is(await told(source), piped);
    spool.close();
    assert.not(existsSync(copy));
  });
}

test('a bound ends the copying, not the reading, and says so', async () => {
  const { path, source } = pipeOf('tgt-discovery-login.pcap');
  const spool = new PipeSpool(100);
  assert.is(await told(path, spool), await told(source));
  assert.ok(spool.bytes <= 100);
  assert.match(spool.incomplete, /only the first \d+ bytes/);
  spool.close();
});

test('a plain file is read again as it is', async () => {
  const path = join(TOP, 'captures/tgt-chap.pcap');
  const spool = new PipeSpool();
  await told(path, spool);
  assert.equal([spool.pathOf(path), spool.bytes], [path, 0]);
});

test('the tests leave nothing behind', () => {
  rmSync(folder, { recursive: true });
  assert.not(existsSync(folder));
});

test.run();
