// The initiator acknowledges no statuses: ExpStatSN lags behind StatSN (RFC 7143 4.2.2.2).

import { plural } from '../../lib/number-text.js';
import type { IscsiConnection } from '../../session/model.js';
import { flowOf } from '../../stream/connection.js';
import type { Facts } from '../facts.js';
import type { Found } from '../finding.js';
import type { Rule } from '../rule.js';

/**
 * Every PDU of the initiator carries ExpStatSN, so that statuses wait for it no longer than commands
 * wait for theirs: as many as were ever open, and once more for those on their way. More is odd.
 */
const SLACK = 32;

export const statusLag: Rule = {
  id: 'expstatsn-lag',
  about:
    'More statuses had not been acknowledged (StatSN - ExpStatSN) than twice as many commands as were ' +
    'ever open, and 32: the initiator does not count what it gets. Targets that check it (SPDK) drop ' +
    'the connection.',
  tells: {
    'expstatsn-lag': {
      question: 'StatSN and its acknowledgement',
      owes: 'initiator',
      about: 'ExpStatSN lags far behind StatSN.',
      reference: 'RFC 7143 4.2.2.2',
      confidence: 'certain',
      proof: ['scsi-command.expStatSN', 'scsi-response.statSN'],
      disproof: 'PDUs of the initiator with a later ExpStatSN, missed by the capture.',
      next: 'Look for a newer initiator; see whether the connection was closed by the target after this.',
    },
  },
  find(facts) {
    return facts.stories.flatMap((story) => found(story, facts));
  },
};

function found(story: IscsiConnection, facts: Facts): Found[] {
  const { connection, session, statLagMax, statLagFrame, statLagNs, initiatorDirection } = story;
  const window = facts.sessions[session]?.window;
  if (window === undefined || initiatorDirection < 0) return [];
  const initiator = flowOf(connection, initiatorDirection);
  if (initiator.packets === 0 || initiator.missingBytes > 0 || initiator.cutBytes > 0) return [];
  const open = Math.max(facts.metrics.sessions[session]?.depth.max ?? 0, window.usedMax);
  if (statLagMax <= 2 * open + SLACK) return [];
  return [
    {
      id: statusLag.id,
      severity: 'warning',
      title: `${plural(statLagMax, 'status', 'statuses')} not acknowledged by the initiator`,
      text:
        `StatSN was ${statLagMax} ahead of ExpStatSN, though never more than ${plural(open, 'command')} ` +
        'were open. "A large absolute difference between the StatSN and the ExpStatSN may indicate a ' +
        'failed connection": the target keeps the state of all of them.',
      count: 1,
      frames: [statLagFrame],
      session,
      connection: connection.id,
      fromNs: statLagNs,
      values: { lagMax: statLagMax, openMax: open },
    },
  ];
}
