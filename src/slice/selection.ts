// Which packets of a capture are kept: of each connection with something that was asked for, its
// beginning (handshake, login) and the stretches in which the commands asked for were under way, whole, so that
// any tool can decode them; and the packets that findings name, which get a comment.

import type { TaskFilter } from '../filter/task-filter.js';
import { SLICE_COMMENTS_MAX, SLICE_STRETCHES_MAX } from '../limits.js';
import type { Task, TaskSink } from '../scsi/task.js';
import type { SessionQuery } from '../session/session-query.js';
import type { Connection } from '../stream/connection.js';
import { commandText } from './command-text.js';

/** What was asked for. All that is given must hold. */
export interface SliceWish {
  readonly filter?: TaskFilter;
  readonly session?: number;
  readonly connection?: number;
  /** Times in ns since the first packet. */
  readonly fromNs: number;
  readonly toNs: number;
  readonly frames?: { readonly first: number; readonly last: number };
}

/** Stretches of packets of one connection, in order, none touching another. */
interface ConnectionSlice {
  readonly connection: Connection;
  stretches: { from: number; to: number }[];
}

export class SliceSelection implements TaskSink {
  look: SessionQuery | undefined = undefined;
  commands = 0;
  /** Stretches that were joined since there were too many: more is kept than was asked for. */
  joined = 0;
  /** Comments of packets that are kept, and of those that are if something else keeps them. */
  readonly comments = new Map<number, string[]>();
  readonly marks = new Map<number, string[]>();
  readonly #wish: SliceWish;
  readonly #byConnection = new Map<number, ConnectionSlice>();
  readonly #firstCommand = new Map<number, number>();

  constructor(wish: SliceWish) {
    this.#wish = wish;
  }

  taskStarted(task: Task): void {
    const known = this.#firstCommand.get(task.connection);
    if (known === undefined) this.#firstCommand.set(task.connection, task.commandFrame);
  }

  taskEnded(task: Task): void {
    if (!this.#wants(task)) return;
    this.commands++;
    const to = task.endFrame > 0 ? task.endFrame : Number.MAX_SAFE_INTEGER;
    this.#keep(task.connection, task.commandFrame, to);
    if (this.#wish.filter !== undefined)
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

  /** Slices by connection; the stretches include the connection's beginning. */
  slices(): { connection: Connection; stretches: readonly { from: number; to: number }[] }[] {
    const all: { connection: Connection; stretches: { from: number; to: number }[] }[] = [];
    for (const [id, slice] of this.#byConnection) {
      const begin = slice.connection.openedFrame;
      const first = this.#firstCommand.get(id) ?? begin;
      all.push({
        connection: slice.connection,
        stretches: merged([{ from: begin, to: first }, ...slice.stretches]),
      });
    }
    return all;
  }

  /** Connections that are kept whole (in the time asked for). */
  keepWhole(connection: Connection, from: number, to: number): void {
    this.#of(connection).stretches.push({ from, to });
  }

  #wants(task: Task): boolean {
    const { filter, session, connection, fromNs, toNs, frames } = this.#wish;
    if (session !== undefined && task.session !== session) return false;
    if (connection !== undefined && task.connection !== connection) return false;
    const endNs = task.endNs < 0 ? Number.MAX_SAFE_INTEGER : task.endNs;
    if (task.commandNs > toNs || endNs < fromNs) return false;
    if (
      frames !== undefined &&
      (task.commandFrame > frames.last || lastFrame(task) < frames.first)
    ) {
      return false;
    }
    return filter === undefined || filter.test(task);
  }

  #keep(connection: number, from: number, to: number): void {
    const story = this.look?.story(connection);
    if (story === undefined) return;
    const slice = this.#of(story.connection);
    const last = slice.stretches[slice.stretches.length - 1];
    if (last !== undefined && from <= last.to + 1 && to >= last.from) {
      last.from = Math.min(last.from, from);
      last.to = Math.max(last.to, to);
      return;
    }
    slice.stretches.push({ from, to });
    if (slice.stretches.length > SLICE_STRETCHES_MAX) this.#join(slice);
  }

  #of(connection: Connection): ConnectionSlice {
    let slice = this.#byConnection.get(connection.id);
    if (slice === undefined) {
      slice = { connection, stretches: [] };
      this.#byConnection.set(connection.id, slice);
    }
    return slice;
  }

  /** Every two neighbours become one. */
  #join(slice: ConnectionSlice): void {
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

function merged(
  stretches: readonly { from: number; to: number }[],
): { from: number; to: number }[] {
  const sorted = [...stretches].sort((a, b) => a.from - b.from);
  const out: { from: number; to: number }[] = [];
  for (const { from, to } of sorted) {
    const last = out[out.length - 1];
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else out.push({ from, to });
  }
  return out;
}
