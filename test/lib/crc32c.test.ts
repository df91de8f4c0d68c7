import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nativeCrcs } from '../../src/lib/crc-native.js';
import { crc32c, crc32cByTables, digestWord } from '../../src/lib/crc32c.js';
import { randomFrom } from '../support/mishaps.js';

/** The definition: one bit at a time, least significant first. */
function bitwise(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}

function onTheWire(bytes: Uint8Array): string {
  return digestWord(crc32c(bytes, 0, bytes.length))
    .toString(16)
    .padStart(8, '0');
}

test('the examples of RFC 7143 A.4, byte for byte', () => {
  const up = Uint8Array.from({ length: 32 }, (_, i) => i);
  const read = Buffer.from(
    '01c000000000000000000000000000001400000000000400000000140000001828000000000000000200000000000000',
    'hex',
  );
  assert.is(onTheWire(new Uint8Array(32)), 'aa36918a');
  assert.is(onTheWire(new Uint8Array(32).fill(255)), '43aba862');
  assert.is(onTheWire(up), '4e79dd46');
  assert.is(onTheWire(up.slice().reverse()), '5cdb3f11');
  assert.is(onTheWire(read), '563a96d9');
});

test('the check value of the polynomial, and of nothing', () => {
  assert.is(crc32c(new TextEncoder().encode('123456789'), 0, 9), 0xe3069283);
  assert.is(crc32c(new Uint8Array(0), 0, 0), 0);
});

test('every length up to 100 is what the definition says', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => (i * 151 + 17) & 255);
  for (let length = 0; length <= 100; length++) {
    assert.is(crc32c(bytes, 0, length), bitwise(bytes.subarray(0, length)), `${length} bytes`);
  }
});

test('in parts as in one, wherever it is cut and wherever it begins', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), fc.nat(50), (bytes, cut, before) => {
      const held = new Uint8Array(before + bytes.length + 3).fill(0xa5);
      held.set(bytes, before);
      const first = bytes.length === 0 ? 0 : cut % (bytes.length + 1);
      const part = crc32c(held, before, first);
      const whole = crc32c(held, before + first, bytes.length - first, part);
      assert.is(whole, bitwise(bytes));
    }),
    { seed: 3385 },
  );
});

test('long stretches, by the processor and by tables, from anywhere, in parts', () => {
  const random = randomFrom(32);
  const bytes = Uint8Array.from({ length: 70_000 }, () => random());
  if (nativeCrcs() === undefined) console.log('the native package is not here: tables only');
  for (let i = 0; i < 300; i++) {
    const at = random() % 3000;
    const length = random() % (i % 2 === 0 ? 2000 : bytes.length - at);
    const cut = random() % (length + 1);
    const part = crc32c(bytes, at, cut);
    const whole = crc32cByTables(bytes, at, length, 0);
    assert.is(crc32c(bytes, at, length), whole, `${length} bytes from ${at}`);
    assert.is(crc32c(bytes, at + cut, length - cut, part), whole, `cut after ${cut}`);
    assert.is(crc32cByTables(bytes, at + cut, length - cut, part), whole);
  }
});

test.run();
