// hot: no allocation per packet
// What rules keep of one LUN as one session sees it, while the capture passes: bounded, and made
// lazily where it is seldom needed.

import { asDoubles } from '../../lib/double-fields.js';
import { Latest } from '../../lib/latest.js';
import { distance } from '../../lib/serial.js';
import type { LogicalUnit } from '../../scsi/logical-unit-facts.js';
import { endedWell, Outcome, type Task, TaskAttribute } from '../../scsi/task.js';
import type { BlockLimits } from '../../wire/scsi/block-limits.js';
import { ScsiOpcode } from '../../wire/scsi/opcodes.js';
import { Occurrences } from '../groups.js';
import { AtsWatch, COMPARE_AND_WRITE } from './ats.js';
import { DiscardWatch, isDiscard } from './discards.js';
import { LengthWatch } from './lengths.js';
import { LimitWatch } from './limits.js';
import { OutageWatch } from './outages.js';
import { Overlaps } from './overlaps.js';
import type { R2tWaits } from './r2t-waits.js';
import { RefusalWatch } from './refusals.js';
import { RefusedBlocks } from './refused-blocks.js';
import { SlowCommands } from './slow-commands.js';
import type { Ways } from './slow-way.js';
import { movesBlocks, TapeWatch } from './tape.js';

/** Refused commands whose later ones are watched: more at once say the same. */
const REFUSED_MAX = 16;
/** Latencies of reads and writes kept, should discards begin. */
const LATENCIES = 64;
const TAPE = 1;
const NACA = 4;

/** Answered also where the LUN has no device (SPC): their GOOD says nothing of it. */
const SAID_TO_ANYBODY: ReadonlySet<number> = new Set([
  ScsiOpcode.inquiry,
  ScsiOpcode.reportLuns,
  ScsiOpcode.requestSense,
]);

/** A command that was not executed, while those behind it in order may have been. */
interface Refused {
  readonly cmdSN: number;
  readonly endNs: number;
  readonly frame: number;
  readonly strict: boolean;
}

/** What all LUNs together may still make of the larger watches. */
export interface Budget {
  discards: number;
}

export class LunWatch {
  readonly session: number;
  readonly lunHigh: number;
  readonly lunLow: number;
  readonly story: LogicalUnit | undefined;
  /** What an earlier session of the same two ends was told of it: a host that comes back does not ask again. */
  readonly #limitsBefore: BlockLimits | undefined;
  /** Commands open now. */
  open = 0;
  /** Commands executed (INQUIRY, REPORT LUNS and REQUEST SENSE, which any LUN answers, not counted). */
  good = 0;
  lastGoodNs = -1;
  /** 05/25/00, how many were executed before the first, and after the last of them. */
  readonly unsupported: Occurrences = new Occurrences();
  goodBefore = 0;
  goodAfter = 0;
  /** By task attribute, with the first packet of each. */
  readonly attributes: number[] = [0, 0, 0, 0, 0, 0, 0, 0];
  readonly attributeFrames: number[] = [0, 0, 0, 0, 0, 0, 0, 0];
  immediates = 0;
  immediateFrame = 0;
  naca = 0;
  nacaFrame = 0;
  /** Commands executed although one before them in order was refused, and they were sent by then. */
  readonly passed: Occurrences = new Occurrences();
  /** Of these: where order matters by its attribute, or on a tape. */
  passedStrict = 0;
  readonly overlaps: Overlaps = new Overlaps();
  readonly lengths: LengthWatch = new LengthWatch();
  readonly outages: OutageWatch = new OutageWatch();
  refusedBlocks: RefusedBlocks | undefined = undefined;
  readonly slow: SlowCommands = new SlowCommands();
  r2tWaits: R2tWaits | undefined = undefined;
  refusals: RefusalWatch | undefined = undefined;
  discards: DiscardWatch | undefined = undefined;
  ats: AtsWatch | undefined = undefined;
  limits: LimitWatch | undefined = undefined;
  tape: TapeWatch | undefined = undefined;
  readonly #refused: Refused[];
  readonly #budget: Budget;
  readonly #ways: Ways;
  readonly #latencies: Latest;

  constructor(
    task: Task,
    story: LogicalUnit | undefined,
    budget: Budget,
    ways: Ways,
    before: LunWatch | undefined = undefined,
  ) {
    this.#ways = ways;
    this.#limitsBefore = before?.limitsNow();
    this.#budget = budget;
    this.session = task.session;
    this.lunHigh = task.lunHigh | 0;
    this.lunLow = task.lunLow | 0;
    this.story = story;
    this.#refused = [];
    this.#latencies = new Latest(LATENCIES);
    asDoubles<LunWatch>(this, ['lastGoodNs']);
  }

