// What makes a capture say more, or other, than was on the wire: packets twice, clocks that step back,
// drops that the capturing program counted, and frames that an offload made.

import { countText, durationText, percentText, plural } from '../../lib/number-text.js';
import type { IscsiConnection } from '../../session/model.js';
import type { Flow } from '../../stream/connection.js';
import { connectionsOf, type Facts } from '../facts.js';
import type { Found } from '../finding.js';
import type { Rule } from '../rule.js';

/** A mirror of one direction twice is every second packet; a few copies happen with bonds. */
const COPIES_SHARE = 0.01;
/** TCP never sends so much of all data again, both ways: that is a second tap whose clock is apart. */
const TWICE_SHARE = 0.4;
const TWICE_LEAST = 8;

export const captureTrust: Rule = {
  id: 'capture-trust',
  about:
    'Signs that the capture is not what was on the wire: copies of packets (a mirror of both ports, or ' +
    'two taps whose clocks differ), time stamps that step back, packets dropped by the capturing ' +
    'program, and super-frames of segmentation or receive offload.',
  tells: {
    'capture-copies': {
      question: 'Can the capture be trusted?',
      owes: 'capture',
      about: 'Packets are in the capture twice, shortly after each other.',
      reference: 'a mirror (SPAN) of two ports shows a packet on its way in and out',
      confidence: 'certain',
      disproof: 'Different TTL or VLAN tags: then it was routed, and captured before and after.',
      next: 'Mirror one direction of each port only. The copies are not counted here.',
    },
    'captured-twice': {
      question: 'Can the capture be trusted?',
      owes: 'capture',
      about:
        'Nearly all data comes twice, some time apart: two taps, or two files, with different clocks.',
      reference: 'RFC 9293 3.8.1 (bytes that were acknowledged are not sent again)',
      confidence: 'likely',
      disproof: 'One tap, and a sender that really sends all of it again.',
      next: 'Read each tap’s file by itself: retransmissions and waits of this report are not real.',
    },
    'clock-backwards': {
      question: 'Can the capture be trusted?',
      owes: 'capture',
      about: 'Packets have earlier time stamps than the packets before them.',
      reference: 'the time stamps of pcap and pcapng records',
      confidence: 'certain',
      disproof: 'Nothing: the time stamps are in the file.',
      next:
        'Some µs are the queues of a network card; more is a clock that was set, or files joined in the ' +
        'wrong order (mergecap sorts). Short latencies are not exact then.',
    },
    'capture-dropped': {
      question: 'Can the capture be trusted?',
      owes: 'capture',
      leadsTo: ['status-not-captured', 'login-answer-not-captured'],
      about: 'The capturing program counted packets that it could not keep.',
      reference: 'pcapng interface statistics (isb_ifdrop, isb_osdrop), epb_dropcount',
      confidence: 'certain',
      disproof: 'Drops of other traffic: see whether bytes of iSCSI are missing (capture-loss).',
      next: 'Capture with a larger buffer (-B), a filter, or on a faster disk.',
    },
    'offload-frames': {
      question: 'Offload',
      owes: 'capture',
      about: 'Segments are longer than the MSS: the capture shows what an offload made of them.',
      reference: 'segmentation and receive offload (TSO, GRO, LRO)',
      confidence: 'certain',
      disproof: 'Jumbo frames on a path whose SYNs were not captured.',
      next:
        'For exact times and counts of segments capture on the wire, or turn TSO/GRO off (ethtool -K). ' +
        'LRO and GRO can slow down iSCSI reads: compare with them off.',
    },
  },
  find(facts) {
    return [
      ...copies(facts),
      ...connectionsOf(facts).flatMap(twice),
      ...backwards(facts),
      ...dropped(facts),
      ...offload(facts),
    ];
  },
};

function packetsOf({ connection: { a, b } }: IscsiConnection): number {
  return a.packets + b.packets;
}

