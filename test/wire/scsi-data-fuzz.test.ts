import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scsiCatalog } from '../../src/wire/scsi/catalog.js';
import { cdbLayouts, decodeCdb } from '../../src/wire/scsi/cdb.js';
import {
  decodeDataIn,
  decodeDataOut,
  decodedOperations,
  decodeSense,
} from '../../src/wire/scsi/data/data.js';
import { operationName, operationOf } from '../../src/wire/scsi/operations.js';
import { type Node, walkTree } from '../../src/wire/tree.js';

let seed = 7;
function next(): number {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return seed >>> 16;
}

interface Case {
  readonly name: string;
  readonly cdb: Uint8Array;
  readonly deviceType: number;
}

const TYPES: Readonly<Record<string, number>> = { D: 0, Z: 0x14, T: 1, R: 5, M: 8, V: 0x12 };

/** A CDB for every layout, and for layouts without service actions of their own every one of them. */
function cases(): Case[] {
  const found: Case[] = [];
  for (const { opcode, serviceAction, letters, length, fields } of cdbLayouts()) {
    const hasActions = serviceAction < 0 && fields.some((f) => f.name === 'serviceAction');
    for (let action = 0; action < (hasActions ? 32 : 1); action++) {
      const cdb = new Uint8Array(Math.max(16, length));
      cdb[0] = opcode;
      const actual = serviceAction >= 0 ? serviceAction : action;
      if (opcode === 0x7f) new DataView(cdb.buffer).setUint16(8, actual);
      else cdb[1] = actual;
      const deviceType = letters === '' ? 0 : TYPES[letters[0]];
      const name = operationName(operationOf(new DataView(cdb.buffer), 0, 16, deviceType));
      found.push({ name, cdb, deviceType });
    }
  }
  return found;
}

/** Bytes that look like lengths and codes as often as like noise. */
function payload(length: number): Uint8Array {
  const kind = next() % 3;
  return Uint8Array.from({ length }, () => {
    if (kind === 0) return next() & 255;
    return next() % 3 === 0 ? next() % 24 : next() % 7 === 0 ? 0xff : 0;
  });
}

/** What must hold of any tree, whatever the bytes. */
function check(nodes: readonly Node[], captured: number, what: string): void {
  let count = 0;
  for (const node of walkTree(nodes)) {
    count += 1;
    if (node.byte < 0 || node.width < 0 || node.bit < 0 || node.bit > 7) {
      assert.unreachable(`${what}: ${node.name} at ${node.byte}.${node.bit}+${node.width}`);
    }
    if (typeof node.value === 'number' && !Number.isFinite(node.value)) {
      assert.unreachable(`${what}: ${node.name} is no number`);
    }
    if (node.kind === undefined && node.value !== null && node.byte > captured) {
      assert.unreachable(`${what}: ${node.name} was not captured`);
    }
  }
  assert.ok(count <= 40 * (captured + 2), `${what}: ${count} nodes`);
}

test('every operation whose data has a shape is reached', () => {
  const names = new Set(cases().map((c) => c.name));
  const { dataIn, dataOut } = decodedOperations();
  for (const name of [...dataIn, ...dataOut]) assert.ok(names.has(name), name);
});

test('random data for every CDB, in both directions, never throws', () => {
  const all = cases();
  for (let round = 0; round < 25; round++) {
    for (const { name, cdb, deviceType } of all) {
      const own = cdb.slice();
      // The flags of the CDB choose among shapes; its service action stays.
      if (own[0] !== 0x7f) own[2] = next() & 255;
      own[1] = own[0] === 0x7f ? own[1] : (own[1] & 31) | (next() & 0xe0);
      if (own[0] === 0x12 || own[0] === 0x43) own[1] = next() & 3;
      const bytes = payload(next() % 300);
      const total = bytes.length + (next() % 2) * (next() % 100);
      const command = { bytes: own, at: 0, length: own.length, deviceType };
      const data = { bytes, at: 0, captured: bytes.length, total };
      check(decodeDataIn(command, data), bytes.length, `${name} in`);
      check(decodeDataOut(command, data), bytes.length, `${name} out`);
    }
  }
});

