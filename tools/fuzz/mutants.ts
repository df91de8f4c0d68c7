// Mutants of recordings: octets turned, set, cut out and doubled; and packets lost, doubled, swapped and cut.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { decompress } from 'fzstd';

const FOLDERS = [
  'captures',
  'test/captures/probes',
  'test/captures/cases',
  'test/captures/faults',
  'test/captures/san',
];
const HEADER = 24;
const BYTES_MAX = 1 << 20;

/** Paths of all recordings that are in the repository. */
export function recordings(): string[] {
  return FOLDERS.flatMap((folder) => {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return names.filter((n) => /\.pcap(ng)?(\.gz|\.zst)?$/.test(n)).map((n) => join(folder, n));
  });
}

export function recording(path: string): Buffer {
  const bytes = readFileSync(path);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes);
  return path.endsWith('.zst') ? Buffer.from(decompress(bytes)) : bytes;
}

export function mutant(from: Buffer, pick: (count: number) => number): Buffer {
  let bytes = Buffer.from(from.subarray(0, Math.min(from.length, BYTES_MAX)));
  for (let i = 1 + pick(40); i > 0; i--) {
    const at = Math.min(bytes.length - 1, HEADER + pick(Math.max(1, bytes.length - HEADER)));
    const length = Math.min(1 + pick(200), bytes.length - at);
    switch (pick(5)) {
      case 0:
        bytes[at] ^= 1 << pick(8);
        break;
      case 1:
        for (let k = at; k < at + Math.min(4, length); k++) bytes[k] = pick(256);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
        break;
      default:
        bytes[pick(10) === 0 ? pick(HEADER) : at] = [0, 0xff, 0x7f, 0x80][pick(4)];
    }
  }
  return bytes;
}

/** Whole packets of a little-endian pcap file lost, doubled, swapped, cut, and octets of their insides changed. */
export function packetMutant(from: Buffer, pick: (count: number) => number): Buffer {
  const packets: Buffer[] = [];
  let length = 0;
  for (let at = HEADER; at + 16 <= from.length && length < BYTES_MAX; ) {
    const end = at + 16 + from.readUInt32LE(at + 8);
    if (end > from.length) break;
    packets.push(Buffer.from(from.subarray(at, end)));
    length += end - at;
    at = end;
  }
  const out: Buffer[] = [from.subarray(0, HEADER)];
  const rate = 5 + pick(200);
  for (let i = 0; i < packets.length; i++) {
    let packet = packets[i];
    const what = pick(rate);
    if (what === 0) continue;
    if (what === 1) out.push(packet);
    if (what === 2 && i + 1 < packets.length) {
      out.push(packets[i + 1]);
      packets[i + 1] = packet;
      continue;
    }
    if (what === 3 && packet.length > 80) {
      packet = packet.subarray(0, 70 + pick(packet.length - 70));
      packet.writeUInt32LE(packet.length - 16, 8);
    }
    if (what === 4 && packet.length > 80)
      packet[70 + pick(Math.min(100, packet.length - 70))] = pick(256);
    if (what === 5 && packet.length > 80) packet[70 + pick(packet.length - 70)] ^= 1 << pick(8);
    out.push(packet);
  }
  return Buffer.concat(out);
}
