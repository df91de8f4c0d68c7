// What the target asked the initiator to go on with: the rest of a text, a logout, a negotiation; each
// beside what comes near.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BuiltPacket } from '../support/build.js';
import { byTime } from '../support/build.js';
import { Dialogue } from '../support/dialogue.js';
import { found, foundIn, MS, S } from '../support/found.js';
import { dropped, hasData } from '../support/mishaps.js';
import { run } from '../support/run.js';

interface Listing {
  /** Of the answer; final 0 and a tag to go on with by default. */
  readonly continues?: number;
  readonly final?: number;
  readonly transferTag?: number;
  /** When the rest is asked for, -1 never. */
  readonly askedNs?: number;
  readonly closeNs?: number;
  readonly closer?: 'initiator' | 'target';
  readonly logout?: boolean;
}

/** SendTargets with an answer in two parts. */
function listing(of: Listing): Dialogue {
  const d = new Dialogue();
  const t = d.login(0, [], []) + MS;
  const initiatorTaskTag = d.nextTag();
  const request = { initiatorTaskTag, immediate: 1, final: 1, targetTransferTag: 0xffffffff };
  d.say('text-request', request, t, { data: [['SendTargets', 'All']] });
  const { continues = 1, final = 0, transferTag = 0x77, askedNs = -1, closeNs = 20 * S } = of;
  const answer = { initiatorTaskTag, final, continue: continues, targetTransferTag: transferTag };
  const data = [['TargetName', 'iqn.2001-04.com.example:disk1']] as const;
  d.say('text-response', answer, t + MS, { data, advance: 'statSN' });
  if (askedNs >= 0) {
    const more = { initiatorTaskTag, immediate: 1, final: 1, targetTransferTag: transferTag };
    d.say('text-request', more, t + MS + askedNs);
    const last = { initiatorTaskTag, final: 1, targetTransferTag: 0xffffffff };
    const address = [['TargetAddress', '10.0.0.2:3260,1']] as const;
    d.say('text-response', last, t + 2 * MS + askedNs, { data: address, advance: 'statSN' });
  }
  if (of.logout) d.logout(t + closeNs - 10 * MS);
  d.tcp.close(t + closeNs, of.closer ?? 'target');
  return d;
}

test('the rest of a text that is never asked for is the initiator’s debt', () => {
  const [finding] = found([listing({})], 'text-rest-not-asked');
  assert.is(finding.owes, 'initiator');
  assert.is(finding.severity, 'critical');
  assert.match(finding.title, /did not ask for the rest of SendTargets=All for 20\.0 s/);
  assert.match(finding.text, /C=1: .*target closed the connection\. The host may know only a part/);
  const [story] = run(byTime(listing({}).tcp.captured())).report.incidents;
  assert.match(story.text, /It led to: Connection closed by the target/);
  const [f0] = found([listing({ continues: 0 })], 'text-rest-not-asked');
  assert.match(f0.text, /F=0 and a Target Transfer Tag/);
  // Who logs out at once with half of a list has left the other half.
  const left = listing({ closeNs: 100 * MS, logout: true, closer: 'initiator' });
  assert.match(found([left], 'text-rest-not-asked')[0].title, /left without asking/);
});

test('a rest that is asked for, none to ask for, no time for it, or a request the capture misses', () => {
  const id = 'text-rest-not-asked';
  assert.equal(found([listing({ askedNs: 1.5 * S })], id), []);
  assert.equal(found([listing({ continues: 0, final: 1, transferTag: 0xffffffff })], id), []);
  assert.equal(found([listing({ closeNs: 1 * S })], id), []);
  const asked = listing({ askedNs: 5 * MS }).tcp.captured();
  const requests = asked.filter((p) => p.from === 'initiator' && hasData(p));
  const missed = (p: BuiltPacket) => p !== requests[requests.length - 1];
  assert.equal(foundIn(asked.filter(missed), id), []);
  const oneWay = dropped(listing({}).tcp.captured(), (p) => p.from === 'initiator');
  assert.equal(foundIn(oneWay, id), []);
});

interface Wish {
  readonly asyncEvent?: number;
  readonly seconds?: number;
  /** When the initiator does as asked, -1 never; a ping shows that it lives. */
  readonly doneNs?: number;
  readonly by?: 'logout' | 'text';
  readonly closeNs?: number;
  readonly closer?: 'initiator' | 'target';
  readonly silent?: boolean;
}

