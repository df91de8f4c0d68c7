// sanscope export: the timeline of sessions, commands and PDUs as one JSON document, as NDJSON, or
// its commands as CSV.

import { TimelineCsv } from '../export/timeline/csv.js';
import { TimelineWriter } from '../export/timeline/document.js';
import type { Selection } from '../export/timeline/selection.js';
import { TimelineStream } from '../export/timeline/stream.js';
import { TOP_DEFAULT } from '../limits.js';
import type { Pdu, PduSink } from '../pdu/pdu.js';
import { Collector } from '../report/collect.js';
import { taskFilter } from '../report/filter/task-filter.js';
import type { AnalyseOptions, Analysis } from '../report/input.js';
import type { Task, TaskSink } from '../session/task.js';
import { UsageError } from './errors.js';
import { type Output, openOutput } from './output.js';
import {
  type CommandContext,
  filterOf,
  flag,
  number,
  runRoad,
  tellTroubles,
  text,
  unreadFiles,
} from './run.js';

export async function exportTimeline(context: CommandContext): Promise<number> {
  if (flag(context, 'ndjson') && flag(context, 'csv')) {
    throw new UsageError('--ndjson or --csv: one of them');
  }
  const of = selection(context);
  const output = openOutput(text(context, 'output'), context.files);
  const analysis = await write(context, of, output);
  output.close();
  tellTroubles(context, analysis);
  return unreadFiles(context, analysis);
}

function write(context: CommandContext, of: Selection, output: Output): Promise<Analysis> {
  if (flag(context, 'csv')) return writeCsv(context, of, output);
  return flag(context, 'ndjson')
    ? writeStream(context, of, output)
    : writeDocument(context, of, output);
}

async function writeDocument(
  context: CommandContext,
  of: Selection,
  output: Output,
): Promise<Analysis> {
  const collector = new Collector(TOP_DEFAULT);
  const timeline = new TimelineWriter(of);
  try {
    const analysis = await runRoad(context, {
      ...sinksOf(collector, timeline, of.pdus ? timeline : undefined),
      look: (look) => {
        timeline.look = look;
        collector.evidence.look = look;
      },
      started: (epoch) => {
        timeline.epoch = epoch;
      },
    });
    timeline.finish(collector.report(analysis), output.write);
    return analysis;
  } finally {
    timeline.abandon();
  }
}

async function writeStream(
  context: CommandContext,
  of: Selection,
  output: Output,
): Promise<Analysis> {
  const collector = new Collector(TOP_DEFAULT);
  const timeline = new TimelineStream(of, output.write);
  const analysis = await runRoad(context, {
    ...sinksOf(collector, timeline, of.pdus ? timeline : undefined),
    look: (look) => {
      timeline.look = look;
      collector.evidence.look = look;
    },
    started: (epoch) => timeline.started(epoch),
  });
  timeline.finish(collector.report(analysis));
  return analysis;
}

async function writeCsv(context: CommandContext, of: Selection, output: Output): Promise<Analysis> {
  const timeline = new TimelineCsv(of, output.write);
  return await runRoad(context, {
    taskSink: timeline,
    started: (epoch) => {
      timeline.epoch = epoch;
    },
  });
}

function selection(context: CommandContext): Selection {
  const filter = filterOf(context, taskFilter);
  const fromNs = timeOf(context, 'from') ?? 0;
  const toNs = timeOf(context, 'to') ?? Number.MAX_SAFE_INTEGER;
  if (fromNs > toNs) throw new UsageError('--from lies after --to');
  return {
    session: number(context, 'session'),
    fromNs,
    toNs,
    filter: filter === undefined ? undefined : text(context, 'filter'),
    passes: filter === undefined ? undefined : (task) => filter.test(task),
    pdus: context.options['pdus'] !== false,
  };
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1e9,
  s: 1e9,
  ms: 1e6,
  us: 1e3,
  µs: 1e3,
  ns: 1,
};

/** `1.5`, `1.5s`, `200ms`, `30us`, `5ns` since the first packet. */
function timeOf(context: CommandContext, name: string): number | undefined {
  const given = text(context, name);
  if (given === '') return undefined;
  const match = /^(\d{1,12}(?:\.\d{1,9})?) ?(s|ms|us|µs|ns|)$/.exec(given);
  if (match === null) {
    throw new UsageError(`--${name} takes a time since the first packet: 1.5, 1.5s, 200ms, 30us`);
  }
  return Math.round(Number(match[1]) * UNITS[match[2]]);
}

/** The report's sinks and the timeline's as one. */
function sinksOf(
  collector: Collector,
  tasks: TaskSink,
  pdus: PduSink | undefined,
): Pick<AnalyseOptions, 'taskSink' | 'pduSink' | 'tcpSink'> {
  const { evidence } = collector;
  return {
    taskSink: {
      taskStarted: (task: Task) => collector.taskStarted(task),
      taskEnded: (task: Task) => {
        collector.taskEnded(task);
        tasks.taskEnded(task);
      },
    },
    pduSink: pdus === undefined ? evidence : bothOf(evidence, pdus),
    tcpSink: evidence,
  };
}

function bothOf(evidence: PduSink, pdus: PduSink): PduSink {
  return {
    begin: (pdu: Pdu) => evidence.begin(pdu),
    end: (pdu: Pdu) => {
      evidence.end(pdu);
      pdus.end(pdu);
    },
    lost: (direction, bytes, timeNs, frame, absent) =>
      evidence.lost(direction, bytes, timeNs, frame, absent),
    ended: (direction, timeNs, frame) => evidence.ended(direction, timeNs, frame),
  };
}
