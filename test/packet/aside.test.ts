// What is not TCP and yet somebody's is handed on: UDP whole, in fragments, in tunnels, cut; frames of
// EtherTypes and link types that somebody listens to. Counts are the same whether anybody does.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Packet } from '../../src/capture/packet.js';
import { addressText } from '../../src/lib/address.js';
import type { AsideSinks } from '../../src/packet/aside.js';
import { notTcpByReason } from '../../src/packet/counts.js';
import { PacketDecoder } from '../../src/packet/decoder.js';
import type { LinkFrame } from '../../src/packet/link-frame.js';
import type { UdpDatagram } from '../../src/packet/udp-datagram.js';
import { ProblemLog } from '../../src/problem.js';
import { IpProtocol } from '../../src/wire/net/ipv4.js';
import { UDP_BYTES, udp } from '../../src/wire/net/udp.js';
import { concat, pattern, words } from '../support/octets.js';
import { ipBytes, type WrapSpec } from '../support/packet-builder.js';
import { ethernetFrame, ipType } from '../support/packet-link.js';
import { tunnelled } from '../support/packet-tunnel.js';

const FCOE = 0x8906;
const ROCE = 0x8915;

class Listener {
  readonly datagrams: Record<string, unknown>[] = [];
  readonly frames: Record<string, unknown>[] = [];
  readonly problems = new ProblemLog(4);
  readonly decoder: PacketDecoder;
  #frame = 0;

  constructor(listens = true) {
    const sinks: AsideSinks = {
      datagramSink: { datagram: (d) => void this.datagrams.push(copyOf(d)) },
      frameSink: {
        etherTypes: new Set([FCOE, ROCE]),
        linkTypes: new Set([224, 225]),
        frame: (f) => void this.frames.push(frameOf(f)),
      },
    };
    const segments = { segment: () => {} };
    this.decoder = new PacketDecoder(segments, this.problems, listens ? sinks : {});
  }

  show(bytes: Uint8Array, linkType = 1, captured = bytes.length): this {
    const packet = new Packet();
    packet.bytes = new Uint8Array(captured + 20).fill(0xa5);
    packet.bytes.set(bytes.subarray(0, captured), 10);
    packet.view = new DataView(packet.bytes.buffer);
    packet.offset = 10;
    packet.capturedLength = captured;
    packet.originalLength = bytes.length;
    packet.frame = ++this.#frame;
    packet.timeNs = packet.frame * 1000;
    packet.linkType = linkType;
    this.decoder.packet(packet);
    this.decoder.invariants();
    return this;
  }
}

function copyOf(d: UdpDatagram): Record<string, unknown> {
  return {
    from: `${addressText(d.srcA, d.srcB, d.srcC, d.srcD)} ${d.srcPort}`,
    to: `${addressText(d.dstA, d.dstB, d.dstC, d.dstD)} ${d.dstPort}`,
    payload: Array.from(d.bytes.slice(d.at, d.at + d.captured)),
    viewed: d.captured === 0 ? -1 : d.view.getUint8(d.at),
    length: d.length,
    ecn: d.trafficClass & 3,
    frame: d.frame,
    timeNs: d.timeNs,
    version: d.ipAt < 0 ? -1 : d.bytes[d.ipAt] >> 4,
    port: d.view.getUint16(d.udpAt + 2),
  };
}

function frameOf(f: LinkFrame): Record<string, unknown> {
  const payload = Array.from(f.bytes.slice(f.at, f.at + f.captured));
  return { ether: f.etherType, link: f.linkType, payload, length: f.length, frame: f.frame };
}

function datagram(payload: Uint8Array, length = UDP_BYTES + payload.length): Uint8Array {
  const head = words(UDP_BYTES, [
    [udp.sourcePort, 40_000],
    [udp.destinationPort, 3205],
    [udp.length, length],
  ]);
  return concat(head, payload);
}

function ipUdp(payload: Uint8Array, wrap: WrapSpec = {}, length?: number): Uint8Array {
  return ipBytes(IpProtocol.udp, datagram(payload, length), {}, { trafficClass: 3, ...wrap });
}

const framed = (ip: Uint8Array) => ethernetFrame(ipType(ip), ip);

