// Two captures of the same kind of load at two times, side by side, as plain values.

import type { StreamedReport } from '../report/make-report.js';
import type { Report, SessionReport } from '../report/report.js';
import { type GroupKey, joined, type LoadGroup, type LoadGroups } from './load-groups.js';
import {
  COMMANDS_LEAST,
  differs,
  type Quantile,
  quantile,
  rankTest,
  sureOf,
  Z95,
} from './samples.js';

export interface GroupSide {
  readonly commandCount: number;
  readonly errors: number;
  readonly unanswered: number;
  readonly iops: number;
  readonly bytes: number;
  readonly queueDepthMean: number;
  /** Latencies that were counted, and their percentiles with 95 % intervals; null where there are none. */
  readonly latencies: number;
  readonly p50: Quantile | null;
  readonly p95: Quantile | null;
  readonly p99: Quantile | null;
  readonly max: number;
}

/**
 * `slower`, `faster`: beyond chance by the rank test or by the intervals of p50, p95 or p99, and by a tenth at least;
 * `deeper`, `shallower`: likewise, but more (fewer) commands were open at a time, which explains it; `same`;
 * `new`, `gone`: only one has it; `few`: too few commands to say.
 */
export type Verdict =
  | 'slower'
  | 'faster'
  | 'deeper'
  | 'shallower'
  | 'same'
  | 'new'
  | 'gone'
  | 'few';

export interface GroupChange extends Partial<GroupKey> {
  readonly by: string;
  readonly before: GroupSide | null;
  readonly after: GroupSide | null;
  readonly verdict: Verdict;
  /** How often a command after is slower than one before (0.5: alike), and the rank test's z. */
  readonly slowerShare: number | null;
  readonly z: number | null;
}

