// The first lines of a report and of the overview.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { verdictLines } from '../../src/view/verdict-view.js';
import { HAND_REPORT } from '../support/hand-report.js';
import { reportOf } from '../support/report.js';

function textOf(report: Parameters<typeof verdictLines>[0], width: number): string[] {
  return verdictLines(report, width).map(({ cells }) => cells.map((c) => c.text).join(''));
}

test('what is wrong, whose move it was and what to do, in seven lines of any width', () => {
  const lines = textOf(HAND_REPORT, 80);
  assert.match(lines[0], /^critical {2}2 commands without an answer/);
  assert.match(lines[1], /the target’s move · S0/);
  assert.ok(lines.some((line) => line.startsWith('Next:     Capture on.')));
  for (let width = 40; width < 200; width += 9) {
    const some = textOf(HAND_REPORT, width);
    assert.ok(some.length <= 7 && some.every((line) => line.length <= width), `${width}`);
  }
});

test('nothing found says so, and what could not be judged', async () => {
  const quiet = { ...HAND_REPORT, incidents: [], findings: [] };
  const [first, second] = textOf(quiet, 100);
  assert.match(first, /^Nothing wrong was found: /);
  assert.match(second, /^Not judged: .*login not captured/);
  const none = await reportOf('captures/tgt-chap.pcap');
  const empty = { ...none, incidents: [], totals: { ...none.totals, sessionCount: 0 } };
  assert.match(textOf(empty, 80)[0], /^No iSCSI was found/);
});

test.run();
