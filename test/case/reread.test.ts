// A PDU decoded again from its own packets is the PDU that passed when all was read in order.

import {
  createReadStream,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Capture, CaptureOptions } from '../../src/capture/capture.js';
import { Followed } from '../../src/capture/follow.js';
import { captureFollowed, captureStream } from '../../src/capture/live-capture.js';
import { PipeSpool } from '../../src/capture/pipe-spool.js';
import { Case } from '../../src/case/case.js';
import { Details } from '../../src/case/pdu-details.js';
import { Again } from '../../src/case/reread.js';
import type { PduFacts } from '../../src/decode/facts.js';
import { type PduPart, pduParts } from '../../src/decode/octets.js';
import { PduReader } from '../../src/decode/pdu-reader.js';
import { PROBLEMS_KEPT_PER_KIND } from '../../src/limits.js';
import type { Pdu, PduSink } from '../../src/pdu/pdu.js';
import { analyse, analyseCapture } from '../../src/pipeline.js';
import { ProblemLog } from '../../src/problem.js';
import type { Node } from '../../src/wire/tree.js';
import { needs } from '../support/needs.js';
import { sharedCapture } from '../support/shared.js';
import { open } from '../support/ui.js';

const captures = new URL('../../captures', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'sanscope-again-'));

function told(tree: readonly Node[], parts: readonly PduPart[]): string {
  return JSON.stringify([tree, parts.map((p) => [p, Buffer.from(p.bytes).toString('hex')])]);
}

/** Packed captures have no places to read again from. */
function unpacked(name: string): string {
  const path = resolve(captures, name);
  if (!name.endsWith('.gz')) return path;
  const plain = join(folder, name.replace(/\.gz$/, ''));
  writeFileSync(plain, gunzipSync(readFileSync(path)));
  return plain;
}

/** All PDUs in the order of the wire, each as it passed. */
async function inOrder(path: string): Promise<string[]> {
  const found: string[] = [];
  const numbers: number[] = [];
  let count = 0;
  const reader = new PduReader({
    details: true,
    take: (facts: PduFacts) => {
      found[numbers[facts.pdu.direction]] = told(facts.tree(), pduParts(facts, false));
    },
  });
  const sink: PduSink = {
    begin: (pdu: Pdu) => {
      numbers[pdu.direction] = count++;
      return reader.begin(pdu);
    },
    end: (pdu) => reader.end(pdu),
    lost: (direction, bytes, timeNs, frame) => reader.lost(direction, bytes, timeNs, frame),
    ended: (...of) => reader.ended(...of),
  };
  await analyse([path], { taskSink: reader, pduSink: sink, look: reader.look });
  return found;
}

async function compare(name: string): Promise<{ pdus: number; found: number }> {
  const path = unpacked(name);
  const kase = new Case({ files: [path], analyse, options: {}, turn() {} });
  await kase.load();
  const expected = await inOrder(path);
  const again = new Again(kase, (_, offset) => ({ path, offset }));
  let found = 0;
  for (let row = 0; row < kase.pdus.count; row++) {
    const detail = again.read(row);
    if (detail === undefined) continue;
    found++;
    const words = `${name}, PDU ${row}, frame ${kase.pdus.frame(row)}`;
    assert.is(told(detail.tree, detail.parts), expected[row], words);
  }
  return { pdus: kase.pdus.count, found };
}

// Digests, text over several PDUs, parameter data of a tape, a DVD and of all sorts, IPv6, segments
// that came again or out of order, bursts over many packets, cut packets, pcapng with two interfaces.
for (const name of [
  'istgt-both-digests.pcap.gz',
  'istgt-tape.pcap',
  'istgt-dvd.pcap',
  'istgt-many-r2ts.pcap.gz',
  'istgt-three-connections.pcap.gz',
  'tgt-any-interface-sll2.pcap.gz',
  'tgt-chap-mutual.pcap',
  'tgt-discovery-login.pcap',
  'tgt-header-digest.pcap.gz',
  'tgt-hostile-data.pcap.gz',
  'tgt-ipv6.pcap.gz',
  'tgt-killed-and-back.pcap.gz',
  'tgt-libiscsi-iscsi-tests.pcap.gz',
  'tgt-mixed-load-snaplen160.pcap.gz',
  'tgt-reordered.pcap.gz',
  'tgt-two-interfaces.pcapng.gz',
]) {
  test(`${name}: every PDU can be decoded again, and is the same`, async () => {
    const { pdus, found } = await compare(name);
    assert.ok(pdus > 0);
    assert.is(found, pdus);
  });
}

