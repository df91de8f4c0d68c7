// What is told when: holes, proofs, grace, both directions, arrival times, bounds.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CONNECTIONS_MAX,
  EVICTED_IDLE_NS,
  ONE_SIDED_POOL_BYTES,
  POOL_BYTES_PER_DIRECTION,
  REORDER_GRACE_NS,
} from '../../src/limits.js';
import { ACK, FIN, RST, SYN } from '../../src/packet/segment.js';
import { bytesAt, type Said, Wire } from './wire.js';

const A = 100;
const B = 5000;

/** Shaken hands; `a` and `b` say data by its place in the stream. */
class Talk extends Wire {
  constructor() {
    super();
    this.say({ seq: A, flags: SYN });
    this.say({ from: 'b', seq: B, ack: A + 1, flags: SYN | ACK });
    this.say({ seq: A + 1, ack: B + 1 });
  }

  a(from: number, length: number, ack = 0, more: Partial<Said> = {}): this {
    const data = bytesAt(from, length);
    return this.say({ seq: A + 1 + from, ack: B + 1 + ack, data, ...more });
  }

  b(from: number, length: number, ack = 0, more: Partial<Said> = {}): this {
    const data = bytesAt(from, length);
    return this.say({ from: 'b', seq: B + 1 + from, ack: A + 1 + ack, data, ...more });
  }

  get told(): readonly string[] {
    return this.written.told;
  }
}

test('in order: handed on as it comes, from the packet itself', () => {
  const t = new Talk().a(0, 48).b(0, 100, 48).a(48, 48, 100);
  assert.equal(t.told, ['0: 48 bytes of 4', '1: 100 bytes of 5', '0: 48 bytes of 6']);
  assert.equal(t.written.ready[2], { direction: 0, frame: 6, timeNs: 6e6, readyNs: 6e6 });
});

test('a hole filled late: what waited keeps its own time, and was readable only then', () => {
  const t = new Talk().b(0, 100).b(200, 100);
  assert.equal(t.told, ['1: 100 bytes of 4']);
  t.b(100, 100, 0, { at: 255e6 });
  assert.equal(t.told.slice(1), ['1: 100 bytes of 6', '1: 100 bytes of 5']);
  assert.equal(t.written.ready[2], { direction: 1, frame: 5, timeNs: 5e6, readyNs: 255e6 });
  assert.equal(t.events.list, [
    '1: 6 filled 100+100 after 250 ms',
    '1: 6 timeout 100+100 after 250 ms',
  ]);
  assert.is(t.written.connections[0].b.holeNsMax, 250e6);
});

test('a hole proven by the ACK becomes a gap after 16 more packets', () => {
  const t = new Talk().b(0, 100).b(200, 100).a(0, 0, 300);
  for (let i = 0; i < 15; i++) t.b(300 + i, 1, 0, { at: t.nowNs + 1000 });
  assert.is(t.told.length, 1);
  t.b(315, 1, 0, { at: t.nowNs + 1000 });
  assert.equal(t.told.slice(1, 3), ['1: 100 missing', '1: 100 bytes of 5']);
  assert.is(t.told.length, 3 + 16);
  const { b } = t.written.connections[0];
  assert.equal([b.missingBytes, b.ackedUnseenBytes, b.missingGaps], [100, 100, 1]);
  // What came after the gap keeps its own time: the receiver had it all along.
  assert.ok(t.written.ready.every((r) => r.readyNs === r.timeNs));
});

test('… or after 5 ms, when a packet of any connection comes', () => {
  const t = new Talk().b(0, 100).b(200, 100).a(0, 0, 300);
  const provenNs = t.nowNs;
  t.say({ seq: 1, port: 9, at: provenNs + REORDER_GRACE_NS - 1 });
  assert.is(t.told.length, 1);
  t.say({ seq: 1, port: 9, at: provenNs + REORDER_GRACE_NS });
  assert.equal(t.told.slice(1), ['1: 100 missing', '1: 100 bytes of 5']);
});

