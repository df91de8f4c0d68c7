// tshark reads the same segments: addresses, ports, sequence numbers, lengths and windows by frame.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCapture } from '../../src/capture/capture.js';
import { PacketDecoder } from '../../src/packet/decoder.js';
import type { Segment } from '../../src/packet/segment.js';
import { ProblemLog } from '../../src/problem.js';
import { LinkType } from '../../src/wire/net/linktype.js';
import { copySegment } from '../support/decode.js';
import { needs } from '../support/needs.js';
import { pattern } from '../support/octets.js';
import { tcpFragments } from '../support/packet-builder.js';
import { zoo } from '../support/packet-zoo.js';
import { type PcapOptions, pcapFile } from '../support/pcap-writer.js';
import { sharedCapture } from '../support/shared.js';
import { tshark } from '../support/tshark.js';

const RECORDED = fileURLToPath(new URL('../../captures/', import.meta.url));

/** Other link types, both versions of IP, super-frames, several interfaces, other traffic. */
const CAPTURES = [
  `${RECORDED}tgt-discovery-login.pcap`,
  `${RECORDED}tgt-any-interface-sll.pcap.gz`,
  `${RECORDED}tgt-any-interface-sll2.pcap.gz`,
  `${RECORDED}tgt-ipv6.pcap.gz`,
  `${RECORDED}tgt-loopback-super-frames.pcap.gz`,
  `${RECORDED}tgt-two-interfaces.pcapng.gz`,
];

const SHARED = [
  'real/fcip_trace.cap',
  'real/iscsi-scsi-data-cdrom.pcap',
  'real/iscsi-tapel.pcap',
  'real/iwarp_rdma-read.pcap',
  'probes/t50.pcap',
  'pcapng/le-difficult-test202.pcapng',
  'pcapng/be-difficult-test202.pcapng',
];

/**
 * What tshark 4.0 does not follow: link type MPLS (219); VLAN tags of type 0x9200; Ethernet
 * pseudowires whose destination address begins with a 0 nibble, where it takes a wrong guess; tags
 * of switch chips in Ethernet; L2TPv3 whose cookies its preferences do not tell; ESP without
 * encryption, which a preference has to allow; link types 17, 166 and 205; Juniper's IP without a word
 * before it; IPv6 in WCCP, NFLOG in another byte order
 * than the file's, frames with a preamble whose checksum is wrong. Of FabricPath it takes four bytes
 * away as a checksum.
 */
const NOT_FOLLOWED =
  /^mpls IPv|old tags|pseudowire|^e?dsa|^brcm|^l2tpv3|^esp-null|^fabricpath|^old-pflog|^wccp of IPv6|^nflog-be|^mpacket|transparent|^juniper-bare-ip|^ppp-pppd|^chdlc-dir/;

const FIELDS = [
  'frame.number',
  'ip.src',
  'ipv6.src',
  '_ws.col.Source',
  'ip.dst',
  'ipv6.dst',
  '_ws.col.Destination',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.seq_raw',
  'tcp.ack_raw',
  'tcp.len',
  'tcp.window_size_value',
];

/** A line a segment. Of headers in headers tshark is asked for the innermost. */
function theirs(path: string): string[] {
  const rows = tshark(
    ...['-n', '-r', path, '-Y', 'tcp && !icmp && !icmpv6', '-T', 'fields', '-E', 'occurrence=l'],
    ...['-d', 'udp.port==8472,vxlan'],
    ...['-o', 'tcp.desegment_tcp_streams:FALSE'],
    ...FIELDS.flatMap((field) => ['-e', field]),
  );
  return rows.split('\n').flatMap((row) => {
    if (row === '') return [];
    const [frame, ...values] = row.split('\t');
    const [src, dst] = [innermost(values.splice(0, 3)), innermost(values.splice(0, 3))];
    return [[frame, src, dst, ...values].join(' ')];
  });
}

/** With both versions in one packet the column tells; otherwise not, for it may be another layer's. */
function innermost([ip, ipv6, column]: string[]): string {
  return ip !== '' && ipv6 !== '' ? column : ip + ipv6;
}

async function ours(path: string): Promise<string[]> {
  const lines: string[] = [];
  const segment = (raw: Segment) => {
    const s = copySegment(raw);
    const ends = [s.src, s.dst, s.srcPort, s.dstPort];
    lines.push([s.frame, ...ends, s.seq, s.ack, s.payloadLength, s.window].join(' '));
  };
  const decoder = new PacketDecoder({ segment }, new ProblemLog(1));
  await (await openCapture([path])).run(decoder);
  decoder.end();
  decoder.invariants();
  return lines;
}

async function compare(path: string): Promise<number> {
  const expected = theirs(path);
  assert.equal(await ours(path), expected);
  return expected.length;
}

/** Writes a capture for the time of a comparison. */
async function compareWritten(packets: Uint8Array[], options: PcapOptions): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'sanscope-packet-'));
  try {
    const path = join(folder, 'packets.pcap');
    writeFileSync(
      path,
      pcapFile(
        packets.map((bytes, i) => ({ timeNs: i * 1000, bytes })),
        options,
      ),
    );
    return await compare(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const withTshark = needs('tshark');

for (const path of CAPTURES) {
  withTshark(`${path.slice(RECORDED.length)}: the segments that tshark sees`, async () => {
    assert.ok((await compare(path)) > 0);
  });
}

for (const name of SHARED) {
  const path = sharedCapture(name);
  needs('tshark', path)(`${name}: the segments that tshark sees`, async () => {
    await compare(path);
  });
}

const animals = zoo().filter(({ name }) => !NOT_FOLLOWED.test(name));
for (const linkType of new Set(animals.map((animal) => animal.linkType))) {
  const packets = animals.filter((a) => a.linkType === linkType).map((a) => a.bytes);
  withTshark(`written packets of link type ${linkType}, as tshark reads them`, async () => {
    assert.is(await compareWritten(packets, { linkType }), packets.length);
  });
}

withTshark('written packets cut at 240 bytes', async () => {
  const { ethernet: linkType } = LinkType;
  const packets = animals.filter((a) => a.linkType === linkType).map((a) => a.bytes);
  await compareWritten(packets, { linkType, snaplen: 240, cut: true });
});

withTshark('fragments of both versions, in both orders', async () => {
  const packets = ([4, 6] as const).flatMap((ip) => {
    const parts = tcpFragments({ payload: pattern(3000) }, { ip, ipId: 5 }, 1480);
    const later = tcpFragments({ payload: pattern(2000), seq: 9 }, { ip, ipId: 6 }, 1024);
    return [...parts, ...later.reverse()];
  });
  assert.is(await compareWritten(packets, { linkType: LinkType.ethernet }), 4);
});

test.run();
