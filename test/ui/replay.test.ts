// The time cursor against brute force: what is outstanding, what R2Ts still ask for, the window.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { r2tBytesDue } from '../../src/case/moment.js';
import { Outstanding } from '../../src/case/outstanding.js';
import { randomFrom } from '../support/mishaps.js';
import { open } from '../support/ui.js';

test('outstanding commands are those that had begun and not ended, wherever the cursor jumps', async () => {
  for (const name of [
    'istgt-many-r2ts.pcap.gz',
    'tgt-killed-and-back.pcap.gz',
    'tgt-mid-stream.pcap.gz',
  ]) {
    const { kase } = (await open(name)).controller.sources;
    const { tasks } = kase;
    const outstanding = new Outstanding(tasks);
    const random = randomFrom(11);
    for (let i = 0; i < 300; i++) {
      // Some jumps land on the very moment a command begins or ends.
      const row = random() % tasks.count;
      const moments = [tasks.startNs(row), tasks.endNs(row), (random() / 2 ** 32) * kase.lastNs];
      const ns = Math.max(0, moments[i % 3]);
      outstanding.moveTo(ns);
      const expected: number[] = [];
      for (let r = 0; r < tasks.count; r++) {
        const end = tasks.endNs(r);
        if (tasks.startNs(r) <= ns && (end < 0 || end > ns)) expected.push(r);
      }
      assert.equal(
        [...outstanding.open].sort((a, b) => a - b),
        expected,
        `${name} at ${ns}`,
      );
    }
  }
});

test('nothing is due before the first R2T, and nothing when the command has ended', async () => {
  const { kase } = (await open('istgt-many-r2ts.pcap.gz')).controller.sources;
  const { tasks, pdus } = kase;
  let asked = 0;
  for (let row = 0; row < tasks.count; row++) {
    if (tasks.r2ts(row) === 0) continue;
    assert.is(r2tBytesDue(kase, row, tasks.startNs(row)), 0);
    assert.is(r2tBytesDue(kase, row, tasks.endNs(row)), 0);
    for (let pdu = pdus.firstOf(row); pdu >= 0; pdu = pdus.next(pdu)) {
      asked = Math.max(asked, r2tBytesDue(kase, row, pdus.timeNs(pdu)));
    }
  }
  // One R2T at a time, of MaxBurstLength.
  assert.is(asked, 65_536);
});

test('the command window at a time is what the target had told last', async () => {
  const { kase } = (await open('istgt-many-r2ts.pcap.gz')).controller.sources;
  const { windows } = kase;
  assert.ok(windows.count > 10);
  for (let row = 1; row < windows.count; row++) {
    assert.ok(windows.timeNs(row) >= windows.timeNs(row - 1));
    assert.is(windows.at(windows.connection(row), windows.timeNs(row)) >= 0, true);
  }
  assert.is(windows.at(0, -1), -1);
});

test.run();
