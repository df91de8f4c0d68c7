// IP fragments come out as the segment that was cut, in any order and number, within bounds.

import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  FRAGMENT_AGAIN_NS,
  FRAGMENT_AGE_NS,
  FRAGMENT_BYTES_TOTAL,
  FRAGMENT_DATAGRAMS_MAX,
} from '../../src/limits.js';
import { Bench } from '../support/decode.js';
import { pattern } from '../support/octets.js';
import {
  fragmentPacket,
  tcpBytes,
  tcpFragments,
  tcpPacket,
  type WrapSpec,
} from '../support/packet-builder.js';
import { ethernetFrame } from '../support/packet-link.js';
import { tunnelled } from '../support/packet-tunnel.js';

const SPEC = { payload: pattern(100), seq: 5000 };
const VERSIONS = [4, 6] as const;

/** All orders of a list. */
function orders<T>(list: readonly T[]): T[][] {
  if (list.length <= 1) return [[...list]];
  return list.flatMap((first, i) =>
    orders(list.filter((_, j) => j !== i)).map((rest) => [first, ...rest]),
  );
}

for (const ip of VERSIONS) {
  test(`IPv${ip}: every order of four fragments, delivered with the last to come`, () => {
    const parts = tcpFragments(SPEC, { ip, ipId: 77 }, 32);
    assert.is(parts.length, 4);
    for (const order of orders(parts)) {
      const bench = new Bench();
      const shown = order.map((part, i) => bench.show(part, 1, { timeNs: 1000 * (i + 1) }));
      assert.equal(shown.slice(0, 3), [undefined, undefined, undefined]);
      const s = shown[3];
      assert.equal(s?.payload, SPEC.payload);
      assert.equal([s?.seq, s?.payloadLength, s?.frame, s?.timeNs], [5000, 100, 4, 4000]);
      assert.is(s?.ipId, ip === 4 ? 77 : 0);
      bench.decoder.end();
      const { fragmentsHeld, datagramsMissing, segments } = bench.decoder.counts;
      assert.equal([fragmentsHeld, datagramsMissing, segments], [3, 0, 1]);
    }
  });

  test(`IPv${ip}: any cut, any order, doubled or not, tells the same segment once`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 60, max: 900 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        (units, length, shuffle, doubled) => {
          const spec = { payload: pattern(length), seq: 1 };
          const parts = tcpFragments(spec, { ip }, units * 8);
          fc.pre(parts.length > 1);
          const list = doubled ? [...parts, ...parts] : parts;
          const keys = list.map((part, i) => ({ part, key: shuffle[i % shuffle.length] + i }));
          keys.sort((a, b) => (a.key % 7) - (b.key % 7) || a.key - b.key);
          const bench = new Bench();
          for (const { part } of keys) bench.show(part);
          assert.is(bench.segments.length, 1);
          assert.equal(bench.segments[0].payload, spec.payload);
          bench.decoder.end();
          assert.is(bench.decoder.counts.datagramsMissing, 0);
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });

  test(`IPv${ip}: overlaps: what came first stays, and other bytes are told`, () => {
    const body = tcpBytes(SPEC, ip);
    const other = body.slice().fill(0xee, 40);
    const bench = new Bench();
    const wrap = { ip, ipId: 3 };
    bench.show(fragmentPacket(body.slice(0, 56), 0, true, SPEC, wrap));
    bench.show(fragmentPacket(body.slice(80), 80, false, SPEC, wrap));
    const s = bench.show(fragmentPacket(other.slice(40, 96), 40, true, SPEC, wrap));
    const expected = body.slice(20);
    expected.fill(0xee, 56 - 20, 80 - 20);
    assert.equal(s?.payload, expected);
    assert.is(bench.decoder.counts.fragmentsOverlapping, 1);
    assert.is(bench.problems.counts.get('overlap-differs'), 1);
  });

  test(`IPv${ip}: a missing fragment is reported at the end`, () => {
    const bench = new Bench();
    const parts = tcpFragments(SPEC, { ip, ipId: 0x1234 }, 48);
    bench.show(parts[0]);
    bench.show(parts[2]);
    assert.is(bench.problems.counts.get('fragment-missing'), undefined);
    bench.decoder.end();
    const [from, to] = ip === 4 ? ['10.0.0.1', '10.0.0.2'] : ['fd00::1', 'fd00::2'];
    const text = `IPv${ip} datagram 0x1234 ${from} → ${to}: 72 of 120 bytes came, the capture ended`;
    assert.equal(bench.problems.kept, [{ kind: 'fragment-missing', text, frame: 1 }]);
    assert.is(bench.decoder.counts.datagramsMissing, 1);
  });

  test(`IPv${ip}: fragments cut by snaplen: the payload counts up to the first cut`, () => {
    const parts = tcpFragments(SPEC, { ip }, 48);
    const bench = new Bench();
    bench.show(parts[0]);
    bench.show(parts[1], 1, { captured: parts[1].length - 8 });
    const s = bench.show(parts[2]);
    assert.is(s?.payloadLength, 100);
    assert.equal(s?.payload, SPEC.payload.slice(0, 96 - 8 - 20));
  });

  test(`IPv${ip}: contradicting fragments are malformed and spoil nothing`, () => {
    const body = tcpBytes(SPEC, ip);
    const wrap = { ip, ipId: 9 };
    const bench = new Bench();
    bench.show(fragmentPacket(body.slice(0, 64), 0, true, SPEC, wrap));
    bench.show(fragmentPacket(pattern(13), 64, true, SPEC, wrap));
    bench.show(fragmentPacket(new Uint8Array(0), 64, true, SPEC, wrap));
    bench.show(fragmentPacket(pattern(80), 65_528, false, SPEC, wrap));
    bench.show(fragmentPacket(pattern(8), 8, false, SPEC, wrap));
    assert.is(bench.decoder.counts.malformed, 4);
    const s = bench.show(fragmentPacket(body.slice(64), 64, false, SPEC, wrap));
    assert.equal(s?.payload, SPEC.payload);
  });
}

