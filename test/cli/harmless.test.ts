// What leaves the program is harmless: formulas in CSV, control characters, marks of direction and
// marks without a shape in JSON and on stderr; names of files, options and filters among them.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { csvCell, harmlessJson } from '../../src/lib/harmless.js';
import { Dialogue } from '../support/dialogue.js';
import { pcapFile } from '../support/pcap-writer.js';
import { sanscope } from '../support/program.js';

/** ESC, OSC and BEL, C1's CSI, DEL, an override of direction, a zero-width space, a line separator. */
const NASTY = 'a\x1b[31m\x1b]0;x\x07\u009b2J\x7f\u202eb\u200b\u2028\u{e0041}c';
const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const FORMULA = '=HYPERLINK("http://x","y")';
const folder = mkdtempSync(join(tmpdir(), 'sanscope-harmless-'));
const file = join(folder, 'nasty.pcap');
const d = new Dialogue();
const end = d.loginStep(d.tcp.connect(0) + 100_000, {
  csg: 1,
  nsg: 3,
  offered: [
    ['InitiatorName', FORMULA],
    ['InitiatorAlias', NASTY],
    ['TargetName', `@${NASTY}`],
  ],
  answered: [['TargetAlias', `\t${NASTY}`]],
});
d.read10(0, 1, end + 1_000_000);
d.tcp.close(end + 5_000_000);
writeFileSync(file, pcapFile(d.tcp.captured()));

for (const args of [
  ['report'],
  ['report', '--json'],
  ['sessions', '--json'],
  ['commands', '--json'],
  ['command', '--slowest', '1', '--json'],
  ['login', '--json'],
  ['pdus', '--json', '-V'],
  ['pdus', '-V'],
  ['sessions', '--csv'],
  ['commands', '--csv'],
  ['export', '-o', '-'],
  ['export', '--ndjson', '-o', '-'],
]) {
  test(`${args.join(' ')}: no character does anything`, () => {
    const { stdout, stderr, status } = sanscope([...args, file]);
    assert.is(status, 0, stderr);
    assert.ok(stdout.length > 100);
    assert.not.match(stdout.replaceAll(/\r?\n/g, ''), HARMFUL);
  });
}

test('JSON says what was there', () => {
  const { stdout } = sanscope(['login', '--json', file]);
  const { steps } = JSON.parse(stdout);
  const said = new Map(steps[0].keyValues);
  assert.is(said.get('InitiatorAlias'), NASTY);
  assert.is(said.get('InitiatorName'), FORMULA);
  assert.is(JSON.parse(harmlessJson(JSON.stringify(NASTY))), NASTY);
});

test('a cell of CSV is no formula, and a number stays one', () => {
  const { stdout } = sanscope(['sessions', '--csv', file]);
  assert.ok(stdout.includes(`"'=HYPERLINK(""http://x"",""y"")"`), stdout);
  for (const cell of stdout.split('\n')[1].match(/"(?:[^"]|"")*"|[^,]+/g) ?? []) {
    assert.not.match(cell, /^"?[=+@\t\r]/);
  }
  for (const bad of [
    '=1+1',
    '+1+1',
    '-1+1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    ' =1',
    '\u200b=1',
    '＝1',
  ]) {
    assert.ok(/^"?'/.test(csvCell(bad)), bad);
  }
  assert.equal(['-5', '+5', '-1.5e3', '7', 'iqn.a-b', ''].map(csvCell), [
    ...['-5', '+5', '-1.5e3', '7', 'iqn.a-b', ''],
  ]);
  assert.equal([csvCell(-5), csvCell(true), csvCell('a,"b"')], ['-5', 'true', '"a,""b"""']);
});

for (const args of [
  ['report', `${NASTY.replaceAll('/', '')}.pcap`],
  ['report', `--${NASTY}`, file],
  ['pdus', '-Y', NASTY, file],
  ['commands', '--sort', NASTY, file],
  ['command', '--itt', NASTY, file],
  ['export', '-o', `/nowhere/${NASTY}`, file],
  ['live', '--follow', `/nowhere/${NASTY}`],
  ['live', '--ssh', NASTY],
  ['live', '-', '--report-every', NASTY],
  [NASTY],
]) {
  test(`${args[0] === NASTY ? 'a command' : `${args[0]} ${args[1].slice(0, 9)}`}: stderr is harmless`, () => {
    const { stdout, stderr, status } = sanscope(args);
    assert.is.not(status, 0);
    assert.not.match((stdout + stderr).replaceAll('\n', ''), HARMFUL);
    assert.ok(stderr.length > 10);
  });
}

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();
