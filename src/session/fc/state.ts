// What the Fibre Channel room remembers while it reads: links, ports, nexuses, exchanges.

import { asDoubles } from '../../lib/double-fields.js';
import type { ProblemLog } from '../../problem.js';
import { DirectionWaits } from '../../scsi/direction-waits.js';
import type { LunTable } from '../../scsi/lun-table.js';
import type { NexusWatch } from '../../scsi/nexus.js';
import type { Path } from '../../scsi/path.js';
import { RecentTags } from '../../scsi/recent-tags.js';
import { TaskTable } from '../../scsi/task-table.js';
import type { Connection } from '../../stream/connection.js';
import type { Session } from '../model.js';
import type { SessionNexus, SessionTables } from '../tables.js';
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

/** A session of the common list: what tasks are told of, and found in. */
export class FcSession implements SessionNexus {
  readonly story: Session;
  readonly watch: NexusWatch;
  readonly tasks = new TaskTable();
  lunsWhole: readonly string[] | undefined = undefined;
  lunTable: LunTable | undefined = undefined;
  /** OX_IDs of exchanges that ended before their response. */
  readonly endedEarly = new RecentTags();

  constructor(story: Session, watch: NexusWatch) {
    this.story = story;
    this.watch = watch;
  }
}

/** What a nexus' tasks run over: one of its link's connections, the initiator on one side of it. */
class FcPath implements Path {
  readonly number: number;
  readonly initiatorWaits: DirectionWaits;
  readonly targetWaits: DirectionWaits;
  readonly targetLosses = 0;
  openTasks = 0;
  openWrites = 0;
  private readonly link: LinkState;

  constructor(c: FcConnectionState, link: LinkState, side: number) {
    this.number = c.facts.id;
    this.initiatorWaits = c.waits[side];
    this.targetWaits = c.waits[1 - side];
    this.link = link;
  }

  /** A loss anywhere on the link may have hidden frames of either port. */
  get initiatorLosses(): number {
    return this.link.losses;
  }
}

/** An I_T nexus of two N_Ports: a session of the common list, and its open exchanges by OX_ID. */
export class NexusState {
  readonly session: FcSession;
  readonly facts: FcNexus;
  readonly link: LinkState;
  /** Keys of the link (links.ts): who the originator of its commands is. */
  readonly initiatorKey: number;
  readonly targetKey: number;
  readonly exchanges = new Map<number, Exchange>();
  /** Commands that were aborted, to see whether they are sent again. */
  readonly aborted: { readonly abort: FcAbort; readonly command: string }[] = [];
  readonly #paths = new Map<FcConnectionState, readonly [Path, Path]>();

  constructor(
    session: FcSession,
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

  /** The path over a connection on whose side `side` the initiator is. */
  pathOf(c: FcConnectionState, side: number): Path {
    let paths = this.#paths.get(c);
    if (paths === undefined) {
      paths = [new FcPath(c, this.link, 0), new FcPath(c, this.link, 1)];
      this.#paths.set(c, paths);
    }
    return paths[side];
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
  readonly waits: readonly [DirectionWaits, DirectionWaits];
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

  constructor(facts: FcConnection, link: LinkState, shared: SessionTables) {
    this.facts = facts;
    this.link = link;
    const { id } = facts;
    // Nobody tells of waits where there is no TCP.
    this.waits =
      id < 0
        ? [new DirectionWaits(), new DirectionWaits()]
        : [shared.waitsOf(id * 2), shared.waitsOf(id * 2 + 1)];
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
  readonly watch: NexusWatch;
  nowNs = 0;

  constructor(book: SessionTables, watch: NexusWatch) {
    this.book = book;
    this.watch = watch;
    asDoubles<FcTables>(this, ['nowNs']);
  }

  connectionOf(connection: number): Connection {
    return this.book.connectionOf(connection);
  }

  get problems(): ProblemLog {
    return this.book.problems;
  }
}
