// Two capture points compared. The captures are read three times, side by side from the second time on: who
// talks to whom; how the clocks stand; then what became of every segment, and of every command. Nothing is
// kept but what waits for its copy, so memory does not grow with the captures.

import type { AnalyseOptions, Analysis } from '../analysis.js';
import { openCapture } from '../capture/capture.js';
import type { Epoch } from '../capture/time.js';
import { Histogram } from '../lib/histogram.js';
import { EXACT_VALUES_PER_CELL, POINT_ALONE_NS, PROBLEMS_KEPT_PER_KIND } from '../limits.js';
import { ACK, type Segment, type SegmentSink } from '../packet/segment.js';
import { ProblemLog } from '../problem.js';
import { duplicateSack, timestampValue } from '../stream/options.js';
import { ClockBand, type ClockModel, offsetAt } from './clock.js';
import { CommandPairs } from './command-pairs.js';
import { type SplitCommand, splitCommand } from './command-split.js';
import { Lockstep } from './lockstep.js';
import { MergedOrder, type PointSegment } from './merged-order.js';
import { type ConnectionPair, median, pairConnections } from './pair-connections.js';
import { type PointConnection, PointConnections } from './point-connections.js';
import { isRoce, pointDecoder, sizeOf } from './roce-segments.js';
import { Survey } from './survey.js';
import { Way } from './way.js';

export interface PointInput {
  readonly name: string;
  readonly path: string;
}

/** Reads a capture by the whole road; cli gives pipeline.ts' own. */
export type ReadAll = (paths: readonly string[], options: AnalyseOptions) => Promise<Analysis>;

/** A connection that both points saw. Directions: 0 is that of the first point's opener. */
export interface PairedConnection {
  readonly pair: ConnectionPair;
  readonly ways: readonly [Way, Way];
}

export interface OneWaySeries {
  /** Of equal parts of the time that both captures hold: least and greatest one-way time, and how many. */
  readonly minNs: Float64Array;
  readonly maxNs: Float64Array;
  readonly count: Float64Array;
}

/** What two points say of each other. `out` goes from the point at the host to the one at the array. */
export interface PointsPair {
  readonly points: readonly [PointInput, PointInput];
  /** Which of the two stands at the hosts (0, 1), and how that is known. */
  readonly host: number;
  readonly hostBy: 'commands' | 'connections' | 'order given';
  readonly connections: readonly PairedConnection[];
  /** Connections that only one point saw. */
  readonly unpaired: readonly [number, number];
  readonly clock: ClockModel | undefined;
  /** By way: 0 from the first point to the second, 1 back. */
  readonly oneWay: readonly [Histogram, Histogram];
  readonly series: readonly [OneWaySeries, OneWaySeries];
  readonly fromNs: number;
  readonly toNs: number;
  readonly commands: readonly SplitCommand[];
  readonly commandsBeyond: number;
  readonly commandsAlone: readonly [number, number];
  readonly epoch: Epoch;
  readonly analyses: readonly [Analysis, Analysis];
}

const SERIES_PARTS = 60;
const NO_SHIFT = [0, 0] as const;
/** Segments between two looks at what has waited long enough. */
const SETTLE_EVERY = 20_000;

interface Surveyed {
  readonly survey: Survey;
  readonly epoch: Epoch;
}

export async function comparePoints(
  points: readonly [PointInput, PointInput],
  readAll: ReadAll,
): Promise<PointsPair> {
  const first = await surveyed(points[0]);
  const second = await surveyed(points[1]);
  const shiftNs =
    (second.epoch.seconds - first.epoch.seconds) * 1e9 +
    (second.epoch.nanoseconds - first.epoch.nanoseconds);
  const pairs = pairConnections(first.survey, second.survey);
  for (const { survey } of [first, second]) survey.forgetSamples();
  const compare = new Comparison(points, pairs, [first.survey, second.survey], shiftNs);
  await Promise.all([0, 1].map((point) => compare.readClock(point)));
  compare.clockRead();
  const analyses = await Promise.all([0, 1].map((point) => compare.readAll(point, readAll)));
  return compare.finish(first.epoch, analyses as [Analysis, Analysis]);
}

