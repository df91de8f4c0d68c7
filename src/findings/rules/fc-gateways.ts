// What gateways say to each other when a tunnel is made, kept and lost (RFC 3821 7, 8; RFC 4172 5.2, 6).

import { durationText, plural } from '../../lib/number-text.js';
import type { FcConnection, FcLink, SpecialFrame } from '../../session/fc/model.js';
import { Carrier } from '../../wire/fc/carriers.js';
import { CBIND_STATUS_NAMES } from '../../wire/fc/codes.js';
import type { Facts } from '../facts.js';
import type { Found } from '../finding.js';
import { type FindingText, inOrder, type Rule } from '../rule.js';
import { connectionsOfLinks, onConnection, seenAt } from '../support/fc.js';

/** A link that comes back within a minute was cut, not taken down. */
const BACK_NS = 60e9;
/** LTEST may be late by as much again, and by the road. */
const LATE_INTERVALS = 2.5;
const SECOND = 1e9;

const TELLS: Readonly<Record<string, FindingText>> = {
  'fcip-special-frame': {
    question: 'Does the tunnel come up, and stay?',
    about: 'A connection whose special frame is missing, late, or sent twice.',
    reference: 'RFC 3821 7.1, 8.1.2.3',
    confidence: 'certain',
    disproof: 'The connection’s first bytes, should the capture not have them.',
    next: 'See whether both gateways speak RFC 3821 and the same version of it.',
    owes: 'network',
  },
  'fcip-special-frame-changed': {
    question: 'Does the tunnel come up, and stay?',
    about: 'The echo of a special frame was changed: the other gateway wants something else.',
    reference: 'RFC 3821 7.1, 8.1.2.3; Ch: 5.6.1',
    confidence: 'certain',
    disproof: 'Nothing: both special frames are in the capture.',
    next: 'Compare fabric names, entity identifiers and nonce of both: the destination name is the usual fault.',
    owes: 'network',
  },
  'fcip-link-flaps': {
    question: 'Does the tunnel come up, and stay?',
    about: 'A connection of an FCIP link was lost, and the link came back within a minute.',
    reference: 'RFC 3821 8.2, 8.4',
    confidence: 'certain',
    disproof: 'An operator who took the link down and up.',
    next: 'See who closed it and what TCP did before: keep alive, retransmissions, a firewall’s timer.',
    owes: 'network',
  },
  'ifcp-session-refused': {
    question: 'Does the tunnel come up, and stay?',
    about: 'A CBIND was answered by another status than success.',
    reference: 'RFC 4172 6.1, 5.2.2.3',
    confidence: 'certain',
    disproof: 'Nothing: the response is in the capture.',
    next: 'Make both gateways agree on what the status names: address mode, version, names, room.',
    owes: 'network',
  },
  'ifcp-liveness-lost': {
    question: 'Does the tunnel come up, and stay?',
    about: 'LTEST did not come as often as CBIND agreed, or its COUNT jumps.',
    reference: 'RFC 4172 6.3, 5.2.2.4',
    confidence: 'likely',
    disproof: 'LTEST messages in bytes that the capture misses.',
    next: 'See the gateway that should send them, and TCP’s state at that time.',
    owes: 'network',
  },
  'ifcp-outside-session': {
    question: 'Does the tunnel come up, and stay?',
    about: 'Frames on an iFCP connection before a CBIND succeeded, or after an UNBIND.',
    reference: 'RFC 4172 5.2.2.2, 5.2.3',
    confidence: 'certain',
    disproof: 'A CBIND in bytes that the capture misses.',
    next: 'See the gateway that sent them: it holds a session that the other does not know.',
    owes: 'network',
  },
};

export const fcGateways: Rule = {
  id: 'fc-gateways',
  about: 'Special frames of FCIP, session control of iFCP, and how links end and come back.',
  tells: TELLS,
  find(facts) {
    return [
      ...connectionsOfLinks(facts).flatMap(({ link, c }) =>
        link.carrier === Carrier.fcip
          ? [...special(c), ...changed(c)]
          : link.carrier === Carrier.ifcp
            ? [...refused(c), ...liveness(c, facts), ...outside(c)]
            : [],
      ),
      ...facts.fc.links.flatMap((link) => flaps(link)),
    ];
  },
};

