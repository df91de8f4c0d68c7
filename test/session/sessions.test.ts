// Logins and what comes of them: sessions, connections, MC/S, reinstatement, redirects, endings.

import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Parameter } from '../../src/session/model.js';
import { keys } from '../support/build.js';
import { Driver, dataIn, login, MS, type Pairs, read10, response, WHO, WINDOW } from './driver.js';

const STAGE = { transit: 1, csg: 1, nsg: 3, isid: '00023d000001' };
const DIGESTS: Pairs = [
  ['HeaderDigest', 'CRC32C'],
  ['DataDigest', 'None'],
];

function of(parameters: readonly Parameter[], key: string): Parameter {
  const found = parameters.find((p) => p.key === key);
  if (found === undefined) throw new Error(`no parameter ${key}`);
  return found;
}

test('an accepted login names the session and what is in force', () => {
  const d = new Driver();
  const offer: Pairs = [
    ['HeaderDigest', 'CRC32C,None'],
    ['DataDigest', 'None'],
    ['InitialR2T', 'No'],
    ['MaxRecvDataSegmentLength', '65536'],
    ['ErrorRecoveryLevel', '2'],
  ];
  const answer: Pairs = [
    ['HeaderDigest', 'CRC32C'],
    ['DataDigest', 'None'],
    ['InitialR2T', 'No'],
    ['ErrorRecoveryLevel', '0'],
    ['TargetAlias', 'a disk'],
  ];
  login(d, { offer, answer, tsih: 77, cid: 5 });
  const [s] = d.sessions;
  assert.is(s.initiatorName, 'iqn.2001-04.com.example:host1');
  assert.is(s.targetName, 'iqn.2001-04.com.example:disk1');
  assert.is(s.targetPortalGroupTag, 1);
  assert.is(s.isid, '00023d000001');
  assert.is(s.tsih, 77);
  assert.is(s.type, 'Normal');
  assert.is(s.loginSeen, true);
  assert.is(s.targetAlias, 'a disk');
  assert.is(s.initiatorAddress, '10.0.0.1');
  assert.is(s.targetAddress, '10.0.0.2:3260');
  assert.is(of(s.parameters, 'InitialR2T').result, 'No');
  assert.is(of(s.parameters, 'ErrorRecoveryLevel').result, '0');
  assert.is(of(s.parameters, 'MaxBurstLength').source, 'default');
  const c = d.story();
  assert.is(c.cid, 5);
  assert.is(of(c.parameters, 'MaxRecvDataSegmentLength').initiatorInForce, '65536');
  assert.is(of(c.parameters, 'MaxRecvDataSegmentLength').targetInForce, '8192');
  assert.is(c.headerDigest, true);
  assert.is(c.dataDigest, false);
  assert.equal(d.digests, [[0, true, false]]);
  assert.is(c.login?.outcome, 'accepted');
  assert.is(c.login?.steps.length, 2);
  assert.equal(
    c.login?.steps.map((step) => [step.from, step.csg, step.nsg, step.statusClass]),
    [
      ['initiator', 1, 3, -1],
      ['target', 1, 3, 0],
    ],
  );
  assert.is(s.window.nextCmdSN, 1);
  assert.is(s.window.maxCmdSN, 32);
});

/** StatSN of the login responses of one test. */
function counted(): (from: 'request' | 'response') => Record<string, number> {
  let statSN = 0;
  return (from): Record<string, number> =>
    from === 'response' ? { statSN: ++statSN } : { expStatSN: statSN + 1 };
}

