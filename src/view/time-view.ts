// Where the time of commands went, by who owed the next move; and how each LUN was used.

import { bytesText, countText, durationText, percentText } from '../lib/number-text.js';
import type {
  AccessReport,
  OperationReport,
  PhaseTotal,
  Report,
  SizesReport,
} from '../report/report.js';
import { TCP_CAUSE_WORDS, type TcpCauses, tcpCauseSums } from '../scsi/phase-names.js';
import { type Block, type Cell, type Column, cell } from './cells.js';
import { count, duration, nothing, share } from './format.js';

const ROWS_SHOWN = 12;
/** Phases that took less than this share are left to the JSON. */
const LEAST_SHARE = 0.005;
/** Causes of less of TCP's part are left to the JSON. */
const LEAST_CAUSE = 0.05;

const TIME_COLUMNS: readonly Column[] = [
  { head: 'operation', align: 'left', priority: 0, least: 12, cut: 'words' },
  { head: 'commands', align: 'right', priority: 5 },
  { head: 'time', align: 'right', priority: 4 },
  { head: 'target', align: 'right', priority: 0 },
  { head: 'initiator', align: 'right', priority: 0 },
  { head: 'data flow', align: 'right', priority: 0 },
  { head: 'TCP', align: 'right', priority: 1 },
  { head: 'by cause', align: 'left', priority: 1, least: 14 },
  { head: 'array p99', align: 'right', priority: 6 },
  { head: 'host p99', align: 'right', priority: 7 },
  { head: 'R2Ts', align: 'right', priority: 8 },
  { head: 'most of it', align: 'left', priority: 2, least: 10 },
];

/** One row an operation: the shares of target, initiator and data flow sum up to the whole. */
export function timeBlocks({ operationTotals }: Report): Block[] {
  const timed = operationTotals
    .filter((o) => o.phases !== undefined && totalOf(o.phases) > 0)
    .sort((a, b) => totalOf(b.phases) - totalOf(a.phases));
  if (timed.length === 0) return [];
  return [
    {
      kind: 'heading',
      text: 'Where the time went',
      note: 'latency of all commands by who owed the next move; TCP is a part of it',
    },
    timeTable(timed.slice(0, ROWS_SHOWN)),
  ];
}

/** The causes of TCP's part have a column where it has any. */
function timeTable(timed: readonly OperationReport[]): Block {
  const rows = timed.map(timeRow);
  const causes = TIME_COLUMNS.findIndex(({ head }) => head === 'by cause');
  if (rows.some((row) => row[causes].text !== '')) {
    return { kind: 'table', columns: TIME_COLUMNS, rows };
  }
  return {
    kind: 'table',
    columns: TIME_COLUMNS.filter((_, i) => i !== causes),
    rows: rows.map((row) => row.filter((_, i) => i !== causes)),
  };
}

/** "retransmission"; several with their shares of TCP's part, the largest first. */
function causesText(phases: readonly PhaseTotal[]): string {
  const sums = Object.entries(tcpCauseSums(phases)) as [keyof TcpCauses, number][];
  const all = sums.reduce((sum, [, ns]) => sum + ns, 0);
  const causes = sums.sort(([, a], [, b]) => b - a).filter(([, ns]) => ns >= all * LEAST_CAUSE);
  if (causes.length === 1) return TCP_CAUSE_WORDS[causes[0][0]];
  return causes.map(([cause, ns]) => `${TCP_CAUSE_WORDS[cause]} ${share(ns, all)}`).join(', ');
}

function timeRow(o: OperationReport): Cell[] {
  const phases = o.phases ?? [];
  const whole = totalOf(phases);
  const by = (owes: PhaseTotal['owes']): Cell =>
    part(totalOf(phases.filter((p) => p.owes === owes)), whole);
  const tcp = phases.reduce((sum, p) => sum + (p.tcpNs ?? 0), 0);
  const most = phases.reduce((a, b) => (b.totalNs > a.totalNs ? b : a), phases[0]);
  return [
    cell(o.operation, 'strong'),
    count(o.commandCount),
    duration(whole),
    by('target'),
    by('initiator'),
    by('both'),
    tcp > 0 ? cell(percentText(tcp, whole), 'warn') : nothing(),
    cell(causesText(phases), 'warn'),
    duration(o.array?.p99Ns),
    duration(o.host?.p99Ns),
    count(o.r2ts ?? 0),
    cell(`${most.name} ${share(most.totalNs, whole)}`),
  ];
}

function totalOf(phases: readonly PhaseTotal[] | undefined): number {
  return (phases ?? []).reduce((sum, p) => sum + p.totalNs, 0);
}

function part(ns: number, whole: number): Cell {
  return ns < whole * LEAST_SHARE ? nothing() : cell(share(ns, whole));
}

/** One line a LUN that was read or written. */
export function accessBlocks({ sessions }: Report): Block[] {
  const rows: Block[] = [];
  for (const session of sessions) {
    for (const lun of session.luns) {
      const { access } = lun;
      if (access === undefined || (access.reads === null && access.writes === null)) continue;
      if (rows.length === ROWS_SHOWN) break;
      const label = cell(`S${session.session} LUN ${lun.lunText} `.padEnd(11), 'quiet');
      rows.push({ kind: 'flow', indent: 2, label, items: accessItems(access) });
    }
  }
  if (rows.length === 0) return [];
  return [
    {
      kind: 'heading',
      text: 'Access',
      note: 'what reads and writes asked for',
    },
    ...rows,
  ];
}

function accessItems(a: AccessReport): Cell[] {
  const items = [
    ...sizeItems('read', a.reads),
    ...sizeItems('write', a.writes),
    cell(sequentialText(a)),
  ];
  if (a.misaligned > 0) {
    const of = percentText(a.misaligned, a.alignable);
    items.push(cell(`${countText(a.misaligned)} off 4 KiB (${of})`, 'warn'));
  }
  if (a.gap !== null) {
    items.push(cell(`${durationText(a.gap.p50Ns)} between starts (p50)`, 'quiet'));
  }
  return items;
}

function sizeItems(what: string, sizes: SizesReport | null): Cell[] {
  if (sizes === null) return [];
  const [most] = sizes.sizes;
  const all = sizes.sizes.length === 1;
  const of = all ? 'all' : `${share(most.commandCount, sizes.commandCount)} of`;
  return [cell(`${countText(sizes.commandCount)} ${what}s, ${of} ${bytesText(most.bytes)}`)];
}

/** Streams that interleave show only among the last 32 starts. */
function sequentialText(a: AccessReport): string {
  const text = `sequential ${percent(a.sequentialShare)}`;
  if (a.sequentialShareOf32 <= a.sequentialShare) return text;
  return `${text} (${percent(a.sequentialShareOf32)} in streams that interleave)`;
}

function percent(of: number): string {
  return percentText(Math.round(of * 1e4), 1e4);
}
