// All that the rules (and the report) may look at: what the road knows once the capture is over.

import type { Metrics } from '../metrics/metrics.js';
import type { ProblemLog } from '../problem.js';
import type { ConnectionStory, Session } from '../session/model.js';
import type { Evidence } from './evidence.js';

/** One file of the capture, as it was read. */
export interface FileFacts {
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

/** The capture: what was read, and what of it was cut. */
export interface CaptureFacts {
  readonly files: readonly FileFacts[];
  readonly packets: number;
  /** Bytes captured, and bytes that were on the wire. */
  readonly capturedBytes: number;
  readonly originalBytes: number;
  /** Packets of which not all bytes were captured, and the snaplen in force (the smallest; 0: none). */
  readonly truncatedPackets: number;
  readonly snaplen: number;
  /** Time of the first packet: ns since 1970, UTC. Times of the road count from it. */
  readonly epochNs: bigint;
  /** Earliest and latest packet, ns since the first packet of the capture. */
  readonly firstNs: number;
  readonly lastNs: number;
  readonly linkTypes: readonly number[];
}

/** What became of the packets. */
export interface PacketFacts {
  /** Handed on to the stream stage. */
  readonly tcpSegments: number;
  /** The others: reason → count (`not IP`, `UDP`, …), as the packet stage calls them. */
  readonly others: Readonly<Record<string, number>>;
}

/** What the road knows at its end. */
export interface RoadFacts {
  readonly capture: CaptureFacts;
  readonly packets: PacketFacts;
  /** TCP connections that carried iSCSI. */
  readonly stories: readonly ConnectionStory[];
  readonly sessions: readonly Session[];
  /** TCP connections in all, also those of other protocols. */
  readonly connectionsTotal: number;
  readonly problems: ProblemLog;
}

/** What a rule may look at. */
export interface Facts extends RoadFacts {
  readonly metrics: Metrics;
  readonly evidence: Evidence;
}