export interface ParameterChange {
  readonly initiator: string;
  readonly target: string;
  readonly key: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface FindingChange {
  readonly id: string;
  readonly severity: string;
  readonly title: string;
  readonly before: number;
  readonly after: number;
}

export interface DiffReport {
  readonly schema: 'sanscope/diff/2';
  readonly type: 'diff';
  readonly test: string;
  readonly captures: readonly {
    readonly name: string;
    readonly commandCount: number;
    readonly spanNs: number;
  }[];
  readonly total: GroupChange;
  /** Pairs of initiator and target that both captures have: with none, the total compares loads of others. */
  readonly pathsInCommon: number;
  readonly groups: readonly GroupChange[];
  readonly parameters: readonly ParameterChange[];
  readonly findings: readonly FindingChange[];
}

const TEST =
  'rank test of Mann and Whitney over all latencies, and 95 % intervals of percentiles by order statistics; a change counts if it is beyond chance (Bonferroni over all groups) and a tenth at least';

/** What is told apart, from the whole to the single. */
const LEVELS: readonly (readonly (keyof GroupKey)[])[] = [
  ['operation'],
  ['initiator'],
  ['target'],
  ['target', 'lun'],
  ['operation', 'sizeBytes'],
  ['initiator', 'target', 'lun', 'operation', 'sizeBytes'],
];

/** A change that is less than this is no news, however sure it is. */
const RATIO_LEAST = 1.1;
/** So much deeper, and the queue explains it. */
const DEPTH_RATIO = 1.5;

export interface DiffSide {
  readonly name: string;
  readonly groups: LoadGroups;
  readonly report: Compared;
}

/** What of a report is compared: while the second capture is read, all else of the first is let go. */
export interface Compared {
  readonly commandCount: number;
  readonly spanNs: number;
  readonly findings: Report['findings'];
  /** Settings in force by the names of both ends. */
  readonly parameters: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export function comparedOf(report: StreamedReport): Compared {
  const { totals, capture, findings } = report;
  const parameters = parametersOf(report.sessions);
  return { commandCount: totals.commandCount, spanNs: capture.spanNs, findings, parameters };
}

export function diffReport(before: DiffSide, after: DiffSide): DiffReport {
  const levels = LEVELS.map((by) => {
    const a = joined(before.groups.groups.values(), by);
    const b = joined(after.groups.groups.values(), by);
    const keys = [...new Set([...a.keys(), ...b.keys()])];
    return { by, both: keys.map((key) => [a.get(key), b.get(key)] as const) };
  });
  const compared = levels.flatMap(({ both }) => both).filter(([a, b]) => enough(a) && enough(b));
  const sure = sureOf(compared.length);
  const groups = levels.flatMap(({ by, both }) =>
    both
      .map(([a, b]) => change(by.join('+'), by, a, b, sure))
      .sort((x, y) => weight(y) - weight(x)),
  );
  return {
    schema: 'sanscope/diff/2',
    type: 'diff',
    test: TEST,
    captures: [before, after].map(({ name, report }) => ({
      name,
      commandCount: report.commandCount,
      spanNs: report.spanNs,
    })),
    total: change('total', [], before.groups.total, after.groups.total, Z95),
    pathsInCommon: pathsInCommon(before.groups, after.groups),
    groups,
    parameters: parameterChanges(before.report.parameters, after.report.parameters),
    findings: findingChanges(before.report, after.report),
  };
}

function pathsInCommon(before: LoadGroups, after: LoadGroups): number {
  const paths = (side: LoadGroups) => joined(side.groups.values(), ['initiator', 'target']);
  const is = paths(after);
  return [...paths(before).keys()].filter((key) => is.has(key)).length;
}

function enough(group: LoadGroup | undefined): boolean {
  return group !== undefined && group.latency.count >= COMMANDS_LEAST;
}

function weight(group: GroupChange): number {
  return (group.before?.commandCount ?? 0) + (group.after?.commandCount ?? 0);
}

function change(
  name: string,
  by: readonly (keyof GroupKey)[],
  before: LoadGroup | undefined,
  after: LoadGroup | undefined,
  sure: number,
): GroupChange {
  const key = (after ?? before)?.key;
  const parts = Object.fromEntries(by.map((part) => [part, key?.[part]]));
  const both = before !== undefined && after !== undefined;
  const test =
    both && before.latency.count > 0 && after.latency.count > 0
      ? rankTest(before.latency, after.latency)
      : undefined;
  return {
    by: name,
    ...parts,
    before: before === undefined ? null : side(before),
    after: after === undefined ? null : side(after),
    verdict: verdict(before, after, test?.z ?? 0, sure),
    slowerShare: test === undefined ? null : test.slower,
    z: test === undefined ? null : test.z,
  };
}

function side(group: LoadGroup): GroupSide {
  const { latency, commands } = group;
  const seconds = (group.lastNs - group.firstNs) / 1e9;
  const at = (p: number) => (latency.count === 0 ? null : quantile(latency, p));
  return {
    commandCount: commands,
    errors: group.errors,
    unanswered: group.unanswered,
    iops: seconds > 0 ? (commands - 1) / seconds : 0,
    bytes: group.bytes,
    queueDepthMean: commands > 0 ? group.depthTotal / commands : 0,
    latencies: latency.count,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: latency.max,
  };
}

/** `sure`: how far a normal value must be off to be no chance. */
function verdict(
  before: LoadGroup | undefined,
  after: LoadGroup | undefined,
  z: number,
  sure: number,
): Verdict {
  if (before === undefined) return 'new';
  if (after === undefined) return 'gone';
  if (!enough(before) || !enough(after)) return 'few';
  let direction = 0;
  const ratio = (p: number) => {
    const was = quantile(before.latency, p, sure);
    const is = quantile(after.latency, p, sure);
    const by = is.value / Math.max(1, was.value);
    const large = by >= RATIO_LEAST || by <= 1 / RATIO_LEAST;
    return { large, isSure: differs(was, is), sign: Math.sign(is.value - was.value) };
  };
  const middle = ratio(0.5);
  if (Math.abs(z) > sure && middle.large && Math.sign(z) === middle.sign) direction = middle.sign;
  // A tail may be slower while the middle is not: the slowest word counts.
  for (const p of [0.5, 0.95, 0.99]) {
    const { large, isSure, sign } = ratio(p);
    if (large && isSure && (sign > 0 || direction === 0)) direction = sign;
  }
  if (direction === 0) return 'same';
  const depth = depthOf(after) / Math.max(1e-9, depthOf(before));
  if (direction > 0 && depth >= DEPTH_RATIO) return 'deeper';
  if (direction < 0 && depth <= 1 / DEPTH_RATIO) return 'shallower';
  return direction > 0 ? 'slower' : 'faster';
}

function depthOf(group: LoadGroup): number {
  return group.commands > 0 ? group.depthTotal / group.commands : 0;
}

/** Values in force that differ, of the pairs of initiator and target that both captures have. */
function parameterChanges(
  was: Compared['parameters'],
  is: Compared['parameters'],
): ParameterChange[] {
  const changes: ParameterChange[] = [];
  for (const [pair, then] of was) {
    const now = is.get(pair);
    if (now === undefined) continue;
    const [initiator, target] = pair.split('\0');
    for (const key of new Set([...then.keys(), ...now.keys()])) {
      const [a, b] = [then.get(key) ?? null, now.get(key) ?? null];
      if (a !== b) changes.push({ initiator, target, key, before: a, after: b });
    }
  }
  return changes;
}

function parametersOf(sessions: Iterable<SessionReport>): Map<string, Map<string, string>> {
  const all = new Map<string, Map<string, string>>();
  for (const session of sessions) {
    if (session.initiatorName === '' || session.targetName === '') continue;
    const values = new Map<string, string>();
    for (const parameter of session.parameters) {
      const { key, result, source } = parameter;
      if (result !== undefined && source !== 'inferred' && !NAMES.has(key)) values.set(key, result);
    }
    if (values.size > 0) all.set(`${session.initiatorName}\0${session.targetName}`, values);
  }
  return all;
}

/** What names a session is no setting. */
const NAMES: ReadonlySet<string> = new Set([
  'InitiatorName',
  'TargetName',
  'InitiatorAlias',
  'TargetAlias',
  'TargetAddress',
  'SessionType',
  'TargetPortalGroupTag',
]);

function findingChanges(before: Compared, after: Compared): FindingChange[] {
  const ids = new Map<string, FindingChange>();
  const add = (report: Compared, side: 'before' | 'after') => {
    for (const { id, severity, title, count } of report.findings) {
      const known = ids.get(id) ?? { id, severity, title, before: 0, after: 0 };
      ids.set(id, { ...known, severity, title, [side]: known[side] + count });
    }
  };
  add(before, 'before');
  add(after, 'after');
  return [...ids.values()];
}
