// Parameter data over several PDUs: joined by offset, decoded where it is complete, gaps told.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PduFacts } from '../../src/decode/facts.js';
import { PduReader } from '../../src/decode/pdu-reader.js';
import { DATA_JOINS_MAX } from '../../src/limits.js';
import { analyse } from '../../src/pipeline.js';
import { findNode, type Node, walkTree } from '../../src/wire/tree.js';
import { temporaryFile } from '../support/capture.js';
import { Dialogue } from '../support/dialogue.js';
import { eachPdu } from '../support/facts.js';
import { concat } from '../support/octets.js';
import { pcapFile } from '../support/pcap-writer.js';

const MS = 1e6;
const REPORT_LUNS = Uint8Array.of(0xa0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0);

interface Part {
  readonly at: number;
  readonly data: Uint8Array;
  readonly final?: boolean;
}

/** A LUN list whose entries are numbered from 0. */
function lunList(count: number): Uint8Array {
  const bytes = new Uint8Array(8 + 8 * count);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 8 * count);
  for (let i = 0; i < count; i++) view.setUint16(8 + 8 * i, i);
  return bytes;
}

function parts(bytes: Uint8Array, size: number): Part[] {
  const all: Part[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    all.push({ at, data: bytes.slice(at, at + size), final: at + size >= bytes.length });
  }
  return all;
}

/** F on the one that is sent last. */
function reordered(all: readonly Part[], order: readonly number[]): Part[] {
  return order.map((i, n) => ({ ...all[i], final: n === order.length - 1 }));
}

function ask(d: Dialogue, sent: readonly Part[], atNs: number, cdb = REPORT_LUNS): void {
  const initiatorTaskTag = d.nextTag();
  const expectedDataTransferLength = 65_536;
  const command = { initiatorTaskTag, cdb, read: 1, final: 1, expectedDataTransferLength };
  let time = d.say('scsi-command', command, atNs, { advance: 'cmdSN' });
  sent.forEach(({ at, data, final }, dataSN) => {
    const fields = { initiatorTaskTag, final: final ?? false, dataSN, bufferOffset: at, statSN: 0 };
    time = d.say('data-in', fields, time + 5_000, { data });
  });
  d.say('scsi-response', { initiatorTaskTag }, time + 5_000, { advance: 'statSN' });
}

interface Data {
  readonly node: Node;
  readonly pduBytes: number;
}

async function dataOf(d: Dialogue, name = 'SCSI Data-In'): Promise<Data[]> {
  const found: Data[] = [];
  await eachPdu(temporaryFile(pcapFile(d.tcp.captured())), (facts: PduFacts) => {
    const node = facts.table.name === name ? findNode(facts.tree(), 'data') : undefined;
    if (node) found.push({ node, pduBytes: 48 + facts.pdu.dataSegmentLength });
  });
  return found;
}

test('a list whose last PDU was lost is decoded with the status', async () => {
  const list = lunList(40);
  const sent = parts(list, 64).slice(0, -2);
  const d = new Dialogue();
  ask(d, sent, d.login(0) + MS);
  const found = await dataOf(d, 'SCSI Response');
  assert.is(found.length, 1);
  const nodes = [...walkTree(found[0].node.children ?? [])];
  assert.is(nodes.filter((node) => node.name === 'lun').length, (64 * 4) / 8 - 1);
  assert.ok(nodes.some((node) => node.kind === 'truncated'));
  assert.match(found[0].node.meaning ?? '', /256 bytes in 4 PDUs; the one with F was not seen/);
});

test('a list that came whole is decoded once', async () => {
  const d = new Dialogue();
  ask(d, parts(lunList(40), 64), d.login(0) + MS);
  assert.equal(await dataOf(d, 'SCSI Response'), []);
});

async function asked(sent: readonly Part[]): Promise<Data[]> {
  const d = new Dialogue();
  ask(d, sent, d.login(0) + MS);
  return dataOf(d);
}

/** Single-level LUNs that a tree lists. */
function luns(node: Node): number {
  return [...walkTree([node])].filter((n) => n.label === 'LUN').length;
}

function kinds(node: Node): string[] {
  return [...walkTree([node])].map((n) => n.kind ?? '').filter((kind) => kind !== '');
}

for (const pdus of [2, 3, 4, 5]) {
  test(`REPORT LUNS over ${pdus} PDUs is decoded at the last one`, async () => {
    const list = lunList(100);
    // Entries that straddle two PDUs, too.
    const data = await asked(parts(list, Math.ceil(list.length / pdus / 4) * 4));
    assert.is(data.length, pdus);
    const { node, pduBytes } = data[pdus - 1];
    assert.is(luns(node), 100);
    assert.match(node.meaning ?? '', new RegExp(`joined: 808 bytes in ${pdus} PDUs`));
    assert.equal(kinds(node), []);
    for (const n of walkTree([node])) {
      assert.ok(n.byte >= 48 && n.byte * 8 + n.bit + n.width <= pduBytes * 8, n.label);
    }
    assert.ok(kinds(data[0].node).includes('limit'), 'the first one says that it goes on');
    if (pdus > 2) assert.match(data[1].node.meaning ?? '', /goes on from byte/);
  });
}

test('offsets out of order (DataPDUInOrder=No) come to the same', async () => {
  const all = parts(lunList(100), 200);
  for (const order of [
    [1, 0, 2, 3, 4],
    [4, 3, 2, 1, 0],
    [2, 4, 0, 1, 3],
  ]) {
    const data = await asked(reordered(all, order));
    assert.is(luns(data[4].node), 100, order.join());
    assert.equal(kinds(data[4].node), []);
  }
});

