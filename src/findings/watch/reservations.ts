// Who reserved a logical unit last, and who met RESERVATION CONFLICT. A logical unit is the same for all
// sessions to its target: by target and LUN. Seldom: clusters reserve now and then.

import { hex64 } from '../../lib/hex.js';
import { FINDINGS_PER_RULE } from '../../limits.js';
import { endedWell, Outcome, type Task } from '../../scsi/task.js';
import type { Session } from '../../session/model.js';
import { reservationType } from '../../wire/scsi/cdb-words.js';
import { ScsiOpcode } from '../../wire/scsi/opcodes.js';
import { entry, Occurrences } from '../groups.js';
import type { Watched, WatchKind } from '../watch.js';

/** Service actions of PERSISTENT RESERVE OUT. */
const Action = {
  register: 0,
  reserve: 1,
  release: 2,
  clear: 3,
  preempt: 4,
  preemptAndAbort: 5,
  registerAndIgnore: 6,
} as const;
/** RESERVE(6), RESERVE(10), RELEASE(6), RELEASE(10), PERSISTENT RESERVE OUT. */
const KNOWN: ReadonlySet<number> = new Set([
  ScsiOpcode.reserve6,
  ScsiOpcode.reserve10,
  ScsiOpcode.release6,
  ScsiOpcode.release10,
  ScsiOpcode.persistentReserveOut,
]);
/** Logical units, and registrants of one, that are followed. */
const UNITS_MAX = 1024;
const REGISTRANTS_MAX = 64;

/** A command that took or gave up a reservation. */
export interface Reserving {
  readonly operation: number;
  readonly session: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly takes: boolean;
  /** Type of a persistent reservation, -1 of the old kind. */
  readonly type: number;
}

/** One logical unit. */
interface Unit {
  last: Reserving | undefined;
  /** Initiator name → ISID that registered. */
  readonly registered: Map<string, string>;
}

/** Conflicts that one session met on one LUN. */
export class Conflict extends Occurrences {
  readonly session: number;
  readonly lun: string;
  /** What reserved before the first, where that was captured. */
  readonly holder: Reserving | undefined;
  /** The ISID that this initiator's name registered with, where it is another than this session's. */
  readonly otherIsid: string;
  readonly operations: Set<number> = new Set();

  constructor(session: number, lun: string, holder: Reserving | undefined, otherIsid: string) {
    super();
    this.session = session;
    this.lun = lun;
    this.holder = holder;
    this.otherIsid = otherIsid;
  }
}

class ReservationWatch {
  readonly conflicts: Map<string, Conflict> = new Map();
  readonly #watched: Watched;
  readonly #units: Map<string, Unit>;

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#units = new Map();
  }

  taskEnded(task: Task): void {
    const conflict = task.outcome === Outcome.reservationConflict;
    if (!conflict && !(KNOWN.has(task.opcode) && endedWell(task.outcome))) return;
    const session = this.#watched.look?.session(task.session);
    if (session === undefined) return;
    if (conflict) this.#conflicted(task, session);
    else this.#reserved(task, session);
  }

  /** A command that reserves or releases was executed. */
  #reserved(task: Task, session: Session): void {
    const unit = this.#unit(task, session);
    if (unit === undefined) return;
    const { opcode, operation, serviceAction, cdb } = task;
    const persistent = opcode === ScsiOpcode.persistentReserveOut;
    if (persistent && registers(serviceAction) && unit.registered.size < REGISTRANTS_MAX) {
      unit.registered.set(session.initiatorName, session.isid);
      return;
    }
    const takes = persistent
      ? serviceAction === Action.reserve ||
        serviceAction === Action.preempt ||
        serviceAction === Action.preemptAndAbort
      : opcode === ScsiOpcode.reserve6 || opcode === ScsiOpcode.reserve10;
    const type = persistent ? reservationType(cdb) : -1;
    const { commandFrame: frame, commandNs: timeNs } = task;
    unit.last = { operation, session: session.id, frame, timeNs, takes, type };
  }

  #conflicted(task: Task, session: Session): void {
    const unit = this.#unit(task, session);
    const lun = hex64(task.lunHigh, task.lunLow);
    const known = unit?.registered.get(session.initiatorName) ?? '';
    const other = session.isid !== '' && known !== '' && known !== session.isid ? known : '';
    const make = () => new Conflict(session.id, lun, unit?.last, other);
    const found = entry(this.conflicts, `${session.id}/${lun}`, FINDINGS_PER_RULE, make);
    if (found === undefined) return;
    found.saw(task.commandFrame, task.commandNs);
    found.operations.add(task.operation);
  }

  #unit(task: Task, session: Session): Unit | undefined {
    const target = session.targetName || session.targetAddress;
    const key = `${target} ${hex64(task.lunHigh, task.lunLow)}`;
    return entry(this.#units, key, UNITS_MAX, () => ({ last: undefined, registered: new Map() }));
  }
}

export const reservations: WatchKind<ReservationWatch> = {
  name: 'reservations',
  make: (watched) => new ReservationWatch(watched),
};

function registers(serviceAction: number): boolean {
  return serviceAction === Action.register || serviceAction === Action.registerAndIgnore;
}
