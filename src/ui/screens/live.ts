// The top view of a capture that goes on: a row an initiator-target-LUN with its load and latency of
// the last interval and, as sparks, of the last minutes; what has waited longest; how the capture
// itself fares.

import { bytesText, countText, durationText, plural } from '../../lib/units.js';
import type { IntervalReport, LunNow } from '../../report/interval.js';
import { type Cell, type Column, cell } from '../../view/cells.js';
import { count, duration, megabytes, rate, sparkline } from '../../view/format.js';
import { blanks, tableLines } from '../blocks.js';
import type { Case } from '../case/case.js';
import { INTERVALS_KEPT, type LivePicture } from '../case/live.js';
import { rowsOf } from '../filter.js';
import type { Page } from '../page.js';
import { LIVE_SORTS, type LiveSort, type State } from '../state.js';
import type { Line } from '../terminal/line.js';

const SPARKS = 20;
const SPARKS_WIDE = 60;
const LATE_MS = 500;

export function livePage(kase: Case, picture: LivePicture, state: State): Page {
  const interval = picture.at(state.live.paused);
  if (interval === undefined) return waitingPage(picture);
  const wanted = interval.luns.filter(rowsOf(state.live.filter));
  const luns = sortedLuns(wanted, LIVE_SORTS[state.live.sort]);
  const table = {
    kind: 'table',
    columns: COLUMNS,
    rows: luns.map((lun) => row(lun, interval, picture, state.live.since)),
  } as const;
  const [tableHead, ...rows] = tableLines(table, state.columns);
  return {
    title:
      kase.loading === undefined ? 'ended' : state.live.paused === undefined ? 'live' : 'paused',
    head: [
      ...headLines(interval, picture, kase, state),
      filterLine(interval, luns, state),
      tableHead,
    ],
    count: rows.length,
    row: (index) => rows[index] ?? [],
    key: (index) => keyOf(luns[index]),
    opens: () => true,
    open: (index) => {
      const lun = luns[index];
      return lun?.session === undefined ? undefined : { kind: 'commands' };
    },
    filter: (index) => {
      const { session, lun } = luns[index] ?? {};
      return session === undefined ? '' : `session == ${session} && lun == ${lun}`;
    },
  };
}

function waitingPage(picture: LivePicture): Page {
  const line: Line = [blanks(2), cell(picture.message || 'waiting for the first packet', 'quiet')];
  return { title: 'live', head: [], count: 1, row: () => line };
}

function headLines(i: IntervalReport, picture: LivePicture, kase: Case, state: State): Line[] {
  const { since } = state.live;
  const wide = { count: SPARKS_WIDE, since };
  const iops = picture.series(i, wide, (load) => load.iops);
  const all = picture.series(i, { count: INTERVALS_KEPT, since }, (load) => load.iops);
  const p99 = picture.series(i, wide, (load) => load.latencyNs?.p99 ?? 0);
  const { latencyNs, source, oldest } = i;
  const late = source.delayMsMax > LATE_MS;
  const lines: Line[] = [
    [
      cell(` ${i.time?.slice(11, 19) ?? '--:--:--'} UTC  `, 'title'),
      cell(`${rate(i.iops)} IOPS`, 'strong'),
      cell(`  read ${megabytes(i.readMBps)} MB/s  write ${megabytes(i.writeMBps)} MB/s`),
      cell(`  ${countText(i.outstanding)} outstanding`),
      cell(i.failed > 0 ? `  ${countText(i.failed)} not good` : '', 'bad'),
      cell(`  by ${LIVE_SORTS[state.live.sort]}`, 'quiet'),
    ],
    [
      blanks(1),
      cell('IOPS ', 'quiet'),
      cell(sparkline(iops, SPARKS_WIDE).padStart(SPARKS_WIDE), 'note'),
      cell(all.length === 0 ? '' : `  peak ${rate(Math.max(...all))}`),
    ],
    [
      blanks(1),
      cell('p99  ', 'quiet'),
      cell(sparkline(p99, SPARKS_WIDE).padStart(SPARKS_WIDE), 'note'),
      cell(
        latencyNs === null
          ? ''
          : `  p50 ${durationText(latencyNs.p50)}  p99 ${durationText(latencyNs.p99)}  max ${durationText(latencyNs.max)}`,
      ),
    ],
    [
      blanks(1),
      cell(`${plural(source.packets, 'packet')}  `, 'quiet'),
      cell(dropText(source.packetsDropped), (source.packetsDropped ?? 0) > 0 ? 'bad' : 'quiet'),
      cell(`delay ${durationText(source.delayMs * 1e6)}`, late ? 'warn' : 'quiet'),
      cell(`  ${bytesText(source.residentBytes)}  `, 'quiet'),
      cell(plural(i.retransmissions, 'retransmission'), i.retransmissions > 0 ? 'warn' : 'quiet'),
      cell(`  ${countText(i.retransmissionsTotal)} in all`, 'quiet'),
    ],
  ];
  if (oldest !== undefined) {
    const at = oldest.lba === undefined ? '' : ` at LBA ${oldest.lba}`;
    lines.push([
      blanks(1),
      cell('oldest open: ', 'quiet'),
      cell(`${oldest.operation}${at}, tag 0x${(oldest.initiatorTaskTag >>> 0).toString(16)}, for `),
      cell(durationText(oldest.ageNs), oldest.ageNs >= 1e9 ? 'bad' : 'plain'),
    ]);
  } else lines.push([blanks(1), cell('nothing is outstanding', 'quiet')]);
  const full = kase.keeper.full
    ? 'memory for commands is full: the first ones are kept, later ones only counted; '
    : '';
  lines.push([blanks(1), cell(full + picture.message, 'warn')]);
  return lines;
}

