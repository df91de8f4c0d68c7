// sanscope export --parquet: the timeline as tables for engines (docs/ENGINES.md).

import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import type { AnalyseOptions, Analysis } from '../../analysis.js';
import { IntervalRows } from '../../export/parquet/interval-rows.js';
import { type CaptureIdentity, ParquetFolder } from '../../export/parquet/partitions.js';
import { ParquetTimeline } from '../../export/parquet/timeline.js';
import { type Selection, selectionRecord } from '../../export/timeline/selection.js';
import { OutputError, ReaderGone, UsageError } from '../../lib/exit.js';
import { harmless } from '../../lib/harmless.js';
import { countText } from '../../lib/number-text.js';
import { TOP_DEFAULT } from '../../limits.js';
import { Collector } from '../../report/collect.js';
import { BothEvents } from '../../stream/events.js';
import { timeOf } from '../list-options.js';
import { cannotBeWritten } from '../output.js';
import { type CommandContext, flag, runRoad, tellTroubles, text, unreadFiles } from '../run.js';
import { selection } from './export-selection.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const INTERVAL_NS = 1e9;
const INTERVAL_NS_LEAST = 1e6;
/** Names of folders have 255 bytes at most. */
const NAME_KEPT = 100;
/** Of a file's begin and end: packets have times, so that two captures differ in them. */
const HEAD_BYTES = 1 << 20;
const TAIL_BYTES = 1 << 16;

export async function exportParquet(context: CommandContext): Promise<number> {
  const of = checked(context);
  const everyNs = timeOf(context, 'interval') ?? INTERVAL_NS;
  if (everyNs < INTERVAL_NS_LEAST) throw new UsageError('--interval takes 1ms at least');
  const path = text(context, 'parquet');
  // First: who is killed in the moment in which the folder is made leaves none either.
  let made: ParquetFolder | undefined;
  const removeStage = () => made?.removeStage();
  const killed = (signal: NodeJS.Signals) => {
    removeStage();
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.on(signal, killed);
  process.on('exit', removeStage);
  try {
    const folder = new ParquetFolder(path, identityOf(context, of));
    made = folder;
    const timeline = new ParquetTimeline(of, folder);
    const analysis = await read(context, timeline, everyNs, of);
    guarded(path, () => folder.commit());
    if (!flag(context, 'quiet')) context.say(`sanscope: ${rowsText(timeline.rows)}\n`);
    tellTroubles(context, analysis);
    return unreadFiles(context, analysis);
  } catch (error) {
    made?.abandon();
    throw explained(path, error);
  } finally {
    for (const signal of SIGNALS) process.off(signal, killed);
    process.off('exit', removeStage);
  }
}

async function read(
  context: CommandContext,
  timeline: ParquetTimeline,
  everyNs: number,
  of: Selection,
): Promise<Analysis> {
  const collector = new Collector(TOP_DEFAULT);
  const { evidence } = collector;
  const intervals = new IntervalRows(everyNs, (interval) => timeline.interval(interval));
  const options: AnalyseOptions = {
    started: (epoch) => {
      timeline.started(epoch);
      intervals.epoch = { ...epoch };
    },
    look: (look) => {
      timeline.look = look;
      evidence.look = look;
      intervals.look = look;
    },
    tcpSink: new BothEvents(evidence, intervals.tcp),
    taskSink: {
      taskStarted: (task) => {
        collector.taskStarted(task);
        intervals.taskStarted(task);
      },
      sessionForgotten: (session) => collector.sessionForgotten(session),
      taskEnded: (task) => {
        collector.taskEnded(task);
        intervals.taskEnded(task);
        timeline.taskEnded(task);
      },
    },
    pduSink: !of.pdus
      ? evidence
      : {
          begin: (pdu) => {
            timeline.pduBegins(pdu);
            return evidence.begin(pdu);
          },
          end: (pdu) => {
            evidence.end(pdu);
            timeline.pduEnds(pdu);
          },
          lost: (direction, bytes, timeNs, frame, absent) =>
            evidence.lost(direction, bytes, timeNs, frame, absent),
          ended: (direction, timeNs, frame) => evidence.ended(direction, timeNs, frame),
        },
  };
  const analysis = await runRoad(context, options);
  if (analysis.capture.packets > 0) intervals.finish(analysis.lastNs);
  timeline.finish(collector.report(analysis));
  return analysis;
}

/** Throws a UsageError where the options do not go together. */
function checked(context: CommandContext): Selection {
  for (const [name, flags] of [
    ['output', '-o'],
    ['ndjson', '--ndjson'],
    ['csv', '--csv'],
  ] as const) {
    const given = context.options[name];
    if (given === true || (typeof given === 'string' && given !== '')) {
      throw new UsageError(`${flags} or --parquet: one of them`);
    }
  }
  const of = selection(context);
  if (of.byPdus) {
    throw new UsageError(
      '--parquet takes filters of commands: a name in this one is of PDUs alone (the table pdus has all of them: --pdus)',
    );
  }
  return { ...of, pdus: context.options['pdus'] === true };
}

/** By what is read and what is asked of it, so that the same export again is the same. */
function identityOf(context: CommandContext, of: Selection): CaptureIdentity {
  const hash = createHash('sha256');
  for (const file of context.files) hash.update(fingerprint(file));
  hash.update(JSON.stringify(selectionRecord({ ...of, pdus: true }) ?? {}));
  const id = hash.digest('hex').slice(0, 16);
  const given = text(context, 'capture');
  const [first = '-'] = context.files;
  const plain =
    first === '-'
      ? 'stdin'
      : basename(first).replace(/(\.(pcap|pcapng|cap|gz|zst|lz4|trc|snoop))+\d*$/i, '');
  const name = given === '' ? `${partitionName(plain)}-${id.slice(0, 8)}` : partitionName(given);
  const files = JSON.stringify(context.files.slice(0, 100));
  return { name, id, about: { 'sanscope.capture': name, 'sanscope.files': files } };
}

/** Engines take folders' names for values, some after decoding: only what means itself everywhere. */
function partitionName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, NAME_KEPT) || '_';
}

/** Chance where it cannot be read twice. */
function fingerprint(file: string): Uint8Array {
  if (file === '-') return randomBytes(32);
  let fd = -1;
  try {
    fd = openSync(file, 'r');
    const stats = fstatSync(fd);
    if (!stats.isFile()) return randomBytes(32);
    const hash = createHash('sha256').update(`${stats.size} `);
    const bytes = Buffer.alloc(Math.min(stats.size, HEAD_BYTES));
    hash.update(bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0)));
    const tail = Math.max(bytes.length, stats.size - TAIL_BYTES);
    const rest = Buffer.alloc(stats.size - tail);
    hash.update(rest.subarray(0, readSync(fd, rest, 0, rest.length, tail)));
    return hash.digest();
  } catch {
    return randomBytes(32); // whoever reads it says why it cannot be read
  } finally {
    if (fd >= 0) closeSync(fd);
  }
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explained(path, error);
  }
}

/** What the file system says, in words; everything else as it is. */
function explained(path: string, error: unknown): unknown {
  if (error instanceof OutputError || error instanceof ReaderGone) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string' || typeof syscall !== 'string') return error;
  return cannotBeWritten(JSON.stringify(path), error);
}

function rowsText(rows: Readonly<Record<string, number>>): string {
  const parts = Object.entries(rows).filter(([, count]) => count > 0);
  if (parts.length === 0) return 'nothing to write: no table has a row';
  return harmless(parts.map(([name, count]) => `${countText(count)} ${name}`).join(', '));
}
