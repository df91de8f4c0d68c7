// Rules of the protocol that one side broke where all bytes were captured: numbers that do not
// follow, data beyond what was agreed.

import { plural } from '../../lib/number-text.js';
import type { SequenceErrors, Session } from '../../session/model.js';
import { flowOf } from '../../stream/connection.js';
import { type Facts, storiesOf } from '../facts.js';
import type { Found, Severity } from '../finding.js';
import { type FindingText, inOrder, LOSES_CONNECTION, type Rule } from '../rule.js';
import { DOUBTS, type Doubt, doubtOf, IN_DOUBT } from '../support/doubt.js';
import { framing } from '../watch/framing.js';
import { stuck } from '../watch/stuck.js';

type Key = keyof SequenceErrors;

interface Row {
  readonly key: Key;
  readonly id: string;
  readonly question: string;
  readonly severity: Severity;
  /** After "3 times: ". */
  readonly title: string;
  readonly text: string;
  readonly reference: string;
  readonly proof: readonly string[];
  /** Who broke it: whose software is looked at next. */
  readonly who: 'initiator' | 'target' | 'sender';
}

const ROWS: readonly Row[] = [
  {
    key: 'unknownTask',
    id: 'answer-without-command',
    question: 'Tags that are wrong',
    severity: 'critical',
    title: 'the target answered a task tag of no open command or request',
    text:
      'Data-In, an R2T, a SCSI Response or another answer carries a tag that nothing open has: none was sent, or it ' +
      'was answered already. The answer that is due may never come. Linux drops the connection ' +
      '(conn error 1010, ISCSI_ERR_BAD_ITT).',
    reference: 'RFC 7143 11.2.1.8',
    proof: ['scsi-response.initiatorTaskTag', 'data-in.initiatorTaskTag'],
    who: 'target',
  },
  {
    key: 'tagInUse',
    id: 'tag-in-use',
    question: 'Tags that are wrong',
    severity: 'critical',
    title: 'the initiator used a task tag again while its command was open',
    text:
      'Two commands (or a command and another request) have one tag: "it MUST be unique among outstanding tasks" of the session. Both ' +
      'exist, and which answer is whose is not certain.',
    reference: 'RFC 7143 11.2.1.8',
    proof: ['scsi-command.initiatorTaskTag'],
    who: 'initiator',
  },
  {
    key: 'strayDataOut',
    id: 'data-without-command',
    question: 'Tags that are wrong',
    severity: 'note',
    title: 'Data-Out of a command that is not open',
    text: 'Data that was on its way when its command was aborted or ended early, as a rule.',
    reference: 'RFC 7143 11.2.1.8',
    proof: ['data-out.initiatorTaskTag'],
    who: 'initiator',
  },
  {
    key: 'maxCmdSNTooLow',
    id: 'maxcmdsn-too-low',
    question: 'Was the command window closed, or used up?',
    severity: 'warning',
    title: 'the target told a MaxCmdSN below ExpCmdSN - 1',
    text:
      '"If the PDU MaxCmdSN is less than the PDU ExpCmdSN - 1, they are both ignored": the window is ' +
      'not closed, the one told before holds. Old Linux kernels drop the connection (conn error 1003, ' +
      '1004).',
    reference: 'RFC 7143 4.2.2.1',
    proof: ['scsi-response.maxCmdSN', 'scsi-response.expCmdSN'],
    who: 'target',
  },
  {
    key: 'cmdSNOutsideWindow',
    id: 'cmdsn-outside-window',
    question: 'A command beyond the window',
    severity: 'note',
    title: 'command outside the window',
    text:
      'A CmdSN lies beyond the last MaxCmdSN. "The target MUST silently ignore any non-immediate ' +
      'command outside of this range": that it is answered all the same is luck.',
    reference: 'RFC 7143 4.2.2.1',
    proof: ['scsi-command.cmdSN', 'scsi-response.maxCmdSN'],
    who: 'initiator',
  },
  {
    key: 'cmdSNJumps',
    id: 'cmdsn-hole',
    question: 'A hole in CmdSN, ExpCmdSN that stands still',
    severity: 'warning',
    title: 'hole in CmdSN',
    text:
      'A CmdSN was passed over. The target waits for it and executes nothing that comes later in ' +
      'the session, until it comes.',
    reference: 'RFC 7143 4.2.2.1',
    proof: ['scsi-command.cmdSN'],
    who: 'initiator',
  },
  {
    key: 'statSNJumps',
    id: 'statsn-gap',
    question: 'StatSN and its acknowledgement',
    severity: 'note',
    title: 'StatSN passed over',
    text:
      'Each status of a connection has the next StatSN, and an R2T uses none (11.8.3). Initiators ' +
      'that check it drop the connection.',
    reference: 'RFC 7143 4.2.2.2',
    proof: ['scsi-response.statSN'],
    who: 'target',
  },
  {
    key: 'statSNRepeats',
    id: 'statsn-repeated',
    question: 'StatSN and its acknowledgement',
    severity: 'warning',
    title: 'StatSN used again',
    text: 'Two statuses of a connection have the same StatSN.',
    reference: 'RFC 7143 4.2.2.2',
    proof: ['scsi-response.statSN'],
    who: 'target',
  },
  {
    key: 'expStatSNAhead',
    id: 'statsn-never-sent',
    question: 'StatSN and its acknowledgement',
    severity: 'note',
    title: 'status acknowledged that was never sent',
    text: 'ExpStatSN runs ahead of the target’s StatSN.',
    reference: 'RFC 7143 4.2.2.2',
    proof: ['scsi-command.expStatSN'],
    who: 'initiator',
  },
  {
    key: 'dataSNJumps',
    id: 'datasn-gap',
    question: 'DataSN, R2TSN, ExpDataSN',
    severity: 'warning',
    title: 'DataSN out of step',
    text:
      'DataSN counts Data-In and R2T of a task, and Data-Out of a sequence, from 0. open-iscsi calls ' +
      'it conn error 1001.',
    reference: 'RFC 7143 11.7.5',
    proof: ['data-in.dataSN', 'data-out.dataSN'],
    who: 'sender',
  },
  {
    key: 'r2tSNJumps',
    id: 'r2tsn-gap',
    question: 'DataSN, R2TSN, ExpDataSN',
    severity: 'warning',
    title: 'R2TSN out of step',
    text: 'R2TSN counts the R2Ts of a task from 0; conn error 1012 of open-iscsi.',
    reference: 'RFC 7143 11.8.2',
    proof: ['r2t.r2tSN'],
    who: 'target',
  },
  {
    key: 'bufferOffsetJumps',
    id: 'offset-hole',
    question: 'Offsets of data',
    severity: 'warning',
    title: 'hole or overlap in the data of a task',
    text:
      'DataPDUInOrder and DataSequenceInOrder are Yes: each PDU begins where the last one ended. ' +
      'conn error 1002 of open-iscsi.',
    reference: 'RFC 7143 13.18, 13.19',
    proof: ['data-in.bufferOffset', 'data-out.bufferOffset'],
    who: 'sender',
  },
  {
    key: 'dataOutOffsetJumps',
    id: 'data-out-order',
    question: 'Offsets of data',
    severity: 'warning',
    title: 'Data-Out of a burst out of order',
    text:
      'DataPDUInOrder is Yes: the Data-Out of an R2T, or the unsolicited ones, "form a continuous ' +
      'non-overlapping range" in increasing offset order.',
    reference: 'RFC 7143 11.8, 13.18',
    proof: ['data-out.bufferOffset'],
    who: 'initiator',
  },
  {
    key: 'r2tOffsetBack',
    id: 'r2t-order',
    question: 'Offsets of data',
    severity: 'warning',
    title: 'R2T for bytes before those of the R2T before it',
    text:
      'DataSequenceInOrder is Yes: offsets of R2Ts never decrease, and overlap only to recover ' +
      'lost data at ErrorRecoveryLevel 1 or 2.',
    reference: 'RFC 7143 13.19',
    proof: ['r2t.bufferOffset'],
    who: 'target',
  },
  {
    key: 'r2tsOutOfTurn',
    id: 'r2ts-out-of-turn',
    question: 'R2Ts and bursts against what was agreed',
    severity: 'warning',
    title: 'R2T answered before an earlier one',
    text:
      '"Within a task, outstanding R2Ts MUST be fulfilled by the initiator in the order in which ' +
      'they were received".',
    reference: 'RFC 7143 11.8',
    proof: ['data-out.targetTransferTag'],
    who: 'initiator',
  },
  {
    key: 'expDataSNWrong',
    id: 'expdatasn-mismatch',
    question: 'DataSN, R2TSN, ExpDataSN',
    severity: 'warning',
    title: 'ExpDataSN differs from the Data-In that passed',
    text:
      'ExpDataSN of a SCSI Response is the number of Data-In that the target sent for the command, ' +
      '0 where the command did not complete. An initiator that checks it takes ' +
      'data for lost.',
    reference: 'RFC 7143 11.4.8',
    proof: ['scsi-response.expDataSN'],
    who: 'target',
  },
  {
    key: 'beyondR2t',
    id: 'r2t-exceeded',
    question: 'R2Ts and bursts against what was agreed',
    severity: 'warning',
    title: 'Data-Out outside of what its R2T asked for',
    text: 'The initiator sent bytes that the R2T did not ask for.',
    reference: 'RFC 7143 11.8.4',
    proof: ['data-out.bufferOffset', 'r2t.desiredDataTransferLength'],
    who: 'initiator',
  },
  {
    key: 'r2tNotMet',
    id: 'r2t-not-met',
    question: 'R2Ts and bursts against what was agreed',
    severity: 'warning',
    title: 'R2T answered with less than it asked for',
    text: 'F came before all of the Desired Data Transfer Length was sent.',
    reference: 'RFC 7143 11.8.4',
    proof: ['data-out.final', 'r2t.desiredDataTransferLength'],
    who: 'initiator',
  },
  {
    key: 'beyondLength',
    id: 'data-beyond-command',
    question: 'Offsets of data',
    severity: 'warning',
    title: 'data beyond the length of its command',
    text: 'Data or an R2T reaches beyond the Expected Data Transfer Length.',
    reference: 'RFC 7143 11.3.4',
    proof: ['scsi-command.expectedDataTransferLength', 'data-in.bufferOffset', 'r2t.bufferOffset'],
    who: 'sender',
  },
  {
    key: 'firstBurstExceeded',
    id: 'first-burst-exceeded',
    question: 'Unsolicited data',
    severity: 'warning',
    title: 'more unsolicited data than FirstBurstLength',
    text: 'Immediate and unsolicited data together exceed what was agreed.',
    reference: 'RFC 7143 13.14',
    proof: ['data-out.dataSegmentLength', 'scsi-command.dataSegmentLength'],
    who: 'initiator',
  },
  {
    key: 'unsolicitedRefused',
    id: 'unsolicited-not-allowed',
    question: 'Unsolicited data',
    severity: 'warning',
    title: 'data without an R2T although that was not agreed',
    text: 'InitialR2T is Yes or ImmediateData is No.',
    reference: 'RFC 7143 13.10, 13.11',
    proof: ['scsi-command.dataSegmentLength', 'data-out.targetTransferTag'],
    who: 'initiator',
  },
  {
    key: 'maxBurstExceeded',
    id: 'max-burst-exceeded',
    question: 'R2Ts and bursts against what was agreed',
    severity: 'warning',
    title: 'R2T for more than MaxBurstLength, or for nothing',
    text: 'The length MUST NOT be 0, and not exceed MaxBurstLength (13.13).',
    reference: 'RFC 7143 11.8.4',
    proof: ['r2t.desiredDataTransferLength'],
    who: 'target',
  },
  {
    key: 'dataInWithoutFinal',
    id: 'data-in-burst-too-long',
    question: 'R2Ts and bursts against what was agreed',
    severity: 'note',
    title: 'more Data-In without F than MaxBurstLength',
    text: 'A sequence of Data-In ends with F at MaxBurstLength at the latest (13.13).',
    reference: 'RFC 7143 11.7.1',
    proof: ['data-in.final'],
    who: 'target',
  },
  {
    key: 'tooManyR2ts',
    id: 'r2ts-too-many',
    question: 'R2Ts and bursts against what was agreed',
    severity: 'warning',
    title: 'more R2Ts at once than MaxOutstandingR2T',
    text: 'The target asks for more bursts of one command than was agreed.',
    reference: 'RFC 7143 13.17',
    proof: ['r2t.r2tSN'],
    who: 'target',
  },
  {
    key: 'segmentTooLong',
    id: 'segment-too-long',
    question: 'Segments longer than their receiver takes',
    severity: 'critical',
    title: 'data segment longer than its receiver takes',
    text:
      'It exceeds the MaxRecvDataSegmentLength that the receiver declared (with RDMAExtensions: ' +
      'TargetRecvDataSegmentLength, InitiatorRecvDataSegmentLength). Receivers drop the ' +
      'connection: conn error 1006 of open-iscsi.',
    reference: 'RFC 7143 13.12; RFC 7145 6.4, 6.5',
    proof: ['data-in.dataSegmentLength', 'data-out.dataSegmentLength'],
    who: 'sender',
  },
];

