// Logins that go round without moving: whose move it is, by T and by keys without their answer.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LOGIN_STEPS_MAX } from '../../src/limits.js';
import { byTime } from '../support/build.js';
import { Dialogue, INITIATOR_NAME, type Pairs, TARGET_NAME } from '../support/dialogue.js';
import { found, foundIn, MS } from '../support/found.js';
import { dropped, hasData } from '../support/mishaps.js';
import { run } from '../support/run.js';

const NAMES: Pairs = [
  ['InitiatorName', INITIATOR_NAME],
  ['SessionType', 'Normal'],
  ['TargetName', TARGET_NAME],
];

interface Circle {
  readonly rounds: number;
  /** T of the initiator's requests, by round. */
  readonly transit?: (round: number) => number;
  readonly offered?: Pairs;
  readonly answered?: Pairs;
  /** A key that each round brings anew. */
  readonly newKey?: boolean;
  readonly end?: 'target' | 'accepted' | 'rejected' | 'none';
}

/** A login whose first step says the keys, and whose others say nothing. */
function circle(of: Circle): Dialogue {
  const d = new Dialogue();
  const stage = { csg: 1, isid: d.options.isid, initiatorTaskTag: 1 };
  let t = d.tcp.connect(0) + MS;
  const round = (transit: number, offered: Pairs, answered: Pairs, more = {}) => {
    const nsg = transit === 1 ? 3 : 0;
    const sent = d.say('login-request', { ...stage, transit, nsg }, t, { data: offered });
    const answer = { ...stage, transit: 0, ...more };
    t = d.say('login-response', answer, sent + MS, { data: answered, advance: 'statSN' }) + 50 * MS;
  };
  const { offered = [], answered = [], transit = () => 0, end = 'target' } = of;
  round(transit(0), [...NAMES, ...offered], [['TargetPortalGroupTag', '1'], ...answered]);
  for (let i = 1; i <= of.rounds; i++) {
    round(transit(i), of.newKey === true ? [[`X-com.example.${i}`, '1']] : [], []);
  }
  if (end === 'rejected') round(0, [], [], { statusClass: 2, statusDetail: 0 });
  if (end === 'accepted') round(1, [], [], { transit: 1, nsg: 3, tsih: 1 });
  if (end === 'target' || end === 'rejected') d.tcp.close(t, 'target');
  return d;
}

const ID = 'login-goes-round';

test('an initiator that never sets T keeps its login open', () => {
  const [finding] = found([circle({ rounds: 8 })], ID);
  assert.is(finding.owes, 'initiator');
  assert.match(finding.title, /went round 8 times without moving: it is the initiator’s move/);
  assert.match(finding.text, /LoginOperationalNegotiation for 358 ms.*did not set T once/);
  assert.match(finding.text, /The target ended the connection/);
  assert.equal(found([circle({ rounds: 8 })], 'login-unanswered'), []);
});

test('a target that grants nothing, though asked in each round', () => {
  const [finding] = found([circle({ rounds: 6, transit: () => 1 })], ID);
  assert.is(finding.owes, 'target');
  assert.match(finding.text, /neither granted it nor said what it still wants/);
  const mixed = circle({ rounds: 9, transit: (i) => (i === 5 ? 1 : 0) });
  assert.is(found([mixed], ID)[0].owes, 'unknown');
});

test('a key that was offered and never answered keeps it open, whoever sets T', () => {
  const offered: Pairs = [['HeaderDigest', 'CRC32C,None']];
  const [target] = found([circle({ rounds: 5, offered })], ID);
  assert.is(target.owes, 'target');
  assert.match(
    target.text,
    /The target never answered HeaderDigest, which the initiator offered in frame 4/,
  );
  const [initiator] = found([circle({ rounds: 5, transit: () => 1, answered: offered })], ID);
  assert.is(initiator.owes, 'initiator');
  assert.match(initiator.text, /The initiator never answered HeaderDigest/);
  // A declared key and a boolean that is settled by its offer want no answer.
  const settled: Pairs = [
    ['ImmediateData', 'No'],
    ['MaxRecvDataSegmentLength', '8192'],
  ];
  assert.is(found([circle({ rounds: 5, offered: settled })], ID)[0].owes, 'initiator');
});

test('a login that goes on for long tells its last steps, not where its list was full', () => {
  const long = circle({ rounds: LOGIN_STEPS_MAX * 2 });
  const [finding] = found([long], ID);
  assert.match(finding.title, /about 12\d times/);
  const { report } = run(byTime(long.tcp.captured()));
  const last = report.sessions[0].connections[0];
  assert.ok(last.login !== undefined && last.login.frames.length <= LOGIN_STEPS_MAX);
});

test('a rejection after it follows from it', () => {
  const { incidents } = run(byTime(circle({ rounds: 7, end: 'rejected' }).tcp.captured())).report;
  assert.match(incidents[0].title, /went round 7 times/);
  assert.match(incidents[0].text, /Login rejected/);
});

test('few rounds, rounds with keys, a login that ends well, one that was not captured whole', () => {
  assert.equal(found([circle({ rounds: 3 })], ID), []);
  assert.equal(found([circle({ rounds: 8, newKey: true })], ID), []);
  assert.equal(found([circle({ rounds: 8, end: 'accepted' })], ID), []);
  const packets = circle({ rounds: 8, transit: () => 1 }).tcp.captured();
  // Only the target's side: what the initiator said is not known.
  assert.equal(
    foundIn(
      dropped(packets, (p) => p.from === 'initiator' && hasData(p)),
      ID,
    ),
    [],
  );
  // One that still goes on when the capture ends is told.
  assert.match(found([circle({ rounds: 8, end: 'none' })], ID)[0].text, /still went on/);
});

test.run();
