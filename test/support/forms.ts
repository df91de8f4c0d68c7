// The forms in which users have one and the same traffic: links, tags, tunnels, copies, offload, snaplen, a part
// of it, clocks. All take and give packets; chance comes from a seed.

import { LinkType } from '../../src/wire/net/linktype.js';
import { tcp } from '../../src/wire/net/tcp.js';
import {
  asIpv6,
  ipAt,
  ipOf,
  lengthLeft,
  offloaded,
  routed,
  tcpAt,
  withLength,
  word,
} from './ip-again.js';
import { randomFrom } from './mishaps.js';
import { concat } from './octets.js';
import { linkFrame } from './packet-link.js';
import { type Tunnel, tunnelled } from './packet-tunnel.js';
import type { HeldPacket } from './road.js';

/**
 * What a form leaves: `all`, what is asked of the capture has the same answer; `counts`, the same but for times
 * that it moved; `less`, a part is gone.
 */
export type Leaves = 'all' | 'counts' | 'less';

export interface Form {
  readonly name: string;
  readonly leaves: Leaves;
  readonly of: (packets: readonly HeldPacket[]) => readonly HeldPacket[];
}

type Each = (packet: HeldPacket) => HeldPacket;

export const FORMS: readonly Form[] = [
  { name: 'VLAN tag', leaves: 'all', of: each(tagged(0x8100)) },
  { name: 'QinQ', leaves: 'all', of: each((p) => tagged(0x88a8)(tagged(0x8100)(p))) },
  { name: 'IPv6', leaves: 'all', of: each((p) => againAs(p, asIpv6, 'ethernet', 1)) },
  ...linkForms(),
  ...tunnelForms(),
  { name: 'SPAN copies', leaves: 'all', of: (all) => copies(all, 50_000, (p) => p) },
  {
    name: 'SPAN copies in another VLAN',
    leaves: 'all',
    of: (all) => copies(all, 50_000, tagged(0x8100)),
  },
  { name: 'SPAN copies, routed', leaves: 'all', of: (all) => copies(all, 50_000, overRouter) },
  { name: 'merged (GRO)', leaves: 'counts', of: (all) => merged(all, (ip) => offloaded(ip)) },
  { name: 'merged, IP length 0 (TSO)', leaves: 'counts', of: (all) => merged(all, lengthLeft) },
  { name: "checksums left to the initiator's card", leaves: 'all', of: (all) => leftTo(all, true) },
  { name: "checksums left to the target's card", leaves: 'all', of: (all) => leftTo(all, false) },
  { name: 'out of order, 1 ms', leaves: 'counts', of: jittered },
  { name: 'two queues, 1 ms', leaves: 'counts', of: queues },
  {
    name: 'times in µs',
    leaves: 'counts',
    of: each((p) => ({ ...p, timeNs: Math.floor(p.timeNs / 1e3) * 1e3 })),
  },
  {
    name: 'times in ms',
    leaves: 'counts',
    of: each((p) => ({ ...p, timeNs: Math.floor(p.timeNs / 1e6) * 1e6 })),
  },
  { name: 'clock steps back 1 s', leaves: 'counts', of: stepped },
  { name: 'two clocks, 5 µs', leaves: 'counts', of: (all) => twoClocks(all, 5_000) },
  ...[256, 160, 128, 96, 68, 54].map(
    (n): Form => ({ name: `snaplen ${n}`, leaves: 'less', of: each(cutTo(n)) }),
  ),
  ...[10, 50, 90].map(
    (n): Form => ({ name: `from ${n} % on`, leaves: 'less', of: (all) => part(all, n, 100) }),
  ),
  ...[90, 50, 10].map(
    (n): Form => ({ name: `until ${n} %`, leaves: 'less', of: (all) => part(all, 0, n) }),
  ),
  { name: 'initiator only', leaves: 'less', of: (all) => oneSide(all, true) },
  { name: 'target only', leaves: 'less', of: (all) => oneSide(all, false) },
];

function linkForms(): Form[] {
  const names: readonly (readonly [string, string, number])[] = [
    ['Linux cooked', 'sll', LinkType.linuxSll],
    ['Linux cooked v2', 'sll2', LinkType.linuxSll2],
    ['raw IP', 'raw', LinkType.raw],
    ['loopback', 'null-le', LinkType.null],
  ];
  return names.map(([name, link, linkType]) => ({
    name,
    leaves: 'all',
    of: each((p) => againAs(p, (ip) => ip, link, linkType)),
  }));
}

function tunnelForms(): Form[] {
  const names: readonly (readonly [string, Tunnel])[] = [
    ['VXLAN', 'vxlan'],
    ['GRE', 'gre'],
    ['ERSPAN II', 'erspan2'],
    ['ERSPAN III', 'erspan3'],
  ];
  return names.map(([name, tunnel]) => ({
    name,
    leaves: 'all',
    of: each((p) => againAs(p, (ip) => tunnelled(tunnel, ip), 'ethernet', LinkType.ethernet)),
  }));
}

