// Every screen works the same at every moment of a source's life: here the source is still open.

import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Pty } from '../support/pty.js';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const program = at('bin/sanscope.js');
const STALL = at('captures/tgt-stalls-two-seconds.pcap.gz');
/** Bytes of its capture up to when two commands wait for their answers. */
const IN_THE_STALL = 900_000;
const CHAP = at('captures/tgt-chap.pcap');

/** The capture comes through a pipe that is not closed: it may go on. */
/** `bytes`: only so many of it come. */
function open(args: string, columns: number, rows: number, capture = STALL, bytes = 1e9): Pty {
  const cat = capture.endsWith('.gz') ? 'gzip -dc' : 'cat';
  const line = `exec '${process.execPath}' '${program}' ${args} < <(${cat} '${capture}' | head -c ${bytes}; exec sleep 600 2>/dev/null </dev/null)`;
  return new Pty('bash', ['-c', line], columns, rows);
}

const DIALOGS: readonly (readonly [key: string, title: RegExp])[] = [
  ['?', /This screen: commands/],
  ['f', /Filter commands/],
  ['w', /Export to a file/],
  ['s', /Sort by/],
  ['t', /Columns: /],
  ['/', /Search text/],
  [':', /Go to a frame/],
];

for (const [columns, rows] of [
  [80, 24],
  [160, 50],
]) {
  for (const args of ['-', 'live -']) {
    test(`dialogs are drawn while the pipe is open: ${args} at ${columns} × ${rows}`, async () => {
      const pty = open(args, columns, rows);
      await pty.until(args === '-' ? /reading/ : /TEST UNIT|IOPS/);
      pty.press('2');
      await pty.until(/READ\(10\)/);
      for (const [key, title] of DIALOGS) {
        pty.press(key);
        await pty.until(title);
        pty.press('\x1b');
        await pty.until(new RegExp(`^(?![\\s\\S]*${title.source})`));
      }
      pty.press('f');
      await pty.until(/Filter commands/);
      pty.press('write\r');
      await pty.until(/filter: write/);
      pty.press('q');
      assert.is((await pty.end()).exitCode, 0);
      assert.not.ok(pty.taken);
    });
  }
}

test('an open command is as old on its ladder as in the list: one clock, which goes on', async () => {
  const pty = open('live -', 100, 40, STALL, IN_THE_STALL);
  const list = await pty.until(/Longest open[\s\S]*\n +(?:[3-9]|\d\d+)\.\d+ s +(READ|WRITE)/);
  assert.match(list.join('\n'), / packets .*drops not told {2}0 B missing in TCP/);
  pty.press('G');
  pty.press('\r');
  const ladder = await pty.until(/open for \d/);
  const [, age = ''] = /open for ([\d.]+) s/.exec(ladder.join('\n')) ?? [];
  assert.ok(Number(age) >= 3, age);
  await pty.until(new RegExp(`open for (?!${age})\\d`));
  pty.close();
});

for (const [columns, rows] of [
  [60, 15],
  [80, 24],
  [160, 50],
]) {
  test(`a stall is on the screen while it lasts, and leads to its command: ${columns} × ${rows}`, async () => {
    const pty = open('live -', columns, rows, STALL, IN_THE_STALL);
    await pty.until(/! {2}stall {2}nothing answered for [1-9]\d*\.\d+ s/);
    pty.press('7');
    await pty.until(/\d+ events? [\s\S]*nothing answered/);
    pty.press('/');
    await pty.until(/Search text/);
    pty.press('nothing answered\r');
    await pty.until(/^(?![\s\S]*Search text)/);
    pty.press('\r');
    await pty.until(/open for [1-9]/);
    pty.press('7');
    pty.press('2');
    await pty.until(/commands/);
    // The newest are in sight, and stay there.
    await pty.until(/ (\d+)\/\1 /);
    pty.press('q');
    assert.is((await pty.end()).exitCode, 0);
  });
}

for (const [columns, rows] of [
  [60, 15],
  [80, 24],
  [160, 50],
]) {
  test(`in ASCII all of it is ASCII: ${columns} × ${rows}`, async () => {
    const pty = open('--ascii live -', columns, rows, STALL, IN_THE_STALL);
    await pty.until(/! {2}stall/);
    for (const [key, says] of [
      ['?', /This screen/],
      ['\x1b', /^(?![\s\S]*This screen)/],
      ['4', /latency/],
      ['3', /Histogram/],
      ['2', /▲?time/],
    ] as const) {
      pty.press(key);
      const text = (await pty.until(says)).join('');
      assert.not.match(text, /[^\x20-\x7e]/);
    }
    pty.press('q');
    await pty.end();
  });
}

test('secrets are hidden, the hint names an option that this very command line takes', async () => {
  const hidden = open('-', 120, 50, CHAP);
  await hidden.until(/18 PDUs|PDUs +18/);
  hidden.press(':');
  await hidden.until(/Go to a frame/);
  hidden.press('10\r');
  await hidden.until(/CHAP_R/);
  const rows = await hidden.until(/--show-secrets/);
  assert.match(rows.join('\n'), /CHAP_R.*\(hidden\)/);
  hidden.close();
  const shown = open('--show-secrets -', 120, 50, CHAP);
  await shown.until(/18 PDUs|PDUs +18/);
  shown.press(':');
  await shown.until(/Go to a frame/);
  shown.press('10\r');
  const clear = await shown.until(/CHAP_R/);
  assert.not.match(clear.join('\n'), /hidden|--show-secrets/);
  shown.close();
});

test.run();
