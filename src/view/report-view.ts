// The report for people: what was captured, who talked and what they agreed on, what commands took,
// what looks wrong. Blocks of cells; export/report-text.ts lays them out.

import type { Report } from '../report/report.js';
import { captureBlocks } from './capture-view.js';
import { BLANK, type Block, cell } from './cells.js';
import { discoveryBlocks, isnsBlocks } from './discovery-view.js';
import { failedConnectionBlocks } from './failed-connections-view.js';
import { fibreChannelBlocks } from './fibre-channel-view.js';
import { findingBlocks } from './findings-view.js';
import { loadBlocks } from './load-view.js';
import { operationBlocks, slowestBlocks } from './operations-view.js';
import { sessionBlocks } from './sessions-view.js';
import { accessBlocks, timeBlocks } from './time-view.js';
import { unitBlocks } from './units-view.js';
import { verdictLines } from './verdict-view.js';

/** `width` only says how much a line of sparks may take: layout comes later. */
export function reportBlocks(report: Report, width: number): Block[] {
  const sections = [
    verdictBlocks(report, width),
    filterBlocks(report),
    captureBlocks(report),
    sessionBlocks(report),
    fibreChannelBlocks(report),
    failedConnectionBlocks(report),
    discoveryBlocks(report.discovery, false),
    isnsBlocks(report.isns),
    unitBlocks(report),
    operationBlocks(report),
    timeBlocks(report),
    loadBlocks(report, width),
    accessBlocks(report),
    slowestBlocks(report),
    findingBlocks(report),
  ];
  return sections.filter((blocks) => blocks.length > 0).flatMap((blocks) => [...blocks, BLANK]);
}

function verdictBlocks(report: Report, width: number): Block[] {
  return verdictLines(report, width).map(({ cells }) => ({ kind: 'line', indent: 0, cells }));
}

function filterBlocks({ filter }: Report): Block[] {
  if (filter === undefined) return [];
  const label = cell('Only commands for which  ', 'note');
  return [{ kind: 'prose', indent: 0, label, cell: cell(filter, 'strong') }];
}
