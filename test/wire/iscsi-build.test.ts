import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { get, hex } from '../../src/wire/field.js';
import { PDUS, type PduKey } from '../../src/wire/iscsi/pdus.js';
import { type BuiltPacket, Conversation, pdu, put } from '../support/build.js';
import { Dialogue } from '../support/dialogue.js';
import { cut, delayed, doubled, dropped, hasData, merged, split } from '../support/mishaps.js';
import { concat, pattern } from '../support/octets.js';

/** The bytes of one side by their sequence numbers, as far as the packets hold them. */
function stream(packets: readonly BuiltPacket[], from: 'initiator' | 'target'): Uint8Array {
  const all = packets.filter((p) => p.from === from && hasData(p));
  const first = Math.min(...all.map((p) => p.tcp.seq!));
  const length = Math.max(...all.map((p) => p.tcp.seq! + p.tcp.payload!.length)) - first;
  const bytes = new Uint8Array(length);
  for (const p of all) bytes.set(p.tcp.payload!, p.tcp.seq! - first);
  return bytes;
}

test('what is built from a table is read by it, for every field of every PDU', () => {
  for (const table of PDUS) {
    for (const f of table.fields) {
      if (f.name === 'opcode' || f.name === 'dataSegmentLength') continue;
      if (f.size === 0) {
        const octets = pattern(f.width / 8, 7);
        const bytes = pdu(table.key as PduKey, { [f.name]: octets });
        assert.is(hex(bytes, f.byte, octets.length), hex(octets, 0, octets.length), f.name);
        continue;
      }
      const bytes = pdu(table.key as PduKey, { [f.name]: f.mask });
      assert.is(get(new DataView(bytes.buffer), 0, f), f.mask, `${table.key}.${f.name}`);
    }
  }
});

test('lengths, padding and digests come by themselves', () => {
  const data = pattern(5);
  const bytes = pdu('nop-out', {}, { data, headerDigest: true, dataDigest: true, padding: 0xee });
  assert.is(bytes.length, 48 + 4 + 8 + 4);
  assert.is(hex(bytes, 5, 3), '000005');
  assert.is(hex(bytes, 57, 3), 'eeeeee');
  assert.is(pdu('nop-out', {}, { headerDigest: true, dataDigest: true }).length, 52);
});

test('octets shorter than their field are followed by zeros', () => {
  const bytes = new Uint8Array(48).fill(255);
  const cdb = PDUS[1].byName['cdb'];
  put(bytes, new DataView(bytes.buffer), cdb, '2800');
  assert.is(hex(bytes, 32, 16), `2800${'00'.repeat(14)}`);
});

test('a conversation is laid out in the order of time, whatever the order of the calls', () => {
  const one = new Conversation({ mss: 100 });
  const two = new Conversation({ mss: 100 });
  one.initiator(pattern(250), 1_000_000);
  one.target(pattern(150), 2_000_000);
  two.target(pattern(150), 2_000_000);
  two.initiator(pattern(250), 1_000_000);
  assert.equal(
    one.captured().map((p) => p.bytes),
    two.captured().map((p) => p.bytes),
  );
});

test('nobody acknowledges what was not sent yet, and sequence numbers have no holes', () => {
  const d = new Dialogue();
  const t = d.login(0);
  for (let i = 0; i < 8; i++) d.read10(i * 8, 32, t + 1_000_000 + i * 30_000);
  for (let i = 0; i < 4; i++) d.write10(i * 8, 128, t + 1_010_000 + i * 40_000, { burst: 16_384 });
  const sent = { initiator: d.tcp.options.initiatorSeq, target: d.tcp.options.targetSeq };
  for (const p of d.tcp.captured()) {
    assert.is(p.tcp.seq, sent[p.from]);
    const other = p.from === 'initiator' ? 'target' : 'initiator';
    if (p.tcp.flags !== 2) assert.ok(p.tcp.ack! <= sent[other]);
    sent[p.from] += (p.tcp.payload?.length ?? 0) + (p.tcp.flags! & 3 ? 1 : 0);
  }
});

test('mishaps change packets, not the stream', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 1, max: 200 }),
      (length, size) => {
        const c = new Conversation({ mss: 700 });
        const bytes = pattern(length);
        c.initiator(bytes, 0);
        const packets = c.captured();
        const parts = split(packets, size);
        assert.ok(parts.every((p) => (p.tcp.payload?.length ?? 0) <= size));
        assert.equal(stream(parts, 'initiator'), bytes);
        assert.equal(stream(merged(parts), 'initiator'), bytes);
        assert.equal(stream(doubled(packets, hasData, 10), 'initiator'), bytes);
        const late = delayed(packets, (_, i) => i === 0, 1_000_000_000);
        assert.equal(stream(late, 'initiator'), bytes);
        assert.is(late.at(-1)!.timeNs, 1_000_000_000);
      },
    ),
    { seed: 9293, numRuns: 30 },
  );
});

test('dropped and cut packets are gone, and shorter', () => {
  const c = new Conversation({ mss: 100, acks: 'none' });
  c.initiator(concat(pattern(300)), 0);
  const packets = c.captured();
  assert.is(dropped(packets, (_, i) => i === 1).length, 2);
  const short = cut(packets, 60);
  assert.is(short[0].bytes.length, 60);
  assert.is(short[0].originalLength, 154);
});

test.run();
