// Connections that ended without a logout, and what came after them: a service that ended, a time in which
// nothing passed, a login that its host gave up; each beside what comes near.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Finding } from '../../src/findings/finding.js';
import { SYN } from '../../src/packet/segment.js';
import { type BuiltPacket, byTime } from '../support/build.js';
import { Dialogue, INITIATOR_NAME, type Pairs, TARGET_NAME } from '../support/dialogue.js';
import { found, foundIn, foundInFile, MS, S } from '../support/found.js';
import { hasData } from '../support/mishaps.js';

const PLAIN = 'Connection closed by the target without a logout';

/** Reads, then the target closes. Returns when. */
function closed(d: Dialogue): number {
  let t = d.login(0) + MS;
  for (let i = 0; i < 4; i++) t = d.read10(i * 8, 8, t).statusNs + MS;
  d.tcp.close(t, 'target');
  return t;
}

/** Another connection of the host. */
function again(n: number): Dialogue {
  return new Dialogue({ initiatorPort: 40_000 + n, initiatorSeq: 77_000 * n, tsih: n + 1 });
}

function lost(...all: Dialogue[]): Finding {
  return found(all, 'connection-lost')[0];
}

test('a target that closes and then refuses the host has ended its service', () => {
  const d = new Dialogue();
  const t = closed(d);
  const refused = again(1);
  refused.tcp.ack('initiator', t + S, { flags: SYN, ack: 0, seq: 5 });
  refused.tcp.reset(t + S + MS, 'target');
  const finding = lost(d, refused);
  assert.is(finding.owes, 'target');
  assert.match(finding.title, /service ended: it closed the connection, and then refused the host/);
  assert.not.match(finding.text, /Nothing before it says why/);
});

test('a RST and refusals may be of another machine at that address: nobody is accused', () => {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  d.read10(0, 8, t);
  d.tcp.reset(t + S, 'target');
  const refused = again(1);
  refused.tcp.ack('initiator', t + 2 * S, { flags: SYN, ack: 0, seq: 5 });
  refused.tcp.reset(t + 2 * S + MS, 'target');
  const finding = lost(d, refused);
  assert.is(finding.owes, 'unknown');
  assert.match(finding.title, /^What answers at the target’s address reset the connection/);
  assert.match(finding.next, /MAC address and the TTL of frame \d+/);
});

test('where nobody came back, or came back to a login, the service is not said to have ended', () => {
  const alone = new Dialogue();
  closed(alone);
  assert.is(lost(alone).title, PLAIN);
  const d = new Dialogue();
  const t = closed(d);
  const back = again(1);
  back.read10(0, 8, back.login(t + S) + MS);
  assert.is(lost(d, back).title, PLAIN);
});

test('a killed and restarted tgtd', async () => {
  const [finding] = await foundInFile('captures/tgt-killed-and-back.pcap.gz', 'connection-lost');
  assert.is(finding.owes, 'target');
  assert.match(finding.title, /^The target’s service ended/);
});

/** Reads, nothing for so long, a ping of the target that meets a host which knows nothing of it, a new login. */
function quiet(ns: number, comesBack: boolean): Finding {
  const d = new Dialogue();
  let t = d.login(0) + MS;
  for (let i = 0; i < 4; i++) t = d.read10(i * 8, 8, t).statusNs + MS;
  const nop = { initiatorTaskTag: 0xffffffff, targetTransferTag: 9, statSN: 9 };
  d.say('nop-in', nop, t + ns);
  d.tcp.reset(t + ns + 30 * MS, 'initiator');
  const back = again(1);
  if (comesBack) back.read10(0, 8, back.login(t + ns + S) + MS);
  return lost(d, back);
}

test('nothing passed for seconds, then the host came back: the way or a machine, and nobody is accused', () => {
  const finding = quiet(9 * S, true);
  assert.is(finding.owes, 'unknown');
  assert.match(finding.title, /^Nothing passed for 9\.0\d? s either way.*the host logged in anew$/);
  assert.not.match(finding.text, /A ping|Nothing before it says why/);
  assert.match(quiet(9 * S, false).title, /^Connection reset by the initiator/);
  assert.match(quiet(S, true).title, /^Connection reset by the initiator/);
});

