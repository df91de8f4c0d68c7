// The JSON Schema (2020-12) of the timeline, of both its forms: the document, and one record of the
// stream. schema/timeline-1.json is written from it (tools/schema.ts) and tested to be the same.

type Schema = Readonly<Record<string, unknown>>;

const NS: Schema = { type: 'string', pattern: '^-?[0-9]+$', description: 'nanoseconds' };
const NUMBER: Schema = { type: 'number' };
const COUNT: Schema = { type: 'integer', minimum: 0 };
const TEXT: Schema = { type: 'string' };
const FLAG: Schema = { type: 'boolean' };
const WORD: Schema = { type: 'integer', minimum: 0, maximum: 0xffffffff };
const OCTETS: Schema = { type: 'string', pattern: '^([0-9a-f]{2})*$' };
const LUN: Schema = { type: 'string', pattern: '^[0-9a-f]{16}$' };
const DECIMAL64: Schema = { type: 'string', pattern: '^[0-9]{1,20}$' };
const ISO: Schema = { type: 'string', pattern: '^[0-9-]+T[0-9:]+\\.[0-9]{9}Z$' };

function list(items: Schema): Schema {
  return { type: 'array', items };
}

/** An object: all of `required`, perhaps some of `optional`, and nothing else unless `open`. */
function object(
  required: Record<string, Schema>,
  optional: Record<string, Schema>,
  open = false,
): Schema {
  return {
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: open,
  };
}

const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });

const DISTRIBUTION = object(
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
const INFERRED = {
  ...object({ why: TEXT }, { outcome: FLAG, session: FLAG, boundary: FLAG }),
  description: 'present where something was not captured but follows from what was',
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
    r2tNs: NS,
    frame: COUNT,
  },
  { firstDataNs: NS, lastDataNs: NS, firstDataFrame: COUNT, lastDataFrame: COUNT },
);

