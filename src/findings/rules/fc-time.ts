// Time stamps of encapsulated frames (RFC 3643 section 4): how old frames are when they come, and whether
// the gateways' clocks agree. The capture has a clock of its own; what both directions share is its.

import type { Epoch } from '../../capture/time.js';
import { durationText, plural } from '../../lib/number-text.js';
import type { FcConnection, FcLink, TransitReport } from '../../session/fc/model.js';
import type { Flow } from '../../stream/connection.js';
import { Carrier } from '../../wire/fc/carriers.js';
import type { Facts } from '../facts.js';
import type { Found } from '../finding.js';
import type { FindingText, Rule } from '../rule.js';
import { connectionsOfLinks, onConnection } from '../support/fc.js';

/** Frames older than this by their stamps are dropped where nobody set another limit (Cisco MDS: ±2 s); --fc-age-limit. */
const OLD_NS = 2e9;
const MS = 1e6;
const SECOND = 1e9;
/** RFC 3643 counts from 1900. */
const SINCE_1900 = 2_208_988_800;
/** Roads that differ by more than this between their directions are rare. */
const DIFFER_NS = 20e6;

const TELLS: Readonly<Record<string, FindingText>> = {
  'fc-frame-too-old': {
    question: 'Were frames too old, and do the clocks agree?',
    about: 'Frames that came long after their time stamp, against the youngest of their direction.',
    reference: 'RFC 3643 4; RFC 3821 6; RFC 4172 8.2.1 (R_A_TOV/2)',
    confidence: 'likely',
    disproof: 'A clock of the sending gateway that was set meanwhile.',
    next: 'A receiver that checks stamps drops them: see what held them in the sender or in TCP (tcp-delay).',
    owes: 'network',
  },
  'fc-clocks-disagree': {
    question: 'Were frames too old, and do the clocks agree?',
    about:
      'By their time stamps one direction takes much longer than the other, or less than no time.',
    reference: 'RFC 3643 4; RFC 4172 8.2.1',
    confidence: 'likely',
    disproof: 'A road that is that much longer one way.',
    next: 'Compare both gateways’ time servers; where stamps are checked, frames are dropped.',
    owes: 'network',
  },
  'fc-time-missing': {
    question: 'Were frames too old, and do the clocks agree?',
    about: 'Frames without a time stamp: their gateway has no synchronised time.',
    reference: 'RFC 3821 6; RFC 4172 8.2.1 c (to be discarded)',
    confidence: 'certain',
    disproof: 'Nothing: the words are 0.',
    next: 'Give the gateway a time server, or switch the stamps off at both.',
    owes: 'network',
  },
};

export const fcTime: Rule = {
  id: 'fc-time',
  about: 'Time stamps of FCIP and iFCP frames against their arrival, each direction for itself.',
  tells: TELLS,
  find(facts) {
    return connectionsOfLinks(facts).flatMap(({ link, c }) =>
      link.carrier > Carrier.ifcp
        ? []
        : [
            ...tooOld(c, link, facts.fcAgeLimitNs ?? OLD_NS),
            ...disagree(c, facts.capture.epoch),
            ...unstamped(c, link, answered(link, facts)),
          ],
    );
  },
};

function tooOld(c: FcConnection, link: FcLink, limitNs: number): Found[] {
  const found: Found[] = [];
  for (const [direction, t] of c.transit.entries()) {
    if (t.frames === 0 || t.maxNs - t.minNs <= limitNs) continue;
    const count = olderThan(t, limitNs);
    const half = link.raTovMs > 0 ? (link.raTovMs / 2) * MS : 5 * SECOND;
    const beyond = t.maxNs - t.minNs > half ? olderThan(t, half) : 0;
    const who = direction === 0 ? 'who opened the connection' : 'the other side';
    found.push({
      id: 'fc-frame-too-old',
      severity: 'warning',
      title: `${plural(count, 'frame')} came up to ${durationText(t.maxNs - t.minNs)} late by their time stamps`,
      text:
        `Sent by ${who}: older than ${durationText(limitNs)} against the youngest of the direction. ` +
        (beyond > 0
          ? `${beyond} of them are older than R_A_TOV/2 (${durationText(half)}), and must not be delivered.`
          : `None is older than R_A_TOV/2 (${durationText(half)}).`),
      count,
      frames: [t.oldestFrame],
      ...onConnection(c),
      fromNs: t.oldestTimeNs,
      inferred: true,
      values: { ageNsMax: t.maxNs - t.minNs, beyondHalfRaTov: beyond },
    });
  }
  return found;
}

