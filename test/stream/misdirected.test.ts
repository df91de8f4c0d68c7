// A bit that flipped in an address or a port makes no connection: its checksum is wrong, and right with the
// bit put back. A packet whose checksums are right, or of a side whose sums say nothing, makes one as ever.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Report } from '../../src/report/report.js';
import { ipv4 } from '../../src/wire/net/ipv4.js';
import { tcp } from '../../src/wire/net/tcp.js';
import type { BuiltPacket } from '../support/build.js';
import { Dialogue, type DialogueOptions } from '../support/dialogue.js';
import { MS } from '../support/found.js';
import { cut, hasData } from '../support/mishaps.js';
import { tcpPacket } from '../support/packet-builder.js';
import { run } from '../support/run.js';

const ETHERNET = 14;

function talk(options: DialogueOptions = {}): BuiltPacket[] {
  const d = new Dialogue(options);
  let t = d.login(0) + MS;
  for (let i = 0; i < 8; i++) t = d.read10(i * 8, 8, t).statusNs + MS;
  d.logout(t + MS);
  d.tcp.close(t + 2 * MS);
  return d.tcp.captured();
}

/** A copy of the packet at `at`, a moment later, with one bit of its bytes flipped. */
function withFlipped(packets: readonly BuiltPacket[], at: number, bit: number): BuiltPacket[] {
  const bytes = packets[at].bytes.slice();
  bytes[bit >> 3] ^= 0x80 >> (bit & 7);
  const flipped = { ...packets[at], bytes, timeNs: packets[at].timeNs + 1 };
  return [...packets.slice(0, at + 1), flipped, ...packets.slice(at + 1)];
}

function problemsOf({ problems }: Report): number {
  return problems.counts['packet-malformed'] ?? 0;
}

/** Bits of the addresses and the ports of a packet, of the sender's words and of the receiver's. */
function bits(six: boolean): number[] {
  const ip = ETHERNET + (six ? 8 : ipv4.source.byte);
  const tcpAt = ETHERNET + (six ? 40 : 20);
  const addresses = six ? 256 : 64;
  return [
    ...Array.from({ length: addresses }, (_, i) => ip * 8 + i),
    ...Array.from({ length: 32 }, (_, i) => tcpAt * 8 + i),
  ];
}

for (const six of [false, true]) {
  test(`one flipped bit of an address or port of IPv${six ? 6 : 4} makes no connection`, () => {
    const packets = talk(six ? { wrap: { ip: 6 } } : {});
    const data = packets.findIndex((p, i) => i > packets.length / 2 && hasData(p));
    const every = six ? 7 : 1;
    for (const bit of bits(six).filter((_, i) => i % every === 0)) {
      const { report, road } = run(withFlipped(packets, data, bit));
      assert.is(report.sessions.length, 1, `bit ${bit}`);
      assert.is(road.connectionsTotal, 1, `bit ${bit}`);
      assert.is(problemsOf(report), 1, `bit ${bit}`);
    }
  });
}

test('cut by snaplen, the IPv4 header still tells an address that flipped; a port it cannot', () => {
  const packets = cut(talk(), 100);
  const data = packets.findIndex((p, i) => i > packets.length / 2 && p.bytes.length === 100);
  const address = (ETHERNET + ipv4.source.byte) * 8 + 30;
  assert.is(problemsOf(run(withFlipped(packets, data, address)).report), 1);
});

test('a neighbour’s port with checksums that are right is a connection of its own', () => {
  const packets = talk();
  const at = packets.findIndex((p, i) => i > packets.length / 2 && hasData(p));
  const { tcp: spec, wrap, timeNs, from } = packets[at];
  const other = { ...spec, srcPort: (spec.srcPort ?? 0) ^ 1 };
  const bytes = tcpPacket(other, wrap);
  const more = { ...packets[at], bytes, tcp: other, timeNs: timeNs + 1, from };
  const all = [...packets.slice(0, at + 1), more, ...packets.slice(at + 1)];
  const { report, road } = run(all);
  assert.is(problemsOf(report), 0);
  assert.is(road.connectionsTotal, 2);
});

test('sums that are all wrong, as where addresses were rewritten, hide no connection', () => {
  // Each sum is wrong by what one bit of the port makes, and a neighbour is known.
  const spoilt = (packets: readonly BuiltPacket[]) =>
    packets.map((p) => {
      const bytes = p.bytes.slice();
      const at = ETHERNET + 20 + tcp.checksum.byte;
      const view = new DataView(bytes.buffer);
      const sum = view.getUint16(at) + 1;
      view.setUint16(at, sum > 0xffff ? 1 : sum);
      return { ...p, bytes };
    });
  const second = talk({ initiatorPort: 40_001, isid: '00023d000002', tsih: 2 });
  const later = second.map((p) => ({ ...p, timeNs: p.timeNs + 1e9 }));
  const { report } = run(spoilt([...talk(), ...later]));
  assert.is(report.sessions.length, 2);
  assert.is(problemsOf(report), 0);
});

test.run();
