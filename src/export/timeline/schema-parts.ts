// What the timeline's things are made of: commands, PDUs, sessions, findings. The document and the
// records of the stream (schema.ts) have the same members.

import type { TaskFact } from '../../scsi/fact-kinds.js';
import { TASK_FACTS } from '../../scsi/task-facts.js';
import {
  COUNT,
  DECIMAL64,
  FLAG,
  ISO,
  LUN,
  list,
  NS,
  NUMBER,
  OCTETS,
  object,
  ref,
  type Schema,
  TEXT,
  WORD,
} from './schema-words.js';

const DISTRIBUTION = {
  ...object(
    {
      count: COUNT,
      exact: FLAG,
      minNs: NS,
      meanNs: NS,
      p50Ns: NS,
      p90Ns: NS,
      p95Ns: NS,
      p99Ns: NS,
      p999Ns: NS,
      maxNs: NS,
    },
    {},
  ),
  description: 'of so many values: percentiles by nearest rank; not exact: at most 0.4 % off',
};

/** What is inferred says so, and why. */
const INFERRED = {
  inferred: { ...FLAG, description: 'it was not captured, but follows from what was' },
  because: { ...TEXT, description: 'inferred: what proves it' },
};

const PHASE = object(
  {
    name: {
      enum: [
        'unsolicited data',
        'command to R2T',
        'R2T to data',
        'data out',
        'between bursts',
        'command to data',
        'data in',
        'data to status',
        'command to status',
      ],
    },
    owes: { enum: ['initiator', 'target', 'both'] },
    ns: NS,
  },
  {
    tcpNs: { ...NS, description: 'of these, how long TCP kept bytes back' },
    tcp: {
      ...object({}, { retransmissionNs: NS, reorderingNs: NS, zeroWindowNs: NS, windowFullNs: NS }),
      description: 'tcpNs by cause; they sum up to it',
    },
  },
);

const R2T = object(
  {
    r2tSN: WORD,
    targetTransferTag: WORD,
    bufferOffset: WORD,
    desiredDataTransferLength: WORD,
    bytes: COUNT,
    frame: COUNT,
    relativeNs: NS,
  },
  { frameFirstData: COUNT, frameLastData: COUNT, relativeNsFirstData: NS, relativeNsLastData: NS },
);

const OF_TYPE: Readonly<Record<TaskFact['type'], Schema>> = {
  count: COUNT,
  code: COUNT,
  word: WORD,
  ns: NS,
  instant: NS,
  bytes: COUNT,
  blocks: COUNT,
  flag: FLAG,
  text: TEXT,
  hex: OCTETS,
  iso: ISO,
  decimal: DECIMAL64,
  lun: LUN,
  phases: list(ref('phase')),
  r2ts: list(ref('r2t')),
};

/** The table of facts: what every record of a command has, and what it may have. */
function facts(always: boolean): Record<string, Schema> {
  const told = TASK_FACTS.filter((fact) => fact.told === undefined);
  return Object.fromEntries(
    told
      .filter((fact) => (fact.always === true) === always)
      .map((fact) => [fact.key, { ...OF_TYPE[fact.type], description: fact.about }]),
  );
}

export const COMMAND_REQUIRED = facts(true);
export const COMMAND_OPTIONAL = facts(false);

export const PDU_REQUIRED = {
  connection: COUNT,
  frame: COUNT,
  frameEnd: COUNT,
  relativeNs: NS,
  relativeNsEnd: NS,
  from: { enum: ['initiator', 'target'] },
  pduOpcode: { type: 'integer', minimum: 0, maximum: 63 },
  bytes: COUNT,
  name: TEXT,
};

export const PDU_OPTIONAL = {
  session: COUNT,
  command: { ...COUNT, description: 'its command, as `command` of the command records' },
  tag: WORD,
  operation: TEXT,
  opcode: { ...COUNT, description: 'SCSI operation code of its command' },
  initiator: TEXT,
  target: TEXT,
  headerDigest: { enum: ['good', 'bad', 'not captured'] },
  dataDigest: { enum: ['good', 'bad', 'not captured'] },
  headerCaptured: COUNT,
  dataMissing: COUNT,
  dataCut: COUNT,
  complete: { const: false },
  ...INFERRED,
};

const PARAMETER = object(
  { key: TEXT, source: { enum: ['negotiated', 'declared', 'default', 'inferred'] } },
  {
    initiatorValue: TEXT,
    targetValue: TEXT,
    result: TEXT,
    initiatorInForce: TEXT,
    targetInForce: TEXT,
    rule: TEXT,
    renegotiated: FLAG,
    bound: {
      const: 'at least',
      description: 'inferred: no login told the value, and it is this or more',
    },
    because: { ...TEXT, description: 'inferred: what proves it' },
    inferredFrame: COUNT,
  },
);

export const EVENT_MEMBERS = {
  kind: TEXT,
  frame: COUNT,
  relativeNs: NS,
  fields: { type: 'object' },
};
export const EVENT_OPTIONAL = { connection: COUNT, frameEnd: COUNT, relativeNsEnd: NS };

