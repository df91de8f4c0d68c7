// The top view of a capture that goes on: a row an initiator-target-LUN with its load and latency of
// the last interval and, as sparks, of the last minutes; what has waited longest; how the capture
// itself fares.

import type { Case } from '../../case/case.js';
import type { LivePicture } from '../../case/live.js';
import { countText, durationText, plural } from '../../lib/number-text.js';
import type { IntervalReport, LunNow } from '../../report/interval.js';
import { LIVE_SORTS, type LiveSort } from '../../report/interval-sorts.js';
import { type Cell, type Column, cell } from '../../view/cells.js';
import {
  count,
  duration,
  megabytes,
  NOTHING,
  nothing,
  rate,
  sparkline,
} from '../../view/format.js';
import { blanks, tableLines } from '../blocks.js';
import { rowsOf } from '../filter.js';
import { FOLLOW } from '../keys.js';
import type { Page } from '../page.js';
import type { Screen } from '../screen.js';
import type { State } from '../state.js';
import type { Line } from '../terminal/line.js';
import { liveHead } from './live-head.js';
import { type LiveRow, liveRows, rowThen } from './live-rows.js';
import { OLD_NS, waitingLines } from './live-waiting.js';
import { overviewPage } from './overview.js';

const SPARKS = 20;

export const LIVE: Screen<'live'> = {
  kind: 'live',
  tab: {
    key: '0',
    word: 'Live',
    about: 'live: what happens now',
    onlyLive: true,
    place: () => ({ kind: 'live' }),
  },
  keys: [
    {
      group: 'Work',
      keys: ['f6', 's'],
      command: 'liveSort',
      about: 'sort by the next measure',
      hint: 'sort',
    },
    {
      group: 'Work',
      keys: ['f9', 'p', 'space'],
      command: 'pause',
      about: 'look at this moment, while the capture goes on; once more: go on',
      hint: 'pause',
    },
    {
      group: 'Work',
      keys: ['f7', 'f'],
      command: 'liveFilter',
      about: 'filter rows by initiator, target and LUN',
      hint: 'filter',
    },
    {
      group: 'Work',
      keys: ['v'],
      command: 'liveGroup',
      about: 'rows by LUN of each session, by initiator, by target, by LUN of all',
      hint: 'by',
    },
    {
      group: 'Work',
      keys: ['f5', 'c'],
      command: 'liveClear',
      about: 'clear history, peak and filter; totals stay',
      hint: 'clear',
    },
    FOLLOW,
    {
      group: 'Work',
      keys: ['f8', 'S'],
      command: 'stop',
      about: 'end the capture and go on looking at it',
      hint: 'stop',
    },
  ],
  whole: true,
  page: (_, state, { kase, live, outstanding }) =>
    live === undefined ? overviewPage(kase, state, outstanding) : livePage(kase, live, state),
};

function livePage(kase: Case, picture: LivePicture, state: State): Page {
  const interval = picture.at(state.live.paused);
  if (interval === undefined) return waitingPage(picture);
  const wanted = current(interval.luns).filter(rowsOf(state.live.filter));
  const { group } = state.live;
  const luns = sorted(liveRows(wanted, group), LIVE_SORTS[state.live.sort]);
  const table = {
    kind: 'table',
    columns: columnsOf(group),
    rows: luns.map((lun) => row(lun, interval, picture, state)),
  } as const;
  const [tableHead, ...rows] = tableLines(table, state.columns);
  const waiting = waitingLines(interval, state.columns);
  const keyBelow = (index: number) => {
    const { command } = waiting[index] ?? {};
    return command === undefined ? `below ${index}` : `command ${command.command}`;
  };
  /** Its row among the commands that are kept. */
  const commandAt = (index: number) => {
    const { command } = waiting[index - rows.length] ?? {};
    return command && kase.tasks.holds(command.command) ? command.command : undefined;
  };
  return {
    title:
      kase.loading === undefined ? 'ended' : state.live.paused === undefined ? 'live' : 'paused',
    head: [
      ...liveHead(interval, picture, kase, state),
      filterLine(interval, luns, state),
      tableHead,
    ],
    count: rows.length + waiting.length,
    row: (index) => rows[index] ?? waiting[index - rows.length]?.line ?? [],
    key: (index) => (index < rows.length ? luns[index].key : keyBelow(index - rows.length)),
    opens: (index) => index < rows.length || commandAt(index) !== undefined,
    open: (index) => {
      const command = commandAt(index);
      if (command !== undefined) return { kind: 'command', row: command };
      return filterOf(luns[index], group) === undefined ? undefined : { kind: 'commands' };
    },
    filter: (index) => {
      return index >= rows.length ? undefined : filterOf(luns[index], group);
    },
    task: commandAt,
  };
}

/** An initiator that logged in again has one row: the one of its newest session. */
function current(luns: readonly LunNow[]): readonly LunNow[] {
  if (!luns.some((lun) => lun.over)) return luns;
  const newest = new Map<string, number>();
  const nameOf = (lun: LunNow) => JSON.stringify([lun.initiator, lun.target, lun.lun]);
  for (const lun of luns) {
    const name = nameOf(lun);
    newest.set(name, Math.max(newest.get(name) ?? -1, lun.session ?? -1));
  }
  return luns.filter((lun) => !lun.over || newest.get(nameOf(lun)) === lun.session);
}

