// A capture's report, as the command makes it.

import { analyse } from '../../src/pipeline.js';
import { Collector } from '../../src/report/collect.js';
import type { Report } from '../../src/report/report.js';
import { verdictLines } from '../../src/view/verdict-view.js';

export async function reportOf(...paths: readonly string[]): Promise<Report> {
  const collector = new Collector(20);
  const road = await analyse(paths, collector.sinks());
  return collector.report(road);
}

/** What comes before any table, as it is read. */
export function firstLines(report: Report): string[] {
  return verdictLines(report, 110).map(({ cells }) => cells.map((c) => c.text).join(''));
}
