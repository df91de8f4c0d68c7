// Damage by chance to recorded packets, most of it where headers of iSCSI, FC or RDMA begin.

import type { HeldPacket } from './road.js';

/** Values at which lengths and codes turn. */
const EDGES = [0, 1, 2, 0x3f, 0x40, 0x7f, 0x80, 0xfe, 0xff];
/** Where a TCP payload begins behind Ethernet, IPv4 and TCP with its usual options. */
const PAYLOAD_AT = 66;
const HEADERS = 128;

/** A copy of the packets, some of them changed, lost, doubled, moved or cut. */
export function damaged(packets: readonly HeldPacket[], random: () => number): HeldPacket[] {
  const often = 1 + (random() % 40);
  const out: HeldPacket[] = [];
  for (const packet of packets) {
    if (random() % 1000 >= often * 5) {
      out.push(packet);
      continue;
    }
    const luck = random() % 10;
    if (luck === 0) continue;
    if (luck === 1) out.push(packet, packet);
    else if (luck === 2 && out.length > 0) out.splice(out.length - 1, 0, packet);
    else if (luck === 3) out.push(cut(packet, random));
    else out.push(changed(packet, random));
  }
  return out.map((packet, i) => ({
    ...packet,
    timeNs: packets[Math.min(i, packets.length - 1)].timeNs,
  }));
}

function cut(packet: HeldPacket, random: () => number): HeldPacket {
  const { bytes, originalLength } = packet;
  return { ...packet, bytes: bytes.slice(0, 1 + (random() % bytes.length)), originalLength };
}

function changed(packet: HeldPacket, random: () => number): HeldPacket {
  const bytes = packet.bytes.slice();
  for (let n = 1 + (random() % 4); n > 0; n--) {
    const behind = bytes.length - PAYLOAD_AT;
    const at =
      behind > 0 && random() % 8 > 0
        ? PAYLOAD_AT + (random() % Math.min(HEADERS, behind))
        : random() % bytes.length;
    bytes[at] = random() % 2 === 0 ? EDGES[random() % EDGES.length] : random() & 255;
  }
  return { ...packet, bytes };
}
