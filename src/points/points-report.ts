// A comparison of capture points → what it says (points-told.ts).

import { isoTime } from '../capture/time.js';
import { hex64 } from '../lib/hex.js';
import { Histogram } from '../lib/histogram.js';
import { EXACT_VALUES_PER_CELL } from '../limits.js';
import { OUTCOME_NAMES } from '../scsi/task.js';
import { operationName } from '../wire/scsi/operations.js';
import { offsetAt } from './clock.js';
import { CommandLanes } from './command-lanes.js';
import type { SplitCommand } from './command-split.js';
import type { PointInput, PointsPair } from './compare-points.js';
import { pointsFindings } from './points-findings.js';
import type {
  BothWays,
  CommandLane,
  CommandsSplit,
  PointsCommand,
  PointsPairReport,
  PointsReport,
  SegmentsReport,
  Spread,
} from './points-told.js';
import { WayCounts } from './way.js';

/** `ends`: the pair farthest apart; `pairs`: neighbours, in the order from the hosts on. */
export function pointsReport(
  points: readonly PointInput[],
  ends: PointsPair,
  pairs: readonly PointsPair[],
): PointsReport {
  const reports = pairs.map(pairReport);
  const whole = pairReport(ends);
  const lanes = new CommandLanes(ends, pairs);
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
    commands: ends.commands.map((split) => commandReport(split, lanes.of(split))),
  };
}

function commandReport(split: SplitCommand, lanes: readonly CommandLane[]): PointsCommand {
  const { host } = split;
  return {
    frame: host.frame,
    arrayFrame: split.array.frame,
    relativeNs: Math.round(host.startNs),
    operation: host.operation < 0 ? 'unknown' : operationName(host.operation),
    opcode: host.opcode,
    lun: hex64(host.lun[0], host.lun[1]),
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
    lanes,
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
  'unanswered',
  'unansweredBytes',
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
  const bytes = (way: WayCounts, misses: boolean) =>
    way.lostBytes + (misses ? 0 : way.unansweredBytes);
  missedArray += outAcks.missed;
  missedHost += backAcks.missed;
  return {
    matched: out.matched + back.matched,
    lostBetween: { out: out.lost + outAcks.lost, back: back.lost + backAcks.lost },
    missedByCapture: { [host]: missedHost, [array]: missedArray },
    undecided: { out: outAcks.undecided, back: backAcks.undecided },
    lostBytes: { out: bytes(out, array0), back: bytes(back, host0) },
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

/**
 * Nothing acknowledges a segment without data, and what came last may not have been acknowledged yet: it is what all
 * else that is missing there is.
 */
function bare(
  counts: WayCounts,
  captureMisses: boolean,
): { lost: number; missed: number; undecided: number } {
  const n = counts.acksAlone + counts.unanswered;
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
    latency: of((split) => split.host.latencyNs),
    hostTime: of((split) => split.hostNs),
    networkOutTime: of((split) => split.networkOutNs),
    arrayTime: of((split) => split.arrayNs),
    networkBackTime: of((split) => split.networkBackNs),
    recoveryTime: of((split) => split.recoveryNs),
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
    .sort((a, b) => Number(b.kind === 'lost') - Number(a.kind === 'lost') || a.timeNs - b.timeNs)
    .slice(0, LOST_EXAMPLES)
    .map(({ kind, way, point, frame, bytes }) => ({
      kind,
      way,
      point: pair.points[point].name,
      frame,
      bytes,
    }));
}
