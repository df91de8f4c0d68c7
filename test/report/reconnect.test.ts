// After a session was lost: when its initiator was back, against what the two had agreed on.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { comebacks } from '../../src/report/reconnect.js';
import { Driver, login, MS, type Pairs, WHO } from '../session/driver.js';

const WAIT: Pairs = [
  ['DefaultTime2Wait', '2'],
  ['DefaultTime2Retain', '20'],
];

/** A session that ends as told, and a login `afterMs` later on another connection. */
function lostAndBack(
  afterMs: number,
  o: { how?: 'rst' | 'logout'; who?: Pairs; agreed?: Pairs } = {},
): Driver {
  const { how = 'rst', who = WHO, agreed = WAIT } = o;
  const d = new Driver();
  login(d, { offer: agreed, answer: agreed });
  if (how === 'logout') {
    d.send('logout-request', { reason: 0, initiatorTaskTag: 5, cmdSN: 1, expStatSN: 2 });
    d.send('logout-response', { initiatorTaskTag: 5, statSN: 2, time2Wait: 3, time2Retain: 4 });
  }
  d.close(how === 'rst' ? 'rst' : 'fin');
  d.nowNs += (afterMs - 1) * MS; // the driver lets 1 ms pass before the next PDU
  login(d, { on: 1, isid: '00023d000007', tsih: 2, who });
  d.finish();
  return d;
}

test('too soon, and just in time', () => {
  assert.equal(
    [...comebacks(lostAndBack(1999).sessions)],
    [[0, { session: 1, afterNs: 1999 * MS, time2Wait: 2, time2Retain: 20, tooSoon: true }]],
  );
  const [[, back]] = [...comebacks(lostAndBack(2000).sessions)];
  assert.equal([back.afterNs, back.tooSoon], [2000 * MS, undefined]);
});

test('nothing is said after a logout, of another target, and of times that are not known', () => {
  assert.is(comebacks(lostAndBack(10, { how: 'logout' }).sessions).size, 0);
  const other = WHO.map(([k, v]) => [k, k === 'TargetName' ? `${v}2` : v] as const);
  assert.is(comebacks(lostAndBack(10, { who: other }).sessions).size, 0);
  const [[, back]] = [...comebacks(lostAndBack(10, { agreed: [] }).sessions)];
  // RFC 7143 13.15, 13.16: the defaults are 2 and 20 seconds.
  assert.equal([back.time2Wait, back.time2Retain, back.tooSoon], [2, 20, true]);
});

test('a session whose place is taken at once waited for nothing', () => {
  const d = new Driver();
  login(d, { offer: WAIT, answer: WAIT });
  login(d, { on: 1, tsih: 2 });
  d.finish();
  const [[id, back]] = [...comebacks(d.sessions)];
  assert.equal([id, back.session, back.afterNs, back.tooSoon], [0, 1, 0, undefined]);
});

test('a logout is listed with the times of its answer', () => {
  const [session] = lostAndBack(10, { how: 'logout' }).sessions;
  const logout = session.events.find((e) => e.kind === 'logout');
  assert.equal([logout?.fields['time2Wait'], logout?.fields['time2Retain']], [3, 4]);
});

test.run();
