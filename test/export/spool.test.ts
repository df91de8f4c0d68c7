import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Spool } from '../../src/export/spool.js';

function all(spool: Spool, key: number): string {
  let text = '';
  spool.each(key, (piece) => {
    text += piece;
  });
  return text;
}

test('every key gets its own text back in order, through the file or not', () => {
  const piece = fc.tuple(fc.nat(4), fc.string({ maxLength: 30, unit: 'grapheme' }));
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }),
      fc.constantFrom(0, 5, 100, 1e6),
      (pieces, max) => {
        const spool = new Spool(max);
        try {
          for (const [key, text] of pieces) spool.append(key, text);
          for (let key = 0; key < 5; key++) {
            const want = pieces.filter(([k]) => k === key).map(([, text]) => text);
            assert.is(all(spool, key), want.join(''));
          }
        } finally {
          spool.close();
        }
      },
    ),
    { seed: 11 },
  );
});

test.run();
