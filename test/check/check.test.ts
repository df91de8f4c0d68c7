// sanscope check as CI calls it: what fails and what does not, and what it writes, read by others.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CheckReport } from '../../src/check/check-report.js';
import type { Report } from '../../src/report/report.js';
import { needs } from '../support/needs.js';
import { sanscope } from '../support/program.js';
import { SARIF_SCHEMA } from '../support/sarif-schema.js';
import { sharedCapture } from '../support/shared.js';

const GOOD = 'captures/tgt-mixed-load.pcap.gz';
const LOST = 'captures/tgt-killed-and-back.pcap.gz';
const OTHER = 'captures/tgt-chap-wrong-password.pcap';
const folder = mkdtempSync(join(tmpdir(), 'sanscope-check-'));

function checked(...args: readonly string[]): { status: number | null; report: CheckReport } {
  const { status, stdout, stderr } = sanscope(['check', '--json', ...args]);
  assert.ok(stdout !== '', stderr);
  return { status, report: JSON.parse(stdout) as CheckReport };
}

test('notes pass, and fail where they are asked to', () => {
  assert.is(checked(GOOD).status, 0);
  const strict = checked('--fail-on', 'note', GOOD);
  assert.is(strict.status, 1);
  assert.ok(strict.report.fails);
  assert.is(checked('--fail-on', 'never', LOST).status, 0);
});

test('a critical finding fails; less so where that is said', () => {
  const { status, report } = checked(LOST);
  assert.is(status, 1);
  const found = report.suites[0].findings.filter(({ fails }) => fails).map(({ id }) => id);
  assert.ok(found.includes('connection-lost'), found.join());
  const off = found.flatMap((id) => ['--rule', `${id}=off`]);
  assert.is(checked(...off, LOST).status, 0);
  const notes = found.flatMap((id) => ['--rule', `${id}=note`]);
  const softer = checked(...notes, LOST);
  assert.is(softer.status, 0);
  const one = softer.report.suites[0].findings.find(({ id }) => id === 'connection-lost');
  assert.is(one?.severity, 'note');
  assert.ok(one?.reportedSeverity === 'warning' || one?.reportedSeverity === 'critical');
});

test('a rule that is broken stays broken where its finding is off', () => {
  const state = (report: CheckReport) =>
    report.suites[0].rules.find(({ rule }) => rule === 'data-in-burst-too-long');
  const { report } = checked('--fail-on', 'note', GOOD);
  assert.is(state(report)?.state, 'broken');
  assert.is(state(report)?.brokenCount, 10);
  assert.ok(state(report)?.fails);
  const off = checked('--fail-on', 'note', '--rule', 'data-in-burst-too-long=off', GOOD).report;
  assert.is(state(off)?.state, 'broken');
  assert.not(state(off)?.fails);
});

test('what a capture has nothing of is never seen', () => {
  const { rules } = checked(GOOD).report.suites[0];
  const state = new Map(rules.map((rule) => [rule.rule, rule.state]));
  assert.is(state.get('task-management-unanswered'), 'never seen');
  assert.is(state.get('digest-bad'), 'never seen');
  assert.is(state.get('tag-in-use'), 'kept');
  const digests = checked('captures/tgt-both-digests.pcap.gz').report.suites[0].rules;
  assert.is(digests.find(({ rule }) => rule === 'digest-bad')?.state, 'kept');
});

test('a command that was lost with its connection leaves open whether it would have been answered', () => {
  const state = (path: string) =>
    checked(path).report.suites[0].rules.find(({ rule }) => rule === 'command-stuck')?.state;
  assert.is(state(sharedCapture('faults/target-frozen-ini.pcap')), 'undecided');
  assert.is(state(GOOD), 'kept');
});

test('limits of commands, by filter', () => {
  const slow = 'p99 < 20ms where operation == "READ(10)"';
  const { status, report } = checked('--limit', slow, '--limit', 'p50 < 1ms', GOOD);
  assert.is(status, 1);
  const [first, second] = report.suites[0].limits;
  const told = JSON.parse(sanscope(['report', '--json', GOOD]).stdout) as Report;
  const reads = told.operationTotals.find(({ operation }) => operation === 'READ(10)');
  assert.equal([first.holds, first.commandCount, first.value], [false, 489, reads?.latency?.p99Ns]);
  assert.ok(second.holds);
});

