// Schemas of what compares captures: points of one traffic, and one load at two times; and of small lists.

import { DIFF_SCHEMA, FIELDS_SCHEMA, INTERFACES_SCHEMA, POINTS_SCHEMA } from './schema-names.js';
import type { Schema } from './timeline/schema-words.js';
import {
  COUNT,
  ISO,
  LUN,
  list,
  NS,
  NUMBER,
  object,
  recordOf,
  ref,
  schemaOf,
  TEXT,
  WORD,
} from './timeline/schema-words.js';

const SPREAD = object({ count: COUNT, min: NS, p50: NS, p99: NS, max: NS }, {});
const both = (of: Schema): Schema => object({ out: of, back: of }, {});
/** Numbers by the name of a point. */
const BY_POINT: Schema = { type: 'object', additionalProperties: COUNT };

const SEGMENTS = object(
  {
    ...{ matched: COUNT, lostBetween: both(COUNT), missedByCapture: BY_POINT },
    ...{ undecided: both(COUNT), lostBytes: both(COUNT), lostSmallest: both(COUNT) },
    ...{ lostLargest: both(COUNT), passedLargest: both(COUNT), overtaken: both(COUNT) },
    ...{ againForNothing: both(COUNT), lostBeyond: both(COUNT) },
    ...{ cut: COUNT, merged: COUNT, outside: COUNT },
  },
  {},
);

const SPLIT = object(
  {
    ...{ count: COUNT, alone: BY_POINT, latency: ref('spread'), hostTime: ref('spread') },
    ...{ networkOutTime: ref('spread'), arrayTime: ref('spread') },
    ...{ networkBackTime: ref('spread'), recoveryTime: ref('spread') },
  },
  {},
);

const PAIR = object(
  {
    points: list(TEXT),
    ...{ host: TEXT, array: TEXT },
    sidesBy: { enum: ['commands', 'connections', 'order given'] },
    ...{ connections: COUNT, connectionsAlone: BY_POINT },
    steps: list(object({ atNs: NS, withinNs: NS, stepNs: NS }, {})),
    stretches: list(
      object({ fromNs: NS, toNs: NS, clockOffsetNs: NS, offsetErrorNs: NS, driftPpm: NUMBER }, {}),
    ),
    oneWayNs: both(ref('spread')),
    oneWayOverTime: both(list(object({ minNs: NS, maxNs: NS, count: COUNT }, {}))),
    segments: ref('segments'),
    split: SPLIT,
    lost: list(
      object(
        { kind: TEXT, way: { enum: ['out', 'back'] }, point: TEXT, frame: COUNT, bytes: COUNT },
        {},
      ),
    ),
  },
  { clockOffsetNs: NS, offsetErrorNs: NS, driftPpm: NUMBER, driftErrorPpm: NUMBER },
);

const POINTS_COMMAND = object(
  {
    ...{ frame: COUNT, arrayFrame: COUNT, relativeNs: NS, operation: TEXT, opcode: NUMBER },
    ...{ lun: LUN, tag: WORD, status: NUMBER, outcome: TEXT },
    ...{ dataInBytes: COUNT, dataOutBytes: COUNT, latencyNs: NS, hostNs: NS },
    ...{ networkOutNs: NS, arrayNs: NS, networkBackNs: NS, recoveryNs: NS },
    lanes: list(object({ point: TEXT, frame: COUNT, commandNs: NS, statusNs: NS }, {})),
  },
  {},
);

const FINDING = object(
  {
    ...{ id: TEXT, severity: { enum: ['critical', 'warning', 'note'] }, owes: TEXT },
    ...{ title: TEXT, text: TEXT, next: TEXT },
  },
  {},
);

const QUANTILE: Schema = {
  anyOf: [
    object({ value: NS, low: NS, high: NS, bounded: { type: 'boolean' } }, {}),
    { type: 'null' },
  ],
};
const SIDE: Schema = {
  anyOf: [
    object(
      {
        ...{ commandCount: COUNT, errors: COUNT, unanswered: COUNT, iops: NUMBER, bytes: COUNT },
        ...{ queueDepthMean: NUMBER, latencies: COUNT },
        ...{ p50: QUANTILE, p95: QUANTILE, p99: QUANTILE, max: NS },
      },
      {},
    ),
    { type: 'null' },
  ],
};
const NUMBER_OR_NULL: Schema = { type: ['number', 'null'] };
const TEXT_OR_NULL: Schema = { type: ['string', 'null'] };
const CHANGE = object(
  {
    ...{ by: TEXT, before: SIDE, after: SIDE },
    verdict: { enum: ['slower', 'faster', 'deeper', 'shallower', 'same', 'new', 'gone', 'few'] },
    ...{ slowerShare: NUMBER_OR_NULL, z: NUMBER_OR_NULL },
  },
  { initiator: TEXT, target: TEXT, lun: TEXT, operation: TEXT, sizeBytes: NUMBER },
);

export const COMPARE_SCHEMAS: Readonly<Record<string, Schema>> = {
  [POINTS_SCHEMA]: schemaOf(
    POINTS_SCHEMA,
    'What `sanscope points --json` writes.',
    [
      recordOf(POINTS_SCHEMA)(
        'points',
        {
          points: list(
            object({ name: TEXT, files: list(TEXT), packets: COUNT, spanNs: NS }, { from: ISO }),
          ),
          findings: list(FINDING),
          pairs: list(PAIR),
          ...{ commandsTotal: COUNT, commandsNotListed: COUNT },
          commands: list(POINTS_COMMAND),
        },
        { oneWayNs: both(ref('spread')), segments: ref('segments') },
      ),
    ],
    { spread: SPREAD, segments: SEGMENTS },
  ),
  [DIFF_SCHEMA]: schemaOf(
    DIFF_SCHEMA,
    'What `sanscope diff --json` writes.',
    [
      recordOf(DIFF_SCHEMA)('diff', {
        test: TEXT,
        captures: list(object({ name: TEXT, commandCount: COUNT, spanNs: NS }, {})),
        total: ref('change'),
        pathsInCommon: COUNT,
        groups: list(ref('change')),
        parameters: list(
          object(
            {
              ...{ initiator: TEXT, target: TEXT, key: TEXT },
              ...{ before: TEXT_OR_NULL, after: TEXT_OR_NULL },
            },
            {},
          ),
        ),
        findings: list(
          object({ id: TEXT, severity: TEXT, title: TEXT, before: COUNT, after: COUNT }, {}),
        ),
      }),
    ],
    { change: CHANGE },
  ),
  [FIELDS_SCHEMA]: schemaOf(
    FIELDS_SCHEMA,
    'One line of `sanscope fields --json`.',
    [
      recordOf(FIELDS_SCHEMA)('field', {
        ...{ name: TEXT, kind: TEXT, unit: TEXT, section: TEXT, tshark: TEXT, about: TEXT },
      }),
    ],
    {},
  ),
  [INTERFACES_SCHEMA]: schemaOf(
    INTERFACES_SCHEMA,
    'One line of `sanscope interfaces --json`.',
    [recordOf(INTERFACES_SCHEMA)('interface', { name: TEXT, about: TEXT, addresses: list(TEXT) })],
    {},
  ),
};
