// What grows with what is sent has a bound, and one that is reached is told.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  DISCOVERED_ADDRESSES_MAX,
  DISCOVERED_TARGETS_MAX,
  DISCOVERED_TEXT_MAX,
  LUNS_PER_SESSION,
} from '../../../src/limits.js';
import { keys } from '../../support/build.js';
import { Driver, login, type Pairs, read10, WINDOW } from '../driver.js';

const TAG = { initiatorTaskTag: 3 };

/** A discovery session whose answer has these pairs, 300 in each text. */
function answered(pairs: Pairs): Driver {
  const d = new Driver();
  login(d, {
    who: [
      ['InitiatorName', 'iqn.2001-04.com.example:host1'],
      ['SessionType', 'Discovery'],
    ],
  });
  for (let at = 0; at < pairs.length; at += 300) {
    d.send(
      'text-request',
      { ...TAG, final: 1, cmdSN: 1, expStatSN: 2 },
      { data: [['SendTargets', 'All']] },
    );
    const data = keys(pairs.slice(at, at + 300));
    d.send('text-response', { ...TAG, statSN: 2, ...WINDOW }, { data });
  }
  return d;
}

function reached(d: Driver): number {
  return d.problems.counts.get('limit-reached') ?? 0;
}

test('SendTargets: targets, their addresses and their text', () => {
  const targets = (count: number): Pairs =>
    Array.from({ length: count }, (_, i) => ['TargetName', `iqn.2001-04.com.example:${i}`]);
  const all = answered(targets(DISCOVERED_TARGETS_MAX));
  assert.equal([all.sessions[0].discovered.length, reached(all)], [DISCOVERED_TARGETS_MAX, 0]);
  const more = answered(targets(DISCOVERED_TARGETS_MAX + 3));
  assert.equal([more.sessions[0].discovered.length, reached(more)], [DISCOVERED_TARGETS_MAX, 3]);

  const portals = Array.from({ length: DISCOVERED_ADDRESSES_MAX + 2 }, (_, i) => i);
  const wide = answered([
    ['TargetName', 'iqn.2001-04.com.example:a'],
    ...portals.map((i): [string, string] => ['TargetAddress', `10.0.${i >> 8}.${i & 255}:3260,1`]),
  ]);
  assert.is(wide.sessions[0].discovered[0].addresses.length, DISCOVERED_ADDRESSES_MAX);
  assert.is(reached(wide), 2);

  const name = 'x'.repeat(20_000);
  const long = Array.from({ length: 150 }, (_, i): [string, string] => ['TargetName', name + i]);
  const d = new Driver();
  login(d);
  for (const pair of long) {
    d.send(
      'text-request',
      { ...TAG, final: 1, cmdSN: 1, expStatSN: 2 },
      { data: [['SendTargets', 'All']] },
    );
    d.send('text-response', { ...TAG, statSN: 2, ...WINDOW }, { data: keys([pair]) });
  }
  const length = d.sessions[0].discovered.reduce((sum, one) => sum + one.name.length, 0);
  assert.ok(length <= DISCOVERED_TEXT_MAX && length > DISCOVERED_TEXT_MAX - 21_000, `${length}`);
  assert.is(reached(d), long.length - d.sessions[0].discovered.length);
});

test('LUNs of a session', () => {
  const commands = (count: number): Driver => {
    const d = new Driver();
    for (let i = 0; i < count; i++) {
      read10(d, i, i + 1, 2, { lun: i.toString(16).padStart(4, '0').padEnd(16, '0') });
    }
    d.finish();
    return d;
  };
  const all = commands(LUNS_PER_SESSION);
  assert.equal([all.sessions[0].luns.size, reached(all)], [LUNS_PER_SESSION, 0]);
  const more = commands(LUNS_PER_SESSION + 2);
  assert.equal([more.sessions[0].luns.size, reached(more)], [LUNS_PER_SESSION, 1]);
  assert.is(more.sessions[0].tasks, LUNS_PER_SESSION + 2);
});

test.run();
