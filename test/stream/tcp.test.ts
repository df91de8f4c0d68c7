// What TCP did: opening, closing, retransmissions, windows, probes, copies.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOSED_LINGER_NS } from '../../src/limits.js';
import { ACK, FIN, PSH, RST, SYN, URG } from '../../src/packet/segment.js';
import { captureSide } from '../../src/stream/capture-point.js';
import {
  ackRttNs,
  addressText,
  Connection,
  endpointText,
  flowOf,
  synRttNs,
} from '../../src/stream/connection.js';
import { RttSeries } from '../../src/stream/rtt.js';
import { SendLog } from '../../src/stream/sendlog.js';
import { bytesAt, type Said, Wire } from './wire.js';

const A = 0xfffffff0;
const B = 5000;
/** MSS 1460, SACK permitted, timestamps, no-operation, window scale 7. */
const OPTIONS = [2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7];

class Talk extends Wire {
  constructor(options: readonly number[] = OPTIONS) {
    super();
    this.say({ seq: A, flags: SYN, options, at: 0 });
    this.say({ from: 'b', seq: B, ack: A + 1, flags: SYN | ACK, options, at: 900e3 });
    this.say({ seq: A + 1, ack: B + 1, at: 1e6 });
  }

  a(from: number, length: number, ack = 0, more: Partial<Said> = {}): this {
    const data = bytesAt(from, length);
    return this.say({ seq: A + 1 + from, ack: B + 1 + ack, data, ...more });
  }

  b(from: number, length: number, ack = 0, more: Partial<Said> = {}): this {
    const data = bytesAt(from, length);
    return this.say({ from: 'b', seq: B + 1 + from, ack: A + 1 + ack, data, ...more });
  }

  get c(): Connection {
    return this.written.connections[0];
  }
}

test('endpoints are written as RFC 5952 has it', () => {
  const c = new Connection(0, 0, 1);
  c.a2 = 0xffff;
  c.a3 = 0xc0a80105 | 0;
  c.aPort = 3260;
  c.b0 = 0xfe800000 | 0;
  c.b3 = 1;
  c.bPort = 860;
  assert.is(endpointText(c, 'a'), '192.168.1.5:3260');
  assert.is(endpointText(c, 'b'), '[fe80::1]:860');
  c.b1 = 0x00010000;
  c.b2 = 0x00020003;
  assert.is(addressText(c, 'b'), 'fe80:0:1:0:2:3:0:1');
  c.b0 = c.b1 = c.b2 = c.b3 = 0;
  assert.is(addressText(c, 'b'), '::');
});

test('the handshake: who opened, its round trips, its options', () => {
  const { c } = new Talk();
  assert.equal([c.openerKnown, endpointText(c, 'a')], [true, '10.0.0.1:50000']);
  assert.equal([synRttNs(c), ackRttNs(c)], [900e3, 100e3]);
  assert.equal(
    [c.a.mss, c.a.windowScale, c.a.sackPermitted, c.a.timestamps],
    [1460, 7, true, true],
  );
  assert.is(flowOf(c, 1), c.b);
  const guess = captureSide(c);
  assert.equal([guess.side, guess.confidence > 0.7, guess.reasons.length], ['opener', true, 1]);
});

test('a SYN/ACK alone names the opener, and where its stream starts', () => {
  const w = new Wire();
  w.say({ from: 'b', seq: B, ack: A + 1, flags: SYN | ACK });
  w.say({ seq: A + 1, ack: B + 1, data: bytesAt(0, 10) });
  const c = w.written.connections[0];
  assert.equal(
    [endpointText(c, 'b'), c.a.startKnown, c.b.startKnown],
    ['10.0.0.2:3260', true, true],
  );
  assert.equal(w.written.told, ['0: 10 bytes of 2']);
});

test('the SYN/ACK not captured: the first ACK says where the other side starts', () => {
  const w = new Wire();
  w.say({ seq: A, flags: SYN }).say({ seq: A + 1, ack: B + 1 });
  w.say({ from: 'b', seq: B + 1 + 100, ack: A + 1, data: bytesAt(100, 10) });
  w.say({ from: 'b', seq: B + 1, ack: A + 1, data: bytesAt(0, 100) });
  assert.equal(w.finish().bytes[1], [...bytesAt(0, 110)]);
  assert.ok(w.written.connections[0].b.startKnown);
});

