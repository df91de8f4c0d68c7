// sanscope report --html: the report as a page to send.

import type { TaskFilter } from '../../filter/task-filter.js';
import { SourceReader } from '../../html/read-source.js';
import { reportHtml } from '../../html/report-page.js';
import { UsageError } from '../../lib/exit.js';
import { TOP_DEFAULT } from '../../limits.js';
import { pageOutput } from '../output.js';
import { type CommandContext, number, runRoad, tellTroubles, unreadFiles } from '../run.js';

export async function reportPage(
  context: CommandContext,
  filter: TaskFilter | undefined,
): Promise<number> {
  const output = pageOutput(context);
  if (output === undefined) throw new UsageError('--html wants the name of a file');
  const reader = new SourceReader(number(context, 'top') ?? TOP_DEFAULT, filter);
  const analysis = await runRoad(context, reader.sinks());
  output.write(reportHtml(reader.source(analysis, context.version)));
  output.close();
  tellTroubles(context, analysis);
  return unreadFiles(context, analysis);
}
