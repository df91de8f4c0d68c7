// What the Fibre Channel room remembers while it reads: links, ports, nexuses, exchanges.

import { asDoubles } from '../../lib/double-fields.js';
import type { ProblemLog } from '../../problem.js';
import { DirectionWaits } from '../../scsi/tcp-waits.js';
import type { Connection } from '../../stream/connection.js';
import type { SessionState, SessionTables } from '../iscsi/state.js';
import { type Exchange, ExchangePool } from './exchange.js';
import type {
  FcAbort,
  FcConnection,
  FcLink,
  FcNexus,
  FcPort,
  FcRequest,
  FcStory,
} from './model.js';

/** An I_T nexus of two N_Ports: a session of the common list, and its open exchanges by OX_ID. */
export class NexusState {
  readonly session: SessionState;
  readonly facts: FcNexus;
  readonly link: LinkState;
  /** Keys of the link (links.ts): who the originator of its commands is. */
  readonly initiatorKey: number;
  readonly targetKey: number;
  readonly exchanges = new Map<number, Exchange>();
  /** Commands that were aborted, to see whether they are sent again. */
  readonly aborted: { readonly abort: FcAbort; readonly command: string }[] = [];

  constructor(
    session: SessionState,
    facts: FcNexus,
    link: LinkState,
    initiatorKey: number,
    targetKey: number,
  ) {
    this.session = session;
    this.facts = facts;
    this.link = link;
    this.initiatorKey = initiatorKey;
    this.targetKey = targetKey;
  }
}

/** A request of a link service that awaits its answer, and what its answer needs of it. */
export interface OpenRequest {
  readonly request: FcRequest | undefined;
  readonly kind: number;
  readonly ctCommand: number;
  /** PLOGI and FLOGI. */
  readonly portName: string;
  readonly nodeName: string;
  readonly receiveDataFieldSize: number;
  /** CT: the port that was asked for. */
  readonly portId: number;
  /** PRLI. */
  readonly writeXferRdyDisabled: boolean;
}

export class LinkState {
  readonly facts: FcLink;
  /** Ports by key: N_Port ID, or side where addresses say nothing (iFCP). */
  readonly ports = new Map<number, FcPort>();
  /** Nexuses by initiator's and target's key; virtual fabrics apart. */
  readonly nexuses = new Map<number, Map<number, NexusState>>();
  readonly requests = new Map<string, OpenRequest>();
  /** Ports that PLOGI was accepted between, by the keys of both. */
  readonly loggedIn = new Set<number>();
  /** PRLI: write FCP_XFER_RDY disabled by both, by the keys of both (links.ts). */
  readonly writeXferRdyDisabled = new Map<number, boolean>();
  /** Boundaries lost, headers cut, frames without their end: in all of its connections. */
  losses = 0;

  constructor(facts: FcLink) {
    this.facts = facts;
  }
}

/** One TCP connection that carries frames, or a captured link. */
export class FcConnectionState {
  facts: FcConnection;
  link: LinkState;
  readonly waits: readonly [DirectionWaits, DirectionWaits] = [
    new DirectionWaits(),
    new DirectionWaits(),
  ];
  readonly frames = [0, 0];
  readonly ended = [false, false];
  /** iFCP: a CBIND succeeded, an UNBIND was answered; undefined where the beginning was not seen. */
  bound: boolean | undefined = undefined;
  /** The nexus of the last frame, each way, and its keys. */
  readonly lastNexus: (NexusState | undefined)[] = [undefined, undefined];
  readonly lastSource = new Float64Array(2).fill(-1);
  readonly lastDestination = new Float64Array(2).fill(-1);
  readonly lastResponds = [false, false];
  /** The exchange and task of the data frame under way, each way. */
  readonly under: (Exchange | null)[] = [null, null];
  readonly underOrder = [0, 0];
  readonly underNexus: (NexusState | null)[] = [null, null];
  /** Time stamps: seconds of the first one, each way; -1 before it. */
  readonly stampBase = [-1, -1];

  constructor(facts: FcConnection, link: LinkState) {
    this.facts = facts;
    this.link = link;
  }
}

export class FcTables {
  readonly book: SessionTables;
  readonly story: FcStory = {
    links: [],
    ports: [],
    nexuses: [],
    requests: [],
    aborts: [],
    stateChanges: [],
    dropped: 0,
  };
  readonly links: LinkState[] = [];
  readonly nexuses: NexusState[] = [];
  /** By connection number; captured links by their own key (links.ts). */
  readonly connections: (FcConnectionState | undefined)[] = [];
  readonly captured = new Map<number, FcConnectionState>();
  readonly pool = new ExchangePool();
  readonly connectionOf: (connection: number) => Connection;
  nowNs = 0;

  constructor(book: SessionTables, connectionOf: (connection: number) => Connection) {
    this.book = book;
    this.connectionOf = connectionOf;
    asDoubles<FcTables>(this, ['nowNs']);
  }

  get problems(): ProblemLog {
    return this.book.problems;
  }
}
