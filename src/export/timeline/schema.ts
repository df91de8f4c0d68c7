// The JSON Schema (2020-12) of the timeline, of both its forms: the document, and one record of the
// stream. schema/*.json are written from it and its like (tools/schema.ts) and tested to be the same.

import { TIMELINE_SCHEMA } from '../schema-names.js';
import {
  CAPTURE_MEMBERS,
  COMMAND_OPTIONAL,
  COMMAND_REQUIRED,
  CONNECTION_MEMBERS,
  CONNECTION_OPTIONAL,
  EVENT_MEMBERS,
  EVENT_OPTIONAL,
  FINDING_MEMBERS,
  FINDING_OPTIONAL,
  LUN_MEMBERS,
  LUN_OPTIONAL,
  PDU_OPTIONAL,
  PDU_REQUIRED,
  PROBLEM_MEMBERS,
  PROBLEM_OPTIONAL,
  SESSION_MEMBERS,
  SESSION_OPTIONAL,
  SHARED,
  UNIT_MEMBERS,
} from './schema-parts.js';
import {
  COUNT,
  ISO,
  list,
  object,
  recordOf,
  ref,
  type Schema,
  schemaOf,
  TEXT,
} from './schema-words.js';

const record = recordOf(TIMELINE_SCHEMA);
const OF_SESSION = { session: COUNT, initiator: TEXT, target: TEXT };

const RECORDS: Schema[] = [
  record('timeline', {}, { start: ISO, selection: ref('selection') }),
  record('pdu', PDU_REQUIRED, PDU_OPTIONAL, true),
  record('command', COMMAND_REQUIRED, COMMAND_OPTIONAL),
  record('session', { ...SESSION_MEMBERS, connectionNumbers: list(COUNT) }, SESSION_OPTIONAL, true),
  record('connection', { ...OF_SESSION, ...CONNECTION_MEMBERS }, CONNECTION_OPTIONAL, true),
  record('lun', { ...OF_SESSION, ...LUN_MEMBERS }, LUN_OPTIONAL, true),
  record('unit', UNIT_MEMBERS, LUN_OPTIONAL, true),
  record('event', { ...OF_SESSION, ...EVENT_MEMBERS }, EVENT_OPTIONAL),
  record('finding', FINDING_MEMBERS, FINDING_OPTIONAL, true),
  record('problem', PROBLEM_MEMBERS, PROBLEM_OPTIONAL),
  record(
    'capture',
    { ...CAPTURE_MEMBERS, totals: { type: 'object' }, problemCounts: { type: 'object' } },
    {},
    true,
  ),
];

const DOCUMENT = record(
  'document',
  {
    capture: object(CAPTURE_MEMBERS, {}, true),
    totals: { type: 'object' },
    sessions: list(ref('session')),
    logicalUnits: list(object(UNIT_MEMBERS, LUN_OPTIONAL, true)),
    commands: list(ref('command')),
    findings: list(object(FINDING_MEMBERS, FINDING_OPTIONAL, true)),
    problems: ref('problems'),
  },
  { selection: ref('selection'), pdus: list(object(PDU_REQUIRED, PDU_OPTIONAL, true)) },
);

export const TIMELINE_JSON_SCHEMA: Schema = schemaOf(
  TIMELINE_SCHEMA,
  'The document that `sanscope export` writes, or one line of `sanscope export --ndjson`.',
  [DOCUMENT, ...RECORDS],
  {
    ...SHARED,
    session: object(
      {
        ...SESSION_MEMBERS,
        connections: list(object(CONNECTION_MEMBERS, CONNECTION_OPTIONAL, true)),
        luns: list(object(LUN_MEMBERS, LUN_OPTIONAL, true)),
        events: list(object(EVENT_MEMBERS, EVENT_OPTIONAL)),
      },
      SESSION_OPTIONAL,
      true,
    ),
  },
);
