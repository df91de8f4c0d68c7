// The table of keys: whole, without doubles, and a letter beside every F-key.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deeds } from '../../src/ui/command-handlers.js';
import { helpLines } from '../../src/ui/dialogs.js';
import { commandOf, KEYS, keyText } from '../../src/ui/keys.js';
import { lineText } from '../../src/ui/terminal/line.js';

test('every F-key has a letter beside it', () => {
  for (const { keys, command } of KEYS) {
    if (!keys.some((key) => /^f\d+$/.test(key))) continue;
    assert.ok(
      keys.some((key) => [...key].length === 1),
      command,
    );
  }
});

test('no key means two things on one screen', () => {
  const places = [
    'overview',
    'session',
    'commands',
    'command',
    'pdu',
    'latency',
    'time',
    'login',
    'tcp',
    'compare',
  ] as const;
  for (const place of places) {
    const keys = KEYS.filter((b) => b.where?.includes(place) ?? true).flatMap((b) => b.keys);
    assert.is(new Set(keys).size, keys.length, place);
  }
});

test('every command has a key, a deed, and a line of the help', () => {
  const help = helpLines().map(lineText).join('\n');
  for (const command of Object.keys(deeds)) {
    const binding = KEYS.find((b) => b.command === command);
    assert.ok(binding, command);
    assert.ok(help.includes(binding.about), command);
  }
  assert.is(commandOf('f', 'overview'), undefined);
  assert.is(commandOf('f', 'commands'), 'filter');
  assert.is(keyText('ctrl-d'), 'Ctrl-D');
});

test.run();
