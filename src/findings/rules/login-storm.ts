// Many logins at one portal at once, and initiators that give up before they are answered.

import { countText, durationText, plural } from '../../lib/number-text.js';
import type { IscsiConnection } from '../../session/model.js';
import { endpointText } from '../../stream/connection.js';
import type { Facts } from '../facts.js';
import type { Found } from '../finding.js';
import { inOrder, type Rule } from '../rule.js';
import { closerOf } from '../support/who.js';

/** Logins within this time are one storm: initiators retry after 1 to 5 s. */
const WINDOW_NS = 10e9;
/** A host logs in once a portal and a target, some together; twenty are hosts that come back at once. */
const LOGINS_LEAST = 20;
/** Answers slower than this come after ESXi's timer, or near open-iscsi's. */
const SLOW_NS = 5e9;
/** That many gave up, or nearly did: else the portal coped with the storm. */
const TROUBLED_LEAST = 3;

export const loginStorm: Rule = {
  id: 'login-storm',
  about:
    'Twenty and more logins at one portal within ten seconds, of which three and more were given up by ' +
    'the initiator, refused for want of resources, or answered after five seconds and more.',
  tells: {
    'login-storm': {
      question: 'Login storms',
      owes: 'target',
      about: 'A portal is flooded with logins, and too slow for the initiators’ timers.',
      reference: 'RFC 7143 11.13.5 (0302 out of resources); ESXi 5 s, open-iscsi 15 s',
      confidence: 'likely',
      proof: ['login-request.isid'],
      disproof: 'Logins that fail alike without the storm: then it is its effect, not its cause.',
      next: 'Raise the hosts’ login timers (Dell asks 60 s of ESXi), and see what threw all of them out.',
    },
  },
  find(facts) {
    const portals = new Map<string, IscsiConnection[]>();
    for (const story of facts.stories) {
      if (story.login === undefined) continue;
      const portal = endpointText(story.connection, story.initiatorDirection === 1 ? 'a' : 'b');
      const list = portals.get(portal);
      if (list === undefined) portals.set(portal, [story]);
      else list.push(story);
    }
    return [...portals].flatMap(([portal, stories]) => worst(portal, stories, facts));
  },
};

function startOf(story: IscsiConnection): number {
  return story.login?.startedNs ?? 0;
}

/** The fullest ten seconds of a portal, where they are a storm. */
function worst(portal: string, stories: IscsiConnection[], facts: Facts): Found[] {
  const sorted = [...stories].sort((a, b) => startOf(a) - startOf(b));
  let from = 0;
  let [bestFrom, bestTo] = [0, 0];
  for (let to = 0; to < sorted.length; to++) {
    while (startOf(sorted[to]) - startOf(sorted[from]) > WINDOW_NS) from++;
    if (to - from + 1 > bestTo - bestFrom) [bestFrom, bestTo] = [from, to + 1];
  }
  const best = sorted.slice(bestFrom, bestTo);
  if (best.length < LOGINS_LEAST) return [];
  const troubled = best.filter(isTroubled);
  if (troubled.length < TROUBLED_LEAST) return [];
  const names = new Set(best.map((s) => facts.sessions[s.session]?.initiatorName ?? ''));
  const slowest = Math.max(...best.map((s) => (s.login?.endedNs ?? 0) - startOf(s)));
  const given = best.filter((s) => s.login?.outcome === 'unanswered').length;
  return [
    {
      id: loginStorm.id,
      severity: 'critical',
      title: `${countText(best.length)} logins at ${portal} in ${durationText(WINDOW_NS)}, too many for it`,
      text:
        `Of ${plural(names.size, 'initiator')}. ${plural(given, 'login')} given up without an answer, ` +
        `${troubled.length} in trouble in all, the slowest took ${durationText(slowest)}. Those who ` +
        'give up try again, and add to the storm.',
      count: best.length,
      frames: inOrder(troubled.map((s) => s.login?.steps[0]?.frame ?? 0)),
      fromNs: startOf(best[0]),
      toNs: startOf(best[best.length - 1]),
      values: {
        logins: best.length,
        initiators: names.size,
        unanswered: given,
        loginNsMax: slowest,
      },
    },
  ];
}

function isTroubled(story: IscsiConnection): boolean {
  const { login } = story;
  if (login === undefined) return false;
  if (login.outcome === 'unanswered') return closerOf(story) === 'initiator';
  if (login.outcome === 'rejected') return login.statusClass === 3;
  return login.endedNs - login.startedNs >= SLOW_NS;
}