test('CHAP in several steps: the method is known, the secrets stay in the steps', () => {
  const d = new Driver();
  const numbers = counted();
  const say = (
    from: 'request' | 'response',
    csg: number,
    transit: number,
    nsg: number,
    data: Pairs,
  ) => d.send(`login-${from}`, { ...STAGE, csg, nsg, transit, ...numbers(from) }, { data });
  say('request', 0, 0, 0, [...WHO, ['AuthMethod', 'CHAP,None']]);
  say('response', 0, 0, 0, [['AuthMethod', 'CHAP']]);
  say('request', 0, 0, 0, [['CHAP_A', '5']]);
  say('response', 0, 0, 0, [
    ['CHAP_A', '5'],
    ['CHAP_I', '1'],
    ['CHAP_C', '0x01'],
  ]);
  say('request', 0, 1, 1, [
    ['CHAP_N', 'me'],
    ['CHAP_R', '0x02'],
  ]);
  say('response', 0, 1, 1, []);
  say('request', 1, 1, 3, DIGESTS);
  assert.is(d.sessions.length, 0);
  say('response', 1, 1, 3, DIGESTS);
  const { login: story } = d.story();
  assert.is(story?.authMethod, 'CHAP');
  assert.is(story?.outcome, 'accepted');
  assert.equal(
    story?.steps.map((step) => step.nsg),
    [-1, -1, -1, -1, 1, 1, 3, 3],
  );
  assert.equal(story?.steps[4].text, [
    ['CHAP_N', 'me'],
    ['CHAP_R', '0x02'],
  ]);
  assert.is(d.problems.kept.length, 0);
});

test('the text of a login may be cut between PDUs at every byte', () => {
  const text = keys([...WHO, ...DIGESTS]);
  for (let at = 0; at <= text.length; at++) {
    const d = new Driver();
    const more = { ...STAGE, transit: 0, continue: 1 };
    d.send('login-request', more, { data: text.slice(0, at) });
    d.send('login-response', { ...STAGE, transit: 0, statSN: 1 });
    d.send('login-request', STAGE, { data: text.slice(at) });
    const answer = keys(DIGESTS);
    const half = Math.min(at, answer.length);
    d.send('login-response', { ...more, statSN: 2 }, { data: answer.slice(0, half) });
    d.send('login-request', { ...STAGE, transit: 0 });
    d.send('login-response', { ...STAGE, tsih: 9, statSN: 3 }, { data: answer.slice(half) });
    assert.is(d.sessions[0].targetName, 'iqn.2001-04.com.example:disk1', `cut at ${at}`);
    assert.equal(d.digests, [[0, true, false]], `cut at ${at}`);
    assert.is(d.problems.kept.length, 0);
  }
});

test('a redirected login says where to', () => {
  const d = new Driver();
  d.send('login-request', STAGE, { data: WHO });
  const data: Pairs = [['TargetAddress', '10.0.0.9:3260']];
  d.send('login-response', { statusClass: 1, statusDetail: 1 }, { data });
  const c = d.story();
  assert.is(c.login?.outcome, 'redirected');
  assert.is(c.login?.redirectedTo, '10.0.0.9:3260');
  assert.is(c.ended, 'login redirected');
  assert.is(d.sessions[0].ended, 'login redirected');
  assert.equal(d.digests, []);
});

test('rejected logins keep class and detail, also of no known class', () => {
  for (const [statusClass, statusDetail] of [
    [2, 1],
    [3, 2],
    [4, 0],
  ]) {
    const d = new Driver();
    d.send('login-request', STAGE, { data: WHO });
    d.send('login-response', { statusClass, statusDetail });
    const { login: story } = d.story();
    assert.is(story?.outcome, 'rejected');
    assert.is(story?.statusClass, statusClass);
    assert.is(story?.statusDetail, statusDetail);
    assert.is(d.sessions[0].ended, 'login rejected');
    assert.is(d.problems.counts.get('negotiation-odd'), undefined);
  }
});

test('a login that nobody answered', () => {
  const d = new Driver();
  d.send('login-request', STAGE, { data: WHO });
  d.close('rst');
  assert.is(d.story().login?.outcome, 'unanswered');
  assert.is(d.sessions[0].ended, 'login unanswered');
  const e = new Driver();
  e.send('login-request', STAGE, { data: WHO });
  e.finish();
  assert.is(e.sessions[0].initiatorName, 'iqn.2001-04.com.example:host1');
});

