import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CdbLayout, cdbLayouts, decodeCdb } from '../../src/wire/scsi/cdb.js';
import { fieldEnd, type LayoutField } from '../../src/wire/scsi/layout.js';
import { operationName, operationOf } from '../../src/wire/scsi/operations.js';
import type { Node } from '../../src/wire/tree.js';

const TYPE_OF: Readonly<Record<string, number>> = {
  D: 0,
  Z: 0x14,
  T: 1,
  R: 5,
  M: 8,
  V: 0x12,
};

/** Writes `value` into bits of a CDB, one bit at a time: the plainest way there is. */
function setBits(cdb: Uint8Array, f: LayoutField, value: bigint): void {
  for (let i = 0; i < f.width; i++) {
    const bit = f.byte * 8 + f.bit + i;
    const mask = 0x80 >> (bit & 7);
    const isSet = (value >> BigInt(f.width - 1 - i)) & 1n;
    cdb[bit >> 3] = isSet ? cdb[bit >> 3] | mask : cdb[bit >> 3] & ~mask;
  }
}

function build(layout: CdbLayout): Uint8Array {
  const cdb = new Uint8Array(Math.max(16, layout.length));
  cdb[0] = layout.opcode;
  const field = layout.fields.find((f) => f.name === 'serviceAction');
  if (layout.serviceAction >= 0 && field) setBits(cdb, field, BigInt(layout.serviceAction));
  return cdb;
}

/** Device types of a layout, without those that have a narrower layout of their own (READ(12)). */
function types(layout: CdbLayout): number[] {
  if (layout.letters === '') return [-1, 0];
  const narrower = cdbLayouts().filter(
    (l) =>
      l.opcode === layout.opcode &&
      l.serviceAction === layout.serviceAction &&
      l.letters.length < layout.letters.length,
  );
  return [...layout.letters]
    .filter((letter) => !narrower.some((l) => l.letters.includes(letter)))
    .map((letter) => TYPE_OF[letter]);
}

/** As a value ought to read: numbers to 32 bits, decimal strings to 64, hex beyond, two's complement. */
function expected(f: LayoutField, value: bigint): number | string {
  if (f.format === 'hex') return value.toString(16).padStart(f.width / 4, '0');
  const signed = f.format === 'signed' ? BigInt.asIntN(f.width, value) : value;
  return f.width <= 32 ? Number(signed) : String(signed);
}

test('there are 219 layouts', () => {
  assert.is(cdbLayouts().length, 219);
});

test('every layout is found by operation code, service action and device type', () => {
  for (const layout of cdbLayouts()) {
    for (const type of types(layout)) {
      const cdb = build(layout);
      const name = operationName(operationOf(new DataView(cdb.buffer), 0, cdb.length, type));
      const own = name === layout.name || name.startsWith(`${layout.name}: `);
      assert.ok(own, `${layout.name} for type ${type} is called ${name}`);
      const names = decodeCdb(cdb, 0, cdb.length, type).map((node) => node.name);
      assert.equal(names, ['operationCode', ...layout.fields.map((f) => f.name)], layout.name);
    }
  }
});

test('every field of every layout reads back what was written', () => {
  let checked = 0;
  for (const layout of cdbLayouts()) {
    for (const f of layout.fields) {
      if (f.name === 'serviceAction' && layout.serviceAction >= 0) continue;
      const all = (1n << BigInt(f.width)) - 1n;
      for (const value of [1n, all, all / 3n, 0xfedcba9876543210n & all]) {
        // A CD's SEND KEY and REPORT KEY have no service action: their byte 1 is theirs alone.
        const cdb = build(layout);
        setBits(cdb, f, value);
        const nodes = decodeCdb(cdb, 0, cdb.length, types(layout)[0]);
        const node = nodes.find((n) => n.name === f.name);
        const what = `${layout.name}: ${f.label}`;
        assert.is(node?.value, expected(f, value), what);
        assert.is(node?.byte, f.byte, what);
        assert.is(node?.bit, f.bit, what);
        assert.is(node?.width, f.width, what);
        const others = nodes.filter((n) => n.name !== f.name && n.kind === 'reserved');
        assert.equal(others, [], what);
        checked += 1;
      }
    }
  }
  assert.ok(checked > 4 * 1100, `${checked} values`);
});