test('an ACK captured before its data: the answer is told before what follows on it', () => {
  // B's answer is captured after A's next command, which acknowledges it and may reuse its tag.
  const t = new Talk().a(0, 48).a(48, 48, 100).b(0, 100, 48);
  assert.equal(t.told, ['0: 48 bytes of 4', '1: 100 bytes of 6', '0: 48 bytes of 5']);
  assert.ok(t.written.ready.every((r) => r.readyNs === r.timeNs));
  assert.is(t.finish().connections[0].b.missingBytes, 0);
});

test('… also with more of the answer waiting behind the late part', () => {
  const t = new Talk().a(0, 48).b(50, 50, 48).a(48, 48, 100).b(0, 50, 48);
  const order = ['0: 48 bytes of 4', '1: 50 bytes of 7', '1: 50 bytes of 5', '0: 48 bytes of 6'];
  assert.equal(t.told, order);
  const { b } = t.written.connections[0];
  assert.equal([b.outOfOrderSegments, b.captureReordered, b.retransmittedSegments], [1, 1, 0]);
});

test('… and if the answer never comes, the command is told after the grace, and no gap yet', () => {
  const t = new Talk().a(0, 48).a(48, 48, 100);
  assert.is(t.told.length, 1);
  t.a(96, 48, 100, { at: t.nowNs + 6e6 });
  assert.equal(t.told, ['0: 48 bytes of 4', '0: 48 bytes of 5', '0: 48 bytes of 6']);
  // The answer's place shows as a gap once later data comes.
  t.b(100, 10, 144, { at: t.nowNs + 1e6 }).a(144, 1, 110, { at: t.nowNs + 6e6 });
  t.a(145, 1, 110, { at: t.nowNs + 6e6 });
  assert.ok(t.told.indexOf('1: 100 missing') < t.told.indexOf('1: 10 bytes of 7'));
  assert.is(t.finish().connections[0].b.ackedUnseenBytes, 100);
});

test('a hole without proof holds back its own direction only', () => {
  const t = new Talk().b(0, 100).b(200, 100).a(0, 48, 100).a(48, 48, 100);
  assert.equal(t.told, ['1: 100 bytes of 4', '0: 48 bytes of 6', '0: 48 bytes of 7']);
});

test('an ACK of part of a hole proves that part only', () => {
  const t = new Talk().b(300, 100).a(0, 0, 100).a(0, 0, 100, { at: t0() });
  assert.equal(t.told, ['1: 100 missing']);
  t.b(100, 200, 0, { at: t.nowNs + 1e6 });
  assert.equal(t.told.slice(1), ['1: 200 bytes of 7', '1: 100 bytes of 4']);

  function t0(): number {
    return 20e6;
  }
});

test('duplicate ACKs say that the receiver lacked the bytes until the proof', () => {
  const t = new Talk().b(0, 100).a(0, 0, 100).b(200, 100).a(0, 0, 100, { at: 10e6 });
  t.a(0, 0, 300, { at: 90e6 }).a(0, 0, 300, { at: 100e6 });
  const waited = t.written.ready.find((r) => r.frame === 6 && r.readyNs > r.timeNs);
  assert.is(waited?.readyNs, 90e6);
});

test('one direction only: 256 KiB or 1 s behind a hole give it up', () => {
  for (const [step, segments] of [
    [1000, ONE_SIDED_POOL_BYTES / 65_536],
    [400e6, 3],
  ]) {
    const w = new Wire();
    w.say({ seq: 1, data: bytesAt(0, 10) });
    for (let i = 1; i <= segments; i++) {
      assert.is(w.written.told.length, 1);
      w.say({ seq: 11 + i * 65_536, data: bytesAt(0, 65_536), at: w.nowNs + step });
    }
    w.say({ seq: 11 + (segments + 1) * 65_536, data: bytesAt(0, 100), at: w.nowNs + step });
    assert.is(w.written.told[1], '0: 65536 missing');
    assert.is(w.written.told.length, 3 + segments);
    assert.is(w.written.connections[0].a.ackedUnseenBytes, 0);
  }
});

