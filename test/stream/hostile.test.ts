// Anything at all as segments: nothing is thrown, the invariants hold, every byte told is counted,
// and what was told to be over stays over.

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ACK, FIN, RST, SYN, URG } from '../../src/packet/segment.js';
import { bytesAt, type Said, Wire } from './wire.js';

/** Numbers near each other, near the wrap, and far away. */
const number = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0xffffffe0, max: 0xffffffe0 + 120 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0xffffffe0, max: 0xffffffe0 + 300_000 }) },
  { weight: 1, arbitrary: fc.nat(0xffffffff) },
);
const flags = fc.oneof(
  { weight: 12, arbitrary: fc.constant(ACK) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, SYN, SYN | ACK, FIN | ACK, RST, RST | ACK, URG | ACK),
  },
  { weight: 1, arbitrary: fc.nat(255) },
);
const said: fc.Arbitrary<Said & { step: number }> = fc.record({
  from: fc.constantFrom('a' as const, 'b' as const),
  seq: number,
  ack: number,
  flags,
  data: fc.oneof(fc.constant(0), fc.nat(60), fc.nat(3000)).map((n) => bytesAt(n, n)),
  captured: fc.nat(3000),
  window: fc.constantFrom(0, 1, 100, 65_535),
  options: fc.uint8Array({ maxLength: 12 }).map((x) => [...x]),
  id: fc.nat(3),
  port: fc.constantFrom(1, 1, 1, 2),
  step: fc.constantFrom(0, 1000, 1e6, 6e6, 2e9, 40e9, -1e6),
});

test('any segments at all', () => {
  fc.assert(
    fc.property(fc.array(said, { minLength: 1, maxLength: 120 }), (all) => {
      const w = new Wire();
      for (const s of all) {
        const captured = Math.min(s.captured ?? 0, s.data?.length ?? 0);
        w.say({ ...s, captured, at: w.nowNs + s.step });
      }
      const { told, connections, closedIds } = w.finish();
      assert.equal(
        [...closedIds].sort((x, y) => x - y),
        connections.map((c) => c.id),
      );
      checkTold(told, connections.length);
      for (const c of connections) {
        for (const flow of [c.a, c.b]) {
          const { missingBytes, cutBytes, streamBytes, payloadBytes } = flow;
          assert.ok(streamBytes - missingBytes <= payloadBytes, 'more told than came');
          assert.ok(cutBytes + missingBytes <= streamBytes && streamBytes >= 0);
          assert.ok(missingBytes <= 4 * 2 ** 30);
        }
      }
    }),
    { seed: 7, numRuns: 1500 },
  );
});

/** Each direction: told bytes add up, one end, nothing after it. */
function checkTold(told: readonly string[], connections: number): void {
  for (let direction = 0; direction < connections * 2; direction++) {
    const mine = told.filter((t) => t.startsWith(`${direction}: `));
    assert.is(mine.indexOf(`${direction}: ended`), mine.length - 1, mine.join('\n'));
  }
  for (let id = 0; id < connections; id++) {
    const closed = told.indexOf(`closed ${id}`);
    const last = Math.max(told.indexOf(`${id * 2}: ended`), told.indexOf(`${id * 2 + 1}: ended`));
    assert.ok(closed > last, 'closed before it ended');
  }
}

test.run();
