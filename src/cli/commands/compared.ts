// Captures compared, for whoever shows it: text, JSON, pages, screens.

import { comparedOf, type DiffReport, type DiffSide, diffReport } from '../../diff/diff-report.js';
import { LoadGroups } from '../../diff/load-groups.js';
import { UsageError } from '../../lib/exit.js';
import { TOP_DEFAULT } from '../../limits.js';
import { analyse } from '../../pipeline.js';
import { compareAll } from '../../points/all-points.js';
import type { PointInput } from '../../points/compare-points.js';
import { pointsReport } from '../../points/points-report.js';
import type { PointsReport } from '../../points/points-told.js';
import { Collector } from '../../report/collect.js';
import { bothTasks } from '../../store/keeper.js';
import { roadOptions } from '../road-options.js';
import { type CommandContext, runRoad, text } from '../run.js';
import { beThrifty } from '../thrift.js';

export async function comparedPoints(
  context: CommandContext,
): Promise<{ named: PointInput[]; made: PointsReport }> {
  const named = inputs(context);
  beThrifty();
  const options = roadOptions(context);
  const { ends, pairs } = await compareAll(named, (paths, more) =>
    analyse(paths, { ...options, ...more }),
  );
  return { named, made: pointsReport(named, ends, pairs) };
}

export async function comparedLoads(
  context: CommandContext,
  before: string,
  after: string,
): Promise<DiffReport> {
  return diffReport(await side(context, before), await side(context, after));
}

async function side(context: CommandContext, path: string): Promise<DiffSide> {
  const groups = new LoadGroups();
  const collector = new Collector(TOP_DEFAULT);
  const sinks = collector.sinks();
  const analysis = await runRoad(
    { ...context, files: [path] },
    {
      ...sinks,
      look: (look) => {
        sinks.look?.(look);
        groups.look = look;
      },
      taskSink: sinks.taskSink === undefined ? groups : bothTasks(sinks.taskSink, groups),
    },
  );
  return { name: path, groups, report: comparedOf(collector.streamed(analysis)) };
}

/** The captures with their names: of --name, in order, else the files'. */
function inputs(context: CommandContext): PointInput[] {
  const { files } = context;
  if (files.length < 2) {
    throw new UsageError(
      'points compares captures of the same traffic at two places or more: name both, as in sanscope points host.pcap array.pcap',
    );
  }
  if (files.includes('-')) {
    throw new UsageError('points reads its captures several times: standard input cannot be one');
  }
  const given = text(context, 'name')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (given.length > 0 && given.length !== files.length) {
    throw new UsageError(
      `--name has ${given.length} names for ${files.length} captures: one each, as in --name host,array`,
    );
  }
  const names = given.length > 0 ? given : files.map(shortName);
  if (new Set(names).size < names.length && given.length > 0) {
    throw new UsageError('--name has the same name twice: points are told apart by their names');
  }
  const all = new Set(names).size < names.length ? [...files] : names;
  return files.map((path, i) => ({ name: all[i], path }));
}

/** "captures/host.pcap.gz" → "host". */
function shortName(path: string): string {
  const base = path.slice(path.lastIndexOf('/') + 1);
  return base.replace(/\.(gz|zst|lz4)$/, '').replace(/\.(pcap|pcapng|cap)$/, '') || path;
}