test('SYN sent again counts, and the round trip is of the last', () => {
  const w = new Wire();
  w.say({ seq: A, flags: SYN, at: 0 }).say({ seq: A, flags: SYN, at: 1e9 });
  w.say({ from: 'b', seq: B, ack: A + 1, flags: SYN | ACK, at: 1.1e9 });
  const c = w.written.connections[0];
  assert.equal([c.a.synRetransmitted, synRttNs(c), w.written.connections.length], [1, 0.1e9, 1]);
});

test('both open at once', () => {
  const w = new Wire();
  w.say({ seq: A, flags: SYN }).say({ from: 'b', seq: B, flags: SYN });
  w.say({ seq: A, ack: B + 1, flags: SYN | ACK });
  w.say({ from: 'b', seq: B, ack: A + 1, flags: SYN | ACK });
  w.say({ seq: A + 1, ack: B + 1, data: bytesAt(0, 20) });
  w.say({ from: 'b', seq: B + 1, ack: A + 21, data: bytesAt(0, 30) });
  assert.equal(w.written.told, ['0: 20 bytes of 5', '1: 30 bytes of 6']);
  assert.is(w.written.connections.length, 1);
});

test('data in the SYN is the first of the stream (RFC 7413)', () => {
  const w = new Wire();
  w.say({ seq: A, flags: SYN, data: bytesAt(0, 10) });
  w.say({ from: 'b', seq: B, ack: A + 11, flags: SYN | ACK });
  w.say({ seq: A + 11, ack: B + 1, data: bytesAt(10, 10) });
  assert.equal(w.finish().bytes[0], [...bytesAt(0, 20)]);
});

test('data in a SYN that is sent again without being accepted is told once', () => {
  const w = new Wire();
  w.say({ seq: A, flags: SYN, data: bytesAt(0, 10) });
  w.say({ from: 'b', seq: B, ack: A + 1, flags: SYN | ACK });
  w.say({ seq: A + 1, ack: B + 1, data: bytesAt(0, 20) });
  assert.equal(w.finish().bytes[0], [...bytesAt(0, 20)]);
});

test('FIN from both sides: who closed first; the last ACK and FINs sent again are no new thing', () => {
  const t = new Talk().a(0, 10);
  t.say({ from: 'b', seq: B + 1, ack: A + 11, flags: ACK | FIN });
  t.say({ from: 'b', seq: B + 1, ack: A + 11, flags: ACK | FIN });
  t.say({ seq: A + 11, ack: B + 2, flags: ACK | FIN });
  t.say({ from: 'b', seq: B + 2, ack: A + 12 });
  assert.equal(t.written.told, ['0: 10 bytes of 4', '1: ended', '0: ended']);
  assert.equal([t.c.closedBy, t.c.closedHow, t.c.closedFrame], ['b', 'fin', 5]);
  assert.is(t.c.packetsAfterClose, 1);
  t.finish();
  assert.is(t.written.told.at(-1), 'closed 0');
});

test('half closed: the other direction goes on', () => {
  const t = new Talk();
  t.say({ seq: A + 1, ack: B + 1, flags: ACK | FIN });
  t.b(0, 10, 1).b(10, 10, 1).a(1, 0, 20);
  assert.equal(t.written.told, ['0: ended', '1: 10 bytes of 5', '1: 10 bytes of 6']);
});

test('data after the FIN is stray', () => {
  const t = new Talk()
    .a(0, 10, 0, { flags: ACK | FIN })
    .a(10, 5)
    .a(11, 5);
  assert.equal(t.written.told, ['0: 10 bytes of 4', '0: ended']);
  assert.equal([t.c.a.straySegments, t.c.a.strayBytes], [2, 10]);
});

test('a closed connection is remembered for a while, then forgotten', () => {
  const t = new Talk();
  t.say({ seq: A + 1, ack: B + 1, flags: RST | ACK });
  assert.equal(t.written.told, ['0: ended', '1: ended']);
  t.say({ seq: 1, port: 7, at: t.nowNs + CLOSED_LINGER_NS });
  assert.equal(t.written.closedIds, [0]);
});