test('a pool that is full gives up its hole and says so', () => {
  const t = new Talk();
  const n = POOL_BYTES_PER_DIRECTION / 65_536;
  for (let i = 1; i <= n; i++) t.b(i * 65_536, 65_536, 0, { window: 65_535, at: t.nowNs + 10 });
  assert.is(t.told.length, 0);
  assert.is(t.problems.counts.get('limit-reached'), undefined);
  t.a(0, 0, 0).b((n + 1) * 65_536, 1);
  assert.is(t.told[0], '1: 65536 missing');
  assert.is(t.told.length, 2 + n);
  assert.is(t.problems.counts.get('limit-reached'), 1);
});

test('many tiny pieces behind a hole are bounded, too', () => {
  const t = new Talk();
  for (let i = 0; i < 5000; i++) t.b(2 + i * 2, 1, 0, { at: t.nowNs + 10 });
  assert.ok(t.told.includes('1: 2 missing'));
  assert.is(t.problems.counts.get('limit-reached'), 5000 - 4096);
  assert.is(t.finish().bytes[1].length, 2 + 5000 * 2 - 1);
});

test('all pools together are bounded: the connection that waited longest gives up', () => {
  const w = new Wire();
  for (let port = 1; port <= 20; port++) {
    w.say({ seq: 1, data: [1], port, at: w.nowNs + 10 });
    w.say({ from: 'b', seq: 1, data: [1], ack: 2, port, at: w.nowNs + 10 });
    for (let i = 1; i <= 50; i++) {
      w.say({ seq: 2 + i * 65_536, data: bytesAt(0, 65_536), ack: 2, port, at: w.nowNs + 10 });
      // The other side is there, and acknowledges nothing new.
      if (i === 1) w.say({ from: 'b', seq: 2, ack: 2, port, at: w.nowNs + 10 });
    }
  }
  assert.ok((w.problems.counts.get('limit-reached') ?? 0) > 0);
  assert.ok(w.written.told.includes('0: 65536 missing'));
  assert.not(w.written.told.includes('38: 65536 missing'), 'not the newest');
});

test('bytes cut by snaplen are told as a gap with the time of their packet', () => {
  const t = new Talk().b(0, 1000, 0, { captured: 48 }).b(1000, 48, 0, { captured: 0 });
  assert.equal(t.told, ['1: 48 bytes of 4', '1: 952 cut', '1: 48 cut']);
  assert.equal(t.written.ready[1], { direction: 1, frame: 4, timeNs: 4e6, readyNs: 4e6 });
  const { b } = t.written.connections[0];
  assert.equal([b.cutBytes, b.cutGaps, b.streamBytes], [1000, 2, 1048]);
});

test('a cut segment that waits is a length only', () => {
  const t = new Talk().b(1000, 1000, 0, { captured: 10 }).b(0, 1000, 0, { captured: 10 });
  assert.equal(t.told, ['1: 10 bytes of 5', '1: 990 cut', '1: 10 bytes of 4', '1: 990 cut']);
});

test('acknowledged at the end but never seen: a gap', () => {
  const t = new Talk().b(0, 100).a(0, 48, 400);
  t.finish();
  assert.equal(t.told.slice(-5), [
    '0: 48 bytes of 5',
    '1: 300 missing',
    '0: ended',
    '1: ended',
    'closed 0',
  ]);
});

test('a FIN that was acknowledged but not captured is no missing byte', () => {
  const t = new Talk().b(0, 100).a(0, 48, 101);
  assert.is(t.finish().connections[0].b.missingBytes, 0);
});

test('FIN with data missing: told as a gap once acknowledged, and the direction ends', () => {
  const t = new Talk().b(0, 100);
  t.say({ from: 'b', seq: B + 1 + 300, ack: A + 1, flags: ACK | FIN });
  assert.is(t.told.length, 1);
  t.a(0, 0, 301).a(0, 0, 301, { at: t.nowNs + 6e6 });
  assert.equal(t.told.slice(1), ['1: 200 missing', '1: ended']);
});