/** What the filter leaves of the rows; the lines above are of all. */
function filterLine(i: IntervalReport, luns: readonly LunNow[], state: State): Line {
  const { filter } = state.live;
  if (filter === '') return [];
  return [cell(` ${luns.length} of ${plural(i.luns.length, 'row')}  filter: ${filter}`, 'note')];
}

function keyOf({ session, lun }: LunNow): string {
  return `${session ?? ''} ${lun ?? ''}`;
}

function dropText(dropped: number | undefined): string {
  return dropped === undefined ? '' : `${countText(dropped)} dropped by the kernel  `;
}

const COLUMNS: readonly Column[] = [
  { head: 'initiator', align: 'left', priority: 4, least: 12 },
  { head: 'target', align: 'left', priority: 1, least: 12 },
  { head: 'LUN', align: 'right', priority: 0 },
  { head: 'IOPS', align: 'right', priority: 0 },
  { head: 'IOPS over time', align: 'left', priority: 3 },
  { head: 'read MB/s', align: 'right', priority: 2 },
  { head: 'write MB/s', align: 'right', priority: 2 },
  { head: 'p50', align: 'right', priority: 1 },
  { head: 'p99', align: 'right', priority: 0 },
  { head: 'max', align: 'right', priority: 1 },
  { head: 'p99 over time', align: 'left', priority: 5 },
  { head: 'open', align: 'right', priority: 0 },
  { head: 'oldest', align: 'right', priority: 2 },
  { head: 'window', align: 'right', priority: 4 },
  { head: 'again', align: 'right', priority: 4 },
];

function row(lun: LunNow, interval: IntervalReport, picture: LivePicture, since: number): Cell[] {
  const span = { count: SPARKS, since };
  const sparks = (of: (load: IntervalReport | LunNow) => number): Cell =>
    cell(sparkline(picture.series(interval, span, of, lun), SPARKS).padStart(SPARKS), 'note');
  const { latencyNs, oldest } = lun;
  return [
    cell(lun.initiator ?? 'others'),
    cell(lun.target ?? ''),
    cell(lun.lunText ?? ''),
    cell(rate(lun.iops), 'strong'),
    sparks((load) => load.iops),
    cell(megabytes(lun.readMBps)),
    cell(megabytes(lun.writeMBps)),
    duration(latencyNs?.p50),
    duration(latencyNs?.p99),
    duration(latencyNs?.max),
    sparks((load) => load.latencyNs?.p99 ?? 0),
    count(lun.outstanding),
    duration(oldest?.ageNs, (oldest?.ageNs ?? 0) >= 1e9 ? 'bad' : 'plain'),
    lun.windowClosedNs === undefined
      ? cell(lun.commandWindow === undefined ? '' : countText(lun.commandWindow))
      : cell(`closed ${durationText(lun.windowClosedNs)}`, 'bad'),
    count(lun.retransmissions, 'warn'),
  ];
}

const MEASURES: Readonly<Record<LiveSort, (lun: LunNow) => number>> = {
  IOPS: (lun) => lun.iops,
  'MB/s': (lun) => lun.readMBps + lun.writeMBps,
  p99: (lun) => lun.latencyNs?.p99 ?? -1,
  open: (lun) => lun.outstanding,
  oldest: (lun) => lun.oldest?.ageNs ?? -1,
  again: (lun) => lun.retransmissions,
};

/** The largest first; equal ones keep their order, so that rows do not dance. */
function sortedLuns(luns: readonly LunNow[], by: LiveSort): LunNow[] {
  const measure = MEASURES[by];
  return [...luns].sort((a, b) => measure(b) - measure(a) || (keyOf(a) < keyOf(b) ? -1 : 1));
}
