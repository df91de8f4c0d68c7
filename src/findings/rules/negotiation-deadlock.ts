// A login that did not come to be, and keys in which both sides had nothing in common.

import type { IscsiConnection, Parameter } from '../../session/model.js';
import { KeyAnswer } from '../../wire/iscsi/keys.js';
import { type Facts, groupedBy } from '../facts.js';
import type { Found } from '../finding.js';
import type { Rule } from '../rule.js';

/** Lists from which one value must be chosen: nothing in common is no agreement (RFC 7143 6.2.1). */
const LISTS: ReadonlySet<string> = new Set([
  'HeaderDigest',
  'DataDigest',
  'AuthMethod',
  'TaskReporting',
]);
const DIGESTS = ['HeaderDigest', 'DataDigest'];

export const negotiationDeadlock: Rule = {
  id: 'negotiation-deadlock',
  about:
    'Keys whose offers have nothing in common (digests, authentication methods), or that were answered ' +
    'with Reject, in a login that then failed; and digests that are agreed on in discovery only.',
  tells: {
    'negotiation-deadlock': {
      question: 'Keys without agreement',
      leadsTo: ['login-failed', 'login-unanswered'],
      about: 'A login failed, and a key of it found no agreement.',
      reference: 'RFC 7143 6.2, 13.1',
      confidence: 'likely',
      proof: ['login-response.statusClass'],
      disproof: 'The same login with other values of the key, failing as well.',
      next: 'Set the key to a value that both sides have; offer a list (CRC32C,None) instead of one value.',
    },
    'digest-discovery-only': {
      question: 'Digests',
      owes: 'none',
      about:
        'A digest is used in the discovery session, and not in the session that moves the data.',
      reference: 'RFC 7143 13.1',
      confidence: 'certain',
      proof: ['login-request.dataSegmentLength'],
      disproof: 'Two hosts behind one name and address.',
      next: 'Where digests are wanted, set them for normal sessions too (open-iscsi: node record).',
    },
  },
  find(facts) {
    return [...facts.stories.flatMap((story) => deadlock(story)), ...discoveryOnly(facts)];
  },
};

function deadlock(story: IscsiConnection): Found[] {
  const { login, connection, session } = story;
  if (login === undefined || (login.outcome !== 'rejected' && login.outcome !== 'unanswered')) {
    return [];
  }
  return story.parameters.filter(disagrees).map((p) => {
    const { key, initiator = 'nothing', target = 'nothing' } = p;
    const frames = [p.initiatorFrame ?? 0, p.targetFrame ?? 0].filter((frame) => frame > 0);
    return {
      id: negotiationDeadlock.id,
      severity: 'critical',
      title: `No agreement on ${key}, and the login failed`,
      text: `The initiator said ${key}=${initiator}, the target ${key}=${target}: no value that both have.`,
      count: 1,
      frames,
      session,
      connection: connection.id,
      fromNs: login.startedNs,
      toNs: login.endedNs,
      values: { key, initiator, target },
    };
  });
}

function disagrees(p: Parameter): boolean {
  const [offer, answer] =
    p.offeredBy === 'target' ? [p.target, p.initiator] : [p.initiator, p.target];
  if (offer === undefined || answer === undefined) return false;
  if (answer === KeyAnswer.reject) return true;
  if (!LISTS.has(p.key)) return false;
  if (answer === KeyAnswer.notUnderstood) return true;
  const [a, b] = [offer, answer].map((list) => list.split(',').map((item) => item.trim()));
  return !a.some((item) => b.includes(item));
}

/** Of sessions between the same two addresses: discovery with a digest, all others without. */
function discoveryOnly(facts: Facts): Found[] {
  const found: Found[] = [];
  const told = new Set<string>();
  const nameOf = (story: IscsiConnection) => facts.sessions[story.session]?.initiatorName ?? '';
  const byName = groupedBy(
    facts.stories.filter((story) => story.login?.outcome === 'accepted'),
    nameOf,
  );
  for (const story of facts.stories) {
    const session = facts.sessions[story.session];
    if (session?.type !== 'Discovery' || story.login?.outcome !== 'accepted') continue;
    const digests = DIGESTS.filter((key) => usesDigest(story, key));
    if (digests.length === 0 || told.has(session.initiatorName)) continue;
    told.add(session.initiatorName);
    const normal = (byName.get(session.initiatorName) ?? []).filter(
      (other) => facts.sessions[other.session]?.type === 'Normal',
    );
    const only = digests.filter((key) => normal.every((other) => !usesDigest(other, key)));
    if (normal.length === 0 || only.length === 0) continue;
    found.push({
      id: 'digest-discovery-only',
      severity: 'note',
      title: `${only.join(' and ')} in discovery only`,
      text: 'The sessions that move data agreed on None: it is not protected against what TCP misses.',
      count: 1,
      frames: (story.login.steps ?? []).map((step) => step.frame).slice(0, 2),
      session: normal[0].session,
    });
  }
  return found;
}

function usesDigest(story: IscsiConnection, key: string): boolean {
  return story.parameters.find((p) => p.key === key)?.result === 'CRC32C';
}
