// The report: a read-only picture of a whole capture, plain data, the same as its JSON. Times are
// ns since the capture's first packet; 64-bit numbers of the wire are decimal strings; what was not
// seen is absent, or null where a number is expected.

import type { Finding, Incident } from '../findings/finding.js';
import type { Problem } from '../problem.js';
import type { Phase, PhaseName, TcpCauses } from '../scsi/phase-names.js';
import type { CommandRecord } from '../scsi/task-facts.js';
import type { BrokenRules, CommandWindowReport } from './command-window.js';
import type { CountersReport } from './counters.js';
import type { DiscoveryReport } from './discovery.js';
import type { FibreChannelReport } from './fibre-channel.js';
import type { IsnsReport } from './isns.js';
import type { RdmaReport } from './rdma.js';
import type { ComebackReport } from './reconnect.js';
import type { FlowReport, TcpReport } from './tcp.js';

export const REPORT_SCHEMA = 'sanscope/report/2';

export interface Report {
  readonly schema: typeof REPORT_SCHEMA;
  readonly type: 'report';
  /** Where only some commands are counted: in operations, slowest, open and load; else absent. */
  readonly filter?: string;
  readonly capture: CaptureReport;
  readonly totals: TotalsReport;
  readonly sessions: readonly SessionReport[];
  /** Logical units that several sessions see: their numbers over all paths, and each path's share. */
  readonly logicalUnits: readonly UnitReport[];
  readonly operations: readonly OperationReport[];
  /** The same over all sessions and LUNs; session and lun are absent. */
  readonly operationTotals: readonly OperationReport[];
  readonly slowest: readonly CommandRecord[];
  /** Commands without an answer at the end of the capture, the oldest first; as many as `slowest`. */
  readonly open: readonly CommandRecord[];
  readonly load: LoadReport;
  /** Absent where the capture has no frame of Fibre Channel. */
  readonly fibreChannel?: FibreChannelReport;
  /** Connections to storage that never came about, by host and address. */
  readonly failedConnections: readonly FailedConnectionReport[];
  /** What hosts learnt of targets, and what came of it. */
  readonly discovery: readonly DiscoveryReport[];
  /** Absent where no iSNS was seen. */
  readonly isns?: IsnsReport;
  /** What went wrong as stories, the gravest first: a cause, and what followed from it. */
  readonly incidents: readonly Incident[];
  readonly findings: readonly Finding[];
  readonly problems: {
    /** Kind → how often; `examples` has the first few of each. */
    readonly counts: Readonly<Record<string, number>>;
    readonly examples: readonly Problem[];
  };
}

export interface FailedConnectionReport {
  /** Who tried (address), and where to (address and port). */
  readonly from: string;
  readonly to: string;
  readonly attempts: number;
  readonly syns: number;
  /** Of the attempts: no answer; a RST to the SYN; a RST before a first byte; half-open; an answer when the host had given up. */
  readonly unanswered: number;
  readonly refused: number;
  readonly reset: number;
  readonly halfOpen: number;
  readonly late: number;
  readonly firstNs: number;
  readonly lastNs: number;
  readonly frames: readonly number[];
  /** What named the address: `SendTargets of S0`, …; absent where nothing did. */
  readonly namedBy?: string;
  /** ICMP about it: who said what, how often, and the packets; absent where nobody did. */
  readonly icmp?: readonly IcmpReport[];
}

export interface IcmpReport {
  /** Address of who said it. */
  readonly by: string;
  /** As the standard calls it: `host unreachable`, `communication administratively prohibited`, … */
  readonly reason: string;
  readonly count: number;
  readonly firstNs: number;
  readonly lastNs: number;
  readonly frames: readonly number[];
}

export interface FileReport {
  readonly path: string;
  readonly format: string;
  readonly compression: string;
  readonly packets: number;
  /** `complete`, `cut` (the last record is not whole), `growing`, `stopped`. */
  readonly ended: string;
  /** Why it could not be read, where it could not. */
  readonly error?: string;
}

export interface CaptureReport {
  readonly files: readonly FileReport[];
  readonly packets: number;
  readonly capturedBytes: number;
  readonly originalBytes: number;
  /** Packets that were cut when captured, and the snaplen: at which they were, or the file's own (0: none). */
  readonly packetsTruncated: number;
  readonly snaplen: number;
  /** Where headers were cut: the snaplen that takes those which begin a segment whole. */
  readonly snaplenNeeded?: number;
  /** Packets that the capturing program says it lost. */
  readonly packetsDropped: number;
  /** ISO 8601, UTC, 9 decimals; absent where no packet has a time. */
  readonly start?: string;
  readonly end?: string;
  readonly spanNs: number;
  readonly linkTypes: readonly number[];
  readonly tcpSegments: number;
  /** Packets that are no TCP: reason → count. */
  readonly otherPackets: Readonly<Record<string, number>>;
  /** Of the iSCSI connections: bytes never captured, bytes cut, bytes between PDUs not told apart. */
  readonly bytesMissing: number;
  readonly bytesCut: number;
  readonly bytesUnframed: number;
  /** TCP connections that are not iSCSI. */
  readonly otherConnections: number;
}

