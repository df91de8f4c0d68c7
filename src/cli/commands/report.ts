// sanscope report: tables for people, or one JSON document.

import { reportJson } from '../../export/report-json.js';
import type { TaskFilter } from '../../filter/task-filter.js';
import { TOP_DEFAULT } from '../../limits.js';
import { Collector } from '../../report/collect.js';
import type { Report } from '../../report/report.js';
import { reportBlocks } from '../../view/report-view.js';
import {
  type CommandContext,
  filterOf,
  flag,
  number,
  runRoad,
  tellTroubles,
  text,
  unreadFiles,
} from '../run.js';
import { standardOutput } from '../standard-output.js';
import { textLayout } from '../text-layout.js';

export async function report(context: CommandContext): Promise<number> {
  const filter = await filterAsked(context);
  if (text(context, 'html') !== '') {
    // Before anything is opened: the report's script has no pages, and begins anew in one that has.
    const { reportPage } = await import('./report-html.js');
    return reportPage(context, filter);
  }
  const collector = new Collector(number(context, 'top') ?? TOP_DEFAULT, filter);
  const analysis = await runRoad(context, collector.sinks());
  const output = standardOutput(context);
  if (flag(context, 'json')) reportJson(collector.streamed(analysis), output.write);
  else output.write(await reportText(context, collector.report(analysis)));
  output.close();
  tellTroubles(context, analysis);
  return unreadFiles(context, analysis);
}

/** The filter language is loaded only where it is spoken. */
async function filterAsked(context: CommandContext): Promise<TaskFilter | undefined> {
  if (text(context, 'filter') === '') return undefined;
  const { taskFilter } = await import('../../filter/task-filter.js');
  return filterOf(context, taskFilter);
}

async function reportText(context: CommandContext, made: Report): Promise<string> {
  const { textOf, width } = await textLayout(context);
  return textOf(reportBlocks(made, width));
}
