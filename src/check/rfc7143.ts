// The rules of RFC 7143 that sanscope checks: whose they are, what exercises them, and which findings say
// that they were broken. What a finding says of the array or the network is none of them.

import type { Exercise } from './exercise.js';

export interface ProtocolRule {
  /** Of the first of its findings. */
  readonly id: string;
  readonly side: 'initiator' | 'target' | 'both';
  readonly section: string;
  /** What holds where it is kept. */
  readonly rule: string;
  /** Findings that say it was broken. */
  readonly brokenBy: readonly string[];
  /** Findings behind which it may have been broken: what came first hides it. */
  readonly doubtedBy: readonly string[];
  /** How often it could have been. */
  readonly exercised: (of: Exercise) => number;
}

/** By id of a rule: a command whose connection was given up may have waited in vain. */
const DOUBTS: Readonly<Record<string, readonly string[]>> = {
  'command-stuck': ['commands-lost'],
  'login-unanswered': ['login-answer-not-captured'],
};

const LOGIN = 'Login Request';
const COMMAND = 'SCSI Command';
const RESPONSE = 'SCSI Response';
const DATA_IN = 'SCSI Data-In';
const DATA_OUT = 'SCSI Data-Out';
const R2T = 'Ready To Transfer';
const TEXT = 'Text Request';
const LOGOUT = 'Logout Request';
const NOP_OUT = 'NOP-Out';
const TASK_MANAGEMENT = 'Task Management Function Request';
/** What tells a StatSN of its own. */
const STATUSES = [
  RESPONSE,
  'Login Response',
  'Text Response',
  'Logout Response',
  'Task Management Function Response',
  'Asynchronous Message',
  'Reject',
] as const;

type Row = readonly [
  section: string,
  rule: string,
  exercised: ProtocolRule['exercised'],
  ...brokenBy: readonly [string, ...string[]],
];

const INITIATOR: readonly Row[] = [
  [
    '6.3',
    'Full feature phase begins when the target ends the login (T=1, NSG=FullFeaturePhase, status 0).',
    (of) => of.pdus(LOGIN),
    'login-not-ended',
  ],
  [
    '4.2.7, 6.3.5',
    'An initiator name and ISID are of one initiator.',
    (of) => of.logins,
    'initiator-name-twice',
  ],
  [
    '11.2.1.8',
    'A task tag is unique among the open tasks of its session.',
    (of) => of.pdus(COMMAND),
    'tag-in-use',
  ],
  [
    '4.2.2.1',
    'CmdSN goes up by one with each command that is not immediate.',
    (of) => of.pdus(COMMAND),
    'cmdsn-hole',
    'cmdsn-hole-stuck',
  ],
  [
    '4.2.2.1',
    'No command lies beyond MaxCmdSN.',
    (of) => of.pdus(COMMAND),
    'cmdsn-outside-window',
    'command-ignored',
  ],
  [
    '4.2.2.2',
    'ExpStatSN acknowledges no status that was not sent.',
    (of) => of.pdus(COMMAND, DATA_OUT, NOP_OUT),
    'statsn-never-sent',
  ],
  [
    '11.3.1',
    'R and W of a command are what its CDB does.',
    (of) => of.pdus(COMMAND),
    'direction-mismatch',
  ],
  [
    '11.3.4',
    'Expected Data Transfer Length is what the CDB moves.',
    (of) => of.ofBlocks,
    'length-mismatch',
  ],
  [
    '13.10, 13.11',
    'Data goes unasked only where InitialR2T and ImmediateData allow it.',
    (of) => of.writes,
    'unsolicited-not-allowed',
  ],
  [
    '13.14',
    'Unsolicited data of a command is no more than FirstBurstLength.',
    (of) => of.unsolicited,
    'first-burst-exceeded',
  ],
  ['11.8', 'An R2T is answered with its data.', (of) => of.pdus(R2T), 'r2t-unanswered'],
  [
    '11.8',
    'R2Ts of a task are answered in their order.',
    (of) => of.r2tsAtOnce,
    'r2ts-out-of-turn',
  ],
  ['11.8.4', 'Data-Out stays within what its R2T asked for.', (of) => of.pdus(R2T), 'r2t-exceeded'],
  [
    '11.8.4',
    'A burst ends (F) when all that the R2T asked for was sent.',
    (of) => of.pdus(R2T),
    'r2t-not-met',
  ],
  [
    '11.8, 13.18',
    'Data-Out of a burst go on where the one before ended (DataPDUInOrder).',
    (of) => of.pdus(DATA_OUT),
    'data-out-order',
  ],
  [
    '11.11.4',
    'What a Text Response leaves for a next one is asked for.',
    (of) => of.pdus('Text Response'),
    'text-rest-not-asked',
  ],
  [
    '11.9.1',
    'A logout or a negotiation that the target asks for comes within Parameter3 seconds.',
    (of) => of.followUpsAsked,
    'logout-request-ignored',
    'negotiation-request-ignored',
  ],
  [
    '11.14',
    'No new request follows a Logout Request on its connection.',
    (of) => of.pdus(LOGOUT),
    'request-after-logout',
  ],
  [
    '11.18',
    'A NOP-In that asks for an answer gets a NOP-Out.',
    (of) => of.targetPings,
    'target-ping-unanswered',
  ],
  [
    '11.18.1, 11.18.2',
    'A NOP-Out that answers has the tags and LUN of what it answers.',
    (of) => of.targetPings,
    'ping-echo-wrong',
  ],
];

