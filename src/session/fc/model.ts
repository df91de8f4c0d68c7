// What is known of Fibre Channel: links, ports, logins, and what went wrong. Plain facts, filled by
// this room, read by all that follows. Times are ns since the capture's first packet, -1 for "never
// seen"; an N_Port ID is a number of 24 bits.

import type { Connection } from '../../stream/connection.js';

/** A thing counted, with the first and last packet that showed it. */
export interface Seen {
  count: number;
  frame: number;
  timeNs: number;
  lastFrame: number;
  lastNs: number;
}

/** FCIP's special frame, as it was sent (RFC 3821 7.1). */
export interface SpecialFrame {
  readonly direction: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly sourceFabricName: string;
  readonly sourceEntityId: string;
  readonly connectionNonce: string;
  readonly usageFlags: number;
  readonly usageCode: number;
  readonly destinationFabricName: string;
  readonly keepAliveMs: number;
  /** Ch: the echo was changed. */
  readonly changed: boolean;
  /** Frames of its direction that came before it: none should. */
  readonly framesBefore: number;
}

/** iFCP's session control (RFC 4172 6). */
export interface IfcpControl {
  readonly kind: 'CBIND' | 'UNBIND' | 'LTEST';
  readonly response: boolean;
  readonly direction: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly status: number;
  readonly handle: number;
  readonly livenessSeconds: number;
  readonly addressMode: number;
  readonly version: number;
  readonly count: number;
  readonly sourcePortName: string;
  readonly destinationPortName: string;
}

/** Ages of one direction's frames, by their time stamps: arrival less stamp, not yet corrected. */
export interface TransitReport {
  frames: number;
  /** Data frames without a stamp (0, 0). */
  unstamped: number;
  minNs: number;
  maxNs: number;
  sumNs: number;
  /** Seconds of the first stamp (since 1900): ages count from there; -1 before it. */
  baseSeconds: number;
  /** Age of its first frame: byMs counts from it. */
  firstNs: number;
  /** Frames by their age beyond the first one's, in whole ms: bounded (limits.ts). */
  readonly byMs: Map<number, number>;
  /** The oldest of all. */
  oldestFrame: number;
  oldestTimeNs: number;
}

/** One TCP connection of a link, or all packets of a FCoE or FC link between two ports. */
export interface FcConnection {
  /** Its number among TCP connections; -1 where there is none (FCoE, raw). */
  readonly id: number;
  readonly connection: Connection | undefined;
  readonly carrier: number;
  readonly link: number;
  frames: number;
  /** By direction: frames, and bytes of payload. */
  readonly framesOf: [number, number];
  readonly payloadBytes: [number, number];
  readonly firstNs: number;
  lastNs: number;
  lastFrame: number;
  readonly specialFrames: SpecialFrame[];
  /** iFCP: CBIND and UNBIND all, LTEST counted. */
  readonly control: IfcpControl[];
  ltests: number;
  ltestCountJumps: Seen;
  ltestLastNs: number;
  ltestLongestNs: number;
  ltestLastCount: number;
  /** iFCP: since when a session is bound, -1 never; the liveness interval and mode that were agreed. */
  boundNs: number;
  livenessSeconds: number;
  addressMode: number;
  /** Frames whose TRP is not that of the mode. */
  modeWrong: Seen;
  /** Frames before a CBIND succeeded, or after an UNBIND. */
  outsideSession: Seen;
  readonly transit: readonly [TransitReport, TransitReport];
  /** Encapsulation headers that are not clean: by HeaderFault bit. */
  readonly faults: Map<number, Seen>;
  crcBad: Seen;
  eofBad: Seen;
  /** EOFni, EOFa, EOFdti, EOFrti: the sender knew that it is damaged. */
  eofInvalid: Seen;
  /** Boundaries lost: bytes, and places (limits.ts). */
  syncLost: Seen;
  syncLostBytes: number;
  readonly syncPlaces: {
    readonly frame: number;
    readonly timeNs: number;
    readonly bytes: number;
  }[];
  /** Exchanges open when it ended; -1 while it has not. */
  exchangesOpenAtEnd: number;
  endedNs: number;
}

/** What carries Fibre Channel between two places: an FCIP link, an iFCP session, FCoE, a captured link. */
export interface FcLink {
  readonly id: number;
  readonly carrier: number;
  /** FCIP: names of both fabric entities, '' where no special frame was seen; IDs of those who said theirs. */
  entities: readonly [string, string];
  readonly entityIds: Map<string, string>;
  readonly connections: FcConnection[];
  /** Frames by kind (wire/fc/kinds.ts). */
  readonly frames: Map<number, number>;
  /** R_A_TOV and E_D_TOV in ms, as RTV or FLOGI told them; -1 unknown. */
  raTovMs: number;
  edTovMs: number;
}

