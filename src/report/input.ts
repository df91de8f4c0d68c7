// What the report needs of the road: pipeline.ts fills an Analysis, model.ts makes a Report of it.
// Everything here is final: the capture is over.

import type { PduSink } from '../pdu/pdu.js';
import type { ProblemLog } from '../problem.js';
import type { ConnectionStory, Session } from '../session/model.js';
import type { TaskSink } from '../session/task.js';

/** One file of the capture, as it was read. */
export interface FileInput {
  /** As the user wrote it; `-` is standard input. */
  readonly path: string;
  /** `pcap`, `pcapng`. */
  readonly format: string;
  /** `gzip`, …, undefined where the file is plain. */
  readonly compression?: string;
  readonly packets: number;
  /** Bytes of the (decompressed) file that were read. */
  readonly bytes: number;
}

/** The capture: what was read, and what of it is missing. */
export interface CaptureInput {
  readonly files: readonly FileInput[];
  readonly packets: number;
  /** Bytes captured, and bytes that were on the wire. */
  readonly capturedBytes: number;
  readonly originalBytes: number;
  /** Packets of which not all bytes were captured, and the smallest snaplen that cut one (0: none). */
  readonly truncatedPackets: number;
  readonly snaplen: number;
  /** Time of the first packet: ns since 1970, UTC. Times of the road count from it. */
  readonly epochNs: bigint;
  /** Earliest and latest packet, ns since the first packet of the capture. */
  readonly firstNs: number;
  readonly lastNs: number;
  readonly linkTypes: readonly number[];
}

/** What became of the packets. All but `tcpSegments` were no input to the stream stage. */
export interface PacketInput {
  readonly tcpSegments: number;
  /** Reason → count: `not IP`, `UDP`, `fragment`, … as the packet stage calls them. */
  readonly others: Readonly<Record<string, number>>;
}

/** What TCP did on one connection that carried iSCSI, both directions, opener first. */
export interface TcpInput {
  /** Connection.id. */
  readonly connection: number;
  /** `address:port`, of the initiator and of the target. */
  readonly initiator: string;
  readonly target: string;
  readonly openedNs: number;
  readonly closedNs: number;
  readonly packets: number;
  /** Sequence space seen, by sender. */
  readonly initiatorBytes: number;
  readonly targetBytes: number;
  /** Bytes that were acknowledged but never captured, and bytes that snaplen cut, both directions. */
  readonly bytesMissing: number;
  readonly bytesCut: number;
  readonly retransmittedSegments: number;
  readonly outOfOrderSegments: number;
  /** Bytes skipped because PDU boundaries were unknown. */
  readonly bytesUnframed: number;
  /** `FIN`, `RST`, `` while open at the end; and who did it first. */
  readonly closedHow: string;
  readonly closedBy: 'initiator' | 'target' | '';
  readonly headerDigestsBad: number;
  readonly dataDigestsBad: number;
}

/** A whole run over a capture. */
export interface Analysis {
  readonly capture: CaptureInput;
  readonly packets: PacketInput;
  /** TCP connections that carried iSCSI, by connection number; `stories` has their iSCSI side. */
  readonly tcp: readonly TcpInput[];
  readonly stories: readonly ConnectionStory[];
  readonly sessions: readonly Session[];
  /** TCP connections in all, also those of other protocols. */
  readonly connectionsTotal: number;
  readonly pdus: number;
  readonly problems: ProblemLog;
}

/** What a command asks of the road. Sinks get everything in the order of the capture. */
export interface AnalyseOptions {
  readonly taskSink?: TaskSink;
  /** Sees every PDU after the session stage has seen it. */
  readonly pduSink?: PduSink;
  /** Bytes read so far and in all (0: unknown), some times a second. */
  readonly progress?: (bytesDone: number, bytesTotal: number) => void;
  /** True: enough was seen; the road stops at the next packet. */
  readonly stop?: () => boolean;
}

export type Analyse = (paths: readonly string[], options: AnalyseOptions) => Promise<Analysis>;