test('a login cut by snaplen: digests are left to be inferred, unless both spoke', () => {
  const d = new Driver();
  d.send('login-request', STAGE, { data: [...WHO, ...DIGESTS], dataCaptured: 60 });
  d.send('login-response', { ...STAGE, tsih: 3 }, { data: DIGESTS, dataCaptured: 10 });
  assert.equal(d.digests, []);
  assert.is(d.story().digestsInferred, true);
  assert.is(d.story().login?.incomplete, true);
  assert.is(d.sessions[0].initiatorName, 'iqn.2001-04.com.example:host1');
  assert.is(d.sessions[0].targetName, '');
  assert.is(d.problems.counts.get('pdu-truncated'), 2);
});

test('a connection joins the session whose TSIH it names', () => {
  const d = new Driver();
  login(d, { tsih: 7 });
  login(d, { on: 1, requestTsih: 7, tsih: 7, cid: 1, cmdSN: 2 });
  assert.is(d.sessions.length, 1);
  assert.equal(d.sessions[0].connections, [0, 1]);
  // Command on one, response on the other.
  read10(d, 4, 1, 2);
  response(d, 4, 2, {}, { on: 1 });
  assert.equal(d.outcomes(), ['4 good']);
  assert.is(d.tasks[0].connection, 0);
  d.close('fin', 1);
  assert.is(d.sessions[0].ended, '');
  assert.is(d.story(1).ended, 'connection lost');
  d.close('rst', 0);
  assert.is(d.sessions[0].ended, 'connection lost');
});

test('the same TSIH for a session that lives and has nothing open is the same session', () => {
  const d = new Driver();
  login(d, { tsih: 1 });
  login(d, { on: 1, tsih: 1 });
  read10(d, 2, 1, 2);
  response(d, 2, 2, {}, { on: 1 });
  assert.is(d.sessions.length, 1);
  assert.equal(d.outcomes(), ['2 good']);
});

test('a new session in the place of the old one: its tasks are lost', () => {
  const d = new Driver();
  login(d, { tsih: 1 });
  read10(d, 4, 1, 2);
  login(d, { on: 1, tsih: 2 });
  assert.is(d.sessions.length, 2);
  const [old, now] = d.sessions;
  assert.is(old.ended, 'reinstated');
  assert.is(old.reinstatedBy, 1);
  assert.is(now.reinstates, 0);
  assert.equal(d.outcomes(), ['4 lost']);
  assert.is(d.tasks[0].endNs, d.nowNs);
  assert.is(d.story(0).ended, 'reinstated');
  d.close('rst', 0);
  assert.is(d.story(0).ended, 'reinstated');
});

test('reinstatement with the TSIH of the old session, which had tasks open', () => {
  const d = new Driver();
  login(d, { tsih: 1 });
  read10(d, 4, 1, 2);
  login(d, { on: 1, tsih: 1 });
  assert.is(d.sessions.length, 2);
  assert.equal(d.outcomes(), ['4 lost']);
});

test('another ISID, target, initiator or portal group is another session', () => {
  const named = (key: string, value: string): Pairs =>
    WHO.map(([k, v]) => (k === key ? ([k, value] as const) : ([k, v] as const)));
  const d = new Driver();
  login(d, { tsih: 1 });
  login(d, { on: 1, tsih: 2, isid: '00023d000002' });
  login(d, { on: 2, tsih: 3, who: named('TargetName', 'iqn.2001-04.com.example:disk2') });
  login(d, { on: 3, tsih: 4, who: named('InitiatorName', 'iqn.2001-04.com.example:host2') });
  login(d, { on: 4, tsih: 5, group: 2 });
  assert.is(d.sessions.length, 5);
  assert.equal(
    d.sessions.map((s) => s.ended),
    ['', '', '', '', ''],
  );
});

test('a lost session, then a login in its place: it stays lost, and the two are linked', () => {
  const d = new Driver();
  login(d, { tsih: 1 });
  d.close('rst', 0);
  login(d, { on: 1, tsih: 2 });
  assert.is(d.sessions[0].ended, 'connection lost');
  assert.is(d.sessions[0].reinstatedBy, 1);
});

