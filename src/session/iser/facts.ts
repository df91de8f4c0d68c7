// What is known of the RDMA side of a connection: plain facts, filled by the iSER machine. Times are
// ns since the capture's first packet, -1 for "never seen".

import type { IserHello, RdmaStart, RdmaTerminate } from '../../pdu/rdma/events.js';

/** What may be wrong on the RDMA side. */
export type RdmaFaultKind =
  | 'crc'
  | 'marker'
  | 'key'
  | 'private-data'
  | 'revision'
  | 'msn'
  | 'stag-unknown'
  | 'stag-ended'
  | 'beyond-buffer'
  | 'wrong-amount'
  | 'wrong-invalidate'
  | 'not-agreed';

/** How often, where first and last, and a sentence on the first. */
export interface RdmaFaultCount {
  count: number;
  readonly frames: number[];
  readonly firstNs: number;
  lastNs: number;
  readonly text: string;
}

/** A Terminate, and the task whose buffer it complains of (undefined: not known). */
export interface TerminateFact extends RdmaTerminate {
  readonly initiatorTaskTag?: number;
}

/** What the packets of one side of a RoCE connection did. */
export interface RoceSide {
  readonly packets: number;
  readonly bytes: number;
  /** Came again; came before one that was missing; never came. With the first packet of each. */
  readonly again: number;
  readonly againFrame: number;
  readonly early: number;
  readonly lost: number;
  readonly lostFrame: number;
  /** Marked by a switch: congestion experienced (ECN). */
  readonly congested: number;
  readonly congestedFrame: number;
  readonly icrcBad: number;
}

/** What a RoCE connection did, by side (0: the opener), and together. Grows while it lives. */
export interface RoceCounts {
  readonly halves: readonly [RoceSide, RoceSide];
  readonly mtu: number;
  readonly naks: number;
  readonly naksFrame: number;
  readonly rnrs: number;
  readonly rnrsFrame: number;
  /** Congestion notifications. */
  readonly cnps: number;
  /** Queue pairs that the packets of each side go to; -1 not known. */
  readonly queuePairs: readonly [number, number];
}

export interface RdmaFacts {
  readonly transport: 'iWARP' | 'RoCEv2';
  roce?: RoceCounts;
  /** MPA frames or CM messages, and iSER's Hello; undefined where not seen. */
  request?: RdmaStart;
  reply?: RdmaStart;
  hello?: IserHello;
  helloReply?: IserHello;
  /** The login on TCP agreed on RDMAExtensions=Yes, and plain iSCSI went on. */
  fellBack: boolean;
  /** RDMA Writes, Read Requests and their responses: messages, and bytes placed. */
  writes: number;
  writeBytes: number;
  reads: number;
  readBytes: number;
  sends: number;
  /** RDMA Reads whose data had not all come, at most, and the time that as many as agreed were. */
  readsOutstandingMax: number;
  starvedNs: number;
  starvedTimes: number;
  starvedFrame: number;
  readonly faults: Map<RdmaFaultKind, RdmaFaultCount>;
  readonly terminates: TerminateFact[];
}

/** RDMA began, was not refused, and no message of iSER was told in it: what it carried is not known. */
export function iserUnread({ request, reply, fellBack, sends }: RdmaFacts): boolean {
  return request !== undefined && !reply?.rejected && !fellBack && sends === 0;
}

export function newRdmaFacts(transport: RdmaFacts['transport']): RdmaFacts {
  return {
    transport,
    fellBack: false,
    writes: 0,
    writeBytes: 0,
    reads: 0,
    readBytes: 0,
    sends: 0,
    readsOutstandingMax: 0,
    starvedNs: 0,
    starvedTimes: 0,
    starvedFrame: 0,
    faults: new Map(),
    terminates: [],
  };
}
