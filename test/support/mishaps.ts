// What may happen to packets on their way into a capture. All take and give packets; `which` gets
// the packet and its index.

import { type BuiltPacket, byTime, made } from './build.js';
import { concat } from './octets.js';

export type Which = (packet: BuiltPacket, index: number) => boolean;

/** True for packets that carry payload. */
export function hasData(packet: BuiltPacket): boolean {
  return (packet.tcp.payload?.length ?? 0) > 0;
}

export function dropped(packets: readonly BuiltPacket[], which: Which): BuiltPacket[] {
  return packets.filter((packet, i) => !which(packet, i));
}

/** The packets come `laterNs` late: lost and sent again, or reordered where it is little. */
export function delayed(
  packets: readonly BuiltPacket[],
  which: Which,
  laterNs: number,
): BuiltPacket[] {
  const late = packets.map((packet, i) =>
    which(packet, i) ? { ...packet, timeNs: packet.timeNs + laterNs } : packet,
  );
  return byTime(late);
}

/** The packets come twice: as a mirror's copies where laterNs is little, else as retransmissions. */
export function doubled(packets: readonly BuiltPacket[], which: Which, laterNs = 0): BuiltPacket[] {
  const twice = packets.flatMap((packet, i) =>
    which(packet, i) ? [packet, { ...packet, timeNs: packet.timeNs + laterNs }] : [packet],
  );
  return byTime(twice);
}

/** Segments of at most `size` bytes, all at the time of the segment they were. */
export function split(packets: readonly BuiltPacket[], size: number): BuiltPacket[] {
  return packets.flatMap((packet) => {
    const payload = packet.tcp.payload ?? new Uint8Array(0);
    if (payload.length <= size) return [packet];
    const parts: BuiltPacket[] = [];
    for (let at = 0; at < payload.length; at += size) {
      const seq = ((packet.tcp.seq ?? 0) + at) >>> 0;
      const tcp = { ...packet.tcp, seq, payload: payload.slice(at, at + size) };
      parts.push(made({ ...packet, tcp }));
    }
    return parts;
  });
}

/** Neighbours in time of the same side become one packet, as receive offload does it. */
export function merged(packets: readonly BuiltPacket[], most = 65_000): BuiltPacket[] {
  const result: BuiltPacket[] = [];
  for (const packet of packets) {
    const last = result.at(-1);
    const joined =
      last && hasData(last) && hasData(packet) ? follows(last, packet, most) : undefined;
    if (joined === undefined) result.push(packet);
    else result[result.length - 1] = joined;
  }
  return result;
}

function follows(last: BuiltPacket, next: BuiltPacket, most: number): BuiltPacket | undefined {
  const before = last.tcp.payload!;
  const after = next.tcp.payload!;
  const chains = last.from === next.from && (last.tcp.seq! + before.length) >>> 0 === next.tcp.seq;
  if (!chains || before.length + after.length > most) return undefined;
  const tcp = { ...next.tcp, seq: last.tcp.seq, payload: concat(before, after) };
  return made({ ...last, timeNs: next.timeNs, tcp });
}

/** Cut by snaplen: the first bytes only, with the length that was on the wire. */
export function cut(packets: readonly BuiltPacket[], snaplen: number): BuiltPacket[] {
  return packets.map((packet) => ({
    ...packet,
    bytes: packet.bytes.slice(0, snaplen),
    originalLength: packet.originalLength ?? packet.bytes.length,
  }));
}

/** Whole numbers of chance below 2^32 (xorshift32), the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let x = seed >>> 0 || 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    return x;
  };
}
