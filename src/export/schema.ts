// The JSON Schemas of all that sanscope writes as JSON. Lists are made from their tables of columns.

import { LIVE_SCHEMA } from '../report/interval.js';
import { REPORT_SCHEMA } from '../report/report.js';
import type { ListColumn } from '../view/lists/list.js';
import { LUN_COLUMNS } from '../view/lists/lun-columns.js';
import { SESSION_COLUMNS } from '../view/lists/session-columns.js';
import { COMPARE_SCHEMAS } from './compare-schema.js';
import {
  COMMAND_SCHEMA,
  COMMANDS_SCHEMA,
  LOGIN_SCHEMA,
  LUNS_SCHEMA,
  PDUS_SCHEMA,
  SESSIONS_SCHEMA,
  TIMELINE_SCHEMA,
} from './schema-names.js';
import { TIMELINE_JSON_SCHEMA } from './timeline/schema.js';
import {
  CAPTURE_MEMBERS,
  COMMAND_OPTIONAL,
  COMMAND_REQUIRED,
  FINDING_MEMBERS,
  FINDING_OPTIONAL,
  PDU_OPTIONAL,
  PDU_REQUIRED,
  SESSION_MEMBERS,
  SESSION_OPTIONAL,
  SHARED,
  UNIT_MEMBERS,
} from './timeline/schema-parts.js';
import {
  COUNT,
  FLAG,
  ISO,
  LUN,
  list,
  NS,
  NUMBER,
  object,
  recordOf,
  ref,
  type Schema,
  schemaOf,
  TEXT,
  WORD,
} from './timeline/schema-words.js';
import { TOOL_SCHEMAS } from './tool-schema.js';

const DISTRIBUTION = { anyOf: [ref('distribution'), { type: 'null' }] };

const REPORT = {
  capture: object(CAPTURE_MEMBERS, {}, true),
  totals: object({ commandCount: COUNT, latency: DISTRIBUTION }, {}, true),
  sessions: list(object(SESSION_MEMBERS, SESSION_OPTIONAL, true)),
  logicalUnits: list(object(UNIT_MEMBERS, {}, true)),
  operations: list(ref('operation')),
  operationTotals: list(ref('operation')),
  slowest: list(ref('command')),
  open: list(ref('command')),
  load: object({ bucketNs: NS, commandsByBucket: list(COUNT) }, {}, true),
  incidents: list({ type: 'object' }),
  findings: list(object(FINDING_MEMBERS, FINDING_OPTIONAL, true)),
  problems: ref('problems'),
};

const OPERATION = object(
  { operation: TEXT, commandCount: COUNT, bytes: COUNT, latency: DISTRIBUTION },
  { session: COUNT, lun: LUN, opcode: COUNT, serviceAction: COUNT, r2ts: COUNT },
  true,
);

const WAITING = {
  operation: TEXT,
  tag: WORD,
  connection: COUNT,
  frame: COUNT,
  relativeNs: NS,
  ageNs: NS,
  expectedBytes: COUNT,
};
const LOAD_NOW = {
  startedCount: COUNT,
  endedCount: COUNT,
  failedCount: COUNT,
  dataInBytes: COUNT,
  dataOutBytes: COUNT,
  iops: NUMBER,
  readMBps: NUMBER,
  writeMBps: NUMBER,
  latency: DISTRIBUTION,
  outstanding: COUNT,
  endedTotal: COUNT,
  bytesTotal: COUNT,
};

const STEP = object(
  { kind: TEXT, frame: COUNT, relativeNs: NS },
  { pduOpcode: COUNT, name: TEXT, from: { enum: ['initiator', 'target'] }, bytes: COUNT },
  true,
);

const LOGIN = {
  connection: COUNT,
  initiator: TEXT,
  target: TEXT,
  initiatorAddress: TEXT,
  targetAddress: TEXT,
  loginOutcome: TEXT,
  relativeNs: NS,
  relativeNsEnd: NS,
  steps: list({ type: 'object' }),
  parameters: list({ type: 'object' }),
};

const SET_UP = object(
  { frame: COUNT, relativeNs: NS, from: { enum: ['initiator', 'target'] }, name: TEXT },
  { about: TEXT, refused: { const: true }, unanswered: { const: true } },
);

const FABRIC_LOGIN = {
  session: COUNT,
  link: COUNT,
  carrier: { enum: ['FCIP', 'iFCP', 'FCoE', 'FC'] },
  initiator: TEXT,
  target: TEXT,
  loginOutcome: { enum: ['accepted', 'refused', 'unanswered', 'not captured'] },
  relativeNs: NS,
  relativeNsEnd: NS,
  steps: list(SET_UP),
};

/** A row a line: keys of the list's columns, each absent where it is not known. */
function rowsOf<Row>(
  schema: string,
  type: string,
  what: string,
  columns: readonly ListColumn<Row>[],
): Schema {
  const any = { type: ['number', 'string', 'boolean'] };
  const members = Object.fromEntries(
    columns.map(({ key, about }) => [key, { ...any, description: about }]),
  );
  return schemaOf(schema, what, [recordOf(schema)(type, {}, members)], {});
}

const EVENT_REQUIRED = { event: COUNT, kind: TEXT, severity: TEXT, text: TEXT };
const EVENT_OPTIONAL = {
  time: ISO,
  fromNs: NS,
  durationNs: NS,
  toldAfterNs: NS,
  session: COUNT,
  connection: COUNT,
  initiator: TEXT,
  target: TEXT,
  lun: LUN,
  lunText: TEXT,
  frames: list(COUNT),
  command: COUNT,
  count: COUNT,
  more: COUNT,
  causedBy: TEXT,
};

