// Takes PDUs from the road and hands each on with what is known of it (facts.ts). A PDU may be
// wanted or not: that is asked when its header is known, so that nobody copies data for nothing.

import {
  DATA_KEPT_MAX,
  OPEN_TASKS_PER_SESSION,
  TEXT_JOINED_MAX,
  USER_DATA_KEPT_MAX,
} from '../limits.js';
import type { Pdu, PduSink } from '../pdu/pdu.js';
import type { OpenTask } from '../scsi/open-task.js';
import type { Task, TaskSink } from '../scsi/task.js';
import type { SessionQuery } from '../session/session-query.js';
import { get } from '../wire/field.js';
import { ahsFacts } from '../wire/iscsi/ahs.js';
import { bhs } from '../wire/iscsi/bhs.js';
import {
  ASYNC_EVENT,
  CDB,
  CDB_LENGTH,
  INITIATOR_TASK_TAG,
  REFERENCED_TASK_TAG,
  SENSE_LENGTH_BYTES,
  senseLength,
  TAG_END,
} from '../wire/iscsi/bhs-offsets.js';
import { AsyncEvent, Opcode } from '../wire/iscsi/codes.js';
import { isDecoded } from '../wire/scsi/data/data.js';
import { READS_AND_WRITES } from '../wire/scsi/opcodes.js';
import { cdbFacts, operationOf } from '../wire/scsi/operations.js';
import { readSense } from '../wire/scsi/sense.js';
import { DataJoins, type JoinedData } from './data-joins.js';
import { PduFacts } from './facts.js';
import { LinkBook, RequestLinks, type TaskLinks } from './links.js';
import { hidesDigest } from './secrets.js';
import { hasText, TextReader } from './text-reader.js';

/** Bytes of a SCSI Response's data that are looked at: SenseLength and sense data (at most 252). */
const SENSE_WANTED = 254;

export interface ReaderOptions {
  /** Each PDU that was wanted, at its end. */
  readonly take: (facts: PduFacts) => void;
  /** Asked at a PDU's begin, with its header and its task; default: all are wanted. */
  readonly wanted?: (facts: PduFacts) => boolean;
  readonly lost?: (direction: number, bytes: number, timeNs: number, frame: number) => void;
  /** True: data is kept as far as it can be decoded. False: text and sense data only. */
  readonly details: boolean;
  /** True: all PDUs of a task, a request and its answer, are listed (facts.links). */
  readonly links?: boolean;
  /** Told of tasks that ended. */
  readonly taskEnded?: () => void;
  readonly showSecrets?: boolean;
}

/** What was found at a PDU's begin, by direction. */
interface Begun {
  open: OpenTask | null;
  order: number;
  links: TaskLinks | undefined;
  wanted: boolean;
  victimFrame: number;
}

interface DataFrames {
  inFrame: number;
  outFrame: number;
}

