// Two captures side by side: what changed beyond chance first.

import type { DiffReport, GroupChange, GroupSide, Verdict } from '../diff/diff-report.js';
import { bytesText, countText, durationText, plural } from '../lib/number-text.js';
import { lunTextOf } from '../wire/scsi/lun.js';
import { BLANK, type Block, type Cell, type Column, cell, type Tone } from './cells.js';
import { nothing } from './format.js';

const ROWS_SHOWN = 30;

const TONES: Readonly<Record<Verdict, Tone>> = {
  slower: 'bad',
  deeper: 'warn',
  faster: 'good',
  shallower: 'good',
  same: 'quiet',
  new: 'note',
  gone: 'note',
  few: 'quiet',
};

export function diffBlocks(report: DiffReport): Block[] {
  return [
    ...summaryBlocks(report),
    ...levelBlocks(report, 'operation', 'By operation'),
    ...levelBlocks(report, 'target+lun', 'By LUN'),
    ...levelBlocks(report, 'initiator', 'By initiator'),
    ...levelBlocks(report, 'operation+sizeBytes', 'By operation and size'),
    ...changedBlocks(report),
    ...parameterBlocks(report),
    ...findingBlocks(report),
    { kind: 'prose', indent: 0, cell: cell(`How it was judged: ${report.test}.`, 'quiet') },
  ];
}

const OTHERS: Block = {
  kind: 'prose',
  indent: 2,
  cell: cell(
    'No initiator and target is in both captures: what differs may be the hosts, the arrays or what they were asked for.',
    'warn',
  ),
};

function summaryBlocks({ captures, total, pathsInCommon }: DiffReport): Block[] {
  const [before, after] = captures;
  const words: Readonly<Record<Verdict, string>> = {
    slower: 'Slower than before',
    faster: 'Faster than before',
    deeper: 'Slower, with more commands open at a time: that explains it',
    shallower: 'Faster, with fewer commands open at a time: that explains it',
    same: 'No change beyond chance',
    new: 'Only the second capture has commands',
    gone: 'Only the first capture has commands',
    few: 'Too few commands to compare',
  };
  return [
    {
      kind: 'heading',
      text: words[total.verdict],
      note: `${before.name}: ${plural(before.commandCount, 'command')} in ${durationText(before.spanNs)}; ${after.name}: ${countText(after.commandCount)} in ${durationText(after.spanNs)}`,
    },
    ...(pathsInCommon === 0 && total.before !== null && total.after !== null ? [OTHERS] : []),
    { kind: 'table', columns: columns('all commands'), rows: [row(total, 'all')] },
    BLANK,
  ];
}

function columns(head: string): Column[] {
  return [
    { head, align: 'left', priority: 0, least: 16, cut: 'start' },
    { head: '', align: 'left', priority: 0 },
    { head: 'commands', align: 'right', priority: 1 },
    { head: 'p50', align: 'right', priority: 1 },
    { head: 'p95', align: 'right', priority: 3 },
    { head: 'p99', align: 'right', priority: 0 },
    { head: 'max', align: 'right', priority: 5 },
    { head: 'IOPS', align: 'right', priority: 4 },
    { head: 'depth', align: 'right', priority: 2 },
    { head: 'errors', align: 'right', priority: 6 },
  ];
}

function row(group: GroupChange, name: string): Cell[] {
  const { before, after, verdict } = group;
  const pair = (of: (side: GroupSide) => string): Cell =>
    cell(`${before ? of(before) : '–'} → ${after ? of(after) : '–'}`);
  const time = (key: 'p50' | 'p95' | 'p99'): Cell =>
    before?.[key] || after?.[key]
      ? pair((side) => (side[key] === null ? '–' : durationText(side[key].value)))
      : nothing();
  return [
    cell(name, 'strong'),
    cell(verdict, TONES[verdict]),
    pair((side) => countText(side.commandCount)),
    time('p50'),
    time('p95'),
    time('p99'),
    pair((side) => (side.latencies > 0 ? durationText(side.max) : '–')),
    pair((side) => side.iops.toFixed(side.iops < 10 ? 1 : 0)),
    pair((side) => side.queueDepthMean.toFixed(1)),
    pair((side) => countText(side.errors + side.unanswered)),
  ];
}

export function groupName(group: GroupChange): string {
  const parts: string[] = [];
  if (group.initiator !== undefined) parts.push(group.initiator);
  if (group.target !== undefined) parts.push(group.target);
  if (group.lun !== undefined) parts.push(`LUN ${lunTextOf(group.lun)}`);
  if (group.operation !== undefined) parts.push(group.operation);
  if (group.sizeBytes !== undefined && group.sizeBytes > 0) {
    parts.push(`≤ ${bytesText(group.sizeBytes)}`);
  }
  return parts.join(' ');
}

function levelBlocks({ groups }: DiffReport, by: string, title: string): Block[] {
  const rows = groups.filter((group) => group.by === by);
  if (rows.length < 2 && by !== 'operation') return [];
  return tableOf(title, rows, by.split('+')[0]);
}

/** The finest groups that changed: where to look. */
function changedBlocks({ groups }: DiffReport): Block[] {
  const rows = groups.filter(
    ({ by, verdict }) => by.split('+').length === 5 && verdict !== 'same' && verdict !== 'few',
  );
  return rows.length === 0 ? [] : tableOf('What changed, in detail', rows, 'group');
}

function tableOf(title: string, rows: readonly GroupChange[], head: string): Block[] {
  const shown = rows.slice(0, ROWS_SHOWN);
  const blocks: Block[] = [
    { kind: 'heading', text: title },
    {
      kind: 'table',
      columns: columns(head),
      rows: shown.map((group) => row(group, groupName(group))),
    },
  ];
  if (rows.length > shown.length) {
    const words = `… and ${plural(rows.length - shown.length, 'row')} more (--json lists all)`;
    blocks.push({ kind: 'line', indent: 2, cells: [cell(words, 'quiet')] });
  }
  return [...blocks, BLANK];
}

function parameterBlocks({ parameters }: DiffReport): Block[] {
  if (parameters.length === 0) return [];
  return [
    { kind: 'heading', text: 'Negotiated differently' },
    {
      kind: 'table',
      columns: [
        { head: 'parameter', align: 'left', priority: 0 },
        { head: 'before', align: 'left', priority: 0 },
        { head: 'after', align: 'left', priority: 0 },
        { head: 'initiator', align: 'left', priority: 1, least: 16, cut: 'start' },
        { head: 'target', align: 'left', priority: 2, least: 16, cut: 'start' },
      ],
      rows: parameters
        .slice(0, ROWS_SHOWN)
        .map((p) => [
          cell(p.key, 'strong'),
          cell(p.before ?? '–'),
          cell(p.after ?? '–'),
          cell(p.initiator, 'quiet'),
          cell(p.target, 'quiet'),
        ]),
    },
    BLANK,
  ];
}

function findingBlocks({ findings }: DiffReport): Block[] {
  const changed = findings.filter(({ before, after }) => (before === 0) !== (after === 0));
  if (changed.length === 0) return [];
  return [
    { kind: 'heading', text: 'Findings that are new, and gone' },
    ...changed.map(({ before, severity, title, id }): Block => {
      const label = cell((before === 0 ? 'new' : 'gone').padEnd(5), before === 0 ? 'warn' : 'good');
      return { kind: 'prose', indent: 2, label, cell: cell(`${severity}: ${title} (${id})`) };
    }),
    BLANK,
  ];
}
