// Whose move it was: data of R2Ts, text, logout; silence down to TCP, and packets that were held.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BuiltPacket } from '../support/build.js';
import { byTime } from '../support/build.js';
import { Dialogue } from '../support/dialogue.js';
import { found, foundIn, MS, S } from '../support/found.js';
import { icmpAbout } from '../support/icmp.js';

/** A write whose R2T gets its data after `dataNs` (-1: never), others meanwhile; then the target closes. */
function asked(dataNs: number, closeNs: number): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const tag = d.nextTag();
  const { lun } = d.options;
  const write = {
    initiatorTaskTag: tag,
    lun,
    write: 1,
    final: 1,
    expectedDataTransferLength: 4096,
  };
  const cdb = Uint8Array.of(0x2a, 0, 0, 0, 0, 0, 0, 0, 8, 0);
  d.say('scsi-command', { ...write, cdb }, t, { advance: 'cmdSN' });
  const r2t = { initiatorTaskTag: tag, targetTransferTag: 7, desiredDataTransferLength: 4096 };
  d.say('r2t', { ...r2t, lun }, t + MS);
  for (let i = 0; i < 4; i++) d.read10(i * 8, 8, t + 10 * MS + (i * closeNs) / 5);
  if (dataNs >= 0) {
    const data = { initiatorTaskTag: tag, targetTransferTag: 7, final: 1, lun };
    d.say('data-out', data, t + MS + dataNs, { data: new Uint8Array(4096) });
    d.say('scsi-response', { initiatorTaskTag: tag }, t + 2 * MS + dataNs, { advance: 'statSN' });
  }
  d.tcp.close(t + closeNs, 'target');
  return d;
}

test('data that an R2T asked for and that never came is the initiator’s debt, not the target’s', () => {
  const hung = asked(-1, 20 * S);
  const [finding] = found([hung], 'r2t-unanswered');
  assert.is(finding.severity, 'critical');
  assert.is(finding.owes, 'initiator');
  assert.match(finding.text, /4 KiB in all are still due\. Meanwhile it sent other PDUs/);
  assert.equal(found([asked(-1, 20 * S)], 'command-stuck'), []);
  assert.equal(found([asked(10 * MS, 20 * S)], 'r2t-unanswered'), []);
  assert.equal(found([asked(-1, 500 * MS)], 'r2t-unanswered'), []);
});

test('one R2T answered after seconds is told though nothing else is slow', () => {
  const [finding] = found([asked(9 * S, 20 * S)], 'r2t-answered-late');
  assert.match(finding.title, /9\.00 s after it was asked for/);
  assert.is(finding.owes, 'initiator');
  assert.equal(found([asked(900 * MS, 20 * S)], 'r2t-answered-late'), []);
});

/** A Text Request, answered or not, and the end `closeNs` later. */
function texts(answered: boolean, closeNs: number): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const request = { initiatorTaskTag: d.nextTag(), immediate: 1, final: 1 };
  const data = [['SendTargets', 'All']] as const;
  if (answered) d.text(t, data, [['TargetName', 'iqn.2001-04.com.example:disk1']]);
  else d.say('text-request', request, t, { data });
  d.tcp.close(t + closeNs);
  return d;
}

test('SendTargets without an answer says so, and the end of the connection follows from it', () => {
  const [finding] = found([texts(false, 20 * S)], 'text-unanswered');
  assert.match(finding.title, /^SendTargets=All got no answer from the target for 20\.0 s/);
  assert.match(finding.text, /Its TCP acknowledged the request/);
  const [lost] = found([texts(false, 20 * S)], 'connection-lost');
  assert.not.match(lost.text, /Nothing before it says why/);
  assert.equal(found([texts(true, 20 * S)], 'text-unanswered'), []);
  assert.equal(found([texts(false, 1 * S)], 'text-unanswered'), []);
});

/** A logout: response -1 never comes. */
function logout(response: number): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const initiatorTaskTag = d.nextTag();
  d.say('logout-request', { initiatorTaskTag, immediate: 1 }, t);
  if (response >= 0) {
    d.say('logout-response', { initiatorTaskTag, response }, t + MS, { advance: 'statSN' });
  }
  d.tcp.close(t + 15 * S);
  return d;
}

