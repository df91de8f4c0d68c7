// The lines on top of the live screen: the load of all, its history, how the capture itself fares.

import type { Case } from '../../case/case.js';
import { INTERVALS_KEPT, type LivePicture } from '../../case/live.js';
import { countText, durationText, plural } from '../../lib/number-text.js';
import type { IntervalReport } from '../../report/interval.js';
import { LIVE_SORTS } from '../../report/interval-sorts.js';
import { type Cell, cell } from '../../view/cells.js';
import { eventCells } from '../../view/event-view.js';
import { megabytes, rate, sparkline } from '../../view/format.js';
import { shortTruthCells, truthCells } from '../../view/source-view.js';
import { blanks } from '../blocks.js';
import type { State } from '../state.js';
import { type Line, lineWidth } from '../terminal/line.js';
import { forgottenText } from './forgotten.js';
import { LIVE_GROUPS } from './live-rows.js';
import { OLD_NS } from './live-waiting.js';

/** What stands beside the sparks, and how many intervals they show. */
const BESIDE = 50;
const SPARKS_LEAST = 24;
const SPARKS_MOST = 120;
/** On fewer the rows of the table are worth more. */
const ROWS_FOR_SPARKS = 20;

export function liveHead(
  i: IntervalReport,
  picture: LivePicture,
  kase: Case,
  state: State,
): Line[] {
  const full = kase.keeper.full
    ? 'no more commands can be numbered: later ones are only counted; '
    : '';
  const older = forgottenText(kase);
  return [
    loadLine(i, state),
    ...(state.rows < ROWS_FOR_SPARKS ? [] : sparkLines(i, picture, state)),
    sourceLine(i, state.columns),
    oldestLine(i),
    eventsLine(picture),
    [
      blanks(1),
      cell(older === '' ? '' : `${older}  `, 'quiet'),
      cell(full + picture.message, 'warn'),
    ],
  ];
}

function loadLine(i: IntervalReport, state: State): Line {
  return [
    cell(` ${i.time?.slice(11, 19) ?? '--:--:--'} UTC  `, 'title'),
    cell(`${rate(i.iops)} IOPS`, 'strong'),
    cell(`  r ${megabytes(i.readMBps)} w ${megabytes(i.writeMBps)} MB/s`),
    cell(`  ${countText(i.outstanding)} open`),
    cell(i.failedCount > 0 ? `  ${countText(i.failedCount)} not good` : '', 'bad'),
    cell(`  by ${LIVE_SORTS[state.live.sort]}`, 'quiet'),
    cell(state.live.group === 0 ? '' : `, each ${LIVE_GROUPS[state.live.group]}`, 'note'),
  ];
}

function sparkLines(i: IntervalReport, picture: LivePicture, state: State): Line[] {
  const { since } = state.live;
  const count = Math.max(SPARKS_LEAST, Math.min(SPARKS_MOST, state.columns - BESIDE));
  const iops = picture.series(i, { count, since }, (load) => load.iops);
  const all = picture.series(i, { count: INTERVALS_KEPT, since }, (load) => load.iops);
  const p99 = picture.series(i, { count, since }, (load) => load.latency?.p99Ns ?? 0);
  const { latency: latencyNs } = i;
  const latency =
    latencyNs === null
      ? ''
      : `  p50 ${durationText(latencyNs.p50Ns)}  p99 ${durationText(latencyNs.p99Ns)}  max ${durationText(latencyNs.maxNs)}`;
  const line = (name: string, values: readonly number[], beside: string): Line => [
    blanks(1),
    cell(name, 'quiet'),
    cell(sparkline(values, count).padStart(count), 'note'),
    cell(beside),
  ];
  return [
    line('IOPS ', iops, all.length === 0 ? '' : `  peak ${rate(Math.max(...all))}`),
    line('p99  ', p99, latency),
  ];
}

/** How much of the truth is there fits any terminal: the rest of the line is what is cut. */
function sourceLine(
  { sourceState: source, retransmissions, retransmissionsTotal }: IntervalReport,
  columns: number,
): Line {
  const packets = cell(`${plural(source.packets, 'packet')}`, 'quiet');
  const apart = (cells: readonly Cell[]): Cell[] => cells.flatMap((one) => [one, blanks(2)]);
  const long = [blanks(1), ...apart([packets, ...truthCells(source)])];
  const fits = lineWidth(long) <= columns + 2;
  return [
    ...(fits ? long : [blanks(1), ...apart([...shortTruthCells(source), packets])]),
    cell(`${countText(retransmissions)} sent again`, retransmissions > 0 ? 'warn' : 'quiet'),
    cell(` (${countText(retransmissionsTotal)} in all)`, 'quiet'),
  ];
}

/** What happened last that cost something; how much there is beside it. */
function eventsLine({ events, told }: LivePicture): Line {
  const last = events.findLast(({ severity }) => severity !== 'note') ?? events.at(-1);
  if (last === undefined) return [cell(' no events', 'quiet')];
  return [blanks(1), ...eventCells(last), cell(`  (${plural(told, 'event')}: 7)`, 'quiet')];
}

function oldestLine({ oldest }: IntervalReport): Line {
  if (oldest === undefined) return [cell(' nothing is outstanding', 'quiet')];
  const at = oldest.lba === undefined ? '' : ` at LBA ${oldest.lba}`;
  return [
    cell(' oldest open: ', 'quiet'),
    cell(`${oldest.operation}${at}, tag 0x${(oldest.tag >>> 0).toString(16)}, for `),
    cell(durationText(oldest.ageNs), oldest.ageNs >= OLD_NS ? 'bad' : 'plain'),
  ];
}
