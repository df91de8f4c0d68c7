// The decoded tree of a PDU: every field of every table built, decoded and compared by one loop;
// wrong lengths and every truncation; places of what lies behind the header.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pduJson } from '../../src/export/pdu-json.js';
import { jsonName } from '../../src/export/pdu-names.js';
import { pduBook } from '../../src/filter/pdu-filter.js';
import { treeLines } from '../../src/view/tree-lines.js';
import { hex } from '../../src/wire/field.js';
import { PDUS, type PduKey } from '../../src/wire/iscsi/pdus.js';
import { cdbLayouts } from '../../src/wire/scsi/cdb.js';
import { findNode, type Node, walkTree } from '../../src/wire/tree.js';
import { bidirectionalRead, extendedCdb, keys, pdu, senseData } from '../support/build.js';
import { factsOf, pduOfBytes } from '../support/facts.js';
import { concat, pattern } from '../support/octets.js';

function treeOf(bytes: Uint8Array, cdb?: Uint8Array): readonly Node[] {
  return factsOf(pduOfBytes(bytes), cdb).tree();
}

test('every field of every PDU that is built is in the tree, at its place, with its value', () => {
  let compared = 0;
  for (const table of PDUS) {
    for (const f of table.fields) {
      if (['opcode', 'dataSegmentLength', 'totalAHSLength'].includes(f.name)) continue;
      // What gives a field its meaning: the first value for which it is there.
      const when = f.when;
      const others: Record<string, number> = {};
      if (when) others[when.of[0].name] = when.not ? 1 : when.values[0];
      const value = f.size === 0 ? pattern(f.width / 8, 7) : f.mask;
      const bytes = pdu(table.key as PduKey, { ...others, [f.name]: value });
      const node = treeOf(bytes).find((n) => n.name === f.name);
      assert.ok(node, `${table.key}.${f.name}`);
      const expected = typeof value === 'number' ? value : hex(value, 0, value.length);
      assert.is(node?.value, expected, `${table.key}.${f.name}`);
      assert.equal([node?.byte, node?.bit, node?.width], [f.byte, f.bit, f.width], f.name);
      // Parameters of an Asynchronous Message may be reserved by its event.
      const isReserved = f.reserved === true || f.name.startsWith('parameter');
      assert.is(node?.kind === 'reserved', isReserved, `${table.key}.${f.name}`);
      // The filter and JSON read the same.
      const asked = f.reserved ? undefined : pduBook().find(f.name);
      const facts = factsOf(pduOfBytes(bytes));
      if (asked?.number) assert.is(asked.number(facts), expected, f.name);
      if (!f.reserved) {
        const line = JSON.parse(pduJson(facts, { showSecrets: true, tree: false }));
        const json = f.kind === 'flag' ? true : expected;
        if (f.name !== 'cdb') assert.is(line[jsonName(f)], json, `${table.key}.${f.name}`);
      }
      compared++;
    }
  }
  assert.ok(compared > 250, `${compared} fields`);
});

test('reserved fields are silent while they are zero', () => {
  for (const table of PDUS) {
    const nodes = treeOf(pdu(table.key as PduKey));
    assert.equal(
      nodes.filter((n) => n.kind === 'reserved').map((n) => n.name),
      [],
      table.key,
    );
  }
});

test('a CDB longer than 16 bytes goes on in the AHS, and its fields say where they stand', () => {
  // READ(32): service action 0009h, LBA at byte 12, transfer length at byte 28.
  const cdb = new Uint8Array(32);
  cdb.set([0x7f, 0, 0, 0, 0, 0, 0, 24, 0, 9]);
  cdb.set([0, 0, 0, 1, 0, 0, 0, 0], 12);
  cdb.set([0, 0, 0, 8], 28);
  const ahs = concat(extendedCdb(cdb), bidirectionalRead(4096));
  const bytes = pdu('scsi-command', { cdb: cdb.slice(0, 16), read: 1, write: 1 }, { ahs });
  const nodes = treeOf(bytes, cdb);
  const length = findNode(nodes, 'transferLength');
  assert.is(length?.value, 8);
  assert.is(length?.byte, 48 + 4 + 12);
  const f = findNode(nodes, 'bidirectionalReadExpectedDataTransferLength');
  assert.is(f?.value, 4096);
  assert.is(f?.byte, 48 + 20 + 4);
  assert.match(findNode(nodes, 'cdb')?.meaning ?? '', /^READ\(32\) LBA 4294967296, 8 blocks/);
});

