// What is known of iSNS: plain facts, filled by stage.ts. Times are ns since the capture's first packet, -1 for
// "never seen"; frames count from 1, 0 is none.

import type { ScnDue } from './notifications.js';

/** A request and its response. */
export interface IsnsTransaction {
  /** TCP connection; -1 over UDP. */
  readonly connection: number;
  /** `10.0.0.1:3205`: who asked, whom. ESI and SCN are asked by the server (RFC 4171 5.6.5.8, 5.6.5.13). */
  readonly from: string;
  readonly to: string;
  readonly byServer: boolean;
  readonly functionId: number;
  readonly transactionId: number;
  readonly requestFrame: number;
  readonly requestNs: number;
  /** The name that asked: the source attribute (section 5.6.1). */
  readonly source: string;
  /** What it is about: the message key, or for registrations the first object. */
  readonly key: string;
  responseFrame: number;
  responseNs: number;
  /** -1 while there is no response. */
  status: number;
  /** Objects that a query's answer named: nodes and portals. */
  nodes: number;
  portals: number;
  /** Requests of the same side that were open when it was sent, itself included. */
  readonly outstanding: number;
  /** Its connection ended, or bytes of the answering side were missed, while it waited. */
  cut: boolean;
  /** The connection was alive after it: the answering side sent something later. */
  answeredLater: boolean;
}

export interface IsnsNode {
  readonly name: string;
  entity: string;
  /** Bits of tag 33: 1 target, 2 initiator, 4 control; 0 not said. */
  type: number;
  alias: string;
  scnBitmap: number;
  /** Packet that told of it first, and whether a registration did (else a query's answer). */
  readonly frame: number;
  readonly timeNs: number;
  registered: boolean;
  removedNs: number;
}

export interface IsnsPortal {
  readonly address: string;
  readonly port: string;
  /** Both: `10.0.0.1:3260`. */
  readonly end: string;
  entity: string;
  /** Names of the nodes that are reached there (portal groups), where that was said. */
  readonly nodes: Set<string>;
}

export interface IsnsEntity {
  readonly id: string;
  protocol: number;
  /** Seconds; 0 none was said. */
  registrationPeriod: number;
  /** The client that registered it, and when its host last said anything. */
  client: string;
  heard: Heard | undefined;
  removedNs: number;
}

/** Shared by all that a host registered. */
export interface Heard {
  lastNs: number;
}

export interface IsnsDomain {
  readonly id: string;
  name: string;
  readonly members: Set<string>;
}

/** A node that a query's answer told a client of, with where it is reached. */
export interface IsnsLearned {
  readonly client: string;
  readonly source: string;
  readonly node: string;
  readonly addresses: readonly string[];
  readonly frame: number;
  readonly timeNs: number;
}

/** A query that was answered without a target, though the server knew some. */
export interface IsnsBlindQuery {
  readonly transaction: IsnsTransaction;
  /** Targets that were registered then, and whether one was in a domain with the one who asked. */
  readonly targets: number;
  readonly inCommon: boolean;
}

export interface IsnsStory {
  /** The first ISNS_TRANSACTIONS_MAX; `transactionsTotal` counts all. */
  readonly transactions: readonly IsnsTransaction[];
  readonly transactionsTotal: number;
  readonly entities: ReadonlyMap<string, IsnsEntity>;
  readonly nodes: ReadonlyMap<string, IsnsNode>;
  readonly portals: ReadonlyMap<string, IsnsPortal>;
  readonly domains: ReadonlyMap<string, IsnsDomain>;
  readonly learned: readonly IsnsLearned[];
  readonly blind: readonly IsnsBlindQuery[];
  /** Changes that a node registered to be told of, and was not. */
  readonly scnDue: readonly ScnDue[];
  readonly heartbeats: {
    readonly count: number;
    readonly server: string;
    readonly intervalS: number;
  };
  /** Responses to no request that was seen, bytes between PDUs, messages of which PDUs are missing. */
  readonly unmatched: number;
  readonly lostBytes: number;
  readonly incomplete: number;
  readonly malformed: number;
}
