// What `sanscope check` says of a capture: rules of the protocol, findings, limits, and what of it fails.

import type { Finding, Severity } from '../findings/finding.js';
import type { Report } from '../report/report.js';
import type { Exercise } from './exercise.js';
import type { LimitResult } from './limit.js';
import { PROTOCOL_RULES, type ProtocolRule } from './rfc7143.js';

export const CHECK_SCHEMA = 'sanscope/check/2';
/** A capture without a session: not a finding of the report, but nothing was checked. */
export const NOTHING_SEEN = 'nothing-seen';

export type Level = Severity | 'off';
export type FailOn = Severity | 'never';

export interface Policy {
  readonly failOn: FailOn;
  /** By id of a finding: how grave it is here. */
  readonly levels: ReadonlyMap<string, Level>;
}

/**
 * `undecided`: a finding says it was broken that rests on what the capture may miss, or something came between
 * (a command was lost with its connection). `never seen`: the capture has nothing that it is about.
 */
export type RuleState = 'kept' | 'broken' | 'undecided' | 'never seen';

export interface RuleResult {
  readonly rule: string;
  readonly side: ProtocolRule['side'];
  /** Of RFC 7143. */
  readonly section: string;
  readonly holds: string;
  readonly state: RuleState;
  /** How often it could have been broken, and was. */
  readonly exercisedCount: number;
  readonly brokenCount: number;
  /** Of the gravest finding. */
  readonly severity?: Severity;
  readonly frames: readonly number[];
  readonly fails: boolean;
}

export interface CheckedFinding {
  readonly id: string;
  /** How grave it is here, and what the report takes it for where that is something else. */
  readonly severity: Severity;
  readonly reportedSeverity?: Severity;
  readonly title: string;
  readonly text: string;
  readonly next: string;
  readonly reference: string;
  readonly confidence: Finding['confidence'];
  readonly count: number;
  readonly frames: readonly number[];
  readonly session?: number;
  readonly connection?: number;
  readonly fromNs?: number;
  readonly fails: boolean;
}

export interface CheckSuite {
  readonly files: readonly string[];
  readonly packets: number;
  readonly spanNs: number;
  readonly start?: string;
  readonly sessionCount: number;
  readonly commandCount: number;
  readonly rules: readonly RuleResult[];
  readonly findings: readonly CheckedFinding[];
  readonly limits: readonly LimitResult[];
  readonly fails: boolean;
}

export interface CheckReport {
  readonly schema: typeof CHECK_SCHEMA;
  readonly type: 'check';
  readonly failOn: FailOn;
  readonly suites: readonly CheckSuite[];
  readonly fails: boolean;
}

export function checkReport(policy: Policy, suites: readonly CheckSuite[]): CheckReport {
  const fails = suites.some((suite) => suite.fails);
  return { schema: CHECK_SCHEMA, type: 'check', failOn: policy.failOn, suites, fails };
}

export function checkSuite(
  report: Report,
  exercise: Exercise,
  limits: readonly LimitResult[],
  policy: Policy,
): CheckSuite {
  const { capture, totals } = report;
  const findings = [...nothingSeen(report), ...report.findings].flatMap((finding) =>
    checked(finding, policy),
  );
  const rules = PROTOCOL_RULES.map((rule) => ruleResult(rule, report.findings, exercise, policy));
  return {
    files: capture.files.map(({ path }) => path),
    packets: capture.packets,
    spanNs: capture.spanNs,
    start: capture.start,
    sessionCount: totals.sessionCount,
    commandCount: totals.commandCount,
    rules,
    findings,
    limits,
    fails: findings.some((one) => one.fails) || limits.some(({ holds }) => !holds),
  };
}

function checked(finding: Finding, { failOn, levels }: Policy): CheckedFinding[] {
  const { id, title, text, next, reference, confidence, count, frames } = finding;
  const severity = levels.get(id) ?? finding.severity;
  if (severity === 'off') return [];
  return [
    {
      id,
      severity,
      ...(severity === finding.severity ? {} : { reportedSeverity: finding.severity }),
      title,
      text,
      next,
      reference,
      confidence,
      count,
      frames,
      session: finding.session,
      connection: finding.connection,
      fromNs: finding.fromNs,
      fails: isAsGraveAs(severity, failOn),
    },
  ];
}

const ORDER: readonly FailOn[] = ['note', 'warning', 'critical', 'never'];

function isAsGraveAs(severity: Severity, failOn: FailOn): boolean {
  return ORDER.indexOf(severity) >= ORDER.indexOf(failOn);
}

/** Turning a finding off keeps it from failing; that the rule was broken stays so. */
function ruleResult(
  { id, side, section, rule, brokenBy, doubtedBy, exercised }: ProtocolRule,
  findings: readonly Finding[],
  exercise: Exercise,
  { failOn, levels }: Policy,
): RuleResult {
  const own = findings.filter((finding) => brokenBy.includes(finding.id));
  const exercisedCount = exercised(exercise);
  const sure = own.filter(({ confidence }) => confidence !== 'possible');
  const counted = sure.length > 0 ? sure : own;
  const doubts = findings.filter((finding) => doubtedBy.includes(finding.id));
  const graveness = counted.map((finding) => levels.get(finding.id) ?? finding.severity);
  const severity = SEVERITIES.find((one) => graveness.includes(one));
  return {
    rule: id,
    side,
    section,
    holds: rule,
    state: stateOf(sure.length, own.length + doubts.length, exercisedCount),
    exercisedCount,
    brokenCount: counted.reduce((sum, { count }) => sum + count, 0),
    severity,
    frames: (counted[0] ?? doubts[0])?.frames ?? [],
    fails: severity !== undefined && isAsGraveAs(severity, failOn),
  };
}

const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'note'];

function stateOf(sure: number, all: number, exercised: number): RuleState {
  if (sure > 0) return 'broken';
  if (all > 0) return 'undecided';
  return exercised > 0 ? 'kept' : 'never seen';
}

function nothingSeen({ totals, fibreChannel, capture }: Report): Finding[] {
  if (totals.sessionCount > 0 || totals.commandCount > 0 || fibreChannel !== undefined) return [];
  return [
    {
      id: NOTHING_SEEN,
      severity: 'warning',
      title: 'No storage session was found: nothing was checked',
      text: `${capture.packets} packets, none of them of iSCSI or Fibre Channel.`,
      count: 1,
      frames: [],
      reference: 'sanscope check',
      confidence: 'certain',
      proof: [],
      disproof: 'Traffic that is encrypted, or cut before its headers.',
      owes: 'capture',
      next: 'See whether the right interface was captured, and when; --rule nothing-seen=off lets it pass.',
    },
  ];
}
