// Connections on the ports of FCIP and iFCP that hold no encapsulated frames: vendors' trunks have framings of
// their own, and tunnels compress and encrypt. What can be said of them: how much, how it looks, what TCP did.

import { bytesText, durationText, plural } from '../../lib/number-text.js';
import type { UnreadConnection } from '../../pdu/stage.js';
import type { Flow } from '../../stream/connection.js';
import type { Found } from '../finding.js';
import type { FindingText, Rule } from '../rule.js';

/** Of fewer bytes that were captured, not cut, nothing is said: an encapsulation header and a frame take as many. */
const BYTES_LEAST = 64;
/** From so many on an octet's bits are sure to some hundredths: (256 - 1) / (2 n ln 2) too few on average. */
const SAMPLE_LEAST = 8192;
/** Random bytes have 7.98 and more then; text and headers stay below 7. */
const RANDOM_BITS = 7.9;

const TELLS: Readonly<Record<string, FindingText>> = {
  'fc-tunnel-unread': {
    question: 'Is the tunnel’s framing sound?',
    about: 'A connection on FCIP’s or iFCP’s port that holds no encapsulated frames.',
    reference: 'RFC 3643 3; RFC 3821 5.6.2.3; ports: IANA 3225, 3420',
    confidence: 'certain',
    disproof: 'A capture of it that has its beginning, or fewer holes.',
    next:
      'Its frames cannot be read here: capture on the Fibre Channel side, or with compression and encryption off. ' +
      'What TCP did on it is told all the same.',
    owes: 'capture',
  },
};

export const fcUnread: Rule = {
  id: 'fc-unread',
  about:
    'Connections on ports 3225 and 3420 that are no RFC 3643: bytes, entropy, and TCP’s health.',
  tells: TELLS,
  find(facts) {
    return facts.unread.flatMap((one) => (one.sample.bytes < BYTES_LEAST ? [] : [unread(one)]));
  },
};

function bytesOf({ connection: { a, b } }: UnreadConnection): number {
  return a.payloadBytes + b.payloadBytes;
}

function unread(one: UnreadConnection): Found {
  const { connection: c, titles, sample } = one;
  const bits = sample.entropy();
  return {
    id: 'fc-tunnel-unread',
    severity: 'note',
    title: `C${c.id} on ${titles.join(' and ')}’s port holds no encapsulated frames`,
    text: `${bytesText(bytesOf(one))} in all. ${looks(sample.bytes, bits)} TCP: ${health(one)}.`,
    count: 1,
    frames: [c.openedFrame],
    connection: c.id,
    fromNs: c.openedNs,
    toNs: c.lastNs,
    values: {
      payloadBytes: bytesOf(one),
      sampledBytes: sample.bytes,
      entropyBits: Math.round(bits * 100) / 100,
      retransmittedSegments: c.a.retransmittedSegments + c.b.retransmittedSegments,
    },
  };
}

function looks(bytes: number, bits: number): string {
  if (bytes < SAMPLE_LEAST) return 'Too few bytes to say whether they are compressed or encrypted.';
  const said = `An octet tells ${bits.toFixed(2)} bits of 8`;
  return bits >= RANDOM_BITS
    ? `${said}: compressed or encrypted.`
    : `${said}: neither compressed nor encrypted, a framing of another kind.`;
}

function health({ connection: c }: UnreadConnection): string {
  const words = [...flowWords(c.a, 'the opener'), ...flowWords(c.b, 'the other side')];
  const rtt = c.a.rtt.count > 0 ? c.a.rtt : c.b.rtt;
  const trip = rtt.count > 0 ? [`ACKs after ${durationText(rtt.meanNs())} on average`] : [];
  return [...trip, ...(words.length > 0 ? words : ['nothing sent again'])].join(', ');
}

function flowWords(f: Flow, who: string): string[] {
  return [
    f.retransmittedSegments > 0
      ? `${plural(f.retransmittedSegments, 'segment')} of ${who} sent again`
      : '',
    f.zeroWindows > 0 ? `${who} had no room ${f.zeroWindows} times` : '',
  ].filter(Boolean);
}
