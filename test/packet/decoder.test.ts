// Every kind of packet leads to the segment that it was built from; what leads to none is counted.

import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MPLS_LABELS_MAX, PACKET_LAYERS_MAX, VLAN_TAGS_MAX } from '../../src/limits.js';
import { notTcpByReason } from '../../src/packet/counts.js';
import { Bench, decoded } from '../support/decode.js';
import { concat, pattern } from '../support/octets.js';
import {
  ipBytes,
  LINK_TYPES,
  parseAddress,
  tcpBytes,
  tcpPacket,
} from '../support/packet-builder.js';
import { ethernetFrame } from '../support/packet-link.js';
import { espNull, inUdp } from '../support/packet-tunnel.js';
import { TIMESTAMPS, zoo } from '../support/packet-zoo.js';

for (const { name, linkType, bytes, spec, wrap } of zoo()) {
  test(`${name}: the segment comes out as it went in`, () => {
    const bench = new Bench();
    const s = bench.show(bytes, linkType, { snaplen: 9000, timeNs: 5 });
    assert.ok(s);
    assert.is(s.src, wrap.ip === 6 ? 'fd00::1' : '10.0.0.1');
    assert.is(s.dst, wrap.ip === 6 ? 'fd00::2' : '10.0.0.2');
    assert.equal([s.srcPort, s.dstPort, s.seq, s.ack], [spec.srcPort, 3260, spec.seq, 1]);
    assert.equal([s.flags, s.window, s.frame, s.timeNs, s.snaplen], [0x10, 65_535, 1, 5, 9000]);
    assert.equal(s.options, TIMESTAMPS);
    assert.equal(s.payload, spec.payload);
    assert.is(s.payloadLength, spec.payload.length);
    assert.equal([s.ttl, s.ipId], [64, wrap.ip === 6 ? 0 : 1]);
    assert.is(bench.decoder.counts.segments, 1);
    assert.is(bench.problems.counts.size, 0);
  });
}

const port = fc.integer({ min: 0, max: 0xffff });
const word = fc.integer({ min: 0, max: 0xffffffff });
const octets = (max: number) => fc.uint8Array({ maxLength: max });
const specs = fc.record({
  srcPort: port,
  dstPort: port,
  seq: word,
  ack: word,
  flags: fc.integer({ min: 0, max: 255 }),
  window: port,
  payload: octets(80),
  options: octets(40),
});
const around = fc.record({
  ip: fc.constantFrom(4 as const, 6 as const),
  ipId: port,
  ttl: fc.integer({ min: 0, max: 255 }),
  trafficClass: fc.integer({ min: 0, max: 255 }),
  padding: fc.integer({ min: 0, max: 8 }),
});

