// Load over time: rates, and how many commands were open at once.

import { countText, durationText, percentText, plural } from '../lib/number-text.js';
import type { LoadReport, Report } from '../report/report.js';
import { type Block, type Cell, cell } from './cells.js';
import { megabytes, rate, sparkline } from './format.js';

/** What the words beside a line of sparks need. */
const WORDS_WIDTH = 50;
const SPARKS_LEAST = 20;
const SPARKS_MOST = 100;

export function loadBlocks({ load, totals }: Report, width: number): Block[] {
  const sparks = Math.max(SPARKS_LEAST, Math.min(SPARKS_MOST, width - WORDS_WIDTH));
  const line = (name: string, values: readonly number[], words: string): Block => ({
    kind: 'line',
    indent: 2,
    cells: [label(name), cell(sparkline(values, sparks), 'note'), cell(` ${words}`)],
  });
  if (load.commandsByBucket.length === 0) return [];
  const blocks: Block[] = [
    {
      kind: 'heading',
      text: 'Load',
      note: `over time in buckets of ${durationText(load.bucketNs)}`,
    },
    line('IOPS', load.iopsByBucket, `mean ${rate(load.iopsMean)}, max ${rate(load.iopsMax)}`),
  ];
  if (load.readMBpsMax > 0) blocks.push(line('read', load.readMBpsByBucket, speeds(load, 'read')));
  if (load.writeMBpsMax > 0)
    blocks.push(line('write', load.writeMBpsByBucket, speeds(load, 'write')));
  blocks.push(
    line(
      'latency',
      load.latencyNsMaxByBucket,
      `slowest ${durationText(Math.max(0, totals.latency?.maxNs ?? 0))}`,
    ),
  );
  return [...blocks, ...depthBlocks(totals)];
}

/** Commands open at once, and how far that can be known. */
export function depthBlocks({ queueDepth: depth, commandCount }: Report['totals']): Block[] {
  if (depth === null) return [];
  const items = [
    cell(`mean ${depth.mean.toFixed(2)}`),
    cell(`p95 ${countText(depth.p95)}`),
    cell(`max ${countText(depth.max)}`),
    cell(
      `busy ${durationText(depth.busyNs)} of ${durationText(depth.spanNs)} (${percentText(depth.busyNs, depth.spanNs)})`,
    ),
  ];
  const told: Block = { kind: 'flow', indent: 2, label: label('depth'), items };
  if (depth.uncertainCommands === 0) return [told];
  const words = `Depths and IOPS are at least so: the end of ${plural(depth.uncertainCommands, 'command')} (${percentText(depth.uncertainCommands, commandCount)}) was not captured; they count as open until their last PDU, and not as completed.`;
  return [told, { kind: 'prose', indent: 2, cell: cell(words, 'quiet') }];
}

function speeds(load: LoadReport, way: 'read' | 'write'): string {
  return `MB/s mean ${megabytes(load[`${way}MBpsMean`])}, max ${megabytes(load[`${way}MBpsMax`])}`;
}

function label(text: string): Cell {
  return cell(text.padEnd(9), 'quiet');
}