test('joined in mid-stream: all but PDUs whose bytes were not captured', async () => {
  const { pdus, found } = await compare('tgt-mid-stream.pcap.gz');
  assert.ok(found >= pdus - 2 && found < pdus, `${found} of ${pdus}`);
});

/** The same of what flows through a live pipe, or lies in the files of a ring: from their copy. */
async function compareKept(
  path: string,
  open: (options: CaptureOptions) => Promise<Capture>,
  spool = new PipeSpool(),
): Promise<{ pdus: number; found: number; firstFound: number; lastFound: number }> {
  const problems = new ProblemLog(PROBLEMS_KEPT_PER_KIND);
  const kase = new Case({
    files: ['live'],
    analyse: async (_, options) =>
      analyseCapture(await open({ problems, spool }), problems, options),
    options: {},
    turn() {},
  });
  await kase.load();
  const expected = await inOrder(path);
  const again = new Again(kase, (_, offset) => spool.placeOf('live', offset));
  let found = 0;
  let firstFound = -1;
  let lastFound = -1;
  for (let row = 0; row < kase.pdus.count; row++) {
    const detail = again.read(row);
    if (detail === undefined) continue;
    found++;
    if (firstFound < 0) firstFound = row;
    lastFound = row;
    assert.is(told(detail.tree, detail.parts), expected[row], `PDU ${row}`);
  }
  spool.close();
  return { pdus: kase.pdus.count, found, firstFound, lastFound };
}

test('a packed file is unpacked once: places in it are found in the copy, as far as there is room', async () => {
  const path = resolve(captures, 'istgt-many-r2ts.pcap.gz');
  const expected = await inOrder(path);
  for (const [room, least] of [
    [1 << 30, expected.length],
    // One chunk and no more.
    [1 << 21, 100],
  ]) {
    const spool = new PipeSpool(room);
    const kase = new Case({ files: [path], analyse, options: { spool }, turn() {} });
    await kase.load();
    const again = new Again(kase, (_, offset) => spool.placeOf(path, offset));
    let found = 0;
    for (let row = 0; row < kase.pdus.count; row++) {
      const detail = again.read(row);
      if (detail === undefined) continue;
      found++;
      assert.is(told(detail.tree, detail.parts), expected[row], `PDU ${row}`);
    }
    assert.ok(found >= least, `${found} of ${expected.length}`);
    assert.is(found === expected.length, room > 1 << 21);
    // The file itself can be read again from its start.
    assert.is(spool.incomplete, '');
    assert.is(spool.pathOf(path), path);
    spool.close();
  }
});

for (const name of ['istgt-many-r2ts.pcap.gz', 'tgt-two-interfaces.pcapng.gz']) {
  test(`${name} through a pipe: every PDU is there at once, too`, async () => {
    const path = unpacked(name);
    const stream = createReadStream(path, { highWaterMark: 5000 });
    const { pdus, found } = await compareKept(path, (o) => captureStream('live', stream, o));
    assert.ok(pdus > 0);
    assert.is(found, pdus);
  });

  test(`${name} through a pipe that does not end: the last PDUs are, the first were forgotten`, async () => {
    const path = unpacked(name);
    const bytes = statSync(path).size;
    const stream = createReadStream(path, { highWaterMark: 5000 });
    const bound = Math.floor(bytes / 2);
    const spool = new PipeSpool(bound, true);
    const open = (o: CaptureOptions): Promise<Capture> => captureStream('live', stream, o);
    const seen = await compareKept(path, open, spool);
    assert.is(spool.incomplete, '');
    assert.is(seen.lastFound, seen.pdus - 1);
    assert.ok(seen.firstFound > 0, `${seen.firstFound}`);
    // But for those that need others which were forgotten, all are found from one on.
    const held = seen.pdus - seen.firstFound;
    assert.ok(seen.found >= held - 5 && held > seen.pdus / 6, `${seen.found} of ${held}`);
    assert.match(await forgottenWhy(path, bound), /not kept any more/);
  });
}