test('a RST with another sequence does not close', () => {
  const t = new Talk().a(0, 10);
  t.say({ seq: A + 1 + 5000, flags: RST }).say({ from: 'b', seq: 77, flags: RST });
  t.a(10, 10);
  assert.equal(t.written.told, ['0: 10 bytes of 4', '0: 10 bytes of 7']);
  assert.equal([t.c.a.bogusRsts, t.c.b.bogusRsts, t.c.closedBy], [1, 1, '']);
  assert.is(t.finish().connections[0].closedHow, 'open');
});

test('… unless nothing follows it: the bytes before it were not captured', () => {
  const t = new Talk().a(0, 10);
  t.say({ seq: A + 1 + 500, flags: RST | ACK, ack: B + 1 });
  t.finish();
  assert.equal([t.c.closedBy, t.c.closedHow, t.c.closedFrame], ['a', 'rst', 5]);
});

test('the port refused: RST answers the SYN', () => {
  const w = new Wire();
  w.say({ seq: A, flags: SYN }).say({ from: 'b', seq: 0, ack: A + 1, flags: RST | ACK });
  const c = w.written.connections[0];
  assert.equal([c.closedBy, c.closedHow], ['b', 'rst']);
});

test('a RST of nothing known opens nothing', () => {
  const w = new Wire().say({ seq: 5, flags: RST });
  assert.is(w.written.connections.length, 0);
});

test('ports used again after the end: another connection', () => {
  const t = new Talk().a(0, 10);
  t.say({ seq: A + 11, ack: B + 1, flags: RST | ACK });
  t.say({ seq: 777, flags: SYN }).say({ from: 'b', seq: 9, ack: 778, flags: SYN | ACK });
  t.say({ seq: 778, ack: 10, data: bytesAt(0, 5) });
  assert.equal(t.written.told, [
    '0: 10 bytes of 4',
    '0: ended',
    '1: ended',
    'closed 0',
    '2: 5 bytes of 8',
  ]);
  assert.is(t.c.closedHow, 'rst');
});

test('ports used again without an end seen: a far SYN ends the old connection', () => {
  const t = new Talk().a(0, 10).say({ seq: 0x70000000, flags: SYN });
  assert.equal([t.c.closedHow, t.written.closedIds], ['reused', [0]]);
});

test('a SYN near the sequence of a living connection is stray (RFC 5961 section 4)', () => {
  const t = new Talk()
    .a(0, 10)
    .say({ seq: A + 500, flags: SYN })
    .a(10, 10);
  assert.is(t.written.connections.length, 1);
  assert.is(t.c.a.straySegments, 1);
  assert.is(t.written.told.length, 2);
});

test('a half-open attempt is replaced by the next one', () => {
  const w = new Wire().say({ seq: 100, flags: SYN }).say({ seq: 200, flags: SYN, at: 3e9 });
  w.say({ from: 'b', seq: B, ack: 201, flags: SYN | ACK });
  assert.is(w.written.connections.length, 2);
  assert.is(w.written.connections[1].synAckNs >= 0, true);
});

test('fast retransmission: after three duplicate ACKs, told with the time it took', () => {
  const t = new Talk().b(0, 100).b(100, 100).b(200, 100).b(300, 100).b(400, 100).a(0, 0, 100);
  for (let i = 0; i < 3; i++) t.a(0, 0, 100);
  t.b(100, 100);
  assert.equal(t.c.a.duplicateAcks, 3);
  assert.equal([t.c.b.retransmittedFast, t.c.b.retransmittedBytes], [1, 100]);
  assert.equal(t.events.list, ['1: 13 fast 100+100 after 8 ms']);
});

test('a SACK asks for a fast retransmission, too', () => {
  const sack = [1, 1, 5, 10, 0, 0, 20, 80, 0, 0, 20, 180];
  const t = new Talk().b(0, 100).b(100, 100).b(200, 100).a(0, 0, 100);
  t.a(0, 0, 100, { options: sack, window: 60_000 }).b(100, 100);
  assert.equal([t.c.a.sackAcks, t.c.a.duplicateAcks, t.c.b.retransmittedFast], [1, 1, 1]);
});

