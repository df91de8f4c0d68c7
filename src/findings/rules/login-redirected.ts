// Logins that were sent elsewhere, and whether the initiator went there (RFC 7143 11.13.5: class 1).

import { durationText, plural } from '../../lib/number-text.js';
import type { IscsiConnection } from '../../session/model.js';
import { endpointText } from '../../stream/connection.js';
import type { FailedConnect } from '../../stream/failed-connects.js';
import { ISCSI_PORT } from '../../wire/iscsi/codes.js';
import { type Facts, groupedBy } from '../facts.js';
import type { Found } from '../finding.js';
import { inOrder, type Rule } from '../rule.js';

/** An initiator logs in anew at once; one that did not within this has not followed. */
const FOLLOW_NS = 30e9;
/** Nor has one whose capture ends so soon behind the redirect: it may be on its way. */
const FOLLOW_LEAST_NS = 1e9;
/** Redirects that end where they began. */
const HOPS_MAX = 16;

export const loginRedirected: Rule = {
  id: 'login-redirected',
  about:
    'A login was answered with status class 1 and a TargetAddress: followed from connection to ' +
    'connection to where it ended; said as a warning where it goes in a circle, ends in failure, or is ' +
    'not followed within 30 s.',
  tells: {
    'login-redirected': {
      question: 'Redirects',
      owes: 'none',
      about: 'A login was redirected, and accepted where it was sent.',
      reference: 'RFC 7143 11.13.5, 13.8',
      confidence: 'certain',
      proof: ['login-response.statusClass', 'login-response.statusDetail'],
      disproof: 'Nothing: the status is the target’s own word.',
      next: 'Nothing, where the portal balances load; else store the new address at the host.',
    },
    'redirect-not-followed': {
      question: 'Redirects',
      owes: 'initiator',
      leadsTo: ['portals-unreachable'],
      about:
        'A login was redirected, and no login to that address came: nobody tried, or the connection failed.',
      reference: 'RFC 7143 11.13.5',
      confidence: 'likely',
      proof: ['login-response.statusClass'],
      disproof: 'Its login on a way, or at a time, that was not captured.',
      next: 'See whether the host reaches that address (routes, VLAN, firewall), and capture there.',
    },
    'redirect-loop': {
      question: 'Redirects',
      owes: 'target',
      about: 'Redirects lead back to an address that had redirected before.',
      reference: 'RFC 7143 11.13.5',
      confidence: 'certain',
      proof: ['login-response.statusClass'],
      disproof: 'Nothing.',
      next: 'See the target’s portal groups: each thinks that the other owns the target.',
    },
  },
  find(facts) {
    const redirected = facts.stories.filter((story) => story.login?.outcome === 'redirected');
    if (redirected.length === 0) return [];
    const followed = new Set<IscsiConnection>();
    const ways = groupedBy(
      facts.stories
        .filter((story) => story.login !== undefined)
        .sort((a, b) => timeOf(a) - timeOf(b)),
      (story) => wayOf(targetOf(story), story, facts),
    );
    for (const story of redirected) {
      const next = nextOf(story, facts, ways);
      if (next !== undefined) followed.add(next);
    }
    // A chain is told once, from its first login.
    return redirected.filter((story) => !followed.has(story)).flatMap((s) => chain(s, facts, ways));
  },
};

function chain(first: IscsiConnection, facts: Facts, ways: Ways): Found[] {
  const hops: IscsiConnection[] = [first];
  const seen = new Set([targetOf(first)]);
  let loops = false;
  for (let at = first; hops.length < HOPS_MAX && at.login?.outcome === 'redirected'; ) {
    const to = addressOf(at.login.redirectedTo ?? '');
    loops ||= seen.has(to);
    const next = nextOf(at, facts, ways);
    if (next === undefined || loops) break;
    seen.add(to);
    hops.push(next);
    at = next;
  }
  const last = hops[hops.length - 1];
  const outcome = last.login?.outcome;
  if (outcome === 'redirected' && !loops) {
    // Of an address that was cut nobody can say who went there.
    if (last.login?.incomplete === true) return [];
    const waited = facts.lastNs - timeOf(last);
    const closed = last.connection.closedHow !== 'open';
    if (waited < FOLLOW_LEAST_NS && triedAt(addressOfLast(last), last, facts) === undefined)
      return [];
    if (waited < FOLLOW_NS && !closed) return [];
  }
  return [toFinding(hops, loops, facts)];
}