function each(of: Each): Form['of'] {
  return (packets) => packets.map(of);
}

const IP_MOST = 65_535;

/** The IP packet in it made another and put behind another link; what holds none stays as it is. */
function againAs(
  packet: HeldPacket,
  of: (ip: Uint8Array) => Uint8Array | undefined,
  link: string,
  linkType: number,
): HeldPacket {
  const ip = ipOf(packet);
  const other = ip === undefined ? undefined : of(ip);
  // A frame of loopback may be as long as IP allows: there is no room for another header before it.
  if (ip === undefined || other === undefined || other.length > IP_MOST) return packet;
  const bytes = linkFrame(link, other);
  const missing = packet.originalLength - packet.bytes.length;
  return { ...packet, bytes, linkType, originalLength: bytes.length + missing };
}

function tagged(type: number): Each {
  const tag = Uint8Array.of(type >> 8, type & 255, 0, 100);
  return (packet) => {
    if (packet.linkType !== LinkType.ethernet || packet.bytes.length < 14) return packet;
    const bytes = concat(packet.bytes.subarray(0, 12), tag, packet.bytes.subarray(12));
    return { ...packet, bytes, originalLength: packet.originalLength + tag.length };
  };
}

function overRouter(packet: HeldPacket): HeldPacket {
  const at = ipAt(packet);
  if (at < 0 || packet.bytes.length < at + 20) return packet;
  const bytes = packet.bytes.slice();
  bytes.set(routed(packet.bytes.subarray(at)), at);
  // Of Ethernet the addresses are another hop's.
  if (packet.linkType === LinkType.ethernet) bytes.set([2, 0, 0, 9, 9, 1, 2, 0, 0, 9, 9, 2]);
  return { ...packet, bytes };
}

/** Each packet a second time, up to `mostNs` later. A port that copies keeps the order of each copy. */
function copies(packets: readonly HeldPacket[], mostNs: number, second: Each): HeldPacket[] {
  const random = randomFrom(20_261_201);
  let before = Number.NEGATIVE_INFINITY;
  const twice = packets.flatMap((packet) => {
    before = Math.max(before, packet.timeNs + (random() % mostNs));
    return [packet, { ...second(packet), timeNs: before }];
  });
  return inTime(twice);
}

function inTime(packets: readonly HeldPacket[]): HeldPacket[] {
  return [...packets].sort((a, b) => a.timeNs - b.timeNs);
}

/** TCP in IPv4 over Ethernet with all its bytes, as the forms of offload need it. */
function segmentOf(packet: HeldPacket): { ip: Uint8Array; at: number; data: number } | undefined {
  if (packet.linkType !== LinkType.ethernet || packet.bytes.length < packet.originalLength) {
    return undefined;
  }
  const ip = ipOf(packet);
  const at = ip === undefined ? -1 : tcpAt(ip);
  if (ip === undefined || at < 0) return undefined;
  return { ip, at, data: at + (ip[at + tcp.dataOffset.byte] >> 4) * 4 };
}

const SUPER_FRAME = 65_000;
/** Receive offload waits for no more than what comes at once. */
const AT_ONCE_NS = 100_000;
/** CWR, ECE, URG, RST, SYN, FIN: what they mark is not merged. */
const NOT_MERGED = 0xe7;

/** Segments of one side that follow on each other at once, as one: with the time of the last. */
function merged(
  packets: readonly HeldPacket[],
  finish: (ip: Uint8Array) => Uint8Array,
): HeldPacket[] {
  const result: HeldPacket[] = [];
  let last: { ip: Uint8Array; at: number; data: number } | undefined;
  let many = false;
  const close = () => {
    const held = result.at(-1);
    if (!many || last === undefined || held === undefined) return;
    const bytes = linkFrame('ethernet', finish(withLength(last.ip, last.ip.length)));
    bytes.set(held.bytes.subarray(0, 12));
    result[result.length - 1] = { ...held, bytes, originalLength: bytes.length };
  };
  for (const packet of packets) {
    const next = segmentOf(packet);
    const held = result.at(-1);
    const near = held !== undefined && packet.timeNs - held.timeNs < AT_ONCE_NS;
    if (near && last !== undefined && next !== undefined && chains(last, next)) {
      last = { ...last, ip: concat(last.ip, next.ip.subarray(next.data)) };
      last.ip[last.at + 13] |= next.ip[next.at + 13];
      many = true;
      result[result.length - 1] = { ...held, timeNs: packet.timeNs };
      continue;
    }
    close();
    result.push(packet);
    last = next;
    many = false;
  }
  close();
  return result;
}

