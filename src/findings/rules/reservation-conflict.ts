// RESERVATION CONFLICT: who holds the logical unit, as far as the capture shows it.

import { durationText, plural } from '../../lib/number-text.js';
import { operationName } from '../../wire/scsi/operations.js';
import type { Facts } from '../facts.js';
import type { Found } from '../finding.js';
import { type Rule, when } from '../rule.js';
import type { Conflict, Reserving } from '../watch/reservations.js';
import { reservations } from '../watch/reservations.js';

/** Types of persistent reservations (SPC). */
const TYPES: Readonly<Record<number, string>> = {
  1: 'Write Exclusive',
  3: 'Exclusive Access',
  5: 'Write Exclusive – Registrants Only',
  6: 'Exclusive Access – Registrants Only',
  7: 'Write Exclusive – All Registrants',
  8: 'Exclusive Access – All Registrants',
};

export const reservationConflict: Rule = {
  id: 'reservation-conflict',
  about:
    'Commands that ended with RESERVATION CONFLICT, with the last RESERVE or PERSISTENT RESERVE OUT of ' +
    'the same target and LUN and the host that sent it; and whether the host that met it had registered ' +
    'with another ISID (a registration belongs to the I_T nexus, RFC 3783 section 7).',
  tells: {
    'reservation-conflict': {
      question: 'Reservations',
      owes: 'none',
      about: 'Another I_T nexus holds a reservation of the logical unit.',
      reference: 'SPC (reservations); RFC 3783 7 (they belong to the ISID)',
      confidence: 'certain',
      proof: ['scsi-response.status'],
      disproof:
        'Nothing for the status; the holder may have reserved before the capture, or elsewhere.',
      next:
        'Ask for the holder: PERSISTENT RESERVE IN, READ RESERVATION and READ KEYS. In a cluster this ' +
        'fences a host on purpose.',
    },
  },
  watches: [reservations],
  find(facts) {
    return [...facts.evidence.of(reservations).conflicts.values()].map((one) =>
      toFinding(one, facts),
    );
  },
};

function toFinding(conflict: Conflict, facts: Facts): Found {
  const { session, lun, count, holder, otherIsid } = conflict;
  const operations = [...conflict.operations].map(operationName);
  const shown = operations.slice(0, 4).join(', ') + (operations.length > 4 ? ', …' : '');
  const isid =
    otherIsid === ''
      ? ''
      : ` This initiator had registered with ISID ${otherIsid}, and now has ` +
        `${facts.sessions[session]?.isid}: its registration does not count here.`;
  return {
    id: reservationConflict.id,
    severity: 'warning',
    title: `${plural(count, 'command')} met a reservation conflict`,
    text: `${shown}. ${holderText(holder, conflict, facts)}${isid}`,
    count,
    frames:
      holder === undefined ? conflict.frames : [...conflict.frames.slice(0, 19), holder.frame],
    session,
    lun,
    ...when(conflict),
    values: {
      holderSession: holder?.session ?? -1,
      holderFrame: holder?.frame ?? 0,
      isidChanged: otherIsid !== '',
    },
  };
}

function holderText(holder: Reserving | undefined, conflict: Conflict, facts: Facts): string {
  if (holder === undefined) {
    return 'No RESERVE or PERSISTENT RESERVE OUT of this LUN was captured before: it was reserved earlier, or on a way not captured.';
  }
  const by = facts.sessions[holder.session];
  const name = by?.initiatorName || by?.initiatorAddress || 'a host not captured';
  const own = holder.session === conflict.session ? ', in this very session' : '';
  const type =
    holder.type >= 0 && holder.takes ? ` (${TYPES[holder.type] ?? `type ${holder.type}`})` : '';
  const ago = durationText(Math.max(0, conflict.firstNs - holder.timeNs));
  const what = holder.takes ? 'It was reserved' : 'The last change was a release';
  return `${what} ${ago} before by ${name} (S${holder.session}${own}): ${operationName(holder.operation)}${type}, frame ${holder.frame}.`;
}