const TARGET: readonly Row[] = [
  ['6.3', 'A Login Request is answered.', (of) => of.pdus(LOGIN), 'login-unanswered'],
  [
    '11.2.1.8',
    'Data-In, R2T and SCSI Response carry the tag of an open command.',
    (of) => of.pdus(RESPONSE, DATA_IN, R2T),
    'answer-without-command',
  ],
  [
    '4.2.2.1',
    'MaxCmdSN is never less than ExpCmdSN - 1.',
    (of) => of.pdus(RESPONSE, DATA_IN, R2T, 'NOP-In'),
    'maxcmdsn-too-low',
  ],
  [
    '4.2.2.1',
    'ExpCmdSN passes what arrived.',
    (of) => of.pdus(COMMAND),
    'expcmdsn-stuck',
    'command-not-accepted',
  ],
  [
    '4.2.2.2',
    'StatSN goes up by one with each status of a connection.',
    (of) => of.pdus(...STATUSES),
    'statsn-gap',
    'statsn-repeated',
  ],
  ['11.4', 'A command is answered.', (of) => of.pdus(COMMAND), 'command-stuck'],
  [
    '11.4.5',
    'Bytes that moved and the residual are what was expected.',
    (of) => of.answered,
    'residual-mismatch',
    'write-without-data',
  ],
  [
    '11.4.8',
    'ExpDataSN is the number of Data-In PDUs that were sent for the command.',
    (of) => of.answeredReads,
    'expdatasn-mismatch',
    'expdatasn-unset',
  ],
  [
    '11.7.1, 13.13',
    'A sequence of Data-In ends (F) at MaxBurstLength at the latest.',
    (of) => of.pdus(DATA_IN),
    'data-in-burst-too-long',
  ],
  ['11.8.2', 'R2TSN counts the R2Ts of a task from 0.', (of) => of.pdus(R2T), 'r2tsn-gap'],
  [
    '11.8.4, 13.13',
    'An R2T asks for something, and for no more than MaxBurstLength.',
    (of) => of.pdus(R2T),
    'max-burst-exceeded',
  ],
  [
    '13.17',
    'No more R2Ts of a task are open than MaxOutstandingR2T.',
    (of) => of.pdus(R2T),
    'r2ts-too-many',
  ],
  [
    '13.19',
    'Offsets of R2Ts do not go back (DataSequenceInOrder).',
    (of) => of.severalR2ts,
    'r2t-order',
  ],
  [
    '11.6',
    'A task management request is answered.',
    (of) => of.pdus(TASK_MANAGEMENT),
    'task-management-unanswered',
  ],
  ['11.11', 'A Text Request is answered.', (of) => of.pdus(TEXT), 'text-unanswered'],
  ['11.15', 'A Logout Request is answered.', (of) => of.pdus(LOGOUT), 'logout-unanswered'],
  [
    '11.19',
    'A NOP-Out that asks for an answer gets a NOP-In.',
    (of) => of.initiatorPings,
    'ping-timeout',
  ],
];

const BOTH: readonly Row[] = [
  [
    '6.2',
    'A key is offered or declared once in a negotiation.',
    (of) => of.pdus(LOGIN),
    'key-said-twice',
    'repeated-key-refused',
  ],
  [
    '11.7.5',
    'DataSN counts Data-In and R2Ts of a task, and Data-Out of a burst, from 0.',
    (of) => of.pdus(DATA_IN, DATA_OUT),
    'datasn-gap',
  ],
  [
    '13.18, 13.19',
    'Data of a task go on where the data before ended.',
    (of) => of.pdus(DATA_IN, DATA_OUT),
    'offset-hole',
  ],
  [
    '11.3.4',
    'No data, and no R2T, lies beyond the Expected Data Transfer Length.',
    (of) => of.pdus(DATA_IN, DATA_OUT, R2T),
    'data-beyond-command',
  ],
  [
    '13.12',
    'No data segment is longer than its receiver’s MaxRecvDataSegmentLength.',
    (of) => of.pdus(DATA_IN, DATA_OUT, COMMAND),
    'segment-too-long',
  ],
  ['7.8, 13.1', 'Header and data digests fit what they cover.', (of) => of.digested, 'digest-bad'],
];

export const PROTOCOL_RULES: readonly ProtocolRule[] = [
  ...INITIATOR.map((row) => ruleOf('initiator', row)),
  ...TARGET.map((row) => ruleOf('target', row)),
  ...BOTH.map((row) => ruleOf('both', row)),
];

function ruleOf(
  side: ProtocolRule['side'],
  [section, rule, exercised, ...brokenBy]: Row,
): ProtocolRule {
  const [id] = brokenBy;
  return { id, side, section, rule, brokenBy, doubtedBy: DOUBTS[id] ?? [], exercised };
}
