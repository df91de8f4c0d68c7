// What a page about a capture is read by: the report's metrics and findings, what is drawn over time, and the
// commands and PDUs of its ladders come by together, in one pass.

import type { AnalyseOptions, Analysis } from '../analysis.js';
import { bothPdus } from '../case/case.js';
import type { TaskFilter } from '../filter/task-filter.js';
import { HTML_KEPT_BYTES } from '../limits.js';
import { OverTime } from '../metrics/over-time.js';
import { Collector } from '../report/collect.js';
import { bothTasks, Keeper } from '../store/keeper.js';
import { BothEvents } from '../stream/events.js';
import type { ReportSource } from './source.js';

export class SourceReader {
  readonly #collector: Collector;
  readonly #keeper: Keeper;
  readonly #overTime: OverTime;

  /** Of the `top` slowest and open commands; counts those that the filter wants. */
  constructor(top: number, filter?: TaskFilter, bytesMax = HTML_KEPT_BYTES) {
    this.#keeper = new Keeper({ pdus: true, bytesMax });
    this.#collector = new Collector(top, filter);
    this.#overTime = new OverTime(filter?.test);
  }

  /** What the road is to tell it. */
  sinks(): AnalyseOptions {
    const { evidence } = this.#collector;
    const kept = this.#keeper.sinks();
    const { taskSink, pduSink, tcpSink } = kept;
    const counted = bothTasks(this.#collector, this.#overTime);
    return {
      ...kept,
      ...this.#collector.sinks(),
      taskSink: taskSink ? bothTasks(counted, taskSink) : counted,
      pduSink: pduSink ? bothPdus(evidence, pduSink) : evidence,
      tcpSink: tcpSink ? new BothEvents(evidence, tcpSink) : evidence,
    };
  }

  /** The capture is over. `version`: of sanscope. */
  source(facts: Analysis, version: string): ReportSource {
    this.#overTime.finish(facts.lastNs);
    const report = this.#collector.report(facts);
    return { report, keeper: this.#keeper, overTime: this.#overTime, facts, version };
  }
}
