// What a comparison of capture points says, as plain values: JSON is this, views are made of it.
// Times in ns. `out` goes from the point at the hosts to the point at the arrays, `back` the other way.

import { isoTime } from '../capture/time.js';
import { Histogram } from '../lib/histogram.js';
import { EXACT_VALUES_PER_CELL } from '../limits.js';
import { OUTCOME_NAMES } from '../scsi/task.js';
import { lunText } from '../wire/scsi/lun.js';
import { operationName } from '../wire/scsi/operations.js';
import { offsetAt } from './clock.js';
import type { SplitCommand } from './command-split.js';
import type { PointInput, PointsPair } from './compare-points.js';
import { type PointsFinding, pointsFindings } from './points-findings.js';
import { WayCounts } from './way.js';

export interface Spread {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface BothWays<T> {
  readonly out: T;
  readonly back: T;
}

export interface SegmentsReport {
  /** Segments that both points saw (of those that offload cut or merged: pairs of parts). */
  readonly matched: number;
  readonly lostBetween: BothWays<number>;
  /** By the point's name. */
  readonly missedByCapture: Readonly<Record<string, number>>;
  /** Without data, seen at one point only, where both a loss and a capture that missed it are possible. */
  readonly undecided: BothWays<number>;
  readonly lostBytes: BothWays<number>;
  readonly lostSmallest: BothWays<number>;
  readonly lostLargest: BothWays<number>;
  readonly passedLargest: BothWays<number>;
  readonly overtaken: BothWays<number>;
  readonly againForNothing: BothWays<number>;
  readonly lostBeyond: BothWays<number>;
  readonly cut: number;
  readonly merged: number;
  readonly outside: number;
}

export interface PointsPairReport {
  readonly points: readonly [string, string];
  readonly host: string;
  readonly array: string;
  readonly sidesBy: PointsPair['hostBy'];
  readonly connections: number;
  /** Connections that only one point saw, by its name. */
  readonly connectionsAlone: Readonly<Record<string, number>>;
  /** Of the second point's clock against the first's, at the start; absent where nothing was seen at both. */
  readonly clockOffsetNs?: number;
  readonly offsetErrorNs?: number;
  readonly driftPpm?: number;
  readonly driftErrorPpm?: number;
  readonly steps: readonly {
    readonly atNs: number;
    readonly withinNs: number;
    readonly stepNs: number;
  }[];
  readonly stretches: readonly {
    readonly fromNs: number;
    readonly toNs: number;
    readonly clockOffsetNs: number;
    readonly offsetErrorNs: number;
    readonly driftPpm: number;
  }[];
  readonly oneWayNs: BothWays<Spread>;
  readonly oneWayOverTime: BothWays<readonly { minNs: number; maxNs: number; count: number }[]>;
  readonly segments: SegmentsReport;
  readonly split: CommandsSplit;
  readonly lost: readonly {
    readonly kind: string;
    readonly way: 'out' | 'back';
    readonly point: string;
    readonly frame: number;
    readonly bytes: number;
  }[];
}

/** Where the time of commands went, by part. */
export interface CommandsSplit {
  readonly count: number;
  readonly alone: Readonly<Record<string, number>>;
  readonly latencyNs: Spread;
  readonly hostNs: Spread;
  readonly networkOutNs: Spread;
  readonly arrayNs: Spread;
  readonly networkBackNs: Spread;
  readonly recoveryNs: Spread;
}

export interface PointsCommand {
  readonly frame: number;
  readonly arrayFrame: number;
  readonly relativeNs: number;
  readonly operation: string;
  readonly opcode: number;
  readonly lun: string;
  readonly tag: number;
  readonly status: number;
  readonly outcome: string;
  readonly dataInBytes: number;
  readonly dataOutBytes: number;
  readonly latencyNs: number;
  readonly hostNs: number;
  readonly networkOutNs: number;
  readonly arrayNs: number;
  readonly networkBackNs: number;
  readonly recoveryNs: number;
}

export interface PointsReport {
  readonly schema: 'sanscope/points/2';
  readonly type: 'points';
  readonly points: readonly {
    readonly name: string;
    readonly files: readonly string[];
    readonly packets: number;
    readonly from?: string;
    readonly spanNs: number;
  }[];
  readonly findings: readonly PointsFinding[];
  readonly pairs: readonly PointsPairReport[];
  /** Of the pair of points that are farthest apart. */
  readonly oneWayNs?: BothWays<Spread>;
  readonly segments?: SegmentsReport;
  readonly commandsTotal: number;
  readonly commandsNotListed: number;
  readonly commands: readonly PointsCommand[];
}

/** `ends`: the pair farthest apart; `pairs`: neighbours, in the order from the hosts on. */
export function pointsReport(
  points: readonly PointInput[],
  ends: PointsPair,
  pairs: readonly PointsPair[],
): PointsReport {
  const reports = pairs.map(pairReport);
  const whole = pairReport(ends);
  const analyses = new Map(
    [ends, ...pairs].flatMap((pair) =>
      pair.points.map((point, i) => [point.name, pair.analyses[i]] as const),
    ),
  );
  return {
    schema: 'sanscope/points/2',
    type: 'points',
    points: points.map(({ name, path }) => {
      const facts = analyses.get(name)?.capture;
      return {
        name,
        files: [path],
        packets: facts?.packets ?? 0,
        ...(facts?.epoch && { from: isoTime(facts.epoch, 0) }),
        spanNs: facts?.spanNs ?? 0,
      };
    }),
    findings: reports.flatMap(pointsFindings),
    pairs: reports,
    oneWayNs: whole.oneWayNs,
    segments: whole.segments,
    commandsTotal: whole.split.count,
    commandsNotListed: ends.commandsBeyond,
    commands: ends.commands.map(commandReport),
  };
}

function commandReport(split: SplitCommand): PointsCommand {
  const { host } = split;
  return {
    frame: host.frame,
    arrayFrame: split.array.frame,
    relativeNs: Math.round(host.startNs),
    operation: host.operation < 0 ? 'unknown' : operationName(host.operation),
    opcode: host.opcode,
    lun: lunText(host.lun[0], host.lun[1]),
    tag: host.tag,
    status: host.status,
    outcome: OUTCOME_NAMES[host.outcome],
    dataInBytes: host.dataInBytes,
    dataOutBytes: host.dataOutBytes,
    latencyNs: host.latencyNs,
    hostNs: split.hostNs,
    networkOutNs: split.networkOutNs,
    arrayNs: split.arrayNs,
    networkBackNs: split.networkBackNs,
    recoveryNs: split.recoveryNs,
  };
}

function pairReport(pair: PointsPair): PointsPairReport {
  const [a, b] = pair.points.map(({ name }) => name);
  const host = pair.host === 0 ? a : b;
  const array = pair.host === 0 ? b : a;
  const first = pair.clock?.stretches[0];
  const outWay = pair.host === 0 ? 0 : 1;
  const ways = { out: outWay, back: 1 - outWay };
  return {
    points: [a, b],
    host,
    array,
    sidesBy: pair.hostBy,
    connections: pair.connections.length,
    connectionsAlone: { [a]: pair.unpaired[0], [b]: pair.unpaired[1] },
    ...(first !== undefined &&
      pair.clock !== undefined && {
        clockOffsetNs: Math.round(offsetAt(pair.clock, pair.fromNs)),
        offsetErrorNs: Math.ceil(
          first.errorNs + first.driftErrorPerNs * Math.max(0, first.fromNs - pair.fromNs),
        ),
        driftPpm: first.driftPerNs * 1e6,
        driftErrorPpm: first.driftErrorPerNs * 1e6,
      }),
    steps:
      pair.clock?.steps.map(({ atNs, withinNs, stepNs }) => ({
        atNs: Math.round(atNs),
        withinNs: Math.ceil(withinNs),
        stepNs,
      })) ?? [],
    stretches:
      pair.clock?.stretches.map((s) => ({
        fromNs: Math.round(s.fromNs),
        toNs: Math.round(s.toNs),
        clockOffsetNs: Math.round(s.offsetNs),
        offsetErrorNs: Math.ceil(s.errorNs),
        driftPpm: s.driftPerNs * 1e6,
      })) ?? [],
    oneWayNs: both((way) => spread(pair.oneWay[ways[way]])),
    oneWayOverTime: both((way) => {
      const { minNs, maxNs, count } = pair.series[ways[way]];
      return [...count].map((n, i) => ({
        minNs: Math.round(minNs[i]),
        maxNs: Math.round(maxNs[i]),
        count: n,
      }));
    }),
    segments: segmentsReport(pair, host, array),
    split: commandsSplit(pair, host, array),
    lost: lostExamples(pair),
  };
}

function both<T>(of: (way: 'out' | 'back') => T): BothWays<T> {
  return { out: of('out'), back: of('back') };
}

function spread(h: Histogram): Spread {
  return {
    count: h.count,
    min: Math.round(h.min),
    p50: Math.round(h.percentile(0.5)),
    p99: Math.round(h.percentile(0.99)),
    max: Math.round(h.max),
  };
}

/** All connections' ways that go out, and those that go back, each as one. */
function counted(pair: PointsPair): BothWays<WayCounts> {
  return both((way) => {
    const sum = new WayCounts();
    const outward = pair.host === 0;
    for (const { pair: connection, ways } of pair.connections) {
      for (const direction of [0, 1]) {
        if ((connection.firstToSecond[direction] === outward) !== (way === 'out')) continue;
        add(sum, ways[direction].counts);
      }
    }
    return sum;
  });
}

function add(sum: WayCounts, c: WayCounts): void {
  if (c.lost > 0 && (sum.lost === 0 || c.lostSmallest < sum.lostSmallest)) {
    sum.lostSmallest = c.lostSmallest;
  }
  sum.lostLargest = Math.max(sum.lostLargest, c.lostLargest);
  sum.passedLargest = Math.max(sum.passedLargest, c.passedLargest);
  for (const key of SUMMED) sum[key] += c[key];
}

const SUMMED = [
  'matched',
  'matchedBytes',
  'acksMatched',
  'lost',
  'lostBytes',
  'neverDelivered',
  'missedUpstream',
  'missedDownstream',
  'acksAlone',
  'acksMissedUpstream',
  'lostBeyond',
  'againForNothing',
  'overtaken',
  'cut',
  'merged',
  'outside',
] as const;

function segmentsReport(pair: PointsPair, host: string, array: string): SegmentsReport {
  const { out, back } = counted(pair);
  let missedHost = out.missedUpstream + out.acksMissedUpstream + back.missedDownstream;
  let missedArray = out.missedDownstream + back.missedUpstream + back.acksMissedUpstream;
  // What only the upstream point saw and carried no data: the other losses say which it was.
  const array0 = missedArray > 0;
  const host0 = missedHost > 0;
  const outAcks = bare(out, array0);
  const backAcks = bare(back, host0);
  missedArray += outAcks.missed;
  missedHost += backAcks.missed;
  return {
    matched: out.matched + back.matched,
    lostBetween: { out: out.lost + outAcks.lost, back: back.lost + backAcks.lost },
    missedByCapture: { [host]: missedHost, [array]: missedArray },
    undecided: { out: outAcks.undecided, back: backAcks.undecided },
    lostBytes: { out: out.lostBytes, back: back.lostBytes },
    lostSmallest: { out: out.lostSmallest, back: back.lostSmallest },
    lostLargest: { out: out.lostLargest, back: back.lostLargest },
    passedLargest: { out: out.passedLargest, back: back.passedLargest },
    overtaken: { out: out.overtaken, back: back.overtaken },
    againForNothing: { out: out.againForNothing, back: back.againForNothing },
    lostBeyond: { out: out.lostBeyond, back: back.lostBeyond },
    cut: out.cut + back.cut,
    merged: out.merged + back.merged,
    outside: out.outside + back.outside,
  };
}

/** Nothing acknowledges a segment without data: it is what all else that is missing there is. */
function bare(
  counts: WayCounts,
  captureMisses: boolean,
): { lost: number; missed: number; undecided: number } {
  const n = counts.acksAlone;
  if (!captureMisses) return { lost: n, missed: 0, undecided: 0 };
  if (counts.lost === 0) return { lost: 0, missed: n, undecided: 0 };
  return { lost: 0, missed: 0, undecided: n };
}

function commandsSplit(pair: PointsPair, host: string, array: string): CommandsSplit {
  const of = (value: (split: SplitCommand) => number) => {
    const histogram = new Histogram(EXACT_VALUES_PER_CELL);
    for (const split of pair.commands) histogram.record(value(split));
    return spread(histogram);
  };
  return {
    count: pair.commands.length + pair.commandsBeyond,
    alone: {
      [host]: pair.commandsAlone[pair.host],
      [array]: pair.commandsAlone[1 - pair.host],
    },
    latencyNs: of((split) => split.host.latencyNs),
    hostNs: of((split) => split.hostNs),
    networkOutNs: of((split) => split.networkOutNs),
    arrayNs: of((split) => split.arrayNs),
    networkBackNs: of((split) => split.networkBackNs),
    recoveryNs: of((split) => split.recoveryNs),
  };
}

const LOST_EXAMPLES = 32;

function lostExamples(pair: PointsPair): PointsPairReport['lost'] {
  const all = pair.connections.flatMap(({ pair: connection, ways }) =>
    [0, 1].flatMap((direction) =>
      ways[direction].counts.examples.map((example) => {
        const outward = connection.firstToSecond[direction] === (pair.host === 0);
        return { ...example, way: outward ? ('out' as const) : ('back' as const) };
      }),
    ),
  );
  return all
    .sort((a, b) => a.timeNs - b.timeNs)
    .slice(0, LOST_EXAMPLES)
    .map(({ kind, way, point, frame, bytes }) => ({
      kind,
      way,
      point: pair.points[point].name,
      frame,
      bytes,
    }));
}