function waitingPage(picture: LivePicture): Page {
  const line: Line = [blanks(2), cell(picture.message || 'waiting for the first packet', 'quiet')];
  return { title: 'live', head: [], count: 1, row: () => line };
}

/** What the filter leaves of the rows; the lines above are of all. */
function filterLine(i: IntervalReport, luns: readonly LunNow[], state: State): Line {
  const { filter } = state.live;
  if (filter === '') return [];
  return [cell(` ${luns.length} of ${plural(i.luns.length, 'row')}  filter: ${filter}`, 'note')];
}

/** The commands of a row; undefined where they are of those that got no row of their own. */
function filterOf(row: LiveRow | undefined, group: number): string | undefined {
  const sessions = [...new Set(row?.members.flatMap(({ session }) => session ?? []))];
  if (row === undefined || sessions.length === 0) return undefined;
  const of =
    sessions.length === 1 ? `session == ${sessions[0]}` : `session in {${sessions.join(', ')}}`;
  return group === 1 || group === 2 ? of : `${of} && lun == ${row.lun}`;
}

const COLUMNS: readonly Column[] = [
  { head: 'initiator', align: 'left', priority: 2, least: 12, cut: 'start' },
  { head: 'target', align: 'left', priority: 1, least: 10, cut: 'start' },
  { head: 'LUN', align: 'right', priority: 0 },
  { head: 'IOPS', align: 'right', priority: 0, room: 6 },
  { head: 'IOPS over time', align: 'left', priority: 2, room: SPARKS },
  // As iostat calls them: what is read and written in a second.
  { head: 'rMB/s', align: 'right', priority: 1, room: 5 },
  { head: 'wMB/s', align: 'right', priority: 1, room: 5 },
  { head: 'p50', align: 'right', priority: 2, room: 7 },
  { head: 'p99', align: 'right', priority: 0, room: 7 },
  { head: 'max', align: 'right', priority: 1, room: 7 },
  { head: 'p99 over time', align: 'left', priority: 4, room: SPARKS },
  { head: 'open', align: 'right', priority: 0, room: 4 },
  { head: 'oldest', align: 'right', priority: 2, room: 7 },
  { head: 'window', align: 'right', priority: 2, room: 6 },
  { head: 'again', align: 'right', priority: 2, room: 5 },
  { head: 'S', align: 'left', priority: 5 },
];

/** Whose rows they are stays, however narrow it is. */
function columnsOf(group: number): readonly Column[] {
  const whose = { 1: 'initiator', 2: 'target' }[group];
  return COLUMNS.map((column) => (column.head === whose ? { ...column, priority: 0 } : column));
}

function row(lun: LiveRow, interval: IntervalReport, picture: LivePicture, state: State): Cell[] {
  const { since, group } = state.live;
  const span = { count: SPARKS, since };
  const sparks = (of: (one: LunNow) => number, how: 'sum' | 'largest'): Cell => {
    const then = (one: IntervalReport): number => rowThen(one, lun, group, of, how);
    return cell(sparkline(picture.series(interval, span, then), SPARKS).padStart(SPARKS), 'note');
  };
  const bound = lun.members.length > 1 ? '≤ ' : '';
  const percentile = (ns: number | undefined): Cell =>
    ns === undefined ? nothing() : cell(bound + durationText(ns));
  const { latency: latencyNs, oldest, over } = lun;
  const name = over ? 'quiet' : 'plain';
  return [
    cell(lun.initiator ?? 'others', name),
    cell(lun.target ?? '', name),
    cell(lun.lunText ?? '', name),
    cell(rate(lun.iops), lun.iops > 0 ? 'strong' : 'quiet'),
    sparks((one) => one.iops, 'sum'),
    cell(megabytes(lun.readMBps)),
    cell(megabytes(lun.writeMBps)),
    percentile(latencyNs?.p50Ns),
    percentile(latencyNs?.p99Ns),
    duration(latencyNs?.maxNs),
    sparks((one) => one.latency?.p99Ns ?? 0, 'largest'),
    count(lun.outstanding),
    duration(oldest?.ageNs, (oldest?.ageNs ?? 0) >= OLD_NS ? 'bad' : 'plain'),
    windowCell(lun),
    count(lun.retransmissions, 'warn'),
    cell(lun.session === undefined ? NOTHING : `S${lun.session}`, 'quiet'),
  ];
}

function windowCell({ over, windowClosedNs, commandWindowWidth: commandWindow }: LunNow): Cell {
  if (over) return cell('over', 'quiet');
  if (windowClosedNs !== undefined) return cell(`closed ${durationText(windowClosedNs)}`, 'bad');
  return commandWindow === undefined ? nothing() : cell(countText(commandWindow));
}

const MEASURES: Readonly<Record<LiveSort, (lun: LiveRow) => number>> = {
  IOPS: (lun) => lun.iops,
  'MB/s': (lun) => lun.readMBps + lun.writeMBps,
  p99: (lun) => lun.latency?.p99Ns ?? -1,
  open: (lun) => lun.outstanding,
  oldest: (lun) => lun.oldest?.ageNs ?? -1,
  again: (lun) => lun.retransmissions,
};

/** The largest first; equal ones keep their order, so that rows do not dance. */
function sorted(luns: readonly LiveRow[], by: LiveSort): LiveRow[] {
  const measure = MEASURES[by];
  return [...luns].sort(
    (a, b) =>
      measure(b) - measure(a) ||
      Number(a.over ?? false) - Number(b.over ?? false) ||
      (a.key < b.key ? -1 : 1),
  );
}
