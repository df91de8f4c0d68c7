// Logical units that several sessions see: the numbers of all paths, then each path beside the others.

import { bytesText, percentText, plural } from '../lib/number-text.js';
import { pathLun } from '../report/logical-units.js';
import type { PathReport, Report, UnitReport } from '../report/report.js';
import { type Block, type Cell, type Column, cell } from './cells.js';
import { bytes, count, duration } from './format.js';

const UNITS_SHOWN = 6;
const PATHS_SHOWN = 8;
/** A path this much slower than another is worth a warning. */
const SKEW_NOTABLE = 2;

const PATH_COLUMNS: readonly Column[] = [
  { head: 'path', align: 'left', priority: 0 },
  { head: 'initiator', align: 'left', priority: 8, least: 12 },
  { head: 'target', align: 'left', priority: 3, least: 12 },
  { head: 'commands', align: 'right', priority: 0 },
  { head: 'share', align: 'right', priority: 1 },
  { head: 'data', align: 'right', priority: 6 },
  { head: 'mean', align: 'right', priority: 2 },
  { head: 'p50', align: 'right', priority: 5 },
  { head: 'p99', align: 'right', priority: 4 },
  { head: 'max', align: 'right', priority: 2 },
];

export function unitBlocks({ logicalUnits }: Report): Block[] {
  if (logicalUnits.length === 0) return [];
  const blocks: Block[] = [
    {
      kind: 'heading',
      text: 'Logical units over several paths',
      note: 'sessions that see the same unit: all of it, then each',
    },
  ];
  for (const unit of logicalUnits.slice(0, UNITS_SHOWN)) {
    blocks.push({ kind: 'flow', indent: 2, label: cell(''), items: unitItems(unit) });
    const rows = [allRow(unit), ...unit.paths.slice(0, PATHS_SHOWN).map(pathRow)];
    blocks.push({ kind: 'table', columns: PATH_COLUMNS, rows });
    more(blocks, unit.paths.length - PATHS_SHOWN, 'path');
  }
  more(blocks, logicalUnits.length - UNITS_SHOWN, 'unit');
  return blocks;
}

function more(blocks: Block[], n: number, what: string): void {
  if (n <= 0) return;
  const text = `… and ${plural(n, what)} more (--json lists all)`;
  blocks.push({ kind: 'line', indent: 4, cells: [cell(text, 'quiet')] });
}

function unitItems(unit: UnitReport): Cell[] {
  const items = [cell(unit.unit, 'strong'), cell(`by ${unit.identifiedBy}`, 'quiet')];
  const product = [unit.vendor, unit.product].filter((t) => t !== undefined).join(' ');
  if (product !== '') items.push(cell(product));
  if (unit.blockCount !== undefined && unit.blockLength !== undefined) {
    items.push(cell(bytesText(Number(unit.blockCount) * unit.blockLength)));
  }
  const at = unit.pathsAtOnce;
  items.push(cell(at > 1 ? `${at} paths at once` : 'one session after the other', 'quiet'));
  if (unit.latencySkew !== undefined) {
    const apart = unit.pathsAtOnce > 1 && unit.latencySkew >= SKEW_NOTABLE;
    const tone = apart ? 'warn' : 'quiet';
    items.push(cell(`slowest path ${unit.latencySkew} times the fastest`, tone));
  }
  return items;
}

function allRow(unit: UnitReport): Cell[] {
  return [
    cell(`all ${unit.paths.length}`, 'strong'),
    cell(''),
    cell(''),
    count(unit.commandCount),
    cell(''),
    bytes(unit.bytes),
    ...latencies(unit),
  ];
}

function pathRow(path: PathReport): Cell[] {
  const words = `S${path.session} LUN ${pathLun(path)}`;
  return [
    cell(path.inferred ? `${words} (inferred)` : words, path.inferred ? 'warn' : 'title'),
    cell(path.initiator),
    cell(path.targetAddress),
    count(path.commandCount),
    cell(percentText(Math.round(path.commandsShare * 1e4), 1e4)),
    bytes(path.bytes),
    ...latencies(path),
  ];
}

function latencies({ latency: latencyNs }: Pick<PathReport, 'latency'>): Cell[] {
  const { meanNs: mean, p50Ns: p50, p99Ns: p99, maxNs: max } = latencyNs ?? {};
  return [duration(mean), duration(p50), duration(p99), duration(max)];
}
