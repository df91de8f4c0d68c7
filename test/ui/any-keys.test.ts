// Any keys in any order: no screen fails, no line is wider than the terminal, the selection is a row.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { keysOf, SCREENS } from '../../src/ui/pages.js';
import { viewOf } from '../../src/ui/state.js';
import { widthOf } from '../../src/ui/terminal/width.js';
import { open } from '../support/ui.js';

const PRESSES = 250;
const SEQUENCES: Readonly<Record<string, string>> = {
  down: '\x1b[B',
  up: '\x1b[A',
  left: '\x1b[D',
  right: '\x1b[C',
  enter: '\r',
  esc: '\x1b',
  tab: '\t',
  'shift-tab': '\x1b[Z',
  space: ' ',
  pagedown: '\x1b[6~',
  pageup: '\x1b[5~',
  home: '\x1b[H',
  end: '\x1b[F',
  backspace: '\x7f',
};

/** All keys of the table, but for those that end the program and F-keys (they have letters). */
const BINDINGS = Object.values(SCREENS).flatMap(({ kind }) => keysOf(kind));
const ALL = [...new Set(BINDINGS.flatMap((b) => (b.command === 'quit' ? [] : b.keys)))]
  .filter((key) => !/^f\d/.test(key))
  .map((key) => {
    if (SEQUENCES[key] !== undefined) return SEQUENCES[key];
    return key.startsWith('ctrl-') ? String.fromCharCode(key.charCodeAt(5) - 96) : key;
  });

class Random {
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  below(n: number): number {
    this.#seed = (Math.imul(this.#seed, 1_103_515_245) + 12_345) >>> 0;
    return (this.#seed >>> 8) % n;
  }
}

/** Mostly keys of the table; screens, Enter and clicks more often, so that it gets somewhere. */
function anyKey(random: Random, columns: number, rows: number): string {
  switch (random.below(12)) {
    case 0:
      return `\x1b[<0;${1 + random.below(columns)};${1 + random.below(rows)}M`;
    case 1:
      return '\r';
    case 2:
      return String(1 + random.below(6));
    case 3:
      return '\x1b[<65;1;10M';
    default:
      return ALL[random.below(ALL.length)];
  }
}

for (const [seed, name] of [
  'istgt-many-r2ts.pcap.gz',
  'istgt-three-connections.pcap.gz',
  'tgt-chap-wrong-password.pcap',
  'tgt-hostile-data.pcap.gz',
  'tgt-killed-and-back.pcap.gz',
  'tgt-login-redirect.pcap',
  'tgt-mid-stream.pcap.gz',
  'tgt-mixed-load-snaplen160.pcap.gz',
  'tgt-stalls-two-seconds.pcap.gz',
].entries()) {
  for (const [columns, rows] of [
    [60, 15],
    [80, 24],
    [160, 50],
    [20, 5],
  ]) {
    test(`${name} at ${columns} × ${rows}`, async () => {
      const random = new Random(seed * 1000 + columns);
      const ui = await open(name, columns, rows);
      const pressed: string[] = [];
      for (let i = 0; i < PRESSES; i++) {
        const key = anyKey(random, columns, rows);
        pressed.push(JSON.stringify(key));
        ui.press(key);
        if (random.below(10) === 0) ui.wait(100);
        if (random.below(20) === 0) await ui.detailed();
        const wide = ui.rows().find((row) => widthOf(row) > columns);
        assert.is(wide, undefined, `after ${pressed.slice(-8).join(' ')}`);
        const { at } = viewOf(ui.controller.state);
        const { count } = ui.controller.page();
        assert.ok(
          at >= 0 && at < Math.max(1, count),
          `row ${at} of ${count} after ${pressed.at(-1)}`,
        );
      }
    });
  }
}

test.run();
