// Header and data digests that do not fit what they cover (RFC 7143 13.1), and what was done about it.

import { plural } from '../../lib/number-text.js';
import type { IscsiConnection } from '../../session/model.js';
import { type Facts, storyOf } from '../facts.js';
import { LOSES_CONNECTION, type Rule, when } from '../rule.js';
import { type FramingGroup, framing } from '../watch/framing.js';

const DATA_DIGEST_ERROR = 2;

export const digestBad: Rule = {
  id: 'digest-bad',
  about:
    'A CRC32C digest does not match the header or data it covers. TCP did not notice, so the bytes ' +
    'changed above TCP, or in a device that makes its checksum anew.',
  tells: {
    'digest-bad': {
      question: 'Digests',
      owes: 'network',
      leadsTo: [...LOSES_CONNECTION, 'commands-open', 'snack'],
      about: 'PDUs with a bad header or data digest.',
      reference: 'RFC 7143 7.7, 13.1',
      confidence: 'certain',
      disproof:
        'The same PDU captured elsewhere with a good digest: then the capturing host changed it.',
      next: 'Suspect memory, network cards and their offloads, or a middle box; capture on both ends.',
    },
  },
  watches: [framing],
  find(facts) {
    return [...facts.evidence.of(framing).groups.values()].flatMap((group) => {
      const count = group.headerDigestsBad + group.dataDigestsBad;
      if (count === 0) return [];
      const story = storyOf(facts, group.connection);
      return [
        {
          id: digestBad.id,
          severity: 'critical' as const,
          title: `${plural(count, 'PDU')} with a bad digest`,
          text:
            `${plural(group.headerDigestsBad, 'header digest')} and ` +
            `${plural(group.dataDigestsBad, 'data digest')} did not match. TCP's own checksum let ` +
            `them pass. ${followedBy(group, story, facts)}`,
          count,
          frames: group.digests.frames,
          connection: group.connection,
          session: story?.session,
          ...when(group.digests),
          values: { headerDigests: group.headerDigestsBad, dataDigests: group.dataDigestsBad },
        },
      ];
    });
  },
};

/** What its receiver did: a bad header drops the connection, bad data may be asked for again (7.7). */
function followedBy(group: FramingGroup, story: IscsiConnection | undefined, facts: Facts): string {
  const events = facts.sessions[story?.session ?? -1]?.events ?? [];
  const after = events.filter(
    (e) => e.connection === group.connection && e.timeNs >= group.digests.firstNs,
  );
  const rejects = after.filter((e) => e.kind === 'reject' && e.fields.reason === DATA_DIGEST_ERROR);
  const snacks = after.filter((e) => e.kind === 'SNACK');
  const said = [
    ...(rejects.length > 0 ? [plural(rejects.length, 'Reject')] : []),
    ...(snacks.length > 0 ? [plural(snacks.length, 'SNACK')] : []),
    ...(story?.ended === 'connection lost' ? ['the end of the connection'] : []),
  ];
  return said.length > 0 ? `Followed by ${said.join(', ')}.` : 'Neither side said anything of it.';
}