test('the same CID again replaces a connection of the session', () => {
  const d = new Driver();
  login(d, { tsih: 7, cid: 3 });
  read10(d, 4, 1, 2);
  login(d, { on: 1, requestTsih: 7, tsih: 7, cid: 3, cmdSN: 2 });
  assert.is(d.sessions.length, 1);
  assert.is(d.story(0).ended, 'reinstated');
  assert.equal(d.outcomes(), ['4 lost']);
});

test('with ErrorRecoveryLevel 2 tasks outlive their connection and are taken over', () => {
  const level: Pairs = [['ErrorRecoveryLevel', '2']];
  const d = new Driver();
  login(d, { tsih: 7, cid: 3, offer: level, answer: level });
  read10(d, 4, 1, 2);
  read10(d, 5, 2, 2);
  d.close('rst', 0);
  assert.is(d.sessions[0].ended, 'connection lost');
  login(d, { on: 1, requestTsih: 7, tsih: 7, cid: 3, cmdSN: 3, statSN: 50 });
  assert.is(d.sessions[0].ended, '');
  assert.equal(d.outcomes(), []);
  const reassign = { function: 8, referencedTaskTag: 4, initiatorTaskTag: 60, immediate: 1 };
  d.send('task-management-request', { ...reassign, cmdSN: 3, expStatSN: 51 }, { on: 1 });
  const done = { initiatorTaskTag: 60, response: 0, statSN: 51, ...WINDOW };
  d.send('task-management-response', done, { on: 1 });
  dataIn(d, 4, 4096, { on: 1, statSN: 52 });
  assert.equal(d.outcomes(), ['4 good']);
  d.close('open', 1);
  d.finish();
  assert.equal(d.outcomes(), ['4 good', '5 lost']);
});

test('without a login the session is one of its own', () => {
  const d = new Driver();
  read10(d, 1, 55, 9);
  read10(d, 1, 70, 3, { on: 1 });
  assert.is(d.sessions.length, 2);
  assert.equal(
    d.sessions.map((s) => [s.loginSeen, s.type, s.isid]),
    [
      [false, 'unknown', ''],
      [false, 'unknown', ''],
    ],
  );
  assert.is(d.story().digestsInferred, true);
});

test('a connection that ends without a logout loses its tasks; the end of the capture does not', () => {
  const d = new Driver();
  login(d);
  read10(d, 1, 1, 2);
  d.close('rst');
  assert.equal(d.outcomes(), ['1 lost']);
  assert.is(d.sessions[0].ended, 'connection lost');
  const e = new Driver();
  login(e);
  read10(e, 1, 1, 2);
  e.close('open');
  e.finish();
  assert.equal(e.outcomes(), ['1 open']);
  assert.is(e.sessions[0].ended, '');
});

test('ports that were used again are known as such at the end only', () => {
  const d = new Driver();
  login(d);
  read10(d, 1, 1, 2);
  d.close('open');
  d.connection(0).closedHow = 'reused';
  d.finish();
  assert.equal(d.outcomes(), ['1 lost']);
});

test('logouts: of the session, of one connection, for recovery', () => {
  const out = (d: Driver, reason: number, cid: number, on = 0) => {
    const initiatorTaskTag = 90;
    const fields = { initiatorTaskTag, reason, cid, cmdSN: 2, expStatSN: 2, immediate: 1 };
    d.send('logout-request', fields, { on });
    d.send('logout-response', { initiatorTaskTag, statSN: 2, ...WINDOW }, { on });
  };
  const two = () => {
    const d = new Driver();
    login(d, { tsih: 7, cid: 0 });
    login(d, { on: 1, requestTsih: 7, tsih: 7, cid: 1 });
    read10(d, 1, 1, 2);
    read10(d, 2, 2, 2, { on: 1 });
    return d;
  };
  const whole = two();
  out(whole, 0, 0);
  assert.equal(whole.outcomes(), ['1 lost', '2 lost']);
  assert.is(whole.sessions[0].ended, 'logout');
  whole.close('fin', 0);
  assert.is(whole.story(0).ended, 'logout');
  const one = two();
  out(one, 1, 1);
  assert.equal(one.outcomes(), ['2 lost']);
  assert.is(one.sessions[0].ended, '');
  assert.is(one.story(1).ended, 'logout');
  assert.is(one.story(1).logout?.response, 0);
  assert.is(one.story(0).logout, undefined);
  out(one, 1, 0);
  assert.is(one.sessions[0].ended, 'logout');
  const recovery = two();
  out(recovery, 2, 1);
  assert.equal(recovery.outcomes(), []);
  assert.is(recovery.story(1).ended, 'logout');
});

