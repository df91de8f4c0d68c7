// Schemas of what commands say beside captures and lists: check, discovery, explain, doctor, config.

import { CHECK_SCHEMA } from '../check/check-report.js';
import { CONFIG_SCHEMA, DISCOVERY_SCHEMA, DOCTOR_SCHEMA, EXPLAIN_SCHEMA } from './schema-names.js';
import { FINDING_MEMBERS, FINDING_OPTIONAL } from './timeline/schema-parts.js';
import type { Schema } from './timeline/schema-words.js';
import {
  COUNT,
  FLAG,
  ISO,
  list,
  NS,
  NUMBER,
  object,
  recordOf,
  ref,
  schemaOf,
  TEXT,
} from './timeline/schema-words.js';

const SEVERITY: Schema = { enum: ['critical', 'warning', 'note'] };

const RULE = object(
  {
    ...{ rule: TEXT, side: TEXT, section: TEXT, holds: TEXT },
    state: { enum: ['kept', 'broken', 'undecided', 'never seen'] },
    ...{ exercisedCount: COUNT, brokenCount: COUNT, frames: list(COUNT), fails: FLAG },
  },
  { severity: SEVERITY },
);

const CHECKED_FINDING = object(
  {
    ...{ id: TEXT, severity: SEVERITY, title: TEXT, text: TEXT, next: TEXT, reference: TEXT },
    confidence: { enum: ['certain', 'likely', 'possible'] },
    ...{ count: COUNT, frames: list(COUNT), fails: FLAG },
  },
  { reportedSeverity: SEVERITY, session: COUNT, connection: COUNT, fromNs: NS },
);

const LIMIT = object(
  {
    ...{
      limit: TEXT,
      metric: TEXT,
      relation: TEXT,
      bound: NUMBER,
      unit: { enum: ['ns', 'count'] },
    },
    value: { type: ['number', 'null'], description: 'null where no command has the metric' },
    ...{ commandCount: COUNT, holds: FLAG },
  },
  {},
);

const SUITE = object(
  {
    ...{ files: list(TEXT), packets: COUNT, spanNs: NS, sessionCount: COUNT, commandCount: COUNT },
    ...{ rules: list(ref('rule')), findings: list(ref('finding')), limits: list(ref('limit')) },
    fails: FLAG,
  },
  { start: ISO },
);

export const TOOL_SCHEMAS: Readonly<Record<string, Schema>> = {
  [CHECK_SCHEMA]: schemaOf(
    CHECK_SCHEMA,
    'What `sanscope check --json` writes.',
    [
      recordOf(CHECK_SCHEMA)('check', {
        failOn: { enum: ['critical', 'warning', 'note', 'never'] },
        ...{ suites: list(SUITE), fails: FLAG },
      }),
    ],
    { rule: RULE, finding: CHECKED_FINDING, limit: LIMIT },
  ),
  [DISCOVERY_SCHEMA]: schemaOf(
    DISCOVERY_SCHEMA,
    'One line of `sanscope discovery --json`: what a host learnt, or an iSNS request with its answer.',
    [
      recordOf(DISCOVERY_SCHEMA)(
        'discovery',
        {
          ...{ initiatorAddress: TEXT, initiatorName: TEXT, target: TEXT, address: TEXT },
          ...{ via: TEXT, from: TEXT, frame: COUNT, relativeNs: NS, tried: FLAG, reached: FLAG },
          session: { type: 'integer', minimum: -1, description: '-1 where it was not reached' },
          loginAfterNs: NS,
        },
        {},
      ),
      recordOf(DISCOVERY_SCHEMA)(
        'isns',
        {
          ...{ functionName: TEXT, functionId: NUMBER, transactionId: COUNT, client: TEXT },
          ...{ server: TEXT, byServer: FLAG, transport: { enum: ['TCP', 'UDP'] }, source: TEXT },
          ...{ key: TEXT, frame: COUNT, relativeNs: NS, responseFrame: COUNT },
          responseNs: { type: ['number', 'null'], description: 'null where no answer came' },
          ...{ status: { type: ['number', 'null'] }, statusText: { type: ['string', 'null'] } },
          ...{ nodeCount: COUNT, portalCount: COUNT },
        },
        {},
      ),
    ],
    {},
  ),
  [EXPLAIN_SCHEMA]: schemaOf(
    EXPLAIN_SCHEMA,
    'One line of `sanscope explain --json`; `seen`: the findings of the captures that were given.',
    [
      recordOf(EXPLAIN_SCHEMA)(
        'word',
        { word: TEXT, kind: TEXT, means: TEXT, findings: list(TEXT), source: TEXT },
        { seen: list(object({ ...FINDING_MEMBERS, owes: TEXT }, { ...FINDING_OPTIONAL }, true)) },
      ),
    ],
    {},
  ),
  [DOCTOR_SCHEMA]: schemaOf(
    DOCTOR_SCHEMA,
    'What `sanscope doctor --json` writes.',
    [
      recordOf(DOCTOR_SCHEMA)('doctor', {
        version: TEXT,
        checks: list(
          object(
            { name: TEXT, state: { enum: ['ok', 'limited', 'missing'] }, found: TEXT },
            { advice: TEXT },
          ),
        ),
      }),
    ],
    {},
  ),
  [CONFIG_SCHEMA]: schemaOf(
    CONFIG_SCHEMA,
    'One line of `sanscope config --json`: a setting that is in force and why, or a name.',
    [
      recordOf(CONFIG_SCHEMA)('setting', {
        ...{ key: TEXT, value: TEXT, from: TEXT, where: TEXT, variable: TEXT, flag: TEXT },
      }),
      recordOf(CONFIG_SCHEMA)('name', { of: TEXT, name: TEXT }),
    ],
    {},
  ),
};
