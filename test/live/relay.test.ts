// The thread between a capturing program and us: it reads while nobody here does. Needs the build.

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Child } from '../../src/live/child.js';
import { openRelay } from '../../src/live/relay.js';
import { PATIENCE_MS } from '../support/wait.js';

/** More than pipes and sockets hold. */
const BYTES = 8 << 20;
const folder = mkdtempSync(join(tmpdir(), 'sanscope-test-'));

const THREAD = new URL('../../dist/live/relay-thread.js', import.meta.url);

async function begin(program: string, ...args: readonly string[]): Promise<Child> {
  // Others run relays of their own meanwhile: the folder of this one is ours.
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  const opening = openRelay(THREAD);
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  const relay = await opening;
  assert.ok(relay, 'there is none');
  return new Child({ name: 'tcpdump', program, args }, 'lo', relay);
}

/** Writes `BYTES` bytes, and leaves `mark` when they are written. */
function writer(mark: string): Promise<Child> {
  return begin('/bin/sh', '-c', `yes 0123456789abcde | head -c ${BYTES}; : > '${mark}'`);
}

/** Nothing else is done here until `path` is there: no event, no read. */
function blockUntil(path: string): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (let ms = 0; !existsSync(path); ms += 5) {
    assert.ok(ms < PATIENCE_MS, 'it waits for us');
    Atomics.wait(cell, 0, 0, 5);
  }
}

test('a program that captures never waits for us, and nothing of what it wrote is lost', async () => {
  const mark = join(folder, 'written');
  const child = await writer(mark);
  blockUntil(mark);
  let at = 0;
  for await (const chunk of child.packets as AsyncIterable<Buffer>) {
    for (let i = 0; i < chunk.length; i++, at++) {
      const wanted = '0123456789abcde\n'.charCodeAt(at & 15);
      if (chunk[i] !== wanted) assert.unreachable(`byte ${at} is ${chunk[i]}`);
    }
  }
  assert.is(at, BYTES);
  await child.ended;
});

test('whoever stops reading does not stop the program', async () => {
  const mark = join(folder, 'gone');
  const child = await writer(mark);
  child.packets.destroy();
  await child.ended;
  assert.ok(existsSync(mark));
});

test('a program that cannot be started ends what is read of it', async () => {
  const child = await begin(join(folder, 'nothing'));
  const chunks: unknown[] = [];
  for await (const chunk of child.packets) chunks.push(chunk);
  assert.equal(chunks, []);
  assert.match((await child.ended).failure?.text ?? '', /cannot be started/);
});

test('nothing is left of it', () => {
  assert.equal(readdirSync(folder).sort(), ['gone', 'written']);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
