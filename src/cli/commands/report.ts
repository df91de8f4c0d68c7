// sanscope report: tables for people, or one JSON document.

import { reportJson } from '../../export/report-json.js';
import type { TaskFilter } from '../../filter/task-filter.js';
import { TOP_DEFAULT } from '../../limits.js';
import { Collector } from '../../report/collect.js';
import type { Report } from '../../report/report.js';
import { reportBlocks } from '../../view/report-view.js';
import { makePaint } from '../../view/theme.js';
import { Output } from '../output.js';
import {
  type CommandContext,
  filterOf,
  flag,
  number,
  runRoad,
  tellTroubles,
  text,
  themeOf,
  unreadFiles,
} from '../run.js';
import { type ColorChoice, colorLevel, isTerminal, outputWidth } from '../terminal.js';

export async function report(context: CommandContext): Promise<number> {
  const filter = await filterAsked(context);
  const collector = new Collector(number(context, 'top') ?? TOP_DEFAULT, filter);
  const analysis = await runRoad(context, collector.sinks());
  const made = collector.report(analysis);
  const output = new Output(1, 'standard output');
  if (flag(context, 'json')) output.writesJson();
  if (flag(context, 'json')) reportJson(made, output.write);
  else output.write(await reportText(context, made));
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

/** The tables' library is loaded only where tables are wanted. */
export async function reportText(context: CommandContext, made: Report): Promise<string> {
  const { blocksText } = await import('../../export/report-text.js');
  const choice = text(context, 'color') as ColorChoice;
  const level = colorLevel(choice, context.env, isTerminal(1));
  const width = outputWidth(number(context, 'width'));
  return blocksText(reportBlocks(made, width), width, makePaint(level, themeOf(context)));
}
