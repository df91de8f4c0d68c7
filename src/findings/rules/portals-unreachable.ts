// Addresses of storage that a host tried to reach and did not: SYNs without an answer or answered too late, refusals,
// resets before a first byte; with what named the address, and what routers and hosts said of it (RFC 9293 3.5; ICMP:
// RFC 792, RFC 4443).

import { hostOfEnd } from '../../lib/address.js';
import { durationText, plural } from '../../lib/number-text.js';
import type { Unreachable } from '../../packet/unreachable.js';
import { addressText } from '../../stream/connection.js';
import { type Facts, groupedBy } from '../facts.js';
import type { Found, Owes } from '../finding.js';
import { inOrder, type Rule } from '../rule.js';
import { type PortalTry, portalTries, saidText } from '../support/portals.js';

const SHOWN = 6;
const NEXT_SHOWN = 2;

export const portalsUnreachable: Rule = {
  id: 'portals-unreachable',
  about:
    'TCP connections to storage that failed: no answer to the SYN or one too late, refused, reset before a first ' +
    'byte, or half-open; by address, with what named it (SendTargets, a redirect, an earlier session) and with the ' +
    'ICMP that says why, and who sent it. One finding a host.',
  tells: {
    'portals-unreachable': {
      question: 'Connections that fail',
      leadsTo: ['all-paths-down'],
      about: 'A host tried to reach a portal and did not.',
      reference:
        'RFC 9293 3.5, 3.5.1; ICMP: RFC 792, RFC 1812 5.2.7.1, RFC 4443 3.1; open-iscsi: "connection timed out" (login_timeout 15 s), "Connection refused"',
      confidence: 'certain',
      disproof: 'Answers that went another way than the capture sees.',
      next:
        'See whether the host has a way to that address (a portal on another network, or a link-local one, ' +
        'is named to all hosts), whether a firewall drops it, and whether the target listens there.',
    },
  },
  find(facts) {
    const byHost = groupedBy(portalTries(facts), (one) => hostOf(one, facts));
    return [...byHost.values()].map((tries) => toFinding(tries, facts));
  },
};

/** A host by its name, where the address that it tried was named to it: it may have several addresses. */
function hostOf({ tried, named }: PortalTry, { sessions }: Facts): string {
  return sessions[named?.session ?? -1]?.initiatorName || tried.from;
}

function toFinding(tries: readonly PortalTry[], facts: Facts): Found {
  const [{ tried }] = tries;
  const host = hostOf(tries[0], facts);
  const works = reached(host, tries, facts);
  const shown = tries.slice(0, SHOWN).map(tryText);
  if (tries.length > SHOWN) shown.push(`${tries.length - SHOWN} more`);
  const session = tries.find(({ named }) => named !== undefined)?.named?.session;
  const fromNs = Math.min(...tries.map((one) => one.tried.firstNs));
  return {
    id: portalsUnreachable.id,
    severity: works.length > 0 || isBack(tries, facts) ? 'warning' : 'critical',
    title:
      tries.length === 1
        ? `${host} could not connect to ${tried.to}: ${shortOf(tries[0])}`
        : `${host} could not connect to ${tries.length} portals: ${tries
            .map((one) => one.tried.to)
            .slice(0, SHOWN)
            .join(', ')}`,
    text:
      `${shown.join('; ')}. ` +
      (works.length > 0
        ? `It did reach ${works.slice(0, SHOWN).join(', ')}.`
        : 'It reached no other.'),
    owes: owesOf(tries),
    ...nextOf(tries),
    count: tries.reduce((sum, one) => sum + one.tried.attempts, 0),
    frames: inOrder(
      tries.flatMap(({ tried, said }) => [...tried.frames, ...said.flatMap((one) => one.frames)]),
    ),
    ...(session === undefined || session < 0 ? {} : { session }),
    fromNs,
    toNs: Math.max(...tries.map((one) => one.tried.lastNs)),
    values: {
      portals: tries.length,
      syns: tries.reduce((sum, one) => sum + one.tried.syns, 0),
    },
  };
}

/** The same portals were reached after all: by a session, or a gateway's link, which either end may open. */
function isBack(tries: readonly PortalTry[], { sessions, fc }: Facts): boolean {
  const links = fc.links.flatMap(({ connections }) => connections);
  return tries.every(({ tried }) => {
    const { from, to, firstNs } = tried;
    const ends = [from, addressOf(to)].sort().join(' ');
    return (
      sessions.some((one) => one.targetAddress === to && one.startedNs > firstNs) ||
      links.some(({ connection: c, firstNs: sinceNs }) => {
        if (c === undefined || sinceNs <= firstNs) return false;
        return [addressText(c, 'a'), addressText(c, 'b')].sort().join(' ') === ends;
      })
    );
  });
}

