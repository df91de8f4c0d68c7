// A router that names a smaller MTU: heeded by the sender, or not.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BuiltPacket, byTime } from '../support/build.js';
import { Dialogue } from '../support/dialogue.js';
import { foundIn, MS, S } from '../support/found.js';
import { icmpAbout } from '../support/icmp.js';
import { hasData } from '../support/mishaps.js';

const TOO_BIG = [3, 4] as const;
const MTU_AT = 14 + 20 + 6;

/** Reads of 16 KiB at these times (s) after the login, and one of a block at `small`. */
function reads(atSeconds: readonly number[], small = -1): BuiltPacket[] {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  for (const at of atSeconds) d.read10(0, 32, t + at * S);
  if (small > 0) d.read10(0, 1, t + small * S);
  return [...d.tcp.captured()];
}

/** A message about the target's first large segment for each of these times after it (ms). */
function told(packets: readonly BuiltPacket[], afterMs: readonly number[]): BuiltPacket[] {
  const large = packets.find(
    (p) => p.from === 'target' && hasData(p) && p.bytes.length > 1000,
  ) as BuiltPacket;
  const messages = afterMs.map((ms) => {
    const message = icmpAbout(large, '10.9.9.254', ...TOO_BIG, ms * MS);
    message.bytes.set([1400 >> 8, 1400 & 255], MTU_AT);
    return message;
  });
  return byTime([...packets, ...messages]);
}

test('a size that was taken up is a note: large reads go on to end, and no message comes again', () => {
  const [finding] = foundIn(told(reads([0, 2, 5]), [1, 3]), 'fragmentation-needed');
  assert.is(finding.severity, 'note');
  assert.is(finding.owes, 'none');
  assert.match(finding.title, /takes packets of 1400 bytes at most/);
});

test('large reads in quick succession, and a session that goes on after them', () => {
  const [finding] = foundIn(told(reads([0, 0.1, 0.2, 0.3], 2), [1]), 'fragmentation-needed');
  assert.is(finding.severity, 'note');
});

test('it stays a warning where nothing large came after, where it was told again, or where all ends at once', () => {
  for (const packets of [
    told(reads([0]), [1]),
    told(reads([0, 2, 5]), [1, 3000]),
    told(reads([0, 0.5]), [1]),
    told(reads([0, 0.1, 0.2], 0.5), [1]),
    told(reads([0], 5), [1]),
    told(reads([0, 2, 5]), [1, 7000]),
  ]) {
    const [finding] = foundIn(packets, 'fragmentation-needed');
    assert.is(finding.severity, 'warning');
    assert.is(finding.owes, 'network');
  }
});

test.run();