/** Every schema by its name. */
export const SCHEMAS: Readonly<Record<string, Schema>> = {
  [TIMELINE_SCHEMA]: TIMELINE_JSON_SCHEMA,
  [REPORT_SCHEMA]: schemaOf(
    REPORT_SCHEMA,
    'What `sanscope report --json` writes.',
    [recordOf(REPORT_SCHEMA)('report', REPORT, { filter: TEXT }, true)],
    { ...SHARED, operation: OPERATION },
  ),
  [COMMANDS_SCHEMA]: schemaOf(
    COMMANDS_SCHEMA,
    'One line of `sanscope commands --json`; with --columns only these.',
    [recordOf(COMMANDS_SCHEMA)('command', {}, { ...COMMAND_REQUIRED, ...COMMAND_OPTIONAL })],
    SHARED,
  ),
  [COMMAND_SCHEMA]: schemaOf(
    COMMAND_SCHEMA,
    'One line of `sanscope command --json`: the facts of a command, and its steps.',
    [
      recordOf(COMMAND_SCHEMA)(
        'command',
        { ...COMMAND_REQUIRED, steps: list(STEP), tcpLeftOut: COUNT },
        COMMAND_OPTIONAL,
      ),
    ],
    SHARED,
  ),
  [PDUS_SCHEMA]: schemaOf(
    PDUS_SCHEMA,
    'One line of `sanscope pdus --json`.',
    [
      recordOf(PDUS_SCHEMA)(
        'pdu',
        PDU_REQUIRED,
        { ...PDU_OPTIONAL, tag: WORD, operation: TEXT, opcode: COUNT, sense: TEXT, time: ISO },
        true,
      ),
      recordOf(PDUS_SCHEMA)(
        'message',
        {
          ...{ frame: COUNT, frameEnd: COUNT, relativeNs: NS, relativeNsEnd: NS },
          ...{
            carrier: { enum: ['iWARP', 'RoCEv2', 'iSNS'] },
            name: TEXT,
            from: TEXT,
            bytes: COUNT,
          },
        },
        {
          ...{ connection: COUNT, session: COUNT, command: COUNT, time: ISO, to: TEXT },
          ...{ dataMissing: COUNT, dataCut: COUNT, complete: { const: false } },
          frameCrc: { enum: ['good', 'bad', 'not captured'] },
        },
        true,
      ),
      recordOf(PDUS_SCHEMA)(
        'frame',
        {
          ...{ frame: COUNT, frameEnd: COUNT, relativeNs: NS, relativeNsEnd: NS },
          ...{ carrier: { enum: ['FCIP', 'iFCP', 'FCoE', 'FC'] }, name: TEXT, bytes: COUNT },
        },
        {
          ...{ connection: COUNT, session: COUNT, command: COUNT, time: ISO, from: TEXT, to: TEXT },
          ...{ tag: WORD, dataMissing: COUNT },
          ...{ dataCut: COUNT, complete: { const: false }, sof: TEXT, eof: TEXT },
          frameCrc: { enum: ['good', 'bad', 'not captured'] },
        },
        true,
      ),
    ],
    {},
  ),
  [SESSIONS_SCHEMA]: rowsOf(
    SESSIONS_SCHEMA,
    'session',
    'One line of `sanscope sessions --json`.',
    SESSION_COLUMNS,
  ),
  [LUNS_SCHEMA]: rowsOf(LUNS_SCHEMA, 'lun', 'One line of `sanscope luns --json`.', LUN_COLUMNS),
  [LOGIN_SCHEMA]: schemaOf(
    LOGIN_SCHEMA,
    'One line of `sanscope login --json`.',
    [
      recordOf(LOGIN_SCHEMA)('login', LOGIN, { session: COUNT, setUp: list(SET_UP) }, true),
      recordOf(LOGIN_SCHEMA)('fabric login', FABRIC_LOGIN, {}),
      recordOf(LOGIN_SCHEMA)('login differences', {
        connectionNumbers: list(COUNT),
        rows: list(object({ name: TEXT, a: TEXT, b: TEXT, differs: FLAG }, {})),
      }),
    ],
    {},
  ),
  [LIVE_SCHEMA]: schemaOf(
    LIVE_SCHEMA,
    'One line of `sanscope live --json`.',
    [
      recordOf(LIVE_SCHEMA)(
        'interval',
        {
          interval: COUNT,
          fromNs: NS,
          toNs: NS,
          sourceState: { type: 'object' },
          ...LOAD_NOW,
          luns: list(object(LOAD_NOW, { session: COUNT, lun: LUN, lunText: TEXT }, true)),
          waiting: list(object({ ...WAITING, command: COUNT, session: COUNT }, {}, true)),
        },
        { time: ISO, oldest: object(WAITING, {}, true) },
        true,
      ),
      recordOf(LIVE_SCHEMA)('command', COMMAND_REQUIRED, COMMAND_OPTIONAL),
      recordOf(LIVE_SCHEMA)('event', EVENT_REQUIRED, EVENT_OPTIONAL),
      recordOf(LIVE_SCHEMA)('notice', { about: TEXT }, {}, true),
      recordOf(LIVE_SCHEMA)('report', { report: object(REPORT, {}, true) }),
    ],
    { ...SHARED, operation: OPERATION },
  ),
  ...TOOL_SCHEMAS,
  ...COMPARE_SCHEMAS,
};

export function schemaText(schema: Schema): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
