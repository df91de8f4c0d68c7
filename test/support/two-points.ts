// One recording made into two: what a point at the host and one at the array would have captured of it,
// with one-way times, clocks, losses and drops that are known. Used by tests of sanscope points.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCapture } from './capture.js';
import { type CapturedPacket, pcapFile } from './pcap-writer.js';
import { temporaryFolder } from './temporary.js';

export interface TwoPoints {
  /** One-way times, each with up to `jitterNs` more. */
  readonly outNs: number;
  readonly backNs: number;
  readonly jitterNs?: number;
  /** The array's clock against the host's: at the start, its drift, and a step behind half of the time. */
  readonly offsetNs: number;
  readonly driftPpm?: number;
  readonly stepNs?: number;
  /** Shares of packets that a capture misses. */
  readonly missedByHost?: number;
  readonly missedByArray?: number;
  /** Every so many data packets of the host are lost on the way out and sent again 30 ms later (0: none). */
  readonly lostEvery?: number;
  /** Times are changed, not packets: a point behind address translation. */
  readonly translate?: boolean;
  readonly snaplen?: number;
  /** Packets of the array's capture that are left out at its begin. */
  readonly skipAtArray?: number;
  /** How much slower than the recording: answers must take longer than the ways. */
  readonly slower?: number;
  /** The host's adapter cuts segments: its capture has super-frames. */
  readonly superFrames?: boolean;
  /** The array's capture has nothing of this part of the time. */
  readonly gapAtArray?: readonly [from: number, to: number];
  /** The array's capture has only what comes from the host. */
  readonly onlyOutAtArray?: boolean;
}

export interface TwoPointsTruth {
  readonly host: string;
  readonly array: string;
  readonly lostOut: number;
  readonly missedByHost: number;
  readonly missedByArray: number;
  readonly stepAtNs: number;
  readonly packets: number;
}

const RESEND_NS = 300e6;

/** The recording is slowed down, so that the added ways are short beside every answer's time in it. */
const SLOWER = 100;
/** Acknowledgment number. */
const FIXED_AT = 8;

/** `capture`: a recording whose initiator is the sender of its first TCP packet. */
export async function twoPoints(capture: string, wanted: TwoPoints): Promise<TwoPointsTruth> {
  const { packets } = await readCapture([capture]);
  const random = generator(1);
  const slower = wanted.slower ?? SLOWER;
  const host: CapturedPacket[] = [];
  const array: CapturedPacket[] = [];
  const first = packets.find(({ bytes }) => carries(bytes));
  const initiator = sender((first ?? packets[0]).bytes);
  const span = packets[packets.length - 1].timeNs * slower;
  const stepAtNs = span / 2;
  const truth = { lostOut: 0, missedByHost: 0, missedByArray: 0 };
  let later = 0;
  let data = 0;
  // The recording is the host's: times there are as they were, but for what waits for a loss.
  for (const packet of packets) {
    const bytes = Uint8Array.from(packet.bytes);
    const out = sender(bytes) === initiator;
    const hostNs = packet.timeNs * slower + later + 1e9;
    const way = () =>
      out
        ? wanted.outNs + random() * (wanted.jitterNs ?? 0)
        : -(wanted.backNs + random() * (wanted.jitterNs ?? 0));
    const arrayTime = (atHost: number) => {
      const truly = atHost + way();
      const drift = ((wanted.driftPpm ?? 0) / 1e6) * truly;
      const step = truly - 1e9 - later >= stepAtNs ? (wanted.stepNs ?? 0) : 0;
      return Math.round(truly + wanted.offsetNs + drift + step);
    };
    const original = packet.originalLength;
    const there = wanted.translate ? translated(bytes) : bytes;
    const loses = out && original > 120 && wanted.lostEvery && ++data % wanted.lostEvery === 0;
    if (loses) {
      host.push({ timeNs: Math.round(hostNs), bytes, originalLength: original });
      later += RESEND_NS;
      truth.lostOut++;
    }
    const sentNs = packet.timeNs * slower + later + 1e9;
    const hostMisses = !loses && random() < (wanted.missedByHost ?? 0);
    const part = (hostNs - 1e9 - later) / span;
    const [gapFrom, gapTo] = wanted.gapAtArray ?? [2, 2];
    const inGap = (part >= gapFrom && part < gapTo) || (wanted.onlyOutAtArray === true && !out);
    const arrayMisses = inGap || (!loses && random() < (wanted.missedByArray ?? 0));
    if (hostMisses && arrayMisses) continue;
    if (hostMisses) truth.missedByHost++;
    else host.push({ timeNs: Math.round(sentNs), bytes, originalLength: original });
    if (arrayMisses) truth.missedByArray++;
    else array.push({ timeNs: arrayTime(sentNs), bytes: there, originalLength: original });
  }
  array.sort((a, b) => Number(a.timeNs) - Number(b.timeNs));
  const folder = temporaryFolder('points');
  const options = wanted.snaplen ? { snaplen: wanted.snaplen, cut: true } : {};
  const files = { host: join(folder, 'host.pcap'), array: join(folder, 'array.pcap') };
  const atHost = wanted.superFrames ? merged(host, initiator) : host;
  writeFileSync(files.host, pcapFile(atHost, options));
  writeFileSync(files.array, pcapFile(array.slice(wanted.skipAtArray ?? 0), options));
  return { ...files, ...truth, stepAtNs, packets: packets.length };
}

