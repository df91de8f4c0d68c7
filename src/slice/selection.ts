// Which packets of a capture are kept: of each road (connection, pair of Fibre Channel ports) with something
// that was asked for its beginning (handshake, login) and the stretches in which what was asked for was under
// way, whole, so that any tool can decode them; and the packets that findings name, which get a comment.

import type { TaskFilter } from '../filter/task-filter.js';
import { SLICE_COMMENTS_MAX, SLICE_STRETCHES_MAX } from '../limits.js';
import type { Task, TaskSink } from '../scsi/task.js';
import type { SessionQuery } from '../session/session-query.js';
import type { Connection } from '../stream/connection.js';
import { AlignedStarts } from './aligned.js';
import { commandText } from './command-text.js';

/** What was asked for. All that is given must hold. */
export interface SliceWish {
  readonly filter?: TaskFilter;
  /** The filter names what only PDUs have: commands are chosen by their PDUs (chosen-pdus.ts). */
  readonly byPdus: boolean;
  readonly session?: number;
  readonly connection?: number;
  /** Times in ns since the first packet. */
  readonly fromNs: number;
  readonly toNs: number;
  readonly frames?: { readonly first: number; readonly last: number };
}

/** From packet to packet, both included. */
export interface Stretch {
  from: number;
  to: number;
}

/** Stretches of packets of one road, in order, none touching another. */
export interface RoadSlice {
  /** undefined: captured frames of Fibre Channel, of the session. */
  readonly connection: Connection | undefined;
  readonly session: number;
  stretches: Stretch[];
}

export class SliceSelection implements TaskSink {
  look: SessionQuery | undefined = undefined;
  readonly aligned = new AlignedStarts();
  commands = 0;
  /** Of the commands that are kept. */
  readonly sessions = new Set<number>();
  /** Stretches that were joined since there were too many: more is kept than was asked for. */
  joined = 0;
  /** Comments of packets that are kept, and of those that are if something else keeps them. */
  readonly comments = new Map<number, string[]>();
  readonly marks = new Map<number, string[]>();
  readonly #wish: SliceWish;
  /** By connection; captured frames by -1 less their session. */
  readonly #roads = new Map<number, RoadSlice>();
  readonly #packets: RoadSlice = { connection: undefined, session: -1, stretches: [] };
  readonly #firstCommand = new Map<number, number>();
  /** Of open commands that do not begin a packet: where their stretch must begin. */
  readonly #starts = new Map<number, number>();
  /** Open commands of which a PDU was chosen. */
  readonly #chosen = new Set<number>();

  constructor(wish: SliceWish) {
    this.#wish = wish;
  }

