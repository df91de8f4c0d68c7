// What is known of the RDMA side of a connection: plain facts, filled by the iSER machine. Times are
// ns since the capture's first packet, -1 for "never seen".

import type { IserHello, RdmaStart, RdmaTerminate } from '../../pdu/rdma/events.js';

/** What may be wrong on the RDMA side. */
export type RdmaFaultKind =
  | 'crc'
  | 'marker'
  | 'key'
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

export interface RdmaFacts {
  readonly transport: 'iWARP' | 'RoCEv2';
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
  starvedFrame: number;
  readonly faults: Map<RdmaFaultKind, RdmaFaultCount>;
  readonly terminates: TerminateFact[];
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
    starvedFrame: 0,
    faults: new Map(),
    terminates: [],
  };
}
