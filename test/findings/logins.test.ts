// Logins: rows 26 to 29, 37 and 41 of the field guide's table.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BuiltPacket, byTime, made } from '../support/build.js';
import { Dialogue, INITIATOR_NAME, type Pairs, TARGET_NAME } from '../support/dialogue.js';
import { found, foundIn, MS, S } from '../support/found.js';
import { dropped, hasData } from '../support/mishaps.js';
import { run } from '../support/run.js';

const NAMES: Pairs = [
  ['InitiatorName', INITIATOR_NAME],
  ['TargetName', TARGET_NAME],
  ['SessionType', 'Normal'],
];

interface Refusal {
  readonly statusClass: number;
  readonly statusDetail: number;
  readonly offered?: Pairs;
  readonly answered?: Pairs;
}

/** A login that the target refuses, and closes. */
function refused(of: Refusal, atNs = 0, options = {}): Dialogue {
  const d = new Dialogue(options);
  const { offered = NAMES, answered = [], ...status } = of;
  const t = d.loginStep(d.tcp.connect(atNs) + MS, { csg: 1, nsg: 3, offered, answered, ...status });
  d.tcp.close(t + MS, 'target');
  return d;
}

test('a rejected login says with what, in which stage, and what was said last', () => {
  const offered = [...NAMES, ['CHAP_R', '0xdeadbeef']] as unknown as Pairs;
  const [finding] = found([refused({ statusClass: 2, statusDetail: 2, offered })], 'login-failed');
  assert.is(finding.title, 'Login rejected: Authorization failure');
  assert.match(finding.text, /LoginOperationalNegotiation \(step 1\)/);
  assert.match(finding.text, /TargetName=iqn\.2001-04\.com\.example:disk1/);
  assert.match(finding.next, /access list/);
  assert.not.match(JSON.stringify(finding), /deadbeef/);
  const good = new Dialogue();
  good.login(0);
  assert.equal(found([good], 'login-failed'), []);
});

const HOST_B = 'iqn.2001-04.com.example:host2';
const NO_SUCH = { statusClass: 2, statusDetail: 3 };

/** Names of a login of host B, which has an address of its own. */
function ofHostB(targetName: string): { offered: Pairs } {
  const names: Pairs = [
    ['InitiatorName', HOST_B],
    ['TargetName', targetName],
  ];
  return { offered: [...names, ['SessionType', 'Normal']] };
}
const AT_B = { initiator: '10.0.0.7', initiatorPort: 41_000, isid: '00023d000007' };

function worksFor1s(): Dialogue {
  const d = new Dialogue();
  d.read10(0, 8, d.login(0) + MS);
  d.logout(1 * S);
  return d;
}

test('a target name that is nearly one that works is the host’s slip; a sister’s name is none', () => {
  const asks = (name: string, status = NO_SUCH) =>
    refused({ ...status, ...ofHostB(name) }, 100 * MS, AT_B);
  for (const status of [NO_SUCH, { statusClass: 3, statusDetail: 1 }]) {
    const [slip] = found(
      [worksFor1s(), asks('iqn.2001-04.com.exampel:disk1', status)],
      'login-failed',
    );
    assert.is(slip.owes, 'initiator');
    assert.is(slip.confidence, 'likely');
    assert.match(slip.title, /: no target has the name iqn\.2001-04\.com\.exampel:disk1$/);
    assert.match(slip.next, /host iqn\S+host2: iqn\.2001-04\.com\.example:disk1/);
  }
  for (const name of ['iqn.2001-04.com.example:disk2', 'iqn.2001-04.com.example:tape']) {
    const [other] = found([worksFor1s(), asks(name)], 'login-failed');
    assert.is(other.title, 'Login rejected: Not found (iqn.2001-04.com.example:host2)');
  }
});

test('of several hosts the refused one is named, and who is let in', () => {
  const refusal = { statusClass: 2, statusDetail: 1, ...ofHostB(TARGET_NAME) };
  const [finding] = found([worksFor1s(), refused(refusal, 100 * MS, AT_B)], 'login-failed');
  assert.match(finding.title, /Authentication failure \(iqn\.2001-04\.com\.example:host2\)$/);
  assert.match(finding.text, /^The logins of iqn\.2001-04\.com\.example:host1 are accepted there/);
  const [alone] = found([refused({ statusClass: 2, statusDetail: 1 })], 'login-failed');
  assert.is(alone.title, 'Login rejected: Authentication failure');
});

