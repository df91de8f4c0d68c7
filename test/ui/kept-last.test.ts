// What screens keep beside commands and PDUs: the first changes and events of a capture, the last ones
// of one that goes on.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WindowLog } from '../../src/case/command-window-log.js';
import { TCP_EVENTS_KEPT } from '../../src/limits.js';
import type { Pdu } from '../../src/pdu/pdu.js';
import { newSessionStory } from '../../src/session/new-story.js';
import { TcpLog } from '../../src/store/tcp-log.js';
import { Opcode } from '../../src/wire/iscsi/codes.js';

const CHANGES = 1_400_000;

function windowsOf(last: boolean): WindowLog {
  const { window } = newSessionStory(0, 'iscsi', 0);
  window.known = true;
  const log = new WindowLog((connection) => (connection === 3 ? window : undefined), last);
  const pdu = { opcode: Opcode.scsiResponse, connection: 3 };
  for (let i = 0; i < CHANGES; i++) {
    // The width is i modulo 32, and one.
    window.maxCmdSN = i % 32;
    log.end({ ...pdu, endNs: i } as unknown as Pdu);
  }
  return log;
}

test('the command window: the first million changes, or the last ones', () => {
  const first = windowsOf(false);
  assert.is(first.first, 0);
  assert.is(first.count, 1 << 20);
  assert.is(first.at(3, 100), (100 % 32) + 1);
  const last = windowsOf(true);
  assert.is(last.count, CHANGES);
  assert.ok(last.first > 0 && last.count - last.first <= 1 << 20);
  for (const ns of [CHANGES - 1, CHANGES - 500_000, last.first]) {
    assert.is(last.at(3, ns), (ns % 32) + 1, `${ns}`);
    assert.is(last.timeNs(ns), ns);
  }
  assert.is(last.at(3, last.first - 1), -1);
  assert.is(last.at(4, CHANGES), -1);
});

test('what TCP did: the first events, or the last ones', () => {
  const count = TCP_EVENTS_KEPT * 2;
  for (const isLast of [false, true]) {
    const log = new TcpLog(isLast);
    for (let i = 1; i <= count; i++) log.zeroWindow(0, i, i, i);
    assert.is(log.events.length + log.dropped, count);
    assert.ok(log.events.length <= TCP_EVENTS_KEPT && log.events.length > TCP_EVENTS_KEPT / 2);
    assert.is(log.events.at(isLast ? -1 : 0)?.frame, isLast ? count : 1);
    assert.is(log.during(0, 0, count).length, log.events.length);
  }
});

test.run();
