// Logical units that are seen over several paths: sessions whose INQUIRY names the same unit (VPD 83h,
// else 80h). Each is linked, not merged away: a path keeps its numbers, the unit has those of all.

import type { Facts } from '../findings/facts.js';
import type { LunMetrics } from '../metrics/counters.js';
import type { LogicalUnit } from '../scsi/logical-unit-facts.js';
import type { Session } from '../session/model.js';
import { lunTextOf } from '../wire/scsi/lun.js';
import { countsOf, depthReport, latencyReport, loadReport } from './numbers.js';
import { merged, operationTotals } from './operations.js';
import type { CountsReport, IdentifiedBy, PathReport, UnitReport } from './report.js';

interface Path {
  readonly session: Session;
  readonly lun: LogicalUnit;
  readonly metrics: LunMetrics | undefined;
  inferred: boolean;
}

interface Unit {
  readonly keys: Set<string>;
  readonly paths: Path[];
}

const NAMED: readonly (readonly [type: number, by: IdentifiedBy])[] = [
  [3, 'NAA'],
  [2, 'EUI-64'],
  [8, 'SCSI name'],
  [1, 'T10 vendor id'],
];

/** Units with two paths at least, by the first session that sees them. */
export function unitReports(facts: Facts): UnitReport[] {
  const paths = allPaths(facts);
  const units = unitsOf(paths);
  addUnnamed(units, paths);
  return units.filter((unit) => unit.paths.length > 1).map(unitReport);
}

function allPaths(facts: Facts): Path[] {
  return facts.sessions.flatMap((session) => {
    const metrics = facts.metrics.sessions[session.id];
    // Qualifier 3: there is no unit at that LUN (SPC, standard INQUIRY data).
    const there = [...session.luns.values()].filter(({ qualifier }) => qualifier !== 3);
    return there.map((lun) => {
      const high = Number.parseInt(lun.lun.slice(0, 8), 16) | 0;
      const low = Number.parseInt(lun.lun.slice(8), 16) | 0;
      return { session, lun, metrics: metrics?.luns.get(high)?.get(low), inferred: false };
    });
  });
}

/** Paths that share a name belong together, unless what else is known of them says otherwise. */
function unitsOf(paths: readonly Path[]): Unit[] {
  const units: Unit[] = [];
  const byKey = new Map<string, Unit>();
  for (const path of paths) {
    const keys = keysOf(path.lun);
    if (keys.length === 0) continue;
    const known = keys
      .map((key) => byKey.get(key))
      .find((unit) => unit !== undefined && agrees(unit, path.lun));
    const unit = known ?? { keys: new Set<string>(), paths: [] };
    if (known === undefined) units.push(unit);
    unit.paths.push(path);
    for (const key of keys) {
      unit.keys.add(key);
      if (!byKey.has(key)) byKey.set(key, unit);
    }
  }
  return units;
}

/** "NAA naa.6001…" and its like, the surest first. */
function keysOf(lun: LogicalUnit): string[] {
  const own = lun.designators.filter((d) => d.association === 0);
  const keys = NAMED.flatMap(([type, by]) =>
    own.filter((d) => d.type === type && d.text !== '').map((d) => `${by}\n${oneBlank(d.text)}`),
  );
  if (lun.serial !== '' && lun.product !== '') {
    keys.push(`serial number\n${oneBlank(`${lun.vendor} ${lun.product} ${lun.serial}`)}`);
  }
  return keys;
}

