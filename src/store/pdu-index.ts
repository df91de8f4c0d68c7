// hot: no allocation per packet
// All PDUs of a capture in columns, some 40 octets each: enough to draw ladders and lists; what else
// is in a PDU is decoded again from the file (pdu-details.ts). A row is a PDU, or a message of another
// protocol (pdu/message.ts), which costs 4 octets more; rows count from 0 in the order in which their first
// bytes came, and those of one task are chained.

import type { Packet, PacketSink } from '../capture/packet.js';
import {
  CHUNK_BITS,
  type ChunkSet,
  NearColumn,
  SeldomColumn,
  SparseColumn,
  Uint8Column,
  Uint32Column,
  WideColumn,
} from '../lib/columns.js';
import {
  MESSAGE_BYTES_READ,
  type Message,
  type MessageSink,
  messageFromInitiator,
  messageIsLast,
  messageKind,
  messageLength,
  messageOffset,
  messageRole,
  messageTask,
} from '../pdu/message.js';
import { Role, type RoleCode } from '../pdu/message-codes.js';
import type { Pdu, PduSink } from '../pdu/pdu.js';
import type { Task, TaskSink } from '../scsi/task.js';
import { get } from '../wire/field.js';
import {
  BHS_LENGTH,
  FINAL as F_BIT,
  FLAGS,
  INITIATOR_TASK_TAG,
  NO_TAG,
  TAG_END,
} from '../wire/iscsi/bhs-offsets.js';
import { Opcode } from '../wire/iscsi/codes.js';
import { dataIn } from '../wire/iscsi/data-in.js';
import { dataOut } from '../wire/iscsi/data-out.js';
import { r2t } from '../wire/iscsi/r2t.js';
import { FrameSpans } from './frame-spans.js';
import { bytesOf, forgetIn, type Held } from './group.js';

/** Packets whose place in the file is remembered: a PDU's first bytes wait no longer for a hole. */
const RECENT = 1 << 16;
const TWO_32 = 4294967296;
const COMPLETE = 0x80;
const FINAL = 0x40;
const DIGEST_MASK = 3;
const DATA_DIGEST_SHIFT = 2;
const SEEN = 0x10;
const FRAMED = 0x20;
/** The last byte may have come in an earlier packet than the first, which was sent again. */
const REORDERED = 1 << 12;
/** Of a message: protocol, role, who sent it, kind. 0 is an iSCSI PDU. */
const PROTOCOL_MASK = 7;
const ROLE_SHIFT = 3;
const ROLE_MASK = 7;
const FROM_INITIATOR = 1 << 6;
const KIND_SHIFT = 7;
/** Stands where iSCSI's PDUs have their opcode: none of them is this. */
const NOT_ISCSI = 63;

/** What a PDU of iSCSI is to its command, by opcode. */
const ROLES: readonly RoleCode[] = Array.from({ length: 64 }, (_, opcode): RoleCode => {
  switch (opcode) {
    case Opcode.scsiCommand:
      return Role.command;
    case Opcode.dataIn:
      return Role.dataIn;
    case Opcode.dataOut:
      return Role.dataOut;
    case Opcode.r2t:
      return Role.transferReady;
    case Opcode.scsiResponse:
      return Role.response;
    default:
      return Role.other;
  }
});

/**
 * Invariant: rows first … count-1 are set, and those before of the `older` tasks; a task's chain is
 * in the order of its rows. The other rows before `first` are forgotten.
 */
export class PduIndex implements PacketSink, PduSink, MessageSink, TaskSink {
  /** All rows that there were. */
  count = 0;
  first = 0;
  #older: ReadonlySet<number> = new Set();
  #tasksFirst = 0;
  readonly #frame = new Uint32Column();
  readonly #frames = new WideColumn(16);
  readonly #spans = new FrameSpans();
  readonly #time = new NearColumn();
  readonly #duration = new WideColumn(32);
  readonly #direction = new WideColumn(16);
  /** Opcode, and two flags: whole, F bit. */
  readonly #opcode = new Uint8Column();
  readonly #message = new SeldomColumn();
  readonly #length = new Uint32Column();
  readonly #bufferOffset = new SeldomColumn();
  /** Where its first byte stands in its direction's bytes, modulo 2^32. */
  readonly #position = new Uint32Column();
  /** Digests' states, and whether all of its bytes were in captured packets. */
  readonly #shape = new Uint8Column();
  readonly #offset = new NearColumn();
  readonly #file = new SparseColumn(0);
  /** Plus one: 0 is no task. */
  readonly #task = new Uint32Column();
  /** Tags of PDUs without a task; the others have the task's. */
  readonly #tag = new SparseColumn(NO_TAG);
  /** Rows to the next PDU of the task; 0: none. */
  readonly #next = new WideColumn(16);
  /** First row of a task, plus one; its last row so far while it is open. */
  readonly #first = new Uint32Column();
  readonly #last: Map<number, number> = new Map();
  /** Row of the PDU under way, by direction. */
  readonly #pending: number[] = [];
  /** The same of the message under way: those of a captured link have directions below 0. */
  readonly #pendingMessages: Map<number, number> = new Map();
  /** Open tasks by connection and tag. */
  readonly #open: Map<number, number> = new Map();
  readonly #recentOffset = new Float64Array(RECENT);
  readonly #recentFile = new Uint16Array(RECENT);
  #lastFrame = 0;

