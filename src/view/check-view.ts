// What a check came to, for people: what fails first, then the profile of the protocol's rules.

import type { CheckReport, CheckSuite, RuleResult, RuleState } from '../check/check-report.js';
import type { LimitResult } from '../check/limit.js';
import { countText, durationText, plural } from '../lib/number-text.js';
import { BLANK, type Block, type Cell, type Column, cell, type Tone } from './cells.js';
import { count, frames } from './format.js';

const FRAMES_SHOWN = 6;
const SEVERITY_TONES: Readonly<Record<string, Tone>> = {
  critical: 'bad',
  warning: 'warn',
  note: 'note',
};
const STATE_TONES: Readonly<Record<RuleState, Tone>> = {
  broken: 'bad',
  undecided: 'warn',
  kept: 'good',
  'never seen': 'quiet',
};

export function checkBlocks(report: CheckReport): Block[] {
  return report.suites.flatMap((suite) => [...suiteBlocks(suite, report), BLANK]);
}

function suiteBlocks(suite: CheckSuite, { failOn }: CheckReport): Block[] {
  const failing = suite.findings.filter(({ fails }) => fails);
  const beyond = suite.limits.filter(({ holds }) => !holds);
  const what = [
    failing.length > 0 ? `${plural(failing.length, 'finding')} of ${failOn} or worse` : '',
    beyond.length > 0 ? `${plural(beyond.length, 'limit')} not held` : '',
  ].filter(Boolean);
  const verdict = suite.fails ? `FAILED: ${what.join(', ')}` : 'passed';
  return [
    {
      kind: 'line',
      indent: 0,
      cells: [
        cell(verdict, suite.fails ? 'bad' : 'good'),
        cell(
          `  ${suite.files.join(', ')} · ${plural(suite.sessionCount, 'session')}, ${plural(suite.commandCount, 'command')}`,
          'quiet',
        ),
      ],
    },
    ...limitBlocks(suite.limits),
    ...findingBlocks(suite),
    ...ruleBlocks(suite.rules),
  ];
}

function limitBlocks(limits: readonly LimitResult[]): Block[] {
  if (limits.length === 0) return [];
  const lines = limits.map(
    (limit): Block => ({ kind: 'line', indent: 2, cells: limitCells(limit) }),
  );
  return [BLANK, { kind: 'heading', text: 'Limits' }, ...lines];
}

function limitCells(limit: LimitResult): Cell[] {
  const { holds, commandCount } = limit;
  return [
    cell(holds ? 'holds  ' : 'FAILS  ', holds ? 'good' : 'bad'),
    cell(limit.limit, 'strong'),
    cell(`  ${limitValue(limit)} of ${plural(commandCount, 'command')}`, 'quiet'),
  ];
}

/** "23.5 ms", "12"; where there is no latency at all: that. */
export function limitValue({ value, unit }: LimitResult): string {
  if (value === null) return 'no latency';
  return unit === 'ns' ? durationText(value) : countText(value);
}

function findingBlocks({ findings }: CheckSuite): Block[] {
  const blocks: Block[] = [BLANK, { kind: 'heading', text: 'Findings' }];
  if (findings.length === 0) {
    blocks.push({ kind: 'line', indent: 2, cells: [cell('none', 'good')] });
  }
  for (const finding of findings) {
    const { severity, title, id, session, fails } = finding;
    const where = [
      id,
      session === undefined ? '' : `S${session}`,
      finding.frames.length === 0 ? '' : `frames ${frames(finding.frames, FRAMES_SHOWN)}`,
      finding.reportedSeverity === undefined ? '' : `by itself a ${finding.reportedSeverity}`,
    ].filter(Boolean);
    const label = cell(
      `${fails ? 'FAILS' : '     '}  ${severity.padEnd(9)}`,
      SEVERITY_TONES[severity],
    );
    blocks.push({ kind: 'prose', indent: 2, label, cell: cell(title, fails ? 'strong' : 'plain') });
    blocks.push({ kind: 'prose', indent: 18, cell: cell(where.join(' · '), 'quiet') });
  }
  return blocks;
}

const RULE_COLUMNS: readonly Column[] = [
  { head: '', align: 'left', priority: 0 },
  { head: 'rule', align: 'left', priority: 0, least: 20 },
  { head: 'side', align: 'left', priority: 3 },
  { head: 'section', align: 'left', priority: 1 },
  { head: 'exercised', align: 'right', priority: 2 },
  { head: 'broken', align: 'right', priority: 2 },
  { head: 'name', align: 'left', priority: 4 },
];

const STATES: readonly RuleState[] = ['broken', 'undecided', 'kept', 'never seen'];

function ruleBlocks(rules: readonly RuleResult[]): Block[] {
  const of = (state: RuleState): RuleResult[] => rules.filter((rule) => rule.state === state);
  const note = STATES.flatMap((state) => {
    const { length } = of(state);
    return length === 0 ? [] : [`${length} ${state}`];
  }).join(', ');
  return [
    BLANK,
    { kind: 'heading', text: 'Rules of RFC 7143', note },
    { kind: 'table', columns: RULE_COLUMNS, rows: STATES.flatMap((s) => of(s).map(ruleRow)) },
  ];
}

function ruleRow(rule: RuleResult): Cell[] {
  const { state } = rule;
  return [
    cell(state, STATE_TONES[state]),
    cell(rule.holds, state === 'broken' ? 'strong' : 'plain'),
    cell(rule.side, 'quiet'),
    cell(rule.section, 'quiet'),
    count(rule.exercisedCount),
    count(rule.brokenCount, STATE_TONES[state]),
    cell(rule.rule, 'quiet'),
  ];
}