test('the timer: 200 ms and more after the first sending', () => {
  const t = new Talk().b(0, 100, 0, { at: 10e6 }).b(0, 100, 0, { at: 260e6 });
  assert.equal(t.events.list, ['1: 5 timeout 0+100 after 250 ms']);
  t.b(0, 100, 0, { at: 760e6 });
  assert.is(t.events.list[1], '1: 6 timeout 0+100 after 750 ms');
  assert.equal([t.c.b.retransmittedTimeout, t.c.b.retransmissionWaitNsMax], [2, 750e6]);
});

test('the last segment again, sooner: a tail loss probe (RFC 8985)', () => {
  const t = new Talk().b(0, 100).b(100, 100).b(100, 100, 0, { at: 20e6 });
  t.b(0, 100, 0, { at: 21e6 });
  assert.equal([t.c.b.retransmittedProbe, t.c.b.retransmittedUnknown], [1, 1]);
});

test('sent again though acknowledged: spurious', () => {
  const t = new Talk().b(0, 100).a(0, 0, 100).b(0, 100, 0, { at: 300e6 });
  assert.equal([t.c.b.retransmittedSpurious, t.c.b.retransmittedTimeout], [1, 0]);
});

/** A SACK option of blocks of B's data. */
function sacks(...ends: number[]): number[] {
  const word = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
  return [1, 1, 5, 2 + 4 * ends.length, ...ends.flatMap((n) => word(B + 1 + n))];
}

test('a DSACK for each copy proves that they were sent in vain (RFC 2883 4.1)', () => {
  const t = new Talk().b(0, 100, 0, { at: 10e6 }).b(0, 100, 0, { at: 260e6 });
  t.b(0, 100, 0, { at: 760e6 }).a(0, 0, 100, { options: sacks(0, 100), at: 1e9 });
  assert.equal([t.c.b.retransmittedTimeout, t.c.b.vainTimeout, t.c.b.doubledSacks], [2, 1, 0]);
  // One came twice, the other was lost: told only once.
  t.a(0, 0, 100, { options: sacks(0, 100), at: 1001e6 });
  assert.equal([t.c.b.vainTimeout, t.c.b.doubledSacks], [2, 0]);
  t.a(0, 0, 100, { options: sacks(0, 100), at: 1002e6 });
  assert.equal([t.c.b.vainTimeout, t.c.b.doubledSacks], [2, 1]);
});

test('a DSACK above the ACK lies within the second block (RFC 2883 4.2); a SACK proves nothing', () => {
  const t = new Talk().b(0, 100).b(100, 100).b(200, 100).b(100, 100, 0, { at: 300e6 });
  t.a(0, 0, 0, { options: sacks(100, 200), at: 301e6 });
  assert.equal([t.c.b.vainTimeout, t.c.b.doubledSacks], [0, 0]);
  t.a(0, 0, 0, { options: sacks(100, 200, 100, 300), at: 302e6 });
  assert.equal([t.c.b.vainTimeout, t.c.b.doubledSacks], [1, 0]);
});

test('where nothing was sent again a DSACK tells that the way doubles packets', () => {
  const t = new Talk()
    .b(0, 100)
    .b(100, 100)
    .a(0, 0, 200)
    .a(0, 0, 200, { options: sacks(0, 100) });
  assert.equal([t.c.b.doubledSacks, t.c.b.vainTimeout + t.c.b.vainUnknown], [1, 0]);
});

test('sent again with new data at its end: the new is told, the old counted', () => {
  const t = new Talk().b(0, 100).b(50, 100);
  assert.equal(t.written.told, ['1: 100 bytes of 4', '1: 50 bytes of 5']);
  assert.equal([t.c.b.retransmittedSegments, t.c.b.retransmittedBytes], [1, 50]);
});

test('a hole filled within a round trip is reordering, where nothing tells when it was sent', () => {
  const id = 1;
  const t = new Talk().b(0, 100, 0, { id }).b(200, 100, 0, { id });
  t.b(100, 100, 0, { at: 3.5e6, id });
  assert.equal([t.c.b.outOfOrderSegments, t.c.b.retransmittedSegments], [1, 0]);
  assert.is(t.events.list[1], '1: 6 outOfOrder 100+100 after 0.5 ms');
});

test('… or later, where its IP identification is older', () => {
  const t = new Talk().b(0, 100, 0, { id: 10 }).b(200, 100, 0, { id: 12 });
  t.b(100, 100, 0, { id: 11, at: 90e6 });
  assert.equal([t.c.b.outOfOrderSegments, t.c.b.retransmittedSegments], [1, 0]);
});

