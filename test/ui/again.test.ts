// A PDU decoded again from its own packets is the PDU that passed when all was read in order.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PduFacts } from '../../src/decode/facts.js';
import { type PduPart, pduParts } from '../../src/decode/octets.js';
import { PduReader } from '../../src/decode/pdu-reader.js';
import type { Pdu, PduSink } from '../../src/pdu/pdu.js';
import { analyse } from '../../src/pipeline.js';
import { Again } from '../../src/ui/case/again.js';
import { Case } from '../../src/ui/case/case.js';
import type { Node } from '../../src/wire/tree.js';
import { open } from '../support/ui.js';

const folder = mkdtempSync(join(tmpdir(), 'sanscope-again-'));

function told(tree: readonly Node[], parts: readonly PduPart[]): string {
  return JSON.stringify([tree, parts.map((p) => [p, Buffer.from(p.bytes).toString('hex')])]);
}

/** Packed captures have no places to read again from. */
function unpacked(name: string): string {
  const path = new URL(`../../captures/${name}`, import.meta.url).pathname;
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
    lost: (...of) => reader.lost(...of),
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
  const again = new Again(kase, () => path);
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

test('a file that became another one, or is gone, gives no answer', async () => {
  const path = unpacked('tgt-ipv6.pcap.gz');
  const kase = new Case({ files: [path], analyse, options: {}, turn() {} });
  await kase.load();
  const shortened = join(folder, 'short.pcap');
  writeFileSync(shortened, readFileSync(path).subarray(0, 2000));
  const zeros = join(folder, 'zeros.pcap');
  writeFileSync(zeros, readFileSync(path).fill(0, 24));
  for (const other of [shortened, zeros, join(folder, 'none.pcap')]) {
    const again = new Again(kase, () => other);
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
