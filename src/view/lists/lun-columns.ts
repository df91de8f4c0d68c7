// The columns of a list of logical units. A row is one logical unit as one session sees it; a unit
// that several sessions see has a row of its own before those of its paths, with the numbers of all.

import { bytesText, percentText } from '../../lib/number-text.js';
import type { LunReport, Report, SessionReport, UnitReport } from '../../report/report.js';
import { sessionNumbered } from '../../report/report.js';
import { cell } from '../cells.js';
import { bytes, count, duration, NOTHING, said } from '../format.js';
import type { ListColumn } from './list.js';

export interface LunRow {
  /** Absent in the row of a unit over all its paths. */
  readonly session?: SessionReport;
  /** Of a unit: what is known of it, and the sums of its paths. */
  readonly lun: Pick<
    LunReport,
    | 'lunText'
    | 'lun'
    | 'vendor'
    | 'product'
    | 'deviceType'
    | 'blockCount'
    | 'blockLength'
    | 'commandCount'
    | 'unanswered'
    | 'bytes'
    | 'latency'
    | 'queueDepth'
  >;
  readonly unit: string | undefined;
  /** Sessions that see the unit, this one included. */
  readonly paths: readonly number[];
  /** Of a path: its share of the unit's commands. */
  readonly share?: number;
  /** Of a unit: the rows of its paths. */
  readonly below?: readonly LunRow[];
}

type Column = ListColumn<LunRow>;

/** All logical units of all sessions: by session and LUN, those with several paths together. */
export function lunRows(report: Report): LunRow[] {
  const ofPath = new Map<string, UnitReport>();
  for (const unit of report.logicalUnits) {
    for (const path of unit.paths) ofPath.set(`${path.session} ${path.lun}`, unit);
  }
  const told = new Set<UnitReport>();
  const rows: LunRow[] = [];
  for (const session of report.sessions) {
    for (const lun of session.luns) {
      // A task whose command was not captured does not tell its LUN.
      if (lun.commandCount === 0 && lun.deviceType === undefined) continue;
      const unit = ofPath.get(`${session.session} ${lun.lun}`);
      if (unit === undefined) {
        rows.push({ session, lun, unit: unitOf(lun), paths: [session.session] });
      } else if (!told.has(unit)) {
        told.add(unit);
        rows.push(unitRow(unit, report));
      }
    }
  }
  return rows;
}

function unitRow(unit: UnitReport, report: Report): LunRow {
  const paths = [...new Set(unit.paths.map((path) => path.session))];
  const below = unit.paths.flatMap((path): LunRow[] => {
    const session = sessionNumbered(report, path.session);
    const lun = session?.luns.find((one) => one.lun === path.lun);
    if (lun === undefined) return [];
    return [{ session, lun, unit: unit.unit, paths, share: path.commandsShare }];
  });
  const [first] = below;
  const same = below.every(({ lun }) => lun.lun === first.lun.lun);
  return {
    lun: {
      ...unit,
      lun: same ? first.lun.lun : '',
      lunText: same ? first.lun.lunText : NOTHING,
      deviceType: first.lun.deviceType,
      latency: unit.latency ?? undefined,
      queueDepth: null,
    },
    unit: unit.unit,
    paths,
    below,
  };
}

/** What names the unit itself, over all paths: VPD 83h, else product and serial number. */
function unitOf(lun: LunReport): string | undefined {
  const [designator] = lun.designators ?? [];
  if (designator !== undefined) return designator.replace(/\s+/g, ' ');
  if (lun.serial === undefined) return undefined;
  return [lun.vendor, lun.product, lun.serial].filter((t) => t !== undefined).join(' ');
}

function sizeOf(lun: LunRow['lun']): string | undefined {
  if (lun.blockCount === undefined || lun.blockLength === undefined) return undefined;
  return bytesText(Number(lun.blockCount) * lun.blockLength);
}

export const LUN_COLUMNS: readonly Column[] = [
  {
    name: 'session',
    key: 'session',
    head: 'S',
    align: 'left',
    width: 5,
    priority: 1,
    about: 'session; people see "all" before the paths of a unit, programs nothing',
    value: ({ session }) => session?.session,
    cell: ({ session, below }) =>
      session === undefined
        ? cell(`all ${below?.length ?? 0}`)
        : cell(`S${session.session}`, 'title'),
  },
  {
    name: 'row',
    key: 'row',
    head: 'row',
    align: 'left',
    width: 4,
    priority: 0,
    about: 'unit: over all its paths; path: one of several; lun: the only one known',
    value: ({ session, share }) =>
      session === undefined ? 'unit' : share === undefined ? 'lun' : 'path',
    cell: ({ session, share }) =>
      cell(session === undefined ? 'unit' : share === undefined ? 'lun' : 'path', 'quiet'),
  },
  {
    name: 'lun',
    key: 'lun',
    head: 'LUN',
    align: 'left',
    width: 4,
    priority: 1,
    about: 'logical unit number; 16 hex digits for programs',
    value: ({ lun }) => lun.lun || undefined,
    cell: ({ lun }) => cell(lun.lunText, 'strong'),
  },
  text(
    'initiator',
    'initiator',
    'initiator',
    24,
    0,
    'initiator',
    ({ session }) => session?.initiator,
  ),
  text('target', 'target', 'target', 24, 9, 'target', ({ session }) => session?.target),
  text('vendor', 'vendor', 'vendor', 8, 7, 'vendor', ({ lun }) => lun.vendor),
  text('product', 'product', 'product', 16, 4, 'product', ({ lun }) => lun.product),
  text('type', 'deviceType', 'type', 20, 12, 'device type', ({ lun }) => lun.deviceType),
  text('size', 'size', 'size', 9, 3, 'capacity', ({ lun }) => sizeOf(lun)),
  text('blocks', 'blockCount', 'blocks', 12, 0, 'logical blocks', ({ lun }) => lun.blockCount),
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
    ...text('unit', 'unit', 'unit', 20, 5, 'name of the unit (VPD 83h, 80h)', (row) => row.unit),
    grows: true,
  },
  text('paths', 'pathSessions', 'paths', 10, 10, 'sessions that see the same unit', ({ paths }) =>
    paths.map((session) => `S${session}`).join(' '),
  ),
  {
    name: 'share',
    key: 'share',
    head: 'share',
    align: 'right',
    width: 6,
    priority: 6,
    about: "of a path: its share of the unit's commands, 0 to 1",
    value: ({ share }) => share,
    cell: ({ share }) =>
      share === undefined ? cell('') : cell(percentText(Math.round(share * 1e4), 1e4)),
  },
  number('commands', 'commandCount', 'commands', 8, 2, 'commands', ({ lun }) => lun.commandCount),
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
  latency('latency', 'latencyNsMean', 'mean', 3, 'mean latency', ({ lun }) => lun.latency?.meanNs),
  latency('p50', 'latencyNsP50', 'p50', 0, 'median latency', ({ lun }) => lun.latency?.p50Ns),
  latency(
    'p99',
    'latencyNsP99',
    'p99',
    9,
    'latency of 99 % at most',
    ({ lun }) => lun.latency?.p99Ns,
  ),
  latency(
    'latencyMax',
    'latencyNsMax',
    'max',
    5,
    'longest latency',
    ({ lun }) => lun.latency?.maxNs,
  ),
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