test('a part that is missing is told, and what is before it is decoded', async () => {
  const all = parts(lunList(100), 200);
  const data = await asked(all.filter((_, i) => i !== 2));
  const { node } = data[3];
  assert.is(luns(node), 49);
  assert.match(JSON.stringify(node), /needs 808 bytes, 608 captured/);
  assert.ok(kinds(node).includes('truncated'));
  const headless = (await asked(all.slice(1)))[3].node;
  assert.match(headless.meaning ?? '', /goes on from byte 800; needs 808 bytes, 608 captured/);
});

test('a part sent again behind the end fills the gap', async () => {
  const all = parts(lunList(100), 200);
  const again = { ...all[2], final: false };
  const data = await asked([all[0], all[1], all[3], all[4], again]);
  assert.is(luns(data[4].node), 100);
  assert.equal(kinds(data[4].node), []);
});

test('more than is joined is told, and no offset makes it keep more', async () => {
  const list = lunList(12_000);
  const { node } = (await asked(parts(list, 8192))).at(-1) as Data;
  assert.match(JSON.stringify(node), /the first 65536 bytes of 96008 are decoded/);
  assert.ok(luns(node) > 8000);
  const far = { at: 0xfffffff0, data: new Uint8Array(64), final: true };
  const hostile = (await asked([{ at: 0, data: list.slice(0, 80) }, far]))[1].node;
  assert.is(luns(hostile), 9);
  assert.match(JSON.stringify(hostile), /needs 4294967344 bytes, 80 captured/);
  // More pieces than are kept: every other one of eight bytes.
  const pieces = parts(list.slice(0, 16_000), 8).filter((_, i) => i % 2 === 0);
  const last = { ...pieces[pieces.length - 1], final: true };
  const many = (await asked([...pieces.slice(0, -1), last])).at(-1) as Data;
  assert.match(JSON.stringify(many.node), /needs 1\d{4} bytes, 2048 captured/);
});

test('tasks that overlap are kept apart; the oldest goes where there are too many', async () => {
  const d = new Dialogue();
  const start = d.login(0) + MS;
  const all = parts(lunList(100), 404);
  const count = DATA_JOINS_MAX + 1;
  const tags = Array.from({ length: count }, () => d.nextTag());
  d.window = count + 1;
  const steps = [...tags.map((tag) => [0, tag]), ...tags.toReversed().map((tag) => [1, tag])];
  tags.forEach((initiatorTaskTag, i) => {
    const fields = { initiatorTaskTag, cdb: REPORT_LUNS, read: 1, final: 1 };
    const command = { ...fields, expectedDataTransferLength: 65_536 };
    d.say('scsi-command', command, start + i * 1000, { advance: 'cmdSN' });
  });
  steps.forEach(([step, initiatorTaskTag], i) => {
    const { at, data, final } = all[step];
    const fields = {
      initiatorTaskTag,
      final: final ?? false,
      dataSN: step,
      bufferOffset: at,
      statSN: 0,
    };
    d.say('data-in', fields, start + MS + i * 1000, { data });
  });
  const data = await dataOf(d);
  assert.is(luns(data[count].node), 100);
  assert.is(luns(data[2 * count - 2].node), 100);
  const evicted = data[2 * count - 1].node;
  assert.match(evicted.meaning ?? '', /goes on from byte 404/);
});

test('parameter data that is written is joined with what came with the command', async () => {
  const d = new Dialogue();
  const start = d.login(0) + MS;
  const cdb = Uint8Array.of(0x42, 0, 0, 0, 0, 0, 0, 0, 40, 0);
  const list = concat(Uint8Array.of(0, 38, 0, 32, 0, 0, 0, 0), new Uint8Array(32));
  list[15] = 7;
  list[31] = 9;
  const initiatorTaskTag = d.nextTag();
  const command = { initiatorTaskTag, cdb, write: 1, expectedDataTransferLength: list.length };
  let time = d.say('scsi-command', command, start, { data: list.slice(0, 12), advance: 'cmdSN' });
  for (const { at, data, final } of parts(list.slice(12), 16)) {
    const fields = { initiatorTaskTag, final: final ?? false, bufferOffset: at + 12 };
    time = d.say('data-out', fields, time + 5000, { data });
  }
  d.say('scsi-response', { initiatorTaskTag }, time + 5000, { advance: 'statSN' });
  const data = await dataOf(d, 'SCSI Data-Out');
  assert.match(data[1].node.meaning ?? '', /joined: 40 bytes in 3 PDUs/);
  const lbas = [...walkTree([data[1].node])].filter((n) => /LOGICAL BLOCK ADDRESS/.test(n.label));
  assert.equal(
    lbas.map((n) => String(n.value)),
    ['7', '9'],
  );
});

test('where only the last PDU is wanted it has the data of all', async () => {
  const d = new Dialogue();
  ask(d, parts(lunList(100), 200), d.login(0) + MS);
  const path = temporaryFile(pcapFile(d.tcp.captured()));
  const found: number[] = [];
  const reader = new PduReader({
    details: true,
    wanted: ({ pdu }) => pdu.opcode === 0x25 && (pdu.bytes[pdu.at + 1] & 0x80) !== 0,
    take: (facts) =>
      found.push(
        ...facts
          .tree()
          .map(luns)
          .filter((count) => count > 1),
      ),
  });
  await analyse([path], { pduSink: reader, taskSink: reader, look: reader.look });
  assert.equal(found, [100]);
});

test('data of reads stays where it is', async () => {
  const d = new Dialogue({ segment: 512 });
  d.read10(0, 4, d.login(0) + MS);
  const data = await dataOf(d);
  assert.is(data.length, 4);
  for (const { node } of data) assert.not.match(node.meaning ?? '', /joined/);
});

test.run();