test('a Reject points at the byte that offends', () => {
  const victim = pdu('scsi-command', { attr: 6, reserved2b4: 0x123 });
  const bytes = pdu('reject', { reason: 9 }, { data: victim });
  const rejected = findNode(treeOf(bytes), 'rejected');
  const at = rejected?.children?.filter((n) => n.name === 'offendingByte') ?? [];
  assert.equal(
    at.map((n) => [n.value, n.byte]),
    [
      [1, 49],
      [2, 50],
    ],
  );
  assert.match(at[0].meaning ?? '', /no such task attribute/);
  const good = pdu('reject', { reason: 2 }, { data: pdu('data-out', { final: 1 }) });
  const none = findNode(treeOf(good), 'rejected')?.children ?? [];
  assert.is(none.filter((n) => n.name === 'offendingByte').length, 0);
  assert.match(none[none.length - 1].meaning ?? '', /Data-Digest/);
});

/** A sense of each PDU, with data that its decoder looks into. */
function samples(): Uint8Array[] {
  const sense = Uint8Array.of(0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x24, 0, 0, 0xc0, 0, 2);
  const text = keys([
    ['InitiatorName', 'iqn.2001-04.com.example:host1'],
    ['HeaderDigest', 'CRC32C,None'],
  ]);
  const data: Partial<Record<PduKey, Uint8Array>> = {
    'scsi-response': senseData(sense),
    'async-message': senseData(sense),
    'login-request': text,
    'login-response': text,
    'text-request': text,
    'text-response': text,
    reject: pdu('scsi-command', { attr: 7 }),
  };
  return PDUS.map((table) =>
    pdu(table.key as PduKey, {}, { data: data[table.key as PduKey] ?? pattern(96, 3) }),
  );
}

/** Makes all that may be made of it; what comes out must be sane. */
function decodeAll(bytes: Uint8Array, cdb?: Uint8Array): void {
  const facts = factsOf(pduOfBytes(bytes), cdb);
  for (const node of walkTree(facts.tree())) {
    assert.ok(node.byte >= 0 && node.width >= 0, node.name);
    assert.ok(node.value !== null || node.children || node.meaning, `${node.name} says something`);
  }
  treeLines(facts.tree(), { showSecrets: true });
  JSON.parse(pduJson(facts, { showSecrets: true, tree: true }));
}

test('no truncation of any PDU makes the decoders throw', () => {
  for (const bytes of samples()) {
    for (let length = 1; length <= bytes.length; length++) decodeAll(bytes.slice(0, length));
  }
});

test('no wrong length makes them throw', () => {
  const cdb = Uint8Array.of(0x12, 1, 0x83, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  for (const bytes of samples()) {
    for (const [ahs, data] of [
      [0, 0],
      [0, 1],
      [0, 0xffffff],
      [1, 3],
      [255, 0],
      [255, 0xffffff],
      [2, 40],
    ]) {
      const wrong = bytes.slice();
      wrong[4] = ahs;
      wrong.set([data >> 16, (data >> 8) & 255, data & 255], 5);
      decodeAll(wrong);
      decodeAll(wrong, cdb);
    }
  }
});

test('every opcode, every CDB and its data at every length', () => {
  for (let opcode = 0; opcode < 64; opcode++) {
    const bytes = pattern(200, opcode);
    bytes[0] = opcode;
    bytes.set([0, 0, 0, 152], 4);
    decodeAll(bytes);
  }
  for (const layout of cdbLayouts()) {
    const cdb = pattern(32, layout.opcode);
    cdb[0] = layout.opcode;
    if (layout.serviceAction >= 0) {
      if (layout.opcode === 0x7f) cdb.set([0, 24, 0, layout.serviceAction], 6);
      else cdb[1] = layout.serviceAction;
    }
    for (const length of [0, 1, 4, 8, 37, 96]) {
      for (const key of ['data-in', 'data-out', 'scsi-command'] as const) {
        decodeAll(pdu(key, {}, { data: pattern(length, 1) }), cdb);
      }
    }
  }
});

test.run();