  started(task: Task): void {
    if (task.deviceType === TAPE && movesBlocks(task.opcode)) {
      this.tape ??= new TapeWatch();
      if (this.open === 0) this.tape.resumed(task);
    }
    this.open++;
    const attribute = task.attribute & 7;
    if (this.attributes[attribute]++ === 0) this.attributeFrames[attribute] = task.commandFrame;
    if (task.immediate && this.immediates++ === 0) this.immediateFrame = task.commandFrame;
    if (hasNaca(task) && this.naca++ === 0) this.nacaFrame = task.commandFrame;
    this.overlaps.started(task);
    if (this.refusals !== undefined) this.refusals.started(task);
    if (isDiscard(task.opcode)) {
      if (this.discards === undefined && this.#budget.discards > 0) {
        this.#budget.discards--;
        const before = this.#latencies.copyKept();
        this.discards = new DiscardWatch(before, before.length);
      }
      this.discards?.started(task);
    } else if (task.opcode === COMPARE_AND_WRITE) {
      this.ats ??= new AtsWatch();
    }
  }

  ended(task: Task): void {
    this.overlaps.ended(task);
    this.lengths.ended(task, this.story);
    if (task.lbaKnown && task.reads !== task.writes) this.#transferred(task);
    const limits = this.limitsNow();
    if (limits !== undefined) this.#limited(task, limits);
    if (this.discards !== undefined) this.discards.ended(task);
    else if (task.lbaKnown && task.outcome === Outcome.good) this.#measure(task);
    if (this.ats !== undefined && task.opcode === COMPARE_AND_WRITE) this.ats.ended(task);
    if (endedWell(task.outcome)) this.#good(task);
    else this.#bad(task);
    if (this.open > 0) this.open--;
    this.tape?.ended(task, this.open);
  }

  /** VPD B0h as it was told last, to this session or one before. */
  limitsNow(): BlockLimits | undefined {
    return this.story?.limits ?? this.#limitsBefore;
  }

  /** A read or write of blocks. */
  #transferred(task: Task): void {
    if (task.outcome === Outcome.good) {
      this.outages.executed(task, this.story?.blocks ?? '');
      this.refusedBlocks?.executed(task);
      if (!task.statusBound && !task.pdusMissed && task.deviceType <= 0)
        this.slow.ended(task, this.#ways);
    } else if (task.outcome === Outcome.checkCondition) {
      this.outages.refused(task);
      this.refusedBlocks ??= new RefusedBlocks();
      this.refusedBlocks.refused(task);
    }
  }

  #limited(task: Task, limits: BlockLimits): void {
    if (this.limits === undefined) this.limits = new LimitWatch(limits);
    else if (this.limits.limits !== limits) this.limits.told(limits);
    this.limits.ended(task);
  }

  /** Before the first discard: the last latencies of reads and writes, to compare with. */
  #measure(task: Task): void {
    const ns = task.statusBound ? -1 : task.endNs - task.commandNs;
    if (ns >= 0) this.#latencies.add(ns);
  }

  #good(task: Task): void {
    if (this.#refused.length > 0) this.#behindRefused(task);
    const { opcode } = task;
    if (SAID_TO_ANYBODY.has(opcode)) return;
    this.good++;
    this.lastGoodNs = task.endNs;
    if (this.unsupported.count > 0) this.goodAfter++;
  }

  #bad(task: Task): void {
    const { outcome, senseKey, asc, ascq } = task;
    if (outcome === Outcome.busy || outcome === Outcome.taskSetFull) {
      this.refusals ??= new RefusalWatch();
      this.refusals.refused(task, this.open);
      this.#refuse(task);
    } else if (outcome === Outcome.reservationConflict) this.#refuse(task);
    else if (outcome !== Outcome.checkCondition) return;
    if (senseKey === 6) this.#refuse(task);
    if (senseKey !== 5 || asc !== 0x25 || ascq !== 0) return;
    if (this.unsupported.count === 0) this.goodBefore = this.good;
    this.unsupported.saw(task.commandFrame, task.commandNs);
    this.goodAfter = 0;
  }

  #refuse(task: Task): void {
    if (task.immediate || this.open <= 1) return;
    const { cmdSN, endNs, commandFrame: frame, attribute, deviceType } = task;
    const strict =
      attribute === TaskAttribute.ordered ||
      attribute === TaskAttribute.headOfQueue ||
      deviceType === TAPE;
    if (this.#refused.length >= REFUSED_MAX) this.#refused.shift();
    this.#refused.push({ cmdSN, endNs, frame, strict });
  }

  /** Sent before the refusal could be known, executed after it: the order is broken (RFC 3783 4.1.4). */
  #behindRefused(task: Task): void {
    if (task.immediate) return;
    const all = this.#refused;
    for (let i = 0; i < all.length; i++) {
      const one = all[i];
      if (task.commandNs >= one.endNs || distance(task.cmdSN, one.cmdSN) <= 0) continue;
      this.passed.saw(one.frame, task.commandNs);
      this.passed.saw(task.commandFrame, task.commandNs);
      this.passed.count--;
      if (one.strict || task.attribute === TaskAttribute.ordered) this.passedStrict++;
      return;
    }
    if (this.open <= 1) all.length = 0; // all that was sent by then has ended
  }
}

/** NACA of the CONTROL byte, the last of the CDB (SAM); its place is the group code's. */
function hasNaca(task: Task): boolean {
  const { cdb, cdbLength, opcode } = task;
  const group = opcode >> 5;
  const at = group === 0 ? 5 : group <= 2 ? 9 : group === 4 ? 15 : group === 5 ? 11 : -1;
  return at > 0 && at < cdbLength && (cdb[at] & NACA) !== 0;
}