function addressOfLast({ login }: IscsiConnection): string {
  return addressOf(login?.redirectedTo ?? '');
}

function toFinding(hops: readonly IscsiConnection[], loops: boolean, facts: Facts): Found {
  const [first] = hops;
  const last = hops[hops.length - 1];
  const lost = last.login?.outcome === 'redirected';
  const id = loops ? 'redirect-loop' : lost ? 'redirect-not-followed' : 'login-redirected';
  const ends = hops.map(targetOf);
  const to = lost ? [addressOf(last.login?.redirectedTo ?? '')] : [];
  const delay = hops.length > 1 ? `, ${durationText(timeOf(hops[1]) - timeOf(first))} later` : '';
  const kept = first.login?.statusDetail === 2 ? 'permanently' : 'temporarily';
  const failed = last.login?.outcome === 'rejected' || last.login?.outcome === 'unanswered';
  const tried = lost && !loops ? triedAt(to[0], last, facts) : undefined;
  return {
    id,
    severity: loops || failed || tried !== undefined ? 'critical' : lost ? 'warning' : 'note',
    title: loops
      ? 'Redirects of a login go in a circle'
      : lost
        ? tried === undefined
          ? 'A login was redirected, and nobody went there'
          : `A login was redirected to ${to[0]}, and the host could not connect there`
        : `A login was redirected ${plural(hops.length - 1, 'time')} and ${failed ? 'failed' : 'accepted'}`,
    text:
      `${[...ends, ...to].join(' → ')} (moved ${kept}${delay}). ` +
      (tried !== undefined
        ? `The host tried ${plural(tried.attempts, 'time')}: ${tried.unanswered > 0 ? 'no answer to its SYNs' : 'refused'}.`
        : lost && !loops
          ? `Waited for ${durationText(facts.lastNs - timeOf(last))} after it.`
          : ''),
    ...(tried === undefined ? {} : { owes: 'unknown' as const, confidence: 'certain' as const }),
    count: hops.length,
    frames: inOrder(hops.map((hop) => hop.login?.steps.at(-1)?.frame ?? 0)),
    session: last.session,
    connection: first.connection.id,
    fromNs: timeOf(first),
    toNs: last.login?.endedNs,
    values: { hops: hops.length, redirectedTo: first.login?.redirectedTo ?? '' },
  };
}

/** The host's own tries to connect to where it was sent, which failed. */
function triedAt(to: string, story: IscsiConnection, facts: Facts): FailedConnect | undefined {
  const from = facts.sessions[story.session]?.initiatorAddress;
  return facts.failedConnects.find(
    (one) => one.to === to && one.from === from && one.lastNs >= timeOf(story),
  );
}

/** Logins by where they went and who went there. */
type Ways = ReadonlyMap<string, readonly IscsiConnection[]>;

function wayOf(target: string, story: IscsiConnection, facts: Facts): string {
  return `${target} ${facts.sessions[story.session]?.initiatorName}`;
}

/** The login that followed a redirect: of the same initiator, to that address, next in time. */
function nextOf(story: IscsiConnection, facts: Facts, ways: Ways): IscsiConnection | undefined {
  const to = addressOf(story.login?.redirectedTo ?? '');
  const from = timeOf(story);
  const logins = ways.get(wayOf(to, story, facts)) ?? [];
  // In the order of time: in a storm of them the first that is late enough is found by halving.
  let [low, high] = [0, logins.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(logins[middle]) < from) low = middle + 1;
    else high = middle;
  }
  const next = logins[low] === story ? logins[low + 1] : logins[low];
  return next !== undefined && timeOf(next) - from <= FOLLOW_NS ? next : undefined;
}

function timeOf(story: IscsiConnection): number {
  return story.login?.startedNs ?? -1;
}

function targetOf({ connection, initiatorDirection }: IscsiConnection): string {
  return endpointText(connection, initiatorDirection === 1 ? 'a' : 'b');
}

/** TargetAddress without its portal group tag, with its port: `10.0.0.1:3260` (RFC 7143 13.8). */
function addressOf(text: string): string {
  const address = text.replace(/,\d*$/, '');
  const bare = address.startsWith('[') ? address.endsWith(']') : !address.includes(':');
  return bare ? `${address}:${ISCSI_PORT}` : address;
}