export const FINDING_MEMBERS = {
  id: TEXT,
  severity: { enum: ['critical', 'warning', 'note'] },
  title: TEXT,
  text: TEXT,
  count: COUNT,
  frames: list(COUNT),
  reference: TEXT,
  confidence: { enum: ['certain', 'likely', 'possible'] },
  proof: list(object({ pdu: TEXT, field: TEXT, byte: COUNT, bytes: COUNT }, {})),
  disproof: TEXT,
  next: TEXT,
};
export const FINDING_OPTIONAL = {
  session: COUNT,
  connection: COUNT,
  lun: LUN,
  inferred: FLAG,
  fromNs: NS,
  toNs: NS,
  values: { type: 'object' },
};

export const PROBLEM_MEMBERS = { kind: TEXT, text: TEXT };
export const PROBLEM_OPTIONAL = { frame: COUNT, file: TEXT, offset: COUNT, connection: COUNT };

const SESSION_TYPE = { enum: ['Normal', 'Discovery', 'unknown'] };

/** Objects whose members are the report's: docs/JSON.md has them. */
export const SESSION_MEMBERS = {
  session: COUNT,
  initiator: TEXT,
  target: TEXT,
  sessionType: SESSION_TYPE,
  initiatorAddress: TEXT,
  targetAddress: TEXT,
  loginSeen: FLAG,
  startedNs: NS,
  commandCount: COUNT,
  parameters: list(ref('parameter')),
};
const PING = object(
  { sent: COUNT, answered: COUNT, unanswered: COUNT, oneWay: COUNT },
  { rttNsMin: NS, rttNsMean: NS, rttNsMax: NS, unansweredSinceNs: NS },
);
const MAYBE = (of: Schema): Schema => list({ anyOf: [of, { type: 'null' }] });
const WINDOW_SERIES = {
  ...object(
    {
      bucketNs: NS,
      fromNs: NS,
      widthMinByBucket: MAYBE(COUNT),
      widthMaxByBucket: MAYBE(COUNT),
      widthMeanByBucket: MAYBE(NUMBER),
      usedMeanByBucket: MAYBE(NUMBER),
      usedMaxByBucket: MAYBE(COUNT),
      openMeanByBucket: MAYBE(NUMBER),
      openMaxByBucket: MAYBE(COUNT),
      closedNsByBucket: MAYBE(NS),
      usedUpNsByBucket: MAYBE(NS),
    },
    {},
  ),
  description:
    'by bucket of time from `fromNs` on: MaxCmdSN - ExpCmdSN + 1, commands sent that ExpCmdSN did ' +
    'not count yet, commands without their end, time closed and used up; null where nothing was told',
};
export const SESSION_OPTIONAL = {
  pings: object({}, { ofInitiator: PING, ofTarget: PING }),
  comeback: {
    ...object(
      { session: COUNT, afterNs: NS },
      { time2Wait: COUNT, time2Retain: COUNT, tooSoon: { const: true } },
    ),
    description: 'lost, and its initiator was back at the same target',
  },
  commandWindow: object({ series: WINDOW_SERIES }, {}, true),
  ...INFERRED,
};
export const CONNECTION_MEMBERS = {
  connection: COUNT,
  cid: NUMBER,
  initiatorAddress: TEXT,
  targetAddress: TEXT,
  openedNs: NS,
  lastNs: NS,
  closedHow: TEXT,
  fromInitiator: ref('flow'),
  fromTarget: ref('flow'),
};
/** Where several logins followed each other on one TCP connection. */
export const CONNECTION_OPTIONAL = { loginNth: COUNT };
export const LUN_OPTIONAL = { latency: ref('distribution') };
export const LUN_MEMBERS = {
  lun: LUN,
  lunText: TEXT,
  commandCount: COUNT,
  stats: list({ type: 'object' }),
};

/** A logical unit over several paths, with the numbers of all of them. */
export const UNIT_MEMBERS = {
  unit: TEXT,
  identifiedBy: {
    enum: ['NAA', 'EUI-64', 'SCSI name', 'T10 vendor id', 'serial number'],
  },
  commandCount: COUNT,
  pathsAtOnce: COUNT,
  commandsShareMax: NUMBER,
  commandsShareMin: NUMBER,
  paths: list(
    object(
      {
        session: COUNT,
        lun: LUN,
        initiator: TEXT,
        target: TEXT,
        commandCount: COUNT,
        commandsShare: NUMBER,
        bytesShare: NUMBER,
      },
      { inferred: { const: true } },
      true,
    ),
  ),
  operations: list({ type: 'object' }),
};

const SELECTION = object(
  {},
  { session: COUNT, fromNs: NS, toNs: NS, filter: TEXT, withPdus: FLAG },
);
export const CAPTURE_MEMBERS = { files: list({ type: 'object' }), packets: COUNT, spanNs: NS };

/** Parts that are referred to. */
export const SHARED = {
  phase: PHASE,
  r2t: R2T,
  distribution: DISTRIBUTION,
  parameter: PARAMETER,
  selection: SELECTION,
  flow: object({ packets: COUNT, payloadBytes: COUNT, bytesMissing: COUNT }, {}, true),
  command: object(COMMAND_REQUIRED, COMMAND_OPTIONAL),
  problems: object(
    { counts: { type: 'object' }, examples: list(object(PROBLEM_MEMBERS, PROBLEM_OPTIONAL)) },
    {},
  ),
};