export interface CountsReport {
  readonly commandCount: number;
  /** The target's answer was captured. */
  readonly completed: number;
  /** No answer at all: open at the end, aborted, lost with the connection. */
  readonly unanswered: number;
  /** It ended, as later PDUs prove, but the status itself is not in the capture. */
  readonly statusNotCaptured: number;
  readonly rejected: number;
  /** Outcome in words → count; they sum up to `commands`. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly dataInBytes: number;
  readonly dataOutBytes: number;
}

export interface TotalsReport extends CountsReport {
  readonly connectionCount: number;
  readonly sessionCount: number;
  /** Of these: the oldest that were over, where there were too many to list. */
  readonly sessionsNotListed?: number;
  readonly pduCount: number;
  /** Tasks of which only later PDUs were captured; they are not in `commands`. */
  readonly commandsNotCaptured: number;
  /** Of these: answers to tags of no command, in sessions of which nothing was missing before them. */
  readonly answersWithoutCommand?: number;
  readonly latency: LatencyReport | null;
  readonly queueDepth: DepthReport | null;
  /** Commands that no longer got numbers of their own (limits of sanscope). */
  readonly pooled: number;
}

export interface LatencyReport {
  readonly count: number;
  /** False where percentiles come from a histogram (at most 0.4 % off). */
  readonly exact: boolean;
  readonly minNs: number;
  readonly meanNs: number;
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p95Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  readonly maxNs: number;
}

/** Commands open at once, weighted by time, from the first command to the last end. */
export interface DepthReport {
  readonly mean: number;
  readonly p95: number;
  readonly max: number;
  readonly busyNs: number;
  readonly spanNs: number;
  /**
   * Commands whose end was not captured: they count until their own last PDU, so that depths, and IOPS,
   * which leave them out, are at least so. 0: all is exact.
   */
  readonly uncertainCommands: number;
}

export interface LoadReport {
  /** Width of a bucket, and when the first one begins; what is not told before and after is zero. */
  readonly bucketNs: number;
  readonly fromNs: number;
  /** By bucket: commands ended, their bytes, and latency of those whose is known. */
  readonly commandsByBucket: readonly number[];
  readonly readBytesByBucket: readonly number[];
  readonly writeBytesByBucket: readonly number[];
  readonly latencyNsMeanByBucket: readonly number[];
  readonly latencyNsMaxByBucket: readonly number[];
  /** The same as rates; MB are 10^6 bytes. */
  readonly iopsByBucket: readonly number[];
  readonly readMBpsByBucket: readonly number[];
  readonly writeMBpsByBucket: readonly number[];
  readonly iopsMean: number;
  readonly iopsMax: number;
  readonly readMBpsMean: number;
  readonly readMBpsMax: number;
  readonly writeMBpsMean: number;
  readonly writeMBpsMax: number;
}

export interface ParameterReport {
  readonly key: string;
  readonly initiatorValue?: string;
  readonly targetValue?: string;
  readonly result?: string;
  /** Keys that each side declares for itself. */
  readonly initiatorInForce?: string;
  readonly targetInForce?: string;
  readonly source: string;
  readonly rule?: string;
  readonly renegotiated?: boolean;
  /** Inferred: the value is the least that it can be; what proves it, and the first packet that does. */
  readonly bound?: 'at least';
  readonly because?: string;
  readonly inferredFrame?: number;
}

export interface LoginReport {
  readonly loginOutcome: string;
  readonly statusClass: number;
  readonly statusDetail: number;
  readonly statusText?: string;
  readonly authMethod?: string;
  readonly redirectedTo?: string;
  readonly startedNs: number;
  readonly durationNs: number;
  readonly frames: readonly number[];
  readonly incomplete: boolean;
}

