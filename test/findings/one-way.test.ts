// A way that is cut in one direction only, and what comes near: a peer that is silent, a loss that is mended.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BuiltPacket, byTime } from '../support/build.js';
import { Dialogue } from '../support/dialogue.js';
import { foundIn, MS, S } from '../support/found.js';
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

test.run();