test('a logout that is not answered, one that is refused, and one that is granted', () => {
  assert.match(found([logout(-1)], 'logout-unanswered')[0].title, /for 15\.\d s$/);
  assert.match(found([logout(1)], 'logout-refused')[0].title, /response 1/);
  for (const id of ['logout-unanswered', 'logout-refused'])
    assert.equal(found([logout(0)], id), []);
});

/** A command is sent at 1 s and again by the timer `times` times; the target may acknowledge one. */
function cutOff(times: number, acked: boolean): BuiltPacket[] {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  d.read10(0, 8, t);
  d.read10(8, 8, 1 * S, { statusIn: 'none' });
  const all = d.tcp.captured();
  const before = all.filter((p) => p.timeNs < 1 * S);
  const sent = all.filter((p) => p.timeNs === 1 * S);
  const again = Array.from({ length: times }, (_, i) =>
    sent.map((p) => ({ ...p, timeNs: 1 * S + 200 * MS * (2 ** (i + 1) - 1) })),
  ).flat();
  const acks = acked ? all.filter((p) => p.timeNs > 1 * S).slice(0, 1) : [];
  const late = acks.map((p) => ({ ...p, timeNs: 1 * S + 300 * MS }));
  return byTime([...before, ...sent, ...again, ...late]);
}

test('a side that is silent down to TCP; an acknowledgement, or few sendings, are no silence', () => {
  const [finding] = foundIn(cutOff(5, false), 'side-silent');
  assert.match(finding.title, /^The target, or the way to it, was silent for \d/);
  assert.is(finding.owes, 'unknown');
  assert.is(finding.values?.sentAgain, 5);
  assert.equal(foundIn(cutOff(5, true), 'side-silent'), []);
  assert.equal(foundIn(cutOff(1, false), 'side-silent'), []);
});

test('a silence that a router explains is the network’s, and only while it lasts', () => {
  const packets = cutOff(5, false);
  const last = packets[packets.length - 1];
  const told = byTime([...packets, icmpAbout(last, '10.0.0.254', 3, 1, 3 * MS)]);
  const [finding] = foundIn(told, 'side-silent');
  assert.is(finding.owes, 'network');
  assert.match(
    finding.text,
    /10\.0\.0\.254 says: host unreachable \(ICMP\): the way was cut there/,
  );
  const [before] = packets.filter((p) => p.from === 'initiator');
  const early = byTime([...packets, icmpAbout(before, '10.0.0.254', 3, 1, MS)]);
  assert.is(foundIn(early, 'side-silent')[0].owes, 'unknown');
});

/** With another IP identification, as what is sent again has: the same would be a mirror's copy. */
function renumbered(bytes: Uint8Array, by: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const view = new DataView(copy.buffer);
  view.setUint16(18, view.getUint16(18) + 1000 * by);
  view.setUint16(24, 0);
  let sum = 0;
  for (let at = 14; at < 34; at += 2) sum += view.getUint16(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(24, ~sum & 0xffff);
  return copy;
}

/** Copies of a segment `apartNs` from each other, after a pause of 5 s. */
function held(apartNs: number): BuiltPacket[] {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  d.read10(0, 8, t);
  d.read10(8, 8, 5 * S);
  const all = d.tcp.captured();
  const sent = all.filter((p) => p.timeNs === 5 * S);
  const copies = [1, 2, 3, 4].flatMap((i) =>
    sent.map((p) => ({ ...p, bytes: renumbered(p.bytes, i), timeNs: p.timeNs + i * apartNs })),
  );
  return byTime([...all, ...copies]);
}

test('copies that a timer sent apart and that come together had been held', () => {
  const [finding] = foundIn(held(3 * MS), 'packets-held');
  assert.match(finding.title, /held for up to \d|stood still for \d/);
  assert.equal(foundIn(held(250 * MS), 'packets-held'), []);
});

test.run();
