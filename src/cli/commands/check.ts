// sanscope check: a capture against rules and limits, for CI and cron. Exit code 1 where something fails.

import { resolve } from 'node:path';
import { sameAsInput } from '../../capture/same-file.js';
import {
  type CheckSuite,
  checkReport,
  checkSuite,
  type FailOn,
  type Level,
  NOTHING_SEEN,
  type Policy,
} from '../../check/check-report.js';
import { Exercise } from '../../check/exercise.js';
import { LIMIT_FORM, Limit } from '../../check/limit.js';
import { reportJson } from '../../export/report-json.js';
import { FilterError } from '../../filter/error.js';
import { RULES } from '../../findings/rules.js';
import { EXIT, UsageError } from '../../lib/exit.js';
import { harmless, harmlessLines } from '../../lib/harmless.js';
import { Collector } from '../../report/collect.js';
import { bothTasks } from '../../store/keeper.js';
import { checkBlocks } from '../../view/check-view.js';
import { openOutput } from '../output.js';
import {
  type CommandContext,
  flag,
  runRoad,
  tellTroubles,
  text,
  unreadFiles,
  words,
} from '../run.js';
import { standardOutput } from '../standard-output.js';
import { textLayout } from '../text-layout.js';

export async function check(context: CommandContext): Promise<number> {
  const policy = { failOn: text(context, 'failOn') as FailOn, levels: levelsOf(context) };
  const asked = words(context, 'limit');
  // Wrong limits, and folders that are not there, are told before anything is read.
  for (const limit of asked) limitOf(limit);
  refuseOnePlace(context);
  const written = (['junit', 'sarif'] as const).map((name) => outputOf(context, name));
  const groups = flag(context, 'each') ? context.files.map((file) => [file]) : [context.files];
  const suites: CheckSuite[] = [];
  let code: number = EXIT.ok;
  for (const files of groups) {
    const { suite, unread } = await judged({ ...context, files }, asked, policy);
    suites.push(suite);
    code = Math.max(code, unread);
  }
  const report = checkReport(policy, suites);
  const [junit, sarif] = written;
  if (junit !== undefined) {
    const { junitXml } = await import('../../export/check-junit.js');
    junit.write(junitXml(report));
    junit.close();
  }
  if (sarif !== undefined) {
    const { sarifJson } = await import('../../export/check-sarif.js');
    sarif.writesJson();
    sarif.write(sarifJson(report, context.version));
    sarif.close();
  }
  const output = standardOutput(context);
  if (flag(context, 'json')) reportJson(report, output.write);
  else {
    const { textOf } = await textLayout(context);
    output.write(textOf(checkBlocks(report)));
    if (flag(context, 'github')) {
      const { githubLines } = await import('../../export/check-github.js');
      output.write(githubLines(report));
    }
  }
  output.close();
  if (code !== EXIT.ok) return code;
  return report.fails ? EXIT.failed : EXIT.ok;
}

async function judged(
  context: CommandContext,
  asked: readonly string[],
  policy: Policy,
): Promise<{ readonly suite: CheckSuite; readonly unread: number }> {
  const collector = new Collector(0);
  const exercise = new Exercise();
  const limits = asked.map(limitOf);
  const sinks = collector.sinks();
  const analysis = await runRoad(context, {
    ...sinks,
    taskSink: [exercise, ...limits].reduce(bothTasks, collector),
  });
  const report = collector.report(analysis);
  exercise.takeReport(report);
  const results = limits.map((limit) => limit.result());
  const suite = checkSuite(report, exercise, results, policy);
  tellTroubles(context, analysis);
  return { suite, unread: unreadFiles(context, analysis) };
}

function limitOf(asked: string): Limit {
  try {
    const limit = Limit.of(asked);
    if (limit !== undefined) return limit;
  } catch (error) {
    if (error instanceof FilterError) throw new UsageError(harmlessLines(error.message));
    throw error;
  }
  throw new UsageError(`--limit ${JSON.stringify(harmless(asked))}: ${LIMIT_FORM}`);
}

const LEVELS: readonly Level[] = ['off', 'note', 'warning', 'critical'];

/** `--rule id=level`, again and again; the last one of an id holds. */
function levelsOf(context: CommandContext): ReadonlyMap<string, Level> {
  const known = new Set([NOTHING_SEEN, ...RULES.flatMap(({ tells }) => Object.keys(tells))]);
  return new Map(
    words(context, 'rule').map((asked) => {
      const [id, word, ...more] = asked.split('=');
      const level = LEVELS.find((one) => one === word);
      if (level === undefined || more.length > 0) {
        throw new UsageError(
          `--rule takes a finding and off, note, warning or critical, as in tcp-delay=off, not ${JSON.stringify(harmless(asked))}`,
        );
      }
      if (!known.has(id)) {
        throw new UsageError(
          `--rule: there is no finding ${JSON.stringify(harmless(id))} (docs/FINDINGS.md has all)`,
        );
      }
      return [id, level] as const;
    }),
  );
}

/** The one would take the other's place. */
function refuseOnePlace(context: CommandContext): void {
  const [junit, sarif] = [text(context, 'junit'), text(context, 'sarif')];
  if (junit === '' || sarif === '') return;
  if (resolve(junit) === resolve(sarif) || sameAsInput(junit, [sarif]) !== undefined)
    throw new UsageError('--junit and --sarif name the same file');
}

function outputOf(context: CommandContext, name: 'junit' | 'sarif') {
  const path = text(context, name);
  return path === '' ? undefined : openOutput(path, context.files);
}
