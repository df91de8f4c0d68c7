// A load made of a recording: written again and again, each time later and, where packets are IPv4,
// between other addresses. What a protocol says stays as it was recorded, so that new roads are
// measured with what their devices really send. Deterministic.

import { closeSync, openSync, writeSync } from 'node:fs';
import { crc32, swapped32 } from '../src/lib/crc32.js';
import { get, set } from '../src/wire/field.js';
import { ETHERNET_BYTES, EtherType } from '../src/wire/net/ethernet.js';
import { IPV4_BYTES_MIN, IpProtocol, ipv4 } from '../src/wire/net/ipv4.js';
import { tcp } from '../src/wire/net/tcp.js';
import { UDP_BYTES, udp } from '../src/wire/net/udp.js';
import {
  BTH_CHANGING,
  ICRC_PREFIX_BYTES,
  IPV4_CHANGING,
  UDP_CHANGING,
} from '../src/wire/rdma/icrc-masks.js';
import { BTH_BYTES, ICRC_BYTES, ROCE_PORT } from '../src/wire/rdma/infiniband.js';
import { readCapture } from '../test/support/capture.js';
import { concat } from '../test/support/octets.js';
import { checksum } from '../test/support/packet-builder.js';
import { pcapFile } from '../test/support/pcap-writer.js';

/** Between the end of one copy and the beginning of the next. */
const PAUSE_NS = 50_000_000;
/** Octets of an IPv4 address that tell copies apart. */
const COPIES_MAX = 256 * 256;
const FILE_HEADER_BYTES = 24;

export interface Copied {
  readonly frames: number;
  readonly bytes: number;
  readonly copies: number;
}

/** Writes as many copies as `bytesMax` takes, at least one. */
export async function writeRecorded(
  path: string,
  recording: string,
  bytesMax: number,
): Promise<Copied> {
  const { packets } = await readCapture([recording]);
  const spanNs = packets[packets.length - 1].timeNs + PAUSE_NS;
  const file = openSync(path, 'w');
  let bytes = 0;
  let copies = 0;
  const put = (part: Uint8Array) => {
    for (let at = 0; at < part.length; ) at += writeSync(file, part, at);
    bytes += part.length;
  };
  do {
    const from = BigInt(copies) * BigInt(spanNs);
    const whole = pcapFile(
      packets.map((packet) => ({
        timeNs: from + BigInt(packet.timeNs),
        bytes: elsewhere(packet.bytes, copies),
        originalLength: packet.originalLength,
      })),
      { linkType: packets[0].linkType },
    );
    put(copies === 0 ? whole : whole.subarray(FILE_HEADER_BYTES));
    copies++;
  } while (bytes + bytes / copies <= bytesMax && copies < COPIES_MAX);
  closeSync(file);
  return { frames: packets.length * copies, bytes, copies };
}

/** The packet between addresses of the copy's own: the second and third octet of both go up. */
function elsewhere(bytes: Uint8Array, copy: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const plain = bytes.length >= ETHERNET_BYTES + IPV4_BYTES_MIN;
  if (!plain || view.getUint16(ETHERNET_BYTES - 2) !== EtherType.ipv4) return bytes;
  const out = bytes.slice();
  const to = new DataView(out.buffer);
  const headerEnd = ETHERNET_BYTES + 4 * get(view, ETHERNET_BYTES, ipv4.headerLength);
  let change = 0;
  for (const f of [ipv4.source, ipv4.destination]) {
    const before = get(view, ETHERNET_BYTES, f);
    const second = ((before >>> 16) + (copy >>> 8)) & 0xff;
    const third = ((before >>> 8) + copy) & 0xff;
    const after = ((before & 0xff00_00ff) | (second << 16) | (third << 8)) >>> 0;
    set(to, ETHERNET_BYTES, f, after);
    change += (after >>> 16) - (before >>> 16) + (after & 0xffff) - (before & 0xffff);
  }
  set(to, ETHERNET_BYTES, ipv4.headerChecksum, 0);
  set(to, ETHERNET_BYTES, ipv4.headerChecksum, checksum(out.slice(ETHERNET_BYTES, headerEnd)));
  const protocol = get(view, ETHERNET_BYTES, ipv4.protocol);
  if (protocol === IpProtocol.tcp) summed(to, headerEnd, change);
  if (protocol === IpProtocol.udp) {
    set(to, headerEnd, udp.checksum, 0);
    if (get(view, headerEnd, udp.destinationPort) === ROCE_PORT) covered(out, to, headerEnd);
  }
  return out;
}

/** The pseudo header has the addresses too (RFC 1624: the checksum's complement grows with them). */
function summed(to: DataView, at: number, change: number): void {
  let sum = (~get(to, at, tcp.checksum) & 0xffff) + change;
  while (sum < 0 || sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  set(to, at, tcp.checksum, ~sum & 0xffff);
}

/** The ICRC covers the addresses as well (pdu/roce/icrc.ts reads it). */
function covered(bytes: Uint8Array, to: DataView, udpAt: number): void {
  const end = udpAt + get(to, udpAt, udp.length) - ICRC_BYTES;
  if (end + ICRC_BYTES > bytes.length) return;
  const bth = udpAt + UDP_BYTES;
  const parts = [new Uint8Array(ICRC_PREFIX_BYTES).fill(0xff)];
  for (const [at, changing] of [
    [ETHERNET_BYTES, IPV4_CHANGING],
    [udpAt, UDP_CHANGING],
    [bth, BTH_CHANGING],
  ] as const) {
    parts.push(changing.map((mask, i) => bytes[at + i] | mask));
  }
  const all = concat(...parts, bytes.slice(bth + BTH_BYTES, end));
  to.setUint32(end, swapped32(crc32(all, 0, all.length)));
}
