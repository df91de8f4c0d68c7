// What the timeline's things are made of: commands, PDUs, sessions, findings. The document and the
// records of the stream (schema.ts) have the same members.

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

export const DISTRIBUTION = object(
  {
    count: COUNT,
    exact: FLAG,
    min: NS,
    mean: NS,
    p50: NS,
    p90: NS,
    p95: NS,
    p99: NS,
    p999: NS,
    max: NS,
  },
  {},
);

/** What is inferred says so, and why. */
export const INFERRED = {
  ...object({ why: TEXT }, { outcome: FLAG, session: FLAG, boundary: FLAG }),
  description: 'present where something was not captured but follows from what was',
};

export const PHASE = object(
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

export const R2T = object(
  {
    r2tSN: WORD,
    targetTransferTag: WORD,
    bufferOffset: WORD,
    desiredDataTransferLength: WORD,
    bytes: COUNT,
    r2tNs: NS,
    frame: COUNT,
  },
  { firstDataNs: NS, lastDataNs: NS, firstDataFrame: COUNT, lastDataFrame: COUNT },
);

export const COMMAND_REQUIRED = {
  session: COUNT,
  connection: COUNT,
  initiatorTaskTag: WORD,
  cmdSN: WORD,
  lun: LUN,
  attribute: COUNT,
  operation: TEXT,
  expectedDataTransferLength: WORD,
  bytes: object(
    { in: COUNT, out: COUNT, immediate: COUNT, unsolicited: COUNT },
    { missing: COUNT },
  ),
  times: object(
    {},
    {
      command: NS,
      commandEnd: NS,
      firstR2t: NS,
      lastR2t: NS,
      firstDataOut: NS,
      lastDataOut: NS,
      firstDataIn: NS,
      lastDataIn: NS,
      status: NS,
      statusAtLatest: NS,
      end: NS,
    },
  ),
  phases: { ...list(ref('phase')), description: 'they sum up to latencyNs' },
  r2ts: object(
    { count: COUNT, bytes: COUNT, outstandingMax: COUNT, answered: COUNT },
    { list: list(ref('r2t')), listed: COUNT },
  ),
  dataInPdus: COUNT,
  dataOutPdus: COUNT,
  outcome: TEXT,
  frames: object({}, { first: COUNT, last: COUNT }),
};

export const COMMAND_OPTIONAL = {
  captured: { const: false, description: 'the command itself was not captured' },
  immediate: FLAG,
  cdb: OCTETS,
  opcode: COUNT,
  serviceAction: COUNT,
  lba: DECIMAL64,
  blocks: COUNT,
  time: ISO,
  latencyNs: NS,
  latencyNsMax: { ...NS, description: 'an upper bound: the status was not captured' },
  tcpWaitNs: NS,
  zeroWindowNs: NS,
  hostNs: NS,
  response: COUNT,
  status: COUNT,
  sense: object({ key: COUNT, asc: NUMBER, ascq: NUMBER, text: TEXT }, {}),
  residual: object({ kind: { enum: ['underflow', 'overflow'] }, count: COUNT }, {}),
  inferred: ref('inferred'),
};

export const PDU_REQUIRED = {
  connection: COUNT,
  frame: COUNT,
  frameEnd: COUNT,
  relativeNs: NS,
  relativeNsEnd: NS,
  from: { enum: ['initiator', 'target'] },
  opcode: { type: 'integer', minimum: 0, maximum: 63 },
  name: TEXT,
};

export const PDU_OPTIONAL = {
  session: COUNT,
  headerDigest: { enum: ['good', 'bad', 'not captured'] },
  dataDigest: { enum: ['good', 'bad', 'not captured'] },
  headerCaptured: COUNT,
  dataMissing: COUNT,
  dataCut: COUNT,
  complete: { const: false },
  inferred: ref('inferred'),
};

export const PARAMETER = object(
  { key: TEXT, source: { enum: ['negotiated', 'declared', 'default', 'inferred'] } },
  {
    initiator: TEXT,
    target: TEXT,
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
  connection: COUNT,
  frame: COUNT,
  relativeNs: NS,
  fields: { type: 'object' },
};
export const EVENT_OPTIONAL = { frameEnd: COUNT, relativeNsEnd: NS };

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

export const SESSION_TYPE = { enum: ['Normal', 'Discovery', 'unknown'] };

/** Objects whose members are the report's: docs/JSON.md has them. */
export const SESSION_MEMBERS = {
  session: COUNT,
  initiator: TEXT,
  target: TEXT,
  loginSeen: FLAG,
  startedNs: NS,
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
      widthMin: MAYBE(COUNT),
      widthMax: MAYBE(COUNT),
      widthMean: MAYBE(NUMBER),
      usedMean: MAYBE(NUMBER),
      usedMax: MAYBE(COUNT),
      openMean: MAYBE(NUMBER),
      openMax: MAYBE(COUNT),
      closedNs: MAYBE(NS),
      usedUpNs: MAYBE(NS),
    },
    {},
  ),
  description:
    'by bucket of time since the first packet: MaxCmdSN - ExpCmdSN + 1, commands sent that ExpCmdSN did ' +
    'not count yet, commands without their end, time closed and used up; null where nothing was told',
};
export const SESSION_OPTIONAL = {
  pings: object({}, { initiator: PING, target: PING }),
  comeback: {
    ...object(
      { session: COUNT, afterNs: NS },
      { time2Wait: COUNT, time2Retain: COUNT, tooSoon: { const: true } },
    ),
    description: 'lost, and its initiator was back at the same target',
  },
  commandWindow: object({ series: WINDOW_SERIES }, {}, true),
  inferred: ref('inferred'),
};
export const CONNECTION_MEMBERS = {
  connection: COUNT,
  cid: NUMBER,
  initiator: TEXT,
  target: TEXT,
  openedNs: NS,
  lastNs: NS,
  closedHow: TEXT,
  fromInitiator: ref('flow'),
  fromTarget: ref('flow'),
};
/** Where several logins followed each other on one TCP connection. */
export const CONNECTION_OPTIONAL = { loginNth: COUNT };
export const LUN_MEMBERS = {
  lun: LUN,
  name: TEXT,
  commands: COUNT,
  stats: list({ type: 'object' }),
};

/** A logical unit over several paths, with the numbers of all of them. */
export const UNIT_MEMBERS = {
  unit: TEXT,
  identifiedBy: {
    enum: ['NAA', 'EUI-64', 'SCSI name', 'T10 vendor id', 'serial number'],
  },
  commands: COUNT,
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
        commands: COUNT,
        commandsShare: NUMBER,
        bytesShare: NUMBER,
      },
      { inferred: { const: true } },
      true,
    ),
  ),
  operations: list({ type: 'object' }),
};

export const SELECTION = object(
  {},
  { session: COUNT, fromNs: NS, toNs: NS, filter: TEXT, commands: TEXT, pdus: FLAG },
);
export const CAPTURE_MEMBERS = { files: list({ type: 'object' }), packets: COUNT, spanNs: NS };
