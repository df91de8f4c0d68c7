// The stage against models: the same bytes whatever the order, doubling and overlap of segments;
// drops give exactly the gaps.

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ACK, FIN, SYN } from '../../src/packet/segment.js';
import { bytesAt, Wire } from './wire.js';

const ISN_A = 0xffffff00; // wraps after 255 bytes
const ISN_B = 1000;

/** A connection that has shaken hands. */
function open(isn = ISN_A): Wire {
  const w = new Wire();
  w.say({ seq: isn, flags: SYN });
  w.say({ from: 'b', seq: ISN_B, ack: isn + 1, flags: SYN | ACK });
  return w.say({ seq: isn + 1, ack: ISN_B + 1 });
}

interface Piece {
  readonly from: number;
  readonly to: number;
}

function sayPiece(w: Wire, p: Piece, isn = ISN_A): void {
  w.say({ seq: isn + 1 + p.from, ack: ISN_B + 1, data: bytesAt(p.from, p.to - p.from) });
}

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((x, i) =>
    permutations([...list.slice(0, i), ...list.slice(i + 1)]).map((rest) => [x, ...rest]),
  );
}

test('all orders of five segments tell the same bytes', () => {
  const pieces = [0, 1, 2, 3, 4].map((i) => ({ from: i * 100, to: i * 100 + 100 }));
  for (const order of permutations(pieces)) {
    const w = open();
    for (const p of order) sayPiece(w, p);
    assert.equal(w.finish().bytes[0], [...bytesAt(0, 500)]);
    assert.is(w.written.connections[0].a.missingBytes, 0);
  }
});

test('all overlaps of three segments over six bytes tell the bytes seen, and gaps for the others', () => {
  const pieces: Piece[] = [];
  for (let from = 0; from < 6; from++)
    for (let to = from + 1; to <= 6; to++) pieces.push({ from, to });
  for (const a of pieces)
    for (const b of pieces)
      for (const c of pieces) {
        const w = open();
        for (const p of [a, b, c]) sayPiece(w, p);
        const seen = model([a, b, c], []);
        assert.equal(w.finish().bytes[0], seen, JSON.stringify([a, b, c]));
        const { missingBytes, streamBytes } = w.written.connections[0].a;
        assert.is(streamBytes, seen.length);
        assert.is(missingBytes, seen.filter((x) => x < 0).length);
      }
});

/** Bytes up to the last one seen (or acknowledged), -1 where none was. */
function model(pieces: readonly Piece[], acks: readonly number[]): number[] {
  const end = Math.max(0, ...pieces.map((p) => p.to), ...acks);
  const bytes: number[] = new Array(end).fill(-1);
  for (const p of pieces) for (let i = p.from; i < p.to; i++) bytes[i] = bytesAt(i, 1)[0];
  return bytes;
}

/** A stream cut into segments, some said twice or with overlaps, in a shuffled order. */
const plan = fc.record({
  cuts: fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 30 }),
  again: fc.array(fc.tuple(fc.nat(9999), fc.nat(900), fc.nat(9999)), { maxLength: 12 }),
  keys: fc.array(fc.nat(1000), { minLength: 50, maxLength: 50 }),
  isn: fc.constantFrom(0, 1, 0x7fffff00, 0xfffffff0, 0xffffff00, 12345),
  spread: fc.constantFrom(0, 2, 5, 1000),
  dropped: fc.array(fc.nat(40), { maxLength: 5 }),
});

function segmentsOf(p: { cuts: number[]; again: number[][]; keys: number[]; spread: number }) {
  const pieces: Piece[] = [];
  let end = 0;
  for (const n of p.cuts) {
    pieces.push({ from: end, to: end + n });
    end += n;
  }
  for (const [from, length, place] of p.again) {
    const a = from % end;
    pieces.splice(place % (pieces.length + 1), 0, { from: a, to: Math.min(end, a + length + 1) });
  }
  const order = pieces.map((piece, i) => ({ piece, key: i + (p.keys[i % 50] * p.spread) / 1000 }));
  order.sort((x, y) => x.key - y.key);
  return { pieces: order.map((o) => o.piece), end };
}

test('any segmentation, order, doubling and overlap tells the same bytes', () => {
  fc.assert(
    fc.property(plan, (p) => {
      const { pieces, end } = segmentsOf(p);
      const w = open(p.isn);
      for (const piece of pieces) sayPiece(w, piece, p.isn);
      assert.equal(w.finish().bytes[0], [...bytesAt(0, end)]);
    }),
    { seed: 1, numRuns: 400 },
  );
});

test('mirrored: every packet twice, each counted once', () => {
  fc.assert(
    fc.property(plan, (p) => {
      const { pieces, end } = segmentsOf({ ...p, again: [], spread: 0 });
      const w = open(p.isn);
      let id = 100;
      for (const piece of pieces) {
        const data = bytesAt(piece.from, piece.to - piece.from);
        const said = { seq: p.isn + 1 + piece.from, ack: ISN_B + 1, data, id: id++ };
        w.say(said).say({ ...said, at: w.nowNs + 2000, ttl: 63 });
      }
      const { bytes, connections } = w.finish();
      assert.equal(bytes[0], [...bytesAt(0, end)]);
      assert.is(connections[0].duplicatePackets, pieces.length);
      assert.is(connections[0].a.payloadBytes, end);
      assert.is(connections[0].a.retransmittedSegments, 0);
    }),
    { seed: 2, numRuns: 200 },
  );
});

