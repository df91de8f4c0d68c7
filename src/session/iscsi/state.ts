// What the session stage remembers of each connection and session while it reads.

import { asDoubles } from '../../lib/double-fields.js';
import type { DigestControl } from '../../pdu/pdu.js';
import type { ProtocolControl } from '../../pdu/protocol.js';
import type { ProblemLog } from '../../problem.js';
import type { DirectionWaits } from '../../scsi/direction-waits.js';
import type { LunTable } from '../../scsi/lun-table.js';
import type { NexusWatch } from '../../scsi/nexus.js';
import type { OpenTask } from '../../scsi/open-task.js';
import type { OpenTasks } from '../../scsi/open-tasks.js';
import type { Path } from '../../scsi/path.js';
import { RecentTags } from '../../scsi/recent-tags.js';
import { TaskTable } from '../../scsi/task-table.js';
import type { Connection } from '../../stream/connection.js';
import { type Forgotten, type IscsiConnection, noneForgotten, type Session } from '../model.js';
import type { SessionNexus, SessionTables } from '../tables.js';
import { Agreed } from './login/agreed.js';
import type { Discovered } from './login/discovered.js';
import type { LoginState } from './login/login-state.js';
import type { Negotiation } from './login/negotiation.js';
import type { TextState } from './login/text-state.js';
import { CommandNumbers } from './numbering/command-state.js';
import { StatusNumbers } from './numbering/status-state.js';
import { PendingRequests } from './pending-requests.js';

export const Phase = {
  /** No login seen; PDUs of the full feature phase make it a session joined in the middle. */
  unknown: 0,
  login: 1,
  fullFeature: 2,
  /** The login was refused: nothing more is expected. */
  refused: 3,
} as const;

export class ConnectionState implements Path {
  readonly number: number;
  readonly story: IscsiConnection;
  session: SessionState | undefined = undefined;
  phase: number = Phase.unknown;
  /** Losses so far: boundaries lost, headers cut, PDUs without their end. */
  initiatorLosses = 0;
  /** Losses of the initiator when CmdSN was last in step: what was lost before held no commands. */
  numberedLosses = 0;
  targetLosses = 0;
  initiatorEnded = false;
  targetEnded = false;
  /** When the second of them ended. */
  endedNs = -1;
  endedFrame = 0;
  /** The task of the PDU under way in each direction, and its order at that time. */
  outTask: OpenTask | null = null;
  outOrder = 0;
  inTask: OpenTask | null = null;
  inOrder = 0;
  /** Waits of the initiator's bytes, and of the target's. */
  readonly initiatorWaits: DirectionWaits;
  readonly targetWaits: DirectionWaits;
  readonly agreed = new Agreed();
  /** Tasks of this allegiance that are open. */
  openTasks = 0;
  /** Of these: writes, of which R2Ts may ask for data. */
  openWrites = 0;
  readonly numbers = new StatusNumbers();
  initiatorSeen = false;
  targetSeen = false;
  /** Requests other than commands that await an answer. */
  readonly requests = new PendingRequests();
  login: LoginState | undefined = undefined;
  /** A login requested while a session goes on (successive-logins.ts). */
  nextLogin: LoginState | undefined = undefined;
  negotiation: Negotiation | undefined = undefined;
  text: TextState | undefined = undefined;

  constructor(shared: SessionTables, number: number, story: IscsiConnection) {
    this.number = number;
    this.story = story;
    const own = story.initiatorDirection === 1 ? 1 : 0;
    this.initiatorWaits = shared.waitsOf(number * 2 + own);
    this.targetWaits = shared.waitsOf(number * 2 + 1 - own);
    asDoubles<ConnectionState>(this, ['endedNs']);
  }
}

export class SessionState implements SessionNexus {
  readonly story: Session;
  readonly watch: NexusWatch;
  readonly tasks = new TaskTable();
  connections: ConnectionState[] = [];
  /** The last whole answer of REPORT LUNS. */
  lunsWhole: readonly string[] | undefined = undefined;
  lunTable: LunTable | undefined = undefined;
  /** What fills the story's list, once there is something to fill it with. */
  discovered: Discovered | undefined = undefined;
  /** DataPDUInOrder and DataSequenceInOrder: offsets only grow. False where it is not known. */
  pduInOrder = false;
  sequenceInOrder = false;
  errorRecoveryLevel = 0;
  /** Tags of tasks that a SNACK asked data or R2Ts of: what comes again for them is no mistake. */
  readonly snacked = new RecentTags();
  /** Tags of tasks that ended before their exchange had: what still comes for them is no new task. */
  readonly endedEarly = new RecentTags();
  readonly commands = new CommandNumbers();
  /** True once it has ended: no connection joins it any more. */
  over = false;
  /** True where it has not ended, but its connections were given up (idle for long, among too many). */
  gone = false;

  constructor(story: Session, watch: NexusWatch) {
    this.story = story;
    this.watch = watch;
  }
}

/** What the machine knows beside what it shares with others. */
export class IscsiTables {
  readonly shared: SessionTables;
  readonly tasks: OpenTasks;
  readonly problems: ProblemLog;
  readonly digests: DigestControl;
  readonly protocols: ProtocolControl;
  readonly connectionOf: (connection: number) => Connection;
  readonly watch: NexusWatch;
  /** By connection: the one that goes on, and the stories of all there were, in their order. */
  readonly connections: (ConnectionState | undefined)[] = [];
  readonly stories: IscsiConnection[][] = [];
  /** Those that are not forgotten, in the order of first sight; the last of them. */
  readonly sessions = new Set<SessionState>();
  lastSession: SessionState | undefined = undefined;
  /** Those that are over or gone, the oldest first, and what was forgotten of such (forget.ts). */
  readonly over: SessionState[] = [];
  readonly forgotten: Forgotten = noneForgotten();
  readonly names = new Map<string, string>();
  /** The numbers of those of which who and when is kept, a ring (forget.ts). */
  readonly remnants: number[] = [];
  /** Nothing of a connection is needed any more. */
  onForgotten: (connection: number) => void = () => {};
  /** Sessions that a login may join or take the place of, by initiator and ISID. */
  readonly byInitiator = new Map<string, SessionState[]>();
  holeIds = 0;

  constructor(
    shared: SessionTables,
    digests: DigestControl,
    protocols: ProtocolControl,
    watch: NexusWatch,
  ) {
    this.shared = shared;
    this.tasks = shared.tasks;
    this.problems = shared.problems;
    this.digests = digests;
    this.protocols = protocols;
    this.connectionOf = shared.connectionOf;
    this.watch = watch;
  }
}
