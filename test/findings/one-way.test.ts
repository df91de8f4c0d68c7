// A way that is cut in one direction only, and what comes near: a peer that is silent, a loss that is mended.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BuiltPacket, byTime } from '../support/build.js';
import { Dialogue } from '../support/dialogue.js';
import { foundIn, MS, S } from '../support/found.js';
import { icmpAbout } from '../support/icmp.js';
import { hasData } from '../support/mishaps.js';

const PAUSES = [200, 600, 1400, 3000];

/** A read whose answer goes out again and again; `unheard`: times at which the host sends its command again. */
function cut(copies: readonly number[], unheard: readonly number[]): BuiltPacket[] {
  const d = new Dialogue({ acks: 'none' });
  let t = d.login(0) + MS;
  for (let i = 0; i < 4; i++) t = d.read10(i * 8, 1, t).statusNs + MS;
  d.read10(100, 1, t);
  const packets = [...d.tcp.captured()];
  const command = packets.findLast((p) => p.from === 'initiator' && hasData(p)) as BuiltPacket;
  const answer = packets.find((p) => p.timeNs > command.timeNs && hasData(p)) as BuiltPacket;
  const later = (p: BuiltPacket, ms: number) => ({ ...p, timeNs: answer.timeNs + ms * MS });
  return byTime([
    ...packets,
    ...copies.map((ms) => later(answer, ms)),
    ...unheard.map((ms) => later(command, ms)),
  ]);
}

test('a way cut in one direction is told with the direction', () => {
  const [finding] = foundIn(cut(PAUSES, [300, 900, 2100]), 'way-cut-one-way');
  assert.is(finding.owes, 'network');
  assert.match(finding.title, /^What the target sent did not get to the initiator for 3\.\d+ s/);
  assert.ok(Number(finding.values?.['cutNs']) < 4 * S);
});

test('a peer that says nothing, one lost acknowledgement, and a loss that was soon mended are not', () => {
  assert.equal(foundIn(cut(PAUSES, []), 'way-cut-one-way'), []);
  assert.equal(foundIn(cut(PAUSES, [300]), 'way-cut-one-way'), []);
  assert.equal(foundIn(cut([200], [300, 500]), 'way-cut-one-way'), []);
});

/** What `by` says of the last thing that `from` sent, `afterMs` later. */
function withWord(packets: BuiltPacket[], from: string, by: string, code: number, afterMs: number) {
  const about = packets.findLast((p) => p.from === from && hasData(p)) as BuiltPacket;
  return byTime([...packets, icmpAbout(about, by, 3, code, afterMs * MS)]);
}

test('a router that says so is named, where it spoke meanwhile and of that direction', () => {
  const packets = cut(PAUSES, [300, 900, 2100]);
  const [told] = foundIn(withWord(packets, 'target', '10.9.9.254', 1, 10), 'way-cut-one-way');
  assert.match(told.title, /the way back was not: 10\.9\.9\.254 says host unreachable$/);
  assert.match(told.next, /^Look at 10\.9\.9\.254/);
  assert.is(told.confidence, 'certain');
  for (const other of [
    withWord(packets, 'initiator', '10.9.9.254', 1, 10),
    withWord(packets, 'target', '10.9.9.254', 1, 60_000),
  ]) {
    const [near] = foundIn(other, 'way-cut-one-way');
    assert.match(near.title, /was heard$/);
    assert.not.match(near.next, /10\.9\.9\.254/);
  }
});

test('a silence of which a router says why is its cut, told in the first line', () => {
  const packets = cut(PAUSES, []);
  const [plain] = foundIn(packets, 'side-silent');
  assert.match(plain.title, /was silent for|stood still for/);
  const [told] = foundIn(withWord(packets, 'target', '10.9.9.254', 13, 10), 'side-silent');
  assert.match(
    told.title,
    /^The way to the initiator was cut for .*: 10\.9\.9\.254 says communication administratively prohibited$/,
  );
  assert.is(told.owes, 'network');
  assert.match(told.next, /^Look at 10\.9\.9\.254/);
  const own = String(packets.find((p) => p.from === 'target')?.tcp.dst);
  const [itself] = foundIn(withWord(packets, 'target', own, 13, 10), 'side-silent');
  assert.is(itself.owes, 'initiator');
  assert.match(itself.title, /^The initiator itself refused/);
  const [late] = foundIn(withWord(packets, 'target', '10.9.9.254', 13, 60_000), 'side-silent');
  assert.is(late.next, plain.next);
});

test.run();