/** The target asks for a logout (1) or a negotiation (4). */
function wished(of: Wish): Dialogue {
  const { asyncEvent = 1, seconds = 5, doneNs = -1, closeNs = 8 * S } = of;
  const d = new Dialogue();
  const t = d.login(0) + MS;
  d.read10(0, 8, t);
  const at = t + 100 * MS;
  d.say('async-message', { asyncEvent, parameter3: seconds }, at, { advance: 'statSN' });
  if (of.silent !== true) d.read10(8, 8, at + 1 * S);
  if (doneNs >= 0) {
    if (of.by === 'text') d.text(at + doneNs, [], []);
    else d.logout(at + doneNs);
  }
  d.tcp.close(at + closeNs, of.closer ?? 'target');
  return d;
}

test('a logout that the target asked for and did not get is the initiator’s debt', () => {
  const id = 'logout-request-ignored';
  const [finding] = found([wished({})], id);
  assert.is(finding.owes, 'initiator');
  assert.is(finding.severity, 'critical');
  assert.match(finding.text, /within 5 seconds \(Parameter3\)\. None came in 8\.00 s/);
  const { incidents, findings } = run(byTime(wished({}).tcp.captured())).report;
  assert.is(incidents[0].owes, 'initiator');
  assert.match(incidents[0].text, /It led to: Connection closed by the target/);
  // The message itself is not told beside it as the target's doing.
  assert.equal(
    findings.filter((one) => one.id === 'async-message'),
    [],
  );
  const [late] = found([wished({ doneNs: 7 * S })], id);
  assert.match(late.title, /took 7\.00 s for the logout that the target wanted within 5 seconds/);
  assert.is(late.severity, 'warning');
});

test('a logout in time, a connection gone before it was due, an initiator that is not heard', () => {
  const id = 'logout-request-ignored';
  assert.equal(found([wished({ doneNs: 4 * S })], id), []);
  assert.equal(found([wished({ closeNs: 3 * S })], id), []);
  assert.equal(found([wished({ closeNs: 3 * S, closer: 'initiator' })], id), []);
  assert.equal(found([wished({ asyncEvent: 3 })], id), []);
  const packets = wished({ doneNs: 2 * S }).tcp.captured();
  const half = dropped(packets, (p) => p.from === 'initiator');
  assert.equal(foundIn(half, id), []);
  // What the target tells is still told.
  assert.is(found([wished({ doneNs: 4 * S })], 'async-message').length, 1);
});

test('a negotiation that the target asked for: by text, by a logout, not at all', () => {
  const id = 'negotiation-request-ignored';
  const [finding] = found([wished({ asyncEvent: 4 })], id);
  assert.match(finding.title, /ignored the target’s request for a negotiation/);
  assert.equal(found([wished({ asyncEvent: 4, doneNs: 2 * S, by: 'text' })], id), []);
  assert.equal(found([wished({ asyncEvent: 4, doneNs: 2 * S, by: 'logout' })], id), []);
  // A text does not log out.
  assert.is(found([wished({ doneNs: 2 * S, by: 'text' })], 'logout-request-ignored').length, 1);
});

/** A text or a logout that the target rejects. */
function refusedRequest(kind: 'text-request' | 'logout-request', rejects: boolean): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const initiatorTaskTag = d.nextTag();
  d.say(kind, { initiatorTaskTag, immediate: 1, final: 1 }, t);
  const header = new Uint8Array(48);
  header[0] = kind === 'text-request' ? 0x04 : 0x06;
  new DataView(header.buffer).setUint32(16, initiatorTaskTag);
  if (rejects) d.say('reject', { reason: 5 }, t + MS, { data: header, advance: 'statSN' });
  d.tcp.close(t + 20 * S);
  return d;
}

test('a Reject is an answer: nothing waited for another', () => {
  for (const [kind, id] of [
    ['text-request', 'text-unanswered'],
    ['logout-request', 'logout-unanswered'],
  ] as const) {
    assert.is(found([refusedRequest(kind, false)], id).length, 1);
    assert.equal(found([refusedRequest(kind, true)], id), []);
  }
});

test.run();