test('a second copy of a whole datagram is a mirror’s, an identification that comes round is not', () => {
  const bench = new Bench();
  const parts = tcpFragments(SPEC, {}, 64);
  for (const part of [parts[0], parts[0], parts[1], parts[1]]) bench.show(part, 1, { timeNs: 0 });
  assert.equal([bench.segments.length, bench.decoder.counts.fragmentsAgain], [1, 1]);
  for (const part of parts) bench.show(part, 1, { timeNs: FRAGMENT_AGAIN_NS + 1 });
  assert.is(bench.segments.length, 2);
});

test('datagrams with one identification are apart by address and protocol', () => {
  const bench = new Bench();
  const one = tcpFragments({ ...SPEC, src: '10.0.0.1' }, {}, 64);
  const two = tcpFragments({ payload: pattern(100, 7), src: '10.0.0.3' }, {}, 64);
  for (const part of [one[0], two[0], two[1], one[1]]) bench.show(part);
  assert.equal(
    bench.segments.map((s) => s.src),
    ['10.0.0.3', '10.0.0.1'],
  );
  assert.equal(bench.segments[1].payload, SPEC.payload);
});

test('what does not come within its age is given up', () => {
  const bench = new Bench();
  const parts = tcpFragments(SPEC, {}, 64);
  bench.show(parts[0], 1, { timeNs: 0 });
  bench.show(parts[1], 1, { timeNs: FRAGMENT_AGE_NS + 1 });
  assert.is(bench.segments.length, 0);
  assert.is(bench.decoder.counts.datagramsMissing, 1);
});

test('the number and the bytes of open datagrams are bounded, and that is reported', () => {
  const small = new Bench();
  for (let i = 0; i < FRAGMENT_DATAGRAMS_MAX + 10; i++) {
    small.show(tcpFragments(SPEC, { ipId: i }, 64)[0], 1, { timeNs: i });
  }
  assert.is(small.decoder.counts.datagramsMissing, 10);
  assert.is(small.problems.counts.get('limit-reached'), 10);
  const large = new Bench();
  const wrap: WrapSpec = { ip: 6 };
  const part = pattern(60_000);
  const count = FRAGMENT_BYTES_TOTAL / 65_536 + 5;
  for (let i = 0; i < count; i++) {
    large.show(fragmentPacket(part, 0, true, {}, { ...wrap, ipId: i }));
  }
  assert.is(large.decoder.counts.datagramsMissing, 5);
});

test('a tunnel’s outer packet in fragments, and fragments inside of it', () => {
  const outer = { src: '192.0.2.1', dst: '192.0.2.2' };
  const bench = new Bench();
  const inner = tcpPacket(SPEC, { link: 'raw' });
  const vxlan = tunnelled('vxlan', inner);
  const body = vxlan.slice(20);
  for (const [at, end] of [
    [0, 80],
    [80, body.length],
  ]) {
    const packet = fragmentPacket(body.slice(at, end), at, end < body.length, outer, {
      link: 'raw',
    });
    packet[9] = 17;
    bench.show(ethernetFrame(0x0800, packet));
  }
  assert.equal(bench.segments[0]?.payload, SPEC.payload);
  for (const part of tcpFragments(SPEC, { tunnel: 'gre', ipId: 8 }, 64)) bench.show(part);
  assert.equal(bench.segments[1]?.payload, SPEC.payload);
});

test('both at once: joined bytes are not overwritten by the fragment they hold', () => {
  const bench = new Bench();
  const innerParts = tcpFragments(SPEC, { link: 'raw', ipId: 8 }, 64);
  for (const [i, part] of innerParts.entries()) {
    const body = tunnelled('vxlan', part).slice(20);
    for (let at = 0; at < body.length; at += 48) {
      const end = Math.min(at + 48, body.length);
      const wrap = { link: 'raw' as const, ipId: 100 + i };
      const packet = fragmentPacket(body.slice(at, end), at, end < body.length, {}, wrap);
      packet[9] = 17;
      bench.show(ethernetFrame(0x0800, packet));
    }
  }
  assert.equal(
    bench.segments.map((s) => s.payload),
    [SPEC.payload],
  );
});

test('fragments of what cannot lead to TCP are not kept', () => {
  const bench = new Bench();
  const part = tcpFragments(SPEC, { link: 'raw' }, 64)[0];
  for (const protocol of [1, 103, 132]) {
    part[9] = protocol;
    bench.show(ethernetFrame(0x0800, part));
  }
  bench.decoder.end();
  const { fragmentsHeld, datagramsMissing, ipProtocolOther } = bench.decoder.counts;
  assert.equal([fragmentsHeld, datagramsMissing, ipProtocolOther], [0, 0, 3]);
});

test.run();
