// What targets answer: rows 21 to 25, 31, 35 and 36.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cdb10, Dialogue, fixedSense } from '../support/dialogue.js';
import { found, MS, S } from '../support/found.js';

const CHECK = 2;
const LUN = '0001000000000000';

function sense(key: number, asc: number, ascq: number) {
  return { status: CHECK, sense: fixedSense(key, asc, ascq) };
}

/** TEST UNIT READY: no data, whatever the status. */
const READY = new Uint8Array(6);

/** Two hosts on one target: the first reserves, the second meets it. */
function reservation(reserves: boolean, isids = ['00023d000001', '00023d000002']): Dialogue[] {
  const holder = new Dialogue({ isid: isids[0] });
  const t = holder.login(0) + MS;
  const reserve = Uint8Array.of(0x5f, 1, 3, 0, 0, 0, 0, 0, 24, 0);
  if (reserves) holder.command(reserve, t);
  const other = new Dialogue({ isid: isids[1], initiator: '10.0.0.9', tsih: 2 });
  const at = other.login(10 * MS) + MS;
  other.command(READY, at + 20 * MS, { status: 0x18 });
  return [holder, other];
}

test('a reservation conflict names who reserved last, where that was captured', () => {
  const [held] = found(reservation(true), 'reservation-conflict');
  assert.match(held.text, /PERSISTENT RESERVE OUT: RESERVE \(Exclusive Access\)/);
  assert.match(held.text, /iqn\.2001-04\.com\.example:host1 \(S0\)/);
  assert.is(held.values?.holderSession, 0);
  const [unknown] = found(reservation(false), 'reservation-conflict');
  assert.match(unknown.text, /No RESERVE .* was captured before/);
  const free = new Dialogue();
  free.command(READY, free.login(0) + MS);
  assert.equal(found([free], 'reservation-conflict'), []);
});

test('a registration with another ISID does not count', () => {
  const both = (isid: string): Dialogue[] => {
    const first = new Dialogue();
    let t = first.login(0) + MS;
    t = first.command(Uint8Array.of(0x5f, 0, 0, 0, 0, 0, 0, 0, 24, 0), t).statusNs;
    const again = new Dialogue({ isid, initiatorPort: 40_001, tsih: 2 });
    again.command(READY, again.login(t + MS) + MS, { status: 0x18 });
    return [first, again];
  };
  const [changed] = found(both('00023d0000ff'), 'reservation-conflict');
  assert.match(changed.text, /registered with ISID 00023d000001, and now has 00023d0000ff/);
  const [same] = found(both('00023d000001'), 'reservation-conflict');
  assert.not.match(same.text, /ISID/);
});

/** Reads at a depth, of which the last is refused, and sent again `retryNs` later. */
function full(depth: number, status: number, retryNs: number): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  for (let i = 0; i < depth - 1; i++) d.read10(i * 8, 8, t + i * 1000, { targetNs: 5 * MS });
  d.command(cdb10(0x28, 800, 8), t + MS, { status });
  d.read10(800, 8, t + 10 * MS + retryNs);
  return d;
}

test('TASK SET FULL and BUSY tell how many commands were open, and when they came again', () => {
  const [queue] = found([full(8, 0x28, 5 * MS)], 'task-set-full');
  assert.is(queue.values?.openMax, 8);
  assert.match(queue.text, /7 deep at least/);
  assert.match(queue.text, /Sent again 1 time/);
  const [busy] = found([full(1, 0x08, 5 * MS)], 'status-busy');
  assert.is(busy.values?.openMax, 1);
  assert.match(busy.text, /nothing else open/);
  assert.equal(found([full(8, 0x08, 5 * MS)], 'task-set-full'), []);
  assert.equal(found([full(8, 0, 5 * MS)], 'status-busy'), []);
});

const OTHER: readonly [id: string, of: Parameters<Dialogue['command']>[2]][] = [
  ['aca-active', { status: 0x30 }],
  ['task-aborted', { status: 0x40 }],
  ['other-status', { status: 0x66 }],
  ['target-failure', { response: 1 }],
];
for (const [id, of] of OTHER) {
  test(`${id}, and a good command`, () => {
    const one = (how: typeof of): Dialogue => {
      const d = new Dialogue();
      d.command(READY, d.login(0) + MS, how);
      return d;
    };
    assert.is(found([one(of)], id).length, 1);
    assert.equal(found([one({})], id), []);
  });
}

