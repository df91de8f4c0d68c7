// sanscope points: two or more captures of the same traffic at different places.

import { reportJson } from '../../export/report-json.js';
import { EXIT, UsageError } from '../../lib/exit.js';
import { analyse } from '../../pipeline.js';
import { compareAll } from '../../points/all-points.js';
import type { PointInput } from '../../points/compare-points.js';
import { pointsReport } from '../../points/points-report.js';
import { pointsBlocks } from '../../view/points-view.js';
import { pageOutput } from '../output.js';
import { roadOptions } from '../road-options.js';
import { type CommandContext, flag, text } from '../run.js';
import { standardOutput } from '../standard-output.js';
import { textLayout } from '../text-layout.js';

export async function points(context: CommandContext): Promise<number> {
  const named = inputs(context);
  const page = pageOutput(context);
  const options = roadOptions(context);
  const { ends, pairs } = await compareAll(named, (paths, more) =>
    analyse(paths, { ...options, ...more }),
  );
  const made = pointsReport(named, ends, pairs);
  if (page !== undefined) {
    const { pointsHtml } = await import('../../html/compare-pages.js');
    page.write(pointsHtml(made, context.version));
    page.close();
    return EXIT.ok;
  }
  const output = standardOutput(context);
  if (flag(context, 'json')) reportJson(made, output.write);
  else {
    const { textOf } = await textLayout(context);
    output.write(textOf(pointsBlocks(made)));
  }
  output.close();
  return EXIT.ok;
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