export interface ConnectionReport {
  readonly connection: number;
  /** Where several logins followed each other on it: which of them this is, from 1. */
  readonly loginNth?: number;
  readonly cid: number;
  readonly initiatorAddress: string;
  readonly targetAddress: string;
  readonly openedNs: number;
  readonly lastNs: number;
  readonly pduCount: number;
  readonly pdusByName: Readonly<Record<string, number>>;
  readonly headerDigestInUse: boolean;
  readonly dataDigestInUse: boolean;
  readonly digestsInferred: boolean;
  /** What was negotiated or declared on this connection; the leading one's hold for the session. */
  readonly parameters: readonly ParameterReport[];
  readonly login?: LoginReport;
  readonly logout?: {
    readonly frame: number;
    readonly reasonText: string;
    readonly responseText?: string;
  };
  readonly closedHow: string;
  readonly closedBy?: 'initiator' | 'target';
  /** Of iSER: the RDMA side. */
  readonly rdma?: RdmaReport;
  readonly tcp: TcpReport;
  readonly fromInitiator: FlowReport;
  readonly fromTarget: FlowReport;
}

export interface LunReport extends CountsReport {
  readonly lun: string;
  /** The LUN as people say it: "1", "256". */
  readonly lunText: string;
  readonly vendor?: string;
  readonly product?: string;
  readonly serial?: string;
  readonly designators?: readonly string[];
  readonly deviceType?: string;
  readonly blockLength?: number;
  readonly blockCount?: string;
  readonly commandsNotCaptured: number;
  /** Of all its commands whose latency is known. */
  readonly latency?: LatencyReport;
  readonly queueDepth: DepthReport | null;
  /** Reads and writes, sizes, sequence, alignment, gaps; absent where there were none. */
  readonly access?: AccessReport;
  /** Over time; absent where no command was seen. */
  readonly load?: LoadReport;
}

export interface SizesReport {
  readonly commandCount: number;
  /** As the commands asked for. */
  readonly bytes: number;
  readonly meanBytes: number;
  /** Size in bytes → commands, the largest share first; `others` had no place of their own. */
  readonly sizes: readonly { readonly bytes: number; readonly commandCount: number }[];
  readonly others?: number;
}

export interface AccessReport {
  readonly reads: SizesReport | null;
  readonly writes: SizesReport | null;
  /** Reads of all reads and writes, 0 to 1. */
  readonly readShare: number;
  /** Begin where the one before it ended; or where one of the last 32 starts did. 0 to 1. */
  readonly sequentialShare: number;
  readonly sequentialShareOf32: number;
  /** Off a 4 KiB boundary at their begin or end; of those whose block length is known. */
  readonly misaligned: number;
  readonly alignable: number;
  readonly misalignedFrame?: number;
  /** From one command's start to the next; and from the last end to a start, with nothing open. */
  readonly gap: LatencyReport | null;
  readonly idle: LatencyReport | null;
}

/** NOP-Out and NOP-In as pings (RFC 7143 11.18, 11.19): those that one side sent. */
export interface PingReport {
  readonly sent: number;
  readonly answered: number;
  readonly unanswered: number;
  /** Sent without asking for an answer. */
  readonly oneWay: number;
  readonly rttNsMin?: number;
  readonly rttNsMean?: number;
  readonly rttNsMax?: number;
  /** Since when the oldest without an answer had waited at the end. */
  readonly unansweredSinceNs?: number;
}

export interface EventReport {
  readonly kind: string;
  /** Absent where frames were captured without one (Fibre Channel). */
  readonly connection?: number;
  readonly frame: number;
  /** Where and when it was answered; absent where it was not. */
  readonly frameEnd?: number;
  readonly relativeNs: number;
  readonly relativeNsEnd?: number;
  /** By the RFC's field names. */
  readonly fields: Readonly<Record<string, string | number | boolean>>;
}

export interface SessionReport extends CountsReport {
  readonly session: number;
  readonly sessionType: string;
  readonly initiatorName?: string;
  readonly targetName?: string;
  readonly initiatorAlias?: string;
  readonly targetAlias?: string;
  /** The name, or the address where that is not known. */
  readonly initiator: string;
  readonly target: string;
  readonly initiatorAddress: string;
  readonly targetAddress: string;
  readonly isid?: string;
  readonly tsih?: number;
  readonly targetPortalGroupTag?: number;
  readonly loginSeen: boolean;
  readonly startedNs: number;
  readonly endedNs?: number;
  /** Why it ended; absent while it has not. */
  readonly ended?: string;
  /** Lost, and its initiator was back at the same target: when, and what they had agreed on. */
  readonly comeback?: ComebackReport;
  readonly reinstates?: number;
  readonly reinstatedBy?: number;
  readonly parameters: readonly ParameterReport[];
  readonly discovered: readonly { readonly name: string; readonly addresses: readonly string[] }[];
  readonly connections: readonly ConnectionReport[];
  readonly luns: readonly LunReport[];
  readonly commandsNotCaptured: number;
  readonly queueDepth: DepthReport | null;
  /** What happens seldom: logins, logouts, task management, rejects, …; the first ones. */
  readonly events: readonly EventReport[];
  readonly eventsDropped?: number;
  /** Pings of either side; absent where that side sent none. */
  readonly pings?: { readonly ofInitiator?: PingReport; readonly ofTarget?: PingReport };
  /** Counters by the names of iscsiadm and of RFC 7147. */
  readonly counters?: CountersReport;
  /** CmdSN and its window; rules of numbers and limits that were broken. */
  readonly commandWindow?: CommandWindowReport;
  readonly brokenRules?: BrokenRules;
  readonly load: LoadReport;
}

