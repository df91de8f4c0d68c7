import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SeenTexts } from '../../src/lib/seen-texts.js';

test('text is what its bytes say, whatever was seen before', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ maxLength: 40 }).map((text) => new TextEncoder().encode(text)),
  );
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 40 }), (all) => {
      const texts = new SeenTexts();
      for (const one of [...all, ...all]) {
        const around = new Uint8Array(one.length + 8).fill(0x61);
        around.set(one, 3);
        const text = texts.text(around, 3, 3 + one.length);
        assert.is(text, Buffer.from(one).toString('utf8'));
      }
    }),
  );
});

test('two texts that fall to one place are told apart', () => {
  const texts = new SeenTexts();
  const names = Array.from({ length: 5000 }, (_, i) => `iqn.2024-01.org.example:host${i}`);
  for (const name of [...names, ...names]) {
    const bytes = new TextEncoder().encode(name);
    assert.is(texts.text(bytes, 0, bytes.length), name);
  }
});

test.run();
