// What cannot be read says what it is, and what to do.

import { appendFileSync, chmodSync, mkdirSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCapture } from '../../src/capture/capture.js';
import { CaptureError } from '../../src/capture/capture-error.js';
import { problemCounts, readCapture, temporaryFile } from '../support/capture.js';
import { pcapFile, pcapngFile } from '../support/pcap-writer.js';

const GOOD = pcapFile([{ timeNs: 0, bytes: new Uint8Array(60).fill(1) }]);

async function message(path: string): Promise<string> {
  try {
    await openCapture([path]);
  } catch (error) {
    assert.instance(error, CaptureError);
    assert.is((error as CaptureError).exitCode, 3);
    return (error as Error).message.replace(path, 'FILE');
  }
  return 'no error';
}

test('a file of the wrong kind says how it starts', async () => {
  const read = 'pcap, pcapng, and those in gzip, zstd or lz4 are read';
  const cases: [string | Uint8Array, string][] = [
    ['hello, world', `"FILE" is not a capture file: it starts with "hell"; ${read}`],
    ['hi', `"FILE" is not a capture file: it starts with "hi"; ${read}`],
    [
      Uint8Array.of(1, 2, 0xff, 4, 5),
      `"FILE" is not a capture file: it starts with the bytes 01 02 ff 04; ${read}`,
    ],
    [
      Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2),
      `"FILE" is not a capture file: it is a program (ELF); ${read}`,
    ],
    [new Uint8Array(0), '"FILE" is empty: there is nothing to read'],
    [GOOD.slice(0, 20), '"FILE" is a pcap file cut within its header: 20 of 24 bytes are there'],
    [
      pcapngFile([]).slice(0, 10),
      '"FILE" is a pcapng file cut within its header: 10 of 28 bytes are there',
    ],
  ];
  for (const [bytes, wanted] of cases) assert.is(await message(temporaryFile(bytes)), wanted);
});

test('what the file system refuses', async () => {
  const folder = join(dirname(temporaryFile('x')), 'folder.pcap');
  mkdirSync(folder);
  assert.is(await message(folder), '"FILE" is a directory: name the capture files in it');
  assert.is(await message(join(folder, 'none')), '"FILE" does not exist: check the path');
  const under = join(temporaryFile('x'), 'y');
  assert.match(await message(under), 'does not exist: a part of its path is not a directory');
});

test('a file without permission', async () => {
  const path = temporaryFile(GOOD);
  chmodSync(path, 0);
  const said = await asNobody(() => message(path));
  assert.match(said, 'you lack the permission');
});

/** Root may read everything, and becomes nobody for as long as `run` takes. */
async function asNobody<T>(run: () => Promise<T>): Promise<T> {
  const root = process.getuid?.() === 0;
  if (root) process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    if (root) process.seteuid?.(0);
  }
}

test('one bad file among several is told, and the others are read', async () => {
  const bad = temporaryFile('this is no capture');
  const empty = temporaryFile('');
  const { packets, facts, problems, failures } = await readCapture([
    bad,
    temporaryFile(GOOD),
    empty,
    '/nowhere/at/all.pcap',
  ]);
  assert.is(packets.length, 1);
  assert.is(packets[0].file, 1);
  assert.is(failures.length, 3);
  assert.match(facts.files[0].error!, 'is not a capture file');
  assert.is(facts.files[1].error, undefined);
  assert.equal(problemCounts(problems), { 'not-a-capture': 2, 'empty-file': 1 });
});

test('where none can be read the first one is thrown', async () => {
  try {
    await openCapture([temporaryFile('nothing'), temporaryFile('')]);
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, 'is not a capture file: it starts with "noth"');
  }
});

test('a capture without packets is one', async () => {
  for (const bytes of [pcapFile([]), pcapngFile([])]) {
    const { packets, facts, problems } = await readCapture([temporaryFile(bytes)]);
    assert.is(packets.length, 0);
    assert.is(facts.spanNs, 0);
    assert.is(facts.epoch, undefined);
    assert.equal(problemCounts(problems), {});
  }
});

test('a cut file at rest is cut; one written to a moment ago may be growing', async () => {
  const path = temporaryFile(pcapFile([{ timeNs: 0, bytes: new Uint8Array(60) }]).slice(0, -1));
  const fresh = await readCapture([path]);
  assert.match(fresh.problems.kept[0].text, 'the file is cut, or still being written');
  utimesSync(path, 1_700_000_000, 1_700_000_000);
  const old = await readCapture([path]);
  assert.is(
    old.problems.kept[0].text,
    'the last record needs 76 bytes, 75 are there: the file is cut',
  );
});

test('a file that grows while it is read is read to where it ends then', async () => {
  const whole = pcapFile(
    Array.from({ length: 50 }, (_, i) => ({ timeNs: i, bytes: new Uint8Array(100_000) })),
  );
  const path = temporaryFile(whole.slice(0, 3_000_000));
  const capture = await openCapture([path]);
  let packets = 0;
  const facts = await capture.run({
    packet({ frame }) {
      packets += 1;
      if (frame === 2) appendFileSync(path, whole.slice(3_000_000, 4_000_100));
    },
  });
  assert.is(packets, 39);
  assert.is(facts.files[0].end, 'growing');
  assert.equal(problemCounts(capture.problems), {});
});

test.run();