/** What a unit is known by, the surest first: designator types of SPC, then the serial number. */
export type IdentifiedBy = 'NAA' | 'EUI-64' | 'SCSI name' | 'T10 vendor id' | 'serial number';

export interface PathReport {
  readonly session: number;
  readonly lun: string;
  readonly initiator: string;
  readonly target: string;
  readonly targetAddress: string;
  readonly targetPortalGroupTag?: number;
  /** Of the unit's commands and bytes, 0 to 1. */
  readonly commandsShare: number;
  readonly bytesShare: number;
  readonly commandCount: number;
  readonly bytes: number;
  readonly unanswered: number;
  readonly latency: LatencyReport | null;
  readonly queueDepth: DepthReport | null;
  /** This session named no unit: the same initiator and target have the unit at this LUN elsewhere. */
  readonly inferred?: true;
}

export interface UnitReport extends CountsReport {
  /** "naa.6001405…": as in the designators of its LUNs. */
  readonly unit: string;
  readonly identifiedBy: IdentifiedBy;
  readonly vendor?: string;
  readonly product?: string;
  readonly blockLength?: number;
  readonly blockCount?: string;
  readonly paths: readonly PathReport[];
  /** Most of its sessions that there were at one moment: 1 is one after the other. */
  readonly pathsAtOnce: number;
  /** Over all paths: the distributions are those of all commands together. */
  readonly latency: LatencyReport | null;
  readonly operations: readonly OperationReport[];
  readonly load: LoadReport;
  /** How evenly the paths are used: largest and smallest share of the commands. */
  readonly commandsShareMax: number;
  readonly commandsShareMin: number;
  /** Mean latency of the slowest path over that of the fastest; absent with fewer than two known. */
  readonly latencySkew?: number;
}

export interface OperationReport extends CountsReport {
  /** Absent in what no longer got numbers of its own. */
  readonly session?: number;
  readonly lun?: string;
  readonly operation: string;
  readonly opcode?: number;
  readonly serviceAction?: number;
  readonly latency: LatencyReport | null;
  /** Of how many commands it is an upper bound: the last bytes of the status' PDU are missing. */
  readonly latenciesAtMost?: number;
  /** First byte of the command to first byte of Data-In; to first R2T; first to last byte of data. */
  readonly firstData?: LatencyReport;
  readonly firstR2t?: LatencyReport;
  readonly transfer?: LatencyReport;
  /** What the target took: of a read until its first data, of a write when it was its turn. */
  readonly array?: LatencyReport;
  /** R2T to first data, summed over the R2Ts of a command. */
  readonly host?: LatencyReport;
  /** Commands by latency: below 1 µs, then from 2^(i-1) to 2^i µs. */
  readonly latencyLog2Us?: readonly number[];
  /** Time of all commands whose latency is known, by phase; they sum up to all their latency. */
  readonly phases?: readonly PhaseTotal[];
  /** R2Ts in all and at most of one command, and writes that needed none. */
  readonly r2ts?: number;
  readonly r2tsMax?: number;
  readonly firstBurstWrites?: number;
  /** Commands and 10^6 bytes a second, over the time from the LUN's first command to its last end. */
  readonly iopsMean?: number;
  readonly MBpsMean?: number;
}

export interface PhaseTotal {
  readonly name: PhaseName;
  readonly owes: Phase['owes'];
  readonly totalNs: number;
  /** Of these, how long TCP kept the bytes back, and why: the causes sum up to it. */
  readonly tcpNs?: number;
  readonly tcp?: TcpCauses;
}

/** By its number: the list may lack the oldest. */
export function sessionNumbered(report: Report | undefined, id: number): SessionReport | undefined {
  const at = report?.sessions[id];
  return at?.session === id ? at : report?.sessions.find(({ session }) => session === id);
}
