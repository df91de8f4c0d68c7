// The JSON Schema (2020-12) of the timeline, of both its forms: the document, and one record of the
// stream. schema/timeline-1.json is written from it (tools/schema.ts) and tested to be the same.

import {
  CAPTURE_MEMBERS,
  COMMAND_OPTIONAL,
  COMMAND_REQUIRED,
  CONNECTION_MEMBERS,
  CONNECTION_OPTIONAL,
  DISTRIBUTION,
  EVENT_MEMBERS,
  EVENT_OPTIONAL,
  FINDING_MEMBERS,
  FINDING_OPTIONAL,
  INFERRED,
  LUN_MEMBERS,
  PARAMETER,
  PDU_OPTIONAL,
  PDU_REQUIRED,
  PHASE,
  PROBLEM_MEMBERS,
  PROBLEM_OPTIONAL,
  R2T,
  SELECTION,
  SESSION_MEMBERS,
  SESSION_OPTIONAL,
  SESSION_TYPE,
  UNIT_MEMBERS,
} from './schema-parts.js';
import { COUNT, ISO, list, object, ref, type Schema } from './schema-words.js';

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
