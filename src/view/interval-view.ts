// One interval of a capture that goes on, in a few lines: all of it, then a row an
// initiator-target-LUN, then the command that has waited longest.

import { countText, durationText, plural } from '../lib/number-text.js';
import type { IntervalReport, LunNow, OldestOpen } from '../report/interval.js';
import { type Block, type Cell, type Column, cell } from './cells.js';
import { count, duration, megabytes, nothing, rate } from './format.js';
import { truthCells } from './source-view.js';

/** Rows of one interval: more belongs on a screen. */
const ROWS_MAX = 20;
/** An open command is worth a line of its own from this age on. */
const OLD_NS = 100e6;

export function intervalBlocks(interval: IntervalReport): Block[] {
  const blocks: Block[] = [headLine(interval), sourceLine(interval)];
  const busy = interval.luns.filter((lun) => lun.endedCount > 0 || lun.outstanding > 0);
  if (busy.length > 0) {
    blocks.push({ kind: 'table', columns: COLUMNS, rows: busy.slice(0, ROWS_MAX).map(lunRow) });
  }
  if (busy.length > ROWS_MAX) {
    const text = `and ${plural(busy.length - ROWS_MAX, 'less busy LUN')}`;
    blocks.push({ kind: 'line', indent: 2, cells: [cell(text, 'quiet')] });
  }
  const { oldest } = interval;
  if (oldest !== undefined && oldest.ageNs >= OLD_NS) {
    blocks.push({ kind: 'line', indent: 2, cells: oldestCells(oldest) });
  }
  return [...blocks, { kind: 'blank' }];
}

function headLine(i: IntervalReport): Block {
  const clock = i.time === undefined ? 'no packet yet' : `${i.time.slice(11, 19)} UTC`;
  const mean = i.latency;
  const items = [
    cell(durationText(i.toNs - i.fromNs), 'quiet'),
    cell(`${rate(i.iops)} IOPS`, 'strong'),
    cell(`read ${megabytes(i.readMBps)} MB/s`),
    cell(`write ${megabytes(i.writeMBps)} MB/s`),
  ];
  if (mean !== null) {
    items.push(
      cell(`p50 ${durationText(mean.p50Ns)}`),
      cell(`p99 ${durationText(mean.p99Ns)}`),
      cell(`max ${durationText(mean.maxNs)}`),
    );
  }
  items.push(cell(`${countText(i.outstanding)} outstanding`));
  if (i.failedCount > 0) items.push(cell(`${countText(i.failedCount)} not good`, 'bad'));
  return { kind: 'flow', indent: 0, label: cell(`${clock}  `, 'title'), items };
}

function sourceLine(i: IntervalReport): Block {
  const { sourceState: source } = i;
  const items: Cell[] = [
    cell(`${plural(source.packetsNow, 'packet')} (${countText(source.packets)} in all)`, 'quiet'),
    cell(plural(i.retransmissions, 'retransmission'), i.retransmissions > 0 ? 'warn' : 'quiet'),
  ];
  items.push(...truthCells(source));
  return { kind: 'flow', indent: 2, label: cell(''), items };
}

/** `READ(10) at 1,024 (8 blocks), tag 0x12, has waited for 3.21 s since packet 17`. */
function oldestCells(oldest: OldestOpen): Cell[] {
  const at = oldest.lba === undefined ? '' : ` at LBA ${oldest.lba}`;
  const tag = `0x${(oldest.tag >>> 0).toString(16)}`;
  return [
    cell('oldest open: ', 'quiet'),
    cell(`${oldest.operation}${at}, tag ${tag}, has waited for `),
    cell(durationText(oldest.ageNs), oldest.ageNs >= 1e9 ? 'bad' : 'warn'),
    cell(` since packet ${countText(oldest.frame)}`, 'quiet'),
  ];
}

const COLUMNS: readonly Column[] = [
  { head: 'initiator', align: 'left', priority: 3, least: 12 },
  { head: 'target', align: 'left', priority: 1, least: 12 },
  { head: 'LUN', align: 'right', priority: 0 },
  { head: 'IOPS', align: 'right', priority: 0 },
  { head: 'read MB/s', align: 'right', priority: 2 },
  { head: 'write MB/s', align: 'right', priority: 2 },
  { head: 'p50', align: 'right', priority: 1 },
  { head: 'p99', align: 'right', priority: 0 },
  { head: 'max', align: 'right', priority: 0 },
  { head: 'open', align: 'right', priority: 0 },
  { head: 'oldest', align: 'right', priority: 2 },
  { head: 'window', align: 'right', priority: 4 },
  { head: 'sent again', align: 'right', priority: 4 },
];

function lunRow(lun: LunNow): Cell[] {
  const { latency: latencyNs } = lun;
  return [
    cell(lun.initiator ?? 'others'),
    cell(lun.target ?? ''),
    cell(lun.lunText ?? ''),
    cell(rate(lun.iops), 'strong'),
    cell(megabytes(lun.readMBps)),
    cell(megabytes(lun.writeMBps)),
    duration(latencyNs?.p50Ns),
    duration(latencyNs?.p99Ns),
    duration(latencyNs?.maxNs),
    count(lun.outstanding),
    duration(lun.oldest?.ageNs, (lun.oldest?.ageNs ?? 0) >= 1e9 ? 'bad' : 'plain'),
    windowCell(lun),
    count(lun.retransmissions, 'warn'),
  ];
}

function windowCell({ commandWindowWidth: commandWindow, windowClosedNs }: LunNow): Cell {
  if (windowClosedNs !== undefined) return cell(`closed ${durationText(windowClosedNs)}`, 'bad');
  return commandWindow === undefined ? nothing() : cell(countText(commandWindow));
}