test('the plain road and the walk read what the tables wrote, of any values', () => {
  const links = ['ethernet', 'llc-snap', 'sll', 'raw'] as const;
  fc.assert(
    fc.property(specs, around, fc.array(port, { maxLength: 2 }), (spec, wrap, vlan) => {
      for (const link of links) {
        const tags = link === 'raw' ? [] : vlan.map((id) => id & 0xfff);
        const s = decoded(tcpPacket(spec, { ...wrap, link, vlan: tags }), LINK_TYPES[link]);
        assert.ok(s);
        assert.equal(
          [s.srcPort, s.dstPort, s.seq, s.ack, s.flags, s.window],
          [spec.srcPort, spec.dstPort, spec.seq, spec.ack, spec.flags, spec.window],
        );
        assert.equal(s.payload, spec.payload);
        assert.equal(s.options.slice(0, spec.options.length), spec.options);
        assert.is(s.options.length, Math.ceil(spec.options.length / 4) * 4);
        assert.is(s.payloadLength, spec.payload.length);
        assert.equal([s.ttl, s.trafficClass], [wrap.ttl, wrap.trafficClass]);
        assert.is(s.ipId, wrap.ip === 6 ? 0 : wrap.ipId);
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('any address is told as it is written', () => {
  for (const [src, dst] of [
    ['192.168.255.1', '224.0.0.251'],
    ['2001:db8:0:1::2', 'fe80::1:0:0:ff'],
  ]) {
    const s = decoded(tcpPacket({ src, dst }, { ip: src.includes(':') ? 6 : 4 }));
    assert.equal([s?.src, s?.dst], [src, dst]);
  }
});

test('the payload ends where IP says: Ethernet padding is no data', () => {
  for (const ip of [4, 6] as const) {
    for (const link of ['ethernet', 'llc-snap', 'sll2'] as const) {
      const bytes = tcpPacket({ payload: pattern(3) }, { ip, link, padding: 20 });
      const s = decoded(bytes, LINK_TYPES[link]);
      assert.equal(s?.payload, pattern(3));
      assert.is(s?.payloadLength, 3);
    }
  }
});

test('an IP length of 0 (segmentation offload): the frame tells the length, also where it is cut', () => {
  for (const ip of [4, 6] as const) {
    const bytes = tcpPacket({ payload: pattern(40_000) }, { ip, lengthZero: true });
    assert.equal(decoded(bytes)?.payload, pattern(40_000));
    const cut = decoded(bytes, 1, { captured: 200 });
    assert.is(cut?.payloadLength, 40_000);
    assert.is(cut?.payload.length, 200 - 14 - (ip === 6 ? 40 : 20) - 20);
  }
});

test('an IP length of 0 in a record that claims gigabytes is not believed beyond the longest packet', () => {
  const bytes = tcpPacket({ payload: pattern(10) }, { lengthZero: true });
  const s = decoded(bytes, 1, { original: 0xffffffff });
  assert.is(s?.payloadLength, (1 << 20) - 54);
  assert.equal(s?.payload, pattern(10));
});

test('a jumbogram has its length in a hop-by-hop option (RFC 2675)', () => {
  const jumbo = Uint8Array.of(0, 0, 0xc2, 4, 0, 1, 0x11, 0x8c);
  const payload = pattern(0x1118c - 8 - 20);
  const wrap = { ip: 6, extensions: [[0, jumbo]], lengthZero: true, padding: 5 } as const;
  const s = decoded(tcpPacket({ payload }, wrap));
  assert.is(s?.payloadLength, payload.length);
  assert.equal(s?.payload, payload);
});

test('snaplen cuts the payload, not its length', () => {
  const bytes = tcpPacket({ payload: pattern(1448), options: TIMESTAMPS });
  const s = decoded(bytes, 1, { captured: 160 });
  assert.is(s?.payloadLength, 1448);
  assert.equal(s?.payload, pattern(160 - 66));
});

test('a segment whose options are cut is still a segment', () => {
  const bench = new Bench();
  const bytes = tcpPacket({ payload: pattern(100), options: TIMESTAMPS, seq: 77 });
  const s = bench.show(bytes, 1, { captured: 60 });
  assert.equal([s?.seq, s?.payloadLength, s?.payload.length], [77, 100, 0]);
  assert.equal(s?.options, TIMESTAMPS.slice(0, 6));
  assert.is(bench.decoder.counts.optionsCut, 1);
  assert.is(bench.show(bytes, 1, { captured: 53, snaplen: 53 }), undefined);
  assert.is(bench.decoder.counts.truncated, 1);
  assert.equal(bench.problems.kept, [
    {
      kind: 'packet-truncated',
      text: 'TCP header needs 20 bytes, 19 captured (snaplen 53)',
      frame: 2,
    },
  ]);
});

test('a frame that was cut before it was captured keeps the length that IP tells', () => {
  const bench = new Bench();
  const bytes = tcpPacket({ payload: pattern(1000) });
  const s = bench.show(bytes.slice(0, 128), 1);
  assert.equal([s?.payloadLength, s?.payload.length], [1000, 74]);
  assert.is(bench.decoder.counts.beyondFrame, 1);
});

test('the last segment of a routing header is the destination', () => {
  const last = parseAddress('fd00::99');
  const other = parseAddress('fd00::77');
  const routes: [number, Uint8Array][] = [
    [43, concat(Uint8Array.of(0, 4, 4, 1, 1, 0, 0, 0), last, other)],
    [43, concat(Uint8Array.of(0, 4, 0, 2, 0, 0, 0, 0), other, last)],
    [43, concat(Uint8Array.of(0, 2, 2, 1, 0, 0, 0, 0), last)],
  ];
  for (const route of routes) {
    assert.is(decoded(tcpPacket({}, { ip: 6, extensions: [route] }))?.dst, 'fd00::99');
  }
});

test('headers that contradict themselves are malformed, and say how', () => {
  const badOffset = tcpPacket({ payload: pattern(8) });
  badOffset[46] = 0x40;
  const farOffset = tcpPacket({});
  farOffset[46] = 0xf0;
  const shortHeader = tcpPacket({});
  shortHeader[14] = 0x44;
  const shortTotal = tcpPacket({});
  shortTotal[17] = 19;
  const noRoom = tcpPacket({});
  noRoom[17] = 30;
  const cases: [Uint8Array, string][] = [
    [badOffset, 'TCP data offset under 5 words'],
    [farOffset, 'TCP data offset beyond the end of its IP packet'],
    [shortHeader, 'IPv4 header length under 20 bytes'],
    [shortTotal, 'IPv4 total length shorter than its header'],
    [noRoom, 'TCP header needs 20 bytes, the packet around it has 10 left'],
  ];
  for (const [bytes, text] of cases) {
    const bench = new Bench();
    assert.is(bench.show(bytes), undefined);
    assert.is(bench.decoder.counts.malformed, 1);
    assert.equal(bench.problems.kept, [{ kind: 'packet-malformed', text, frame: 1 }]);
  }
});

test('headers in headers are followed to a bound, which is reported', () => {
  const snap = Uint8Array.of(0xaa, 0xaa, 3, 0, 0, 0, 0x88, 0x70);
  const deep = [
    tcpPacket({}, { tunnel: Array(PACKET_LAYERS_MAX).fill('ipip') }),
    tcpPacket({}, { vlan: Array(VLAN_TAGS_MAX).fill(9) }),
    tcpPacket({}, { mpls: Array(MPLS_LABELS_MAX + 1).fill(9) }),
    ethernetFrame(0x8870, concat(...Array(100_000).fill(snap))),
  ];
  for (const bytes of deep) {
    const bench = new Bench();
    assert.is(bench.show(bytes), undefined);
    assert.is(bench.decoder.counts.nestedTooDeep, 1);
    assert.is(bench.problems.counts.get('limit-reached'), 1);
  }
  const allowed = [
    tcpPacket({}, { tunnel: Array(PACKET_LAYERS_MAX - 2).fill('ipip') }),
    tcpPacket({}, { vlan: Array(VLAN_TAGS_MAX - 1).fill(9) }),
    tcpPacket({}, { mpls: Array(MPLS_LABELS_MAX).fill(9) }),
  ];
  for (const bytes of allowed) assert.ok(decoded(bytes));
});

test('IP under MPLS is IP, though its source address looks like an EtherType', () => {
  for (const src of ['8.0.64.1', '129.0.3.4', '136.168.9.9']) {
    assert.is(decoded(tcpPacket({ src }, { mpls: [5] }))?.src, src);
  }
  for (const src of ['fd00:0:800:4000::1', 'fd00:0:8100::1']) {
    assert.is(decoded(tcpPacket({ src }, { mpls: [5], ip: 6 }))?.src, src);
  }
});

test('what is not TCP is counted by what it is', () => {
  const bench = new Bench();
  const { counts } = bench.decoder;
  bench.show(ethernetFrame(0x0806, new Uint8Array(28)));
  bench.show(ethernetFrame(38, Uint8Array.of(0x42, 0x42, 3, 0, 0)));
  bench.show(ethernetFrame(50, Uint8Array.of(0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0, 2, 180)));
  bench.show(ethernetFrame(0x0800, inUdp(53, pattern(20))));
  bench.show(ethernetFrame(0x0800, inUdp(4789, pattern(20))));
  bench.show(ethernetFrame(0x0800, ipBytes(50, pattern(40))));
  bench.show(ethernetFrame(0x86dd, ipBytes(132, pattern(40), {}, { ip: 6 })));
  bench.show(tcpPacket({}), 147);
  assert.equal([...counts.byEtherType.keys()], [0x0806, 0x42, 0x2000]);
  assert.equal([...counts.byLinkType], [[147, 1]]);
  assert.equal(
    [17, 50, 132].map((protocol) => counts.byIpProtocol[protocol]),
    [2, 1, 1],
  );
  assert.is(counts.encrypted, 1);
  assert.is(counts.ipProtocolOther, 3);
  assert.is(counts.segments, 0);
  const esp = { 'ESP (encrypted)': 1 };
  const told = { ARP: 1, STP: 1, CDP: 1, UDP: 2, ...esp, SCTP: 1, 'link type 147': 1 };
  assert.equal(notTcpByReason(counts), told);
  assert.is(bench.problems.counts.get('link-type-unknown'), 1);
});

test('MACsec that is encrypted is told as such; a link type in another is told by its own number', () => {
  const bench = new Bench();
  const { counts } = bench.decoder;
  const sealed = concat(Uint8Array.of(0x2c, 0, 0, 0, 0, 9), pattern(100));
  bench.show(ethernetFrame(0x88e5, sealed));
  bench.show(ethernetFrame(0x8100, concat(Uint8Array.of(0, 5, 0x88, 0xe5), sealed)));
  bench.show(concat(Uint8Array.of(0, 0, 8, 0, 105, 0, 0, 0), pattern(60)), LINK_TYPES.ppi);
  bench.show(concat(Uint8Array.of(0, 0, 8, 0, 192, 0, 0, 0), pattern(60)), LINK_TYPES.ppi);
  assert.is(counts.encrypted, 2);
  assert.equal(notTcpByReason(counts), {
    'MACsec (encrypted)': 2,
    'link type 105': 1,
    'link type 192': 1,
  });
  assert.is(bench.problems.kept[0].text, 'link type 105 is not one that sanscope reads');
});

const ESP_ENDS = [undefined, { ip: 6 as const }];

test('ESP that encrypts nothing is read where a checksum proves it, with every check value', () => {
  for (const wrap of ESP_ENDS) {
    for (const icv of [0, 12, 16, 24, 32]) {
      for (let length = 0; length < 9; length++) {
        const spec = { payload: pattern(length) };
        const bench = new Bench();
        const body = espNull(6, tcpBytes(spec, wrap?.ip), icv);
        const s = bench.show(ethernetFrame(wrap ? 0x86dd : 0x0800, ipBytes(50, body, {}, wrap)));
        assert.equal(s?.payload, spec.payload, `${length} bytes, check value of ${icv}`);
        body[20] ^= 0x40;
        const odd = ethernetFrame(wrap ? 0x86dd : 0x0800, ipBytes(50, body, {}, wrap));
        assert.is(bench.show(odd), undefined);
        assert.is(bench.decoder.counts.encrypted, 1);
      }
    }
  }
});

test('ESP of random bytes is encrypted, whole or cut', () => {
  const octet = fc.uint8Array({ minLength: 8, maxLength: 400 });
  fc.assert(
    fc.property(octet, fc.integer({ min: 50, max: 500 }), (bytes, captured) => {
      for (const wrap of ESP_ENDS) {
        const bench = new Bench();
        const frame = ethernetFrame(wrap ? 0x86dd : 0x0800, ipBytes(50, bytes, {}, wrap));
        bench.show(frame, 1, { captured: Math.min(captured, frame.length) });
        assert.is(bench.decoder.counts.segments, 0);
      }
    }),
    { seed: 3, numRuns: 2000 },
  );
});

test('what stands behind a tunnel’s port without being one is UDP', () => {
  const bench = new Bench();
  for (const port of [1701, 2152, 4341, 4500, 4789, 4790, 6081, 37008]) {
    bench.show(ethernetFrame(0x0800, inUdp(port, new Uint8Array(60))));
  }
  assert.equal(notTcpByReason(bench.decoder.counts), { UDP: 8 });
});

test('routers that say "too big" are remembered', () => {
  const bench = new Bench();
  const { fragmentationNeeded, packetTooBig } = bench.decoder.counts;
  const needed = (mtu: number) =>
    concat(Uint8Array.of(3, 4, 0, 0, 0, 0, mtu >> 8, mtu & 255), pattern(28));
  bench.show(ethernetFrame(0x0800, ipBytes(1, Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0))));
  bench.show(ethernetFrame(0x0800, ipBytes(1, needed(1500))));
  bench.show(ethernetFrame(0x0800, ipBytes(1, needed(1400))));
  const big = Uint8Array.of(2, 0, 0, 0, 0, 0, 5, 0);
  bench.show(ethernetFrame(0x86dd, ipBytes(58, big, {}, { ip: 6 })));
  assert.equal({ ...fragmentationNeeded }, { count: 2, frame: 2, mtuMin: 1400 });
  assert.equal({ ...packetTooBig }, { count: 1, frame: 4, mtuMin: 1280 });
  assert.equal(
    [bench.decoder.counts.byIpProtocol[1], bench.decoder.counts.byIpProtocol[58]],
    [3, 1],
  );
});

test('loopback families of every system, and PPP protocols of one octet', () => {
  const six = ipBytes(6, tcpBytes({}, 6), {}, { ip: 6 });
  for (const family of [10, 23, 24, 28, 30]) {
    assert.ok(decoded(concat(Uint8Array.of(family, 0, 0, 0), six), 0));
    assert.ok(decoded(concat(Uint8Array.of(0, 0, 0, family), six), 108));
  }
  assert.ok(decoded(concat(Uint8Array.of(0x57), six), 9));
  assert.ok(decoded(concat(Uint8Array.of(0xff, 3, 0x57), six), 50));
  assert.ok(decoded(concat(Uint8Array.of(0x0f, 0, 0x86, 0xdd), six), 50));
});

test.run();
