// Addresses of storage that a host tried to reach and did not: SYNs without an answer, refusals, resets
// before a first byte; with what named the address (RFC 9293 3.5).

import { durationText, plural } from '../../lib/number-text.js';
import { type Facts, groupedBy } from '../facts.js';
import type { Found, Owes } from '../finding.js';
import { inOrder, type Rule } from '../rule.js';
import { type PortalTry, portalTries } from '../support/portals.js';

const SHOWN = 6;

export const portalsUnreachable: Rule = {
  id: 'portals-unreachable',
  about:
    'TCP connections to storage that failed: no answer to the SYN, refused, reset before a first byte, or ' +
    'half-open; by address, and with what named it: SendTargets, a redirect, an earlier session. One ' +
    'finding a host.',
  tells: {
    'portals-unreachable': {
      question: 'Connections that fail',
      leadsTo: ['all-paths-down'],
      about: 'A host tried to reach a portal and did not.',
      reference:
        'RFC 9293 3.5, 3.5.1; open-iscsi: "connection timed out" (login_timeout 15 s), "Connection refused"',
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
        ? `${host} could not connect to ${tried.to}: ${howText(tried)}`
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
    count: tries.reduce((sum, one) => sum + one.tried.attempts, 0),
    frames: inOrder(tries.flatMap((one) => one.tried.frames)),
    ...(session === undefined || session < 0 ? {} : { session }),
    fromNs,
    toNs: Math.max(...tries.map((one) => one.tried.lastNs)),
    values: {
      portals: tries.length,
      syns: tries.reduce((sum, one) => sum + one.tried.syns, 0),
    },
  };
}

/** The same portals were reached after all. */
function isBack(tries: readonly PortalTry[], { sessions }: Facts): boolean {
  return tries.every(({ tried }) =>
    sessions.some((one) => one.targetAddress === tried.to && one.startedNs > tried.firstNs),
  );
}

/** A RST was sent by somebody there: the address is alive and nothing listens; silence tells nothing. */
function owesOf(tries: readonly PortalTry[]): Owes {
  const alive = tries.every(({ tried }) => tried.unanswered === 0);
  return alive ? 'target' : 'unknown';
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

function tryText({ tried, named }: PortalTry): string {
  const by = named === undefined ? '' : ` (named by ${named.by})`;
  return `${tried.to}${by}: ${howText(tried)}`;
}

/** "5 SYNs in 31.0 s, no answer", "refused 3 times (RST)". */
function howText(tried: PortalTry['tried']): string {
  const { unanswered, refused, reset, halfOpen, syns, firstNs, lastNs } = tried;
  const parts: string[] = [];
  const span = lastNs > firstNs ? ` in ${durationText(lastNs - firstNs)}` : '';
  if (unanswered > 0) parts.push(`${plural(syns, 'SYN')}${span}, no answer`);
  if (refused > 0) parts.push(`refused ${plural(refused, 'time')} (RST)`);
  if (reset > 0) parts.push(`reset ${plural(reset, 'time')} before a first byte`);
  if (halfOpen > 0)
    parts.push(`${plural(halfOpen, 'SYN')} answered as of an older connection (half-open)`);
  return parts.join(', ');
}
