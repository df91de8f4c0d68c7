// Two or more capture points, in whatever order they were named: those at the ends, and neighbours.

import { comparePoints, type PointInput, type PointsPair, type ReadAll } from './compare-points.js';

export interface ComparedPoints {
  /** From the hosts on. */
  readonly ends: PointsPair;
  readonly pairs: readonly PointsPair[];
}

export async function compareAll(
  points: readonly PointInput[],
  readAll: ReadAll,
): Promise<ComparedPoints> {
  const [first, ...others] = points;
  const fromFirst: PointsPair[] = [];
  for (const other of others) fromFirst.push(await comparePoints([first, other], readAll));
  if (fromFirst.length === 1) return { ends: fromFirst[0], pairs: fromFirst };
  const line = [
    { point: first, away: 0 },
    ...fromFirst.map((pair, i) => ({ point: others[i], away: distance(pair) })),
  ].sort((a, b) => a.away - b.away);
  const pairs: PointsPair[] = [];
  for (let i = 1; i < line.length; i++) {
    pairs.push(await pairOf(line[i - 1].point, line[i].point, first, fromFirst, readAll));
  }
  const ends = await pairOf(line[0].point, line[line.length - 1].point, first, fromFirst, readAll);
  return { ends, pairs };
}

/** What was compared already is not read again. */
async function pairOf(
  a: PointInput,
  b: PointInput,
  first: PointInput,
  known: readonly PointsPair[],
  readAll: ReadAll,
): Promise<PointsPair> {
  if (a === first || b === first) {
    const other = a === first ? b : a;
    const pair = known.find(({ points }) => points[1] === other);
    if (pair !== undefined) return pair;
  }
  return comparePoints([a, b], readAll);
}

/** How far the second point is behind the first, seen from the hosts: the least one-way times. */
function distance(pair: PointsPair): number {
  const ns = pair.oneWay[0].min + pair.oneWay[1].min + 1;
  return pair.host === 0 ? ns : -ns;
}