test('… and not, where its identification or its TSval is that of a later packet', () => {
  const byId = new Talk().b(0, 100, 0, { id: 10 }).b(200, 100, 0, { id: 12 });
  byId.b(100, 100, 0, { id: 13, at: 3.5e6 });
  assert.equal([byId.c.b.outOfOrderSegments, byId.c.b.retransmittedSegments], [0, 1]);
  const sent = (tsVal: number) => ({ id: 1, options: [1, 1, 8, 10, 0, 0, 0, tsVal, 0, 0, 0, 0] });
  const again = (tsVal: number): number => {
    const t = new Talk().b(0, 100, 0, sent(6)).b(200, 100, 0, sent(8));
    t.b(100, 100, 0, { at: 3.5e6, ...sent(tsVal) });
    return t.c.b.retransmittedSegments;
  };
  assert.equal([again(7), again(8), again(9)], [0, 0, 1]);
});

test('round trips obey Karn: none from what was sent twice', () => {
  const t = new Talk().b(0, 100, 0, { at: 10e6 }).a(0, 0, 100, { at: 12e6 });
  t.b(100, 100, 0, { at: 20e6 }).b(100, 100, 0, { at: 320e6 }).a(0, 0, 200, { at: 321e6 });
  t.b(200, 100, 0, { at: 330e6 }).a(0, 0, 300, { at: 334e6 });
  const { rtt } = t.c.b;
  assert.equal([rtt.count, rtt.minNs, rtt.maxNs, rtt.meanNs()], [2, 2e6, 4e6, 3e6]);
});

test('a delayed ACK: one segment, the sender idle, 40 ms and more', () => {
  const t = new Talk().b(0, 100, 0, { at: 10e6 }).a(0, 0, 100, { at: 11e6 });
  t.b(100, 100, 0, { at: 20e6 }).a(0, 0, 200, { at: 60e6 });
  t.b(200, 100).b(300, 100, 0, { at: 70e6 }).a(0, 0, 400, { at: 130e6 });
  assert.equal([t.c.a.delayedAcks, t.c.a.delayedAckNsMax], [1, 40e6]);
  assert.equal(t.events.list, ['1: 7 ACK delayed by 40 ms']);
});

test('a window of zero: how long, and who waited', () => {
  const t = new Talk().b(0, 100).a(0, 0, 100, { window: 0, at: 10e6 });
  // The probe's byte is not taken; then the window opens.
  t.b(100, 1, 0, { at: 200e6 }).a(0, 0, 100, { window: 0, at: 201e6 });
  t.a(0, 0, 100, { window: 500, at: 310e6 }).b(100, 100, 0, { at: 311e6 });
  assert.equal([t.c.a.zeroWindows, t.c.a.zeroWindowNs, t.c.a.zeroWindowNsMax], [1, 300e6, 300e6]);
  assert.is(t.events.list[0], '1: 5 zero window for 300 ms');
  assert.equal(
    [t.c.b.zeroWindowProbes, t.c.b.retransmittedSegments, t.c.a.duplicateAcks],
    [1, 0, 0],
  );
  assert.equal(t.finish().bytes[1], [...bytesAt(0, 200)]);
});

test('a zero window that never opens lasts to the end', () => {
  const t = new Talk().b(0, 100).a(0, 0, 100, { window: 0, at: 10e6 }).b(100, 1, 0, { at: 5e9 });
  t.finish();
  assert.is(t.c.a.zeroWindowNs, 4.99e9);
});

test('probes before the next byte: keep-alives, or zero-window probes', () => {
  const t = new Talk().a(0, 100).b(0, 0, 100);
  t.a(99, 0).a(99, 1).a(99, 1, 0, { at: 70e9 });
  assert.equal([t.c.a.keepAlives, t.c.a.zeroWindowProbes, t.c.a.retransmittedSegments], [3, 0, 0]);
  t.b(0, 0, 100, { window: 0 }).a(99, 0).a(99, 1);
  assert.equal([t.c.a.keepAlives, t.c.a.zeroWindowProbes], [3, 2]);
  assert.equal(t.finish().bytes[0], [...bytesAt(0, 100)]);
});

