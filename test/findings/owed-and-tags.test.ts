// Variants of what people reported: data that was announced and not sent, writes of which a part is missing, answers and
// requests with tags that are not theirs, keys said twice, redirects to nowhere; each beside what comes near.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SYN } from '../../src/packet/segment.js';
import type { PduKey } from '../../src/wire/iscsi/pdus.js';
import { cdb10, Dialogue, INITIATOR_NAME, type Pairs, TARGET_NAME } from '../support/dialogue.js';
import { found, foundIn, MS, S } from '../support/found.js';
import { hasData } from '../support/mishaps.js';

const NAMES: Pairs = [
  ['InitiatorName', INITIATOR_NAME],
  ['SessionType', 'Normal'],
  ['TargetName', TARGET_NAME],
];
const NO_R2T: Pairs = [['InitialR2T', 'No']];

/** A WRITE(10) of 64 blocks, F=0 where its data was announced; reads go on beside it until the target resets. */
function writeThatHangs(announced: boolean): Dialogue {
  const d = new Dialogue();
  const t = d.login(0, NO_R2T, NO_R2T) + MS;
  const fields = { initiatorTaskTag: d.nextTag(), lun: d.options.lun, write: 1, attr: 1 };
  const more = { final: !announced, expectedDataTransferLength: 32_768, cdb: cdb10(0x2a, 0, 64) };
  d.say('scsi-command', { ...fields, ...more }, t, { advance: 'cmdSN' });
  for (let i = 0; i < 30; i++) d.read10(500 + i, 8, t + (i + 1) * 400 * MS);
  d.tcp.reset(t + 13 * S, 'target');
  return d;
}

test('data announced without an R2T is the initiator’s to send; a write that waits for an R2T is the target’s', () => {
  const [owed] = found([writeThatHangs(true)], 'r2t-unanswered');
  assert.is(owed.owes, 'initiator');
  assert.match(owed.text, /1 write has F=0: data without an R2T was announced/);
  assert.equal(found([writeThatHangs(true)], 'r2t-never-came'), []);
  assert.equal(found([writeThatHangs(false)], 'r2t-unanswered'), []);
  assert.is(found([writeThatHangs(false)], 'r2t-never-came').length, 1);
});

test('announced data that came whole, or is on its way, is not owed', () => {
  const d = new Dialogue();
  const t = d.login(0, NO_R2T, NO_R2T) + MS;
  d.write10(0, 64, t, { unsolicited: 32_768, statusIn: 'none' });
  for (let i = 0; i < 30; i++) d.read10(500 + i, 8, t + (i + 1) * 400 * MS);
  d.tcp.reset(t + 13 * S, 'target');
  assert.equal(found([d], 'r2t-unanswered'), []);
});

/** A write of 4,096 bytes, of which so many come with it, told good; with an underflow of the rest or not. */
function written(bytes: number, told: boolean): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const initiatorTaskTag = d.nextTag();
  const fields = { initiatorTaskTag, lun: d.options.lun, write: 1, cdb: cdb10(0x2a, 0, 8) };
  const data = new Uint8Array(bytes);
  const length = { expectedDataTransferLength: 4096 };
  d.say('scsi-command', { ...fields, ...length }, t, { data, advance: 'cmdSN' });
  const left: Record<string, number> = told
    ? { residualUnderflow: 1, residualCount: 4096 - bytes }
    : {};
  d.say('scsi-response', { initiatorTaskTag, ...left }, t + MS, { advance: 'statSN' });
  return d;
}

test('a write told good of which a part came is lost data; one that tells the rest, or is whole, is not', () => {
  const [finding] = found([written(512, false)], 'write-without-data');
  assert.is(finding.severity, 'critical');
  assert.match(finding.title, /though only a part of the data was written/);
  assert.is(finding.values?.['missingBytes'], 3584);
  assert.equal(found([written(512, false)], 'residual-mismatch'), []);
  assert.equal(found([written(512, true)], 'write-without-data'), []);
  assert.equal(found([written(4096, false)], 'write-without-data'), []);
});

/** An answer of the target to a tag of nothing. */
function answersNothing(key: PduKey): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  d.read10(0, 8, t);
  d.say(key, { initiatorTaskTag: 0x7777 }, t + 10 * MS, { advance: 'statSN' });
  d.tcp.reset(t + 12 * MS, 'initiator');
  return d;
}

test('answers of every kind to tags of nothing; those of requests, and a ping of the target, are right', () => {
  for (const key of ['nop-in', 'task-management-response', 'text-response', 'logout-response']) {
    const [finding] = found([answersNothing(key as PduKey)], 'answer-without-command');
    assert.is(finding?.owes, 'target', key);
  }
  const d = new Dialogue();
  let t = d.login(0) + MS;
  t = d.nopOut(t) + MS;
  t = d.text(t, [['SendTargets', '']], [['TargetName', TARGET_NAME]]) + MS;
  t = d.taskManagement(5, 0xffffffff, t) + MS;
  d.say('nop-in', { initiatorTaskTag: 0xffffffff, targetTransferTag: 5 }, t);
  d.logout(t + 10 * MS);
  assert.equal(found([d], 'answer-without-command'), []);
});

