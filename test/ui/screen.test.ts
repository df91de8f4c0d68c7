// The driver of the screen: frames over lines, changed lines only, wide characters, colours.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bar, Dots, shade, stepNs, stepOf } from '../../src/ui/plot.js';
import { cutLine, lineText } from '../../src/ui/terminal/line.js';
import { Screen } from '../../src/ui/terminal/screen.js';
import { cut, fit, slice, widthOf } from '../../src/ui/terminal/width.js';
import { cell } from '../../src/view/cells.js';
import { makeBrush } from '../../src/view/theme.js';

function screenOf(columns: number, rows: number): { screen: Screen; written: () => string } {
  let text = '';
  const screen = new Screen(columns, rows, makeBrush(0), (part) => {
    text += part;
  });
  return {
    screen,
    written: () => {
      const all = text;
      text = '';
      return all;
    },
  };
}

test('the frame covers what lies below it, and what lies below shows at both its sides', () => {
  const { screen, written } = screenOf(12, 3);
  screen.below([[cell('aaaaaaaaaaaa')], [cell('bbbbbbbbbbbb')], [cell('cccccccccccc')]]);
  screen.write('title\n    │ x │\n');
  screen.flush();
  const all = written();
  assert.ok(all.includes('\x1b[1;1Htitleaaaaaaa'));
  assert.ok(all.includes('\x1b[2;1Hbbbb│ x │bbb'));
  assert.ok(all.includes('\x1b[3;1Hcccccccccccc'));
});

test('a painted frame keeps its colours and loses its blanks', () => {
  const { screen, written } = screenOf(12, 1);
  screen.below([[cell('bbbbbbbbbbbb')]]);
  screen.write('  \x1b[1m  bold\x1b[22m ');
  screen.flush();
  assert.ok(written().includes('\x1b[1;1Hbbbb\x1b[1mbold\x1b[22mbbbb'));
});

test('what ink writes to steer a terminal is no frame', () => {
  const { screen, written } = screenOf(5, 1);
  screen.write('hello');
  screen.write('\x1b[?25l');
  screen.write('');
  screen.flush();
  assert.ok(written().includes('hello'));
});

test('nothing is written where nothing changed, and everything after forget', () => {
  const { screen, written } = screenOf(4, 2);
  screen.below([[cell('a')], [cell('b')]]);
  screen.flush();
  written();
  screen.below([[cell('a')], [cell('c')]]);
  screen.flush();
  assert.is(written(), '\x1b[?2026h\x1b[2;1Hc   \x1b[?2026l');
  screen.forget();
  screen.flush();
  assert.ok(written().includes('\x1b[1;1Ha   '));
});

test('wide characters take two columns, marks none; cut in half they are blanks', () => {
  assert.is(widthOf('漢字'), 4);
  assert.is(widthOf('e\u0301'), 1);
  assert.is(slice('漢字', 1, 3), '  ');
  assert.is(slice('a漢b', 0, 3), 'a漢');
  assert.is(cut('漢字漢字', 5), '漢字…');
  assert.is(fit('漢', 4, true), '  漢');
  assert.is(widthOf(lineText(cutLine([cell('漢字漢字'), cell('!')], 3, 8))), 5);
});

test('the selection is inverse without any colour, and heat is colour only beside a shade', () => {
  assert.is(makeBrush(0)('x', 'bad', true, 0.5), '\x1b[7mx\x1b[27m');
  assert.is(makeBrush(0)('x', 'bad', false, 0.5), 'x');
  assert.match(makeBrush(3)('x', 'bad', false, 0.5), /38;2;/);
  assert.match(makeBrush(2)('x', 'bad', false, 0.5), /38;5;/);
});

test('plots', () => {
  const dots = new Dots(2, 1);
  dots.set(0, 0);
  dots.set(3, 3);
  dots.set(99, 0);
  assert.equal(dots.lines(), ['⡀⠈']);
  assert.is(bar(0.5, 4), '██');
  assert.is(bar(0.001, 4), '▏');
  assert.is(shade(0), ' ');
  assert.is(shade(0.001), '░');
  for (const ns of [1, 2, 5, 10, 20, 999, 1000, 5e6, 1e9]) {
    assert.ok(stepNs(stepOf(ns)) <= ns && ns < stepNs(stepOf(ns) + 1), String(ns));
  }
});

test.run();