test('data fills the window: only where both scales are known', () => {
  const fill = (options: readonly number[]) => {
    const t = new Talk(options).a(0, 0, 0, { window: 2 });
    t.b(0, 200, 0, { at: 10e6 }).b(200, 56, 0, { at: 11e6 }).a(0, 0, 256, { window: 2, at: 31e6 });
    return t;
  };
  const t = fill(OPTIONS);
  assert.equal([t.c.b.windowFulls, t.c.b.windowFullNs, t.c.b.flightMax], [1, 20e6, 256]);
  assert.equal(t.events.list, ['1: 6 window full for 20 ms']);
  // Without the option windows are as sent: 200 bytes are above two.
  assert.is(fill([]).c.b.windowFulls, 1);
  const w = new Wire().say({ seq: 1, ack: 1, window: 2 }).say({ from: 'b', seq: 1, ack: 1 });
  w.say({ from: 'b', seq: 1, ack: 1, data: bytesAt(0, 500) });
  assert.is(w.written.connections[0].b.windowFulls, 0, 'scale unknown');
});

test("a mirror's copies are counted once, and nothing else counts them", () => {
  const t = new Talk();
  const copy = (said: Said) => t.say(said).say({ ...said, ttl: 63, at: t.nowNs + 5000 });
  for (let i = 0; i < 5; i++) {
    copy({ from: 'b', seq: B + 1 + i * 10, ack: A + 1, data: bytesAt(i * 10, 10), id: 500 + i });
    copy({ seq: A + 1, ack: B + 1 + i * 10 + 10, id: 600 + i });
  }
  assert.equal([t.c.duplicatePackets, t.c.a.packets, t.c.b.packets], [10, 7, 6]);
  assert.equal([t.c.b.retransmittedSegments, t.c.a.duplicateAcks], [0, 0]);
  assert.is(t.c.b.payloadBytes, 50);
});

test('three equal ACKs whose IP identification never changes are duplicate ACKs', () => {
  const w = new Wire();
  w.say({ seq: 1, ack: 1, id: 1, data: bytesAt(0, 10) });
  for (let i = 0; i < 4; i++) w.say({ from: 'b', seq: 1, ack: 1, id: 1, at: w.nowNs + 100 });
  assert.equal(
    [w.written.connections[0].duplicatePackets, w.written.connections[0].b.duplicateAcks],
    [0, 3],
  );
});

test('super-frames of 256 KiB, urgent data and cut headers in the middle are told in line', () => {
  const t = new Talk().b(0, 262_144).b(262_144, 10, 0, { flags: ACK | URG | PSH });
  assert.equal(t.finish().bytes[1], [...bytesAt(0, 262_154)]);
  assert.equal([t.c.b.superFrames, t.c.b.payloadMax, t.c.b.urgentSegments], [1, 262_144, 1]);
});

test('a stream of more than 4 GiB counts on', () => {
  const w = new Wire();
  w.stage.invariants = () => {};
  const n = 20_000;
  let seq = 0xffff0000;
  const data = new Uint8Array(262_144);
  w.written.data = () => {};
  for (let i = 0; i < n; i++) {
    w.say({ seq, ack: 1, data, at: i * 1e5 });
    seq = (seq + data.length) >>> 0;
  }
  const { a } = w.written.connections[0];
  assert.equal(
    [a.streamBytes, a.payloadBytes, a.retransmittedSegments],
    [n * 262_144, n * 262_144, 0],
  );
});

test('round trips over time: the buckets hold every sample, and never more than 64', () => {
  const r = new RttSeries();
  let sum = 0;
  for (let i = 0; i < 5000; i++) {
    r.add((i * 31) % 997, i * 37e6);
    sum += (i * 31) % 997;
  }
  const buckets = r.buckets();
  assert.ok(buckets.length <= 64 && buckets.length > 30);
  assert.is(
    buckets.reduce((n, b) => n + b.count, 0),
    5000,
  );
  assert.is(Math.round(buckets.reduce((n, b) => n + b.count * b.meanNs, 0)), sum);
  assert.is(Math.max(...buckets.map((b) => b.maxNs)), r.maxNs);
});

