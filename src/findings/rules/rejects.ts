// Rejects: the reason, the PDU that was refused, and the field of it that offends.

import { hex32 } from '../../lib/hex.js';
import { plural } from '../../lib/number-text.js';
import type { IscsiConnection } from '../../session/model.js';
import {
  codeName,
  OPCODE_NAMES,
  Opcode,
  REJECT_REASON_NAMES,
  REJECT_RESENDABLE,
} from '../../wire/iscsi/codes.js';
import { type Facts, storyOf } from '../facts.js';
import type { Found } from '../finding.js';
import { inOrder, LOSES_CONNECTION, type Rule, when } from '../rule.js';
import type { RejectGroup } from '../watch/rejects.js';
import { rejectWatch } from '../watch/rejects.js';

/** Reasons that ask for something else than a look at the header (11.17.1). */
const NEXT: Readonly<Record<number, string>> = {
  2: 'See digest-bad: the data had changed on its way. The initiator sends it again.',
  6: 'The initiator sends more immediate commands at once than the target takes: it waits and retries.',
  10: 'The target lacks resources just then; it asks to try again later.',
  12: 'The target waits for a logout that it had asked for: see async-message.',
};

export const rejects: Rule = {
  id: 'rejects',
  about:
    'Reject PDUs, by reason and kind of the PDU that was refused, with the victim’s task tag and CmdSN, ' +
    'and the fields of its header that contradict the standard.',
  tells: {
    reject: {
      question: 'Rejects',
      leadsTo: [...LOSES_CONNECTION, 'commands-open'],
      about: 'The target refused a PDU.',
      reference: 'RFC 7143 11.17',
      confidence: 'certain',
      proof: ['reject.reason'],
      disproof: 'Nothing: the Reject is the target’s own word.',
      next: 'See the refused header (its bytes are the data of the Reject) and who made it.',
    },
  },
  watches: [rejectWatch],
  find(facts) {
    return [...facts.evidence.of(rejectWatch).groups.values()].map((group) =>
      toFinding(group, facts),
    );
  },
};

/** The commands that were refused, as the session stage linked them. */
function victimsOf(
  { connection, reason, frames }: RejectGroup,
  story: IscsiConnection | undefined,
  facts: Facts,
): number[] {
  const events = facts.sessions[story?.session ?? -1]?.events ?? [];
  return events.flatMap(({ kind, connection: of, fields, frame }) => {
    const mine = kind === 'reject' && of === connection && fields.reason === reason;
    const victim = fields.commandFrame;
    return mine && typeof victim === 'number' && frames.includes(frame) ? [victim] : [];
  });
}

function toFinding(group: RejectGroup, facts: Facts): Found {
  const { reason, opcode, connection, initiatorTaskTag, cmdSN, offences } = group;
  const story = storyOf(facts, connection);
  const victim = opcode < 0 ? 'a PDU that was not captured' : codeName(OPCODE_NAMES, opcode);
  const isCommand = opcode === Opcode.scsiCommand;
  const tag = initiatorTaskTag < 0 ? '' : `, task tag 0x${hex32(initiatorTaskTag)}`;
  const number = cmdSN < 0 ? '' : `, CmdSN ${cmdSN}`;
  const wrong =
    offences.length > 0
      ? `Offending: ${offences.slice(0, 4).join('; ')}.`
      : opcode < 0
        ? 'The data of the Reject, the refused header, was not captured.'
        : 'No field of its header contradicts the standard by itself: the target minds its state.';
  return {
    id: 'reject',
    severity: isCommand && !REJECT_RESENDABLE.has(reason) ? 'critical' : 'warning',
    title: `Reject: ${codeName(REJECT_REASON_NAMES, reason)}`,
    text: `${plural(group.count, 'time')}, of ${victim}${tag}${number}. ${wrong}`,
    next: NEXT[reason],
    count: group.count,
    frames: inOrder([...victimsOf(group, story, facts), ...group.frames]),
    session: story?.session,
    connection,
    ...when(group),
    values: {
      reason,
      rejectedOpcode: opcode,
      ...(tag === '' ? {} : { initiatorTaskTag }),
      ...(group.offendingBytes.length > 0 ? { offendingByte: group.offendingBytes[0] } : {}),
    },
  };
}
