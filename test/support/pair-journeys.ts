// What became of each packet of a recording between two points: when it passed each, or that the way lost it; and
// what TCP sent again. The recording is the host's. What is sent again stops its connection for so long that
// causes stay before their effects.

import { bare, before, changed, type TcpPacket, tcpPacket } from './pair-packet.js';

/** A packet of the recording. */
export interface Travelled {
  readonly timeNs: number;
  readonly bytes: Uint8Array;
  readonly originalLength: number;
}

export interface Ways {
  readonly seed: number;
  /** How much slower than recorded: answers must take longer than the ways. */
  readonly slower: number;
  /** One-way times, each with up to `jitterNs` more, and one in `spikeEvery` with `spikeNs` more. */
  readonly outNs: number;
  readonly backNs: number;
  readonly jitterNs?: number;
  readonly spikeNs?: number;
  readonly spikeEvery?: number;
  /** What is sent first arrives first. */
  readonly inOrder?: boolean;
  /** Shares of segments with data that are lost on either way, and of those without. */
  readonly lossOut?: number;
  readonly lossBack?: number;
  readonly lossBare?: number;
}

/** A packet on the wire. */
export interface Piece {
  readonly hostNs: number;
  readonly arrayNs: number;
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  readonly out: boolean;
  /** Of payload that TCP counts. */
  readonly data: number;
  readonly lost: boolean;
  readonly isTcp: boolean;
}

/** Bytes that wait to be sent again. */
interface Recovery {
  readonly out: boolean;
  readonly lost: TcpPacket[];
}

interface Flow {
  stallNs: number;
  /** What went out and is not acknowledged: where it ends, and when the host sent it. */
  readonly open: { readonly end: number; readonly hostNs: number }[];
  recovery: Recovery | undefined;
  /** The last segment without data of either direction. */
  readonly bare: (TcpPacket | undefined)[];
}

const RTO_NS = 250e6;
const RUN_MAX = 4;
const SOON_NS = 10_000;
const CONTROL = 0x07;

export function journeys(packets: readonly Travelled[], ways: Ways, random: () => number): Piece[] {
  const maker = new Journeys(ways, random, initiators(packets));
  for (const packet of packets) maker.packet(packet);
  const pieces = maker.pieces.sort((a, b) => a.hostNs - b.hostNs);
  return ways.inOrder ? inOrder(pieces) : pieces;
}

function inOrder(pieces: readonly Piece[]): Piece[] {
  const arrived = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return pieces.map((piece) => {
    const way = piece.out ? 0 : 1;
    const arrayNs = Math.max(piece.arrayNs, arrived[way] + 1);
    arrived[way] = arrayNs;
    return { ...piece, arrayNs };
  });
}

/** Who opens connections, and is not asked for one before; else who sent the first packet. */
function initiators(packets: readonly Travelled[]): ReadonlySet<string> {
  const found = new Set<string>();
  const asked = new Set<string>();
  for (const { bytes } of packets) {
    const tcp = tcpPacket(bytes);
    if (tcp === undefined || (tcp.flags & 0x12) !== 2) continue;
    const from = addressOf(bytes);
    if (!asked.has(from)) found.add(from);
    asked.add(bytes.subarray(30, 34).join('.'));
  }
  const ip = packets.find(({ bytes }) => bytes[12] === 8 && bytes[13] === 0);
  if (found.size === 0) found.add(addressOf((ip ?? packets[0]).bytes));
  return found;
}

function addressOf(bytes: Uint8Array): string {
  return bytes.subarray(26, 30).join('.');
}

class Journeys {
  readonly pieces: Piece[] = [];
  readonly #ways: Ways;
  readonly #random: () => number;
  readonly #initiators: ReadonlySet<string>;
  readonly #flows = new Map<string, Flow>();
  #roceOutNs = Number.NEGATIVE_INFINITY;

  constructor(ways: Ways, random: () => number, initiators: ReadonlySet<string>) {
    this.#ways = ways;
    this.#random = random;
    this.#initiators = initiators;
  }