  packet(packet: Packet): void {
    const at = packet.frame & (RECENT - 1);
    this.#recentOffset[at] = packet.fileOffset;
    this.#recentFile[at] = packet.file;
    this.#lastFrame = packet.frame;
  }

  taskStarted(task: Task): void {
    this.#open.set(keyOf(task.connection, task.tag), task.number);
  }

  taskEnded(task: Task): void {
    const key = keyOf(task.connection, task.tag);
    if (this.#open.get(key) !== task.number) return;
    this.#open.delete(key);
    this.#last.delete(task.number);
  }

  taskMoved(task: Task, from: number): void {
    this.#open.delete(keyOf(from, task.tag));
    this.taskStarted(task);
  }

  begin(pdu: Pdu): number {
    const row = this.count++;
    this.#pending[pdu.direction] = row;
    this.#frame.set(row, pdu.frame);
    this.#spans.add(row, pdu.frame);
    this.#time.set(row, pdu.timeNs);
    this.#direction.set(row, pdu.direction);
    this.#length.set(row, pdu.dataSegmentLength);
    this.#position.set(row, pdu.streamOffset % TWO_32);
    if (pdu.headerCaptured >= BHS_LENGTH) this.#transfer(row, pdu);
    this.#place(row, pdu.frame);
    // A command begins its task, which the session stage may tell at the end of the PDU only.
    if (pdu.opcode !== Opcode.scsiCommand) this.#link(row, pdu);
    return 0;
  }

  end(pdu: Pdu): void {
    const row = this.#pending[pdu.direction];
    if (row === undefined || (row < this.first && !this.holds(row))) return;
    this.#frames.set(row, pdu.frameEnd - pdu.frame + REORDERED);
    this.#spans.add(row, pdu.frameEnd);
    this.#duration.set(row, Math.max(0, pdu.endNs - pdu.timeNs));
    const final = pdu.headerCaptured > FLAGS && (pdu.view.getUint8(pdu.at + FLAGS) & F_BIT) !== 0;
    const flags = (pdu.complete ? COMPLETE : 0) | (final ? FINAL : 0);
    this.#opcode.set(row, pdu.opcode | flags);
    const framed = pdu.complete && pdu.headerCaptured === BHS_LENGTH;
    const seen = framed && pdu.dataMissing === 0;
    const digests = pdu.headerDigest | (pdu.dataDigest << DATA_DIGEST_SHIFT);
    this.#shape.set(row, digests | (seen ? SEEN : 0) | (framed ? FRAMED : 0));
    if (this.#task.get(row) === 0) this.#link(row, pdu);
    if (this.#task.get(row) === 0 && pdu.headerCaptured >= TAG_END) {
      this.#tag.set(row, pdu.view.getUint32(pdu.at + INITIATOR_TASK_TAG));
    }
  }

  messageBegins(m: Message): number {
    const row = this.count++;
    this.#pendingMessages.set(m.direction, row);
    this.#frame.set(row, m.frame);
    this.#spans.add(row, m.frame);
    this.#time.set(row, m.timeNs);
    this.#direction.set(row, m.direction < 0 ? -1 : m.direction);
    this.#position.set(row, m.streamOffset % TWO_32);
    this.#opcode.set(row, NOT_ISCSI);
    this.#message.set(row, m.protocol | (messageKind(m) << KIND_SHIFT));
    this.#place(row, m.frame);
    return MESSAGE_BYTES_READ;
  }

  /** What a message is, and whose, is sure only now. */
  messageEnds(m: Message): void {
    const row = this.#pendingMessages.get(m.direction);
    if (row === undefined || (row < this.first && !this.holds(row))) return;
    this.#frames.set(row, m.frameEnd - m.frame + REORDERED);
    this.#spans.add(row, m.frameEnd);
    this.#duration.set(row, Math.max(0, m.endNs - m.timeNs));
    const flags = (m.complete ? COMPLETE : 0) | (messageIsLast(m) ? FINAL : 0);
    this.#opcode.set(row, NOT_ISCSI | flags);
    const from = messageFromInitiator(m) ? FROM_INITIATOR : 0;
    const code = m.protocol | (messageRole(m) << ROLE_SHIFT) | from;
    this.#message.set(row, code | (messageKind(m) << KIND_SHIFT));
    this.#length.set(row, messageLength(m));
    this.#bufferOffset.set(row, Math.max(0, messageOffset(m)));
    const task = messageTask(m);
    if (task >= 0) this.#chain(row, task);
  }

  messagesLost(): void {}

  lost(): void {}

  ended(): void {}

  /** False for what was forgotten, and for what never was. */
  holds(row: number): boolean {
    if (row >= this.first) return row < this.count;
    return row >= 0 && this.#older.has(this.task(row));
  }

  /**
   * Forgets the PDUs before `first` but for those of the `older` tasks, whose chunks are in `keep`;
   * of the tasks those before `tasksFirst` but for the older ones, whose chunks are in `keepTasks`.
   */
  forget(
    first: number,
    keep: ChunkSet,
    tasksFirst: number,
    older: ReadonlySet<number>,
    keepTasks: ChunkSet,
  ): void {
    for (const [key, task] of this.#open) {
      if (task >= tasksFirst || older.has(task)) continue;
      this.#open.delete(key);
      this.#last.delete(task);
    }
    this.first = first;
    this.#tasksFirst = tasksFirst;
    this.#older = older;
    forgetIn(this.#columns(), first >>> CHUNK_BITS, keep);
    this.#first.forget(tasksFirst >>> CHUNK_BITS, keepTasks);
  }

  /** Packet that holds the first byte, and the one that holds the last. */
  frame(row: number): number {
    return this.#frame.get(row);
  }

  frameEnd(row: number): number {
    return this.#frame.get(row) + this.#frames.get(row) - REORDERED;
  }

  /**
   * The first row from `row` on that may begin, end or go on in the packet (look at it: many do not); `count`
   * where there is none. Rows that lie far from it are passed over.
   */
  nextAround(row: number, frame: number): number {
    return this.#spans.next(Math.max(row, this.first), this.count, frame);
  }

  /** When the first byte came, and when the receiver could read the last one. */
  timeNs(row: number): number {
    return this.#time.get(row);
  }

  endNs(row: number): number {
    return this.#time.get(row) + this.#duration.get(row);
  }

  connection(row: number): number {
    return this.#direction.get(row) >> 1;
  }

  /** By its opcode: those from 20h on are the target's (RFC 7143 11.2.1.2). */
  fromInitiator(row: number): boolean {
    const message = this.#message.get(row);
    return message === 0 ? this.opcode(row) < 0x20 : (message & FROM_INITIATOR) !== 0;
  }

  /** Whose it is (pdu/message-codes.ts), 0 iSCSI's; of the others its kind by the numbers of their own. */
  protocol(row: number): number {
    return this.#message.get(row) & PROTOCOL_MASK;
  }

  kind(row: number): number {
    return this.#message.get(row) >>> KIND_SHIFT;
  }

  /** What it is to its command. */
  role(row: number): RoleCode {
    const message = this.#message.get(row);
    if (message === 0) return ROLES[this.opcode(row)];
    return ((message >>> ROLE_SHIFT) & ROLE_MASK) as RoleCode;
  }

  /** The F bit: last of its sequence. */
  final(row: number): boolean {
    return (this.#opcode.get(row) & FINAL) !== 0;
  }

  /** False where the stream ended, or boundaries were lost, inside it. */
  complete(row: number): boolean {
    return (this.#opcode.get(row) & COMPLETE) !== 0;
  }

  /** connection * 2, + 1 for the bytes of side B (stream/sink.ts). */
  direction(row: number): number {
    return this.#direction.get(row);
  }

  /** Where its first byte stands in its direction's bytes, modulo 2^32. */
  position(row: number): number {
    return this.#position.get(row);
  }

  /** DIGEST_… of header and data, as they were judged. */
  headerDigest(row: number): number {
    return this.#shape.get(row) & DIGEST_MASK;
  }

  dataDigest(row: number): number {
    return (this.#shape.get(row) >>> DATA_DIGEST_SHIFT) & DIGEST_MASK;
  }

  /** True where all its bytes were in captured packets, which may have been cut by snaplen. */
  seen(row: number): boolean {
    return (this.#shape.get(row) & SEEN) !== 0;
  }

  /** True where its header was captured whole, and its end is known. */
  framed(row: number): boolean {
    return (this.#shape.get(row) & FRAMED) !== 0;
  }

  opcode(row: number): number {
    return this.#opcode.get(row) & 0x3f;
  }

  /** Bytes of the data segment, without padding; of an R2T those it asks for. */
  length(row: number): number {
    return this.#length.get(row);
  }

  /** Data-In, Data-Out, R2T: where in the command's data; 0 elsewhere. */
  bufferOffset(row: number): number {
    return this.#bufferOffset.get(row);
  }

  /** The task it belongs to (row of the task store), -1 for none and for one that is forgotten. */
  task(row: number): number {
    const task = this.#task.get(row) - 1;
    return task >= this.#tasksFirst || this.#older.has(task) ? task : -1;
  }

  /** Initiator Task Tag of a PDU without a task; FFFFFFFFh where it has none, or a task. */
  tag(row: number): number {
    return this.#tag.get(row);
  }

  /** Which of the files, and where in it the bytes of its first packet begin; -1 where they do not lie in a plain file. */
  file(row: number): number {
    return this.#file.get(row);
  }

  fileOffset(row: number): number {
    return this.#offset.get(row);
  }

  /** First PDU of a task, -1 where there is none; `next` has the others. */
  firstOf(task: number): number {
    return this.#first.get(task) - 1;
  }

  next(row: number): number {
    const step = this.#next.get(row);
    return step === 0 ? -1 : row + step;
  }

  /** Octets held by all columns. */
  bytes(): number {
    return bytesOf(this.#columns()) + this.#first.bytes();
  }

  /** Those whose rows are PDUs. */
  #columns(): Held[] {
    return [
      this.#frame,
      this.#frames,
      this.#time,
      this.#duration,
      this.#direction,
      this.#opcode,
      this.#message,
      this.#length,
      this.#bufferOffset,
      this.#position,
      this.#shape,
      this.#offset,
      this.#file,
      this.#task,
      this.#tag,
      this.#next,
    ];
  }

  #transfer(row: number, pdu: Pdu): void {
    const { view, at } = pdu;
    if (pdu.opcode === Opcode.r2t) {
      this.#length.set(row, get(view, at, r2t.desiredDataTransferLength));
      this.#bufferOffset.set(row, get(view, at, r2t.bufferOffset));
    } else if (pdu.opcode === Opcode.dataIn) {
      this.#bufferOffset.set(row, get(view, at, dataIn.bufferOffset));
    } else if (pdu.opcode === Opcode.dataOut) {
      this.#bufferOffset.set(row, get(view, at, dataOut.bufferOffset));
    }
  }

  #place(row: number, frame: number): void {
    const at = frame & (RECENT - 1);
    const there = this.#lastFrame - frame < RECENT;
    this.#offset.set(row, there ? this.#recentOffset[at] : -1);
    this.#file.set(row, there ? this.#recentFile[at] : 0);
  }

  #link(row: number, pdu: Pdu): void {
    if (pdu.headerCaptured < TAG_END) return;
    const tag = pdu.view.getUint32(pdu.at + INITIATOR_TASK_TAG);
    const task = this.#open.get(keyOf(pdu.connection, tag));
    if (task !== undefined) this.#chain(row, task);
  }

  #chain(row: number, task: number): void {
    this.#task.set(row, task + 1);
    const last = this.#last.get(task) ?? this.#lastOf(task);
    if (last < row) {
      if (last < 0) this.#first.set(task, row + 1);
      else this.#next.set(last, row - last);
      this.#last.set(task, row);
    } else this.#insert(row, task);
  }

  /** The end of a chain, -1 where there is none: of a task that was not open meanwhile. */
  #lastOf(task: number): number {
    let last = -1;
    for (let row = this.firstOf(task); row >= 0; row = this.next(row)) last = row;
    return last;
  }

  /** A PDU whose task is known at its end only, while later ones were linked meanwhile. */
  #insert(row: number, task: number): void {
    const first = this.firstOf(task);
    if (row < first) {
      this.#next.set(row, first - row);
      this.#first.set(task, row + 1);
      return;
    }
    let before = first;
    for (let next = this.next(before); next >= 0 && next < row; next = this.next(before)) {
      before = next;
    }
    this.#next.set(row, this.next(before) - row);
    this.#next.set(before, row - before);
  }
}

function keyOf(connection: number, tag: number): number {
  return connection * TWO_32 + tag;
}
