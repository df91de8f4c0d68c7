// Connections to storage that never came about: who tried to reach what, how it failed, what named it.

import { plural } from '../lib/number-text.js';
import type { FailedConnectionReport, Report } from '../report/report.js';
import { type Block, type Cell, type Column, cell } from './cells.js';
import { count, duration, frames, secondsText } from './format.js';

const SHOWN = 10;

const COLUMNS: readonly Column[] = [
  { head: 'from', align: 'left', priority: 1, least: 9 },
  { head: 'to', align: 'left', priority: 0 },
  { head: 'how it failed', align: 'left', priority: 0, least: 12 },
  { head: 'tries', align: 'right', priority: 1 },
  { head: 'SYNs', align: 'right', priority: 1 },
  { head: 'at', align: 'right', priority: 2 },
  { head: 'over', align: 'right', priority: 3 },
  { head: 'named by', align: 'left', priority: 2, least: 10 },
  { head: 'frames', align: 'left', priority: 4 },
];

export function failedConnectionBlocks({ failedConnections }: Report): Block[] {
  if (failedConnections.length === 0) return [];
  const blocks: Block[] = [
    { kind: 'heading', text: 'Connections that failed', note: 'before a first byte' },
    { kind: 'table', columns: COLUMNS, rows: failedConnections.slice(0, SHOWN).map(row) },
  ];
  const more = failedConnections.length - SHOWN;
  if (more > 0) {
    const text = `… and ${plural(more, 'address', 'addresses')} more (--json lists all)`;
    blocks.push({ kind: 'line', indent: 4, cells: [cell(text, 'quiet')] });
  }
  return blocks;
}

function row(one: FailedConnectionReport): Cell[] {
  return [
    cell(one.from),
    cell(one.to, 'strong'),
    cell(how(one), 'bad'),
    count(one.attempts),
    count(one.syns),
    cell(secondsText(one.firstNs), 'quiet'),
    duration(one.lastNs - one.firstNs),
    cell(one.namedBy ?? '–', 'quiet'),
    cell(frames(one.frames, 3), 'quiet'),
  ];
}

function how(one: FailedConnectionReport): string {
  const { unanswered, refused, reset, halfOpen, late, icmp = [] } = one;
  const parts = [
    ...icmp.map(({ by, reason }) => `${reason} (ICMP of ${by})`),
    unanswered > 0 && icmp.length === 0 ? 'no answer' : '',
    refused > 0 ? 'refused (RST)' : '',
    reset > 0 ? 'reset before a first byte' : '',
    halfOpen > 0 ? 'half-open' : '',
    late > 0 ? 'answered too late' : '',
  ];
  return parts.filter(Boolean).join(', ');
}
