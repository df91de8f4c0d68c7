// The table of keys: whole, without doubles, and a letter beside every F-key.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deeds } from '../../src/ui/command-handlers.js';
import { helpLines } from '../../src/ui/dialogs.js';
import { COMMON_KEYS, keyText } from '../../src/ui/keys.js';
import { commandOf, keysOf, SCREENS } from '../../src/ui/pages.js';
import { lineText } from '../../src/ui/terminal/line.js';

const screens = Object.values(SCREENS);

test('every F-key has a letter beside it', () => {
  for (const { keys, command } of [...COMMON_KEYS, ...screens.flatMap((s) => s.keys)]) {
    if (!keys.some((key) => /^f\d+$/.test(key))) continue;
    assert.ok(
      keys.some((key) => [...key].length === 1),
      command,
    );
  }
});

test('no key means two things on one screen', () => {
  for (const { kind } of screens) {
    const keys = keysOf(kind).flatMap((b) => b.keys);
    assert.is(new Set(keys).size, keys.length, kind);
  }
});

test('every command has a key, a deed, and a line of the help', () => {
  for (const command of Object.keys(deeds)) {
    const [found] = screens.flatMap(({ kind }) =>
      keysOf(kind).flatMap((b) => (b.command === command ? [{ kind, about: b.about }] : [])),
    );
    assert.ok(found, command);
    const help = helpLines(found.kind).map(lineText).join('\n');
    assert.ok(help.includes(found.about), command);
  }
  assert.is(commandOf('f', 'overview'), undefined);
  assert.is(commandOf('f', 'commands'), 'filter');
  assert.is(keyText('ctrl-d'), 'Ctrl-D');
});

test('the help begins with the keys of the screen that is looked at, and knows the mouse', () => {
  const help = helpLines('time').map(lineText);
  assert.is(help[0], 'This screen: time');
  assert.match(help[1], /the part of the time axis before/);
  assert.ok(help.includes('Mouse'));
  assert.ok(help.includes('On live'));
});

test.run();