test('RST with data missing: what waits is told, then both directions end', () => {
  const t = new Talk().b(0, 100).b(200, 100).a(0, 48, 100);
  t.say({ from: 'b', seq: B + 1 + 300, ack: A + 49, flags: RST | ACK });
  assert.equal(t.told.slice(2), ['1: 100 missing', '1: 100 bytes of 5', '0: ended', '1: ended']);
  const c = t.written.connections[0];
  assert.equal([c.closedBy, c.closedHow, c.closedFrame], ['b', 'rst', 7]);
  assert.is(c.closedMissingBytes, 100);
});

test('overlaps that wait: the first bytes win, differing ones are counted', () => {
  const t = new Talk().b(10, 10);
  t.b(10, 10, 0, { data: bytesAt(10, 10) });
  assert.is(t.written.connections[0].b.overlapDiffers, 0);
  const other = bytesAt(5, 10).map((x, i) => (i >= 5 ? x ^ 1 : x));
  t.b(5, 10, 0, { data: other }).b(0, 5);
  assert.equal(t.finish().bytes[1], [...bytesAt(0, 20)]);
  assert.is(t.written.connections[0].b.overlapDiffers, 5);
  assert.is(t.problems.counts.get('overlap-differs'), 1);
});

test('bytes of a gap that come after all are too late, and counted', () => {
  const t = new Talk().b(0, 100).b(200, 100).a(0, 0, 300).a(0, 0, 300, { at: 20e6 });
  t.b(100, 100, 0, { at: 30e6 });
  assert.is(t.written.connections[0].b.lateBytes, 100);
  assert.equal(t.told, ['1: 100 bytes of 4', '1: 100 missing', '1: 100 bytes of 5']);
});

test('a jump too far to be a hole is not believed', () => {
  const t = new Talk().b(0, 100).b(500_000_000, 10).b(-500_000_000, 10).b(100, 100);
  assert.equal(t.told, ['1: 100 bytes of 4', '1: 100 bytes of 7']);
  assert.is(t.written.connections[0].b.straySegments, 2);
});

test('… until another segment follows on it: below 1 GiB a gap', () => {
  const t = new Talk().b(0, 100).b(500_000_000, 10).b(500_000_010, 10);
  t.finish();
  assert.ok(t.told.includes('1: 499999910 missing'));
  assert.is(t.written.connections.length, 1);
});

test('… beyond that another connection of which no SYN was seen', () => {
  const t = new Talk()
    .b(0, 100)
    .b(2 ** 31, 10)
    .b(2 ** 31 + 10, 10)
    .b(2 ** 31 + 20, 5);
  assert.is(t.written.connections.length, 2);
  assert.equal([t.written.connections[0].closedHow, t.written.closedIds], ['reused', [0]]);
  assert.equal(t.told.slice(-2), ['2: 10 bytes of 6', '2: 5 bytes of 7']);
  assert.is(t.written.connections[1].a.startKnown, false);
});

test('an ACK too far ahead is not believed at once', () => {
  const t = new Talk().b(0, 100).a(0, 48, 700_000_000).b(100, 100, 48);
  assert.equal(t.told, ['1: 100 bytes of 4', '0: 48 bytes of 5', '1: 100 bytes of 6']);
  assert.is(t.finish().connections[0].b.missingBytes, 0);
  assert.is(t.written.connections[0].a.bogusAcks, 1);
});

test('in mid-stream the first byte seen is the start; what lies before it is counted', () => {
  const w = new Wire();
  w.say({ seq: 1000, ack: 77, data: bytesAt(0, 50) });
  w.say({ seq: 900, ack: 77, data: bytesAt(0, 50) });
  w.say({ from: 'b', seq: 77, ack: 1050, data: bytesAt(0, 5) });
  assert.equal(w.written.told, ['0: 50 bytes of 1', '1: 5 bytes of 3']);
  const c = w.written.connections[0];
  assert.equal([c.a.beforeStartSegments, c.a.startKnown, c.openerKnown], [1, false, false]);
  assert.is(c.a.retransmittedSegments, 0);
});