/** Their receiver's part is to say so: whoever broke the rule is looked at. */
const NEXT: Readonly<Record<Row['who'], string>> = {
  initiator:
    'Look for a newer initiator, and whether the target answered with a Reject or a close.',
  target:
    'Look for newer target software, and whether the initiator dropped the connection after it.',
  sender:
    'Look for newer software of the side that sent it, and whether the other dropped the connection.',
};

/** What a command whose answer went astray looks like. */
const AFTER_BAD_TAGS = [
  'command-stuck',
  'commands-open',
  'residual-mismatch',
  'status-not-captured',
];

export const protocolRules: Rule = {
  id: 'protocol-rules',
  about:
    'Sequence numbers replayed in serial arithmetic, and data against what was agreed: each rule ' +
    'that one side broke, where the capture misses no bytes that could explain it.',
  tells: Object.fromEntries(ROWS.map((row) => [row.id, tellOf(row)])),
  watches: [stuck, framing],
  find(facts) {
    return ROWS.flatMap((row) => facts.sessions.flatMap((session) => found(row, session, facts)));
  },
};

function tellOf({ question, text, reference, proof, who }: Row): FindingText {
  return {
    about: text,
    question,
    reference,
    confidence: 'certain',
    proof,
    owes: who === 'sender' ? 'unknown' : who,
    leadsTo: [...LOSES_CONNECTION, ...AFTER_BAD_TAGS],
    disproof: 'Bytes before it that the capture does not hold, without a trace in TCP’s numbers.',
    next: NEXT[who],
  };
}

