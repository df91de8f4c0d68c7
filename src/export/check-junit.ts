// A check as JUnit XML, in the form that CI servers read (the schema of Jenkins' xUnit plugin): a suite a part,
// a case a rule, finding or limit. What was never seen is skipped, not passed.

import type { CheckedFinding, CheckReport, CheckSuite, RuleResult } from '../check/check-report.js';
import type { LimitResult } from '../check/limit.js';
import { harmless } from '../lib/harmless.js';
import { limitValue } from '../view/check-view.js';

interface Case {
  readonly name: string;
  readonly group: string;
  /** Absent: it passed. */
  readonly failure?: { readonly type: string; readonly message: string; readonly text: string };
  readonly skipped?: string;
  /** What is worth knowing all the same. */
  readonly said?: string;
}

interface Suite {
  readonly name: string;
  readonly timestamp: string | undefined;
  readonly seconds: number;
  readonly cases: readonly Case[];
}

export function junitXml({ suites }: CheckReport): string {
  const all = suites.flatMap(suitesOf);
  const body = all.map(suiteXml).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="sanscope check"${totals(all.flatMap((s) => s.cases))}>\n${body}</testsuites>\n`;
}

function suitesOf(suite: CheckSuite): Suite[] {
  const name = suite.files.join(', ');
  const of = (part: string, cases: readonly Case[]): Suite => ({
    name: `${name}: ${part}`,
    timestamp: suite.start?.slice(0, 19),
    seconds: suite.spanNs / 1e9,
    cases,
  });
  const parts = [
    of('rules of RFC 7143', suite.rules.map(ruleCase)),
    of('findings', findingCases(suite)),
  ];
  return suite.limits.length === 0 ? parts : [...parts, of('limits', suite.limits.map(limitCase))];
}

function ruleCase(rule: RuleResult): Case {
  const about = { name: `${rule.rule}: ${rule.holds}`, group: `RFC 7143 ${rule.section}` };
  const { state } = rule;
  if (state === 'never seen')
    return { ...about, skipped: 'the capture has nothing that it is about' };
  if (state === 'kept') return about;
  const frames = rule.frames.length === 0 ? '' : `; frames ${rule.frames.join(', ')}`;
  const times =
    rule.brokenCount === 0 ? '' : ` ${rule.brokenCount} times of ${rule.exercisedCount}`;
  const text = `${state}${times} (${rule.side})${frames}`;
  if (!rule.fails) return { ...about, said: text };
  return { ...about, failure: { type: rule.severity ?? 'broken', message: text, text } };
}

/** A case a finding; those that are no failure pass, with their text. */
function findingCases({ findings }: CheckSuite): Case[] {
  if (findings.length === 0) return [{ name: 'nothing was found', group: 'findings' }];
  return findings.map((finding) => {
    const name =
      finding.session === undefined ? finding.title : `${finding.title} (S${finding.session})`;
    const about = { name, group: finding.id };
    const text = findingText(finding);
    if (!finding.fails) return { ...about, said: `${finding.severity}: ${text}` };
    return { ...about, failure: { type: finding.severity, message: finding.title, text } };
  });
}

function findingText({ text, next, reference, frames }: CheckedFinding): string {
  const where = frames.length === 0 ? '' : `Frames ${frames.join(', ')}.\n`;
  return `${text}\n${where}By ${reference}.\nNext: ${next}`;
}

function limitCase(limit: LimitResult): Case {
  const about = { name: limit.limit, group: 'limits' };
  const text = `${limit.metric} is ${limitValue(limit)}, of ${limit.commandCount} commands`;
  if (limit.holds) return { ...about, said: text };
  return { ...about, failure: { type: 'limit', message: text, text: `${limit.limit}: ${text}` } };
}

function totals(cases: readonly Case[]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const skipped = cases.filter((one) => one.skipped !== undefined).length;
  return ` tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
}

function suiteXml({ name, timestamp, seconds, cases }: Suite): string {
  const when = timestamp === undefined ? '' : ` timestamp="${xml(timestamp)}"`;
  return `  <testsuite name="${xml(name)}"${totals(cases)} time="${seconds.toFixed(6)}"${when}>\n${cases
    .map(caseXml)
    .join('')}  </testsuite>\n`;
}

function caseXml({ name, group, failure, skipped, said }: Case): string {
  const head = `    <testcase name="${xml(name)}" classname="${xml(group)}" time="0"`;
  const inside =
    failure !== undefined
      ? `<failure type="${xml(failure.type)}" message="${xml(failure.message)}">${xml(failure.text)}</failure>`
      : skipped !== undefined
        ? `<skipped message="${xml(skipped)}"/>`
        : said !== undefined
          ? `<system-out>${xml(said)}</system-out>`
          : '';
  return inside === '' ? `${head}/>\n` : `${head}>${inside}</testcase>\n`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\n': '&#10;',
};

/** XML 1.0 has no control characters at all: they are shown (lib/harmless.ts). */
function xml(text: string): string {
  return text
    .split('\n')
    .map(harmless)
    .join('\n')
    .replace(/[&<>"'\n]/g, (c) => ESCAPES[c]);
}
