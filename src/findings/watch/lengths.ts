// hot: no allocation per packet
// What a command says of its data in three places: R and W, the Expected Data Transfer Length, and the
// CDB; and what the status then says was left. Where they differ, initiators and targets disagree about
// who waits for what.

import type { LogicalUnit } from '../../scsi/logical-unit-facts.js';
import { Outcome, type Task, Transport } from '../../scsi/task.js';
import { fixedBlocks, protection } from '../../wire/scsi/cdb-words.js';
import { ScsiOpcode } from '../../wire/scsi/opcodes.js';
import { DIRECTION, Direction, RULE, Rule } from '../../wire/scsi/operation-table.js';
import { SenseFlag } from '../../wire/scsi/sense.js';
import { Occurrences } from '../groups.js';

const UNDERFLOW = 1;
const OVERFLOW = 2;
/** A READ or WRITE whose blocks are all of its data, by opcode: 6, 10, 12, 16, and WRITE AND VERIFY. */
const WHOLE = new Uint8Array(256);
for (const opcode of [0x08, 0x0a, 0x28, 0x2a, 0xa8, 0xaa, 0x88, 0x8a, 0x2e, 0xae, 0x8e]) {
  WHOLE[opcode] = 1;
}
/** Device types of blocks: disk, optical, CD, reduced (SPC); -1 not known. */
const BLOCK_TYPES = [-1, 0, 5, 7, 14];

const TAPE = 1;
const SHORT = SenseFlag.ili | SenseFlag.valid;

export class LengthWatch {
  /** Bytes moved and residual do not add up; R and W against the CDB; length against blocks. */
  readonly residual: Occurrences = new Occurrences();
  /** By RDMA Write: the whole buffer was placed, and the residual says that less of it counts. */
  readonly padded: Occurrences = new Occurrences();
  paddedMoved = 0;
  paddedTold = 0;
  /** Writes that were answered as good and of which not one byte was sent, nor asked for. */
  readonly unwritten: Occurrences = new Occurrences();
  unwrittenBytes = 0;
  unwrittenAsked = 0;
  /** Of these: their initiator had announced data without an R2T (F=0), which did not come. */
  unwrittenAnnounced = 0;
  /** The same of writes of which only a part was sent; bytes that were not. */
  readonly partWritten: Occurrences = new Occurrences();
  partMissing = 0;
  /** The same of reads that ended with sense data that is no error (NO SENSE: a tape's short block). */
  readonly noSense: Occurrences = new Occurrences();
  readonly direction: Occurrences = new Occurrences();
  readonly blocks: Occurrences = new Occurrences();
  /** Of the first of the last two: operation, length, blocks, block length (-1 not known). */
  directionOperation = -1;
  directionLength = 0;
  blocksOperation = -1;
  blocksLength = 0;
  blocksCount = 0;
  blockLength = -1;
  /** Of the first residual: expected, moved, told (negative: overflow). */
  expected = 0;
  moved = 0;
  told = 0;
  /** Of the first with NO SENSE: what its sense data says the block had; -1 where it does not. */
  noSenseBlock = -1;

  ended(task: Task, story: LogicalUnit | undefined): void {
    if (!task.commandSeen || task.operation < 0) return;
    if (task.outcome === Outcome.good && residualWrong(task)) {
      if (isPadded(task)) this.#padded(task);
      else if (task.writes && task.residualKind === 0) this.#unwritten(task);
      else this.#residual(task);
    } else if (isNoError(task) && task.reads && blockLost(task)) {
      if (this.noSense.count === 0) this.noSenseBlock = blockOf(task);
      this.noSense.saw(task.commandFrame, task.commandNs);
      this.#first(task);
    }
    if (RULE[task.operation] === Rule.fixed && directionWrong(task)) this.#direction(task);
    const oneWay = task.reads !== task.writes || task.expectedLength === 0;
    if (WHOLE[task.opcode] === 1 && task.blocks > 0 && oneWay) {
      const block = story === undefined ? -1 : story.blockLength;
      if (blocksWrong(task, block)) this.#blocks(task, block);
    }
  }

