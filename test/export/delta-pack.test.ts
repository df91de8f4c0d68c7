// Differences of whole numbers, byte for byte as the writer of the library packs BigInts.

import { ByteWriter } from 'hyparquet-writer';
import { deltaBinaryPack } from 'hyparquet-writer/src/delta.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EXACT_MAX, packDeltas } from '../../src/export/parquet/delta-pack.js';
import { randomFrom } from '../support/mishaps.js';

function same(values: readonly number[], base: bigint, type: 'INT32' | 'INT64'): void {
  const writer = new ByteWriter();
  const meant = values.map((value) => base + BigInt(value));
  deltaBinaryPack(writer, type === 'INT32' ? meant.map((v) => BigInt.asIntN(32, v)) : meant, type);
  const wrap = type === 'INT32';
  const first = wrap ? BigInt.asIntN(32, meant[0]) : meant[0];
  const packed = packDeltas(Float64Array.from(values), values.length, first, wrap);
  assert.equal([...packed], [...writer.getBytes()], `${type} ${values.slice(0, 5)}`);
}

test('of every length around a block, and of every width', () => {
  const random = randomFrom(42);
  const of = (bits: number) => Math.floor((random() / 2 ** 32 + random()) * 2 ** (bits - 32));
  for (const count of [1, 2, 31, 32, 33, 34, 65, 127, 128, 129, 130, 257, 1000]) {
    for (let bits = 0; bits <= 50; bits++) {
      const values = Array.from({ length: count }, () => of(bits));
      same(values, 0n, 'INT64');
      same(values, 1_790_000_000_000_000_000n, 'INT64');
      same(
        values.map((value, i) => (i % 3 === 0 ? -value : value)),
        0n,
        'INT64',
      );
    }
    for (const bits of [1, 31, 32]) {
      same(
        Array.from({ length: count }, () => of(bits)),
        0n,
        'INT32',
      );
    }
  }
});

test('at the ends of what is exact, constant, and rising evenly', () => {
  same([EXACT_MAX, -EXACT_MAX, EXACT_MAX, 0, -EXACT_MAX], 0n, 'INT64');
  same(new Array(300).fill(7), 5n, 'INT64');
  same(
    Array.from({ length: 300 }, (_, i) => i * 1000),
    0n,
    'INT64',
  );
  same([0, 2 ** 32 - 1, 0, 2 ** 31, 2 ** 31 - 1], 0n, 'INT32');
});

test.run();
