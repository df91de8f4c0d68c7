// Names from the wire, from the file and from its name, in every output: no character does anything, no cell is a
// formula, no line is a command, no markup and no link is made of them.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HARMFUL, hostileNames } from '../support/hostile-names.js';
import { badlyFormed, reachesOut } from '../support/page.js';
import { sanscope } from '../support/program.js';
import { Screens } from '../support/ui.js';

const folder = mkdtempSync(join(tmpdir(), 'sanscope-names-'));
const file = join(folder, '=1+\x1b[31m\u202e\u3164::error::x.pcapng');
const bytes = hostileNames();
writeFileSync(file, bytes);

const OUTPUTS: readonly (readonly string[])[] = [
  ['report'],
  ['report', '--json'],
  ['sessions'],
  ['sessions', '--json'],
  ['sessions', '--csv'],
  ['luns'],
  ['luns', '--json'],
  ['luns', '--csv'],
  ['commands', '--columns', 'time,initiator,target,lun,operation'],
  ['commands', '--json'],
  ['commands', '--csv'],
  ['command', '--slowest', '3'],
  ['command', '--slowest', '3', '--json'],
  ['login'],
  ['login', '--json'],
  ['discovery'],
  ['discovery', '--json'],
  ['pdus'],
  ['pdus', '-V', '-x'],
  ['pdus', '--json', '-V'],
  ['pdus', '-T', 'json', '-V'],
  ['export', '-o', '-'],
  ['export', '--ndjson', '-o', '-'],
  ['export', '--csv', '-o', '-'],
  ['check'],
  ['check', '--json'],
  ['check', '--github'],
  ['explain', 'reject'],
  ['diff', file],
  ['diff', '--json', file],
  ['points', file],
  ['points', '--json', file],
];

for (const args of OUTPUTS) {
  const shown = args.filter((arg) => arg !== file).join(' ');
  test(`${shown}: no name does anything`, () => {
    const { stdout, stderr, status } = sanscope([...args, file]);
    assert.ok(status === 0 || status === 1, stderr);
    assert.ok(stdout.length > 100, stderr);
    assert.not.match((stdout + stderr).replaceAll(/\r?\n/g, ''), HARMFUL);
    if (!args.includes('--github')) assert.not.match(stdout + stderr, /^\s*::error/m);
    assert.not.match(stdout + stderr, /##(vso)?\[/);
  });
}

test('fields: no cell is a formula', () => {
  const names = ['text', 'InitiatorName', 'TargetAlias', 'iscsi.keyvalue', 'attributes.iscsiName'];
  const asked = names.flatMap((name) => ['-e', name]);
  const { stdout } = sanscope(['pdus', '-T', 'fields', ...asked, '-E', 'header=y', file]);
  assert.not.match(stdout.replaceAll(/[\n\t]/g, ''), HARMFUL);
  for (const cell of stdout.split(/[\n\t]/)) assert.not.match(cell, /^[=+@-](?![\d.]+$)/);
  assert.ok(stdout.includes("'=HYPERLINK"));
});

test('CSV: no cell is a formula, every row has its cells', () => {
  for (const args of [
    ['sessions', '--csv'],
    ['luns', '--csv'],
    ['commands', '--csv'],
  ]) {
    const { stdout } = sanscope([...args, file]);
    const [head, ...rows] = stdout.trimEnd().split(/\r?\n/).map(cellsOf);
    assert.ok(rows.length > 3);
    for (const row of rows) {
      assert.is(row.length, head.length, row.join('|'));
      for (const cell of row) assert.not.match(cell, /^\s*[=+@\uff1d-](?![\d.]+$)/);
    }
  }
});

test('GitHub: a finding is one command, and a command is a finding', () => {
  const { stdout } = sanscope(['check', '--github', file]);
  const commands = stdout.split('\n').filter((line) => line.startsWith('::'));
  assert.ok(commands.length > 3);
  for (const line of commands) {
    assert.match(line, /^::(error|warning|notice) file=[^,:]*,title=[^,:]*::[^\n]*$/);
  }
  assert.ok(stdout.split('\n').every((line) => !/^\s*::/.test(line) || commands.includes(line)));
});

test('XML: no name is markup, and there is no character that XML has no place for', () => {
  const { stdout } = sanscope(['check', '--junit', '/dev/stdout', file]);
  const xml = stdout.slice(0, stdout.indexOf('</testsuites>'));
  assert.ok(xml.startsWith('<?xml'));
  assert.not.match(xml.replaceAll('\n', ''), HARMFUL);
  const tags = xml.match(/<[^>]*>/g) ?? [];
  const known = /^<\/?(\?xml|testsuites|testsuite|testcase|failure|skipped|system-out)\b/;
  for (const tag of tags) assert.match(tag, known);
});

test('SARIF: no name is a link or a placeholder', () => {
  const out = join(folder, 'out.sarif');
  sanscope(['check', '--sarif', out, file]);
  const text = readFileSync(out, 'utf8');
  assert.not.match(text.replaceAll('\n', ''), HARMFUL);
  const { runs } = JSON.parse(text);
  const messages: string[] = runs[0].results.map(
    (r: { message: { text: string } }) => r.message.text,
  );
  assert.ok(messages.length > 3);
  for (const message of messages) {
    assert.not.match(message, /(?<!\\)\]\(/);
    assert.not.match(message.replaceAll('{{', '').replaceAll('}}', ''), /[{}]/);
  }
});

test('HTML: no name is markup', () => {
  for (const args of [['report'], ['diff', file], ['points', file]]) {
    const { stdout } = sanscope([...args, '--html', '-', file]);
    assert.is(badlyFormed(stdout), undefined);
    assert.is(reachesOut(stdout), undefined);
    assert.not.match(stdout.replaceAll('\n', ''), HARMFUL);
  }
});

test('live: no name does anything, nor do its metrics', () => {
  for (const args of [['--json'], []]) {
    const { stdout, stderr, status } = sanscope(['live', ...args, '-'], { input: bytes });
    assert.is(status, 0, stderr);
    assert.ok(stdout.length > 1000);
    assert.not.match((stdout + stderr).replaceAll('\n', ''), HARMFUL);
  }
});

test('screens: no name does anything', async () => {
  const ui = await new Screens([file], 160, 60).load();
  for (const tab of ['1', '2', '3', '4', '5', '6']) {
    ui.press(tab);
    for (let i = 0; i < 40; i++) {
      assert.not.match(ui.text().replaceAll('\n', ''), HARMFUL);
      ui.press('Enter');
      await ui.detailed();
      assert.not.match(ui.text().replaceAll('\n', ''), HARMFUL);
      ui.press('Enter');
      await ui.detailed();
      assert.not.match(ui.text().replaceAll('\n', ''), HARMFUL);
      ui.press(tab, ...Array(i + 1).fill('Down'));
    }
  }
  // What goes to the clipboard is text for people.
  ui.press('2', 'y');
  assert.ok(ui.copied.every((text) => !HARMFUL.test(text.replaceAll('\n', ''))));
});

function cellsOf(row: string): string[] {
  const cells =
    row.match(/("(?:[^"]|"")*"|[^,]*)(,|$)/g)?.map((cell) => cell.replace(/,$/, '')) ?? [];
  if (cells.at(-1) === '' && !row.endsWith(',')) cells.pop();
  return cells.map((cell) => cell.replace(/^"|"$/g, '').replaceAll('""', '"'));
}

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();
