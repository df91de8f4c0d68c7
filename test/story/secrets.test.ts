// A secret in every place where one can stand, and a look for it in every output. What is not certain
// to be harmless is hidden; with --show-secrets it is there.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Case } from '../../src/case/case.js';
import { Details } from '../../src/case/pdu-details.js';
import { analyse } from '../../src/pipeline.js';
import { treeLines } from '../../src/view/tree-lines.js';
import { pcapFile } from '../support/pcap-writer.js';
import { sanscope } from '../support/program.js';
import { leakIn, Planted, plantData, plantText } from '../support/secrets.js';

const folder = mkdtempSync(join(tmpdir(), 'sanscope-secrets-'));
const file = join(folder, 'planted.pcap');
const planted = new Planted();
plantText(planted);
plantData(planted);
writeFileSync(file, pcapFile(planted.captured()));

const OUTPUTS: readonly (readonly string[])[] = [
  ['report'],
  ['report', '--json'],
  ['report', '--html', '-'],
  ['sessions', '--json'],
  ['commands', '--json'],
  ['commands', '--columns', 'frame,cdb'],
  ['commands', '--csv'],
  ['command', '--slowest', '5'],
  ['command', '--slowest', '300', '--json'],
  ['login'],
  ['login', '--json'],
  ['pdus'],
  ['pdus', '-V'],
  ['pdus', '-x'],
  ['pdus', '--json'],
  ['pdus', '--json', '-V'],
  ['export', '-o', '-'],
  ['export', '--ndjson', '-o', '-'],
  ['export', '--csv', '-o', '-'],
];

for (const args of OUTPUTS) {
  test(`${args.join(' ')} keeps what is secret`, () => {
    const { stdout, stderr, status } = sanscope([...args, file]);
    assert.ok(status === 0 || status === 1, stderr);
    assert.ok(stdout.length > 1000, stdout + stderr);
    assert.is(leakIn(stdout + stderr), undefined);
  });
}

test('--show-secrets shows it', () => {
  for (const args of [['pdus', '-x'], ['pdus', '-V'], ['login'], ['login', '--json']]) {
    assert.ok(leakIn(sanscope([...args, '--show-secrets', file]).stdout), args.join(' '));
  }
});

test('the screens decode no secret', async () => {
  const kase = new Case({ files: [file], analyse, options: {}, turn: () => {} });
  await kase.load();
  const details = new Details([file], analyse, {}, () => {}, kase);
  let seen = 0;
  for (let pdu = 0; pdu < kase.pdus.count; pdu++) {
    const state = details.of(pdu, [pdu]);
    if (state.kind !== 'ready') continue;
    seen++;
    const { tree, parts } = state.detail;
    const lines = treeLines(tree, { showSecrets: false });
    const bytes = parts.map((part) => Buffer.from(part.bytes).toString('latin1')).join('\n');
    assert.is(
      leakIn(
        lines
          .flat()
          .map((cell) => cell.text)
          .join('\n') + bytes,
      ),
      undefined,
    );
  }
  assert.ok(seen > 1000, String(seen));
});

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();
