// What is known of sessions and their connections: plain facts, filled by the session stage, read
// by all that follows. Times are ns since the capture's first packet, -1 for "never seen".

import type { Connection } from '../stream/connection.js';

/** One text key of a negotiation: who said what, and what came of it. */
export interface Parameter {
  readonly key: string;
  /** Values in the order they were sent; undefined where that side said nothing. */
  initiator?: string;
  target?: string;
  /** The value in force, and where it comes from. Declared keys (MaxRecvDataSegmentLength) have one a side. */
  result?: string;
  source: 'negotiated' | 'declared' | 'default' | 'inferred';
  /** The rule that made the result (`minimum`, `OR`, `list`, …). */
  rule?: string;
}

/** One login request or response, as a step of the ladder. */
export interface LoginStep {
  readonly frame: number;
  readonly timeNs: number;
  readonly from: 'initiator' | 'target';
  /** Current and next stage (RFC 7143 11.12.3), nsg -1 where T is 0. */
  readonly csg: number;
  readonly nsg: number;
  readonly transit: boolean;
  readonly continues: boolean;
  /** Status class and detail of a response, -1 in a request. */
  readonly statusClass: number;
  readonly statusDetail: number;
  /** Key and value pairs in the order sent; secrets are kept and hidden where they are shown. */
  readonly text: readonly (readonly [string, string])[];
}

export interface Login {
  readonly steps: LoginStep[];
  startedNs: number;
  /** Last byte of the last login PDU. */
  endedNs: number;
  /** `accepted`, `rejected` (class 2, 3), `redirected` (class 1), `unanswered`. */
  outcome: 'accepted' | 'rejected' | 'redirected' | 'unanswered';
  statusClass: number;
  statusDetail: number;
  /** The authentication method that was agreed, as sent (CHAP, None, …). */
  authMethod?: string;
}

/** One iSCSI connection: a TCP connection that carries PDUs. */
export interface ConnectionStory {
  readonly connection: Connection;
  session: number;
  cid: number;
  /** Direction (0 or 1) of the initiator's bytes, -1 while unknown. */
  initiatorDirection: number;
  login?: Login;
  parameters: Parameter[];
  headerDigest: boolean;
  dataDigest: boolean;
  digestsInferred: boolean;
  logout?: { readonly frame: number; readonly timeNs: number; readonly reason: number; response: number };
  pdus: number;
}

export interface Session {
  /** From 0, in the order of first sight. */
  readonly id: number;
  /** 12 hex digits, '' where the login was not captured. */
  isid: string;
  tsih: number;
  initiatorName: string;
  targetName: string;
  targetPortalGroupTag: number;
  type: 'Normal' | 'Discovery' | 'unknown';
  initiatorAlias?: string;
  targetAlias?: string;
  initiatorAddress: string;
  targetAddress: string;
  /** False where the session began before the capture. */
  loginSeen: boolean;
  /** Session-wide parameters in force (of the leading connection's login, or inferred). */
  parameters: Parameter[];
  connections: number[];
  startedNs: number;
  endedNs: number;
  /** Why it ended: `logout`, `connection lost`, `reinstated`, `` while it has not. */
  ended: string;
  /** Targets named by SendTargets answers: name and addresses. */
  discovered: { name: string; addresses: string[] }[];
  tasks: number;
  tasksEnded: number;
}