test('where one side only was captured, nobody knows what passed', () => {
  const d = new Dialogue();
  let t = d.login(0) + MS;
  for (let i = 0; i < 4; i++) t = d.read10(i * 8, 8, t).statusNs + MS;
  d.tcp.reset(t + 9 * S, 'initiator');
  const back = again(1);
  back.read10(0, 8, back.login(t + 10 * S) + MS);
  const all = byTime([...d.tcp.captured(), ...back.tcp.captured()]);
  assert.match(foundIn(all, 'connection-lost')[0].title, /^Nothing passed for/);
  const half = all.filter(({ from }) => from === 'initiator');
  assert.match(foundIn(half, 'connection-lost')[0].title, /^Connection reset by the initiator/);
});

/** A Login Request whose host ends the connection after so long. */
function gaveUp(afterNs: number): Finding {
  const d = new Dialogue();
  const t = d.tcp.connect(0) + MS;
  const data: Pairs = [
    ['InitiatorName', INITIATOR_NAME],
    ['TargetName', TARGET_NAME],
  ];
  const fields = { csg: 1, nsg: 3, transit: 1, isid: d.options.isid, initiatorTaskTag: 1 };
  d.say('login-request', fields, t, { data });
  d.tcp.reset(t + afterNs, 'initiator');
  return found([d], 'login-unanswered')[0];
}

test('a login that its host gave up at once is not the target’s; one that it waited for is', () => {
  assert.is(gaveUp(2 * MS).owes, 'unknown');
  assert.match(gaveUp(2 * MS).title, /^The host gave up 1 login right behind its last request$/);
  assert.is(gaveUp(15 * S).owes, 'target');
});

/** The host resets; the target, which did not get that, sends a ping again and is reset once more. */
function leftover(): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  d.read10(0, 8, t);
  d.tcp.reset(t + 10 * MS, 'initiator');
  d.say('nop-in', { initiatorTaskTag: 0xffffffff, targetTransferTag: 9 }, t + 20 * S);
  d.tcp.reset(t + 20 * S + MS, 'initiator');
  return d;
}

test('a late ping and its RST are no connection of their own', () => {
  assert.is(found([leftover()], 'connection-lost').length, 1);
});

/** Two paths of one host; the target is silent on the first while the second goes on, or pauses too. */
function deadPath(otherGoesOn: boolean): Finding {
  const d = new Dialogue({ acks: 'none' });
  let t = d.login(0) + MS;
  for (let i = 0; i < 4; i++) t = d.read10(i * 8, 1, t).statusNs + MS;
  d.read10(100, 1, t, { statusIn: 'none', targetNs: 60 * S });
  const other = new Dialogue({ target: '10.0.0.3', initiatorPort: 40_009, isid: '00023d000002' });
  let u = other.login(10 * MS) + MS;
  for (let i = 0; i < 30; i++) {
    u = other.read10(i * 8, 1, otherGoesOn || i < 2 ? u : u + 20 * S).statusNs + 300 * MS;
  }
  const packets = [...d.tcp.captured()].filter(({ timeNs }) => timeNs < 30 * S);
  const command = packets.findLast((p) => p.from === 'initiator' && hasData(p)) as BuiltPacket;
  const again = [200, 600, 1400, 3000, 6000].map((ms) => ({
    ...command,
    timeNs: command.timeNs + ms * MS,
  }));
  return foundIn(byTime([...packets, ...again, ...other.tcp.captured()]), 'side-silent')[0];
}

test('a target that is silent on one path and goes on on another has not stood still', () => {
  const dead = deadPath(true);
  assert.match(dead.title, /^One connection of the target was silent for .*, another went on: 10/);
  assert.match(dead.text, /its machine lived/);
  assert.match(deadPath(false).title, /^The target, or the way to it, was silent/);
});

