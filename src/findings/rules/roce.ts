// What the network does to RoCE, which has no TCP to mend it: packets that come again, receivers that
// are not ready, congestion that is marked and not answered (IBTA 9.7.5, annex A17.9).

import { countText, plural } from '../../lib/number-text.js';
import type { RoceCounts, RoceSide } from '../../session/iser/facts.js';
import type { Facts } from '../facts.js';
import { storyOf } from '../facts.js';
import type { Found } from '../finding.js';
import type { Rule } from '../rule.js';

/** Packets that came again: so many, and such a share of all, are more than a chance. */
const AGAIN_LEAST = 10;
const AGAIN_SHARE = 0.005;
const MARKED_LEAST = 10;

export const roce: Rule = {
  id: 'roce',
  about:
    'Packets of RoCEv2 by their sequence numbers: sent again, refused for want of a receive buffer, ' +
    'missing in the capture, marked by ECN without a notification.',
  tells: {
    'roce-retransmissions': {
      question: 'RoCE that is slow',
      owes: 'network',
      about: 'Many packets of RoCE were sent again.',
      reference: 'IBTA 9.7.5.2.8, 9.9.2',
      confidence: 'certain',
      disproof: 'A mirror that captured each packet twice.',
      next: 'RoCE loses all behind a lost packet: see PFC and ECN on the switches, and their drop counters.',
    },
    'roce-receiver-not-ready': {
      question: 'RoCE that is slow',
      about: 'RNR NAKs: a message found no receive buffer at the other side.',
      reference: 'IBTA 9.7.5.2.8',
      confidence: 'certain',
      disproof: 'Nothing: it is the receiver’s own word.',
      next: 'The receiver posts too few buffers, or its software is too slow to post them again.',
    },
    'roce-packets-missing': {
      question: 'Is the capture whole?',
      owes: 'capture',
      about: 'Sequence numbers that the capture lacks though their receiver acknowledged them.',
      reference: 'IBTA 9.7.5.1.2',
      confidence: 'certain',
      disproof: 'Nothing: the receiver acknowledged them.',
      next: 'Capture again with a larger buffer, or on a port that is not too small.',
    },
    'roce-congestion-unanswered': {
      question: 'RoCE that is slow',
      about: 'Packets marked by ECN (congestion experienced), and no CNP told the sender.',
      reference: 'IBTA A17.9',
      confidence: 'likely',
      disproof: 'CNPs that took another way past the capture.',
      next: 'See whether the receiving adapter has congestion notification (DCQCN) switched on.',
    },
  },
  find(facts) {
    return facts.rdma.flatMap(({ connection, facts: rdma }) => {
      if (rdma.roce === undefined || storyOf(facts, connection.id) === undefined) return [];
      return found(facts, connection.id, rdma.roce);
    });
  },
};

function found(facts: Facts, id: number, counts: RoceCounts): Found[] {
  const story = storyOf(facts, id);
  const at = { connection: id, session: story?.session };
  const all: Found[] = [];
  const [a, b] = counts.halves;
  const again = a.again + b.again;
  if (again >= AGAIN_LEAST && again >= (a.packets + b.packets) * AGAIN_SHARE) {
    all.push({
      id: 'roce-retransmissions',
      severity: 'warning',
      title: `${countText(again)} packets of RoCE came again`,
      text: `Of ${countText(a.packets + b.packets)} packets; ${plural(counts.naks, 'NAK')} asked for them.`,
      count: again,
      frames: first(a.againFrame, b.againFrame),
      ...at,
      values: { packets: a.packets + b.packets, again, naks: counts.naks },
    });
  }
  if (counts.rnrs > 0) {
    all.push({
      id: 'roce-receiver-not-ready',
      severity: 'warning',
      title: `A receiver of RoCE was not ready ${plural(counts.rnrs, 'time')}`,
      text: 'Its queue pair had no receive buffer for a message; the sender waits and sends again.',
      count: counts.rnrs,
      frames: [counts.rnrsFrame],
      ...at,
    });
  }
  const lost = a.lost + b.lost;
  if (lost > 0) {
    all.push({
      id: 'roce-packets-missing',
      severity: 'note',
      title: `${plural(lost, 'packet')} of RoCE missing in the capture`,
      text: 'Their receiver acknowledged them, so that they were there; what they held is not told.',
      count: lost,
      frames: first(a.lostFrame, b.lostFrame),
      ...at,
    });
  }
  const marked = a.congested + b.congested;
  if (marked >= MARKED_LEAST && counts.cnps === 0) {
    all.push({
      id: 'roce-congestion-unanswered',
      severity: 'warning',
      title: `${countText(marked)} packets marked congested, and no notification`,
      text: `${marks(a, b)} No Congestion Notification Packet was seen: the sender does not slow down.`,
      count: marked,
      frames: first(a.congestedFrame, b.congestedFrame),
      ...at,
    });
  }
  return all;
}

function marks(a: RoceSide, b: RoceSide): string {
  return `${countText(a.congested)} one way, ${countText(b.congested)} the other, have ECN’s CE.`;
}

function first(...frames: readonly number[]): number[] {
  return frames.filter((frame) => frame > 0).sort((x, y) => x - y);
}