test('a logout that is not answered, then a FIN: logged out', () => {
  const d = new Driver();
  login(d);
  d.send('logout-request', { initiatorTaskTag: 9, cmdSN: 1, expStatSN: 2 });
  d.close('fin');
  assert.is(d.sessions[0].ended, 'logout');
  assert.is(d.story().logout?.response, -1);
});

test('discovery: names and addresses over C-bit and several answers, cut at every byte', () => {
  const list: Pairs = [
    ['TargetName', 'iqn.2001-04.com.example:a'],
    ['TargetAddress', '10.0.0.2:3260,1'],
    ['TargetAddress', '[fd00::2]:3260,1'],
    ['TargetName', 'iqn.2001-04.com.example:b'],
    ['TargetAddress', '10.0.0.3:3260,2'],
  ];
  const who: Pairs = [
    ['InitiatorName', 'iqn.2001-04.com.example:host1'],
    ['SessionType', 'Discovery'],
  ];
  const text = keys(list);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: text.length }), (at) => {
      const d = new Driver();
      login(d, { who });
      const tag = { initiatorTaskTag: 3 };
      d.send(
        'text-request',
        { ...tag, cmdSN: 1, expStatSN: 2 },
        { data: [['SendTargets', 'All']] },
      );
      const more = { ...tag, final: 0, continue: 1, targetTransferTag: 8, statSN: 2, ...WINDOW };
      d.send('text-response', more, { data: text.slice(0, at) });
      d.send('text-request', { ...tag, targetTransferTag: 8, cmdSN: 2, expStatSN: 3 });
      d.send('text-response', { ...tag, statSN: 3, ...WINDOW }, { data: text.slice(at) });
      const [s] = d.sessions;
      assert.is(s.type, 'Discovery');
      assert.equal(s.discovered, [
        {
          name: 'iqn.2001-04.com.example:a',
          addresses: ['10.0.0.2:3260,1', '[fd00::2]:3260,1'],
        },
        { name: 'iqn.2001-04.com.example:b', addresses: ['10.0.0.3:3260,2'] },
      ]);
      const event = s.events.find((e) => e.kind === 'text negotiation');
      assert.is(event?.fields['initiator.SendTargets'], 'All');
      assert.is(event?.endFrame, d.frame);
    }),
    { seed: 7, numRuns: 200 },
  );
});

test('text in the full feature phase declares the segment length again', () => {
  const d = new Driver();
  login(d);
  const data: Pairs = [['MaxRecvDataSegmentLength', '262144']];
  const tag = { initiatorTaskTag: 3 };
  d.send('text-request', { ...tag, final: 1, cmdSN: 1, expStatSN: 2 }, { data });
  const before = of(d.story().parameters, 'MaxRecvDataSegmentLength');
  assert.is(before.initiatorInForce, '8192');
  d.send('text-response', { ...tag, statSN: 2, ...WINDOW }, { data: [] });
  const now = of(d.story().parameters, 'MaxRecvDataSegmentLength');
  assert.is(now.initiatorInForce, '262144');
  assert.is(now.targetInForce, '8192');
  assert.is(now.renegotiated, true);
});

