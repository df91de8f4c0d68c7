// An initiator that sends requests on a connection which it has asked to close (RFC 7143 11.14).

import { durationText, plural } from '../../lib/number-text.js';
import { codeName, OPCODE_NAMES } from '../../wire/iscsi/codes.js';
import type { Found } from '../finding.js';
import { inOrder, LOSES_CONNECTION, type Rule, when } from '../rule.js';
import { type AfterLogout, afterLogouts } from '../watch/after-logout.js';

export const afterLogout: Rule = {
  id: 'after-logout',
  about:
    'SCSI commands, task management and text requests on a connection after its Logout Request (one for ' +
    'recovery, which concerns another connection, aside) that the target did not refuse, before a login.',
  tells: {
    'request-after-logout': {
      question: 'Requests out of their phase',
      owes: 'initiator',
      leadsTo: [...LOSES_CONNECTION, 'reject', 'commands-rejected', 'commands-open'],
      about: 'The initiator sent requests although it had logged out.',
      reference:
        'RFC 7143 11.14 ("an initiator MUST NOT send any new iSCSI requests on the closing connection")',
      confidence: 'certain',
      proof: ['logout-request.reason', 'scsi-command.cmdSN'],
      disproof: 'A login between them, in bytes that the capture misses.',
      next:
        'See the initiator’s software: what it still sends is not executed, or nobody knows whether it was. ' +
        'Compare the data of these commands.',
    },
  },
  watches: [afterLogouts],
  find(facts) {
    return [...facts.evidence.of(afterLogouts).all].map(([connection, one]) =>
      found(connection, one),
    );
  },
};

function found(connection: number, one: AfterLogout): Found {
  const { session, count, commands, agreed, logoutFrame, logoutNs } = one;
  const what =
    commands === count
      ? plural(count, 'command')
      : `${plural(count, 'request')} (${commands} of them commands)`;
  const first = codeName(OPCODE_NAMES, one.opcode);
  return {
    id: 'request-after-logout',
    severity: 'warning',
    title: `The initiator sent ${what} after its logout`,
    text:
      `The first, a ${first}, came ${durationText(one.firstNs - logoutNs)} after the Logout Request (frame ` +
      `${logoutFrame})${agreed ? ', which the target had granted' : ', which was not refused'}. The target need ` +
      'not execute it.',
    count,
    frames: inOrder([logoutFrame, ...one.frames]),
    ...(session < 0 ? {} : { session }),
    connection,
    ...when(one),
    values: { requests: count, commands, granted: agreed },
  };
}
