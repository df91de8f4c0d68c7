// A check as SARIF 2.1.0 (OASIS), for code scanning: a result a finding and a limit that does not hold. Where it is in a
// capture is said by the packets' numbers: a capture has no lines.

import type { CheckedFinding, CheckReport, CheckSuite } from '../check/check-report.js';
import type { Severity } from '../findings/finding.js';
import { RULES } from '../findings/rules.js';
import { limitValue } from '../view/check-view.js';

const SCHEMA =
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const HOME = 'https://www.rfc-editor.org/rfc/rfc7143';
/** 3.27.10: how grave a result is. */
const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  warning: 'warning',
  note: 'note',
};
const LIMIT = 'limit';

interface Described {
  readonly id: string;
  readonly about: string;
  readonly reference: string;
  readonly next: string;
}

export function sarifJson(report: CheckReport, version: string): string {
  const described = rulesOf(report);
  const place = new Map(described.map(({ id }, i) => [id, i]));
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'sanscope',
            version,
            informationUri: HOME,
            rules: described.map(ruleObject),
          },
        },
        invocations: [{ executionSuccessful: true }],
        artifacts: report.suites.flatMap(({ files }) =>
          files.map((path) => ({ location: { uri: uriOf(path) } })),
        ),
        columnKind: 'utf16CodeUnits',
        results: report.suites.flatMap((suite) => resultsOf(suite, place)),
        properties: { failOn: report.failOn, conformance: report.suites.map(conformanceOf) },
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

/** Those that were found, in the order of the findings; a limit is a rule as well. */
function rulesOf({ suites }: CheckReport): Described[] {
  const found = new Set(suites.flatMap(({ findings }) => findings.map(({ id }) => id)));
  const known = RULES.flatMap(({ tells }) =>
    Object.entries(tells).flatMap(([id, { about, reference, next }]) =>
      found.delete(id) ? [{ id, about, reference, next }] : [],
    ),
  );
  const others = suites
    .flatMap(({ findings }) => findings)
    .filter(({ id }) => found.delete(id))
    .map(({ id, text, reference, next }) => ({ id, about: text, reference, next }));
  const limits = suites.some((suite) => suite.limits.length > 0);
  const limit = {
    id: LIMIT,
    about: 'A limit that was asked for does not hold.',
    reference: '--limit',
    next: 'See which commands are beyond it.',
  };
  return [...known, ...others, ...(limits ? [limit] : [])];
}

function ruleObject({ id, about, reference, next }: Described) {
  return {
    id,
    name: id.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase()),
    shortDescription: { text: sarifText(about) },
    fullDescription: { text: sarifText(`${about} By ${reference}.`) },
    help: { text: sarifText(next) },
  };
}

function resultsOf({ files, findings, limits }: CheckSuite, place: ReadonlyMap<string, number>) {
  const found = findings.map((finding) => ({
    ruleId: finding.id,
    ruleIndex: place.get(finding.id),
    level: LEVELS[finding.severity],
    message: { text: sarifText(messageOf(finding)) },
    locations: locations(files, finding.frames),
    partialFingerprints: {
      'finding/v1': `${finding.id}:S${finding.session ?? ''}:C${finding.connection ?? ''}`,
    },
    properties: {
      fails: finding.fails,
      confidence: finding.confidence,
      count: finding.count,
      frames: finding.frames,
      ...(finding.session === undefined ? {} : { session: finding.session }),
      ...(finding.connection === undefined ? {} : { connection: finding.connection }),
      ...(finding.fromNs === undefined ? {} : { fromNs: finding.fromNs }),
    },
  }));
  const beyond = limits
    .filter(({ holds }) => !holds)
    .map((limit) => ({
      ruleId: LIMIT,
      ruleIndex: place.get(LIMIT),
      level: 'error' as const,
      message: {
        text: sarifText(
          `${limit.limit}: ${limit.metric} is ${limitValue(limit)}, of ${limit.commandCount} commands`,
        ),
      },
      locations: locations(files, []),
      partialFingerprints: { 'limit/v1': limit.limit },
    }));
  return [...found, ...beyond];
}

function messageOf({ title, text, next, frames }: CheckedFinding): string {
  const where = frames.length === 0 ? '' : ` Packets ${frames.join(', ')}.`;
  return `${title}. ${text}${where} Next: ${next}`;
}

/**
 * Text from the wire is no link and no placeholder: braces are doubled (3.11.5), and brackets escaped where they would
 * make a link (3.11.6).
 */
function sarifText(text: string): string {
  const plain = text.includes('](') ? text.replace(/[[\]\\]/g, '\\$&') : text;
  return plain.replace(/[{}]/g, '$&$&');
}

/** The capture; of several the first one. Packets stand as logical locations. */
function locations([file]: readonly string[], frames: readonly number[]) {
  const logical = frames.map((frame) => ({ name: `frame ${frame}`, kind: 'packet' }));
  return [
    {
      physicalLocation: { artifactLocation: { uri: uriOf(file ?? '-') } },
      ...(logical.length > 0 ? { logicalLocations: logical } : {}),
    },
  ];
}

/** A relative reference or a file URI (3.4.3), each segment escaped. */
function uriOf(path: string): string {
  const escaped = path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  if (path.startsWith('/')) return `file://${escaped}`;
  return escaped.includes(':') ? `./${escaped}` : escaped;
}

function conformanceOf({ files, rules }: CheckSuite) {
  return {
    files,
    rules: rules.map(({ rule, section, side, state, exercisedCount, brokenCount }) => ({
      rule,
      section,
      side,
      state,
      exercisedCount,
      brokenCount,
    })),
  };
}