/** Both directions were captured from their first byte. */
function wholeFromStart({ connection }: FcConnection): boolean {
  return connection?.a.startKnown === true && connection.b.startKnown;
}

function special(c: FcConnection): Found[] {
  if (!wholeFromStart(c)) return [];
  const found: Found[] = [];
  for (const direction of [0, 1]) {
    const own = c.specialFrames.filter((f) => f.direction === direction);
    const others = c.framesOf[direction] - own.length;
    const who = direction === 0 ? 'who opened the connection' : 'who accepted it';
    const [first, second] = own;
    const fault =
      first === undefined
        ? others > 0
          ? `${who} sent frames and no special frame`
          : undefined
        : first.framesBefore > 0
          ? `the special frame of ${who} came behind ${plural(first.framesBefore, 'frame')}`
          : second !== undefined
            ? `${who} sent ${own.length} special frames`
            : undefined;
    if (fault === undefined) continue;
    found.push({
      id: 'fcip-special-frame',
      severity: 'warning',
      title: `FCIP special frame: ${fault}`,
      text: 'It is to be the first frame each way on a new connection, and the only one of its kind.',
      count: 1,
      frames: inOrder(own.map((f) => f.frame)),
      ...onConnection(c),
      fromNs: first?.timeNs ?? c.firstNs,
    });
  }
  return found;
}

function changed(c: FcConnection): Found[] {
  const [sent] = c.specialFrames;
  const echo = c.specialFrames.find((f) => f.direction !== sent?.direction);
  if (sent === undefined || echo === undefined) return [];
  const differs = differences(sent, echo);
  if (!echo.changed && differs.length === 0) return [];
  const closed = c.connection?.closedHow === 'fin' || c.connection?.closedHow === 'rst';
  const what =
    differs.length > 0
      ? `It differs in: ${differs.join('; ')}.`
      : 'Ch is set though no field differs.';
  return [
    {
      id: 'fcip-special-frame-changed',
      severity: closed ? 'critical' : 'warning',
      title: `The FCIP special frame came back changed${closed ? ', and the connection was closed' : ''}`,
      text: `${echo.changed ? 'Ch is set. ' : 'Ch is not set. '}${what}`,
      count: 1,
      frames: inOrder([sent.frame, echo.frame]),
      ...onConnection(c),
      fromNs: sent.timeNs,
      toNs: echo.timeNs,
    },
  ];
}

function differences(sent: SpecialFrame, echo: SpecialFrame): string[] {
  const names = [
    ['sourceFabricName', 'source fabric name'],
    ['sourceEntityId', 'source entity identifier'],
    ['connectionNonce', 'connection nonce'],
    ['usageFlags', 'connection usage flags'],
    ['usageCode', 'connection usage code'],
    ['destinationFabricName', 'destination fabric name'],
    ['keepAliveMs', 'K_A_TOV'],
  ] as const;
  return names
    .filter(([key]) => sent[key] !== echo[key])
    .map(([key, name]) => `${name} ${sent[key]} → ${echo[key]}`);
}

/** A connection that had carried frames is closed, and the next of the link is opened soon after. */
function flaps(link: FcLink): Found[] {
  if (link.carrier !== Carrier.fcip) return [];
  const opened = link.connections
    .map((c) => c.connection?.openedNs ?? -1)
    .filter((ns) => ns >= 0)
    .sort((a, b) => a - b);
  const cut = link.connections.filter((c) => {
    const { connection } = c;
    if (connection === undefined || c.frames <= c.specialFrames.length) return false;
    if (connection.closedHow !== 'fin' && connection.closedHow !== 'rst') return false;
    const closedNs = connection.closedNs;
    return opened.some((ns) => ns > closedNs && ns - closedNs < BACK_NS);
  });
  const [first] = cut;
  if (first?.connection === undefined) return [];
  const open = cut.reduce((sum, c) => sum + Math.max(0, c.exchangesOpenAtEnd), 0);
  const closedNs = first.connection.closedNs;
  const backNs = opened.find((ns) => ns > closedNs) ?? closedNs;
  const how = first.connection.closedHow === 'rst' ? 'reset' : 'closed';
  return [
    {
      id: 'fcip-link-flaps',
      severity: open > 0 ? 'critical' : 'warning',
      title: `The FCIP link was cut ${plural(cut.length, 'time')} and came back`,
      text:
        `The first time its connection was ${how} and the next was opened ` +
        `${durationText(backNs - closedNs)} later; ${plural(open, 'exchange')} ` +
        `${open === 1 ? 'was' : 'were'} open at that moment.`,
      count: cut.length,
      frames: inOrder(cut.map((c) => c.lastFrame)),
      ...onConnection(first),
      fromNs: closedNs,
      toNs: cut[cut.length - 1].connection?.closedNs ?? closedNs,
      values: { exchangesOpen: open, gapNs: backNs - closedNs },
    },
  ];
}

