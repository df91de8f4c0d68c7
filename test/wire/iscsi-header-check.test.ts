import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mayBegin, plausible } from '../../src/wire/iscsi/header-check.js';

/** Bytes after the first two that one opcode or another asks for. */
const RESTS: readonly ((bytes: Uint8Array) => void)[] = [
  () => {},
  (bytes) => bytes.fill(0xff, 16, 20),
  (bytes) => {
    bytes[2] = 0x01;
    bytes.fill(0xff, 16, 20);
  },
  (bytes) => {
    bytes[47] = 0x01;
  },
];

test('what may begin a header is all that plausible() could ever let pass', () => {
  const bytes = new Uint8Array(48);
  const view = new DataView(bytes.buffer);
  const passed = new Set<number>();
  let excluded = 0;
  for (let word = 0; word < 0x10000; word++) {
    if (!mayBegin(word >> 8, word & 0xff)) excluded++;
    for (const rest of RESTS) {
      bytes.fill(0);
      rest(bytes);
      view.setUint16(0, word);
      if (plausible(view, 0) === 0) continue;
      passed.add(bytes[0] & 0x3f);
      assert.ok(mayBegin(word >> 8, word & 0xff), `0x${word.toString(16)} is a header`);
    }
  }
  assert.is(passed.size, 18);
  assert.ok(excluded > 0.98 * 0x10000, 'and little else');
});

test.run();
