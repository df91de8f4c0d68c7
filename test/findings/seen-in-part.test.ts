// Recordings whose truth is known, seen in part: one direction, cut by snaplen, begun in mid-stream, packets
// missing. What is not seen any more may be missed, but nobody else is accused of it.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Owes } from '../../src/findings/finding.js';
import { temporaryFile } from '../support/capture.js';
import { pcapFile } from '../support/pcap-writer.js';
import { reportOf } from '../support/report.js';
import { type HeldPacket, packetsOf } from '../support/road.js';
import { sharedCapture } from '../support/shared.js';

/** Where the ports of TCP stand in a packet of Ethernet and IPv4 without options. */
const PORTS = 34;

function isFrom(side: 'initiator' | 'target', { bytes }: HeldPacket): boolean {
  const at = side === 'target' ? PORTS : PORTS + 2;
  return bytes[at] * 256 + bytes[at + 1] === 3260;
}

const cut = (snaplen: number) => (packets: readonly HeldPacket[]) =>
  packets.map((p) => {
    const originalLength = p.originalLength ?? p.bytes.length;
    return { ...p, originalLength, bytes: p.bytes.subarray(0, snaplen) };
  });

/** One in fifty is missing, by a generator of its own: always the same ones. */
function fewer(packets: readonly HeldPacket[]): readonly HeldPacket[] {
  let x = 12345;
  return packets.filter(() => {
    x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff;
    return x % 50 !== 0;
  });
}

const PARTS: Readonly<Record<string, (packets: readonly HeldPacket[]) => readonly HeldPacket[]>> = {
  'the initiator only': (packets) => packets.filter((p) => !isFrom('target', p)),
  'the target only': (packets) => packets.filter((p) => !isFrom('initiator', p)),
  'snaplen 96': cut(96),
  'snaplen 160': cut(160),
  'mid-stream': (packets) => packets.slice(packets.length / 4),
  'one packet in fifty missing': fewer,
};

/** Capture, and who may be named: the one whose move it was, where it was one's. */
const TRUTH: readonly (readonly [file: string, owes: Owes])[] = [
  [sharedCapture('cases/c06b-r2t-never-answered.pcap'), 'initiator'],
  [sharedCapture('faults/host-frozen-ini.pcap'), 'initiator'],
  [sharedCapture('faults/slow-disk-ini.pcap'), 'target'],
  [sharedCapture('faults/healthy-ini.pcap'), 'none'],
  ['captures/lio/healthy-two-ini.pcap.gz', 'none'],
  ['captures/lio/secret-one-host-ini.pcap.gz', 'initiator'],
  ['captures/lio/lun-reset-by-other-ini.pcap.gz', 'initiator'],
  ['captures/lio/disk-hangs-tgt.pcap.gz', 'target'],
  ['captures/lio/way-prohibited-tgt.pcap.gz', 'unknown'],
];

for (const [file, owes] of TRUTH) {
  test(`${file.split('/').pop()}: seen in part, nobody else is accused`, async () => {
    const packets = await packetsOf(file);
    for (const [name, part] of Object.entries(PARTS)) {
      const snaplen = Number(/snaplen (\d+)/.exec(name)?.[1] ?? 262_144);
      const report = await reportOf(temporaryFile(pcapFile(part(packets), { snaplen })));
      const wrong = report.incidents.filter((one) => {
        const named = one.owes === 'initiator' || one.owes === 'target' || one.owes === 'network';
        return one.severity !== 'note' && named && one.owes !== owes;
      });
      assert.equal(
        wrong.map((one) => `${one.owes}: ${one.title}`),
        [],
        name,
      );
    }
  });
}

test.run();
