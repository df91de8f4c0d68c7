// CRC-32 by tables, by Node and by the native package against its definition.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nativeCrcs } from '../../src/lib/crc-native.js';
import { crc32, crc32ByTables, swapped32 } from '../../src/lib/crc32.js';
import { randomFrom } from '../support/mishaps.js';

/** The definition: one bit at a time, least significant first. */
function bitwise(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

test('the check value of the polynomial, of nothing, and as it is sent', () => {
  assert.is(crc32(new TextEncoder().encode('123456789'), 0, 9), 0xcbf43926);
  assert.is(crc32(new Uint8Array(0), 0, 0), 0);
  assert.is(swapped32(0xcbf43926), 0x2639f4cb);
});

test('every length up to 300 is what the definition says, wherever it begins', () => {
  const bytes = Uint8Array.from({ length: 320 }, (_, i) => (i * 151 + 17) & 255);
  for (let length = 0; length <= 300; length++) {
    const at = length % 20;
    const right = bitwise(bytes.subarray(at, at + length));
    assert.is(crc32(bytes, at, length), right, `${length} bytes`);
    assert.is(crc32ByTables(bytes, at, length, 0), right, `${length} bytes by tables`);
  }
});

test('long stretches in parts, before and after the native package is asked for', () => {
  const random = randomFrom(32);
  const bytes = Uint8Array.from({ length: 200_000 }, () => random());
  if (nativeCrcs() === undefined) console.log('the native package is not here: Node only');
  let covered = 0;
  for (let i = 0; i < 300; i++) {
    const at = random() % 3000;
    const length = i % 2 === 0 ? random() % 2000 : bytes.length - at;
    const cut = random() % (length + 1);
    const whole = crc32ByTables(bytes, at, length, 0);
    assert.is(crc32(bytes, at, length), whole, `${length} bytes from ${at}`);
    assert.is(crc32(bytes, at + cut, length - cut, crc32(bytes, at, cut)), whole);
    covered += 2 * length;
  }
  assert.ok(covered > 32 << 20, 'enough for the package to be asked');
});

test.run();