  taskStarted(task: Task): void {
    const { connection, commandFrame } = task;
    if (!this.#firstCommand.has(connection)) this.#firstCommand.set(connection, commandFrame);
    const start = this.aligned.startOf(connection, commandFrame);
    if (start !== commandFrame) this.#starts.set(task.number, start);
  }

  taskEnded(task: Task): void {
    const from = this.#starts.get(task.number) ?? task.commandFrame;
    const chosen = this.#chosen.delete(task.number);
    this.#starts.delete(task.number);
    if (!(this.#wish.byPdus ? chosen && this.#inReach(task) : this.#wants(task))) return;
    this.keepTask(task, from);
  }

  /** A PDU of this open command was chosen: it is kept when it is over. */
  choose(task: Task): void {
    this.#chosen.add(task.number);
  }

  /** A command that is over. */
  keepTask(task: Task, from = task.commandFrame): void {
    this.commands++;
    this.sessions.add(task.session);
    const to = task.endFrame > 0 ? task.endFrame : Number.MAX_SAFE_INTEGER;
    this.keep(task.connection, task.session, from, to);
    if (this.#wish.filter !== undefined || this.#wish.byPdus)
      this.comment(task.commandFrame, `sanscope: ${commandText(task)}`);
  }

  comment(frame: number, text: string): void {
    if (frame <= 0) return;
    const known = this.comments.get(frame);
    if (known !== undefined) {
      if (known.length < 8 && !known.includes(text)) known.push(text);
    } else if (this.comments.size < SLICE_COMMENTS_MAX) this.comments.set(frame, [text]);
  }

  /** A comment for a packet that is kept for another reason. */
  mark(frame: number, text: string): void {
    if (this.marks.has(frame) || this.marks.size >= SLICE_COMMENTS_MAX) return;
    this.marks.set(frame, [text]);
  }

  /** A stretch of a connection, or (`connection` -1) of the captured frames of a session. */
  keep(connection: number, session: number, from: number, to: number): void {
    const slice = this.#roadOf(connection, session);
    if (slice === undefined) return;
    const last = slice.stretches[slice.stretches.length - 1];
    if (last !== undefined && from <= last.to + 1 && to >= last.from) {
      last.from = Math.min(last.from, from);
      last.to = Math.max(last.to, to);
      return;
    }
    slice.stretches.push({ from, to });
    if (slice.stretches.length > SLICE_STRETCHES_MAX) this.#join(slice);
  }

  /** Packets, whatever road they are of. */
  keepPackets(from: number, to: number): void {
    this.#packets.stretches.push({ from, to });
    if (this.#packets.stretches.length > SLICE_STRETCHES_MAX) this.#join(this.#packets);
  }

  packets(): Stretch[] {
    return merged(this.#packets.stretches);
  }

  /** Slices by road; the stretches include the road's beginning: `loginEnd` says where its login ended. */
  slices(loginEnd: (connection: Connection) => number): RoadSlice[] {
    return [...this.#roads.values()].map((slice) => {
      const { connection } = slice;
      if (connection === undefined) return { ...slice, stretches: merged(slice.stretches) };
      const begin = connection.openedFrame;
      const first = this.#firstCommand.get(connection.id) ?? Math.max(begin, loginEnd(connection));
      const stretches = merged([{ from: begin, to: first }, ...slice.stretches]);
      return { ...slice, stretches };
    });
  }

  /** What else than the filter must hold. */
  inReach(connection: number, session: number, frame: number, frameEnd: number): boolean {
    const { session: s, connection: c, frames } = this.#wish;
    return (
      (s === undefined || session === s) &&
      (c === undefined || connection === c) &&
      (frames === undefined || (frame <= frames.last && frameEnd >= frames.first))
    );
  }

  inTime(fromNs: number, toNs: number): boolean {
    return fromNs <= this.#wish.toNs && toNs >= this.#wish.fromNs;
  }

  #wants(task: Task): boolean {
    return this.#inReach(task) && (this.#wish.filter?.test(task) ?? true);
  }

  #inReach(task: Task): boolean {
    const endNs = task.endNs < 0 ? Number.MAX_SAFE_INTEGER : task.endNs;
    return (
      this.inTime(task.commandNs, endNs) &&
      this.inReach(task.connection, task.session, task.commandFrame, lastFrame(task))
    );
  }

  #roadOf(connection: number, session: number): RoadSlice | undefined {
    const key = connection >= 0 ? connection : -1 - session;
    const known = this.#roads.get(key);
    if (known !== undefined) return known;
    const stream = connection >= 0 ? this.look?.connection(connection) : undefined;
    if (connection >= 0 && stream === undefined) return undefined;
    const slice: RoadSlice = { connection: stream, session, stretches: [] };
    this.#roads.set(key, slice);
    return slice;
  }

  /** Every two neighbours become one. */
  #join(slice: RoadSlice): void {
    const whole = merged(slice.stretches);
    slice.stretches = [];
    for (let i = 0; i < whole.length; i += 2) {
      const next = whole[i + 1] ?? whole[i];
      slice.stretches.push({ from: whole[i].from, to: next.to });
    }
    this.joined++;
  }
}

function lastFrame(task: Task): number {
  return task.endFrame > 0 ? task.endFrame : Number.MAX_SAFE_INTEGER;
}

/** In order, those that touch as one. */
export function merged(stretches: readonly Readonly<Stretch>[]): Stretch[] {
  const sorted = [...stretches].sort((a, b) => a.from - b.from);
  const out: Stretch[] = [];
  for (const { from, to } of sorted) {
    const last = out[out.length - 1];
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else out.push({ from, to });
  }
  return out;
}