function found(row: Row, session: Session, facts: Facts): Found[] {
  const { key, id, severity, title, text } = row;
  const { frame, timeNs, more = [] } = session.sequence[key];
  // Those never answered are told by command-ignored.
  const told = key === 'cmdSNOutsideWindow' ? ignored(session, facts) : 0;
  const count = session.sequence[key].count - told;
  if (count <= 0) return [];
  // Of a session joined in the middle nobody knows on how many connections it runs.
  if (key === 'cmdSNJumps' && (!session.loginSeen || mayHaveMore(session, facts))) return [];
  // The stage looks away after a loss that it knows of; one that it took for something else is left.
  const doubt = doubtOf(session.id, facts) ?? unframedDoubt(session.id, facts);
  // A command that the capture missed has answers, too: they are counted as such, and break no rule.
  if (key === 'unknownTask' && (doubt !== undefined || isLate(session.id, facts))) return [];
  const times = count === 1 ? '' : `${plural(count, 'time')}: `;
  return [
    {
      id,
      severity: doubt === undefined ? severity : 'note',
      title: times === '' ? title[0].toUpperCase() + title.slice(1) : `${times}${title}`,
      text: doubt === undefined ? text : `${text} ${DOUBTS[doubt]}`,
      count,
      frames: inOrder(told > 0 ? [frame] : [frame, ...more]),
      session: session.id,
      fromNs: timeNs,
      ...(row.who === 'sender' ? bySender(session, key, facts, doubt) : {}),
      ...(doubt === undefined ? {} : IN_DOUBT),
    },
  ];
}

