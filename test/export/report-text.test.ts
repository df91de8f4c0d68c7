import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blocksText } from '../../src/export/report-text.js';
import { reportBlocks } from '../../src/view/report-view.js';
import { makePaint } from '../../src/view/theme.js';
import { HAND_REPORT } from '../support/hand-report.js';

function textAt(width: number, level: 0 | 1 = 0): string {
  return blocksText(reportBlocks(HAND_REPORT, width), width, makePaint(level));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const COLOURS = /\u001b\[\d+(;\d+)*m/g;

for (const width of [80, 120, 160]) {
  test(`the report at ${width} columns`, () => {
    const path = fileURLToPath(new URL(`golden/report-${width}.txt`, import.meta.url));
    const text = textAt(width);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
    assert.fixture(text, readFileSync(path, 'utf8'));
  });
}

test('no line is wider than asked for, at any width', () => {
  for (let width = 40; width <= 200; width += 7) {
    for (const line of textAt(width).split('\n')) {
      assert.ok(line.length <= width, `${line.length} > ${width}: ${line}`);
    }
  }
});

test('colours change nothing but colours', () => {
  const painted = textAt(120, 1);
  assert.match(painted, COLOURS);
  assert.is(painted.replace(COLOURS, ''), textAt(120));
});

test('no line is left with blanks at its end', () => {
  assert.not.match(textAt(100), / \n/);
});

test('what came from the wire cannot repaint the terminal', () => {
  assert.not.match(textAt(160), '\u001b');
  assert.match(textAt(160), 'sn.0123456789\\x1b[31m');
});

test.run();
