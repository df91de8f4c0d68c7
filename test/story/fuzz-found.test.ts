// What the fuzzer found stays mended: every capture of test/captures/fuzz through the program.

import { readdirSync } from 'node:fs';
import { test } from 'uvu';
import { equal, match, not, ok } from 'uvu/assert';
import { sanscope } from '../support/program.js';
import { sharedCapture } from '../support/shared.js';

const COMMANDS = [
  ['report'],
  ['report', '--json'],
  ['discovery'],
  ['login', '--json'],
  ['pdus', '-V', '-x'],
  ['commands', '--csv'],
];
const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

for (const file of readdirSync(sharedCapture('fuzz'))) {
  const path = sharedCapture(`fuzz/${file.replace(/\.zst$/, '')}`);
  test(`${file}: each command ends, and says nothing harmful`, () => {
    for (const command of COMMANDS) {
      const { status, stdout, stderr } = sanscope([...command, path]);
      ok(status === 0, `${command.join(' ')}: ${status} ${stderr}`);
      not.match(stdout.replaceAll(/\r?\n/g, ''), HARMFUL);
    }
  });
}

test('an MPA frame with too much private data is told, and the connection stays what it is', () => {
  const { stdout, status } = sanscope([
    'report',
    sharedCapture('fuzz/mpa-private-data-too-long.pcap'),
  ]);
  equal(status, 0);
  match(stdout, /An MPA frame with more private data than there may be/);
});

test.run();
