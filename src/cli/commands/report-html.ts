// sanscope report --html: the report as a page to send.

import type { TaskFilter } from '../../filter/task-filter.js';
import { SourceReader } from '../../html/read-source.js';
import { reportHtml } from '../../html/report-page.js';
import { TOP_DEFAULT } from '../../limits.js';
import type { Output } from '../output.js';
import { type CommandContext, number, runRoad, tellTroubles, unreadFiles } from '../run.js';

export async function reportPage(
  context: CommandContext,
  filter: TaskFilter | undefined,
  output: Output,
): Promise<number> {
  const reader = new SourceReader(number(context, 'top') ?? TOP_DEFAULT, filter);
  const analysis = await runRoad(context, reader.sinks());
  output.write(reportHtml(reader.source(analysis, context.version)));
  output.close();
  tellTroubles(context, analysis);
  return unreadFiles(context, analysis);
}