/** What is said of the first PDU where its packets were forgotten. */
async function forgottenWhy(path: string, bound: number): Promise<string> {
  const spool = new PipeSpool(bound, true);
  const problems = new ProblemLog(PROBLEMS_KEPT_PER_KIND);
  const stream = createReadStream(path, { highWaterMark: 5000 });
  const options = { spool };
  const kase = new Case({
    files: ['live'],
    analyse: async (_, more) =>
      analyseCapture(await captureStream('live', stream, { problems, spool }), problems, more),
    options,
    turn() {},
  });
  await kase.load();
  const details = new Details(['live'], analyse, options, () => {}, kase);
  const last = details.of(kase.pdus.count - 1, []);
  const first = details.of(0, []);
  spool.close();
  assert.is(last.kind, 'ready');
  return first.kind === 'failed' ? first.why : first.kind;
}

test('… and from the files of a ring, of which one is left in the end', async () => {
  const path = unpacked('istgt-many-r2ts.pcap.gz');
  const whole = readFileSync(path);
  const starts: number[] = [];
  for (let at = 24; at < whole.length; at += 16 + whole.readUInt32LE(at + 8)) starts.push(at);
  const cuts = [0, 30, 31, 70].map((record) => starts[record]);
  const files = cuts.map((from, i) => {
    const file = join(folder, `ring${i}.pcap`);
    const body = whole.subarray(from, cuts[i + 1] ?? whole.length);
    writeFileSync(file, Buffer.concat([whole.subarray(0, 24), body]));
    utimesSync(file, 1e9 + i, 1e9 + i);
    return file;
  });
  const followed = new Followed(join(folder, 'ring*.pcap'));
  const spool = new PipeSpool();
  const problems = new ProblemLog(PROBLEMS_KEPT_PER_KIND);
  let packets = 0;
  const kase = new Case({
    files: [followed.pattern],
    analyse: async (_, options) =>
      analyseCapture(await captureFollowed(followed, { problems, spool }), problems, {
        ...options,
        stop: () => {
          if (++packets === starts.length) followed.close();
          return false;
        },
      }),
    options: {},
    turn() {},
  });
  await kase.load();
  for (const file of files.slice(0, -1)) rmSync(file);
  const expected = await inOrder(path);
  const again = new Again(kase, (_, offset) => spool.placeOf(followed.pattern, offset));
  assert.is(kase.pdus.count, expected.length);
  for (let row = 0; row < kase.pdus.count; row++) {
    const detail = again.read(row);
    assert.ok(detail !== undefined, `PDU ${row}`);
    assert.is(told(detail!.tree, detail!.parts), expected[row], `PDU ${row}`);
  }
  spool.close();
});

const CD_ROM = sharedCapture('real/iscsi-scsi-data-cdrom.pcap');

needs(CD_ROM)('PDUs of which the capture lost some data are the same too', async () => {
  const { pdus, found } = await compare(CD_ROM);
  assert.is(found, pdus);
});

test('a file that became another one, or is gone, gives no answer', async () => {
  const path = unpacked('tgt-ipv6.pcap.gz');
  const kase = new Case({ files: [path], analyse, options: {}, turn() {} });
  await kase.load();
  const shortened = join(folder, 'short.pcap');
  writeFileSync(shortened, readFileSync(path).subarray(0, 2000));
  const zeros = join(folder, 'zeros.pcap');
  writeFileSync(zeros, readFileSync(path).fill(0, 24));
  for (const other of [shortened, zeros, join(folder, 'none.pcap')]) {
    const again = new Again(kase, (_, offset) => ({ path: other, offset }));
    assert.is(again.read(kase.pdus.count - 1), undefined);
  }
});

test('a PDU of a plain file is there at once, without a word of decoding', async () => {
  const ui = await open('tgt-chap.pcap');
  ui.press('2', 'G', 'Enter', 'Enter');
  assert.match(ui.row(/Opcode/), /0x01 {2}SCSI Command/);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();
