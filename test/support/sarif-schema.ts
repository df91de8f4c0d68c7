// The parts of SARIF 2.1.0 that a check has, as the standard (OASIS, sections in comments) wants them: which
// properties must be there, of which type, with which words; and none that the standard does not know.

type Schema = Readonly<Record<string, unknown>>;

function closed(required: readonly string[], properties: Record<string, Schema>): Schema {
  return { type: 'object', required, properties, additionalProperties: false };
}

const TEXT: Schema = { type: 'string', minLength: 1 };
const COUNT: Schema = { type: 'integer', minimum: 0 };
const BAG: Schema = { type: 'object' };
const list = (items: Schema): Schema => ({ type: 'array', items });

/** 3.11. */
const MESSAGE = closed(['text'], { text: TEXT });
/** 3.4: a URI reference. */
const PLACE = closed(['uri'], {
  uri: { type: 'string', pattern: '^[!-~]+$', format: 'uri-reference' },
});
/** 3.49. */
const RULE = closed(['id'], {
  id: TEXT,
  name: TEXT,
  shortDescription: MESSAGE,
  fullDescription: MESSAGE,
  help: MESSAGE,
});
/** 3.28, 3.29, 3.33. */
const LOCATION = closed([], {
  physicalLocation: closed(['artifactLocation'], { artifactLocation: PLACE }),
  logicalLocations: list(closed([], { name: TEXT, kind: TEXT })),
});
/** 3.27. */
const RESULT = closed(['message'], {
  ruleId: TEXT,
  ruleIndex: COUNT,
  level: { enum: ['none', 'note', 'warning', 'error'] },
  message: MESSAGE,
  locations: list(LOCATION),
  partialFingerprints: { type: 'object', additionalProperties: TEXT },
  properties: BAG,
});
/** 3.14. */
const RUN = closed(['tool'], {
  tool: closed(['driver'], {
    driver: closed(['name'], {
      name: TEXT,
      version: TEXT,
      informationUri: { type: 'string', format: 'uri' },
      rules: list(RULE),
    }),
  }),
  invocations: list(closed(['executionSuccessful'], { executionSuccessful: { type: 'boolean' } })),
  artifacts: list(closed([], { location: PLACE })),
  columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
  results: list(RESULT),
  properties: BAG,
});

/** 3.13. */
export const SARIF_SCHEMA = closed(['version', 'runs'], {
  $schema: { type: 'string' },
  version: { const: '2.1.0' },
  runs: list(RUN),
});
