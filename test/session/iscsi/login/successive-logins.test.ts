// Several logins on one TCP connection: each is told, in order, with what belongs to it.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loginStories } from '../../../../src/report/ladder/login-story.js';
import { Dialogue, INITIATOR_NAME, type Pairs, TARGET_NAME } from '../../../support/dialogue.js';
import { run } from '../../../support/run.js';
import { Driver, dataIn, login, read10, WHO } from '../../driver.js';

const MS = 1_000_000;
const DISCOVERY: Pairs = [
  ['InitiatorName', INITIATOR_NAME],
  ['SessionType', 'Discovery'],
];
const NORMAL: Pairs = [
  ['InitiatorName', INITIATOR_NAME],
  ['SessionType', 'Normal'],
  ['TargetName', TARGET_NAME],
];

function logins(d: Driver): string[] {
  return loginStories(d.stage.connections(), d.sessions).map(
    ({ login: l, session }) => `S${session?.id} ${session?.type} ${l.outcome}`,
  );
}

test('discovery, logout, and a normal login on the same TCP connection', () => {
  const d = new Driver();
  login(d, { who: DISCOVERY, tsih: 1 });
  d.send(
    'text-request',
    { initiatorTaskTag: 5, cmdSN: 1, expStatSN: 2 },
    { data: [['SendTargets', 'All']] },
  );
  const named: Pairs = [['TargetName', TARGET_NAME]];
  d.send(
    'text-response',
    { initiatorTaskTag: 5, statSN: 2, expCmdSN: 2, maxCmdSN: 9 },
    { data: named },
  );
  d.send('logout-request', { initiatorTaskTag: 6, cmdSN: 2, expStatSN: 3, reason: 0 });
  d.send('logout-response', { initiatorTaskTag: 6, statSN: 3, expCmdSN: 3, maxCmdSN: 9 });
  login(d, { who: NORMAL, tsih: 2, cmdSN: 70, statSN: 1, isid: '00023d000002' });
  read10(d, 7, 70, 2);
  dataIn(d, 7, 4096, { statSN: 2 });
  d.close('fin');
  d.finish();
  assert.equal(logins(d), ['S0 Discovery accepted', 'S1 Normal accepted']);
  const [discovery, normal] = d.sessions;
  assert.equal([discovery.ended, normal.ended], ['logout', 'connection lost']);
  assert.is(discovery.discovered.length, 1);
  assert.equal([discovery.tasks, normal.tasks], [0, 1]);
  assert.equal(
    d.stage.connections().map((c) => [c.session, c.pdus, c.ended, c.replaced]),
    [
      [0, 6, 'logout', true],
      [1, 4, 'connection lost', false],
    ],
  );
  // Both counts of StatSN begin anew, and nothing of it is odd.
  assert.equal(d.problems.kept, []);
  assert.is(d.stage.invariants(), '');
});

test('a login that is refused and tried again on the same connection', () => {
  const d = new Driver();
  const stage = { transit: 1, csg: 1, nsg: 3, isid: '00023d000001', initiatorTaskTag: 0 };
  for (let i = 0; i < 2; i++) {
    d.send('login-request', { ...stage, cmdSN: 1 }, { data: NORMAL });
    d.send('login-response', { ...stage, transit: 0, statusClass: 2, statusDetail: 3 });
  }
  login(d);
  d.finish();
  assert.equal(logins(d), ['S0 Normal rejected', 'S1 Normal rejected', 'S2 Normal accepted']);
  assert.equal(
    d.stage.connections().map((c) => c.pdus),
    [2, 2, 2],
  );
  assert.equal(
    d.sessions.map((s) => s.ended),
    ['login rejected', 'login rejected', ''],
  );
});

test('a login in the midst of a session takes its place where the target accepts it', () => {
  const d = new Driver();
  login(d);
  read10(d, 7, 1, 2);
  login(d, { tsih: 2, cmdSN: 5, isid: '00023d000009' });
  d.finish();
  assert.equal(logins(d), ['S0 Normal accepted', 'S1 Normal accepted']);
  assert.equal(
    d.sessions.map((s) => s.ended),
    ['replaced by another login', ''],
  );
  assert.equal(d.outcomes(), ['7 lost']);
  assert.is(d.stage.invariants(), '');
});

test('the same initiator, ISID and target again is a reinstatement, on whatever connection', () => {
  const d = new Driver();
  login(d);
  d.send('logout-request', { initiatorTaskTag: 6, cmdSN: 1, expStatSN: 2, reason: 1, cid: 0 });
  login(d, { tsih: 2, cmdSN: 5 });
  d.finish();
  const [old, now] = d.sessions;
  assert.equal([old.reinstatedBy, now.reinstates], [now.id, old.id]);
});

test('a login that the target rejects leaves the session as it is', () => {
  for (const answered of [true, false]) {
    const d = new Driver();
    login(d);
    read10(d, 7, 1, 2);
    const stage = { transit: 1, csg: 1, nsg: 3, isid: '00023d000009', initiatorTaskTag: 3 };
    d.send('login-request', { ...stage, cmdSN: 2 }, { data: WHO });
    const header = new Uint8Array(48);
    header[0] = 0x43;
    const numbers = { statSN: 2, expCmdSN: 2, maxCmdSN: 33 };
    if (answered) d.send('reject', { reason: 4, ...numbers }, { data: header });
    dataIn(d, 7, 4096, { statSN: answered ? 3 : 2 });
    d.close('fin');
    d.finish();
    assert.equal(d.outcomes(), ['7 good']);
    const second = answered ? 'rejected' : 'unanswered';
    assert.equal(logins(d), ['S0 Normal accepted', `S1 Normal ${second}`]);
    assert.is(d.sessions[0].ended, 'connection lost');
    assert.is(d.stage.invariants(), '');
  }
});

test('the report tells both, and TCP once', () => {
  const d = new Dialogue({ headerDigest: true });
  const t = d.login(0);
  const read = d.read10(0, 8, t + MS);
  const end = d.logout(read.statusNs + MS);
  d.begunAgain();
  const again = d.loginStep(end + MS, {
    csg: 1,
    nsg: 3,
    offered: [...NORMAL, ['HeaderDigest', 'CRC32C']],
    answered: [['HeaderDigest', 'CRC32C']],
  });
  d.read10(8, 8, again + MS);
  const { report } = run(d.tcp.captured());
  assert.equal(
    report.sessions.map((s) => [
      s.commandCount,
      s.completed,
      s.connections.map((c) => [c.loginNth, c.pduCount]),
    ]),
    [
      [1, 1, [[1, 7]]],
      [1, 1, [[2, 5]]],
    ],
  );
  assert.is(report.totals.connectionCount, 1);
  const octets = report.sessions.map((s) => s.counters?.iscsiadm['txdata_octets'] ?? 0);
  const [connection] = report.sessions[0].connections;
  assert.is(octets[0] + octets[1], connection.fromInitiator.payloadBytes);
  assert.ok(octets[0] > 0 && octets[1] > 0);
});

test.run();