/** An N_Port, by what logins and the name server said of it. */
export interface FcPort {
  readonly link: number;
  id: number;
  portName: string;
  nodeName: string;
  symbolicName: string;
  frame: number;
  /** Largest payload it receives, by PLOGI; 0 unknown. */
  receiveDataFieldSize: number;
}

/** A request of link services or of a server, and its answer. */
export interface FcRequest {
  readonly link: number;
  readonly connection: number;
  /** kinds.ts, and the command of a CT request. */
  readonly kind: number;
  readonly ctCommand: number;
  readonly from: number;
  readonly to: number;
  readonly oxId: number;
  readonly frame: number;
  readonly timeNs: number;
  /** -1 and 0 while it is not answered. */
  endNs: number;
  endFrame: number;
  /** '' accepted or open; else how it was refused: LS_RJT, CT_RJT, P_RJT … */
  refusedBy: string;
  reason: number;
  explanation: number;
  /** PRLI: accept response code, and whether an image pair was made; -1 none. */
  responseCode: number;
  imagePair: boolean;
  /** Of PRLI, the parameters of both sides; PLOGI's names. */
  readonly fields: Record<string, string | number | boolean>;
}

/** An exchange that was aborted (ABTS), or asked to be. */
export interface FcAbort {
  readonly session: number;
  readonly link: number;
  readonly connection: number;
  readonly from: number;
  readonly to: number;
  readonly oxId: number;
  readonly frame: number;
  readonly timeNs: number;
  /** Of the command: its packet and time; 0 and -1 where it was not seen. */
  readonly commandFrame: number;
  readonly commandNs: number;
  readonly operation: number;
  /** What of the exchange was seen last before. */
  readonly lastKind: number;
  readonly lastFrame: number;
  readonly lastNs: number;
  /** What is missing, as far as it can be told. */
  readonly missing: FcMissing;
  /** A REC asked for it before. */
  readonly recFrame: number;
  answer: '' | 'BA_ACC' | 'BA_RJT';
  answerFrame: number;
  answerNs: number;
  reason: number;
  explanation: number;
  /** The same CDB was sent again: its packet; 0 not seen. */
  repeatedFrame: number;
}

/** What an exchange waits for. */
export interface FcMissing {
  readonly what: 'nothing' | 'frames' | 'data' | 'burst' | 'transfer ready' | 'response';
  /** Frames by SEQ_CNT, bytes by relative offset. */
  readonly frames: number;
  readonly bytes: number;
  readonly fromOffset: number;
  /** Bytes of the capture were lost meanwhile: it may lie there. */
  readonly captureLost: boolean;
}

/** A rule of FCP or FC-FS that was broken, in a session. */
export interface FcViolations {
  /** Data before any FCP_XFER_RDY though PRLI did not switch that off. */
  dataBeforeXferRdy: Seen;
  /** Of these: writes whose FCP_XFER_RDY never came, or came after the data. */
  writesWithoutXferRdy: number;
  writes: number;
  payloadTooLarge: Seen;
  payloadLargest: number;
  payloadLimit: number;
  framesLost: Seen;
  framesLostTotal: number;
  burstShort: Seen;
  rejects: Seen;
  busies: Seen;
  lastReject: { kind: number; reason: number } | undefined;
  srr: Seen;
  rec: Seen;
  /** Responses after the exchange was aborted. */
  lateResponses: Seen;
}

/** Of a session between two N_Ports: beside session/model.ts what only Fibre Channel has. */
export interface FcNexus {
  readonly session: number;
  readonly link: number;
  readonly initiator: FcPort;
  readonly target: FcPort;
  readonly virtualFabric: number;
  /** PRLI: write FCP_XFER_RDY disabled by both; undefined where no PRLI was seen. */
  writeXferRdyDisabled: boolean | undefined;
  readonly violations: FcViolations;
}

export interface FcStateChange {
  readonly link: number;
  readonly to: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly affected: readonly number[];
  /** Who asked the name server or the port after it, and when first. */
  readonly reactions: {
    readonly kind: number;
    readonly ctCommand: number;
    readonly from: number;
    readonly frame: number;
    readonly timeNs: number;
  }[];
}

export interface FcStory {
  readonly links: FcLink[];
  readonly ports: FcPort[];
  readonly nexuses: FcNexus[];
  /** Bounded (limits.ts). */
  readonly requests: FcRequest[];
  readonly aborts: FcAbort[];
  readonly stateChanges: FcStateChange[];
  dropped: number;
}

export function unseen(): Seen {
  return { count: 0, frame: 0, timeNs: -1, lastFrame: 0, lastNs: -1 };
}

export function see(seen: Seen, frame: number, timeNs: number): void {
  if (seen.count++ === 0) {
    seen.frame = frame;
    seen.timeNs = timeNs;
  }
  seen.lastFrame = frame;
  seen.lastNs = timeNs;
}
