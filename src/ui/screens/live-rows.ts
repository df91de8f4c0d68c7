// The rows of the live screen: one an initiator, target and LUN, or sums of them.

import type { IntervalReport, LunNow } from '../../report/interval.js';

/** Whose rows they are. */
export const LIVE_GROUPS = ['LUN of each session', 'initiator', 'target', 'LUN of all'] as const;

/** A row: what it is the sum of, and whether its percentiles are bounds (those of a sum are below its largest). */
export interface LiveRow extends LunNow {
  readonly key: string;
  readonly members: readonly LunNow[];
}

const KEYS: readonly ((lun: LunNow) => string)[] = [
  ({ session, lun }) => `${session ?? ''} ${lun ?? ''}`,
  ({ initiator }) => initiator ?? '',
  ({ target }) => target ?? '',
  ({ target, lun }) => `${target ?? ''} ${lun ?? ''}`,
];

export function liveRows(luns: readonly LunNow[], group: number): LiveRow[] {
  const keyOf = KEYS[group] ?? KEYS[0];
  const groups = new Map<string, LunNow[]>();
  for (const lun of luns) {
    const key = keyOf(lun);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [lun]);
    else known.push(lun);
  }
  return [...groups].map(([key, members]) =>
    group === 0 ? { ...members[0], key, members } : sumOf(key, members, group),
  );
}

/** A number of the same row at another time: its sum, or its largest. */
export function rowThen(
  { luns }: IntervalReport,
  row: LiveRow,
  group: number,
  of: (lun: LunNow) => number,
  how: 'sum' | 'largest',
): number {
  const keyOf = KEYS[group] ?? KEYS[0];
  let made = 0;
  for (const lun of luns) {
    if (keyOf(lun) !== row.key) continue;
    made = how === 'sum' ? made + of(lun) : Math.max(made, of(lun));
  }
  return made;
}

function sumOf(key: string, members: readonly LunNow[], group: number): LiveRow {
  const [first] = members;
  const total = (of: (lun: LunNow) => number): number => members.reduce((sum, m) => sum + of(m), 0);
  const oldest = members.reduce<LunNow['oldest']>(
    (old, m) => ((m.oldest?.ageNs ?? -1) > (old?.ageNs ?? -1) ? m.oldest : old),
    undefined,
  );
  const closed = members.reduce((most, m) => Math.max(most, m.windowClosedNs ?? -1), -1);
  // What came again is counted by session: once each.
  const again = new Map(members.map((m) => [m.session, m.retransmissions]));
  return {
    ...first,
    key,
    members,
    session: undefined,
    initiator: group === 1 ? first.initiator : manyText(members, 'initiator'),
    target: group === 1 ? manyText(members, 'target') : first.target,
    lunText: group === 3 ? first.lunText : manyText(members, 'lunText'),
    over: members.every(({ over }) => over),
    startedCount: total((m) => m.startedCount),
    endedCount: total((m) => m.endedCount),
    failedCount: total((m) => m.failedCount),
    dataInBytes: total((m) => m.dataInBytes),
    dataOutBytes: total((m) => m.dataOutBytes),
    iops: total((m) => m.iops),
    readMBps: total((m) => m.readMBps),
    writeMBps: total((m) => m.writeMBps),
    outstanding: total((m) => m.outstanding),
    endedTotal: total((m) => m.endedTotal),
    bytesTotal: total((m) => m.bytesTotal),
    latency: largest(members),
    retransmissions: [...again.values()].reduce((sum, n) => sum + n, 0),
    commandWindowWidth: undefined,
    windowClosedNs: closed < 0 ? undefined : closed,
    oldest,
  };
}

/** A name that all have; else how many there are. */
function manyText(
  members: readonly LunNow[],
  what: 'initiator' | 'target' | 'lunText',
): string | undefined {
  const names = new Set(
    members.map((m) => (what === 'lunText' ? `${m.target} ${m.lun}` : m[what])),
  );
  return names.size === 1 ? members[0][what] : String(names.size);
}

/** Percentiles of a sum are no more than the largest of its parts, and its maximum is that. */
function largest(members: readonly LunNow[]): LunNow['latency'] {
  const all = members.flatMap(({ latency }) => (latency === null ? [] : [latency]));
  if (all.length <= 1) return all[0] ?? null;
  const most = (of: (one: NonNullable<LunNow['latency']>) => number): number =>
    all.reduce((largestSoFar, one) => Math.max(largestSoFar, of(one)), 0);
  return {
    ...all[0],
    count: all.reduce((sum, one) => sum + one.count, 0),
    p50Ns: most((one) => one.p50Ns),
    p99Ns: most((one) => one.p99Ns),
    maxNs: most((one) => one.maxNs),
  };
}
