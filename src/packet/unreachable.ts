// What routers and hosts say of TCP packets that did not get there: ICMP destination unreachable and time
// exceeded (RFC 792, RFC 4443), by the two ends of the packet that they quote. Rare, so nothing here is hot.

import { addressText, endText } from '../lib/address.js';
import { UNREACHABLES_MAX } from '../limits.js';
import { get } from '../wire/field.js';
import {
  ICMP_BYTES,
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_TIME_EXCEEDED,
  ICMP_TIME_EXCEEDED_NAMES,
  ICMP_UNREACHABLE,
  ICMP_UNREACHABLE_NAMES,
  ICMPV6_TIME_EXCEEDED,
  ICMPV6_TIME_EXCEEDED_NAMES,
  ICMPV6_UNREACHABLE,
  ICMPV6_UNREACHABLE_NAMES,
  icmp,
} from '../wire/net/icmp.js';
import { IPV4_BYTES_MIN, IpProtocol, ipv4 } from '../wire/net/ipv4.js';
import { IPV6_BYTES, ipv6 } from '../wire/net/ipv6.js';
import { tcp } from '../wire/net/tcp.js';
import type { Walk } from './walk.js';

const FRAMES_KEPT = 20;
/** An error quotes eight bytes of what follows the IP header at least (RFC 792): the ports stand in the first four. */
const PORTS_BYTES = 4;

/** What one machine said of packets from one address to another's port. Times in ns since the first packet. */
export interface Unreachable {
  /** Who sent them (address), where to (address and port), and who says that they did not get there (address). */
  readonly from: string;
  readonly to: string;
  readonly by: string;
  /** As the standard calls it: `host unreachable`, `communication administratively prohibited`. */
  readonly reason: string;
  count: number;
  readonly frames: number[];
  readonly firstNs: number;
  lastNs: number;
}

/** Invariant: an entry for each four of ends, speaker and reason, and at most UNREACHABLES_MAX of each map. */
export class Unreachables {
  readonly all: Map<string, Unreachable> = new Map();
  /** "Fragmentation needed" (RFC 1191) and "packet too big" (RFC 4443 3.2): the way is open for smaller ones. */
  readonly tooBig: Map<string, Unreachable> = new Map();

  /** An ICMP message at `w.at`, eight bytes of which are there. */
  icmp(w: Walk, timeNs: number, frame: number): void {
    const type = get(w.view, w.at, icmp.type);
    const code = get(w.view, w.at, icmp.code);
    if (type === ICMP_UNREACHABLE && code !== ICMP_FRAGMENTATION_NEEDED) {
      this.#add(w, ICMP_UNREACHABLE_NAMES[code], timeNs, frame);
    } else if (type === ICMP_TIME_EXCEEDED) {
      this.#add(w, ICMP_TIME_EXCEEDED_NAMES[code], timeNs, frame);
    }
  }

  /** The same for ICMPv6. */
  icmpv6(w: Walk, timeNs: number, frame: number): void {
    const code = get(w.view, w.at, icmp.code);
    const type = get(w.view, w.at, icmp.type);
    if (type === ICMPV6_UNREACHABLE) this.#add(w, ICMPV6_UNREACHABLE_NAMES[code], timeNs, frame);
    else if (type === ICMPV6_TIME_EXCEEDED) {
      this.#add(w, ICMPV6_TIME_EXCEEDED_NAMES[code], timeNs, frame);
    }
  }

  /** That a packet was too big, of either version, at `w.at`. */
  big(w: Walk, timeNs: number, frame: number): void {
    this.#add(w, 'packet too big', timeNs, frame, this.tooBig);
  }

  #add(
    w: Walk,
    reason: string | undefined,
    timeNs: number,
    frame: number,
    all: Map<string, Unreachable> = this.all,
  ): void {
    const ends = quotedEnds(w.view, w.at + ICMP_BYTES, w.end);
    if (reason === undefined || ends === undefined) return;
    const { srcA, srcB, srcC, srcD } = w.segment;
    const by = addressText(srcA, srcB, srcC, srcD);
    const key = `${ends.from} ${ends.to} ${by} ${reason}`;
    let one = all.get(key);
    if (one === undefined) {
      if (all.size >= UNREACHABLES_MAX) return;
      one = { ...ends, by, reason, count: 0, frames: [], firstNs: timeNs, lastNs: timeNs };
      all.set(key, one);
    }
    one.count++;
    one.lastNs = timeNs;
    if (one.frames.length < FRAMES_KEPT) one.frames.push(frame);
  }
}

/** The ends of the TCP packet quoted at `at`; undefined where it is none, or was not captured so far. */
function quotedEnds(
  view: DataView,
  at: number,
  end: number,
): Pick<Unreachable, 'from' | 'to'> | undefined {
  if (at + IPV4_BYTES_MIN > end) return undefined;
  const six = get(view, at, ipv4.version) === 6;
  if (six && at + IPV6_BYTES > end) return undefined;
  const protocol = get(view, at, six ? ipv6.nextHeader : ipv4.protocol);
  const ports = at + (six ? IPV6_BYTES : get(view, at, ipv4.headerLength) * 4);
  if (protocol !== IpProtocol.tcp || ports + PORTS_BYTES > end) return undefined;
  const address = (byte: number) => {
    const word = (i: number) => view.getUint32(at + byte + i * 4);
    return six
      ? addressText(word(0), word(1), word(2), word(3))
      : addressText(0, 0, 0xffff, word(0));
  };
  const { source, destination } = six ? ipv6 : ipv4;
  const port = get(view, ports, tcp.destinationPort);
  return { from: address(source.byte), to: endText(address(destination.byte), port) };
}