  packet(packet: Travelled): void {
    const out = this.#initiators.has(addressOf(packet.bytes));
    const tcp = tcpPacket(packet.bytes);
    const flow = this.#flow(tcp?.connection ?? '');
    const atNs = packet.timeNs * this.#ways.slower + 1e9;
    if (tcp === undefined) {
      this.#other(packet, flow, atNs, out);
      return;
    }
    const { recovery } = flow;
    if (recovery !== undefined && this.#ends(recovery, tcp, out))
      this.#recover(flow, recovery, atNs);
    if (!out) this.#waitForAnswer(flow, tcp, atNs);
    const ns = atNs + flow.stallNs;
    // SYN and FIN take a number, too.
    const space = tcp.length + ((tcp.flags & 3) !== 0 ? 1 : 0);
    if (out && space > 0) flow.open.push({ end: (tcp.seq + space) >>> 0, hostNs: ns });
    if (tcp.length === 0 || (tcp.flags & CONTROL) !== 0) {
      if ((tcp.flags & CONTROL) === 0) flow.bare[out ? 0 : 1] = tcp;
      const lost = (tcp.flags & CONTROL) === 0 && this.#random() < (this.#ways.lossBare ?? 0);
      this.#put(packet, ns, out, tcp.length, lost, true);
      return;
    }
    this.#data(packet, tcp, flow, ns, out);
  }

  #data(packet: Travelled, tcp: TcpPacket, flow: Flow, ns: number, out: boolean): void {
    const { recovery } = flow;
    if (recovery !== undefined) {
      const also = recovery.out === out && recovery.lost.length < RUN_MAX && this.#random() < 0.2;
      if (also) recovery.lost.push(tcp);
      this.#put(packet, ns, out, tcp.length, also, true);
      if (!also && recovery.out === out) this.#duplicateAck(flow, recovery, ns);
      return;
    }
    const lost = this.#random() < ((out ? this.#ways.lossOut : this.#ways.lossBack) ?? 0);
    this.#put(packet, ns, out, tcp.length, lost, true);
    if (!lost) return;
    flow.recovery = { out, lost: [tcp] };
    if (this.#random() < 0.5) return;
    // Nothing follows: the timer mends it.
    flow.stallNs += RTO_NS * (1 + this.#random());
    this.#sendAgain(flow, flow.recovery, ns + RTO_NS);
  }

  /** An answer that the recording has sooner than the ways take comes later, and all behind it. */
  #waitForAnswer(flow: Flow, tcp: TcpPacket, atNs: number): void {
    let sentNs = Number.NEGATIVE_INFINITY;
    while (flow.open.length > 0 && tcp.ack >= 0 && !before(tcp.ack, flow.open[0].end)) {
      sentNs = Math.max(sentNs, flow.open[0].hostNs);
      flow.open.shift();
    }
    const earliestNs = sentNs + this.#roundTripNs() + SOON_NS;
    flow.stallNs = Math.max(flow.stallNs, earliestNs - atNs);
  }

  /** What answers the lost bytes, or ends the connection. */
  #ends(recovery: Recovery, tcp: TcpPacket, out: boolean): boolean {
    if ((tcp.flags & CONTROL) !== 0) return true;
    const [first] = recovery.lost;
    return recovery.out !== out && tcp.ack >= 0 && before(first.seq, tcp.ack);
  }

  #recover(flow: Flow, recovery: Recovery, atNs: number): void {
    const ns = atNs + flow.stallNs;
    flow.stallNs += this.#roundTripNs() + 2e6;
    this.#sendAgain(flow, recovery, ns + SOON_NS);
  }

  #roundTripNs(): number {
    const { outNs, backNs, jitterNs = 0, spikeNs = 0 } = this.#ways;
    return outNs + backNs + 2 * (jitterNs + spikeNs);
  }

  /** At the host `ns` is when it leaves, or comes. */
  #sendAgain(flow: Flow, { out, lost }: Recovery, ns: number): void {
    flow.recovery = undefined;
    for (const [i, tcp] of lost.entries()) {
      const ipId = Math.floor(this.#random() * 65_536);
      const bytes = changed(tcp, { ipId, timestampBy: 1 });
      const originalLength = Math.max(bytes.length, tcp.payloadAt + tcp.length);
      if (out) flow.open.unshift({ end: (tcp.seq + tcp.length) >>> 0, hostNs: ns + i * SOON_NS });
      this.#put(
        { timeNs: 0, bytes, originalLength },
        ns + i * SOON_NS,
        out,
        tcp.length,
        false,
        true,
      );
    }
  }

  #duplicateAck(flow: Flow, { out, lost }: Recovery, ns: number): void {
    const like = flow.bare[out ? 1 : 0];
    if (like === undefined) return;
    const ipId = Math.floor(this.#random() * 65_536);
    const of = tcpPacket(bare(like));
    if (of === undefined) return;
    const bytes = changed(of, { ack: lost[0].seq, ipId });
    const later = out ? this.#roundTripNs() : 0;
    this.#put(
      { timeNs: 0, bytes, originalLength: bytes.length },
      ns + later + SOON_NS,
      !out,
      0,
      false,
      true,
    );
  }

  /** No TCP: RoCE sends again what was lost, all else is never lost. */
  #other(packet: Travelled, flow: Flow, atNs: number, out: boolean): void {
    const { bytes } = packet;
    // Of a reliable connection: its operation codes are the first 32.
    const roce = bytes[23] === 17 && ((bytes[36] << 8) | bytes[37]) === 4791 && bytes[42] < 32;
    const soonestNs = this.#roceOutNs + this.#roundTripNs() + SOON_NS;
    if (roce && !out) flow.stallNs = Math.max(flow.stallNs, soonestNs - atNs);
    const share = (out ? this.#ways.lossOut : this.#ways.lossBack) ?? 0;
    const lost = roce && packet.originalLength > 120 && this.#random() < share;
    if (lost) {
      this.#put(packet, atNs + flow.stallNs, out, packet.originalLength, true, roce);
      flow.stallNs += RTO_NS;
    }
    if (roce && out) this.#roceOutNs = atNs + flow.stallNs;
    this.#put(packet, atNs + flow.stallNs, out, roce ? packet.originalLength : 0, false, roce);
  }

  #put(
    { bytes, originalLength }: Travelled,
    hostNs: number,
    out: boolean,
    data: number,
    lost: boolean,
    isTcp: boolean,
  ): void {
    const arrayNs = out ? hostNs + this.#wayNs(true) : hostNs - this.#wayNs(false);
    this.pieces.push({ hostNs, arrayNs, bytes, originalLength, out, data, lost, isTcp });
  }

  #wayNs(out: boolean): number {
    const { outNs, backNs, jitterNs = 0, spikeNs = 0, spikeEvery = 1 } = this.#ways;
    const spike = spikeNs > 0 && this.#random() * spikeEvery < 1 ? spikeNs : 0;
    return (out ? outNs : backNs) + this.#random() * jitterNs + spike;
  }

  #flow(key: string): Flow {
    let flow = this.#flows.get(key);
    if (flow === undefined) {
      flow = { stallNs: 0, open: [], recovery: undefined, bare: [undefined, undefined] };
      this.#flows.set(key, flow);
    }
    return flow;
  }
}