test('each file by itself, or all as one capture', () => {
  const { report } = checked('--each', GOOD, OTHER);
  assert.equal(
    report.suites.map(({ files, fails }) => [files.join(), fails]),
    [
      [GOOD, false],
      [OTHER, true],
    ],
  );
  assert.is(checked(GOOD, OTHER).report.suites.length, 1);
});

test('bad input is not a failed check', () => {
  assert.is(sanscope(['check', 'captures/there-is-none.pcap']).status, 3);
  assert.is(sanscope(['check', '--limit', 'p99 < 20', GOOD]).status, 2);
  assert.is(sanscope(['check', '--limit', 'p99 < 1s where nonsense == 1', GOOD]).status, 2);
  assert.is(sanscope(['check', '--rule', 'there-is-none=off', GOOD]).status, 2);
  assert.is(sanscope(['check', '--rule', 'reject=loud', GOOD]).status, 2);
});

const PARSE = `
import sys, json, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
print(json.dumps([dict(root.attrib), [[dict(s.attrib), [[c.get('name'), [e.tag for e in c]] for c in s]] for s in root]]))
`;
type Counts = Record<'tests' | 'failures' | 'skipped', string>;

needs('python3')('JUnit XML, as a parser of XML reads it', () => {
  const path = join(folder, 'check.xml');
  const args = ['--junit', path, '--limit', 'p99 < 1ns', '--each', LOST, OTHER];
  const { status, report } = checked(...args);
  assert.is(status, 1);
  const { stdout, stderr } = spawnSync('python3', ['-c', PARSE, path], { encoding: 'utf8' });
  assert.is(stderr, '');
  const [all, suites] = JSON.parse(stdout) as [Counts, [Counts, [string, string[]][]][]];
  const cases = suites.flatMap(([, own]) => own);
  const tagged = (tag: string) => cases.filter(([, tags]) => tags.includes(tag)).length;
  assert.equal([all.tests, all.failures, all.skipped].map(Number), [
    cases.length,
    tagged('failure'),
    tagged('skipped'),
  ]);
  for (const [counts, own] of suites) assert.is(Number(counts.tests), own.length);
  const failing = report.suites.flatMap(({ rules, findings, limits }) => [
    ...rules.filter(({ fails }) => fails),
    ...findings.filter(({ fails }) => fails),
    ...limits.filter(({ holds }) => !holds),
  ]);
  assert.is(tagged('failure'), failing.length);
});

interface Sarif {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
    }[];
  }[];
}

test('SARIF, as the standard wants it', () => {
  const path = join(folder, 'check.sarif');
  checked('--sarif', path, '--limit', 'p99 < 1ns', '--each', LOST, OTHER);
  const log = JSON.parse(readFileSync(path, 'utf8')) as Sarif;
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const valid = ajv.validate(SARIF_SCHEMA, log as object);
  assert.ok(valid, JSON.stringify(ajv.errors));
  const [{ tool, results }] = log.runs;
  assert.ok(results.length > 4);
  for (const { ruleId, ruleIndex } of results) {
    assert.is(tool.driver.rules[ruleIndex].id, ruleId);
  }
  assert.ok(results.some(({ level }) => level === 'error'));
});

test('annotations of GitHub: one line each, whatever stands in it', () => {
  const { stdout } = sanscope(['check', '--github', OTHER]);
  const lines = stdout.split('\n').filter((line) => line.startsWith('::'));
  assert.is(lines.length, 1);
  assert.match(
    lines[0],
    /^::error file=captures\/tgt-chap-wrong-password\.pcap,title=Login rejected%3A Authentication failure::The target .*%0ANext: /,
  );
});

test('a capture with nothing in it was not checked, and says so', () => {
  const path = join(folder, 'empty.pcap');
  const head = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex');
  const { status, stdout } = sanscope(['check', '--json', '-'], { input: head });
  assert.is(status, 1, path);
  assert.equal(
    (JSON.parse(stdout) as CheckReport).suites[0].findings.map(({ id }) => id),
    ['nothing-seen'],
  );
  assert.is(sanscope(['check', '--rule', 'nothing-seen=off', '-'], { input: head }).status, 0);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();