export class PduReader implements PduSink, TaskSink {
  readonly facts: PduFacts = new PduFacts();
  readonly #options: ReaderOptions;
  readonly #text: TextReader;
  readonly #links: LinkBook | undefined;
  readonly #requestLinks: RequestLinks | undefined;
  readonly #begun: (Begun | undefined)[] = [];
  /** Last packets of commands that take several, by their order. */
  readonly #commandEnds: Map<number, number> = new Map();
  readonly #data: Map<number, DataFrames> = new Map();
  readonly #joins: DataJoins = new DataJoins();
  /** The task that ended last: its own PDU comes next. */
  #endedTag = -1;
  #endedFrame = 0;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#text = new TextReader(options.showSecrets ?? false);
    this.facts.showSecrets = options.showSecrets ?? false;
    this.facts.hides = (name, at, before) => hidesDigest(this.facts, name, at, before);
    this.#links = options.links ? new LinkBook() : undefined;
    this.#requestLinks = options.links ? new RequestLinks() : undefined;
  }

  /** For AnalyseOptions.look. */
  readonly look = (look: SessionQuery): void => {
    this.facts.look = look;
  };

  taskStarted(_task: Task): void {}

  taskEnded(task: Task): void {
    this.#endedTag = task.tag;
    this.#endedFrame = task.commandFrame;
    this.#options.taskEnded?.();
  }

  begin(pdu: Pdu): number {
    this.#endedTag = -1;
    const begun = this.#beginning(pdu);
    this.#task(pdu, begun);
    const { wanted, details } = this.#options;
    if (wanted !== undefined) {
      this.facts.renew(pdu);
      this.facts.task = begun.open?.task ?? null;
      begun.wanted = wanted(this.facts);
    }
    if (hasText(pdu.opcode)) return TEXT_JOINED_MAX;
    // What is not wanted may be the beginning of what is.
    if (details && isJoined(pdu, begun.open)) return DATA_KEPT_MAX;
    if (!begun.wanted) return 0;
    if (details) {
      const { open } = begun;
      return open !== null && hasUserData(open.task) ? USER_DATA_KEPT_MAX : DATA_KEPT_MAX;
    }
    return hasSense(pdu) && pdu.dataSegmentLength > 0 ? SENSE_WANTED : 0;
  }

  #beginning(pdu: Pdu): Begun {
    let begun = this.#begun[pdu.direction];
    if (begun === undefined) {
      begun = { open: null, order: 0, links: undefined, wanted: true, victimFrame: 0 };
      this.#begun[pdu.direction] = begun;
    }
    begun.open = null;
    begun.links = undefined;
    begun.victimFrame = 0;
    return begun;
  }

  /** The session stage has just seen this header: the task is open, also where this PDU ends it. */
  #task(pdu: Pdu, begun: Begun): void {
    const { look } = this.facts;
    if (look === undefined || pdu.headerCaptured < TAG_END) return;
    const { opcode } = pdu;
    if (opcode === Opcode.taskManagementRequest && pdu.headerCaptured >= REFERENCED_TASK_TAG + 4) {
      const victim = look.openTask(
        pdu.connection,
        pdu.view.getUint32(pdu.at + REFERENCED_TASK_TAG),
      );
      begun.victimFrame = victim?.task.commandFrame ?? 0;
      return;
    }
    if (!isOfTask(opcode)) return;
    const open = look.openTask(pdu.connection, get(pdu.view, pdu.at, bhs.initiatorTaskTag));
    if (open === null) return;
    begun.open = open;
    begun.order = open.order;
    begun.links = this.#links?.of(open);
  }

  end(pdu: Pdu): void {
    const begun = this.#begun[pdu.direction];
    if (begun === undefined) return;
    const keys = hasText(pdu.opcode) ? this.#text.read(pdu) : undefined;
    const { look } = this.facts;
    const isAnswer = pdu.opcode !== Opcode.reject;
    const request = isAnswer ? look?.answered(pdu.connection) : undefined;
    const links =
      begun.links ?? this.#requestLinks?.pass(pdu, look?.asked(pdu.connection), request);
    const open = begun.open !== null && begun.open.order === begun.order ? begun.open : null;
    const ends = open !== null && !open.open;
    begun.links?.add(pdu);
    if (open !== null && pdu.opcode === Opcode.scsiCommand && pdu.frameEnd !== pdu.frame) {
      this.#commandEnded(begun.order, pdu.frameEnd);
    }
    if (ends) this.#links?.ended(begun.order);
    const data =
      open !== null && this.#options.details ? this.#dataOf(begun, pdu, ends) : undefined;
    const joined = open !== null && this.#options.details ? this.#join(open, pdu) : undefined;
    const lost =
      ends && pdu.opcode === Opcode.scsiResponse ? this.#joins.unfinished(begun.order) : undefined;
    if (ends) this.#joins.taskEnded(begun.order);
    if (!begun.wanted) return;
    const { facts } = this;
    facts.renew(pdu);
    facts.dataInFrame = data?.inFrame ?? 0;
    facts.dataOutFrame = data?.outFrame ?? 0;
    facts.keys = keys;
    facts.joined = joined ?? lost;
    facts.links = links;
    facts.victimFrame = begun.victimFrame;
    if (pdu.opcode === Opcode.reject) facts.victimFrame = this.#rejected(pdu);
    if (open !== null) {
      fillTask(facts, open.task, ends);
      facts.requestFrameEnd = this.#commandEnds.get(begun.order) ?? facts.requestFrame;
    } else if (request !== undefined) {
      facts.requestFrame = request.frame;
      facts.requestNs = request.timeNs;
      facts.requestFrameEnd = request.frameEnd;
      facts.requestEndNs = request.endNs;
      facts.requestFunction = request.function ?? -1;
    }
    if (ends) this.#commandEnds.delete(begun.order);
    if (pdu.opcode === Opcode.scsiCommand) fillCommand(facts, pdu);
    else if (hasSense(pdu)) fillSense(facts, pdu);
    this.#options.take(facts);
  }

  #commandEnded(order: number, frameEnd: number): void {
    this.#commandEnds.set(order, frameEnd);
    if (this.#commandEnds.size <= OPEN_TASKS_PER_SESSION) return;
    this.#commandEnds.delete(this.#commandEnds.keys().next().value ?? 0);
  }

  #join(open: OpenTask, pdu: Pdu): JoinedData | undefined {
    const { task, order } = open;
    if (!isJoined(pdu, open)) return undefined;
    return this.#joins.add(order, pdu, task.commandSeen && task.writes ? task.expectedLength : -1);
  }

  /** Packets of the task's last data; what a SCSI Response looks back at. */
  #dataOf(begun: Begun, pdu: Pdu, ends: boolean): DataFrames | undefined {
    const found = this.#data.get(begun.order);
    if (ends) this.#data.delete(begun.order);
    if (pdu.opcode === Opcode.scsiResponse) return found;
    if (ends || (pdu.opcode !== Opcode.dataIn && pdu.opcode !== Opcode.dataOut)) return undefined;
    const frames = found ?? { inFrame: 0, outFrame: 0 };
    if (pdu.opcode === Opcode.dataIn) frames.inFrame = pdu.frameEnd;
    else frames.outFrame = pdu.frameEnd;
    if (found === undefined) this.#data.set(begun.order, frames);
    if (this.#data.size > OPEN_TASKS_PER_SESSION) {
      this.#data.delete(this.#data.keys().next().value ?? 0);
    }
    return undefined;
  }

  /** Where the command that was rejected began: the session stage has just ended its task. */
  #rejected(pdu: Pdu): number {
    if (pdu.dataKept < TAG_END) return 0;
    const header = new DataView(pdu.data.buffer, pdu.data.byteOffset, pdu.dataKept);
    const tag = header.getUint32(INITIATOR_TASK_TAG);
    if (tag === this.#endedTag) return this.#endedFrame;
    return this.facts.look?.openTask(pdu.connection, tag)?.task.commandFrame ?? 0;
  }

  lost(direction: number, bytes: number, timeNs: number, frame: number): void {
    this.#text.lost(direction);
    this.#options.lost?.(direction, bytes, timeNs, frame);
  }

  ended(direction: number, _timeNs: number, _frame: number): void {
    this.#text.ended(direction);
    this.#requestLinks?.ended(direction >> 1);
    this.#begun[direction] = undefined;
  }
}