/** Which side did it, and whether the other put up with it. */
function bySender(
  { id, sequence }: Session,
  key: Key,
  facts: Facts,
  doubt: Doubt | undefined,
): Partial<Found> {
  const { count, byInitiator = 0 } = sequence[key];
  const side = byInitiator === count ? 'initiator' : byInitiator === 0 ? 'target' : undefined;
  const lost = storiesOf(facts, id).some(({ ended }) => ended === 'connection lost');
  return {
    ...(side === undefined ? {} : { owes: side, next: NEXT[side] }),
    ...(lost || doubt !== undefined ? {} : { severity: 'warning' }),
  };
}

/** A request was captured after the target's ACK of it: its first sending was missed, and may have been answered. */
function isLate(session: number, facts: Facts): boolean {
  return storiesOf(facts, session).some(
    ({ connection, initiatorDirection }) =>
      initiatorDirection >= 0 && flowOf(connection, initiatorDirection).seenAfterAck > 0,
  );
}

/** What is judged while boundaries are lost may rest on a PDU among the bytes that are passed over. */
function unframedDoubt(session: number, facts: Facts): Doubt | undefined {
  const { groups } = facts.evidence.of(framing);
  const lost = storiesOf(facts, session).some(
    ({ connection }) => (groups.get(connection.id)?.unframedBytes ?? 0) > 0,
  );
  return lost ? 'unframed' : undefined;
}

/** A connection that asked to join a session of the same two ends was not told to be of this one. */
function mayHaveMore(session: Session, { stories, sessions }: Facts): boolean {
  return stories.some(({ login, session: of }) => {
    const other = sessions[of];
    if (other === undefined || other === session) return false;
    const same =
      other.initiatorAddress === session.initiatorAddress &&
      other.targetAddress === session.targetAddress;
    return same && (login === undefined || login.tsih !== 0);
  });
}

function ignored(session: Session, facts: Facts): number {
  return facts.evidence.of(stuck).bySession.get(session.id)?.ignored.count ?? 0;
}
