// Lost by the capture, on the way, or for its size; and ports that are used again.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BuiltPacket } from '../support/build.js';
import { byTime } from '../support/build.js';
import { Dialogue } from '../support/dialogue.js';
import { found, foundIn, MS, S } from '../support/found.js';
import { run } from '../support/run.js';

/**
 * A session from `fromNs` whose read of 4 KiB never arrives at the host, a ping behind it does; the host
 * resets. `mss` both SYNs agree on; `acked`: the host's ACKs go on as if it had got it.
 */
function holed(fromNs: number, port: number, mss: number, acked: boolean): BuiltPacket[] {
  const d = new Dialogue({ mss, initiatorPort: port, ackNs: 30_000 });
  const t = d.login(fromNs) + MS;
  const end = d.read10(0, 8, t).statusNs;
  d.nopOut(end + S);
  d.nopOut(end + 2 * S);
  d.tcp.reset(end + 5 * S, 'initiator');
  const all = d.tcp.captured();
  const large = (p: BuiltPacket) => p.bytes.length > 1000;
  const first = all.find(large);
  assert.ok(first !== undefined);
  const view = (p: BuiltPacket) => new DataView(p.bytes.buffer, p.bytes.byteOffset);
  const hole = view(first).getUint32(38);
  const out: BuiltPacket[] = [];
  for (const p of all) {
    if (large(p)) continue;
    const fromHost = view(p).getUint16(36) === 3260;
    if (acked || !fromHost || p.timeNs < first.timeNs) out.push(p);
    else {
      const bytes = Uint8Array.from(p.bytes);
      new DataView(bytes.buffer).setUint32(42, hole);
      out.push({ ...p, bytes });
    }
  }
  return out;
}

const JUMBO = 8960;

test('large segments that never arrive, on one connection after the other, are the path’s MTU', () => {
  const two = byTime([...holed(0, 40_000, JUMBO, false), ...holed(20 * S, 40_001, JUMBO, false)]);
  const [finding] = foundIn(two, 'mtu-black-hole');
  assert.is(finding.owes, 'network');
  assert.match(finding.text, /both SYNs agree on 8960/);
  const small = byTime([...holed(0, 40_000, 1460, false), ...holed(20 * S, 40_001, 1460, false)]);
  assert.equal(foundIn(small, 'mtu-black-hole'), []);
  assert.equal(foundIn(holed(0, 40_000, JUMBO, false), 'mtu-black-hole'), []);
});

test('what the receiver never got was lost on the way; what it acknowledged, by the capture', () => {
  const [lost] = foundIn(holed(0, 40_000, JUMBO, false), 'lost-on-path');
  assert.is(lost.owes, 'network');
  assert.equal(foundIn(holed(0, 40_000, JUMBO, false), 'capture-loss'), []);
  assert.equal(foundIn(holed(0, 40_000, JUMBO, true), 'lost-on-path'), []);
  assert.is(foundIn(holed(0, 40_000, JUMBO, true), 'capture-loss').length, 1);
});

/** The same ports again after `afterNs`, with sequence numbers near the old ones, nothing closed. */
function reused(afterNs: number): readonly Dialogue[] {
  const before = new Dialogue();
  before.read10(0, 8, before.login(0) + MS);
  const after = new Dialogue({ initiatorSeq: 9000, targetSeq: 520_000 });
  after.read10(8, 8, after.login(afterNs) + MS);
  return [before, after];
}

test('a new SYN between the same ports is a new connection, and no bytes are missing', () => {
  for (const afterNs of [500 * MS, 8 * S]) {
    const { report } = run(byTime(reused(afterNs).flatMap((d) => d.tcp.captured())));
    assert.is(report.totals.connectionCount, 2);
    assert.is(report.capture.bytesMissing, 0);
    assert.equal(found(reused(afterNs), 'capture-loss'), []);
  }
});

test.run();
