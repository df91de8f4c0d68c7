// What TCP did on a connection, told by the roles of its two ends instead of who opened it.

import type { IscsiConnection } from '../session/model.js';
import { captureSide } from '../stream/capture-point.js';
import { ackRttNs, type Connection, type Flow, flowOf, synRttNs } from '../stream/connection.js';
import type { RttSeries } from '../stream/rtt.js';

export interface TcpReport {
  /** Who sent the SYN; absent where none was captured. */
  readonly openedBy?: 'initiator' | 'target';
  /** As seen where the capture was taken: SYN to SYN/ACK, SYN/ACK to ACK, and both. */
  readonly handshake?: {
    readonly synNs: number;
    readonly synAckNs: number;
    readonly roundTripNs: number;
  };
  /** At which end the capture was taken, as far as times, TTLs and segment sizes tell. */
  readonly captureSide: {
    readonly side: 'initiator' | 'target' | 'between' | 'unknown';
    /** 0 to 1. */
    readonly certainty: number;
    readonly reasons: readonly string[];
    readonly inferred: true;
  };
  /** Copies that a mirror made, counted nowhere else. */
  readonly duplicatePackets: number;
  /** The first FIN or the RST that was believed. */
  readonly closing?: {
    readonly how: string;
    readonly by: 'initiator' | 'target';
    readonly frame: number;
    readonly relativeNs: number;
    readonly bytesMissing: number;
  };
  readonly packetsAfterClose: number;
}

export interface RttReport {
  readonly count: number;
  readonly minNs: number;
  readonly meanNs: number;
  readonly maxNs: number;
  /** Over time: at most 64 pieces of equal width. */
  readonly seriesByBucket: readonly {
    readonly relativeNs: number;
    readonly count: number;
    readonly meanNs: number;
    readonly maxNs: number;
  }[];
}

/** What one side sent; ACKs and windows are what it said of the other's data. */
export interface FlowReport {
  readonly packets: number;
  readonly dataSegments: number;
  readonly payloadBytes: number;
  /** Bytes of the stream from the first one seen, gaps included. */
  readonly streamBytes: number;
  readonly bytesMissing: number;
  /** Of these, acknowledged by the other side: the capture lost them, not the network. */
  readonly bytesAckedUnseen: number;
  /** Of the missing, lost on the way before the capture point: its receiver never got them. */
  readonly bytesLostOnPath: number;
  /** Acknowledged before a first byte was seen: sent before the capture, or never captured. */
  readonly bytesAckedBeforeStart: number;
  readonly bytesCut: number;
  readonly retransmittedSegments: number;
  readonly retransmittedBytes: number;
  /** The retransmitted by why: duplicate ACKs, the timer, a tail loss probe, needless, not known. */
  readonly retransmittedFast: number;
  readonly retransmittedTimeout: number;
  readonly retransmittedProbe: number;
  readonly retransmittedSpurious: number;
  readonly retransmittedUnknown: number;
  readonly retransmissionWaitNsMax: number;
  readonly outOfOrderSegments: number;
  /** Segments captured after their own ACK, and how long after at most: two clocks, or disorder. */
  readonly segmentsAfterAck: number;
  readonly segmentsAfterAckNsMax: number;
  readonly holes: number;
  readonly holesFilled: number;
  readonly holeNsMax: number;
  readonly overlapBytesDiffering: number;
  readonly duplicateAcks: number;
  readonly sackAcks: number;
  readonly zeroWindows: number;
  readonly zeroWindowNs: number;
  readonly zeroWindowNsMax: number;
  readonly zeroWindowProbes: number;
  /** Its data filled the other's window (known only where both SYNs were captured). */
  readonly windowFulls: number;
  readonly windowFullNs: number;
  readonly delayedAcks: number;
  readonly delayedAckNsMax: number;
  readonly keepAlives: number;
  readonly urgentSegments: number;
  /** Most bytes sent and not acknowledged; longest payload; segments above the MSS (offload). */
  readonly flightBytesMax: number;
  readonly payloadBytesMax: number;
  readonly superFrames: number;
  /** Packets with IP length 0 (offload at the sender): the frame's length was taken. */
  readonly ipLengthsZero: number;
  /** Segments, RSTs and ACKs that cannot belong to the conversation. */
  readonly straySegments: number;
  readonly rstsNotBelieved: number;
  readonly acksNotBelieved: number;
  readonly synSeen: boolean;
  readonly synRetransmitted: number;
  readonly mss?: number;
  readonly windowScale?: number;
  readonly sackPermitted?: boolean;
  readonly timestamps?: boolean;
  /** IP's TTL or hop limit, lowest and highest. */
  readonly ttl?: readonly [number, number];
  /** From its data to the other side's ACK, in ns. */
  readonly rtt?: RttReport;
}

export function tcpReport(story: IscsiConnection): TcpReport {
  const { connection } = story;
  const openerIsInitiator = story.initiatorDirection !== 1;
  const role = (opener: boolean): 'initiator' | 'target' =>
    opener === openerIsInitiator ? 'initiator' : 'target';
  const { side, confidence, reasons } = captureSide(connection);
  const here = side === 'opener' || side === 'acceptor' ? role(side === 'opener') : side;
  return {
    openedBy: connection.openerKnown ? role(true) : undefined,
    handshake: handshakeReport(connection),
    captureSide: { side: here, certainty: hundredths(confidence), reasons, inferred: true },
    duplicatePackets: connection.duplicatePackets,
    closing:
      connection.closedBy === ''
        ? undefined
        : {
            how: connection.closedHow,
            by: role(connection.closedBy === 'a'),
            frame: connection.closedFrame,
            relativeNs: connection.closedNs,
            bytesMissing: connection.closedMissingBytes,
          },
    packetsAfterClose: connection.packetsAfterClose,
  };
}

