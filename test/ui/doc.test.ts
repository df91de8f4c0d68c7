// The screens of docs/UI.md and README.md are the program's own.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withScreens } from '../../tools/ui-doc.js';

const top = fileURLToPath(new URL('../..', import.meta.url));

test('screens are up to date (node --import tsx tools/ui-doc.ts)', async () => {
  const before = process.cwd();
  process.chdir(top);
  try {
    for (const path of ['docs/UI.md', 'README.md']) {
      const text = readFileSync(path, 'utf8');
      assert.ok(text.includes('<!-- screen: '), path);
      assert.is(text, await withScreens(text), path);
    }
  } finally {
    process.chdir(before);
  }
});

test.run();