/** The host is let in, or not; then the target closes, and refuses it with this status. */
function refusedLater(statusDetail: number, before: boolean): Dialogue[] {
  const first = new Dialogue();
  const t = before ? closed(first) : 0;
  const later = again(1);
  const offered: Pairs = [
    ['InitiatorName', INITIATOR_NAME],
    ['SessionType', 'Normal'],
    ['TargetName', TARGET_NAME],
  ];
  const step = { csg: 1, nsg: 3, offered, answered: [], statusClass: 2, statusDetail };
  later.tcp.close(later.loginStep(later.tcp.connect(t + S) + MS, step) + MS, 'target');
  return before ? [first, later] : [later];
}

test('a host that was let in and then is refused had its access taken away: that is the target’s', () => {
  const [taken] = found(refusedLater(2, true), 'login-failed');
  assert.is(taken.owes, 'target');
  assert.match(taken.title, /Authorization failure, though it was let in before$/);
  assert.match(found(refusedLater(2, true), 'connection-lost')[0].text, /was taken away there/);
  assert.is(found(refusedLater(2, false), 'login-failed')[0].owes, 'initiator');
  assert.is(found(refusedLater(1, true), 'login-failed')[0].owes, 'initiator');
});

/** A write that the target closes upon, with digests in use or not. */
function closesOnData(digest: boolean): Finding {
  const d = new Dialogue({ dataDigest: digest });
  const t = d.login(0) + MS;
  d.write10(0, 8, t, { immediate: 4096, statusIn: 'none' });
  d.tcp.close(t + 20 * MS, 'target');
  return lost(d);
}

test('a target that closes right behind data may have found a bad digest; without digests it has not', () => {
  assert.match(
    closesOnData(true).title,
    /^The target closed the connection right behind a command/,
  );
  assert.is(closesOnData(true).owes, 'unknown');
  assert.is(closesOnData(false).title, PLAIN);
});

/** A discovery that its host resets right after the answer, or a while after, or without one. */
function discovers(answered: boolean, afterNs: number): Finding {
  const d = new Dialogue();
  const offered: Pairs = [
    ['InitiatorName', INITIATOR_NAME],
    ['SessionType', 'Discovery'],
  ];
  let t = d.loginStep(d.tcp.connect(0) + MS, { csg: 1, nsg: 3, offered, answered: [] }) + MS;
  if (answered) t = d.text(t, [['SendTargets', 'All']], [['TargetName', TARGET_NAME]]);
  d.tcp.reset(t + afterNs, 'initiator');
  return lost(d);
}

test('a discovery that is done is no connection that was lost', () => {
  assert.is(discovers(true, 10 * MS).severity, 'note');
  assert.match(discovers(true, 10 * MS).text, /the discovery was done/);
  assert.is(discovers(true, 9 * S).severity, 'warning');
  assert.is(discovers(false, 10 * MS).severity, 'warning');
});

/** A session, and a try to reach this port of the same address, or another address. */
function refusedAt(target: string, targetPort: number): readonly Finding[] {
  const d = new Dialogue();
  d.read10(0, 8, d.login(0) + MS);
  const tried = new Dialogue({ target, targetPort, initiatorPort: 40_005 });
  tried.tcp.ack('initiator', S, { flags: SYN, ack: 0, seq: 5 });
  tried.tcp.reset(S + MS, 'target');
  return found([d, tried], 'portals-unreachable');
}

test('a portal beside the first that refuses is one; what else refuses there is not', () => {
  assert.match(refusedAt('10.0.0.2', 3261)[0].title, /10\.0\.0\.2:3261: refused 1 time/);
  assert.equal(refusedAt('10.0.0.2', 8080), []);
  assert.equal(refusedAt('10.0.0.9', 3261), []);
});

/** What the target sends from some other address: so many packets of a session whose first was lost. */
function fromElsewhere(packets: number): readonly Finding[] {
  const d = new Dialogue({ acks: 'none' });
  const t = d.login(0) + MS;
  for (let i = 0; i < packets; i++) d.read10(i, 1, t + i * MS);
  const sent = [...d.tcp.captured()].filter(
    (p) => p.from === 'target' && p.timeNs > t && hasData(p),
  );
  return foundIn(sent, 'capture-loss').filter(({ title }) => title.startsWith('Only what'));
}

test('a packet whose address was changed on its way is no conversation of which a side is missing', () => {
  assert.is(fromElsewhere(6).length, 1);
  assert.is(fromElsewhere(1).length, 0);
});

test.run();
