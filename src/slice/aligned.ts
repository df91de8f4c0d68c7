// Where a stretch of packets must begin so that it begins with a PDU in both directions: a reader that has
// not seen what went before finds boundaries only there.

import { SLICE_ALIGN_PACKETS_MAX } from '../limits.js';

/** By direction: invariant: the PDUs from the packet `from` on each begin in the packet where the last ended. */
export class AlignedStarts {
  readonly #from: number[] = [];
  readonly #lastEnd: number[] = [];
  readonly #open: boolean[] = [];

  begins(direction: number, frame: number): void {
    if (direction < 0) return;
    if (frame !== this.#lastEnd[direction]) this.#from[direction] = frame;
    this.#open[direction] = true;
  }

  ends(direction: number, frameEnd: number): void {
    if (direction < 0) return;
    this.#lastEnd[direction] = frameEnd;
    this.#open[direction] = false;
  }

  /** The packet to begin at, so that what begins in packet `frame` of the connection can be read. */
  startOf(connection: number, frame: number): number {
    if (connection < 0) return frame;
    let start = frame;
    for (let direction = connection * 2; direction < connection * 2 + 2; direction++) {
      const from = this.#from[direction];
      const under = this.#open[direction] === true || this.#lastEnd[direction] === frame;
      if (from === undefined || !under || frame - from > SLICE_ALIGN_PACKETS_MAX) continue;
      start = Math.min(start, from);
    }
    return start;
  }
}