test('where a request may have been missed its answer is none to a tag of nothing', () => {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  d.nopOut(t);
  d.read10(0, 8, t + 5 * MS);
  const packets = [...d.tcp.captured()];
  const ping = packets.findIndex((p) => p.timeNs >= t && hasData(p));
  const missed = packets.filter((_, i) => i !== ping);
  assert.equal(foundIn(missed, 'answer-without-command'), []);
});

/** A ping with the tag of a read, which is still open, or answered. */
function pingTagged(open: boolean): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const { tag } = d.read10(0, 8, t, { targetNs: open ? 50 * MS : MS });
  d.say('nop-out', { initiatorTaskTag: tag, immediate: 1 }, t + 10 * MS);
  d.say('nop-in', { initiatorTaskTag: tag }, t + 11 * MS, { advance: 'statSN' });
  return d;
}

test('a ping with the tag of an open command; with one that was answered', () => {
  assert.is(found([pingTagged(true)], 'tag-in-use')[0]?.owes, 'initiator');
  assert.equal(found([pingTagged(false)], 'tag-in-use'), []);
});

/** A login whose last request says a key again, refused with this status. */
function keyAgain(statusClass: number, statusDetail: number): Dialogue {
  const d = new Dialogue();
  const offered: Pairs = [...NAMES, ['MaxBurstLength', '65536'], ['MaxBurstLength', '262144']];
  const step = { csg: 1, nsg: 3, offered, answered: [], statusClass, statusDetail };
  d.tcp.close(d.loginStep(d.tcp.connect(0) + MS, step) + MS, 'target');
  return d;
}

test('a key said twice is why a login was refused for the initiator’s error; not where it lacked access', () => {
  const [finding] = found([keyAgain(2, 0)], 'repeated-key-refused');
  assert.is(finding.owes, 'initiator');
  assert.match(finding.text, /rejected the login for an error of the initiator/);
  assert.equal(found([keyAgain(2, 2)], 'repeated-key-refused'), []);
  assert.not.match(found([keyAgain(2, 2)], 'key-said-twice')[0]?.text ?? '', /went on/);
});

/** The target says HeaderDigest in both of its answers; the initiator resets at once, or goes on. */
function targetSaysTwice(goesOn: boolean): Dialogue {
  const d = new Dialogue();
  const digest: Pairs = [['HeaderDigest', 'None']];
  const first = { csg: 1, nsg: -1, offered: [...NAMES, ...digest], answered: digest };
  let t = d.loginStep(d.tcp.connect(0) + MS, first);
  t = d.loginStep(t + MS, { csg: 1, nsg: 3, offered: [], answered: digest });
  if (goesOn) d.read10(0, 8, t + MS);
  d.tcp.reset(t + 5 * MS, 'initiator');
  return d;
}

test('a key that the target said twice, and a host that would not go on', () => {
  assert.is(found([targetSaysTwice(false)], 'repeated-key-refused')[0]?.owes, 'target');
  assert.equal(found([targetSaysTwice(true)], 'repeated-key-refused'), []);
});

/** A login redirected to an address that does not answer the host's SYNs, or that nobody tried. */
function redirected(tried: boolean, endsNs?: number): Dialogue[] {
  const d = new Dialogue();
  const answered: Pairs = [['TargetAddress', '10.0.0.77:3260,1']];
  const step = { csg: 1, nsg: 3, offered: NAMES, answered, statusClass: 1, statusDetail: 1 };
  const t = d.loginStep(d.tcp.connect(0) + MS, step);
  d.tcp.close(t + MS, 'target');
  const there = new Dialogue({ target: '10.0.0.77', initiatorPort: 40_001 });
  for (const s of tried ? [1, 2, 4, 8] : []) {
    there.tcp.ack('initiator', t + s * S, { flags: SYN, ack: 0, seq: 1000 });
  }
  if (endsNs === undefined) return [d, there];
  // Something else goes on, so that the capture does.
  const other = new Dialogue({ initiatorPort: 40_002 });
  other.tcp.connect(endsNs);
  return [d, there, other];
}

test('a redirect to where the host could not connect is not one that it did not follow', () => {
  const [dead] = found(redirected(true), 'redirect-not-followed');
  assert.is(dead.owes, 'unknown');
  assert.match(dead.title, /redirected to 10\.0\.0\.77:3260, and the host could not connect there/);
  const [ignored] = found(redirected(false, 2 * S), 'redirect-not-followed');
  assert.is(ignored.owes, 'initiator');
  // The capture ends before the host can have gone there.
  assert.equal(found(redirected(false), 'redirect-not-followed'), []);
});

test.run();
