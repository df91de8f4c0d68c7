// hot: no allocation per packet
// An open task: the facts that are told (Task) and what is needed only while it lives. Open tasks
// are found by their tag, in their nexus (task-table.ts). They come from a pool and go back to it.

import { asDoubles } from '../lib/double-fields.js';
import type { Path } from './path.js';
import { clearPhases, clearTcp, Evidence, Outcome, Task } from './task.js';

/** R2Ts whose data has not all come, remembered a task: MaxOutstandingR2T is 1 to 8 in practice. */
export const R2TS_REMEMBERED = 16;
const CDB_BYTES = 16;
const NO_R2TS = new Float64Array(0);

/** Fields of a task that reach beyond 31 bits. */
const WIDE: readonly (keyof Task)[] = [
  'lunHigh',
  'lunLow',
  'tag',
  'cmdSN',
  'senseInformation',
  'lbaHigh',
  'lbaLow',
  'commandNs',
  'commandEndNs',
  'firstDataInNs',
  'lastDataInNs',
  'firstR2tNs',
  'lastR2tNs',
  'firstDataOutNs',
  'lastDataOutNs',
  'statusNs',
  'tcpWaitNs',
  'zeroWindowNs',
  'hostNs',
  'hostNsMax',
  'endNs',
];

export class OpenTask {
  readonly task = asDoubles(new Task(), WIDE);
  /** Grows with every task begun: tells a task from the next user of the same object. */
  order = 0;
  /** True while it is in its session's table. */
  open = false;
  /** The sink was told that it started. */
  told = false;
  /** Counted among its connection's open writes. */
  countedWrite = false;
  /** What it runs over; null once it has ended. */
  path: Path | null = null;
  /** Next in the same chain of the table; neighbours in the order of their commands. */
  chained: OpenTask | null = null;
  previous: OpenTask | null = null;
  next: OpenTask | null = null;
  /** A younger task of the same tag, by its order: of a tag used again while this one is open. */
  twin: OpenTask | null = null;
  twinOrder = 0;
  /** DataSN or R2TSN that the target's next PDU should have (they share one count, 11.7.5). */
  nextDataSN = 0;
  /** End of the Data-In and Data-Out farthest in the buffer, and whether F came with the last one. */
  inEnd = 0;
  /** Bytes of Data-In since the last F. */
  inSequence = 0;
  outEnd = 0;
  finalIn = false;
  finalOut = false;
  /** DataSN that the next Data-Out of the sequence should have, and the sequence's tag. */
  outDataSN = 0;
  outTag = 0xffffffff;
  /** The sequence was found out of order: said once. */
  outDisordered = false;
  /** One more than the largest DataSN of Data-In; end of the R2T told last. */
  dataSNEnd = 0;
  r2tEnd = 0;
  /** Data or R2Ts of it came again (SNACK, reassignment): counts say nothing. */
  again = false;
  /** Losses of the directions (ConnectionState): of both at its begin, and when last in step. */
  lossesAtStart = 0;
  inLosses = 0;
  outLosses = 0;
  /** Where in the streams its last PDU of either side lies; -1 and 0 before the first. */
  outStreamBegin = -1;
  outStreamEnd = 0;
  inStreamBegin = -1;
  inStreamEnd = 0;
  /** The last hole of the stream that PDUs of it waited for (tcp-waits.ts), and how long. */
  waitSerial = 0;
  waitNs = 0;
  /** Holes in the status numbers up to this one are not this task's. */
  clearedHole = 0;
  /**
   * R2Ts whose data has not all come, oldest first: tag, first byte, bytes asked, bytes come. Most tasks
   * have none, and room for them from their first one on (roomForR2ts).
   */
  r2tCount = 0;
  r2tTag = NO_R2TS;
  r2tOffset = NO_R2TS;
  r2tDesired = NO_R2TS;
  r2tGot = NO_R2TS;
  r2tNs = NO_R2TS;
  /** 1 once its data began; its row among the task's bursts. */
  r2tStarted = NO_R2TS;
  r2tRow = NO_R2TS;
  /** Up to here the task's time is split into phases (phases.ts), -1 nothing to split; the last one. */
  markNs = -1;
  lastPhase = 0;
  /** Immediate or unsolicited data is on its way. */
  sendsUnsolicited = false;
  /** CDB of the usual length; an extended one has its own array. */
  readonly cdb = new Uint8Array(CDB_BYTES);

  constructor() {
    asDoubles<OpenTask>(this, [
      'outStreamBegin',
      'outStreamEnd',
      'inStreamBegin',
      'inStreamEnd',
      'markNs',
      'waitNs',
    ]);
  }

