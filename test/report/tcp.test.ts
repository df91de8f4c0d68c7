// What the report tells of TCP: numbers of recorded captures, which tshark's tcp.analysis confirms.
// It counts packets where we count occurrences (a zero window said five times is one), and calls
// every segment that came again a retransmission.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ConnectionReport } from '../../src/report/report.js';
import { needs } from '../support/needs.js';
import { reportOf } from '../support/report.js';
import { sharedCapture } from '../support/shared.js';

const TAPE = sharedCapture('real/iscsi-tapel.pcap');
const CD_ROM = sharedCapture('real/iscsi-scsi-data-cdrom.pcap');

async function connections(path: string): Promise<readonly ConnectionReport[]> {
  return (await reportOf(path)).sessions.flatMap((s) => s.connections);
}

test('windows: zero and full, as tshark counts them', async () => {
  const [, , , c] = await connections('captures/tgt-mixed-load.pcap.gz');
  assert.equal([c.fromInitiator.zeroWindows, c.fromTarget.windowFulls], [1, 5]);
  assert.ok(c.fromInitiator.zeroWindowNs > 0 && c.fromTarget.windowFullNs > 0);
  assert.ok(c.fromTarget.flightBytesMax > 60_000);
});

test('out of order, resent without need, duplicate ACKs', async () => {
  const [{ fromInitiator, fromTarget }] = await connections('captures/tgt-reordered.pcap.gz');
  assert.equal([fromTarget.retransmittedSegments, fromTarget.retransmittedSpurious], [57, 57]);
  assert.ok(fromTarget.outOfOrderSegments >= 91);
  assert.ok(fromInitiator.duplicateAcks >= 57);
  assert.is(fromTarget.bytesMissing, 0);
});

test('a target that stalls: the last segment is sent again as a probe', async () => {
  const [{ fromInitiator: f }] = await connections('captures/tgt-stalls-two-seconds.pcap.gz');
  assert.equal([f.retransmittedSegments, f.retransmittedProbe], [9, 9]);
});

test('handshake, round trips and options', async () => {
  const [{ tcp, fromInitiator, fromTarget }] = await connections('captures/tgt-chap.pcap');
  const { synNs, synAckNs, roundTripNs } = tcp.handshake!;
  assert.ok(synNs > 0 && synAckNs > 0 && roundTripNs === synNs + synAckNs);
  assert.equal(
    [tcp.openedBy, fromInitiator.mss, fromTarget.sackPermitted],
    ['initiator', 1460, true],
  );
  const {
    count,
    minNs: min,
    meanNs: mean,
    maxNs: max,
    seriesByBucket: series,
  } = fromInitiator.rtt!;
  assert.ok(min <= mean && mean <= max);
  assert.is(
    series.reduce((sum, piece) => sum + piece.count, 0),
    count,
  );
});

test('who closed, and how', async () => {
  const [killed] = await connections('captures/tgt-killed-and-back.pcap.gz');
  assert.equal([killed.tcp.closing?.by, killed.tcp.closing?.frame], ['target', 893]);
  const [chap] = await connections('captures/tgt-chap.pcap');
  assert.equal([chap.tcp.closing?.how, chap.tcp.closing?.by], ['fin', 'target']);
});

test('t26: the 250 ms are one retransmission by timeout', async () => {
  const path = sharedCapture('probes/t26.pcap');
  const [{ fromTarget: f }] = await connections(path);
  assert.equal([f.retransmittedTimeout, f.retransmissionWaitNsMax, f.holeNsMax], [1, 250e6, 250e6]);
});

needs(TAPE)('the tape library: captured at the initiator, over 51 ms of network', async () => {
  const [{ tcp, fromInitiator, fromTarget }] = await connections(TAPE);
  assert.is(tcp.captureSide.side, 'initiator');
  assert.ok(tcp.captureSide.certainty > 0.9 && tcp.captureSide.reasons.length >= 2);
  assert.equal([fromTarget.retransmittedTimeout, fromInitiator.duplicateAcks], [1, 1]);
  assert.ok(fromInitiator.delayedAcks > 0);
});

needs(CD_ROM)('the CD-ROM: bytes acknowledged but never captured', async () => {
  const all = await connections(CD_ROM);
  assert.equal(
    all.map((c) => c.fromTarget.bytesAckedUnseen),
    [0, 7_948_936],
  );
});

test.run();
