// One interval of a capture that goes on, as plain data: the same as its JSON. Rates are per second
// of the interval; times are ns since the capture's first packet.

import { type Epoch, isoTime } from '../capture/time.js';
import { decimal64, hex64 } from '../lib/hex.js';
import type {
  IntervalCounts,
  IntervalLun,
  IntervalMetrics,
  OpenCommand,
} from '../metrics/interval.js';
import { operationText } from '../scsi/task-facts.js';
import type { SessionQuery } from '../session/session-query.js';
import { lunText } from '../wire/scsi/lun.js';
import { latencyReport } from './numbers.js';
import type { LatencyReport } from './report.js';

export const LIVE_SCHEMA = 'sanscope/live/2';

/** Open commands told with an interval. */
const WAITING_MAX = 8;

/** What the source says of itself. */
export interface SourceState {
  /** Packets from the start, and in the interval. */
  readonly packets: number;
  readonly packetsNow: number;
  /** Dropped by the kernel, as far as it is known; absent where the source does not say. */
  readonly packetsDropped?: number;
  /** When the source tells what the kernel dropped: as it happens, at its end, or never. */
  readonly dropsTold: 'now' | 'at the end' | 'never';
  /** Bytes of iSCSI connections that were never captured, from the start. */
  readonly bytesMissing: number;
  /** From a packet's capture to its processing, ms: the last one's, and the interval's longest. */
  readonly delayMs: number;
  readonly delayMsMax: number;
  /** Memory that sanscope takes. */
  readonly residentBytes: number;
}

export interface LoadNow {
  /** Commands that began and that ended; of these with another status than GOOD or none. */
  readonly startedCount: number;
  readonly endedCount: number;
  readonly failedCount: number;
  readonly dataInBytes: number;
  readonly dataOutBytes: number;
  readonly iops: number;
  readonly readMBps: number;
  readonly writeMBps: number;
  readonly latency: LatencyReport | null;
  readonly outstanding: number;
  /** Commands that ended, and bytes, from the start. */
  readonly endedTotal: number;
  readonly bytesTotal: number;
}

export interface OldestOpen {
  readonly operation: string;
  readonly tag: number;
  readonly connection: number;
  readonly frame: number;
  readonly relativeNs: number;
  readonly ageNs: number;
  readonly expectedBytes: number;
  readonly lba?: string;
  readonly blocks?: number;
}

/** One of those that have waited longest, and whose it is. */
export interface WaitingCommand extends OldestOpen {
  /** The command's number, from 0 in the order in which commands begin. */
  readonly command: number;
  readonly session: number;
  readonly lunText: string;
}

export interface LunNow extends LoadNow {
  /** Absent in what no longer got a row of its own. */
  readonly session?: number;
  /** The session is over. */
  readonly over?: boolean;
  readonly lun?: string;
  readonly lunText?: string;
  readonly initiator?: string;
  readonly target?: string;
  /** Of the session's connections. */
  readonly retransmissions: number;
  /** Commands that the target takes beyond those outstanding (MaxCmdSN - ExpCmdSN + 1). */
  readonly commandWindowWidth?: number;
  /** How long the command window has been closed. */
  readonly windowClosedNs?: number;
  readonly oldest?: OldestOpen;
}

export interface IntervalReport extends LoadNow {
  readonly schema: typeof LIVE_SCHEMA;
  readonly type: 'interval';
  readonly interval: number;
  /** Its end; absent before the first packet. */
  readonly time?: string;
  readonly fromNs: number;
  readonly toNs: number;
  readonly sourceState: SourceState;
  readonly retransmissions: number;
  readonly retransmissionsTotal: number;
  /** The busiest first. */
  readonly luns: readonly LunNow[];
  readonly oldest?: OldestOpen;
  /** Open commands of all LUNs, the oldest first, WAITING_MAX at most. */
  readonly waiting: readonly WaitingCommand[];
}

export interface IntervalFacts {
  readonly metrics: IntervalMetrics;
  readonly look: SessionQuery | undefined;
  readonly epoch: Epoch | undefined;
  readonly number: number;
  readonly fromNs: number;
  readonly toNs: number;
  readonly source: SourceState;
}