function refused(c: FcConnection): Found[] {
  return c.control
    .filter((m) => m.kind === 'CBIND' && m.response && m.status > 0)
    .map((m) => {
      const status = CBIND_STATUS_NAMES[m.status] ?? `status ${m.status}`;
      const request = c.control.find(
        (r) => r.kind === 'CBIND' && !r.response && r.timeNs <= m.timeNs,
      );
      return {
        id: 'ifcp-session-refused',
        severity: 'critical',
        title: `iFCP session refused: ${status.replace(/^failed: /, '')}`,
        text:
          `CBIND from ${m.sourcePortName} to ${m.destinationPortName} was answered by status ` +
          `${m.status} (${status}).`,
        count: 1,
        frames: inOrder([request?.frame ?? 0, m.frame]),
        ...onConnection(c),
        fromNs: m.timeNs,
        values: { cbindStatus: m.status },
      } satisfies Found;
    });
}

function liveness(c: FcConnection, facts: Facts): Found[] {
  const found: Found[] = [];
  const missing = (c.connection?.a.missingBytes ?? 0) + (c.connection?.b.missingBytes ?? 0) > 0;
  const intervalNs = c.livenessSeconds * SECOND;
  if (c.boundNs >= 0 && intervalNs > 0 && !missing) {
    const unbound = c.control.find((m) => m.kind === 'UNBIND')?.timeNs;
    const open = c.connection?.closedHow === 'open';
    const untilNs = unbound ?? (open ? facts.lastNs : c.lastNs);
    const since = c.ltestLastNs < 0 ? c.boundNs : c.ltestLastNs;
    const longestNs = Math.max(c.ltestLongestNs, untilNs - since);
    if (longestNs > intervalNs * LATE_INTERVALS) {
      found.push({
        id: 'ifcp-liveness-lost',
        severity: 'warning',
        title: `No LTEST for ${durationText(longestNs)}, where one was due every ${plural(c.livenessSeconds, 'second')}`,
        text: `${plural(c.ltests, 'LTEST message')} came in all.`,
        count: 1,
        frames: [],
        ...onConnection(c),
        fromNs: c.boundNs,
        toNs: untilNs,
        values: { ltests: c.ltests, longestNs, intervalNs },
      });
    }
  }
  if (c.ltestCountJumps.count > 0 && !missing) {
    found.push({
      id: 'ifcp-liveness-lost',
      severity: 'note',
      title: 'COUNT of LTEST jumps',
      text: 'It is to grow by one with each message: one was not sent, or was lost before it was captured.',
      ...seenAt(c.ltestCountJumps),
      ...onConnection(c),
    });
  }
  return found;
}

function outside(c: FcConnection): Found[] {
  if (c.outsideSession.count === 0 || !wholeFromStart(c)) return [];
  const when = c.boundNs < 0 ? 'no CBIND succeeded' : 'before CBIND had succeeded, or after UNBIND';
  return [
    {
      id: 'ifcp-outside-session',
      severity: 'warning',
      title: `${plural(c.outsideSession.count, 'frame')} outside of an iFCP session`,
      text: `They came though ${when}: the receiver discards them.`,
      ...seenAt(c.outsideSession),
      ...onConnection(c),
    },
  ];
}