/** Reads, then this sense data `times`, then reads again (`after`). */
function told(
  of: ReturnType<typeof sense>,
  { before = 2, times = 1, after = 0, everyNs = 10 * MS }: Record<string, number> = {},
): Dialogue {
  const d = new Dialogue();
  let t = d.login(0) + MS;
  for (let i = 0; i < before; i++) t = d.read10(i * 8, 8, t).statusNs + MS;
  for (let i = 0; i < times; i++) t = d.command(READY, t, of).statusNs + everyNs;
  for (let i = 0; i < after; i++) t = d.read10(i * 8, 8, t).statusNs + MS;
  return d;
}

test('a unit attention right after the login is normal, in the middle it is news', () => {
  const [early] = found([told(sense(6, 0x29, 0), { before: 0, after: 1 })], 'unit-attention');
  assert.is(early.severity, 'note');
  assert.is(early.values?.afterLogin, true);
  const [late] = found([told(sense(6, 0x29, 0))], 'unit-attention');
  assert.is(late.severity, 'warning');
  assert.match(late.text, /reset or power cycled while it was in use/);
  assert.match(
    found([told(sense(6, 0x3f, 0x0e))], 'unit-attention')[0].text,
    /list of LUNs changed/,
  );
  assert.equal(found([told(sense(5, 0x24, 0))], 'unit-attention'), []);
});

test('other sense data is told by its key, and unit attentions are not told twice', () => {
  const [medium] = found([told(sense(3, 0x11, 0))], 'check-condition');
  assert.is(medium.severity, 'critical');
  assert.equal(found([told(sense(6, 0x29, 0))], 'check-condition'), []);
});

test('a path in transition, and a LUN that moves three times or twice', () => {
  const [moving] = found([told(sense(2, 4, 0x0a), { times: 3, after: 1 })], 'path-access');
  assert.match(moving.title, /3 commands refused: the path is in transition/);
  assert.equal(found([told(sense(2, 4, 0x01))], 'path-access'), []);
  const [flaps] = found([told(sense(6, 0x2a, 6), { times: 3, after: 1 })], 'path-flapping');
  assert.match(flaps.title, /changed 3 times/);
  assert.equal(found([told(sense(6, 0x2a, 6), { times: 2, after: 1 })], 'path-flapping'), []);
});

/** REPORT TARGET PORT GROUPS, answered with these states of group 1. */
function portGroups(states: readonly number[]): Dialogue {
  const d = new Dialogue();
  let t = d.login(0) + MS;
  const cdb = Uint8Array.of(0xa3, 0x0a, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0);
  for (const state of states) {
    const read = Uint8Array.of(0, 0, 0, 12, state, 0xbf, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1);
    t = d.command(cdb, t, { read }).statusNs + 100 * MS;
  }
  return d;
}

test('answers of REPORT TARGET PORT GROUPS that go to and fro', () => {
  const [flaps] = found([portGroups([0, 1, 0, 1])], 'path-flapping');
  assert.match(flaps.text, /3 changes .*group 1 active\/non-optimized at last/);
  assert.equal(found([portGroups([0, 1, 0, 0])], 'path-flapping'), []);
});

test('a LUN that was used and is gone, one that comes back, one that never was', () => {
  const [gone] = found([told(sense(5, 0x25, 0), { times: 2 })], 'device-lost');
  assert.match(gone.title, /does not exist any more on all paths/);
  assert.equal(found([told(sense(5, 0x25, 0), { after: 1 })], 'device-lost'), []);
  assert.is(found([told(sense(5, 0x25, 0), { before: 0 })], 'lun-missing').length, 1);
  assert.equal(found([told(sense(5, 0x25, 0))], 'lun-missing'), []);
  const [failed] = found([told(sense(4, 0x3e, 1))], 'device-lost');
  assert.match(failed.title, /LOGICAL UNIT FAILURE/);
});

/** All commands of `paths` sessions of a host stay open, to a capture that goes on for `silentNs`. */
function silent(paths: number, silentNs: number, works = 0): Dialogue[] {
  return Array.from({ length: paths }, (_, i) => {
    const d = new Dialogue({ initiatorPort: 40_000 + i, tsih: i + 1, isid: `00023d00000${i}` });
    const t = d.login(i * MS) + 10 * MS;
    d.read10(0, 8, t);
    if (i >= works) d.command(cdb10(0x28, 8, 8), t + 20 * MS, { statusIn: 'none' });
    d.tcp.ack('initiator', t + 20 * MS + silentNs);
    return d;
  });
}

