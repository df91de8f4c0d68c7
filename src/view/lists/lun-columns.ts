// The columns of a list of logical units. A row is one logical unit as one session sees it; rows
// whose designator is the same are the same unit over several paths.

import { bytesText } from '../../lib/units.js';
import type { LunReport, OperationReport, Report, SessionReport } from '../../report/report.js';
import { type Cell, cell, type Tone } from '../cells.js';
import { bytes, count, duration, NOTHING } from '../format.js';
import type { ListColumn } from './list.js';

export interface LunRow {
  readonly session: SessionReport;
  readonly lun: LunReport;
  /** Of all its commands whose latency is known. */
  readonly latencyNsMean: number | undefined;
  readonly latencyNsMax: number | undefined;
  /** Paths to the same unit, this one included: sessions that see a unit of the same name. */
  readonly paths: readonly number[];
}

type Column = ListColumn<LunRow>;

/** All logical units of all sessions, by session and LUN. */
export function lunRows(report: Report): LunRow[] {
  const byName = new Map<string, number[]>();
  for (const session of report.sessions) {
    for (const lun of session.luns) {
      const name = unitOf(lun);
      if (name === undefined) continue;
      const paths = byName.get(name) ?? [];
      if (!paths.includes(session.session)) paths.push(session.session);
      byName.set(name, paths);
    }
  }
  const operations = new Map<string, OperationReport[]>();
  for (const o of report.operations) {
    const key = `${o.session} ${o.lun}`;
    const list = operations.get(key);
    if (list === undefined) operations.set(key, [o]);
    else list.push(o);
  }
  return report.sessions.flatMap((session) =>
    session.luns.map((lun) => ({
      session,
      lun,
      ...latencyOf(operations.get(`${session.session} ${lun.lun}`) ?? []),
      paths: byName.get(unitOf(lun) ?? '') ?? [session.session],
    })),
  );
}

function latencyOf(
  operations: readonly OperationReport[],
): Pick<LunRow, 'latencyNsMean' | 'latencyNsMax'> {
  let total = 0;
  let n = 0;
  let max = 0;
  for (const { latencyNs } of operations) {
    if (latencyNs === null) continue;
    total += latencyNs.mean * latencyNs.count;
    n += latencyNs.count;
    max = Math.max(max, latencyNs.max);
  }
  if (n === 0) return { latencyNsMean: undefined, latencyNsMax: undefined };
  return { latencyNsMean: Math.round(total / n), latencyNsMax: max };
}

/** What names the unit itself, over all paths: VPD 83h, else product and serial number. */
function unitOf(lun: LunReport): string | undefined {
  const [designator] = lun.designators ?? [];
  if (designator !== undefined) return designator.replace(/\s+/g, ' ');
  if (lun.serial === undefined) return undefined;
  return [lun.vendor, lun.product, lun.serial].filter((t) => t !== undefined).join(' ');
}

function sizeOf(lun: LunReport): string | undefined {
  if (lun.blocks === undefined || lun.blockLength === undefined) return undefined;
  return bytesText(Number(lun.blocks) * lun.blockLength);
}

export const LUN_COLUMNS: readonly Column[] = [
  {
    name: 'session',
    key: 'session',
    head: 'S',
    align: 'left',
    width: 5,
    priority: 1,
    about: 'session',
    value: ({ session }) => session.session,
    cell: ({ session }) => cell(`S${session.session}`, 'title'),
  },
  {
    name: 'lun',
    key: 'lun',
    head: 'LUN',
    align: 'left',
    width: 4,
    priority: 1,
    about: 'logical unit number; 16 hex digits for programs',
    value: ({ lun }) => lun.lun,
    cell: ({ lun }) => cell(lun.name, 'strong'),
  },
  text('target', 'targetName', 'target', 24, 9, 'target', ({ session }) => session.targetName),
  text('vendor', 'vendor', 'vendor', 8, 7, 'vendor', ({ lun }) => lun.vendor),
  text('product', 'product', 'product', 16, 4, 'product', ({ lun }) => lun.product),
  text('type', 'deviceType', 'type', 20, 12, 'device type', ({ lun }) => lun.deviceType),
  text('size', 'size', 'size', 9, 3, 'capacity', ({ lun }) => sizeOf(lun)),
  text('blocks', 'blocks', 'blocks', 12, 0, 'logical blocks', ({ lun }) => lun.blocks),
  {
    name: 'blockLength',
    key: 'blockLength',
    head: 'block',
    align: 'right',
    width: 6,
    priority: 0,
    about: 'bytes of a logical block',
    value: ({ lun }) => lun.blockLength,
    cell: ({ lun }) => said(lun.blockLength),
  },
  {
    ...text('unit', 'unit', 'unit', 20, 5, 'name of the unit (VPD 83h, 80h)', ({ lun }) =>
      unitOf(lun),
    ),
    grows: true,
  },
  text('paths', 'paths', 'paths', 10, 10, 'sessions that see the same unit', ({ paths }) =>
    paths.map((session) => `S${session}`).join(' '),
  ),
  number('commands', 'commands', 'commands', 8, 2, 'commands', ({ lun }) => lun.commands),
  number('unanswered', 'unanswered', 'no answer', 9, 8, 'without answer', (r) => r.lun.unanswered),
  {
    name: 'bytes',
    key: 'bytes',
    head: 'data',
    align: 'right',
    width: 8,
    priority: 6,
    about: 'bytes moved, both ways',
    value: ({ lun }) => lun.bytes,
    cell: ({ lun }) => bytes(lun.bytes),
  },
  latency('latency', 'latencyNsMean', 'mean', 3, 'mean latency', (row) => row.latencyNsMean),
  latency('latencyMax', 'latencyNsMax', 'max', 5, 'longest latency', (row) => row.latencyNsMax),
  {
    name: 'depth',
    key: 'queueDepthMean',
    head: 'depth',
    align: 'right',
    width: 6,
    priority: 11,
    about: 'commands open at once, mean over time',
    value: ({ lun }) => lun.queueDepth?.mean,
    cell: ({ lun }) => said(lun.queueDepth?.mean.toFixed(1)),
  },
];

function text(
  name: string,
  key: string,
  head: string,
  width: number,
  priority: number,
  about: string,
  value: (row: LunRow) => string | undefined,
): Column {
  return {
    name,
    key,
    head,
    align: 'left',
    width,
    priority,
    about,
    value,
    cell: (row) => said(value(row)),
  };
}

function number(
  name: string,
  key: string,
  head: string,
  width: number,
  priority: number,
  about: string,
  value: (row: LunRow) => number,
): Column {
  return {
    name,
    key,
    head,
    align: 'right',
    width,
    priority,
    about,
    value,
    cell: (row) => count(value(row)),
  };
}

function latency(
  name: string,
  key: string,
  head: string,
  priority: number,
  about: string,
  value: (row: LunRow) => number | undefined,
): Column {
  return {
    name,
    key,
    head,
    align: 'right',
    width: 8,
    priority,
    about,
    value,
    cell: (row) => duration(value(row)),
  };
}

function said(value?: string | number, tone: Tone = 'plain'): Cell {
  return value === undefined ? cell(NOTHING, 'quiet') : cell(String(value), tone);
}