test('the send log remembers when a byte was first seen, as long as it has room', () => {
  const log = new SendLog();
  for (let i = 1; i <= 40; i++) log.push(i * 10, i);
  assert.equal(
    [log.firstSeen(0), log.firstSeen(9), log.firstSeen(10), log.firstSeen(399)],
    [1, 1, 2, 40],
  );
  assert.is(log.take(95), 9);
  assert.equal([log.taken, log.waiting()], [9, 31]);
  assert.ok(Number.isNaN(log.firstSeen(400)));
  for (let i = 41; i <= 3000; i++) log.push(i * 10, i);
  log.invariants();
  assert.ok(Number.isNaN(log.firstSeen(100)), 'forgotten');
  assert.is(log.firstSeen(29_995), 3000);
});

test('one direction only: what the other side must have sent is counted, not told', () => {
  const w = new Wire();
  w.say({ seq: 1, ack: 100, data: bytesAt(0, 10) });
  w.say({ seq: 11, ack: 600, data: bytesAt(10, 10) }).say({ seq: 21, ack: 2100 });
  assert.equal(w.finish().told, [
    '0: 10 bytes of 1',
    '0: 10 bytes of 2',
    '0: ended',
    '1: ended',
    'closed 0',
  ]);
  assert.equal(w.written.connections[0].b.ackedBeforeStartBytes, 2000);
});

test('a copy that comes after other packets of its side is a copy all the same', () => {
  const t = new Talk();
  for (let i = 0; i < 3; i++) t.b(i * 10, 10, 0, { id: 100 + i, at: 5e6 + i * 1000 });
  for (let i = 0; i < 3; i++) t.b(i * 10, 10, 0, { id: 100 + i, at: 6e6 + i * 1000 });
  assert.equal([t.c.duplicatePackets, t.c.b.retransmittedSegments], [3, 0]);
});

test('a copy is told by its headers, not by a hash that may meet another', () => {
  // Two segments of one fast writer, half a ms apart: 32 bits of a hash over their headers agreed.
  const w = new Wire();
  const common = { port: 35260, window: 63 };
  const one = { seq: 3_312_328_760, ack: 1_902_484_663, data: bytesAt(0, 1448) };
  const two = { seq: 3_312_930_888, ack: 1_902_484_807, data: bytesAt(0, 48) };
  w.say({
    ...common,
    seq: one.seq - 1448,
    ack: one.ack,
    data: bytesAt(0, 1448),
    id: 0x1553,
    at: 0,
  });
  w.say({ ...common, ...one, id: 0x1554, at: 2e3 });
  w.say({ ...common, ...two, id: 0x170c, flags: ACK | PSH, at: 5e5 });
  const c = w.finish().connections[0];
  assert.equal([c.duplicatePackets, c.a.dataSegments], [0, 3]);
});

test('two hosts with the same ports, sequences and identifications are no copies', () => {
  const w = new Wire();
  for (let i = 0; i < 4; i++) {
    const said = { seq: 1 + i * 10, ack: 1, data: bytesAt(i * 10, 10), id: 10 + i };
    w.say({ ...said, host: 1, at: i * 1000 }).say({ ...said, host: 3, at: i * 1000 + 5 });
  }
  assert.equal(
    [w.written.bytes[0], w.written.bytes[2]],
    [[...bytesAt(0, 40)], [...bytesAt(0, 40)]],
  );
  assert.is(w.written.connections[0].duplicatePackets, 0);
  assert.is(w.written.connections[1].duplicatePackets, 0);
});

test('the side: near the acceptor, by handshake, TTL and super-frames', () => {
  const w = new Wire();
  w.say({ seq: A, flags: SYN, options: OPTIONS, ttl: 61, at: 0 });
  w.say({ from: 'b', seq: B, ack: A + 1, flags: SYN | ACK, options: OPTIONS, ttl: 64, at: 20e3 });
  w.say({ seq: A + 1, ack: B + 1, ttl: 61, at: 500e3 });
  w.say({ from: 'b', seq: B + 1, ack: A + 1, data: bytesAt(0, 20_000), ttl: 64, at: 600e3 });
  const guess = captureSide(w.written.connections[0]);
  assert.equal([guess.side, guess.confidence > 0.9, guess.reasons.length], ['acceptor', true, 3]);
  assert.is(captureSide(new Connection(0, 0, 1)).side, 'unknown');
});

test.run();
