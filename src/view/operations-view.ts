// What each kind of command took, and the slowest ones.

import { countText, plural } from '../lib/number-text.js';
import type { OperationReport, Report } from '../report/report.js';
import { TCP_CAUSE_WORDS, type TcpCauses, tcpCauseSums } from '../scsi/phase-names.js';
import { OUTCOME_NAMES } from '../scsi/task.js';
import { type CommandRecord, outcomeTone } from '../scsi/task-facts.js';
import { lunTextOf } from '../wire/scsi/lun.js';
import { type Block, type Cell, type Column, cell } from './cells.js';
import { bytes, count, duration, nothing, share, sinceStart } from './format.js';

const OPERATIONS_SHOWN = 24;

const OPERATION_COLUMNS: readonly Column[] = [
  { head: 'S', align: 'left', priority: 1 },
  { head: 'LUN', align: 'left', priority: 1 },
  { head: 'operation', align: 'left', priority: 0, least: 16, cut: 'words' },
  { head: 'commands', align: 'right', priority: 0 },
  { head: 'errors', align: 'right', priority: 2 },
  { head: 'no answer', align: 'right', priority: 5 },
  { head: 'data', align: 'right', priority: 3 },
  { head: 'min', align: 'right', priority: 8 },
  { head: 'mean', align: 'right', priority: 0 },
  { head: 'p50', align: 'right', priority: 4 },
  { head: 'p90', align: 'right', priority: 10 },
  { head: 'p95', align: 'right', priority: 6 },
  { head: 'p99', align: 'right', priority: 0 },
  { head: 'p99.9', align: 'right', priority: 9 },
  { head: 'max', align: 'right', priority: 0 },
  { head: 'to data', align: 'right', priority: 11 },
  { head: 'to R2T', align: 'right', priority: 12 },
];

export function operationBlocks({ operations, operationTotals }: Report): Block[] {
  if (operations.length === 0) return [];
  const approximate = operations.some((o) => o.latency !== null && !o.latency.exact);
  const note = `latency from the command's first byte to its status' last${
    approximate ? '; percentiles within 0.4 %' : ''
  }`;
  const places = new Set(operations.map((o) => `${o.session} ${o.lun}`)).size;
  if (places === 1) return tableOf('Operations', note, operations);
  return [
    ...tableOf('Operations', note, operationTotals),
    { kind: 'blank' },
    ...tableOf('Operations by session and LUN', 'the longest total time first', byTime(operations)),
  ];
}

/** Where time went: the rows that took most of it. */
function byTime(operations: readonly OperationReport[]): OperationReport[] {
  const time = (o: OperationReport): number =>
    o.latency === null ? 0 : o.latency.meanNs * o.latency.count;
  return [...operations].sort((a, b) => time(b) - time(a) || b.commandCount - a.commandCount);
}

function tableOf(text: string, note: string, rows: readonly OperationReport[]): Block[] {
  const shown = rows.slice(0, OPERATIONS_SHOWN);
  const blocks: Block[] = [
    { kind: 'heading', text, note },
    { kind: 'table', columns: OPERATION_COLUMNS, rows: shown.map(operationRow) },
  ];
  const more = rows.length - shown.length;
  if (more > 0) {
    const words = `… and ${plural(more, 'row')} more (--json lists all)`;
    blocks.push({ kind: 'line', indent: 2, cells: [cell(words, 'quiet')] });
  }
  const atMost = rows.reduce((sum, row) => sum + (row.latenciesAtMost ?? 0), 0);
  if (atMost > 0) {
    const words = `${plural(atMost, 'latency', 'latencies')} of these are upper bounds: the last bytes of the PDU with the status were not captured`;
    blocks.push({ kind: 'prose', indent: 2, cell: cell(words, 'quiet') });
  }
  return blocks;
}

function operationRow(o: OperationReport): Cell[] {
  const l = o.latency ?? undefined;
  const errors = errorsOf(o);
  return [
    o.session === undefined ? nothing() : cell(`S${o.session}`, 'quiet'),
    lunCell(o.lun),
    cell(o.operation, 'strong'),
    count(o.commandCount),
    count(errors, 'warn'),
    count(o.unanswered, 'bad'),
    bytes(o.bytes),
    duration(l?.minNs),
    duration(l?.meanNs),
    duration(l?.p50Ns),
    duration(l?.p90Ns),
    duration(l?.p95Ns),
    duration(l?.p99Ns),
    duration(l?.p999Ns),
    duration(l?.maxNs),
    duration(o.firstData?.meanNs),
    duration(o.firstR2t?.meanNs),
  ];
}

