// hot: no allocation per packet
// The express road: a packet of a connection that is known, with the next bytes in line or an ACK of
// something new, and nothing odd about it. More than nine in ten are of this kind, so they go from
// the captured bytes to the facts in one step, without a Segment. It asks everything before it
// changes anything: what it does not take is the other roads' (stage.ts) as if it had not looked, and
// a test proves that all tell the same.

import type { PlainSink } from '../capture/packet.js';
import { POOL_BYTES_TOTAL, SEQUENCE_JUMP_BYTES } from '../limits.js';
import { Segment } from '../packet/segment.js';
import { EtherType } from '../wire/net/ethernet.js';
import { IpProtocol } from '../wire/net/ipv4.js';
import type { Teller } from './delivery.js';
import type { Mirror } from './duplicate-packets.js';
import { type Half, WINDOW_UNKNOWN } from './half-connection.js';
import type { Lifecycle } from './lifecycle.js';
import { type Observer, windowBytes } from './observe.js';
import type { Holes } from './reassembly.js';
import { full } from './sequence.js';

/** Ethernet with at most one tag, IPv4 without options or IPv6 without extension headers, and TCP. */
const BYTES_MIN = 54;
const ETHERNET_BYTES = 14;
const IPV4_BYTES = 20;
/** The first byte of IPv4 without options. */
const VERSION_4_NO_OPTIONS = 0x45;
/** More Fragments, and the fragment's offset. */
const FRAGMENT = 0x3fff;
const TCP_WORDS = 5;
/** With timestamps. */
const TCP_WORDS_USUAL = 8;
const TCP_BYTES = 20;
const IPV6_BYTES = 40;
const TAG_BYTES = 4;
/** In the fourth word of TCP: ACK, and all flags that leave this road (URG, RST, SYN, FIN). */
const ACK = 0x10_0000;
const ODD_OR_ACK = 0x37_0000;
/** Directions found by their ends at once. */
const PLACES = 256;

