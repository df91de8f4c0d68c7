// sanscope export: the timeline of sessions, commands and PDUs as one JSON document, as NDJSON, or
// its commands as CSV.

import type { AnalyseOptions, Analysis } from '../../analysis.js';
import type { Epoch } from '../../capture/time.js';
import { PduReader } from '../../decode/pdu-reader.js';
import { TimelineCsv } from '../../export/timeline/csv.js';
import { TimelineWriter } from '../../export/timeline/document.js';
import type { Selection } from '../../export/timeline/selection.js';
import { TimelineStream } from '../../export/timeline/stream.js';
import { FilterError } from '../../filter/error.js';
import { type PduFilter, pduFilter } from '../../filter/pdu-filter.js';
import { UsageError } from '../../lib/exit.js';
import { TOP_DEFAULT } from '../../limits.js';
import type { Pdu } from '../../pdu/pdu.js';
import { Collector } from '../../report/collect.js';
import type { TaskSink } from '../../scsi/task.js';
import type { SessionQuery } from '../../session/session-query.js';
import { type Output, openOutput } from '../output.js';
import {
  type CommandContext,
  filterOf,
  flag,
  runRoad,
  tellTroubles,
  text,
  unreadFiles,
} from '../run.js';
import { selection } from './export-selection.js';

export async function exportTimeline(context: CommandContext): Promise<number> {
  if (text(context, 'parquet') !== '') {
    const { exportParquet } = await import('./export-parquet.js');
    return exportParquet(context);
  }
  if (flag(context, 'ndjson') && flag(context, 'csv')) {
    throw new UsageError('--ndjson or --csv: one of them');
  }
  if (text(context, 'output') === '') {
    throw new UsageError(
      'say where to write: --output <file> (- is standard output) or --parquet <folder>',
    );
  }
  for (const [name, flags] of OF_PARQUET) {
    if (
      context.options[name] !== undefined &&
      context.options[name] !== false &&
      context.options[name] !== true
    ) {
      throw new UsageError(`${flags} belongs to --parquet`);
    }
  }
  const of = selection(context);
  const output = openOutput(text(context, 'output'), context.files);
  if (!flag(context, 'csv')) output.writesJson();
  let analysis: Analysis;
  try {
    analysis = await write(context, of, output);
    output.close();
  } catch (error) {
    output.abandon();
    throw error;
  }
  tellTroubles(context, analysis);
  return unreadFiles(context, analysis);
}

/** Options with a value that only tables have. */
const OF_PARQUET = [
  ['capture', '--capture'],
  ['interval', '--interval'],
] as const;

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
      ...sinksOf(context, collector, timeline, of),
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
    ...sinksOf(context, collector, timeline, of),
    started: (epoch) => timeline.started(epoch),
  });
  timeline.finish(collector.report(analysis));
  return analysis;
}

async function writeCsv(context: CommandContext, of: Selection, output: Output): Promise<Analysis> {
  const timeline = new TimelineCsv(of, output.write);
  const analysis = await runRoad(context, {
    ...sinksOf(context, undefined, timeline, of),
    started: (epoch) => {
      timeline.epoch = epoch;
    },
  });
  timeline.settle();
  return analysis;
}

/** What a timeline takes. */
interface Timeline extends TaskSink {
  look?: SessionQuery;
  epoch: Epoch | undefined;
  begin(pdu: Pdu): number;
  end(pdu: Pdu): void;
  mark(task: number): void;
  settle(): void;
}

type Sinks = Pick<AnalyseOptions, 'taskSink' | 'pduSink' | 'tcpSink' | 'look'>;

/** The report's sinks and the timeline's as one. */
function sinksOf(
  context: CommandContext,
  collector: Collector | undefined,
  timeline: Timeline,
  of: Selection,
): Sinks {
  const reader = of.filter === undefined ? undefined : filtered(context, timeline, of);
  const plain = of.pdus && of.filter === undefined ? timeline : undefined;
  const evidence = collector?.evidence;
  return {
    ...(evidence === undefined ? {} : { tcpSink: evidence }),
    look: (look) => {
      timeline.look = look;
      if (evidence !== undefined) evidence.look = look;
      reader?.look(look);
    },
    taskSink: {
      taskStarted: (task) => collector?.taskStarted(task),
      sessionForgotten: (session) => collector?.sessionForgotten(session),
      taskEnded: (task) => {
        collector?.taskEnded(task);
        reader?.taskEnded(task);
        timeline.taskEnded(task);
      },
    },
    pduSink: {
      begin: (pdu) => {
        timeline.begin(pdu);
        return Math.max(evidence?.begin(pdu) ?? 0, reader?.begin(pdu) ?? 0);
      },
      end: (pdu) => {
        evidence?.end(pdu);
        reader?.end(pdu);
        plain?.end(pdu);
        if (of.byPdus) timeline.settle();
      },
      lost: (direction, bytes, timeNs, frame, absent) => {
        evidence?.lost(direction, bytes, timeNs, frame, absent);
        reader?.lost(direction, bytes, timeNs, frame);
      },
      ended: (direction, timeNs, frame) => {
        evidence?.ended(direction, timeNs, frame);
        reader?.ended(direction, timeNs, frame);
      },
    },
  };
}

/** Hands on the PDUs that pass the filter. */
function filtered(
  context: CommandContext,
  timeline: Timeline,
  of: Selection,
): PduReader | undefined {
  const filter = pduFilterOf(context, of);
  if (filter === undefined) return undefined;
  return new PduReader({
    details: filter.needs === 'data',
    take: (facts) => {
      facts.epoch = timeline.epoch;
      if (!filter.test(facts)) return;
      if (facts.task !== null) timeline.mark(facts.task.number);
      timeline.end(facts.pdu);
    },
  });
}

/** undefined where its names are those of commands alone: then no PDU passes. */
function pduFilterOf(context: CommandContext, of: Selection): PduFilter | undefined {
  if (of.passes === undefined) return filterOf(context, pduFilter);
  try {
    return pduFilter(text(context, 'filter'));
  } catch (error) {
    if (error instanceof FilterError) return undefined;
    throw error;
  }
}
