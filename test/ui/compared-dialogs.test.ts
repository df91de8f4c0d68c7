// points and diff in a pseudo-terminal: the dialogs that all screens have, at three sizes, also in ASCII;
// and the mouse in dialogs.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { widthOf } from '../../src/ui/terminal/width.js';
import { Pty } from '../support/pty.js';

const at = (name: string): string =>
  fileURLToPath(new URL(`../../captures/${name}`, import.meta.url));
const LOAD = at('tgt-mixed-load.pcap.gz');
const STALLS = at('tgt-stalls-two-seconds.pcap.gz');
const folder = mkdtempSync(join(tmpdir(), 'sanscope-test-'));

const SIZES = [
  [60, 15],
  [80, 24],
  [160, 50],
] as const;

/** What is compared, what its screen says first, and a row of its that is searched for. */
const COMPARED: readonly (readonly [args: readonly string[], says: RegExp, row: string])[] = [
  [['points', '--name', 'host,array', STALLS, STALLS], /What the points prove/, 'network out'],
  [['diff', LOAD, STALLS], /Slower, with more commands/, 'READ(10)'],
];

const DIALOGS: readonly (readonly [key: string, title: RegExp])[] = [
  ['?', /This screen|Keys \(/],
  ['/', /Search text/],
  [':', /Go to a frame/],
  ['w', /Export to a file/],
];

async function closed(pty: Pty, title: RegExp): Promise<void> {
  await pty.until(new RegExp(`^(?![\\s\\S]*(?:${title.source}))`));
}

for (const [columns, rows] of SIZES) {
  for (const [args, says, row] of COMPARED) {
    // Both where there is least room, then one each.
    if (columns === (args[0] === 'points' ? 160 : 80)) continue;
    test(`${args[0]}: every dialog at ${columns} × ${rows}`, async () => {
      const ascii = columns === 80;
      const pty = Pty.sanscope([...(ascii ? ['--ascii'] : []), ...args], columns, rows);
      await pty.until(says);
      for (const [key, title] of DIALOGS) {
        pty.press(key);
        const seen = await pty.until(title);
        for (const line of seen) assert.ok(widthOf(line) <= columns, line);
        if (ascii) assert.not.match(seen.join(''), /[^\x20-\x7e]/);
        pty.press('\x1b');
        await closed(pty, title);
      }
      pty.press('/');
      await pty.until(/Search text/);
      pty.press(`${row}\r`);
      await closed(pty, /Search text|not found/);
      pty.press('n');
      await pty.until(new RegExp(row.replace(/[()]/g, '\\$&')));
      const path = join(folder, `${args[0]}-${columns}.txt`);
      pty.press('w');
      await pty.until(/Export to a file/);
      pty.press(`${path}\r`);
      await closed(pty, /Export to a file/);
      assert.ok(existsSync(path));
      // Once more: it asks, and Esc leaves it as it was.
      pty.press('w');
      await pty.until(/Export to a file/);
      pty.press(`${path}\r`);
      await pty.until(/replace/i);
      pty.press('\x1b');
      await closed(pty, /Export to a file/);
      // The screens of the capture behind it, and back.
      pty.press('2');
      await pty.until(/312 commands/);
      pty.press('f');
      await pty.until(/Filter commands/);
      pty.press('\x1b');
      await closed(pty, /Filter commands/);
      pty.press(args[0] === 'points' ? '&' : '%');
      await pty.until(/& points|% diff| & ?$| % ?$/m);
      pty.press('g');
      await pty.until(says);
      pty.press('q');
      assert.is((await pty.end()).exitCode, 0);
      assert.not.ok(pty.taken);
    });
  }
}

/** A click on the first character of a text in the dialog. */
function click(pty: Pty, text: string): void {
  const rows = pty.rows();
  const inside = rows.map((line) => line.indexOf(text, line.indexOf('│') + 1));
  const row = rows.findIndex((line, i) => line.includes('│') && inside[i] >= 0);
  assert.ok(row >= 0, `${text} is not in\n${rows.join('\n')}`);
  const place = `${inside[row] + 1};${row + 1}`;
  pty.press(`\x1b[<0;${place}M\x1b[<0;${place}m`);
}

for (const [columns, rows] of [SIZES[0], SIZES[2]]) {
  test(`the mouse in dialogs: ${columns} × ${rows}`, async () => {
    const pty = Pty.sanscope([STALLS], columns, rows);
    await pty.until(/What looks wrong|Sessions|LUN/);
    pty.press('2');
    await pty.until(/312 commands {2}by time/);
    // A line of the orders is taken.
    pty.press('s');
    await pty.until(/Sort by/);
    click(pty, 'latency');
    await pty.until(/312 commands {2}by latency/);
    // Columns are shown and hidden, and a click beside the dialog closes it.
    pty.press('t');
    await pty.until(/Columns: /);
    click(pty, '[x] frame');
    await pty.until(/▸ \[ \] frame/);
    click(pty, '[ ] frame');
    await pty.until(/▸ \[x\] frame/);
    pty.press('\x1b[<0;1;2M\x1b[<0;1;2m');
    await closed(pty, /Columns: /);
    // What is offered is taken, the cursor goes where the click was, and a text that was typed is not lost.
    pty.press('f');
    await pty.until(/Filter commands/);
    pty.press('operation ');
    await pty.until(/› operation/);
    pty.press('\x7f == WR');
    await pty.until(/WRITE\(16\)/);
    click(pty, 'WRITE(10)');
    await pty.until(/› operation == "WRITE\(10\)"/);
    pty.press('\x1b[<0;1;2M\x1b[<0;1;2m');
    click(pty, 'operation');
    pty.press('not ');
    await pty.until(/› not operation == "WRITE\(10\)"/);
    pty.press('\r');
    await pty.until(/162 of 312 commands/);
    pty.press('q');
    assert.is((await pty.end()).exitCode, 0);
  });
}

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