function oneBlank(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** Small targets number their units 1, 2, 3: a weak name is only believed where all else is the same. */
function agrees(unit: Unit, lun: LogicalUnit): boolean {
  const [{ lun: first }] = unit.paths;
  const strong = (key: string): boolean => /^(NAA|EUI|SCSI)/.test(key);
  const own = keysOf(lun).filter(strong);
  const theirs = [...unit.keys].filter(strong);
  if (own.some((key) => unit.keys.has(key))) return true;
  if (own.length > 0 && theirs.length > 0) return false;
  const differ = (a: string | number, b: string | number): boolean =>
    a !== '' && b !== '' && a !== -1 && b !== -1 && a !== b;
  return !(
    differ(first.vendor, lun.vendor) ||
    differ(first.product, lun.product) ||
    differ(first.blocks, lun.blocks) ||
    differ(first.blockLength, lun.blockLength) ||
    differ(first.deviceType, lun.deviceType)
  );
}

/** A LUN that no INQUIRY named, of an initiator and a target that have a unit there in another session. */
function addUnnamed(units: readonly Unit[], paths: readonly Path[]): void {
  const byNexus = new Map<string, Unit | undefined>();
  for (const unit of units) {
    for (const path of unit.paths) {
      const nexus = nexusOf(path);
      if (nexus === '') continue;
      const other = byNexus.get(nexus);
      // Two units at one place, one after the other: nobody knows which it is.
      byNexus.set(nexus, byNexus.has(nexus) && other !== unit ? undefined : unit);
    }
  }
  for (const path of paths) {
    if (keysOf(path.lun).length > 0) continue;
    const unit = byNexus.get(nexusOf(path));
    if (unit === undefined) continue;
    path.inferred = true;
    unit.paths.push(path);
  }
  for (const unit of units) unit.paths.sort((a, b) => a.session.id - b.session.id);
}

function nexusOf({ session, lun }: Path): string {
  const { initiatorName, targetName } = session;
  if (initiatorName === '' || targetName === '') return '';
  return `${initiatorName}\n${targetName}\n${lun.lun}`;
}

function unitReport({ keys, paths }: Unit): UnitReport {
  const luns = paths.flatMap(({ metrics }) => (metrics === undefined ? [] : [metrics]));
  const cells = luns.flatMap((lun) => [...lun.cells.values()]);
  const counts = countsOf(cells);
  const told = paths.map((path) => pathReport(path, counts));
  const shares = told.map((path) => path.commandsShare);
  const means = told.flatMap(({ latency: latencyNs }) =>
    latencyNs === null ? [] : [latencyNs.meanNs],
  );
  const [by, unit] = surest(keys);
  const known = <K extends 'vendor' | 'product' | 'blocks'>(key: K): string | undefined =>
    paths.find(({ lun }) => lun[key] !== '')?.lun[key];
  return {
    unit,
    identifiedBy: by,
    vendor: known('vendor'),
    product: known('product'),
    blockLength: paths.find(({ lun }) => lun.blockLength > 0)?.lun.blockLength,
    blockCount: known('blocks'),
    ...counts,
    latency: latencyReport(merged(cells, (cell) => cell.latency)),
    paths: told,
    pathsAtOnce: atOnce(paths),
    commandsShareMax: Math.max(...shares),
    commandsShareMin: Math.min(...shares),
    latencySkew: means.length > 1 ? skew(means) : undefined,
    operations: operationTotals(luns),
    get load() {
      return loadReport(
        luns.map((lun) => lun.series),
        spanOf(luns),
      );
    },
  };
}

function pathReport({ session, lun, metrics, inferred }: Path, all: CountsReport): PathReport {
  const cells = metrics === undefined ? [] : [...metrics.cells.values()];
  const { commandCount: commands, bytes, unanswered } = countsOf(cells);
  const tag = session.targetPortalGroupTag;
  return {
    session: session.id,
    lun: lun.lun,
    initiator: session.initiatorName || session.initiatorAddress,
    target: session.targetName || session.targetAddress,
    targetAddress: session.targetAddress,
    targetPortalGroupTag: tag < 0 ? undefined : tag,
    commandsShare: share(commands, all.commandCount),
    bytesShare: share(bytes, all.bytes),
    commandCount: commands,
    bytes,
    unanswered,
    latency: latencyReport(merged(cells, (cell) => cell.latency)),
    queueDepth: depthReport(metrics?.depth),
    inferred: inferred || undefined,
  };
}

/** Sessions that overlap in time; one that has not ended goes on. */
function atOnce(paths: readonly Path[]): number {
  const sessions = [...new Set(paths.map(({ session }) => session))];
  const steps = sessions.flatMap(({ startedNs, ended, endedNs }): [number, number][] => [
    [startedNs, 1],
    [ended === '' ? Number.POSITIVE_INFINITY : endedNs, -1],
  ]);
  // Where one ends as another begins, they were not there at once.
  steps.sort(([a, up], [b, down]) => a - b || up - down);
  let now = 0;
  let most = 0;
  for (const [, by] of steps) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

function surest(keys: ReadonlySet<string>): [IdentifiedBy, string] {
  const order = [...NAMED.map(([, by]) => by), 'serial number'];
  const [first] = [...keys].sort(
    (a, b) => order.indexOf(a.split('\n')[0]) - order.indexOf(b.split('\n')[0]),
  );
  const [by, unit] = first.split('\n');
  return [by as IdentifiedBy, unit];
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1e4) / 1e4;
}

function skew(means: readonly number[]): number {
  const least = Math.min(...means);
  return least <= 0 ? 0 : Math.round((Math.max(...means) / least) * 100) / 100;
}

/** From the first command over any path to the last end. */
function spanOf(luns: readonly LunMetrics[]): number {
  const seen = luns.filter(({ depth }) => depth.max > 0);
  if (seen.length === 0) return 0;
  const from = Math.min(...seen.map(({ depth }) => depth.fromNs));
  return Math.max(...seen.map(({ depth }) => depth.toNs)) - from;
}

/** The LUN as people say it. */
export function pathLun(path: PathReport): string {
  return lunTextOf(path.lun);
}
