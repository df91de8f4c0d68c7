// The program in a pseudo-terminal while its source is open: every screen and its dialogs, in a small terminal
// of ASCII, in that of a beginner, in a large one; from a pipe, a file that grows, and one that is read.

import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sanscope } from '../support/program.js';
import { Pty } from '../support/pty.js';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const run = `'${process.execPath}' '${at('bin/sanscope.js')}'`;
const folder = mkdtempSync(join(tmpdir(), 'sanscope-test-'));
const bytes = gunzipSync(readFileSync(at('captures/tgt-stalls-two-seconds.pcap.gz')));
const whole = join(folder, 'whole.pcap');
writeFileSync(whole, bytes);
/** Its first part, in which some commands are over and some wait. */
const PART = 900_000;

/** Dialogs that all screens have, and the word by which each is known. */
const DIALOGS: readonly (readonly [key: string, title: RegExp])[] = [
  ['?', /This screen|Keys \(/],
  ['/', /Search text/],
  [':', /Go to a frame/],
  ['w', /Export to a file/],
];
const SCREENS: readonly (readonly [key: string, title: RegExp])[] = [
  ['2', /commands/],
  ['3', /latency/],
  ['4', /time/],
  ['5', /logins?|login/],
  ['6', /TCP/],
  ['1', /overview/],
];

async function everyScreen(pty: Pty): Promise<void> {
  for (const [screen, title] of SCREENS) {
    pty.press(screen);
    await until(pty, title, 1);
    for (const [key, says] of DIALOGS) {
      pty.press(key);
      await pty.until(says);
      pty.press('\x1b');
      await pty.until(new RegExp(`^(?![\\s\\S]*(?:${says.source}))`));
    }
  }
}

/** Until the first `rows` rows say it. */
async function until(pty: Pty, says: RegExp, rows: number): Promise<void> {
  await pty.until(new RegExp(`^(?:.*\\n){0,${rows - 1}}.*(?:${says.source})`));
}

function assertAscii(pty: Pty): void {
  assert.not.match(pty.rows().join(''), /[^\x20-\x7e]/);
}

test('a pipe that trickles, on the Linux console at 60 × 15: all of it in ASCII', async () => {
  const source = `< <(head -c ${PART} '${whole}'; exec sleep 600 2>/dev/null </dev/null)`;
  const pty = new Pty('bash', ['-c', `TERM=linux exec ${run} - ${source}`], 60, 15);
  await pty.until(/reading/);
  await everyScreen(pty);
  assertAscii(pty);
  pty.press('2');
  await pty.until(/READ/);
  assertAscii(pty);
  pty.press('q');
  assert.is((await pty.end()).exitCode, 0);
});

test('a file that grows, with LANG=C at 80 × 24: what comes is shown, the header says what is missing', async () => {
  const path = join(folder, 'grows.pcap');
  writeFileSync(path, bytes.subarray(0, PART));
  const line = `unset LC_ALL LC_CTYPE; LANG=C exec ${run} live --bell --follow '${path}'`;
  const pty = new Pty('bash', ['-c', line], 80, 24);
  const rows = await pty.until(/IOPS/);
  assert.match(rows.join('\n'), /(dropped|drops not told).*missing.*delay.*[MK]iB/);
  await everyScreen(pty);
  assertAscii(pty);
  pty.press('2');
  await pty.until(/commands/);
  const before = / ([\d,]+) commands/.exec(pty.rows().join('\n'))?.[1] ?? '';
  appendFileSync(path, bytes.subarray(PART));
  // The list goes on by itself, and the newest is in sight.
  await pty.until(/ 312 commands[\s\S]* 312\/312/);
  assert.is.not(before, '312');
  pty.press('7');
  await pty.until(/answers again after/);
  assertAscii(pty);
  assert.ok(pty.written.includes('\x07'), 'the bell rang');
  pty.resize(60, 15);
  // The status line: keys, or what the selected row had no room for.
  await pty.until(/^(?:.*\n){14} (?:\? help|~ \S)/);
  await pty.until(/answers again after/);
  assertAscii(pty);
  pty.press('q');
  assert.is((await pty.end()).exitCode, 0);
});

test('a file that is read so far, at 160 × 50 on white: the same, and no yellow', async () => {
  const path = join(folder, 'fifo');
  assert.is(spawnSync('mkfifo', [path]).status, 0);
  const writer = `(head -c ${PART} '${whole}'; exec sleep 600 2>/dev/null </dev/null) > '${path}' &`;
  const line = `${writer} COLORFGBG='0;15' exec ${run} '${path}'`;
  const pty = new Pty('bash', ['-c', line], 160, 50);
  await pty.until(/reading/);
  await everyScreen(pty);
  pty.press('2');
  await pty.until(/WRITE\(10\)/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
  assert.not.match(pty.written, /\x1b\[(?:\d+;)*(?:33|93)m/);
  pty.press('q');
  assert.is((await pty.end()).exitCode, 0);
});

test('Ctrl-Z stops a live capture, fg goes on where it was, and nothing is lost', async () => {
  const path = join(folder, 'stopped.pcap');
  writeFileSync(path, bytes.subarray(0, PART));
  const pty = new Pty('bash', ['--norc', '--noprofile', '-i'], 80, 24);
  pty.press(`${run} live --follow '${path}'\r`);
  await pty.until(/IOPS/);
  pty.press('2');
  await pty.until(/› commands/);
  pty.press('\x1a');
  await pty.until(/Stopped/);
  assert.not.ok(pty.taken);
  appendFileSync(path, bytes.subarray(PART));
  pty.press('fg\r');
  await pty.until(/ 312 commands/);
  assert.ok(pty.taken);
  // Whoever closes the terminal ends it.
  pty.kill('SIGHUP');
  await pty.end();
});

test('what matched --save-on is written though a signal ends it before what follows has come', async () => {
  const prefix = join(folder, 'stalls');
  const wish = `--save-on 'latency > 1.9s' --save-after 10min --save-to '${prefix}'`;
  const source = `< <(cat '${whole}'; exec sleep 600 2>/dev/null </dev/null)`;
  const pty = new Pty('bash', ['-c', `exec ${run} live - ${wish} ${source}`], 80, 24);
  await pty.until(/IOPS/);
  pty.press('2');
  await pty.until(/ 312 commands/);
  pty.kill('SIGTERM');
  await pty.end();
  const [name = '', ...more] = readdirSync(folder).filter((file) => /^stalls-.*pcapng$/.test(file));
  assert.equal(more, []);
  const slow = sanscope(['commands', '--csv', '-Y', 'latency > 1.9s', join(folder, name)]);
  assert.is(slow.stdout.trim().split('\n').length, 21, slow.stderr);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