function isOfTask(opcode: number): boolean {
  return (
    opcode === Opcode.scsiCommand ||
    opcode === Opcode.scsiResponse ||
    opcode === Opcode.dataIn ||
    opcode === Opcode.dataOut ||
    opcode === Opcode.r2t
  );
}

/** READ and WRITE of 6, 10, 12 and 16 bytes: most of what a capture holds. */
export function hasUserData({ cdbLength, opcode }: Task): boolean {
  return cdbLength > 0 && READS_AND_WRITES.includes(opcode);
}

/** Parameter data, which may take several PDUs. */
function isJoined(pdu: Pdu, open: OpenTask | null): boolean {
  const { opcode } = pdu;
  const isIn = opcode === Opcode.dataIn;
  if (!isIn && opcode !== Opcode.dataOut && opcode !== Opcode.scsiCommand) return false;
  if (open === null || pdu.dataSegmentLength === 0 || hasUserData(open.task)) return false;
  const { cdb, cdbLength, deviceType } = open.task;
  if (cdbLength === 0) return false;
  return isDecoded({ bytes: cdb, at: 0, length: cdbLength, deviceType }, isIn);
}

function fillTask(facts: PduFacts, task: Task, ends: boolean): void {
  facts.task = task;
  facts.taskEnds = ends;
  facts.deviceType = task.deviceType;
  facts.cdb = task.cdb;
  facts.cdbLength = task.cdbLength;
  if (facts.pdu.opcode === Opcode.scsiCommand || !task.commandSeen) return;
  facts.requestFrame = task.commandFrame;
  facts.requestNs = task.commandNs;
  facts.requestEndNs = task.commandEndNs;
}

/** The command's own bytes say what it is, whatever became of its task. */
function fillCommand(facts: PduFacts, pdu: Pdu): void {
  const there = Math.max(0, Math.min(CDB_LENGTH, pdu.headerCaptured - CDB));
  const { cdbAt, cdbLength } = extension(pdu);
  const length = there < CDB_LENGTH ? there : there + cdbLength;
  const cdb = new Uint8Array(length);
  for (let i = 0; i < there; i++) cdb[i] = pdu.bytes[pdu.at + CDB + i];
  for (let i = there; i < length; i++) cdb[i] = pdu.ahs[cdbAt + i - there];
  facts.cdb = cdb;
  facts.cdbLength = length;
  if (length === 0) return;
  const view = new DataView(cdb.buffer);
  facts.operation = operationOf(view, 0, length, facts.deviceType);
  cdbFacts(view, 0, length, facts.deviceType, facts.cdbFacts);
}

/** Where the rest of a CDB longer than 16 bytes lies in the AHS. */
function extension(pdu: Pdu): { cdbAt: number; cdbLength: number } {
  if (pdu.ahsKept === 0) return { cdbAt: 0, cdbLength: 0 };
  const view = new DataView(pdu.ahs.buffer, pdu.ahs.byteOffset, pdu.ahsKept);
  return ahsFacts(view, 0, pdu.ahsLength, pdu.ahsKept);
}

/** SCSI Response, and the asynchronous event that is SCSI's (RFC 7143 11.4.7, 11.9.4). */
function hasSense({ opcode, headerCaptured, view, at }: Pdu): boolean {
  if (opcode === Opcode.scsiResponse) return true;
  if (opcode !== Opcode.asyncMessage || headerCaptured <= ASYNC_EVENT) return false;
  return view.getUint8(at + ASYNC_EVENT) === AsyncEvent.scsi;
}

function fillSense(facts: PduFacts, pdu: Pdu): void {
  if (pdu.dataKept < SENSE_LENGTH_BYTES) return;
  const length = Math.min(senseLength(pdu.data), pdu.dataKept - SENSE_LENGTH_BYTES);
  readSense(pdu.data, SENSE_LENGTH_BYTES, length, facts.sense);
}
