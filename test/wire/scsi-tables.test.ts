import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { generateScsiTables } from '../../tools/generate-scsi-tables.js';
import { SPECS } from '../support/shared.js';

const TABLES = join(dirname(fileURLToPath(import.meta.url)), '../../src/wire/scsi/tables');

test('the committed tables are what the specifications say', () => {
  const made = generateScsiTables(join(SPECS, 'scsi'));
  assert.is(made.size, 5);
  for (const [file, text] of made) {
    assert.is(readFileSync(join(TABLES, file), 'utf8'), text, file);
  }
});

test('the tables are complete', () => {
  const lines = (file: string): number =>
    readFileSync(join(TABLES, file), 'utf8').split('\n').length - 6;
  assert.is(lines('cdbs.ts'), 219);
  assert.is(lines('asc.ts'), 766);
  assert.is(lines('versions.ts'), 610);
  assert.ok(lines('operations.ts') > 400);
});

test.run();