test('a CDB cut at every length keeps what was there and says what it needs', () => {
  for (const layout of cdbLayouts()) {
    const whole = build(layout);
    const type = types(layout)[0];
    const all = decodeCdb(whole, 0, whole.length, type);
    const isLong = layout.opcode === 0x7f;
    for (let length = isLong ? 10 : 2; length < layout.length; length++) {
      const cut = decodeCdb(whole.slice(0, length), 0, length, type);
      const last = cut.pop() as Node;
      const missing = layout.fields.findIndex((f) => fieldEnd(f) > length);
      assert.is(last.kind, 'truncated', layout.name);
      assert.is(last.meaning, `needs ${layout.length} bytes, ${length} captured`);
      assert.equal(cut, all.slice(0, missing + 1), layout.name);
    }
  }
});

test('meanings', () => {
  const meaning = (hex: string, name: string, type = 0): string | undefined => {
    const bytes = Uint8Array.from(hex.match(/../g) ?? [], (x) => Number.parseInt(x, 16));
    const cdb = new Uint8Array(16);
    cdb.set(bytes);
    return decodeCdb(cdb, 0, 16, type).find((node) => node.name === name)?.meaning;
  };
  assert.is(meaning('08', 'transferLength'), '256 blocks');
  assert.is(meaning('08', 'transferLength', 1), undefined);
  assert.is(meaning('1201b0', 'pageCode'), 'Block Limits');
  assert.is(meaning('1a0008', 'pageCode'), 'Caching');
  assert.is(meaning('1a001d', 'pageCode', 8), 'Element Address Assignment');
  assert.is(meaning('4d002f', 'pageCode'), 'Informational Exceptions');
  assert.is(meaning('9e10', 'serviceAction'), 'READ CAPACITY(16)');
  assert.is(meaning('5e03', 'serviceAction'), 'READ FULL STATUS');
  assert.is(meaning('5f0005', 'type'), 'Write Exclusive - Registrants Only');
  assert.is(meaning('2f02', 'bytchk'), 'compare with the data sent');
  assert.is(meaning('99', 'operationCode'), 'unknown (0x99)');
});

test('reserved bits that are not zero are shown', () => {
  const cdb = new Uint8Array(16);
  cdb.set([0x00, 0xff, 0, 0, 0x01, 0x80]);
  cdb[12] = 7;
  const nodes = decodeCdb(cdb, 0, 16, 0);
  const reserved = nodes.filter((node) => node.kind === 'reserved');
  assert.equal(
    reserved.map((node) => [node.byte, node.value, node.label]),
    [
      [1, 0xff, 'reserved'],
      [4, 1, 'reserved'],
      [12, 7, 'beyond the CDB'],
    ],
  );
  const control = nodes.find((node) => node.name === 'control');
  assert.is(control?.children?.[0].value, 2);
});

test('random bytes of any length never throw', () => {
  let seed = 1;
  const next = (): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return seed >>> 16;
  };
  for (let round = 0; round < 20_000; round++) {
    const cdb = Uint8Array.from({ length: next() % 40 }, () => next() & 255);
    const type = (next() % 36) - 2;
    const nodes = decodeCdb(cdb, 0, cdb.length, type);
    assert.ok(nodes.length > 0, 'a CDB always has its operation code');
  }
});

test('a variable-length command without a layout shows what all of them have', () => {
  const cdb = new Uint8Array(200);
  cdb.set([0x7f, 0x04, 0, 0, 0, 0, 0, 192, 0x88, 0x05, 0xaa]);
  const nodes = decodeCdb(cdb, 0, cdb.length, 17);
  const value = (name: string): unknown => nodes.find((node) => node.name === name)?.value;
  assert.is(value('control'), 4);
  assert.is(value('additionalCdbLength'), 192);
  assert.is(value('serviceAction'), 0x8805);
  assert.match(String(value('serviceActionSpecificFields')), /^aa00/);
  assert.is(nodes.find((node) => node.name === 'serviceAction')?.meaning, 'READ');
});

test.run();