const COMMAND_REQUIRED = {
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

const COMMAND_OPTIONAL = {
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

const PDU_REQUIRED = {
  connection: COUNT,
  frame: COUNT,
  frameEnd: COUNT,
  relativeNs: NS,
  relativeNsEnd: NS,
  from: { enum: ['initiator', 'target'] },
  opcode: { type: 'integer', minimum: 0, maximum: 63 },
  name: TEXT,
};

const PDU_OPTIONAL = {
  session: COUNT,
  headerDigest: { enum: ['good', 'bad', 'not captured'] },
  dataDigest: { enum: ['good', 'bad', 'not captured'] },
  headerCaptured: COUNT,
  dataMissing: COUNT,
  dataCut: COUNT,
  complete: { const: false },
  inferred: ref('inferred'),
};

const PARAMETER = object(
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

const EVENT_MEMBERS = {
  kind: TEXT,
  connection: COUNT,
  frame: COUNT,
  relativeNs: NS,
  fields: { type: 'object' },
};
const EVENT_OPTIONAL = { frameEnd: COUNT, relativeNsEnd: NS };

const FINDING_MEMBERS = {
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
const FINDING_OPTIONAL = {
  session: COUNT,
  connection: COUNT,
  lun: LUN,
  inferred: FLAG,
  fromNs: NS,
  toNs: NS,
  values: { type: 'object' },
};

const PROBLEM_MEMBERS = { kind: TEXT, text: TEXT };
const PROBLEM_OPTIONAL = { frame: COUNT, file: TEXT, offset: COUNT, connection: COUNT };

const SESSION_TYPE = { enum: ['Normal', 'Discovery', 'unknown'] };

/** Objects whose members are the report's: docs/JSON.md has them. */
const SESSION_MEMBERS = {
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
const SESSION_OPTIONAL = {
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
const CONNECTION_MEMBERS = {
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
const CONNECTION_OPTIONAL = { loginNth: COUNT };
const LUN_MEMBERS = { lun: LUN, name: TEXT, commands: COUNT, stats: list({ type: 'object' }) };

/** A logical unit over several paths, with the numbers of all of them. */
const UNIT_MEMBERS = {
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

const SELECTION = object(
  {},
  { session: COUNT, fromNs: NS, toNs: NS, filter: TEXT, commands: TEXT, pdus: FLAG },
);
const CAPTURE_MEMBERS = { files: list({ type: 'object' }), packets: COUNT, spanNs: NS };

const SCHEMA_NAME: Schema = { const: 'sanscope/timeline/1' };

/** A record of the stream: its type, the schema's name, and the members of that type. */
function record(
  type: string,
  required: Record<string, Schema>,
  optional: Record<string, Schema>,
  open = false,
): Schema {
  return object({ type: { const: type }, schema: SCHEMA_NAME, ...required }, optional, open);
}

const RECORDS: Schema[] = [
  record('timeline', {}, { start: ISO, selection: ref('selection') }),
  record('pdu', PDU_REQUIRED, PDU_OPTIONAL, true),
  record('command', COMMAND_REQUIRED, COMMAND_OPTIONAL),
  record(
    'session',
    { sessionType: SESSION_TYPE, ...SESSION_MEMBERS, connections: list(COUNT) },
    SESSION_OPTIONAL,
    true,
  ),
  record('connection', { session: COUNT, ...CONNECTION_MEMBERS }, CONNECTION_OPTIONAL, true),
  record('lun', { session: COUNT, ...LUN_MEMBERS }, {}, true),
  record('unit', UNIT_MEMBERS, {}, true),
  record('event', { session: COUNT, ...EVENT_MEMBERS }, EVENT_OPTIONAL),
  record('finding', FINDING_MEMBERS, FINDING_OPTIONAL, true),
  record('problem', PROBLEM_MEMBERS, PROBLEM_OPTIONAL),
  record('capture', { ...CAPTURE_MEMBERS, totals: { type: 'object' } }, {}, true),
];

const DOCUMENT = object(
  {
    schema: SCHEMA_NAME,
    capture: object(CAPTURE_MEMBERS, {}, true),
    totals: { type: 'object' },
    sessions: list(ref('session')),
    logicalUnits: list(object(UNIT_MEMBERS, {}, true)),
    findings: list(object(FINDING_MEMBERS, FINDING_OPTIONAL, true)),
    problems: object(
      { counts: { type: 'object' }, examples: list(object(PROBLEM_MEMBERS, PROBLEM_OPTIONAL)) },
      {},
    ),
  },
  { selection: ref('selection'), pdus: list(object(PDU_REQUIRED, PDU_OPTIONAL, true)) },
);

export const TIMELINE_JSON_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'sanscope/timeline/1',
  title: 'sanscope timeline, version 1',
  description:
    'The document that `sanscope export` writes, or one line of `sanscope export --ndjson`. Times are ' +
    'ns since the first packet as decimal strings (they may exceed 2^53), 64-bit numbers likewise. ' +
    'Members may be added in this version; none is renamed or removed.',
  oneOf: [DOCUMENT, { oneOf: RECORDS }],
  $defs: {
    phase: PHASE,
    r2t: R2T,
    inferred: INFERRED,
    distribution: DISTRIBUTION,
    parameter: PARAMETER,
    selection: SELECTION,
    flow: object({ packets: COUNT, payloadBytes: COUNT, bytesMissing: COUNT }, {}, true),
    session: object(
      {
        ...SESSION_MEMBERS,
        type: SESSION_TYPE,
        connections: list(object(CONNECTION_MEMBERS, CONNECTION_OPTIONAL, true)),
        luns: list(object(LUN_MEMBERS, { latencyNs: ref('distribution') }, true)),
        events: list(object(EVENT_MEMBERS, EVENT_OPTIONAL)),
        commands: list(object(COMMAND_REQUIRED, COMMAND_OPTIONAL)),
      },
      SESSION_OPTIONAL,
      true,
    ),
  },
};

/** Every schema by its name. */
export const SCHEMAS: Readonly<Record<string, Schema>> = {
  'sanscope/timeline/1': TIMELINE_JSON_SCHEMA,
};

export function schemaText(schema: Schema): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