function copies(facts: Facts): Found[] {
  const stories = connectionsOf(facts);
  const packets = stories.reduce((sum, story) => sum + packetsOf(story), 0);
  const twice = stories.reduce((sum, { connection }) => sum + connection.duplicatePackets, 0);
  if (twice === 0 || twice < packets * COPIES_SHARE) return [];
  return [
    {
      id: 'capture-copies',
      severity: 'note',
      title: `${percentText(twice, packets)} of the packets are in the capture twice`,
      text: `${countText(twice)} copies within 10 ms of ${plural(packets, 'packet')}: they are left out of all counts.`,
      count: twice,
      frames: [],
      values: { copies: twice, packets },
    },
  ];
}

/** What came again although it had been acknowledged, or at all. */
function againOf(flow: Flow): number {
  return flow.retransmittedSegments;
}

function twice(story: IscsiConnection): Found[] {
  const { a, b } = story.connection;
  const flows = [a, b].filter((flow) => flow.dataSegments >= TWICE_LEAST);
  if (flows.length === 0 || !flows.every((f) => againOf(f) >= f.dataSegments * TWICE_SHARE))
    return [];
  // Acknowledged, and sent again all the same: no sender does so with nearly every segment.
  const spurious = a.retransmittedSpurious + b.retransmittedSpurious;
  const again = againOf(a) + againOf(b);
  if (spurious < again * TWICE_SHARE) return [];
  const apart = Math.max(a.retransmissionWaitNsMax, b.retransmissionWaitNsMax);
  return [
    {
      id: 'captured-twice',
      severity: 'warning',
      title: 'Nearly all data of the connection was captured twice',
      text:
        `${countText(again)} of ${countText(a.dataSegments + b.dataSegments)} segments came again, ` +
        `most after they had been acknowledged, ${durationText(apart)} apart at most.`,
      count: again,
      frames: [],
      session: story.session,
      connection: story.connection.id,
      values: { segmentsAgain: again, apartNsMax: apart },
    },
  ];
}

function backwards({ capture }: Facts): Found[] {
  const count = capture.files.reduce((sum, file) => sum + (file.timeBackwards ?? 0), 0);
  if (count === 0) return [];
  return [
    {
      id: 'clock-backwards',
      severity: 'note',
      title: `${plural(count, 'packet')} older than the one before`,
      text: `${percentText(count, capture.packets)} of the packets. Times between such packets are not exact.`,
      count,
      frames: [],
      values: { packets: count },
    },
  ];
}

function dropped({ capture, stories }: Facts): Found[] {
  if (capture.packetsDropped === 0) return [];
  const missing = stories.some(({ connection: { a, b } }) => a.missingBytes + b.missingBytes > 0);
  return [
    {
      id: 'capture-dropped',
      severity: missing ? 'warning' : 'note',
      title: `The capturing program dropped ${plural(capture.packetsDropped, 'packet')}`,
      text: missing
        ? 'Bytes of iSCSI are among them: see capture-loss.'
        : 'No byte of the iSCSI connections is missing all the same.',
      count: capture.packetsDropped,
      frames: [],
      values: { packetsDropped: capture.packetsDropped },
    },
  ];
}

function offload(facts: Facts): Found[] {
  const flows = connectionsOf(facts).flatMap(({ connection: { a, b } }) => [a, b]);
  const frames = flows.reduce((sum, flow) => sum + flow.superFrames, 0);
  if (frames === 0) return [];
  const lengthsZero = flows.reduce((sum, flow) => sum + flow.lengthsUntold, 0);
  const segments = flows.reduce((sum, flow) => sum + flow.dataSegments, 0);
  const most = Math.max(...flows.map((flow) => flow.payloadMax));
  return [
    {
      id: 'offload-frames',
      severity: 'note',
      title: `${percentText(frames, segments)} of the segments are longer than the MSS (offload)`,
      text:
        `Up to ${countText(most)} bytes: captured on a host, before segments were cut or after they ` +
        'were joined. One time stamp stands for many segments, and ACKs are fewer than on the wire.' +
        (lengthsZero > 0 ? ` ${plural(lengthsZero, 'packet')} had an IP length of 0.` : ''),
      count: frames,
      frames: [],
      values: { superFrames: frames, segments, payloadMax: most, lengthsZero },
    },
  ];
}
