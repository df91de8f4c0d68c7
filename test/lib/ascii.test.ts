// Signs in ASCII: as wide as they were, and each that we write has one.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asciiText } from '../../src/lib/ascii.js';

const src = fileURLToPath(new URL('../../src', import.meta.url));
/** Pages are not for terminals; an ohm is one of a chart's letters. */
const NOT_SHOWN = /^html[\\/]/;

test('what is compared keeps its meaning, and its width', () => {
  for (const [text, wanted] of [
    ['READ(10) ≤ 4 KiB', 'READ(10) <=4 KiB'],
    ['≥ 3', '>=3'],
    ['drift ± 1 ns', 'drift +-1 ns'],
    ['host ↔ array', 'host = array'],
    ['░▒▓█', '.:#@'],
  ] as const) {
    assert.is(asciiText(text), wanted);
    assert.is(wanted.length, text.length);
  }
});

test('the parts of a bar are told apart', () => {
  const fills = asciiText('█▓▒░▚▤▥▦▧');
  assert.is(new Set(fills).size, fills.length, fills);
});

test('each sign that the source writes has one of ASCII', () => {
  const without = new Set<string>();
  for (const path of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(path) || NOT_SHOWN.test(path)) continue;
    // Comments are for us.
    const code = readFileSync(join(src, path), 'utf8').replace(/(^|\s)\/\/.*|^\s*\*.*/gm, '');
    for (const [char] of code.matchAll(/[^\0-\x7e]/gu)) {
      if (asciiText(char) === '?') without.add(`${char} in ${path}`);
    }
  }
  assert.equal([...without], []);
});

test.run();
