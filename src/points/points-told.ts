// What a comparison of capture points says, as plain values: JSON is this, views are made of it.
// Times in ns. `out` goes from the point at the hosts to the point at the arrays, `back` the other way.

import type { PointsPair } from './compare-points.js';

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
  readonly latency: Spread;
  readonly hostTime: Spread;
  readonly networkOutTime: Spread;
  readonly arrayTime: Spread;
  readonly networkBackTime: Spread;
  readonly recoveryTime: Spread;
}

/** A command at one point; times since its first byte passed the first one. */
export interface CommandLane {
  readonly point: string;
  readonly frame: number;
  readonly commandNs: number;
  readonly statusNs: number;
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
  /** From the hosts on. */
  readonly lanes: readonly CommandLane[];
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

export interface PointsFinding {
  readonly id: string;
  readonly severity: 'critical' | 'warning' | 'note';
  /** Whose move it was, or whose loss. */
  readonly owes: 'initiator' | 'target' | 'network' | 'capture' | 'none' | 'unknown';
  readonly title: string;
  readonly text: string;
  readonly next: string;
}