/** Commands that were answered, but not with success. */
function errorsOf(o: OperationReport): number {
  const good = (o.outcomes['good'] ?? 0) + (o.outcomes['condition met'] ?? 0);
  return o.commandCount - good - o.unanswered - o.statusNotCaptured;
}

function lunCell(lun: string | undefined): Cell {
  if (lun === undefined) return nothing();
  return cell(lunTextOf(lun));
}

const SLOWEST_COLUMNS: readonly Column[] = [
  { head: 'latency', align: 'right', priority: 0 },
  { head: 'frame', align: 'right', priority: 0 },
  { head: 'to', align: 'right', priority: 3 },
  { head: 'at', align: 'right', priority: 4 },
  { head: 'S', align: 'left', priority: 2 },
  { head: 'LUN', align: 'left', priority: 0 },
  { head: 'operation', align: 'left', priority: 0, least: 16, cut: 'words' },
  { head: 'LBA', align: 'right', priority: 2 },
  { head: 'blocks', align: 'right', priority: 7 },
  { head: 'data', align: 'right', priority: 5 },
  { head: 'R2Ts', align: 'right', priority: 9 },
  { head: 'tag', align: 'right', priority: 8 },
  { head: 'most of it', align: 'left', priority: 1 },
  { head: 'outcome', align: 'left', priority: 6 },
];

/** Slowest and open commands. */
export function slowestBlocks({ slowest, open }: Report): Block[] {
  const blocks: Block[] = [];
  if (slowest.length > 0) {
    blocks.push({ kind: 'heading', text: 'Slowest commands' });
    blocks.push({ kind: 'table', columns: SLOWEST_COLUMNS, rows: slowest.map(slowRow) });
  }
  if (open.length > 0) {
    if (blocks.length > 0) blocks.push({ kind: 'blank' });
    blocks.push({ kind: 'heading', text: 'Open at the end', note: 'latency is their age so far' });
    blocks.push({ kind: 'table', columns: SLOWEST_COLUMNS, rows: open.map(slowRow) });
  }
  return blocks;
}

function slowRow(c: CommandRecord): Cell[] {
  return [
    latencyCell(c),
    c.frame === undefined ? nothing() : cell(countText(c.frame)),
    c.frameEnd === undefined ? nothing() : cell(countText(c.frameEnd), 'quiet'),
    c.relativeNs === undefined ? nothing() : sinceStart(c.relativeNs),
    cell(`S${c.session}`, 'quiet'),
    lunCell(c.lun),
    cell(c.operation),
    c.lba === undefined ? nothing() : cell(c.lba),
    c.blocks === undefined ? nothing() : count(c.blocks),
    bytes(c.bytes),
    count(c.r2ts),
    cell(`0x${c.tag.toString(16)}`, 'quiet'),
    largestPhase(c),
    outcomeCell(c),
  ];
}

function latencyCell(c: CommandRecord): Cell {
  if (c.latencyNs === undefined) return duration(c.ageNs, 'warn');
  const found = duration(c.latencyNs, 'strong');
  return c.atMost ? { ...found, text: `≤ ${found.text}` } : found;
}

/** Where most of the time went: "command to data 93 %". */
function largestPhase(c: CommandRecord): Cell {
  const whole = c.latencyNs ?? 0;
  const causes = Object.entries(tcpCauseSums(c.phases)) as [keyof TcpCauses, number][];
  for (const [cause, ns] of causes) {
    if (ns * 2 > whole) {
      return cell(`${TCP_CAUSE_WORDS[cause]} ${share(ns, whole)}`, 'warn');
    }
  }
  const [first, ...rest] = c.phases;
  if (first === undefined) return nothing();
  const most = rest.reduce((a, b) => (b.ns > a.ns ? b : a), first);
  return cell(`${most.name} ${share(most.ns, whole)}`);
}

function outcomeCell(c: CommandRecord): Cell {
  return cell(c.sense ?? c.outcome, outcomeTone(OUTCOME_NAMES.indexOf(c.outcome)));
}
