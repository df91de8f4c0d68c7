// Targets that leave ExpDataSN of their responses 0: tgt does, and nothing comes of it as a rule.

import { plural } from '../../lib/number-text.js';
import type { Session } from '../../session/model.js';
import { type Facts, groupedBy } from '../facts.js';
import type { Found } from '../finding.js';
import { inOrder, type Rule } from '../rule.js';
import { DOUBTS, doubtOf } from '../support/doubt.js';
import { targetOf } from '../support/who.js';

export const expDataSnUnset: Rule = {
  id: 'expdatasn-unset',
  about:
    'SCSI Responses whose ExpDataSN is 0 although Data-In passed: a habit of the target’s software, told ' +
    'once a target.',
  tells: {
    'expdatasn-unset': {
      question: 'DataSN, R2TSN, ExpDataSN',
      owes: 'target',
      about:
        'ExpDataSN of a SCSI Response is the number of Data-In that the target sent. ' +
        'tgt and istgt never fill it in; initiators at ErrorRecoveryLevel 0 do not look.',
      reference: 'RFC 7143 11.4.8',
      confidence: 'certain',
      proof: ['scsi-response.expDataSN'],
      disproof: 'Bytes before it that the capture does not hold, without a trace in TCP’s numbers.',
      next: 'Nothing, as long as the initiator does not mind: newer target software may fill it in.',
    },
  },
  find(facts) {
    const odd = facts.sessions.filter((s) => s.sequence.expDataSNUnset.count > 0);
    return [...groupedBy(odd, targetOf)].map(([target, sessions]) =>
      found(target, sessions, facts),
    );
  },
};

function found(target: string, all: readonly Session[], facts: Facts): Found {
  const sure = all.filter((session) => doubtOf(session.id, facts) === undefined);
  const sessions = sure.length > 0 ? sure : all;
  const doubt = sure.length > 0 ? undefined : doubtOf(all[0].id, facts);
  const seen = sessions.map((session) => session.sequence.expDataSNUnset);
  const count = seen.reduce((sum, one) => sum + one.count, 0);
  const many = sessions.length > 1 ? `, in ${sessions.length} sessions with ${target}` : '';
  return {
    id: expDataSnUnset.id,
    severity: 'note',
    title: `${plural(count, 'time')}: ExpDataSN 0 although Data-In passed${many}`,
    text:
      'ExpDataSN of a SCSI Response is the number of Data-In that the target sent. tgt and istgt never ' +
      'fill it in; initiators at ErrorRecoveryLevel 0 do not look.' +
      (doubt === undefined ? '' : ` ${DOUBTS[doubt]}`),
    count,
    frames: inOrder(seen.map(({ frame }) => frame)),
    ...(sessions.length === 1 ? { session: sessions[0].id } : {}),
    fromNs: Math.min(...seen.map(({ timeNs }) => timeNs)),
    values: { sessions: sessions.length, target },
    ...(doubt === undefined ? {} : { confidence: 'possible' as const, inferred: true }),
  };
}