export function flowReport(story: IscsiConnection, fromInitiator: boolean): FlowReport {
  const initiator = Math.max(0, story.initiatorDirection);
  return flowFacts(flowOf(story.connection, fromInitiator ? initiator : initiator ^ 1));
}

/** The same of a connection that is no iSCSI, by who opened it. */
export function tunnelTcpReport(connection: Connection): TunnelTcpReport {
  const { side, confidence } = captureSide(connection);
  return {
    handshake: handshakeReport(connection),
    captureSide: { side, certainty: hundredths(confidence) },
    closing:
      connection.closedBy === ''
        ? undefined
        : {
            how: connection.closedHow,
            byOpener: connection.closedBy === 'a',
            frame: connection.closedFrame,
            relativeNs: connection.closedNs,
          },
    fromOpener: flowFacts(connection.a),
    fromOther: flowFacts(connection.b),
  };
}

export interface TunnelTcpReport {
  readonly handshake?: TcpReport['handshake'];
  readonly captureSide: {
    readonly side: 'opener' | 'acceptor' | 'between' | 'unknown';
    readonly certainty: number;
  };
  readonly closing?: {
    readonly how: string;
    readonly byOpener: boolean;
    readonly frame: number;
    readonly relativeNs: number;
  };
  readonly fromOpener: FlowReport;
  readonly fromOther: FlowReport;
}

function flowFacts(f: Flow): FlowReport {
  return {
    packets: f.packets,
    dataSegments: f.dataSegments,
    payloadBytes: f.payloadBytes,
    streamBytes: f.streamBytes,
    bytesMissing: f.missingBytes,
    bytesAckedUnseen: f.ackedUnseenBytes,
    bytesLostOnPath: f.lostBytes,
    bytesAckedBeforeStart: f.ackedBeforeStartBytes,
    bytesCut: f.cutBytes,
    ...disorder(f),
    ...windows(f),
    flightBytesMax: f.flightMax,
    payloadBytesMax: f.payloadMax,
    superFrames: f.superFrames,
    ipLengthsZero: f.lengthsUntold,
    straySegments: f.straySegments,
    rstsNotBelieved: f.bogusRsts,
    acksNotBelieved: f.bogusAcks,
    synSeen: f.synSeen,
    synRetransmitted: f.synRetransmitted,
    mss: f.mss < 0 ? undefined : f.mss,
    windowScale: f.windowScale < 0 ? undefined : f.windowScale,
    sackPermitted: f.synSeen ? f.sackPermitted : undefined,
    timestamps: f.synSeen ? f.timestamps : undefined,
    ttl: f.ttlMax === 0 ? undefined : [f.ttlMin, f.ttlMax],
    rtt: rttReport(f.rtt),
  };
}

function disorder(f: Flow) {
  return {
    retransmittedSegments: f.retransmittedSegments,
    retransmittedBytes: f.retransmittedBytes,
    retransmittedFast: f.retransmittedFast,
    retransmittedTimeout: f.retransmittedTimeout,
    retransmittedProbe: f.retransmittedProbe,
    retransmittedSpurious: f.retransmittedSpurious,
    retransmittedUnknown: f.retransmittedUnknown,
    retransmissionWaitNsMax: f.retransmissionWaitNsMax,
    outOfOrderSegments: f.outOfOrderSegments,
    segmentsAfterAck: f.seenAfterAck,
    segmentsAfterAckNsMax: f.seenAfterAckNsMax,
    holes: f.holes,
    holesFilled: f.holesFilled,
    holeNsMax: f.holeNsMax,
    overlapBytesDiffering: f.overlapDiffers,
  };
}

function windows(f: Flow) {
  return {
    duplicateAcks: f.duplicateAcks,
    sackAcks: f.sackAcks,
    zeroWindows: f.zeroWindows,
    zeroWindowNs: f.zeroWindowNs,
    zeroWindowNsMax: f.zeroWindowNsMax,
    zeroWindowProbes: f.zeroWindowProbes,
    windowFulls: f.windowFulls,
    windowFullNs: f.windowFullNs,
    delayedAcks: f.delayedAcks,
    delayedAckNsMax: f.delayedAckNsMax,
    keepAlives: f.keepAlives,
    urgentSegments: f.urgentSegments,
  };
}

function handshakeReport(connection: Connection): TcpReport['handshake'] {
  const synNs = synRttNs(connection);
  const synAckNs = ackRttNs(connection);
  if (synNs < 0 || synAckNs < 0) return undefined;
  return { synNs, synAckNs, roundTripNs: synNs + synAckNs };
}

function rttReport(rtt: RttSeries): RttReport | undefined {
  if (rtt.count === 0) return undefined;
  const series = rtt.buckets().map((bucket) => ({
    relativeNs: bucket.fromNs,
    count: bucket.count,
    meanNs: Math.round(bucket.meanNs),
    maxNs: bucket.maxNs,
  }));
  const mean = Math.round(rtt.meanNs());
  return {
    count: rtt.count,
    minNs: rtt.minNs,
    meanNs: mean,
    maxNs: rtt.maxNs,
    seriesByBucket: series,
  };
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
