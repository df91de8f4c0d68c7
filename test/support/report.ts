// A capture's report, as the command makes it.

import { analyse } from '../../src/pipeline.js';
import { Collector } from '../../src/report/collect.js';
import type { Report } from '../../src/report/report.js';

export async function reportOf(...paths: readonly string[]): Promise<Report> {
  const collector = new Collector(20);
  const road = await analyse(paths, collector.sinks());
  return collector.report(road);
}