async function surveyed(point: PointInput): Promise<Surveyed> {
  const problems = new ProblemLog(PROBLEMS_KEPT_PER_KIND);
  const survey = new Survey();
  const decoder = pointDecoder(survey, problems);
  const capture = await openCapture([point.path], { problems });
  await capture.run(decoder);
  return { survey, epoch: capture.epoch };
}

class Comparison {
  readonly #points: readonly [PointInput, PointInput];
  readonly #pairs: readonly ConnectionPair[];
  readonly #surveys: readonly [Survey, Survey];
  readonly #shiftNs: number;
  readonly #roughNs: number;
  /** By point and connection number there: its pair. */
  readonly #byConnection: readonly [(number | undefined)[], (number | undefined)[]] = [[], []];
  readonly #fromNs: number;
  readonly #toNs: number;
  readonly #band: ClockBand;
  #clock: ClockModel | undefined = undefined;
  #ways: Way[][] = [];
  #lockstep = new Lockstep();
  #order: MergedOrder;
  #sinceSettled = 0;
  /** By pair: when something passed last, by the first point's clock. */
  readonly #lastNs: number[] = [];
  readonly #oneWay: readonly [Histogram, Histogram] = [
    new Histogram(EXACT_VALUES_PER_CELL),
    new Histogram(EXACT_VALUES_PER_CELL),
  ];
  readonly #series: readonly [OneWaySeries, OneWaySeries] = [newSeries(), newSeries()];
  readonly #commands: CommandPairs;

  constructor(
    points: readonly [PointInput, PointInput],
    pairs: readonly ConnectionPair[],
    surveys: readonly [Survey, Survey],
    shiftNs: number,
  ) {
    this.#points = points;
    this.#pairs = pairs;
    this.#surveys = surveys;
    this.#shiftNs = shiftNs;
    this.#roughNs = median(pairs.map((pair) => pair.roughNs)) + shiftNs;
    for (const [i, pair] of pairs.entries()) {
      this.#byConnection[0][pair.first.connection.id] = i;
      this.#byConnection[1][pair.second.connection.id] = i;
    }
    this.#fromNs = surveys[0].firstNs;
    this.#toNs = surveys[0].lastNs;
    this.#band = new ClockBand(this.#fromNs, this.#toNs);
    this.#commands = new CommandPairs((timeNs) => this.#offset(timeNs));
    this.#order = this.#newOrder();
    this.#makeWays((firstNs, secondNs, outward) => this.#band.take(firstNs, secondNs, outward));
  }

  #newOrder(): MergedOrder {
    const take = (point: number, segment: PointSegment) => this.#inOrder(point, segment);
    return new MergedOrder(take, (timeNs) => this.#byFirstNs(timeNs));
  }

  /** Second reading: what the clocks' difference can be. */
  async readClock(point: number): Promise<void> {
    const problems = new ProblemLog(PROBLEMS_KEPT_PER_KIND);
    const sink = new PointReader(this, point);
    const capture = await openCapture([this.#points[point].path], { problems });
    const told = () => this.#lockstep.turn(point);
    await capture.run(pointDecoder(sink, problems), told);
    this.#over(point);
  }

  clockRead(): void {
    this.#settle(Number.POSITIVE_INFINITY);
    this.#lastNs.length = 0;
    this.#clock = this.#band.model();
    this.#lockstep = new Lockstep();
    this.#order = this.#newOrder();
    this.#makeWays((firstNs, secondNs, outward) => this.#oneWaySample(firstNs, secondNs, outward));
  }

  /** Third reading: segments and commands. */
  async readAll(point: number, read: ReadAll): Promise<Analysis> {
    const problems = new ProblemLog(PROBLEMS_KEPT_PER_KIND);
    const decoder = pointDecoder(new PointReader(this, point), problems);
    const shift = point === 1 ? this.#shiftNs : 0;
    const analysis = await read([this.#points[point].path], {
      packetSink: decoder,
      taskSink: this.#commands.sink(point, () => shift),
      progress: () => this.#lockstep.turn(point),
    });
    this.#over(point);
    return analysis;
  }

  #over(point: number): void {
    this.#lockstep.over(point);
    this.#order.over(point);
  }

  finish(epoch: Epoch, analyses: readonly [Analysis, Analysis]): PointsPair {
    this.#settle(Number.POSITIVE_INFINITY);
    this.#commands.finish();
    const [host, hostBy] = this.#hostPoint();
    return {
      points: this.#points,
      host,
      hostBy,
      connections: this.#pairs.map((pair, i) => ({
        pair,
        ways: this.#ways[i] as unknown as readonly [Way, Way],
      })),
      unpaired: [
        this.#surveys[0].found.length - this.#pairs.length,
        this.#surveys[1].found.length - this.#pairs.length,
      ],
      clock: this.#clock,
      oneWay: this.#oneWay,
      series: this.#series,
      fromNs: this.#fromNs,
      toNs: this.#toNs,
      commands: this.#split(host),
      commandsBeyond: this.#commands.beyond,
      commandsAlone: this.#commands.alone,
      epoch,
      analyses,
    };
  }

  /** A segment at a point, with the connection it belongs to there. */
  segment(point: number, s: Segment, connection: PointConnection, direction: number): void {
    const timeNs = point === 1 ? s.timeNs + this.#shiftNs : s.timeNs;
    this.#lockstep.at(point, point === 1 ? this.#byFirstNs(timeNs) : timeNs);
    const at = this.#byConnection[point][connection.id];
    if (at === undefined) return;
    const pair = this.#pairs[at];
    const way = point === 1 && pair.swapped ? 1 - direction : direction;
    const shift = point === 1 ? pair.shift : NO_SHIFT;
    const acks = (s.flags & ACK) !== 0;
    const ack = acks ? connection.positions[1 - direction].of(s.ack) + shift[1 - way] : -1;
    const twice = acks && !isRoce(s.srcPort) ? duplicateSack(s) : undefined;
    this.#order.add(point, {
      pair: at,
      way,
      flags: s.flags,
      window: s.window,
      ipId: s.ipId,
      timestamp: timestampValue(s),
      payload: s.payloadLength,
      size: sizeOf(s),
      start: connection.positions[direction].of(s.seq) + shift[way],
      ack,
      twiceFrom: twice === undefined ? -1 : ack + ((twice[0] - s.ack) | 0),
      twiceTo: twice === undefined ? -1 : ack + ((twice[1] - s.ack) | 0),
      timeNs,
      frame: s.frame,
    });
  }

  #inOrder(point: number, s: PointSegment): void {
    // What waits while its connection is silent may still be acknowledged.
    this.#lastNs[s.pair] = point === 0 ? s.timeNs : this.#byFirstNs(s.timeNs);
    if (s.ack >= 0) this.#ways[s.pair][1 - s.way].acks[point].said(s.ack, s.timeNs);
    if (s.twiceTo >= 0) this.#ways[s.pair][1 - s.way].cameTwice(s.twiceFrom, s.twiceTo);
    this.#ways[s.pair][s.way].segment(point, s);
    if (point !== 0 || ++this.#sinceSettled < SETTLE_EVERY) return;
    this.#sinceSettled = 0;
    this.#settle(s.timeNs - POINT_ALONE_NS);
  }

  /** At the end all of them are: then no connection goes on. */
  #settle(beforeNs: number): void {
    for (const [i, ways] of this.#ways.entries()) {
      const lastNs = this.#lastNs[i] ?? beforeNs;
      const isEnd = beforeNs === Number.POSITIVE_INFINITY;
      const first = isEnd ? beforeNs : Math.min(beforeNs, lastNs - POINT_ALONE_NS);
      const second = isEnd ? beforeNs : first + this.#offset(first);
      for (const way of ways) way.settle([first, second]);
    }
  }

  #makeWays(sample: (firstNs: number, secondNs: number, outward: boolean) => void): void {
    this.#ways = this.#pairs.map((pair) =>
      [0, 1].map(
        (direction) =>
          new Way(
            { timestamps: pair.timestampsKept, ipIds: pair.ipIdsKept },
            {
              upstream: pair.firstToSecond[direction] ? 0 : 1,
              covered: (point, timeNs) => this.#covered(point, timeNs),
              sample,
              expectedNs: (timeNs) => this.#offset(timeNs),
              unacknowledged: direction === answersOf(pair),
            },
          ),
      ),
    );
  }

  /** True where the other point's capture was running: at its edges a packet may be on its way. */
  #covered(point: number, timeNs: number): boolean {
    const margin = (this.#clock?.stretches[0]?.errorNs ?? 0) * 4 + 1e6;
    if (point === 0) {
      const there = timeNs + this.#offset(timeNs) - this.#shiftNs;
      const { firstNs, lastNs } = this.#surveys[1];
      return there >= firstNs && there <= lastNs - margin;
    }
    const there = timeNs - this.#offset(timeNs - this.#roughNs);
    const { firstNs, lastNs } = this.#surveys[0];
    return there >= firstNs + margin && there <= lastNs;
  }

  /** The second clock against the first, both counting from the first point's epoch. */
  #offset(timeNs: number): number {
    return this.#clock === undefined ? this.#roughNs : offsetAt(this.#clock, timeNs);
  }

  /** A time of the second point by the first one's clock, as far as it is known by then. */
  #byFirstNs(timeNs: number): number {
    return timeNs - this.#offset(timeNs - this.#roughNs);
  }

  #oneWaySample(firstNs: number, secondNs: number, outward: boolean): void {
    const difference = secondNs - firstNs - this.#offset(firstNs);
    const ns = Math.max(0, outward ? difference : -difference);
    const way = outward ? 0 : 1;
    this.#oneWay[way].record(ns);
    const span = Math.max(1, this.#toNs - this.#fromNs);
    const part = Math.floor(((firstNs - this.#fromNs) / span) * SERIES_PARTS);
    const at = Math.min(SERIES_PARTS - 1, Math.max(0, part));
    const series = this.#series[way];
    if (series.count[at] === 0 || ns < series.minNs[at]) series.minNs[at] = ns;
    if (ns > series.maxNs[at]) series.maxNs[at] = ns;
    series.count[at]++;
  }

  /** Commands pass the host's point first; without commands, whoever opened connections is the host. */
  #hostPoint(): [number, PointsPair['hostBy']] {
    let votes = 0;
    for (const { first, second } of this.#commands.pairs) {
      votes += Math.sign(second.startNs - this.#offset(first.startNs) - first.startNs);
    }
    if (votes !== 0) return [votes > 0 ? 0 : 1, 'commands'];
    for (const pair of this.#pairs) {
      if (pair.wayKnown) votes += pair.firstToSecond[0] ? 1 : -1;
    }
    return votes === 0 ? [0, 'order given'] : [votes > 0 ? 0 : 1, 'connections'];
  }

  #split(host: number): SplitCommand[] {
    const out = this.#oneWay[host === 0 ? 0 : 1].percentile(0.5);
    const back = this.#oneWay[host === 0 ? 1 : 0].percentile(0.5);
    return this.#commands.pairs.map(({ first, second }) => {
      const offset = this.#offset(first.startNs);
      return host === 0
        ? splitCommand(first, second, offset, out, back)
        : splitCommand(second, first, -offset, out, back);
    });
  }
}

/** Of RoCE the direction of answers, which nobody acknowledges; -1: TCP. */
function answersOf({ first }: ConnectionPair): number {
  const { a, b } = first.connection;
  if (isRoce(a[4])) return 0;
  return isRoce(b[4]) ? 1 : -1;
}

function newSeries(): OneWaySeries {
  return {
    minNs: new Float64Array(SERIES_PARTS),
    maxNs: new Float64Array(SERIES_PARTS),
    count: new Float64Array(SERIES_PARTS),
  };
}

/** Segments of one point, to the comparison. */
class PointReader implements SegmentSink {
  readonly #connections = new PointConnections();
  readonly #comparison: Comparison;
  readonly #point: number;

  constructor(comparison: Comparison, point: number) {
    this.#comparison = comparison;
    this.#point = point;
  }

  segment(s: Segment): void {
    const connection = this.#connections.find(s);
    if (connection === undefined) return;
    this.#comparison.segment(this.#point, s, connection, this.#connections.direction);
  }
}