test('a target that closes and then says that it is not there went out of service: one story', () => {
  const used = new Dialogue();
  used.read10(0, 8, used.login(0) + MS);
  used.tcp.close(1 * S, 'target');
  const away = refused({ statusClass: 3, statusDetail: 1 }, 2 * S, { initiatorPort: 40_001 });
  const [lost] = found([used, away], 'connection-lost');
  assert.match(lost.text, /came back and was refused: Service unavailable/);
  assert.is(lost.owes, 'target');
  const [story] = run(byTime([used, away].flatMap((d) => d.tcp.captured()))).report.incidents;
  assert.match(story.text, /It led to: Connection closed by the target/);
  // Refused for another reason, it did not go away.
  const [apart] = found(
    [used, refused({ statusClass: 2, statusDetail: 1 }, 2 * S, { initiatorPort: 40_001 })],
    'connection-lost',
  );
  assert.is(apart.owes, 'unknown');
});

/** A Login Request that gets no answer; closed `closeNs` later by one side, or not at all. */
function unanswered(closeNs: number, by: 'initiator' | 'target' | undefined): Dialogue {
  const d = new Dialogue();
  const t = d.tcp.connect(0) + MS;
  const stage = { csg: 1, nsg: 3, transit: 1, isid: d.options.isid, initiatorTaskTag: 1 };
  d.say('login-request', stage, t, { data: NAMES });
  if (by !== undefined) d.tcp.close(t + closeNs, by);
  else d.tcp.ack('initiator', t + closeNs);
  return d;
}

test('a login without an answer: who closed and when, or a capture that just ends', () => {
  const [target] = found([unanswered(5 * MS, 'target')], 'login-unanswered');
  assert.match(target.text, /The target closed the connection 5\.\d+ ms after/);
  const [initiator] = found([unanswered(5 * S, 'initiator')], 'login-unanswered');
  assert.match(initiator.text, /The initiator closed the connection 5\.00 s after/);
  assert.match(
    found([unanswered(2 * S, undefined)], 'login-unanswered')[0].text,
    /silent for 2\.0/,
  );
  assert.equal(found([unanswered(0.5 * S, undefined)], 'login-unanswered'), []);
});

/** The target answers and waits; 5 s later the initiator closes, and has acknowledged the answer or not. */
function leftOpen(closes: boolean, heard: boolean): BuiltPacket[] {
  const d = new Dialogue({ acks: heard ? 'each' : 'none' });
  const t = d.loginStep(d.tcp.connect(0) + MS, { csg: 1, nsg: -1, offered: NAMES, answered: [] });
  if (closes) d.tcp.close(t + 5 * S, 'initiator');
  else d.tcp.ack('target', t + 5 * S);
  const packets = d.tcp.captured();
  if (heard) return packets;
  const answer = packets.find((packet) => packet.from === 'target' && hasData(packet));
  assert.ok(answer);
  return packets.map((packet) =>
    packet.from === 'initiator' && packet.timeNs > answer.timeNs
      ? made({ ...packet, tcp: { ...packet.tcp, ack: answer.tcp.seq } })
      : packet,
  );
}

test('who did not hear a login’s answer did not owe the next step', () => {
  for (const closes of [true, false]) {
    const [owed] = foundIn(leftOpen(closes, true), 'login-unanswered');
    assert.is(owed.owes, 'initiator');
    assert.is(owed.title, 'The initiator did not go on with a login');
    const [unheard] = foundIn(leftOpen(closes, false), 'login-unanswered');
    assert.is(unheard.owes, 'unknown');
    assert.match(
      unheard.title,
      closes
        ? /given up before the target’s answer arrived$/
        : /whose answer the initiator gave no sign of$/,
    );
  }
  const [closed] = foundIn(leftOpen(true, false), 'login-unanswered');
  assert.match(closed.text, /had not acknowledged \d+ B that the target had sent/);
  const [open] = foundIn(leftOpen(false, true), 'login-unanswered');
  assert.match(open.text, /The initiator was silent for 5\.0/);
});

test('an answer that may have been missed accuses nobody', () => {
  const packets = refused({ statusClass: 2, statusDetail: 2 }).tcp.captured();
  const missed = dropped(packets, (p) => p.from === 'target' && hasData(p));
  const [finding] = foundIn(missed, 'login-answer-not-captured');
  assert.is(finding.confidence, 'possible');
  assert.is(finding.severity, 'note');
  assert.equal(foundIn(missed, 'login-unanswered'), []);
  assert.equal(foundIn(packets, 'login-answer-not-captured'), []);
});

