// Whatever is cut, flipped or random: nothing is thrown, nothing outside of the packet is read, no
// payload is longer than what was captured, and what was decoded before the cut is unchanged.

import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LinkType } from '../../src/wire/net/linktype.js';
import { Bench, decoded, type SegmentCopy } from '../support/decode.js';
import { LINK_TYPES, tcpFragments } from '../support/packet-builder.js';
import { zoo } from '../support/packet-zoo.js';

/** Bytes of TCP header that a segment needs, and those of the packets of the zoo. */
const TCP_NEEDED = 20;
const TCP_HEADER = 32;

for (const { name, linkType, bytes, spec } of zoo()) {
  test(`${name}: cut by snaplen at every length`, () => {
    const whole = decoded(bytes, linkType)!;
    const tcpAt = Buffer.from(bytes).indexOf(spec.payload) - TCP_HEADER;
    for (let captured = 0; captured < bytes.length; captured++) {
      const bench = new Bench();
      const s = bench.show(bytes, linkType, { captured, snaplen: captured });
      if (captured < tcpAt + TCP_NEEDED) {
        assert.is(s, undefined, `${captured} bytes hold no TCP header`);
        assert.is(bench.decoder.counts.malformed, 0, `${captured} bytes: cut is not malformed`);
        assert.is(bench.decoder.counts.notTcp(), 1);
        continue;
      }
      assert.ok(s, `${captured} bytes hold a TCP header`);
      agrees(s, whole, Math.max(0, Math.min(captured - tcpAt - TCP_HEADER, spec.payload.length)));
    }
  });

  test(`${name}: cut before it was captured, at every length`, () => {
    for (let length = 0; length < bytes.length; length++) {
      const s = decoded(bytes.slice(0, length), linkType);
      if (s) assert.ok(s.payload.length <= s.payloadLength);
    }
    assert.ok(decoded(bytes, linkType), 'whole, it is read');
  });
}

function agrees(s: SegmentCopy, whole: SegmentCopy, payload: number): void {
  assert.equal(s.payload, whole.payload.slice(0, payload));
  assert.is(s.payloadLength, whole.payloadLength);
  assert.equal([s.src, s.dst, s.seq, s.ack], [whole.src, whole.dst, whole.seq, whole.ack]);
  assert.equal(s.options, whole.options.slice(0, s.options.length));
}

const LINKS = [...new Set([...Object.values(LINK_TYPES), ...Object.values(LinkType)])];

/** What holds of any packet. */
function sane(bench: Bench, bytes: Uint8Array, linkType: number, original: number): void {
  const before = bench.decoder.counts.packets;
  const s = bench.show(bytes, linkType, { original });
  assert.is(bench.decoder.counts.packets, before + 1, 'it is counted, whatever it is');
  if (!s) return;
  assert.ok(s.payload.length <= s.payloadLength);
  const joined = bench.decoder.counts.fragmentsHeld > 0;
  const here = s.payload.length + s.options.length + TCP_NEEDED;
  assert.ok(here <= (joined ? 65_535 : bytes.length));
  assert.ok(s.payloadLength <= 1 << 20);
}

test('random bytes on every link type', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(...LINKS),
      fc.integer({ min: 0, max: 0xffffffff }),
      (bytes, linkType, original) => sane(new Bench(), bytes, linkType, original),
    ),
    { seed: 2, numRuns: 3000 },
  );
});

test('packets of every kind with bytes changed, one after the other through one decoder', () => {
  const animals = zoo();
  const bench = new Bench();
  const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(
      fc.constantFrom(...animals),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.nat(),
      ({ bytes, linkType }, changes, cut) => {
        const copy = bytes.slice(0, bytes.length - (cut % 3 === 0 ? cut % bytes.length : 0));
        for (const [at, value] of changes) copy[at % bytes.length] = value;
        sane(bench, copy, linkType, bytes.length);
      },
    ),
    { seed: 3, numRuns: 6000 },
  );
  const { packets, segments } = bench.decoder.counts;
  assert.ok(segments > packets / 4 && segments < packets, 'most survive, not all');
});

test('fragments with bytes changed: the store keeps its bounds', () => {
  const bench = new Bench();
  const change = fc.tuple(fc.nat({ max: 90 }), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(
      fc.constantFrom(4 as const, 6 as const),
      fc.integer({ min: 0, max: 5 }),
      fc.array(fc.tuple(fc.nat(), change), { maxLength: 3 }),
      (ip, ipId, changes) => {
        const parts = tcpFragments({ payload: new Uint8Array(300) }, { ip, ipId }, 64);
        for (const [which, [at, value]] of changes) {
          const part = parts[which % parts.length];
          part[at % part.length] = value;
        }
        for (const part of parts) sane(bench, part, 1, part.length);
      },
    ),
    { seed: 4, numRuns: 1000 },
  );
  bench.decoder.end();
  bench.decoder.invariants();
});

test.run();