/** TCP or RoCE in IPv4 over Ethernet. */
function carries(bytes: Uint8Array): boolean {
  const roce = bytes[23] === 17 && ((bytes[36] << 8) | bytes[37]) === 4791;
  return bytes[12] === 8 && bytes[13] === 0 && (bytes[23] === 6 || roce);
}

/** IPv4 over Ethernet. */
function sender(bytes: Uint8Array): string {
  return bytes.subarray(26, 30).join('.');
}

const SUPER_MAX = 60_000;

/** Segments of TCP in IPv4 that follow each other, as one before the adapter cuts them. */
function merged(packets: readonly CapturedPacket[], initiator: string): CapturedPacket[] {
  const out: CapturedPacket[] = [];
  for (const packet of packets) {
    const last = out[out.length - 1];
    const whole = last === undefined ? undefined : joined(last.bytes, packet.bytes);
    if (whole === undefined) out.push(packet);
    else {
      // What is sent is seen before it is cut, what comes when its last piece has come.
      const { timeNs } = sender(packet.bytes) === initiator ? last : packet;
      out[out.length - 1] = { timeNs, bytes: whole, originalLength: whole.length };
    }
  }
  return out;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array | undefined {
  if (a[23] !== 6 || b[23] !== 6 || sender(a) !== sender(b)) return undefined;
  const [x, y] = [parts(a), parts(b)];
  if (x.length === 0 || y.length === 0 || x.ports !== y.ports) return undefined;
  // An adapter's pieces have one acknowledgment, and one timestamp.
  if (!x.fixed.equals(y.fixed)) return undefined;
  if ((x.seq + x.length) >>> 0 !== y.seq || x.length + y.length > SUPER_MAX) return undefined;
  const made = new Uint8Array(x.at + x.length + y.length);
  made.set(a.subarray(0, x.at + x.length));
  made.set(b.subarray(y.at, y.at + y.length), x.at + x.length);
  const total = made.length - 14;
  made[16] = total >> 8;
  made[17] = total & 255;
  return made;
}

interface Parts {
  readonly at: number;
  readonly length: number;
  readonly seq: number;
  readonly ports: number;
  readonly fixed: Buffer;
}

/** Of TCP in IPv4: where its payload lies, and what names it. */
function parts(bytes: Uint8Array): Parts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const tcp = 14 + (bytes[14] & 15) * 4;
  const at = tcp + (bytes[tcp + 12] >> 4) * 4;
  const end = 14 + view.getUint16(16);
  const whole = end <= bytes.length;
  const length = whole ? Math.max(0, end - at) : 0;
  const fixed = Buffer.concat([
    bytes.subarray(tcp + FIXED_AT, tcp + 12),
    bytes.subarray(tcp + 20, at),
  ]);
  return { at, length, seq: view.getUint32(tcp + 4), ports: view.getUint32(tcp), fixed };
}

/** Other addresses and another port of the initiator, as behind NAT; checksums are not looked at. */
function translated(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[26] = 192;
  copy[30] = 192;
  const fromTarget = ((copy[34] << 8) | copy[35]) === 3260;
  copy[fromTarget ? 36 : 34] ^= 0x15;
  return copy;
}

/** Numbers from 0 to 1, the same each time. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}