test('a target that was used and refuses its host, one that never knew it, one that takes it back', () => {
  const before = new Dialogue();
  const t = before.read10(0, 8, before.login(0) + MS).statusNs;
  before.logout(t + MS);
  const refusal = () => refused({ statusClass: 2, statusDetail: 4 }, S, { initiatorPort: 40_001 });
  const after = new Dialogue({ initiatorPort: 40_002, tsih: 2 });
  after.read10(0, 8, after.login(2 * S) + MS);
  const [gone] = found([before, refusal()], 'target-removed');
  assert.match(gone.text, /Target removed, after 1 session that worked/);
  assert.equal(found([refusal()], 'target-removed'), []);
  assert.equal(found([before, refusal(), after], 'target-removed'), []);
});

/** Redirected to an address, then logged in at `then`. */
function redirected(to: string, then: string | undefined, thenTo?: string): Dialogue[] {
  const away = (address: string): Refusal => ({
    statusClass: 1,
    statusDetail: 1,
    answered: [['TargetAddress', address]],
  });
  const all = [refused(away(to))];
  if (then === undefined) {
    const other = new Dialogue({
      initiator: '10.0.0.77',
      initiatorPort: 50_000,
      isid: '00023d0000aa',
    });
    other.read10(0, 8, other.login(40 * S) + MS);
    return [...all, other];
  }
  const next = { target: then, initiatorPort: 40_001 };
  if (thenTo !== undefined) all.push(refused(away(thenTo), 100 * MS, next));
  else {
    const d = new Dialogue(next);
    d.read10(0, 8, d.login(100 * MS) + MS);
    all.push(d);
  }
  return all;
}

test('a redirect that is followed, one that is not, and one in a circle', () => {
  const [good] = found(redirected('10.0.0.3:3260,1', '10.0.0.3'), 'login-redirected');
  assert.is(good.severity, 'note');
  assert.match(good.text, /10\.0\.0\.2:3260 → 10\.0\.0\.3:3260/);
  const [lost] = found(redirected('10.0.0.3:3260,1', undefined), 'redirect-not-followed');
  assert.match(lost.text, /→ 10\.0\.0\.3:3260/);
  assert.equal(found(redirected('10.0.0.3:3260,1', '10.0.0.3'), 'redirect-not-followed'), []);
  const circle = redirected('10.0.0.3', '10.0.0.3', '10.0.0.2');
  assert.is(found(circle, 'redirect-loop')[0].severity, 'critical');
  assert.equal(found(redirected('10.0.0.3', '10.0.0.3'), 'redirect-loop'), []);
  assert.equal(found(redirected('10.0.0.3', undefined), 'login-redirected'), []);
});

/** A login that offers these digests and is answered so, and then refused or accepted. */
function digests(offer: string, answer: string, accepted: boolean): Dialogue {
  const offered = [...NAMES, ['HeaderDigest', offer]] as unknown as Pairs;
  const answered = [['HeaderDigest', answer]] as unknown as Pairs;
  if (!accepted) return refused({ statusClass: 2, statusDetail: 0, offered, answered });
  const d = new Dialogue();
  d.loginStep(d.tcp.connect(0) + MS, { csg: 1, nsg: 3, offered, answered });
  return d;
}

test('a login that fails for want of a digest in common, and one that fails for something else', () => {
  const [none] = found([digests('CRC32C', 'None', false)], 'negotiation-deadlock');
  assert.match(none.text, /HeaderDigest=CRC32C, the target HeaderDigest=None/);
  assert.is(found([digests('CRC32C', 'Reject', false)], 'negotiation-deadlock').length, 1);
  assert.equal(found([digests('CRC32C,None', 'None', false)], 'negotiation-deadlock'), []);
  assert.equal(found([digests('CRC32C', 'None', true)], 'negotiation-deadlock'), []);
});

/** A discovery session with a digest, then a normal one with or without. */
function discovery(normal: boolean): Dialogue[] {
  const first = new Dialogue({ headerDigest: true });
  const keys: Pairs = [['HeaderDigest', 'CRC32C']];
  const offered = [['InitiatorName', INITIATOR_NAME], ['SessionType', 'Discovery'], ...keys];
  const step = { csg: 1, nsg: 3, offered: offered as unknown as Pairs, answered: keys };
  first.logout(first.loginStep(first.tcp.connect(0) + MS, step) + MS);
  const second = new Dialogue({ headerDigest: normal, initiatorPort: 40_001, tsih: 2 });
  second.read10(0, 8, second.login(S) + MS);
  return [first, second];
}

test('a digest in discovery only, and in both', () => {
  assert.match(
    found(discovery(false), 'digest-discovery-only')[0].title,
    /HeaderDigest in discovery/,
  );
  assert.equal(found(discovery(true), 'digest-discovery-only'), []);
});