for (const ip of [4, 6] as const) {
  const [src, dst] = ip === 6 ? ['fd00::1', 'fd00::2'] : ['10.0.0.1', '10.0.0.2'];
  const told = {
    from: `${src} 40000`,
    to: `${dst} 3205`,
    payload: [7, 8, 9],
    viewed: 7,
    length: 3,
    ecn: 3,
    frame: 1,
    timeNs: 1000,
    version: ip,
    port: 3205,
  };

  test(`IPv${ip}: a datagram, with padding behind it, plain and in a tunnel`, () => {
    const whole = ipUdp(Uint8Array.of(7, 8, 9), { ip });
    const padded = concat(framed(whole), new Uint8Array(20));
    assert.equal(new Listener().show(padded).datagrams, [told]);
    const inTunnel = framed(tunnelled('vxlan', whole));
    assert.equal(new Listener().show(inTunnel).datagrams, [told]);
  });

  test(`IPv${ip}: fragments are joined, in any order`, () => {
    const payload = pattern(2000);
    const body = datagram(payload);
    const parts = [0, 800, 1600].map((at) => {
      const part = body.slice(at, at + 800);
      return framed(fragmentOf(ip, part, at, at + 800 < body.length));
    });
    const l = new Listener();
    for (const i of [2, 0, 1]) l.show(parts[i]);
    const length = payload.length;
    const joined = { ...told, payload: Array.from(payload), viewed: payload[0], length };
    assert.equal(l.datagrams, [{ ...joined, frame: 3, timeNs: 3000, version: -1 }]);
    // A second copy of a fragment brings nothing again.
    l.show(parts[1]);
    assert.is(l.datagrams.length, 1);
  });

  test(`IPv${ip}: what snaplen cut is counted, a header that is cut is not told`, () => {
    const bytes = framed(ipUdp(pattern(100), { ip }));
    const [d] = new Listener().show(bytes, 1, bytes.length - 40).datagrams;
    assert.equal([(d['payload'] as unknown[]).length, d['length']], [60, 100]);
    assert.is(new Listener().show(bytes, 1, bytes.length - 103).datagrams.length, 0);
  });
}

/** ipBytes writes whole packets; a fragment is one whose payload is a part. */
function fragmentOf(ip: 4 | 6, part: Uint8Array, at: number, more: boolean): Uint8Array {
  if (ip === 6) {
    const word = at | (more ? 1 : 0);
    const header = Uint8Array.of(IpProtocol.udp, 0, word >> 8, word & 255, 0, 0, 0, 9);
    return ipBytes(44, concat(header, part), {}, { ip, trafficClass: 3 });
  }
  const bytes = ipBytes(IpProtocol.udp, part, {}, { ip, ipId: 9, trafficClass: 3 });
  const word = (at >> 3) | (more ? 0x2000 : 0);
  bytes[6] = word >> 8;
  bytes[7] = word & 255;
  return bytes;
}

test("UDP's length bounds the payload; one that contradicts itself is not told", () => {
  const told = (length: number) => {
    const [d] = new Listener().show(framed(ipUdp(pattern(50), {}, length))).datagrams;
    return d?.['length'];
  };
  assert.equal([told(58), told(28), told(8), told(500)], [50, 20, 0, 50]);
  // RFC 2675 section 4: 0 is a jumbogram's, or an offload's. Under 8 bytes there is no header.
  assert.equal([told(0), told(5)], [50, undefined]);
});

test('frames of the kinds that are listened to, behind tags too; others are only counted', () => {
  const l = new Listener();
  const body = pattern(40);
  l.show(ethernetFrame(FCOE, body));
  l.show(ethernetFrame(0x8100, concat(Uint8Array.of(0, 5, 0x89, 0x15), body)));
  l.show(ethernetFrame(0x0806, body));
  l.show(body, 224).show(body, 225, 30);
  const all = Array.from(body);
  assert.equal(l.frames, [
    { ether: FCOE, link: -1, payload: all, length: 40, frame: 1 },
    { ether: ROCE, link: -1, payload: all, length: 40, frame: 2 },
    { ether: -1, link: 224, payload: all, length: 40, frame: 4 },
    { ether: -1, link: 225, payload: all.slice(0, 30), length: 40, frame: 5 },
  ]);
  // What somebody reads is no problem; how it is counted does not change.
  assert.is(l.problems.counts.size, 0);
  const deaf = new Listener(false);
  deaf.show(ethernetFrame(FCOE, body));
  deaf.show(ethernetFrame(0x8100, concat(Uint8Array.of(0, 5, 0x89, 0x15), body)));
  deaf.show(ethernetFrame(0x0806, body));
  deaf.show(body, 224).show(body, 225, 30);
  assert.equal(notTcpByReason(l.decoder.counts), notTcpByReason(deaf.decoder.counts));
  assert.is(deaf.problems.counts.get('link-type-unknown'), 2);
});

test.run();
