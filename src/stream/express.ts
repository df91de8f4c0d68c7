// hot: no allocation per packet
// The express road: a packet of a connection that is known, with the next bytes in line or an ACK of
// something new, and nothing odd about it. More than nine in ten are of this kind, so they go from
// the captured bytes to the facts in one step, without a Segment. It asks everything before it
// changes anything: what it does not take is the other roads' (stage.ts) as if it had not looked, and
// a test proves that all tell the same.

import type { Packet } from '../capture/packet.js';
import { Segment } from '../packet/segment.js';
import { EtherType } from '../wire/net/ethernet.js';
import { IpProtocol } from '../wire/net/ipv4.js';
import { LinkType } from '../wire/net/linktype.js';
import { type Half, WINDOW_UNKNOWN } from './half.js';
import type { Holes } from './holes.js';
import type { Lifecycle } from './lifecycle.js';
import type { Mirror } from './mirror.js';
import { type Observer, windowBytes } from './observe.js';
import type { Teller } from './teller.js';

/** Ethernet, IPv4 and TCP without options. */
const BYTES_MIN = 54;
const ETHERNET_BYTES = 14;
const IPV4_BYTES = 20;
/** The first byte of IPv4 without options. */
const VERSION_4_NO_OPTIONS = 0x45;
/** More Fragments, and the fragment's offset. */
const FRAGMENT = 0x3fff;
const TCP_WORDS = 5;
/** In the fourth word of TCP: ACK, and all flags that leave this road (URG, RST, SYN, FIN). */
const ACK = 0x10_0000;
const ODD_OR_ACK = 0x37_0000;
/** Directions found by their ends at once. */
const PLACES = 256;

export class Express {
  private readonly teller: Teller;
  private readonly holes: Holes;
  private readonly life: Lifecycle;
  private readonly observer: Observer;
  private readonly mirror: Mirror;
  /** Each direction in the place that its ends name; the last of those that share one. */
  private readonly places: (Half | undefined)[] = new Array(PLACES).fill(undefined);
  /** What the observer wants to know of a packet. */
  private readonly ack = new Segment();

  constructor(teller: Teller, holes: Holes, life: Lifecycle, observer: Observer, mirror: Mirror) {
    this.teller = teller;
    this.holes = holes;
    this.life = life;
    this.observer = observer;
    this.mirror = mirror;
  }

  /** Packets like this one, of `h`, may come this way from now on. */
  admit(h: Half, s: Segment): void {
    if (s.srcC !== 0xffff || s.srcB !== 0 || s.srcA !== 0) return;
    h.src = s.srcD;
    h.dst = s.dstD;
    h.ports = (s.srcPort << 16) | s.dstPort;
    this.places[placeOf(h.ports, h.src)] = h;
  }

  /** True where the packet was taken; else nothing has changed. */
  take(packet: Packet): boolean {
    const captured = packet.capturedLength;
    if (captured < BYTES_MIN || packet.linkType !== LinkType.ethernet) return false;
    const view = packet.view;
    const at = packet.offset;
    const ip = at + ETHERNET_BYTES;
    const head = view.getInt32(ip);
    if (head >>> 24 !== VERSION_4_NO_OPTIONS) return false;
    if (view.getUint16(ip - 2) !== EtherType.ipv4) return false;
    const identity = view.getInt32(ip + 4);
    const life = view.getUint16(ip + 8);
    if ((identity & FRAGMENT) !== 0 || (life & 0xff) !== IpProtocol.tcp) return false;
    const tcp = ip + IPV4_BYTES;
    const src = view.getInt32(ip + 12);
    const ports = view.getInt32(tcp);
    const h = this.places[placeOf(ports, src)];
    if (h === undefined || h.ports !== ports || h.src !== src) return false;
    if (h.dst !== view.getInt32(ip + 16) || h.ttl !== life >> 8 || !h.plain) return false;
    const control = view.getInt32(tcp + 12);
    const payload = tcp + ((control >>> 28) << 2);
    const wire = ip + (head & 0xffff);
    const end = at + captured;
    if ((control & ODD_OR_ACK) !== ACK || control >>> 28 < TCP_WORDS) return false;
    if (payload > wire || payload > end || wire > at + packet.originalLength) return false;
    const seq = view.getInt32(tcp + 4);
    const ack = view.getInt32(tcp + 8);
    const length = wire - payload;
    const there = wire < end ? length : end - payload;
    const timeNs = packet.timeNs;
    if (!this.easy(h, seq, ack, control & 0xffff, length, there, timeNs)) return false;
    const idWindow = (identity & 0xffff0000) | (control & 0xffff);
    const lengthFlags = (length << 8) | ((control >>> 16) & 0xff);
    this.mirror.note(seq, ack, ports, idWindow, lengthFlags, src, h.dst, timeNs);
    this.seen(h, identity >>> 16, timeNs, packet.frame);
    const p = h.peer;
    if (((ack - p.acked) | 0) > 0) this.acknowledge(h, p, ack, length, packet);
    if ((control & 0xffff) !== h.windowRaw) {
      h.windowRaw = control & 0xffff;
      h.windowBytes = windowBytes(h, p, control & 0xffff);
    }
    if (length > 0) {
      inLine(h, p, length, timeNs, packet.frame);
      if (length < h.indifferent) this.teller.count(h, there, length, packet.frame, timeNs);
      else {
        const { bytes, frame } = packet;
        this.teller.give(h, bytes, view, payload, there, length, timeNs, frame, timeNs);
      }
    } else {
      h.newAck = ack;
      h.newAckId = identity >>> 16;
    }
    return true;
  }