test('all paths down: every session of a host is silent, or one still works', () => {
  const [down] = found(silent(2, 6 * S), 'all-paths-down');
  assert.match(down.title, /silent for 6\.\d+ s, on all 2 sessions/);
  assert.equal(found(silent(2, 6 * S, 1), 'all-paths-down'), []);
  assert.equal(found(silent(2, 4 * S), 'all-paths-down'), []);
});

/** REPORT LUNS, answered with these LUNs; `cut`: the first asks for the length only. */
function luns(...lists: readonly (readonly number[])[]): Dialogue {
  const d = new Dialogue();
  let t = d.login(0) + MS;
  const cdb = Uint8Array.of(0xa0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0);
  for (const list of lists) {
    const read = new Uint8Array(8 + 8 * list.length);
    read[3] = 8 * list.length;
    list.forEach((lun, i) => {
      read[8 + 8 * i + 1] = lun;
    });
    t = d.command(cdb, t, { read }).statusNs + MS;
  }
  return d;
}

test('a list of LUNs that loses one, gains one, or stays', () => {
  const [lost] = found([luns([0, 1], [0])], 'luns-changed');
  assert.is(lost.severity, 'warning');
  assert.match(lost.text, /Taken away: 0001000000000000/);
  assert.is(found([luns([0], [0, 1])], 'luns-changed')[0].severity, 'note');
  assert.equal(found([luns([0, 1], [0, 1])], 'luns-changed'), []);
});

/** ATS heartbeats on one block, one of them slow, then a miscompare or none. */
function ats(slowNs: number, miscompares: boolean): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const cdb = Uint8Array.of(0x89, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 1, 0, 0);
  for (let i = 0; i < 3; i++) {
    d.command(cdb, t + i * 3 * S, { targetNs: i === 2 ? slowNs : MS });
  }
  d.command(cdb, t + 6 * S + slowNs + S, miscompares ? sense(0x0e, 0x1d, 0) : {});
  return d;
}

test('an ATS miscompare after a slow one, after a fast one, and none', () => {
  const [slow] = found([ats(9 * S, true)], 'ats-miscompare');
  assert.is(slow.severity, 'critical');
  assert.match(
    slow.text,
    /block 4096, compared every 3\.00 s\. The one before on that block took 9\.00 s/,
  );
  const [fast] = found([ats(10 * MS, true)], 'ats-miscompare');
  assert.match(fast.text, /lost the race/);
  assert.equal(found([ats(9 * S, false)], 'ats-miscompare'), []);
});

/** One read or write of 8 blocks of 512 bytes, told so by READ CAPACITY, with other words of its data. */
function lengths(of: Record<string, number | string | Uint8Array>, moved = 4096): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const capacity = Uint8Array.of(0, 0, 0xff, 0xff, 0, 0, 2, 0);
  d.command(Uint8Array.of(0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0), t, { read: capacity });
  const initiatorTaskTag = d.nextTag();
  const command = { read: 1, expectedDataTransferLength: 4096, cdb: cdb10(0x28, 0, 8), ...of };
  d.say('scsi-command', { initiatorTaskTag, lun: LUN, ...command }, t + MS, { advance: 'cmdSN' });
  if (command.read === 1 && moved > 0) {
    d.say('data-in', { initiatorTaskTag, statSN: 0 }, t + 2 * MS, { data: new Uint8Array(moved) });
  }
  d.say('scsi-response', { initiatorTaskTag }, t + 3 * MS, { advance: 'statSN' });
  return d;
}

test('lengths and directions that disagree, and that agree', () => {
  const [short] = found([lengths({}, 2048)], 'residual-mismatch');
  assert.match(short.text, /4 KiB expected, 2 KiB moved, residual none/);
  assert.equal(found([lengths({})], 'residual-mismatch'), []);
  const [long] = found([lengths({ expectedDataTransferLength: 8192 }, 8192)], 'length-mismatch');
  assert.match(long.text, /8 blocks of 512 bytes, Expected Data Transfer Length 8192/);
  assert.equal(found([lengths({})], 'length-mismatch'), []);
  const nothing = lengths({ read: 0, expectedDataTransferLength: 0 }, 0);
  assert.match(found([nothing], 'length-mismatch')[0].text, /Expected Data Transfer Length 0/);
  const [wrong] = found([lengths({ read: 0, write: 1 })], 'direction-mismatch');
  assert.match(wrong.text, /READ\(10\)/);
  assert.equal(found([lengths({})], 'direction-mismatch'), []);
});

test.run();
