// Ports that are used again: a recording once more behind itself, between the same ends with the same ports, but with
// other sequence numbers.

import type { Travelled } from './pair-journeys.js';
import { changed, tcpPacket } from './pair-packet.js';

export function usedAgain(
  packets: readonly Travelled[],
  random: () => number,
  pauseNs: number,
): Travelled[] {
  const by = new Map<string, readonly [number, number]>();
  const word = () => Math.floor(random() * 4294967296);
  const laterNs = packets[packets.length - 1].timeNs + pauseNs;
  const again = packets.map(({ timeNs, bytes, originalLength }) => {
    const tcp = tcpPacket(bytes);
    if (tcp === undefined) return { timeNs: timeNs + laterNs, bytes, originalLength };
    let shift = by.get(tcp.connection);
    if (shift === undefined) {
      shift = [word(), word()];
      by.set(tcp.connection, shift);
    }
    const [one, other] = tcp.from < tcp.to ? shift : [shift[1], shift[0]];
    const made = changed(tcp, { seqBy: one, ackBy: other, ipId: word() & 0xffff });
    return { timeNs: timeNs + laterNs, bytes: made, originalLength };
  });
  return [...packets, ...again];
}