test('where the bytes stand in their buffer makes no difference', () => {
  const shifted = (bytes: Uint8Array): Uint8Array => {
    const buffer = new Uint8Array(bytes.length + 16).fill(0xee);
    buffer.set(bytes, 5);
    return new Uint8Array(buffer.buffer, 2, bytes.length + 10);
  };
  for (const { name, cdb, deviceType } of cases()) {
    const bytes = payload(120);
    const plain = { bytes: cdb, at: 0, length: cdb.length, deviceType };
    const moved = { ...plain, bytes: shifted(cdb), at: 3 };
    const data = { bytes, at: 0, captured: 120, total: 120 };
    const movedData = { ...data, bytes: shifted(bytes), at: 3 };
    assert.equal(decodeDataIn(moved, movedData), decodeDataIn(plain, data), name);
    assert.equal(decodeDataOut(moved, movedData), decodeDataOut(plain, data), name);
    const movedCdb = decodeCdb(moved.bytes, 3, cdb.length, deviceType);
    assert.equal(movedCdb, decodeCdb(cdb, 0, cdb.length, deviceType), name);
  }
});

test('VPD, mode and log pages of every code, and sense of every code', () => {
  for (let code = 0; code < 256; code++) {
    for (const deviceType of [0, 1, 5, 8]) {
      for (const [opcode, byte1] of [
        [0x12, 1],
        [0x1a, 0],
        [0x5a, 0],
        [0x4d, 0],
      ]) {
        const bytes = payload(64 + (next() % 64));
        if (opcode === 0x12) bytes.set([deviceType, code, 0, bytes.length - 4]);
        if (opcode === 0x1a) bytes.set([bytes.length - 1, 0, 0, 0, code, 30]);
        if (opcode === 0x5a) bytes.set([0, bytes.length - 2, 0, 0, 0, 0, 0, 0, code, 30]);
        if (opcode === 0x4d) bytes.set([code, code & 0x40 ? 1 : 0, 0, bytes.length - 4]);
        const cdb = new Uint8Array(16);
        cdb.set([opcode, byte1]);
        const command = { bytes: cdb, at: 0, length: 16, deviceType };
        const data = { bytes, at: 0, captured: bytes.length, total: bytes.length };
        check(decodeDataIn(command, data), bytes.length, `${opcode}/${code}`);
      }
    }
    for (let round = 0; round < 20; round++) {
      const bytes = payload(next() % 80);
      if (bytes.length > 0) bytes[0] = 0x70 + (round % 4);
      if (bytes.length > 8) bytes[8] = code;
      check(
        decodeSense({ bytes, at: 0, captured: bytes.length, total: bytes.length }),
        bytes.length,
        `sense ${code}`,
      );
    }
  }
});

test('data cut at every length: what was before the cut stays, and the cut is told', () => {
  for (const { name, cdb, deviceType } of cases()) {
    const bytes = payload(90);
    const command = { bytes: cdb, at: 0, length: cdb.length, deviceType };
    const decode = (captured: number): Node[] =>
      decodeDataIn(command, { bytes: bytes.slice(0, captured), at: 0, captured, total: 90 });
    const flat = (nodes: Node[]): string[] =>
      [...walkTree(nodes)]
        .filter((n) => n.kind === undefined && n.value !== null && n.children === undefined)
        .map((n) => `${n.byte}.${n.bit}+${n.width} ${n.name} ${n.value}`);
    for (let captured = 0; captured < 90; captured += 7) {
      const nodes = decode(captured);
      check(nodes, captured, name);
      const truncated = nodes.filter((n) => n.kind === 'truncated');
      const isShort = nodes.every((n) => n.kind !== 'truncated');
      // A structure that says it ends before the cut is not cut.
      if (isShort) continue;
      assert.is(truncated.length, 1, name);
      assert.match(truncated[0].meaning ?? '', / captured$/);
      assert.ok(flat(nodes).length <= flat(decode(90)).length + 1, name);
    }
  }
});

test('the list of fields is complete and well formed', () => {
  const catalog = scsiCatalog();
  const count = (kind: string): number => catalog.filter((s) => s.kind === kind).length;
  assert.is(count('cdb'), 219);
  assert.ok(count('data') > 90, `${count('data')}`);
  assert.ok(count('modePage') >= 35 && count('logPage') > 10 && count('sense') > 8);
  for (const { label, fields } of catalog) {
    const names = fields.map((f) => f.name);
    for (const f of fields) {
      assert.match(f.name, /^[a-z][a-zA-Z0-9]*$/, label);
      assert.ok(f.width > 0 && f.bit >= 0 && f.bit < 8, `${label}: ${f.label}`);
    }
    // A name stands for one field of a structure.
    assert.is(new Set(names).size, names.length, `${label}: ${names.join(' ')}`);
  }
});

test.run();