export function makeInterval(facts: IntervalFacts): IntervalReport {
  const { metrics, epoch, fromNs, toNs } = facts;
  const seconds = Math.max(1e-9, (toNs - fromNs) / 1e9);
  const luns = [...metrics.luns.values()].map((lun) => lunNow(lun, facts, seconds));
  luns.sort((a, b) => b.endedCount - a.endedCount || b.outstanding - a.outstanding);
  const waiting = waitingCommands(metrics, toNs);
  const oldest = luns.reduce<OldestOpen | undefined>(
    (old, { oldest: one }) => (one && one.ageNs > (old?.ageNs ?? -1) ? one : old),
    undefined,
  );
  return {
    schema: LIVE_SCHEMA,
    type: 'interval',
    interval: facts.number,
    time: epoch === undefined ? undefined : isoTime(epoch, toNs),
    fromNs,
    toNs,
    sourceState: facts.source,
    ...loadNow(metrics, metrics.open, seconds),
    retransmissions: metrics.retransmissionsNow,
    retransmissionsTotal: metrics.retransmissionsTotal,
    luns,
    oldest,
    waiting,
  };
}

/** Each LUN has its own in order: the oldest of all are among the first of each. */
function waitingCommands(metrics: IntervalMetrics, nowNs: number): WaitingCommand[] {
  const all: WaitingCommand[] = [];
  for (const lun of metrics.luns.values()) {
    let left = WAITING_MAX;
    for (const command of lun.open.values()) {
      if (left-- === 0) break;
      const { session } = lun;
      const text = lunText(lun.lunHigh >>> 0, lun.lunLow >>> 0);
      all.push({ command: command.number, session, lunText: text, ...oldestOpen(command, nowNs) });
    }
  }
  return all.sort((a, b) => b.ageNs - a.ageNs || a.command - b.command).slice(0, WAITING_MAX);
}

function lunNow(lun: IntervalLun, facts: IntervalFacts, seconds: number): LunNow {
  const load = loadNow(lun, lun.open.size, seconds);
  const session = lun.session < 0 ? undefined : facts.look?.session(lun.session);
  const oldest = lun.oldest();
  const age = oldest && oldestOpen(oldest, facts.toNs);
  if (session === undefined) return { ...load, retransmissions: 0, oldest: age };
  const { window } = session;
  let retransmissions = 0;
  for (const id of session.connections) {
    retransmissions += facts.metrics.retransmissions.get(id) ?? 0;
  }
  return {
    session: session.id,
    ...(session.endedNs >= 0 ? { over: true } : {}),
    lun: hex64(lun.lunHigh, lun.lunLow),
    lunText: lunText(lun.lunHigh >>> 0, lun.lunLow >>> 0),
    initiator: session.initiatorName || session.initiatorAddress,
    target: session.targetName || session.targetAddress,
    ...load,
    retransmissions,
    commandWindowWidth: window.known ? (window.maxCmdSN - window.expCmdSN + 1) | 0 : undefined,
    windowClosedNs:
      window.closedSinceNs >= 0 ? Math.max(0, facts.toNs - window.closedSinceNs) : undefined,
    oldest: age,
  };
}

function loadNow(
  of: {
    readonly now: IntervalCounts;
    readonly total: IntervalCounts;
    readonly latency: IntervalLun['latency'];
  },
  outstanding: number,
  seconds: number,
): LoadNow {
  const { now, total, latency } = of;
  return {
    startedCount: now.started,
    endedCount: now.ended,
    failedCount: now.failed,
    dataInBytes: now.dataInBytes,
    dataOutBytes: now.dataOutBytes,
    iops: rounded(now.ended / seconds),
    readMBps: rounded(now.dataInBytes / 1e6 / seconds),
    writeMBps: rounded(now.dataOutBytes / 1e6 / seconds),
    latency: latencyReport(latency),
    outstanding,
    endedTotal: total.ended,
    bytesTotal: total.dataInBytes + total.dataOutBytes,
  };
}

function oldestOpen(c: OpenCommand, nowNs: number): OldestOpen {
  return {
    operation: operationText(c.operation),
    tag: c.initiatorTaskTag,
    connection: c.connection,
    frame: c.commandFrame,
    relativeNs: c.commandNs,
    ageNs: Math.max(0, nowNs - c.commandNs),
    expectedBytes: c.expectedLength,
    lba: c.lbaKnown ? decimal64(c.lbaHigh, c.lbaLow) : undefined,
    blocks: c.lbaKnown ? c.blocks : undefined,
  };
}

/** Three decimals: more is noise. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
