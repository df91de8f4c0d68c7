// hot: no allocation per packet
// What the report wants from the road while it runs: metrics and evidence behind one pair of sinks.

import type { AnalyseOptions } from '../analysis.js';
import type { TaskFilter } from '../filter/task-filter.js';
import { Evidence } from '../findings/evidence.js';
import type { Facts, RoadFacts } from '../findings/facts.js';
import { WATCHES } from '../findings/rules.js';
import { framing } from '../findings/watch/framing.js';
import { Metrics } from '../metrics/metrics.js';
import type { Task, TaskSink } from '../scsi/task.js';
import type { SessionQuery } from '../session/session-query.js';
import { makeReport, ROOM_FULL, type StreamedReport, streamedReport } from './make-report.js';
import type { Report } from './report.js';

export class Collector implements TaskSink {
  readonly metrics: Metrics;
  readonly evidence: Evidence = new Evidence(new Set(WATCHES).add(framing));

  #fullTold = false;
  readonly #filter: TaskFilter | undefined;

  /** Keeps the `top` slowest commands, and counts those that the filter wants. */
  constructor(top: number, filter?: TaskFilter) {
    this.metrics = new Metrics(top, filter?.test);
    this.#filter = filter;
  }

  /** What the road is to tell it. */
  sinks(): Pick<AnalyseOptions, 'taskSink' | 'pduSink' | 'tcpSink' | 'look'> {
    const { evidence } = this;
    const look = (look: SessionQuery) => {
      evidence.look = look;
    };
    return { taskSink: this, pduSink: evidence, tcpSink: evidence, look };
  }

  taskStarted(task: Task): void {
    this.metrics.taskStarted(task);
    this.evidence.taskStarted(task);
  }

  taskEnded(task: Task): void {
    this.metrics.taskEnded(task);
    this.evidence.taskEnded(task);
  }

  sessionForgotten(session: number): void {
    this.metrics.sessionForgotten(session);
  }

  /** The capture is over: all of it as a report. */
  report(road: RoadFacts): Report {
    this.metrics.finish(road.lastNs);
    return this.soFar(road);
  }

  /** The same for who writes it down, session by session: once, and before anything else is read. */
  streamed(road: RoadFacts): StreamedReport {
    this.metrics.finish(road.lastNs);
    return streamedReport(this.#facts(road), this.#filter?.text);
  }

  /**
   * The report of a capture that goes on, up to the packet that was read last. Commands that are open
   * are not in it yet; asking changes nothing in later reports. `brief`: what events and metrics need.
   */
  soFar(road: RoadFacts, brief = false): Report {
    return makeReport(this.#facts(road), this.#filter?.text, brief);
  }

  #facts(road: RoadFacts): Facts {
    const { metrics, evidence } = this;
    if (metrics.room.full && !this.#fullTold) {
      this.#fullTold = true;
      road.problems.reached(ROOM_FULL);
    }
    return Object.assign({ metrics, evidence }, road);
  }
}
