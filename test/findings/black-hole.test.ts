// A path's MTU as the sender's SACK shows it: a large segment that is sent again and again while what is sent behind it
// arrives if it is small; and what came of it on other connections of the same two ends.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ACK } from '../../src/packet/segment.js';
import { type BuiltPacket, byTime, made } from '../support/build.js';
import { Dialogue } from '../support/dialogue.js';
import { foundIn, MS, S, told } from '../support/found.js';
import { hasData } from '../support/mishaps.js';
import { run } from '../support/run.js';

const JUMBO = 8948;

/** One SACK block, between two options that do nothing, and timestamps. */
function sack(left: number, right: number): Uint8Array {
  const bytes = new Uint8Array(12 + 12);
  bytes.set([1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 5, 10]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, left);
  view.setUint32(20, right);
  return bytes;
}

interface Stuck {
  readonly fromNs?: number;
  readonly port?: number;
  readonly mss?: number;
  /** Bytes that the receiver says by SACK came behind the stuck segment; undefined: it is silent. */
  readonly behind?: number;
  readonly tries?: readonly number[];
}

/** A write's first full segment is sent again and again. Ends with a reset of the host after 8 s. */
function stuckWrite({
  fromNs = 0,
  port = 40_000,
  mss = JUMBO,
  behind,
  tries = [0.2, 0.6, 1.4, 3],
}: Stuck): BuiltPacket[] {
  const d = new Dialogue({ mss, initiatorPort: port });
  let t = d.login(fromNs, [], [['MaxRecvDataSegmentLength', '262144']]) + MS;
  t = d.nopOut(t) + MS;
  d.write10(0, 128, t, { immediate: 65_536, statusIn: 'none' });
  d.tcp.reset(t + 8 * S, 'initiator');
  const packets = d.tcp.captured();
  const [first] = packets.filter((p) => p.from === 'initiator' && p.tcp.payload?.length === mss);
  const before = packets.filter((p) => p.timeNs <= first.timeNs);
  const resent = tries.map((s) => made({ ...first, timeNs: first.timeNs + s * S }));
  const end = packets.filter((p) => ((p.tcp.flags ?? ACK) & 4) !== 0);
  if (behind === undefined) return byTime([...before, ...resent, ...end]);
  const theirs = before.findLast((p) => p.from === 'target' && hasData(p)) ?? first;
  const seq = ((theirs.tcp.seq ?? 0) + (theirs.tcp.payload?.length ?? 0)) >>> 0;
  const at = first.tcp.seq ?? 0;
  const left = (at + 65_584 - behind) >>> 0;
  const tcp = { ...theirs.tcp, seq, ack: at, flags: ACK, payload: undefined };
  const answer = made({
    ...theirs,
    timeNs: first.timeNs + 20 * MS,
    tcp: { ...tcp, options: sack(left, left + behind) },
  });
  // What it acknowledges was sent: the last bytes of the write.
  const mine = { ...first.tcp, seq: left, payload: new Uint8Array(behind) };
  const sent = made({ ...first, timeNs: first.timeNs + 10 * MS, tcp: mine });
  return byTime([...before, sent, answer, ...resent, ...end]);
}

test('a large segment that never arrives while a small one behind it does', () => {
  const { report } = run(stuckWrite({ behind: 48 }));
  const [finding] = told(report, 'mtu-black-hole');
  assert.is(finding.owes, 'network');
  assert.match(finding.title, /Segments of 8948 bytes from the initiator do not get through/);
  assert.match(finding.text, /while 48 bytes sent behind it arrived \(SACK\)/);
  const [first] = report.incidents;
  assert.is(report.findings[first.findings[0]].id, 'mtu-black-hole');
  assert.equal(
    report.incidents.filter(({ severity, owes }) => severity !== 'note' && owes !== 'network'),
    [],
  );
});

test('as much that came behind it, a receiver that is silent, and small segments are no MTU', () => {
  assert.equal(foundIn(stuckWrite({ behind: JUMBO }), 'mtu-black-hole'), []);
  assert.equal(foundIn(stuckWrite({}), 'mtu-black-hole'), []);
  assert.equal(foundIn(stuckWrite({ mss: 1000, behind: 48 }), 'mtu-black-hole'), []);
  assert.equal(foundIn(stuckWrite({ behind: 48, tries: [0.2, 0.6] }), 'mtu-black-hole'), []);
});

/** A read whose answer never comes: the host sends its command again, and gives up. */
function silentRead(fromNs: number, mss: number): BuiltPacket[] {
  const d = new Dialogue({ mss, initiatorPort: 41_000 });
  let t = d.login(fromNs) + MS;
  t = d.read10(0, 8, t).statusNs + MS;
  d.read10(8, 8, t, { statusIn: 'none' });
  d.tcp.reset(t + 10 * S, 'initiator');
  const packets = d.tcp.captured();
  const asked = packets.find((p) => p.from === 'initiator' && hasData(p) && p.timeNs >= t);
  assert.ok(asked !== undefined);
  const kept = packets.filter((p) => p.from === 'initiator' || p.timeNs < t);
  const tries = [0.2, 0.6, 1.4, 3, 6].map((s) => made({ ...asked, timeNs: t + s * S }));
  return byTime([
    ...kept.filter((p) => p.timeNs <= t || hasData(p) || (p.tcp.flags ?? 0) & 4),
    ...tries,
  ]);
}

test('a silence of the same two ends where large answers were due is its consequence', () => {
  const both = byTime([...silentRead(0, JUMBO), ...stuckWrite({ fromNs: 13 * S, behind: 48 })]);
  const { report } = run(both);
  const [silent] = told(report, 'side-silent');
  assert.is(silent.owes, 'network');
  const [first] = report.incidents;
  assert.is(report.findings[first.findings[0]].id, 'mtu-black-hole');
  assert.ok(first.findings.some((i) => report.findings[i].id === 'side-silent'));
});

test('a silence alone, long before, or where jumbo frames were not agreed, is not laid to it', () => {
  const alone = run(silentRead(0, JUMBO)).report;
  assert.is(told(alone, 'side-silent')[0].owes, 'unknown');
  const before = byTime([...silentRead(0, JUMBO), ...stuckWrite({ fromNs: 120 * S, behind: 48 })]);
  assert.is(told(run(before).report, 'side-silent')[0].owes, 'unknown');
  const small = byTime([...silentRead(0, 1460), ...stuckWrite({ fromNs: 13 * S, behind: 48 })]);
  assert.is(told(run(small).report, 'side-silent')[0].owes, 'unknown');
});

test.run();
