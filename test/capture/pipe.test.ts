// Captures from standard input and named pipes, read by a process of their own.

import { execFileSync, spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readCapture, temporaryFile } from '../support/capture.js';
import { concat } from '../support/octets.js';
import {
  type CapturedPacket,
  PcapngWriter,
  pcapFile,
  pcapngFile,
  Words,
} from '../support/pcap-writer.js';

const PROGRAM = fileURLToPath(new URL('../support/read-program.ts', import.meta.url));

interface Told {
  readonly error?: string;
  readonly exitCode?: number;
  readonly packets?: readonly string[];
  readonly end?: string;
  readonly format?: string;
  readonly piped?: boolean;
  readonly size?: number;
  readonly problems?: Record<string, number>;
  readonly texts?: readonly string[];
}

/** Runs the reading program on `path`, with the chunks on its standard input, one after the other. */
function read(path: string, chunks: readonly Uint8Array[] = [], stopAfter = 0): Promise<Told> {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, path, String(stopAfter)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => {}); // it may stop before it has read all
  let said = '';
  child.stdout.on('data', (text: Buffer) => {
    said += text;
  });
  for (const chunk of chunks) child.stdin.write(chunk);
  if (stopAfter === 0) child.stdin.end();
  return new Promise((resolve) => child.on('close', () => resolve(JSON.parse(said) as Told)));
}

const PACKETS: CapturedPacket[] = Array.from({ length: 700 }, (_, i) => ({
  timeNs: i * 1_234_567,
  bytes: Uint8Array.from({ length: 40 + (i % 1460) }, (_, k) => (k * 7) ^ i),
  originalLength: 40 + (i % 1460) + (i % 3),
}));

/** What the file reader tells of the same bytes, in the program's words. */
async function asFile(bytes: Uint8Array): Promise<readonly string[]> {
  const { packets } = await readCapture([temporaryFile(bytes)]);
  return packets.map(
    (p) =>
      `${p.frame} ${p.time} ${p.originalLength} ${p.linkType} ${Buffer.from(p.bytes).toString('base64')}`,
  );
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
  return chunks;
}

const KINDS: readonly (readonly [string, Uint8Array, string])[] = [
  ['pcap in microseconds', pcapFile(PACKETS, { resolution: 'us', linkType: 0x50000001 }), 'pcap'],
  ['pcap in nanoseconds', pcapFile(PACKETS, { resolution: 'ns' }), 'pcap'],
  ['pcap, big-endian', pcapFile(PACKETS, { resolution: 'ns', bigEndian: true }), 'pcap'],
  ['pcapng', pcapngFile(PACKETS), 'pcapng'],
];

for (const [name, bytes, format] of KINDS) {
  test(`${name} on standard input is read as from a file`, async () => {
    const told = await read('-', cut(bytes, 10_001));
    assert.is(told.error, undefined);
    assert.is(told.format, format);
    assert.is(told.piped, true);
    assert.is(told.size, bytes.length);
    assert.equal(told.packets, await asFile(bytes));
    assert.equal(told.problems, {});
  });
}

test('captures put together as they are, and variants of pcap, come from a pipe as from a file', async () => {
  const ns = pcapFile(PACKETS.slice(0, 50), { resolution: 'ns' });
  const big = pcapFile(PACKETS.slice(0, 50), { resolution: 'us', bigEndian: true });
  const longer = new Words(false).u32(0xa1b2c3d4).u16(2).u16(4).u32(0).u32(0).u32(65535).u32(1);
  for (const { bytes } of PACKETS.slice(0, 50)) {
    longer.u32(1_700_000_000).u32(5).u32(bytes.length).u32(bytes.length).u32(9).octets(bytes);
  }
  for (const file of [concat(ns, big, ns), concat(big, ns), longer.done()]) {
    const told = await read('-', cut(file, 10_001));
    assert.equal(told.packets, await asFile(file));
    assert.is((told.packets ?? []).length % 50, 0);
    assert.is(told.problems?.['record-skipped'], undefined);
  }
});