test('a slow login tells its stages', () => {
  const slow = (ns: number): Dialogue => {
    const d = new Dialogue();
    let t = d.tcp.connect(0) + MS;
    t = d.loginStep(t, { csg: 0, nsg: 1, offered: NAMES, answered: [], answerNs: ns }) + MS;
    d.loginStep(t, { csg: 1, nsg: 3, offered: [], answered: [] });
    return d;
  };
  const [finding] = found([slow(1.2 * S)], 'login-slow');
  assert.match(finding.text, /SecurityNegotiation 1\.20 s in 2 PDUs, LoginOperationalNegotiation/);
  assert.match(finding.text, /TCP's handshake took 100 µs/);
  assert.equal(found([slow(0.9 * S)], 'login-slow'), []);
});

/** The login of one of several initiators, as long as this. */
function loginOf(i: number, ns: number): Dialogue {
  const d = new Dialogue({ initiatorPort: 40_000 + i, tsih: i + 1 });
  const offered = NAMES.map(
    ([key, value]) => [key, key === 'InitiatorName' ? `${value}${i}` : value] as const,
  );
  const t = d.tcp.connect(i * 100 * S) + MS;
  d.loginStep(t, { csg: 1, nsg: 3, offered, answered: [], answerNs: ns });
  return d;
}

test('slow logins of one target are one note, and one that a host gives up on stays its own', () => {
  const alike = found(
    [0, 1, 2].map((i) => loginOf(i, S + i * MS)),
    'login-slow',
  );
  assert.is(alike.length, 1);
  assert.match(alike[0].title, /^3 of 3 logins at .* took up to 1\.00 s/);
  assert.match(alike[0].text, /longest is that of S2\. .*All take as long/);
  assert.is(alike[0].frames.length, 6);
  assert.is(alike[0].severity, 'note');

  const mixed = found(
    [loginOf(0, S), loginOf(1, 6 * S), loginOf(2, 3 * S), loginOf(3, MS)],
    'login-slow',
  );
  assert.equal(
    mixed.map((f) => [f.severity, f.session]),
    [
      ['warning', 1],
      ['note', undefined],
    ],
  );
  assert.match(mixed[1].title, /^2 of 4 logins at .* took up to 3\.00 s/);
  assert.not.match(mixed[1].text, /All take as long/);
});

/** Hosts that log in within five seconds; the first `failing` give up without an answer. */
function storm(hosts: number, failing: number): Dialogue[] {
  return Array.from({ length: hosts }, (_, i) => {
    const of = { initiator: `10.0.1.${i + 1}`, isid: `00023d0000${(16 + i).toString(16)}` };
    const d = new Dialogue({ ...of, tsih: i + 1 });
    const at = i * 200 * MS;
    if (i >= failing) {
      d.logout(d.login(at) + MS);
      return d;
    }
    const t = d.tcp.connect(at) + MS;
    const stage = { csg: 1, nsg: 3, transit: 1, isid: d.options.isid, initiatorTaskTag: 1 };
    d.say('login-request', stage, t, { data: NAMES });
    d.tcp.close(t + 5 * S, 'initiator');
    return d;
  });
}

test('a login storm that is too much, one that the portal copes with, and a few logins', () => {
  const [finding] = found(storm(20, 3), 'login-storm');
  assert.match(finding.title, /^20 logins at 10\.0\.0\.2:3260/);
  assert.match(finding.text, /3 logins given up/);
  assert.equal(found(storm(20, 2), 'login-storm'), []);
  assert.equal(found(storm(19, 3), 'login-storm'), []);
});

/** Logins of one name and ISID, one after the other, from these addresses. */
function hosts(addresses: readonly string[]): Dialogue[] {
  return addresses.map((initiator, i) => {
    const d = new Dialogue({ initiator, initiatorPort: 40_000 + i, tsih: i + 1 });
    d.read10(0, 8, d.login(i * 3 * S) + MS);
    return d;
  });
}

test('one name from two addresses, or one host again and again; told once each', () => {
  const [two] = found(hosts(['10.0.0.1', '10.0.0.9', '10.0.0.1']), 'initiator-name-twice');
  assert.match(two.text, /10\.0\.0\.1, 10\.0\.0\.9 .* every 3\.00 s/);
  const [loop] = found(hosts(['10.0.0.1', '10.0.0.1', '10.0.0.1']), 'reinstatement-loop');
  assert.match(loop.text, /2 times, every 3\.00 s/);
  assert.equal(found(hosts(['10.0.0.1', '10.0.0.1']), 'reinstatement-loop'), []);
  assert.is(found(hosts(['10.0.0.1', '10.0.0.1']), 'reinstatement').length, 1);
  assert.equal(found(hosts(['10.0.0.1']), 'reinstatement'), []);
});

test.run();