  /** Bytes that are next, or an ACK of something new; nothing waits, and no window is closed. */
  private easy(
    h: Half,
    seq: number,
    ack: number,
    window: number,
    length: number,
    there: number,
    timeNs: number,
  ): boolean {
    const p = h.peer;
    const news = ((ack - p.acked) | 0) > 0;
    if (((ack - p.next) | 0) > 0 || h.link.waiting) return false;
    if (length > 0) {
      // The first cut is put into words.
      if (seq !== h.next || h.pool.count > 0 || (there < length && h.facts.cutGaps === 0))
        return false;
      if (h.ackKnown && ((h.acked - seq) | 0) > 0) return false;
    } else if (!news || ((seq - h.highest) | 0) === -1) return false;
    if (window !== h.windowRaw && (window === 0 || h.zeroNs >= 0)) return false;
    if (p.fullNs >= 0 && (news || window !== h.windowRaw)) return false;
    return timeNs < this.holes.deadlineNs && timeNs < this.life.deadlineNs;
  }

  private seen(h: Half, ipId: number, timeNs: number, frame: number): void {
    const c = h.link.connection;
    c.lastNs = timeNs;
    c.lastFrame = frame;
    const facts = h.facts;
    facts.packets++;
    facts.lastNs = timeNs;
    if (ipId !== h.ipId) {
      if (h.ipId >= 0) h.ipIdVaries = true;
      h.ipId = ipId;
    }
  }

  private acknowledge(h: Half, p: Half, ack: number, length: number, packet: Packet): void {
    p.acked = ack;
    if (p.dupAcks !== 0) {
      p.dupAcks = 0;
      p.sacked = false;
    }
    const sentNs = p.log.take(ack);
    if (p.log.taken === 0) return;
    const s = this.ack;
    s.ack = ack;
    s.payloadLength = length;
    s.timeNs = packet.timeNs;
    s.frame = packet.frame;
    this.observer.roundTrip(p, h, s, sentNs);
  }
}

/** The facts of `length` bytes that are next in line. */
export function inLine(h: Half, p: Half, length: number, timeNs: number, frame: number): void {
  const facts = h.facts;
  const end = (h.next + length) | 0;
  h.next = end;
  h.highest = end;
  facts.dataSegments++;
  facts.payloadBytes += length;
  if (length > facts.payloadMax) facts.payloadMax = length;
  if (length > h.superAbove) facts.superFrames++;
  h.log.push(end, timeNs);
  const flight = (end - h.acked) | 0;
  if (flight > facts.flightMax) facts.flightMax = flight;
  if (flight >= p.windowBytes && h.fullNs < 0 && p.windowBytes !== WINDOW_UNKNOWN) {
    h.fullNs = timeNs;
    h.fullFrame = frame;
    facts.windowFulls++;
  }
}

function placeOf(ports: number, src: number): number {
  return Math.imul(ports ^ (src << 4), 0x9e3779b1) >>> 24;
}
