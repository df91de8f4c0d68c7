// Rules of the protocol that one side broke where all bytes were captured: numbers that do not
// follow, data beyond what was agreed.

import { plural } from '../../lib/units.js';
import type { SequenceStory, Session } from '../../session/model.js';
import type { Finding, Severity } from '../finding.js';
import type { Rule } from '../rule.js';

interface Row {
  readonly key: keyof SequenceStory;
  readonly id: string;
  readonly severity: Severity;
  /** After "3 times: ". */
  readonly title: string;
  readonly text: string;
}

const ROWS: readonly Row[] = [
  {
    key: 'cmdSNOutsideWindow',
    id: 'cmdsn-outside-window',
    severity: 'warning',
    title: 'command outside the window',
    text:
      'A CmdSN lies beyond the last MaxCmdSN. "The target MUST silently ignore any non-immediate ' +
      'command outside of this range" (RFC 7143 4.2.2.1): such a command is never answered.',
  },
  {
    key: 'cmdSNJumps',
    id: 'cmdsn-hole',
    severity: 'warning',
    title: 'hole in CmdSN',
    text:
      'A CmdSN was passed over. The target waits for it and executes nothing that comes later in ' +
      'the session (RFC 7143 4.2.2.1): see whether ExpCmdSN stands still.',
  },
  {
    key: 'statSNJumps',
    id: 'statsn-gap',
    severity: 'note',
    title: 'StatSN passed over',
    text:
      'Each status of a connection has the next StatSN (RFC 7143 4.2.2.2), and an R2T uses none ' +
      '(11.8.3). Initiators that check it drop the connection.',
  },
  {
    key: 'statSNRepeats',
    id: 'statsn-repeated',
    severity: 'warning',
    title: 'StatSN used again',
    text: 'Two statuses of a connection have the same StatSN (RFC 7143 4.2.2.2).',
  },
  {
    key: 'expStatSNAhead',
    id: 'statsn-never-sent',
    severity: 'note',
    title: 'status acknowledged that was never sent',
    text: 'ExpStatSN runs ahead of the target’s StatSN (RFC 7143 4.2.2.2).',
  },
  {
    key: 'dataSNJumps',
    id: 'datasn-gap',
    severity: 'warning',
    title: 'DataSN out of step',
    text:
      'DataSN counts Data-In and R2T of a task, and Data-Out of a sequence, from 0 (RFC 7143 ' +
      '11.7.5). open-iscsi calls it conn error 1001.',
  },
  {
    key: 'r2tSNJumps',
    id: 'r2tsn-gap',
    severity: 'warning',
    title: 'R2TSN out of step',
    text: 'R2TSN counts the R2Ts of a task from 0 (RFC 7143 11.8.2); conn error 1012 of open-iscsi.',
  },
  {
    key: 'bufferOffsetJumps',
    id: 'offset-hole',
    severity: 'warning',
    title: 'hole or overlap in the data of a task',
    text:
      'DataPDUInOrder and DataSequenceInOrder are Yes: each PDU begins where the last one ended ' +
      '(RFC 7143 13.18, 13.19). conn error 1002 of open-iscsi.',
  },
  {
    key: 'dataOutOffsetJumps',
    id: 'data-out-order',
    severity: 'warning',
    title: 'Data-Out of a burst out of order',
    text:
      'DataPDUInOrder is Yes: the Data-Out of an R2T, or the unsolicited ones, "form a continuous ' +
      'non-overlapping range" in increasing offset order (RFC 7143 11.8, 13.18).',
  },
  {
    key: 'r2tOffsetBack',
    id: 'r2t-order',
    severity: 'warning',
    title: 'R2T for bytes before those of the R2T before it',
    text:
      'DataSequenceInOrder is Yes: offsets of R2Ts never decrease, and overlap only to recover ' +
      'lost data at ErrorRecoveryLevel 1 or 2 (RFC 7143 13.19).',
  },
  {
    key: 'r2tsOutOfTurn',
    id: 'r2ts-out-of-turn',
    severity: 'warning',
    title: 'R2T answered before an earlier one',
    text:
      '"Within a task, outstanding R2Ts MUST be fulfilled by the initiator in the order in which ' +
      'they were received" (RFC 7143 11.8).',
  },
  {
    key: 'expDataSNWrong',
    id: 'expdatasn-mismatch',
    severity: 'warning',
    title: 'ExpDataSN differs from the Data-In that passed',
    text:
      'ExpDataSN of a SCSI Response is the number of Data-In that the target sent for the command, ' +
      '0 where the command did not complete (RFC 7143 11.4.8). An initiator that checks it takes ' +
      'data for lost.',
  },
  {
    key: 'expDataSNUnset',
    id: 'expdatasn-unset',
    severity: 'note',
    title: 'ExpDataSN 0 although Data-In passed',
    text:
      'ExpDataSN of a SCSI Response is the number of Data-In that the target sent (RFC 7143 ' +
      '11.4.8). tgt and istgt never fill it in; initiators at ErrorRecoveryLevel 0 do not look.',
  },
  {
    key: 'beyondR2t',
    id: 'r2t-exceeded',
    severity: 'warning',
    title: 'Data-Out outside of what its R2T asked for',
    text: 'The initiator sent bytes that the R2T did not ask for (RFC 7143 11.8.4).',
  },
  {
    key: 'r2tNotMet',
    id: 'r2t-not-met',
    severity: 'warning',
    title: 'R2T answered with less than it asked for',
    text: 'F came before all of the Desired Data Transfer Length was sent (RFC 7143 11.8.4).',
  },
  {
    key: 'beyondLength',
    id: 'data-beyond-command',
    severity: 'warning',
    title: 'data beyond the length of its command',
    text: 'Data or an R2T reaches beyond the Expected Data Transfer Length (RFC 7143 11.3.4).',
  },
  {
    key: 'firstBurstExceeded',
    id: 'first-burst-exceeded',
    severity: 'warning',
    title: 'more unsolicited data than FirstBurstLength',
    text: 'Immediate and unsolicited data together exceed what was agreed (RFC 7143 13.14).',
  },
  {
    key: 'unsolicitedRefused',
    id: 'unsolicited-not-allowed',
    severity: 'warning',
    title: 'data without an R2T although that was not agreed',
    text: 'InitialR2T is Yes or ImmediateData is No (RFC 7143 13.10, 13.11).',
  },
  {
    key: 'maxBurstExceeded',
    id: 'max-burst-exceeded',
    severity: 'warning',
    title: 'R2T for more than MaxBurstLength, or for nothing',
    text: 'RFC 7143 11.8.4: the length MUST NOT be 0, and not exceed MaxBurstLength (13.13).',
  },
  {
    key: 'tooManyR2ts',
    id: 'r2ts-too-many',
    severity: 'warning',
    title: 'more R2Ts at once than MaxOutstandingR2T',
    text: 'The target asks for more bursts of one command than was agreed (RFC 7143 13.17).',
  },
  {
    key: 'segmentTooLong',
    id: 'segment-too-long',
    severity: 'critical',
    title: 'data segment longer than its receiver takes',
    text:
      'It exceeds the MaxRecvDataSegmentLength that the receiver declared (RFC 7143 13.12). ' +
      'Receivers drop the connection: conn error 1006 of open-iscsi.',
  },
];

export const protocolRules: Rule = {
  id: 'protocol-rules',
  about:
    'Sequence numbers replayed in serial arithmetic, and data against what was agreed: each rule ' +
    'that one side broke, where the capture misses no bytes that could explain it.',
  tells: Object.fromEntries(ROWS.map(({ id, text }) => [id, text])),
  find(facts) {
    return ROWS.flatMap((row) => facts.sessions.flatMap((session) => found(row, session)));
  },
};

function found({ key, id, severity, title, text }: Row, session: Session): Finding[] {
  const { count, frame } = session.sequence[key];
  if (count === 0) return [];
  const times = count === 1 ? '' : `${plural(count, 'time')}: `;
  return [
    {
      id,
      severity,
      title: `${times}${title}`,
      text,
      count,
      frames: frame > 0 ? [frame] : [],
      session: session.id,
    },
  ];
}
