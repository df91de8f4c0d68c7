// What hosts learnt of targets and what came of it, and iSNS: requests, answers, what the database holds.

import { countText, durationText, plural } from '../lib/number-text.js';
import type { DiscoveryReport } from '../report/discovery.js';
import type { IsnsReport } from '../report/isns.js';
import { BLANK, type Block, type Cell, type Column, cell, type TableBlock } from './cells.js';
import { count, duration, nothing, sinceStart } from './format.js';

const ROWS_SHOWN = 24;

const COLUMNS: readonly Column[] = [
  { head: 'time', align: 'right', priority: 3 },
  { head: 'host', align: 'left', priority: 0, least: 12, cut: 'start' },
  { head: 'target', align: 'left', priority: 0, least: 16, cut: 'start' },
  { head: 'address', align: 'left', priority: 1 },
  { head: 'learnt by', align: 'left', priority: 0 },
  { head: 'from', align: 'left', priority: 4 },
  { head: 'tried', align: 'left', priority: 2 },
  { head: 'reached', align: 'left', priority: 0 },
  { head: 'login after', align: 'right', priority: 5 },
];

export function discoveryBlocks(rows: readonly DiscoveryReport[], all: boolean): Block[] {
  if (rows.length === 0) return [];
  const shown = all ? rows : rows.slice(0, ROWS_SHOWN);
  const blocks: Block[] = [
    {
      kind: 'heading',
      text: 'Discovery',
      note: 'where hosts learnt of targets, and what came of it',
    },
    discoveryTable(shown),
  ];
  if (rows.length > shown.length) {
    const words = `… and ${plural(rows.length - shown.length, 'row')} more (sanscope discovery)`;
    blocks.push({ kind: 'line', indent: 2, cells: [cell(words, 'quiet')] });
  }
  return [...blocks, BLANK];
}

/** One row for each, in their order. */
export function discoveryTable(rows: readonly DiscoveryReport[]): TableBlock {
  return { kind: 'table', columns: COLUMNS, rows: rows.map(discoveryRow) };
}

function discoveryRow(row: DiscoveryReport): Cell[] {
  return [
    sinceStart(row.relativeNs),
    cell(row.initiatorAddress),
    cell(row.target, 'strong'),
    row.address === '' ? nothing() : cell(row.address),
    cell(row.via),
    cell(row.from, 'quiet'),
    cell(row.tried ? 'yes' : 'never', row.tried ? 'plain' : 'note'),
    row.reached
      ? cell(`S${row.session}`, 'good')
      : cell(row.tried ? 'no' : '–', row.tried ? 'bad' : 'quiet'),
    row.loginAfterNs >= 0 ? duration(row.loginAfterNs) : nothing(),
  ];
}

const REQUEST_COLUMNS: readonly Column[] = [
  { head: 'request', align: 'left', priority: 0 },
  { head: 'sent', align: 'right', priority: 0 },
  { head: 'answered', align: 'right', priority: 0 },
  { head: 'p50', align: 'right', priority: 1 },
  { head: 'max', align: 'right', priority: 2 },
  { head: 'status', align: 'left', priority: 1, least: 12 },
];

export function isnsBlocks(isns: IsnsReport | undefined): Block[] {
  if (isns === undefined) return [];
  const registered = isns.nodes.filter((node) => node.registered).length;
  return [
    {
      kind: 'heading',
      text: 'iSNS',
      note: `${plural(isns.transactionsTotal, 'request')}; ${plural(isns.entities.length, 'entity', 'entities')}, ${plural(isns.nodes.length, 'node')} (${countText(registered)} registered here), ${plural(isns.domains.length, 'discovery domain')}`,
    },
    {
      kind: 'table',
      columns: REQUEST_COLUMNS,
      rows: isns.requests.map((row) => [
        cell(row.functionName, 'strong'),
        count(row.requestCount),
        cell(countText(row.answered), row.answered < row.requestCount ? 'warn' : 'plain'),
        row.answered > 0 ? duration(row.responseNsP50) : nothing(),
        row.answered > 0 ? duration(row.responseNsMax) : nothing(),
        cell(
          Object.entries(row.statuses)
            .map(([words, n]) => `${words} ${n}`)
            .join(', '),
          'quiet',
        ),
      ]),
    },
    ...extraLine(isns),
    BLANK,
  ];
}

function extraLine(isns: IsnsReport): Block[] {
  const items: Cell[] = [];
  const add = (n: number, words: string) => {
    if (n > 0) items.push(cell(words, 'warn'));
  };
  add(
    isns.responsesUnmatched,
    `${plural(isns.responsesUnmatched, 'response')} to requests not captured`,
  );
  add(isns.messagesIncomplete, `${plural(isns.messagesIncomplete, 'message')} not whole`);
  add(isns.bytesUnframed, `${countText(isns.bytesUnframed)} bytes between messages`);
  if (isns.heartbeats.count > 0) {
    const { count: beats, server, intervalS } = isns.heartbeats;
    items.push(
      cell(`${plural(beats, 'heartbeat')} of ${server} every ${durationText(intervalS * 1e9)}`),
    );
  }
  return items.length === 0 ? [] : [{ kind: 'flow', indent: 2, label: cell(''), items }];
}