test('a packet that came too late once is waited for longer the next time', () => {
  const w = new Wire();
  w.say({ seq: 1, ack: 1, data: bytesAt(0, 10) });
  w.say({ from: 'b', seq: 1, ack: 11 });
  for (let round = 0; round < 3; round++) {
    const from = 11 + round * 310;
    for (let i = 1; i <= 30; i++) {
      const at = w.nowNs + 1000;
      w.say({ seq: from + i * 10, ack: 1, data: bytesAt(from + i * 10 - 1, 10), at });
      w.say({ from: 'b', seq: 1, ack: from + i * 10 + 10, at: at + 10 });
    }
    w.say({ seq: from, ack: 1, data: bytesAt(from - 1, 10), at: w.nowNs + 1000 });
  }
  w.finish();
  const { a } = w.written.connections[0];
  assert.equal([a.missingBytes, a.missingGaps, a.lateBytes], [20, 2, 20]);
});

test('more connections than are followed: the longest idle makes room', () => {
  const w = new Wire();
  const stage = w.stage;
  stage.invariants = () => {};
  const n = CONNECTIONS_MAX;
  for (let i = 0; i < n; i++) w.say({ seq: 1, data: [i & 255], port: i, at: i });
  w.say({ seq: 2, data: [9], port: 0, at: EVICTED_IDLE_NS });
  assert.is(w.written.closedIds.length, 0);
  w.say({ seq: 1, data: [1], port: 65_000, at: 2 * EVICTED_IDLE_NS });
  assert.is(w.written.closedIds.length, n / 16);
  assert.not(w.written.closedIds.includes(0), 'the first was heard of just now');
  assert.is(w.written.connections[1].closedHow, 'evicted');
  assert.is(w.problems.counts.get('limit-reached'), 1);
  assert.is(w.finish().closedIds.length, n + 1);
});

test('where all connections are in use none is pushed out, but for one to a wished port', () => {
  const w = new Wire({ ports: new Set([60_000]) });
  w.stage.invariants = () => {};
  const n = CONNECTIONS_MAX;
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < n + 100; i++) {
      w.say({ seq: 1 + round, data: [i & 255], port: i, at: round * 1e6 + i });
    }
  }
  assert.is(w.written.connections.length, n);
  assert.is(w.written.closedIds.length, 0);
  w.say({ seq: 1, data: [1], port: 60_000, at: 3e6 });
  assert.is(w.written.connections.length, n + 1);
  assert.is(w.written.closedIds.length, n / 16);
  w.finish();
  const texts = w.problems.kept.map((p) => p.text);
  assert.ok(texts.some((text) => text.includes('200 packets of further ones were not followed')));
});

test('an ACK that came while another hole was being proven still says when its own bytes had come', () => {
  const t = new Talk().b(0, 100).a(0, 48, 200); // 4, 5: 100 to 200 are missing
  t.b(200, 100, 48).a(48, 48, 400); // 6, 7: and 300 to 400, in the first one's grace
  t.b(400, 100, 96, { at: 50e6 }).a(96, 48, 500, { at: 60e6 });
  t.finish();
  const gaps = t.written.ready.filter((_, i) => t.told[i].endsWith('missing'));
  assert.equal(
    gaps.map(({ readyNs }) => readyNs),
    [5e6, 7e6],
  );
});

test('the same packets tell the same, to the letter', () => {
  const run = () => {
    const t = new Talk();
    for (let i = 0; i < 400; i++) {
      const j = (i * 37) % 400;
      t.b(j * 10, 10 + (j % 7), (i * 3) % 90).a((i * 11) % 97, 9, Math.min(4000, i * 13));
    }
    t.finish();
    return JSON.stringify([t.told, t.events.list, t.written.connections, t.problems.kept]);
  };
  assert.is(run(), run());
});

test.run();
