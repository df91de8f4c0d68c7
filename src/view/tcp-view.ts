// What TCP did on a connection, in one flow of short statements; where all was well, only how far
// apart the two ends are and where the capture was taken.

import { bytesText, countText, durationText, plural } from '../lib/number-text.js';
import type { ConnectionReport } from '../report/report.js';
import type { FlowReport, RttReport, TunnelTcpReport } from '../report/tcp.js';
import { type Cell, cell } from './cells.js';

/** Below this the side of the capture is not worth a word. */
const CONFIDENCE_SHOWN = 0.5;

export function tcpItems(c: ConnectionReport): Cell[] {
  return [
    ...roundTripItems(c),
    ...sideItem(c),
    ...troubleItems(c.fromInitiator, 'initiator', 'target'),
    ...troubleItems(c.fromTarget, 'target', 'initiator'),
    ...mirrorItem(c),
  ];
}

/** The same of a connection that is no iSCSI: its ends are who opened it, and the other. */
export function tunnelTcpItems({
  handshake,
  fromOpener,
  fromOther,
  closing,
}: TunnelTcpReport): Cell[] {
  const items: Cell[] = [];
  if (handshake) items.push(cell(`round trip ${durationText(handshake.roundTripNs)} (handshake)`));
  if (fromOpener.rtt) items.push(ackItem('other side', fromOpener.rtt));
  if (fromOther.rtt) items.push(ackItem('opener', fromOther.rtt));
  items.push(...troubleItems(fromOpener, 'opener', 'other side'));
  items.push(...troubleItems(fromOther, 'other side', 'opener'));
  if (closing !== undefined && closing.how === 'rst') {
    items.push(cell(`reset by the ${closing.byOpener ? 'opener' : 'other side'}`, 'warn'));
  }
  return items;
}

function roundTripItems({ tcp, fromInitiator, fromTarget }: ConnectionReport): Cell[] {
  const items: Cell[] = [];
  if (tcp.handshake) {
    items.push(cell(`round trip ${durationText(tcp.handshake.roundTripNs)} (handshake)`));
  }
  // ACKs of either side's data: how long the way to the other end and back takes from here.
  if (fromInitiator.rtt) items.push(ackItem('target', fromInitiator.rtt));
  if (fromTarget.rtt) items.push(ackItem('initiator', fromTarget.rtt));
  return items;
}

function ackItem(by: string, { meanNs: mean, maxNs: max }: RttReport): Cell {
  return cell(`${by} ACKs in ${durationText(mean)} mean, ${durationText(max)} max`, 'quiet');
}

function sideItem({ tcp }: ConnectionReport): Cell[] {
  const { side, certainty } = tcp.captureSide;
  if (side === 'unknown' || certainty < CONFIDENCE_SHOWN) return [];
  const where = side === 'between' ? 'between the two' : `at the ${side}`;
  return [cell(`captured ${where} (inferred, ${Math.round(certainty * 100)} %)`, 'quiet')];
}

function troubleItems(f: FlowReport, who: string, other: string): Cell[] {
  const items: Cell[] = [];
  const add = (n: number, text: string): void => {
    if (n > 0) items.push(cell(`${who}: ${text}`, 'warn'));
  };
  add(f.synRetransmitted, `${countText(f.synRetransmitted)} × SYN again`);
  add(f.retransmittedSegments, `${plural(f.retransmittedSegments, 'segment')} again${reasons(f)}`);
  add(f.outOfOrderSegments, `${plural(f.outOfOrderSegments, 'segment')} out of order`);
  add(
    f.segmentsAfterAck,
    `${plural(f.segmentsAfterAck, 'segment')} captured after their ACK, ${durationText(f.segmentsAfterAckNsMax)} at most`,
  );
  add(f.duplicateAcks, plural(f.duplicateAcks, 'duplicate ACK'));
  add(
    f.zeroWindows,
    `${plural(f.zeroWindows, 'zero window')}, ${durationText(f.zeroWindowNs)} in all`,
  );
  add(
    f.windowFulls,
    `${countText(f.windowFulls)} × ${other}'s window full, ${durationText(f.windowFullNs)} in all`,
  );
  add(
    f.delayedAcks,
    `${plural(f.delayedAcks, 'delayed ACK')}, ${durationText(f.delayedAckNsMax)} at most`,
  );
  add(f.keepAlives, plural(f.keepAlives, 'keep-alive'));
  add(f.bytesAckedUnseen, `${bytesText(f.bytesAckedUnseen)} acknowledged but not captured`);
  add(
    f.overlapBytesDiffering,
    `${bytesText(f.overlapBytesDiffering)} came again with other values`,
  );
  add(
    f.ipLengthsZero,
    `${plural(f.ipLengthsZero, 'packet')} with IP length 0 (offload): the frame's length taken`,
  );
  add(f.rstsNotBelieved, `${countText(f.rstsNotBelieved)} × RST not believed`);
  return items;
}

/** " (2 fast, 1 by timeout after 204 ms)". */
function reasons(f: FlowReport): string {
  const parts = [
    f.retransmittedFast > 0 ? `${countText(f.retransmittedFast)} fast` : '',
    f.retransmittedTimeout > 0 ? `${countText(f.retransmittedTimeout)} by timeout` : '',
    f.retransmittedProbe > 0 ? `${countText(f.retransmittedProbe)} as probe` : '',
    f.retransmittedSpurious > 0 ? `${countText(f.retransmittedSpurious)} needless` : '',
  ].filter(Boolean);
  if (f.retransmissionWaitNsMax > 0) {
    parts.push(`${durationText(f.retransmissionWaitNsMax)} later at most`);
  }
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function mirrorItem({ tcp }: ConnectionReport): Cell[] {
  if (tcp.duplicatePackets === 0) return [];
  return [cell(`${plural(tcp.duplicatePackets, 'packet')} captured twice`, 'quiet')];
}