test('gzip on standard input', async () => {
  const bytes = pcapFile(PACKETS);
  const told = await read('-', cut(gzipSync(bytes), 999));
  assert.equal(told.packets, await asFile(bytes));
});

test('/dev/stdin is standard input, and so is a file redirected to it', async () => {
  const bytes = pcapFile(PACKETS);
  const told = await read('/dev/stdin', [bytes]);
  assert.equal(told.packets, await asFile(bytes));
  for (const packed of [bytes, gzipSync(bytes)]) {
    const path = temporaryFile(packed);
    const command = `"${process.execPath}" --import tsx "${PROGRAM}" - 0 < "${path}"`;
    const said = execFileSync('sh', ['-c', command], { maxBuffer: 1 << 26 }).toString();
    const redirected = JSON.parse(said) as Told;
    assert.equal(redirected.packets, await asFile(bytes));
    assert.is(redirected.piped, false);
  }
});

test('a named pipe', async () => {
  const path = join(dirname(temporaryFile('x')), 'fifo');
  execFileSync('mkfifo', [path]);
  const bytes = pcapFile(PACKETS);
  const told = read(path);
  createReadStream(temporaryFile(bytes)).pipe(createWriteStream(path));
  assert.equal((await told).packets, await asFile(bytes));
});

test('a cut pipe tells what is missing, wherever it is cut', async () => {
  const bytes = pcapFile(PACKETS.slice(0, 3));
  for (const [length, text] of [
    [bytes.length - 1, 'the last record needs 58 bytes, 57 are there'],
    [bytes.length - 45, 'the last record needs 16 bytes, 13 are there'],
  ] as const) {
    const told = await read('-', [bytes.slice(0, length)]);
    assert.is(told.packets!.length, 2);
    assert.is(told.end, 'cut');
    assert.equal(told.texts, [`${text}: the file is cut`]);
  }
  const whole = await read('-', [bytes]);
  assert.is(whole.packets!.length, 3);
  assert.is(whole.end, 'complete');
});

test('a record of 4 GB does not stop the reading', async () => {
  const first = pcapFile(PACKETS.slice(0, 10));
  const all = pcapFile(PACKETS);
  new DataView(all.buffer).setUint32(first.length + 8, 0xfffffff0, true);
  const told = await read('-', cut(all, 65_536));
  const wanted = (await asFile(pcapFile(PACKETS))).map((row) => row.split(' ').at(-1));
  wanted.splice(10, 1);
  const got = told.packets!.map((row) => row.split(' ').at(-1));
  assert.equal(got, wanted);
  assert.equal(told.problems, { 'record-skipped': 1 });
});

test('what is no capture says so', async () => {
  const text = await read('-', [Buffer.from('hello world, this is text')]);
  assert.match(text.error!, 'standard input is not a capture file: it starts with "hell"');
  assert.is(text.exitCode, 3);
  assert.match((await read('-', [])).error!, 'standard input is empty');
  assert.match(
    (await read('-', [pcapFile([]).slice(0, 9)])).error!,
    'cut within its header: 9 of 24',
  );
  const version = pcapFile([]);
  version[4] = 9;
  assert.match((await read('-', [version])).error!, 'pcap version 9.4; only version 2.4 is known');
});

test('packets of a live pipe are delivered before it ends', async () => {
  for (const bytes of [pcapFile(PACKETS.slice(0, 5)), pcapngFile(PACKETS.slice(0, 5))]) {
    const told = await read('-', [bytes], 5);
    assert.is(told.packets!.length, 5);
    assert.is(told.end, 'stopped');
  }
});

test('pcapng of several sections, byte by byte', async () => {
  const file = new PcapngWriter().section().interface().enhanced(0, 1, new Uint8Array(30));
  file.bigEndian = true;
  const bytes = file.section().interface().enhanced(0, 2, new Uint8Array(31)).done();
  const told = await read('-', cut(bytes, 1));
  assert.equal(told.packets, await asFile(bytes));
});

test.run();