test('the window: how wide it was, and how long it was closed', () => {
  const d = new Driver();
  login(d);
  const nop = (expCmdSN: number, maxCmdSN: number) => {
    const fields = { initiatorTaskTag: 0xffffffff, statSN: 2, expCmdSN, maxCmdSN };
    d.send('nop-in', fields);
  };
  nop(33, 32);
  const closedNs = d.nowNs;
  nop(33, 32);
  nop(34, 40);
  const openNs = d.nowNs;
  nop(20, 10); // "both ignored" (4.2.2.1)
  nop(30, 35); // older than what is known
  const w = d.sessions[0].window;
  assert.is(w.widthMin, 0);
  assert.is(w.widthMax, 32);
  assert.is(w.closed, 1);
  assert.is(w.closedNs, openNs - closedNs);
  assert.is(w.closedNsMax, openNs - closedNs);
  assert.is(w.closedSinceNs, -1);
  assert.is(w.maxCmdSN, 40);
  nop(41, 40);
  d.finish();
  assert.is(w.closed, 2);
  assert.is(w.closedNs, openNs - closedNs + 1 * MS);
});

test('a login whose last answer was not captured was accepted, or no command would follow', () => {
  const d = new Driver();
  const fields = { transit: 1, csg: 1, nsg: 3, isid: '00023d000001', cmdSN: 5 };
  const data: Pairs = [...WHO, ['InitialR2T', 'No'], ['MaxRecvDataSegmentLength', '65536']];
  d.send('login-request', fields, { data });
  d.lost('target', 200);
  read10(d, 1, 5, 2);
  response(d, 1, 2);
  const [s] = d.sessions;
  assert.equal([d.sessions.length, s.ended, s.loginSeen], [1, '', true]);
  assert.equal([d.story().login?.outcome, d.story().login?.incomplete], ['accepted', true]);
  assert.equal(d.outcomes(), ['1 good']);
  // Nobody knows what the target said: no default is claimed, and digests must show.
  assert.is(d.story().digestsInferred, true);
  assert.equal(
    s.parameters.map((p) => [p.key, p.result]),
    [
      ['InitiatorName', WHO[0][1]],
      ['TargetName', WHO[1][1]],
      ['SessionType', 'Normal'],
      ['InitialR2T', undefined],
    ],
  );
  const own = d.story().parameters.find((p) => p.key === 'MaxRecvDataSegmentLength');
  assert.equal([own?.initiatorInForce, own?.targetInForce], ['65536', undefined]);
});

test('only the target was captured: its answer is the result, its responses are not odd', () => {
  const d = new Driver();
  const stage = { transit: 1, csg: 1, nsg: 3, tsih: 1, statSN: 1, expCmdSN: 1, maxCmdSN: 32 };
  d.send('login-response', stage, { data: [['FirstBurstLength', '8192']] });
  response(d, 1, 2);
  dataIn(d, 2, 4096, { statSN: 3 });
  const [s] = d.sessions;
  assert.equal(
    s.parameters.map((p) => [p.key, p.result, p.source]),
    [['FirstBurstLength', '8192', 'inferred']],
  );
  assert.equal(d.outcomes(), ['1 good', '2 good']);
  assert.is(s.sequence.unknownTask.count, 0);
});

test('only the initiator was captured: each ExpStatSN bounds what was sent before', () => {
  const d = new Driver();
  const fields = { transit: 1, csg: 1, nsg: 3, isid: '00023d000001', cmdSN: 1 };
  d.send('login-request', fields, { data: WHO });
  read10(d, 1, 1, 2);
  read10(d, 2, 2, 3);
  const boundNs = d.nowNs;
  assert.equal(d.outcomes(), ['1 status not captured']);
  assert.equal([d.tasks[0].statusNs, d.tasks[0].statusBound], [boundNs, true]);
  read10(d, 3, 3, 4);
  d.send('logout-request', { initiatorTaskTag: 9, cmdSN: 4, expStatSN: 5 });
  d.lost('target', 500);
  d.close('fin');
  assert.equal(d.outcomes().slice(1), ['2 status not captured', '3 status not captured']);
  assert.is(d.sessions[0].ended, 'logout');
});

test.run();
