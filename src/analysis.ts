// How a command asks for a run over a capture: pipeline.ts fills an Analysis, model.ts makes a
// Report of it.

import type { PacketSink } from './capture/packet.js';
import type { PipeSpool } from './capture/pipe-spool.js';
import type { Epoch } from './capture/time.js';
import type { RoadFacts } from './findings/facts.js';
import type { FrameSink } from './packet/link-frame.js';
import type { DatagramSink } from './packet/udp-datagram.js';
import type { FpduWatch } from './pdu/iwarp/watch.js';
import type { MessageSink } from './pdu/message.js';
import type { PduSink } from './pdu/pdu.js';
import type { Protocol } from './pdu/protocol.js';
import type { TaskSink } from './scsi/task.js';
import type { SessionQuery } from './session/session-query.js';
import type { TcpEventSink } from './stream/events.js';

/** A whole run over a capture; everything in it is final. */
export type Analysis = RoadFacts;

/** What a command asks of the road. Sinks get everything in the order of the capture. */
export interface AnalyseOptions {
  /** Ports taken for iSCSI's beside 3260 and 860, and ports never looked at. */
  readonly ports?: readonly number[];
  readonly notPorts?: readonly number[];
  /** Frames of Fibre Channel in TCP older than this by their stamps are told; absent: a limit of sanscope's. */
  readonly fcAgeLimitNs?: number | undefined;
  /** Told before the first packet: times count from `epoch`. */
  readonly started?: (epoch: Epoch) => void;
  /** Sees every packet before the road does. */
  readonly packetSink?: PacketSink;
  readonly taskSink?: TaskSink;
  /** Told before all else whom to ask about tasks and sessions while PDUs are told. */
  readonly look?: (look: SessionQuery) => void;
  /** Told before all else how to ask for the facts so far: between two packets, and nothing is final. */
  readonly soFar?: (ask: () => Analysis) => void;
  /** Sees every PDU after the session stage has seen it. */
  readonly pduSink?: PduSink;
  /** Sees every message that is no iSCSI PDU (FC, RDMA, iSNS) after the session stage has seen it. */
  readonly messageSink?: MessageSink;
  /** Told where MPA's frames and FPDUs lie. */
  readonly fpduWatch?: FpduWatch;
  /** Protocols beside those the road knows, behind them in its table; each has a sink of its own. */
  readonly protocols?: readonly Protocol[];
  /** Told of UDP that is no tunnel, and of frames that are neither IP nor what leads to it. */
  readonly datagramSink?: DatagramSink;
  readonly frameSink?: FrameSink;
  /** Told what TCP did, after the session stage. */
  readonly tcpSink?: TcpEventSink;
  /** Bytes read so far and in all (0: unknown), some times a second; a promise is waited for. */
  readonly progress?: (bytesDone: number, bytesTotal: number) => void | Promise<void>;
  /** Keeps what comes through pipes, for those who want to read it again. */
  readonly spool?: PipeSpool;
  /** True: enough was seen; the road stops at the next packet. */
  readonly stop?: () => boolean;
}

/** Throws where nothing can be read (no such file, not a capture): cli/errors.ts says it in words. */
export type Analyse = (paths: readonly string[], options: AnalyseOptions) => Promise<Analysis>;