  /** Seven columns in one piece of memory. */
  roomForR2ts(): void {
    const { buffer } = new Float64Array(7 * R2TS_REMEMBERED);
    this.r2tTag = column(buffer, 0);
    this.r2tOffset = column(buffer, 1);
    this.r2tDesired = column(buffer, 2);
    this.r2tGot = column(buffer, 3);
    this.r2tNs = column(buffer, 4);
    this.r2tStarted = column(buffer, 5);
    this.r2tRow = column(buffer, 6);
  }

  reset(): void {
    const t = this.task;
    t.lunHigh = 0;
    t.lunLow = 0;
    t.cmdSN = 0;
    t.immediate = false;
    t.outsideWindow = false;
    t.moreUnsolicited = false;
    t.unmapBlocks = -1;
    t.endedBefore = 0;
    t.commandSeen = false;
    t.reads = false;
    t.writes = false;
    t.attribute = 0;
    t.cdb = this.cdb;
    t.cdbLength = 0;
    t.opcode = 0;
    t.operation = -1;
    t.serviceAction = -1;
    t.deviceType = -1;
    t.lbaKnown = false;
    t.lbaHigh = 0;
    t.lbaLow = 0;
    t.blocks = 0;
    t.expectedLength = 0;
    t.bidiReadExpectedLength = 0;
    t.dataInBytes = 0;
    t.dataOutBytes = 0;
    t.immediateBytes = 0;
    t.unsolicitedBytes = 0;
    t.dataInPdus = 0;
    t.dataOutPdus = 0;
    t.r2ts = 0;
    t.r2tBytes = 0;
    t.r2tsOutstandingMax = 0;
    t.dataMissing = 0;
    t.pdusMissed = false;
    t.commandFrame = 0;
    t.commandNs = -1;
    t.commandEndNs = -1;
    t.firstDataInNs = -1;
    t.lastDataInNs = -1;
    t.firstR2tNs = -1;
    t.lastR2tNs = -1;
    t.firstDataOutNs = -1;
    t.lastDataOutNs = -1;
    t.statusFrame = 0;
    t.statusNs = -1;
    t.statusBound = false;
    t.tcpWaitNs = 0;
    t.zeroWindowNs = 0;
    clearPhases(t);
    clearTcp(t);
    t.r2tsAnswered = 0;
    t.hostNs = 0;
    t.hostNsMax = 0;
    t.bursts.count = 0;
    t.response = -1;
    t.status = -1;
    t.senseKey = -1;
    t.asc = -1;
    t.ascq = -1;
    t.senseFlags = 0;
    t.senseInformation = 0;
    t.residualKind = 0;
    t.residualCount = 0;
    t.outcome = Outcome.open;
    t.evidence = Evidence.none;
    t.endFrame = 0;
    t.endNs = -1;
    this.open = false;
    this.told = false;
    this.countedWrite = false;
    this.path = null;
    this.chained = null;
    this.previous = null;
    this.next = null;
    this.twin = null;
    this.twinOrder = 0;
    this.nextDataSN = 0;
    this.inEnd = 0;
    this.inSequence = 0;
    this.outEnd = 0;
    this.finalIn = false;
    this.finalOut = false;
    this.outDataSN = 0;
    this.outTag = 0xffffffff;
    this.outDisordered = false;
    this.dataSNEnd = 0;
    this.r2tEnd = 0;
    this.again = false;
    this.inLosses = 0;
    this.outLosses = 0;
    this.outStreamBegin = -1;
    this.outStreamEnd = 0;
    this.inStreamBegin = -1;
    this.inStreamEnd = 0;
    this.waitSerial = 0;
    this.waitNs = 0;
    this.clearedHole = 0;
    this.r2tCount = 0;
    this.markNs = -1;
    this.lastPhase = 0;
    this.sendsUnsolicited = false;
  }
}

function column(buffer: ArrayBuffer, i: number): Float64Array<ArrayBuffer> {
  const bytes = i * R2TS_REMEMBERED * Float64Array.BYTES_PER_ELEMENT;
  return new Float64Array(buffer, bytes, R2TS_REMEMBERED);
}

/** Objects kept for reuse when a burst of open tasks is over. */
const POOL_MAX = 4096;

/** Tasks that are not in use. */
export class TaskPool {
  readonly #free: OpenTask[] = [];

  take(): OpenTask {
    const task = this.#free.pop() ?? new OpenTask();
    task.reset();
    return task;
  }

  give(task: OpenTask): void {
    if (this.#free.length < POOL_MAX) this.#free.push(task);
  }
}