/** Of one address: a RST was sent by somebody there: it is alive and nothing listens. Silence tells nothing. */
function owesOne({ tried, said }: PortalTry): Owes {
  if (said.length > 0)
    return said.every((one) => owesSaid(one, tried.to) === owesSaid(said[0], tried.to))
      ? owesSaid(said[0], tried.to)
      : 'unknown';
  return tried.unanswered + tried.late === 0 ? 'target' : 'unknown';
}

/** Who is to do something about it: what the address itself refuses is its own, what stands between is the network's. */
function owesSaid({ by, reason }: Unreachable, to: string): Owes {
  if (by === addressOf(to)) return 'target';
  // A router that finds no such host on its last network: that host is off, or elsewhere.
  return /\bhost unreachable$|address unreachable|port unreachable|host unknown/.test(reason)
    ? 'unknown'
    : 'network';
}

function owesOf(tries: readonly PortalTry[]): Owes {
  const [first, ...others] = tries.map(owesOne);
  return others.every((owes) => owes === first) ? first : 'unknown';
}

/** "10.0.0.1:3260" or "[fe80::1]:3260" without its port and brackets. */
function addressOf(to: string): string {
  return hostOfEnd(to).replace(/^\[|\]$/g, '');
}

/** Where ICMP said why, the next step is known better. */
function nextOf(tries: readonly PortalTry[]): { next?: string } {
  const steps = tries.flatMap(({ said }) =>
    said.map((one) => `Look at ${one.by}: ${meaning(one)}.`),
  );
  const each = [...new Set(steps)].slice(0, NEXT_SHOWN);
  if (each.length > 0) return { next: each.join(' ') };
  return tries.every(({ tried }) => tried.late === tried.attempts) ? { next: LATE } : {};
}

const LATE =
  'The target is there, but its answer took longer than the host waits: see whether its machine stood still (stopped, ' +
  'migrated, starved) or the way held the packets; capture at both ends.';

/** What lies behind a reason, in the order in which they would be mistaken for each other. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/prohibited|policy|reject/, 'its filter rules (firewall, ACL) refuse this'],
  [/exceeded/, 'packets go in a circle, or too far: follow the route from there'],
  [/port unreachable/, 'nothing listens on that port, or a firewall rejects it so'],
  [
    /\bhost|address/,
    'it got no answer to ARP or neighbour discovery: the storage is off, or not on that network',
  ],
];

function meaning({ reason }: Unreachable): string {
  const found = MEANINGS.find(([pattern]) => pattern.test(reason));
  return found?.[1] ?? 'it has no route to that network';
}

/** Portals that the host has sessions with. */
function reached(host: string, tries: readonly PortalTry[], { sessions }: Facts): string[] {
  const from = tries.map((one) => one.tried.from);
  const own = sessions.filter(
    (one) => one.initiatorName === host || from.includes(one.initiatorAddress),
  );
  const to = new Set(own.map((one) => one.targetAddress));
  for (const { tried } of tries) to.delete(tried.to);
  return [...to];
}

function tryText({ tried, named, said }: PortalTry): string {
  const by = named === undefined ? '' : ` (named by ${named.by})`;
  return `${tried.to}${by}: ${[howText(tried, said.length > 0), ...said.map(saidText)].join('; ')}`;
}

/** What ICMP said says more than that no answer came. */
function shortOf({ tried, said }: PortalTry): string {
  return said.length > 0 ? said.map(saidText).join('; ') : howText(tried);
}

/** "5 SYNs in 31.0 s, no answer", "refused 3 times (RST)". */
function howText(tried: PortalTry['tried'], explained = false): string {
  const { unanswered, refused, reset, halfOpen, late, syns, firstNs, lastNs } = tried;
  const parts: string[] = [];
  const span = lastNs > firstNs ? ` in ${durationText(lastNs - firstNs)}` : '';
  if (unanswered > 0) {
    parts.push(`${plural(syns, 'SYN')}${span}${explained ? '' : ', no answer'}`);
  }
  if (refused > 0) parts.push(`refused ${plural(refused, 'time')} (RST)`);
  if (reset > 0) parts.push(`reset ${plural(reset, 'time')} before a first byte`);
  if (halfOpen > 0)
    parts.push(`${plural(halfOpen, 'SYN')} answered as of an older connection (half-open)`);
  if (late > 0) {
    const took = late === tried.attempts ? `: ${plural(syns, 'SYN')}${span}` : '';
    parts.push(`answered ${plural(late, 'time')} when the host had given up${took}`);
  }
  return parts.join(', ');
}