export class Express implements PlainSink {
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
    if (s.srcC !== 0xffff || s.srcB !== 0 || s.srcA !== 0) h.ends ??= endsOf(s);
    h.src = s.srcD;
    h.dst = s.dstD;
    h.ports = (s.srcPort << 16) | s.dstPort;
    this.places[placeOf(h.ports, h.src)] = h;
  }

  /**
   * A packet of Ethernet at `at`: true where it was taken, else nothing has changed. One function, for
   * a call costs more than most of what is asked here.
   */
  take(
    bytes: Uint8Array,
    view: DataView,
    at: number,
    captured: number,
    original: number,
    timeNs: number,
    frame: number,
  ): boolean {
    if (captured < BYTES_MIN) return false;
    const end = at + captured;
    let ip = at + ETHERNET_BYTES;
    let type = view.getUint16(ip - 2);
    if (type === EtherType.vlan && captured >= BYTES_MIN + TAG_BYTES) {
      ip += TAG_BYTES;
      type = view.getUint16(ip - 2);
    }
    const head = view.getInt32(ip);
    const second = view.getInt32(ip + 4);
    let tcp = ip + IPV4_BYTES;
    let wire = ip + (head & 0xffff);
    let source = ip + 12;
    let hopsProtocol = view.getUint16(ip + 8);
    let ipId = second >>> 16;
    if (type === EtherType.ipv4) {
      if (head >>> 24 !== VERSION_4_NO_OPTIONS || (second & FRAGMENT) !== 0) return false;
    } else {
      if (type !== EtherType.ipv6 || head >>> 28 !== 6 || end - ip < IPV6_BYTES + TCP_BYTES)
        return false;
      tcp = ip + IPV6_BYTES;
      wire = tcp + ipId;
      source = ip + 20;
      hopsProtocol = ((second & 0xff) << 8) | ((second >>> 8) & 0xff);
      ipId = 0;
    }
    if ((hopsProtocol & 0xff) !== IpProtocol.tcp) return false;
    const src = view.getInt32(source);
    const ports = view.getInt32(tcp);
    const h = this.places[placeOf(ports, src)];
    if (h === undefined || h.ports !== ports || h.src !== src) return false;
    if (h.ttl !== hopsProtocol >>> 8 || !h.plain) return false;
    if (type === EtherType.ipv4) {
      if (h.dst !== view.getInt32(ip + 16) || h.ends !== undefined) return false;
    } else if (!isBetween(h, view, ip + 8)) return false;
    const control = view.getInt32(tcp + 12);
    const payload = tcp + ((control >>> 28) << 2);
    if ((control & ODD_OR_ACK) !== ACK || control >>> 28 < TCP_WORDS) return false;
    // An ACK with SACK blocks is read. Without timestamps one block is no longer than they are.
    if (control >>> 28 > TCP_WORDS_USUAL && wire === payload) return false;
    if (h.peer.karnSet && control >>> 28 > TCP_WORDS && wire === payload) return false;
    if (payload > wire || payload > end || wire > at + original) return false;
    const seq = view.getInt32(tcp + 4);
    const ack = view.getInt32(tcp + 8);
    const window = control & 0xffff;
    const length = wire - payload;
    const there = wire < end ? length : end - payload;
    // Bytes that are next, or an ACK of something new; nothing waits, and no window is closed.
    const p = h.peer;
    const { facts, link } = h;
    const news = ((ack - p.acked) | 0) > 0;
    if (((ack - p.next) | 0) > 0 || link.waiting) return false;
    const { pool } = h;
    if (length > 0) {
      if (h.ackKnown && ((h.acked - seq) | 0) > 0) return false;
      if (pool.count > 0) {
        if (!this.behind(h, p, seq, there, timeNs)) return false;
        // The first cut is put into words.
      } else if (seq !== h.next || (there < length && facts.cutGaps === 0)) return false;
    } else if (!news || ((seq - h.highest) | 0) === -1) return false;
    if (window !== h.windowRaw && (window === 0 || h.zeroNs >= 0)) return false;
    if (p.fullNs >= 0 && (news || window !== h.windowRaw)) return false;
    if (timeNs >= this.holes.deadlineNs || timeNs >= this.life.deadlineNs) return false;

    this.mirror.note(
      seq,
      ack,
      ports,
      (ipId << 16) | window,
      (length << 8) | ((control >>> 16) & 0xff),
      src,
      h.dst,
      timeNs,
    );
    const c = link.connection;
    c.lastNs = timeNs;
    c.lastFrame = frame;
    facts.packets++;
    facts.lastNs = timeNs;
    if (ipId !== h.ipId) {
      if (h.ipId >= 0) h.ipIdVaries = true;
      h.ipId = ipId;
    }
    if (news) this.acknowledge(h, p, ack, length, timeNs, frame);
    if (window !== h.windowRaw) {
      h.windowRaw = window;
      h.windowBytes = windowBytes(h, p, window);
    }
    if (length === 0) {
      h.newAck = ack;
      h.newAckId = ipId;
      return true;
    }
    if (pool.count > 0) {
      pool.append(seq, length, there, view, payload, ack, timeNs, frame);
      h.lastDataNs = timeNs;
      sent(h, p, seq, length, timeNs, frame);
      return true;
    }
    inLine(h, p, length, timeNs, frame);
    if (length < h.indifferent) this.teller.count(h, there, length, frame, timeNs);
    else this.teller.give(h, bytes, view, payload, there, length, timeNs, frame, timeNs);
    return true;
  }

  /** A hole is open, nothing yet proves that it stays, and these bytes go on where the last ended. */
  private behind(h: Half, p: Half, seq: number, there: number, timeNs: number): boolean {
    const { pool } = h;
    const head = pool.head();
    const ahead = (seq - h.next) | 0;
    if (seq !== h.highest || seq !== pool.end() || ahead > SEQUENCE_JUMP_BYTES) return false;
    if (((head.seq - h.next) | 0) <= 0 || p.facts.lastNs < head.openedNs) return false;
    if (((h.acked - h.next) | 0) > 0 || ((p.acked - p.next) | 0) > 0) return false;
    if (p.zeroNs >= 0 || h.finSeen || timeNs < head.openedNs) return false;
    return !full(pool, there) && this.holes.memory.lent + there <= POOL_BYTES_TOTAL;
  }

  private acknowledge(
    h: Half,
    p: Half,
    ack: number,
    length: number,
    timeNs: number,
    frame: number,
  ): void {
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
    s.timeNs = timeNs;
    s.frame = frame;
    this.observer.roundTrip(p, h, s, sentNs);
  }
}

/** The facts of `length` bytes that are next in line. */
export function inLine(h: Half, p: Half, length: number, timeNs: number, frame: number): void {
  const seq = h.next;
  h.next = (seq + length) | 0;
  sent(h, p, seq, length, timeNs, frame);
}

/** The facts of `length` bytes from `seq` on, where all that came so far ended. */
function sent(h: Half, p: Half, seq: number, length: number, timeNs: number, frame: number): void {
  const facts = h.facts;
  const end = (seq + length) | 0;
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

/** Both addresses of IPv6, as they stand in its header. */
function endsOf(s: Segment): Int32Array {
  return Int32Array.of(s.srcA, s.srcB, s.srcC, s.srcD, s.dstA, s.dstB, s.dstC, s.dstD);
}

/** True where the two addresses of IPv6 at `at` are those of `h`. */
function isBetween(h: Half, view: DataView, at: number): boolean {
  const { ends } = h;
  if (ends === undefined) return false;
  for (let i = 0; i < 8; i++) if (ends[i] !== view.getInt32(at + 4 * i)) return false;
  return true;
}

function placeOf(ports: number, src: number): number {
  return Math.imul(ports ^ (src << 4), 0x9e3779b1) >>> 24;
}