  #unwritten(task: Task): void {
    if (task.dataOutBytes > 0) {
      this.partWritten.saw(task.commandFrame, task.commandNs);
      this.partMissing += task.expectedLength - task.dataOutBytes;
      return;
    }
    this.unwritten.saw(task.commandFrame, task.commandNs);
    if (task.moreUnsolicited) this.unwrittenAnnounced++;
    this.unwrittenBytes += task.expectedLength;
    if (task.r2ts > 0) this.unwrittenAsked++;
  }

  #padded(task: Task): void {
    if (this.padded.count === 0) {
      this.paddedMoved = task.dataInBytes;
      this.paddedTold = task.residualCount;
    }
    this.padded.saw(task.commandFrame, task.commandNs);
  }

  #residual(task: Task): void {
    this.residual.saw(task.commandFrame, task.commandNs);
    this.#first(task);
  }

  #first(task: Task): void {
    if (this.residual.count + this.noSense.count <= 1) {
      this.expected = task.expectedLength;
      this.moved = task.writes ? task.dataOutBytes : task.dataInBytes;
      this.told = task.residualKind === OVERFLOW ? -task.residualCount : task.residualCount;
    }
  }

  #direction(task: Task): void {
    if (this.direction.count === 0) {
      this.directionOperation = task.operation;
      this.directionLength = task.expectedLength;
    }
    this.direction.saw(task.commandFrame, task.commandNs);
  }

  #blocks(task: Task, block: number): void {
    if (this.blocks.count === 0) {
      this.blocksOperation = task.operation;
      this.blocksLength = task.expectedLength;
      this.blocksCount = task.blocks;
      this.blockLength = block;
    }
    this.blocks.saw(task.commandFrame, task.commandNs);
  }
}

/**
 * Bytes moved and the residual, against what was asked; only where all of it is known. A write may
 * have sent with its command what the target then did not want.
 */
function residualWrong(task: Task): boolean {
  if (task.reads === task.writes || !whole(task)) return false;
  if (task.residualKind === OVERFLOW) return false;
  const left = task.residualKind === UNDERFLOW ? task.residualCount : 0;
  if (task.writes) return task.dataOutBytes + left < task.expectedLength;
  return task.dataInBytes + left !== task.expectedLength;
}

/**
 * Targets (LIO) place their whole buffer by RDMA Write, as long as the CDB's allocation length, and say by the residual
 * what of it counts: an INQUIRY of 255 bytes into a buffer of 4096 places 255, and its residual leaves 96. Over TCP
 * the same LIO sends the 96 and tells the same residual.
 */
function isPadded(task: Task): boolean {
  if (task.transport !== Transport.iser || !task.reads) return false;
  const { residualKind, dataInBytes, residualCount, expectedLength } = task;
  const counts = expectedLength - residualCount;
  return residualKind === UNDERFLOW && dataInBytes > counts && dataInBytes <= expectedLength;
}

/** CHECK CONDITION with NO SENSE: it tells where a tape stands, and the command did its work. */
function isNoError({ outcome, senseKey, senseFlags }: Task): boolean {
  return (
    outcome === Outcome.checkCondition && senseKey === 0 && (senseFlags & SenseFlag.deferred) === 0
  );
}

/**
 * A block was read and its bytes did not come, or not all. At a filemark there is no block; a device
 * that leaves the residual out there loses nothing.
 */
function blockLost(task: Task): boolean {
  if ((task.senseFlags & SenseFlag.filemark) !== 0) return false;
  const block = blockOf(task);
  if (block < 0) return residualWrong(task);
  return residualWrong(task) || (whole(task) && task.dataInBytes < block);
}

/**
 * Bytes of a short block as its sense data tells them: with ILI and FIXED=0, INFORMATION is the length
 * asked for less that of the block (SSC, READ(6)). -1 where they are not told.
 */
function blockOf(task: Task): number {
  if (task.deviceType !== TAPE || task.opcode !== ScsiOpcode.read6 || fixedBlocks(task.cdb))
    return -1;
  if ((task.senseFlags & SHORT) !== SHORT) return -1;
  const { senseInformation: left, expectedLength } = task;
  return left > 0 && left < expectedLength ? expectedLength - left : -1;
}

/** All PDUs of its data and its status were captured. */
function whole(task: Task): boolean {
  // With U or O and no count, snaplen cut the header's last word: how much it was is not known.
  const residualKnown = task.residualKind === 0 || task.residualCount > 0;
  return residualKnown && task.dataMissing === 0 && !task.pdusMissed && !task.statusBound;
}

/** R and W against where the CDB's data goes. Nothing is wrong with a command that moves nothing. */
function directionWrong(task: Task): boolean {
  // A disk's PRE-FETCH is a tape's READ POSITION: of a LUN not known, only what all devices share.
  if (task.deviceType < 0 && WHOLE[task.opcode] === 0) return false;
  const direction = DIRECTION[task.operation];
  if (direction === Direction.in) return task.writes && task.expectedLength > 0 && !task.reads;
  if (direction === Direction.out) return task.reads && task.expectedLength > 0 && !task.writes;
  if (direction === Direction.none) {
    return (task.reads || task.writes) && task.expectedLength > 0;
  }
  return false;
}

/** Blocks times their length is not what the header expects; protection information aside. */
function blocksWrong(task: Task, block: number): boolean {
  if (!BLOCK_TYPES.includes(task.deviceType)) return false;
  if (task.opcode >= ScsiOpcode.read10 && protection(task.cdb) !== 0) return false;
  if (task.expectedLength === 0) return true;
  if (block > 0) return task.expectedLength !== task.blocks * block;
  return task.expectedLength % task.blocks !== 0;
}