/** Frames whose age is beyond the youngest's by more than so much, to the millisecond. */
function olderThan(t: TransitReport, ns: number): number {
  const from = (t.minNs - t.firstNs + ns) / MS;
  let count = 0;
  for (const [ms, frames] of t.byMs) if (ms >= from) count += frames;
  return Math.max(1, count);
}

/** The least transit of a direction by the capture's clock; undefined where nothing is known of it. */
function leastTransitNs(t: TransitReport, epoch: Epoch | undefined): number | undefined {
  if (t.frames === 0 || epoch === undefined) return undefined;
  const seconds = epoch.seconds + SINCE_1900 - t.baseSeconds;
  return seconds * SECOND + epoch.nanoseconds + t.minNs;
}

function disagree(c: FcConnection, epoch: Epoch | undefined): Found[] {
  const [there, back] = c.transit.map((t) => leastTransitNs(t, epoch));
  if (there === undefined || back === undefined) return [];
  const rttNs = Math.max(leastRttNs(c.connection?.a), leastRttNs(c.connection?.b));
  const differNs = there - back;
  if (Math.abs(differNs) <= Math.max(DIFFER_NS, rttNs)) return [];
  const ahead = differNs < 0 ? 'who opened the connection' : 'who accepted it';
  return [
    {
      id: 'fc-clocks-disagree',
      severity: 'warning',
      title: `The gateways’ clocks differ by about ${durationText(Math.abs(differNs))}`,
      text:
        `By their time stamps the fastest frame took ${signed(there)} from the opener and ` +
        `${signed(back)} to it. Both were timed by the capture’s one clock, so that what they differ ` +
        `by is what the gateways’ clocks do: that of ${ahead} is ahead.`,
      count: 1,
      frames: [],
      ...onConnection(c),
      inferred: true,
      values: { thereNsMin: there, backNsMin: back, offsetNs: Math.abs(differNs) },
    },
  ];
}

function leastRttNs(flow: Flow | undefined): number {
  return flow !== undefined && flow.rtt.count > 0 ? flow.rtt.minNs : 0;
}

function signed(ns: number): string {
  return ns < 0 ? `−${durationText(-ns)}` : durationText(ns);
}

/** Commands were answered through it: its gateways do not discard what has no stamp. */
function answered(link: FcLink, { fc, sessions }: Facts): boolean {
  return fc.nexuses.some(
    (one) => one.link === link.id && (sessions[one.session]?.tasksEnded ?? 0) > 0,
  );
}

function unstamped(c: FcConnection, link: FcLink, passes: boolean): Found[] {
  const count = c.transit[0].unstamped + c.transit[1].unstamped;
  if (count === 0) return [];
  const all = c.transit[0].frames + c.transit[1].frames === 0;
  const ifcp = link.carrier === Carrier.ifcp;
  return [
    {
      id: 'fc-time-missing',
      severity: ifcp && !passes ? 'warning' : 'note',
      title: all ? 'No frame has a time stamp' : `${plural(count, 'frame')} without a time stamp`,
      text: ifcp
        ? `A gateway that enforces R_A_TOV discards such frames${passes ? '; these do not: commands are answered' : ''}.`
        : 'Nobody can tell how long they were on their way; a receiver may drop them.',
      count,
      frames: [],
      ...onConnection(c),
      fromNs: c.firstNs,
      toNs: c.lastNs,
    },
  ];
}
