// The program in a real pseudo-terminal: the terminal comes back on every way out, and nothing flickers.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Pty } from '../support/pty.js';

const capture = (name: string): string =>
  fileURLToPath(new URL(`../../captures/${name}`, import.meta.url));
const SMALL = capture('istgt-many-r2ts.pcap.gz');
const program = fileURLToPath(new URL('../../bin/sanscope.js', import.meta.url));

/** What must have been given back: cursor, wrapping, mouse, paste marks, the normal screen. */
function assertGivenBack(pty: Pty): void {
  assert.not.ok(pty.taken, 'the alternate screen is left');
  for (const back of ['\x1b[?25h', '\x1b[?7h', '\x1b[?1000l', '\x1b[?2004l', '\x1b[?1049l']) {
    assert.ok(
      pty.written.lastIndexOf(back) > pty.written.indexOf('\x1b[?1049h'),
      JSON.stringify(back),
    );
  }
}

async function opened(columns = 80, rows = 24): Promise<Pty> {
  const pty = Pty.sanscope([SMALL], columns, rows);
  await pty.until(/57 completed/);
  return pty;
}

test('q gives the terminal back and ends well', async () => {
  const pty = await opened();
  assert.ok(pty.taken);
  pty.press('q');
  assert.is((await pty.end()).exitCode, 0);
  assertGivenBack(pty);
});

test('so do Ctrl-C and signals, which are passed on', async () => {
  const pty = await opened();
  pty.press('\x03');
  assert.is((await pty.end()).exitCode, 130);
  assertGivenBack(pty);
  for (const [signal, number] of [
    ['SIGTERM', 15],
    ['SIGHUP', 1],
    ['SIGINT', 2],
  ] as const) {
    const killed = await opened();
    killed.kill(signal);
    const { exitCode, signal: by } = await killed.end();
    assert.ok(by === number || exitCode === 128 + number, `${signal}: ${exitCode} ${by}`);
    assertGivenBack(killed);
  }
});

test('a crash too, and its words stand on the normal screen', async () => {
  const url = new URL('../../src/ui/terminal/terminal.ts', import.meta.url).href;
  const code = `import { Terminal } from ${JSON.stringify(url)};
    const nothing = () => {};
    const terminal = new Terminal({ input: nothing, resized: nothing, back: nothing, gone: nothing, killed: nothing });
    terminal.open();
    terminal.write('taken');
    setTimeout(() => { throw new Error('crashed as planned'); }, 50);`;
  const pty = new Pty(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code]);
  const { exitCode } = await pty.end();
  assert.is(exitCode, 1);
  assertGivenBack(pty);
  assert.match(pty.rows().join(''), /crashed as planned/);
});

test('NO_COLOR: no colours, and still a selection', async () => {
  const line = `NO_COLOR=1 '${process.execPath}' '${program}' '${SMALL}'`;
  const pty = new Pty('sh', ['-c', line]);
  await pty.until(/57 completed/);
  pty.press('2');
  await pty.until(/57 commands/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
  assert.not.match(pty.written, /\x1b\[(?:3[0-8]|4[0-8]|9\d)[;m]/);
  assert.ok(pty.written.includes('\x1b[7m'));
  pty.press('q');
  await pty.end();
});

test('a file that is no capture leaves a sentence on the normal screen', async () => {
  const pty = Pty.sanscope([program]);
  const { exitCode } = await pty.end();
  assert.is(exitCode, 3);
  assert.not.ok(pty.taken);
  assert.match(pty.rows().join('\n'), /sanscope: .*not a capture|sanscope: /);
});

test('Ctrl-Z gives the shell its terminal, fg brings the screens back', async () => {
  const pty = new Pty('bash', ['--norc', '--noprofile', '-i']);
  pty.press(`'${process.execPath}' '${program}' '${SMALL}'\r`);
  await pty.until(/57 completed/);
  pty.press('2');
  await pty.until(/57 commands/);
  pty.press('\x1a');
  await pty.until(/Stopped/);
  assert.not.ok(pty.taken);
  pty.press('fg\r');
  await pty.until(/57 commands/);
  assert.ok(pty.taken);
  pty.press('q');
  await pty.until(/\$ $/m);
  assert.not.ok(pty.taken);
  pty.press('exit\r');
  await pty.end();
});

test('a resize draws anew, small ones show what fits, growing brings all back', async () => {
  const pty = await opened();
  pty.resize(120, 40);
  // The status line at the foot of the new size.
  await pty.until(/^(?:.*\n){39} \? help {2}q quit/);
  pty.resize(50, 10);
  await pty.until(/^(?:.*\n){9} \? help/);
  pty.resize(100, 30);
  await pty.until(/57 completed/);
  pty.press('q');
  assert.is((await pty.end()).exitCode, 0);
});

test('keys write changed lines only: no erasing, no whole screens', async () => {
  const pty = await opened();
  pty.press('2');
  await pty.until(/57 commands/);
  pty.press('j');
  await pty.until(/ 2\/57/);
  pty.written = '';
  pty.press('j');
  await pty.until(/ 3\/57/);
  const { written } = pty;
  for (const erase of ['\x1b[2J', '\x1b[3J', '\x1b[J', '\x1b[2K'])
    assert.not.ok(written.includes(erase));
  assert.is(written.split(';1H').length - 1, 3);
  pty.press('q');
  await pty.end();
});

test('a capture on standard input, keys from the terminal', async () => {
  const pty = new Pty('sh', ['-c', `gzip -dc '${SMALL}' | '${process.execPath}' '${program}' -`]);
  await pty.until(/57 completed/);
  pty.press('2');
  await pty.until(/57 commands/);
  pty.press('q');
  await pty.end();
  assertGivenBack(pty);
});

test('the copy of a packed file has its PDUs at once, and is gone on every way out', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sanscope-test-'));
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    for (const leave of ['q', 'SIGTERM', 'SIGHUP']) {
      const pty = await opened();
      // It has no name: nothing is left of it however the process ends.
      assert.equal(readdirSync(folder), []);
      pty.press('2G\r');
      await pty.until(/What it was/);
      pty.press('\r');
      await pty.until(/CmdSN/);
      if (leave === 'q') pty.press('q');
      else pty.kill(leave);
      await pty.end();
      assert.equal(readdirSync(folder), [], leave);
    }
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(folder, { recursive: true, force: true });
  }
});

test('F-keys, help, dialogs over the page', async () => {
  const pty = await opened();
  pty.press('\x1bOP');
  const rows = await pty.until(/one row down/);
  assert.match(rows.join('\n'), /╭─+╮/);
  pty.press('\x1b');
  await pty.until(/^(?![\s\S]*one row down)/);
  pty.press('2\x1b[18~latency > 5ms\r');
  await pty.until(/8 of 57 commands/);
  pty.press('q');
  await pty.end();
});

test.run();