test('drops give exactly the gaps, whatever the receiver acknowledged', () => {
  fc.assert(
    fc.property(plan, fc.boolean(), (p, acks) => {
      const { pieces } = segmentsOf({ ...p, again: [], spread: Math.min(p.spread, 5) });
      const kept = pieces.filter((_, i) => !p.dropped.includes(i));
      const w = open(p.isn);
      // The receiver had them all: its ACK never runs ahead of what was sent.
      let sent = 0;
      for (const piece of pieces) {
        if (kept.includes(piece)) sayPiece(w, piece, p.isn);
        sent = Math.max(sent, piece.to);
        const got = contiguous(pieces.slice(0, pieces.indexOf(piece) + 1));
        if (acks) w.say({ from: 'b', seq: ISN_B + 1, ack: p.isn + 1 + got });
      }
      const end = contiguous(pieces);
      const want = model(kept, acks ? [end] : []);
      // One byte acknowledged beyond what was seen may be a FIN: it is not told.
      if (acks && want.length > 0 && want.at(-1) === -1 && want.at(-2) !== -1) want.pop();
      assert.equal(w.finish().bytes[0], want);
    }),
    { seed: 3, numRuns: 400 },
  );
});

function contiguous(pieces: readonly Piece[]): number {
  let end = 0;
  for (const p of [...pieces].sort((x, y) => x.from - y.from)) {
    if (p.from <= end) end = Math.max(end, p.to);
  }
  return end;
}

test('every segment cut at any length: data for what was captured, a gap for the rest', () => {
  fc.assert(
    fc.property(plan, fc.nat(200), (p, snap) => {
      const { pieces, end } = segmentsOf({ ...p, again: [] });
      const w = open(p.isn);
      const want: number[] = new Array(end).fill(-1);
      for (const piece of pieces) {
        const n = Math.min(snap, piece.to - piece.from);
        const data = bytesAt(piece.from, piece.to - piece.from);
        w.say({ seq: p.isn + 1 + piece.from, ack: ISN_B + 1, data, captured: n });
        for (let i = 0; i < n; i++) want[piece.from + i] = data[i];
      }
      const { bytes, connections } = w.finish();
      assert.equal(bytes[0], want);
      assert.is(connections[0].a.cutBytes, want.filter((x) => x < 0).length);
    }),
    { seed: 4, numRuns: 200 },
  );
});

test('both directions talking, shuffled a little: each tells its bytes, no byte after its answer', () => {
  fc.assert(
    fc.property(plan, (p) => {
      // A asks (20 bytes), B answers (n bytes); each acknowledges all that went before.
      const wire: { from: 'a' | 'b'; seq: number; ack: number; at: number; n: number }[] = [];
      let a = 0;
      let b = 0;
      for (const n of p.cuts) {
        wire.push({ from: 'a', seq: a, ack: b, at: a, n: 20 });
        a += 20;
        wire.push({ from: 'b', seq: b, ack: a, at: b, n });
        b += n;
      }
      const order = wire.map((x, i) => ({
        x,
        key: i + (p.keys[i % 50] * Math.min(p.spread, 5)) / 1000,
      }));
      order.sort((x, y) => x.key - y.key);
      const w = open(p.isn);
      for (const { x } of order) {
        const [mine, other] = x.from === 'a' ? [p.isn, ISN_B] : [ISN_B, p.isn];
        const data = bytesAt(x.at, x.n);
        w.say({
          from: x.from,
          seq: mine + 1 + x.seq,
          ack: other + 1 + x.ack,
          data,
          at: w.nowNs + 1000,
        });
      }
      const { bytes, told } = w.finish();
      assert.equal(bytes[0], [...bytesAt(0, a)]);
      assert.equal(bytes[1], [...bytesAt(0, b)]);
      const turns = told.filter((t) => t.includes('bytes of')).map((t) => t[0]);
      assert.equal(
        turns,
        wire.map((x) => (x.from === 'a' ? '0' : '1')),
      );
    }),
    { seed: 5, numRuns: 300 },
  );
});

test('a FIN behind holes ends the direction once, after all bytes', () => {
  fc.assert(
    fc.property(plan, (p) => {
      const { pieces, end } = segmentsOf(p);
      const w = open(p.isn);
      w.say({ seq: p.isn + 1 + end, ack: ISN_B + 1, flags: ACK | FIN });
      for (const piece of pieces) sayPiece(w, piece, p.isn);
      const told = w.written.told;
      assert.is(told.at(-1), '0: ended');
      assert.is(told.filter((t) => t === '0: ended').length, 1);
      assert.equal(w.finish().bytes[0], [...bytesAt(0, end)]);
    }),
    { seed: 6, numRuns: 200 },
  );
});

test.run();