function chains(
  last: { ip: Uint8Array; at: number; data: number },
  next: { ip: Uint8Array; at: number; data: number },
): boolean {
  if (last.at !== next.at || last.data !== next.data) return false;
  const a = last.ip;
  const b = next.ip;
  const bytes = a.length - last.data;
  const more = b.length - next.data;
  if (bytes === 0 || more === 0 || a.length + more > SUPER_FRAME) return false;
  if (((a[last.at + 13] | b[next.at + 13]) & NOT_MERGED) !== 0) return false;
  for (let i = 12; i < 20; i++) if (a[i] !== b[i]) return false;
  for (const i of [0, 1, 2, 3, 8, 9, 10, 11, 14, 15]) {
    if (a[last.at + i] !== b[next.at + i]) return false;
  }
  for (let i = 20; i < last.data - last.at; i++)
    if (a[last.at + i] !== b[next.at + i]) return false;
  return (long(a, last.at + 4) + bytes) >>> 0 === long(b, next.at + 4);
}

function long(bytes: Uint8Array, at: number): number {
  return (word(bytes, at) * 0x10000 + word(bytes, at + 2)) >>> 0;
}

/** What one side sent, before its card summed it. */
function leftTo(packets: readonly HeldPacket[], initiator: boolean): HeldPacket[] {
  const of = sides(packets);
  return packets.map((packet, i) => {
    const segment = segmentOf(packet);
    if (segment === undefined || of[i] !== initiator) return packet;
    const bytes = packet.bytes.slice();
    bytes.set(offloaded(segment.ip), ipAt(packet));
    return { ...packet, bytes };
  });
}

/** One in ten is up to 1 ms late, and stamped so. */
function jittered(packets: readonly HeldPacket[]): HeldPacket[] {
  const random = randomFrom(77);
  return inTime(
    packets.map((p) => (random() % 10 === 0 ? { ...p, timeNs: p.timeNs + (random() % 1e6) } : p)),
  );
}

/** Each side's packets are read from their own queue, for 1 ms at a time: in the file one side comes first. */
function queues(packets: readonly HeldPacket[]): HeldPacket[] {
  const of = sides(packets);
  const turn = (i: number) => Math.floor(packets[i].timeNs / 1e6);
  return packets
    .map((_, i) => i)
    .sort((a, b) => turn(a) - turn(b) || Number(of[a] ?? false) - Number(of[b] ?? false) || a - b)
    .map((i) => packets[i]);
}

/** NTP puts the clock back by a second in the middle, where as much has passed. */
function stepped(packets: readonly HeldPacket[]): HeldPacket[] {
  const middle = packets.length >> 1;
  const from = packets.findIndex((p, i) => i >= middle && p.timeNs >= 1e9);
  return packets.map((p, i) => (from < 0 || i < from ? p : { ...p, timeNs: p.timeNs - 1e9 }));
}

function twoClocks(packets: readonly HeldPacket[], aheadNs: number): HeldPacket[] {
  const of = sides(packets);
  return inTime(packets.map((p, i) => (of[i] === true ? { ...p, timeNs: p.timeNs + aheadNs } : p)));
}

function cutTo(snaplen: number): Each {
  return (packet) => ({ ...packet, bytes: packet.bytes.slice(0, snaplen) });
}

/** From and until so many percent of the capture's time. */
function part(packets: readonly HeldPacket[], from: number, until: number): HeldPacket[] {
  const first = packets[0].timeNs;
  const span = packets[packets.length - 1].timeNs - first;
  return packets.filter(({ timeNs }) => {
    const percent = ((timeNs - first) / span) * 100;
    return percent >= from && percent <= until;
  });
}

/** What is no TCP nobody sent: the capture of one direction of a link has it or not; here it has. */
function oneSide(packets: readonly HeldPacket[], initiator: boolean): HeldPacket[] {
  const of = sides(packets);
  return packets.filter((_, i) => of[i] !== !initiator);
}

/** Of each packet whether the initiator sent it: who opened the connection, else who speaks to the lower port. */
export function sides(packets: readonly HeldPacket[]): (boolean | undefined)[] {
  const opened = new Set<string>();
  return packets.map((packet) => {
    const at = ipAt(packet);
    if (at < 0) return undefined;
    const { bytes } = packet;
    const four = bytes[at] >> 4 === 4;
    const protocol = bytes[at + (four ? 9 : 6)];
    const begin = at + (four ? (bytes[at] & 15) * 4 : 40);
    if ((protocol !== 6 && protocol !== 17) || bytes.length < begin + 4) return undefined;
    const [from, to] = four ? [at + 12, at + 16] : [at + 8, at + 24];
    const length = four ? 4 : 16;
    const source = `${bytes.slice(from, from + length)}:${word(bytes, begin)}`;
    const target = `${bytes.slice(to, to + length)}:${word(bytes, begin + 2)}`;
    if (protocol === 6 && (bytes[begin + 13] & 0x12) === 2) opened.add(`${source}>${target}`);
    if (opened.has(`${source}>${target}`)) return true;
    if (opened.has(`${target}>${source}`)) return false;
    return word(bytes, begin + 2) < word(bytes, begin);
  });
}
