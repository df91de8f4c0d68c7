// When a receiver had acknowledged a byte, as one capture point saw it. Positions grow; bounded: the oldest
// are forgotten, for what waits for a verdict is never old.

import { ACK_LINE_MAX } from '../limits.js';

/** Invariant: positions and times grow together. */
export class AckLine {
  readonly #positions: number[] = [];
  readonly #times: number[] = [];

  said(position: number, timeNs: number): void {
    const last = this.#positions.length - 1;
    if (last >= 0 && position <= this.#positions[last]) return;
    this.#positions.push(position);
    this.#times.push(timeNs);
    if (this.#positions.length > ACK_LINE_MAX) {
      this.#positions.splice(0, ACK_LINE_MAX >> 1);
      this.#times.splice(0, ACK_LINE_MAX >> 1);
    }
  }

  /** What was said before is not asked for any more, but for the last of it. */
  forget(beforeNs: number): void {
    const all = this.#times;
    let gone = 0;
    while (gone + 1 < all.length && all[gone + 1] < beforeNs) gone++;
    if (gone < 1024) return;
    this.#positions.splice(0, gone);
    all.splice(0, gone);
  }

  /** When all bytes before `position` had been acknowledged; -1 never. */
  when(position: number): number {
    const all = this.#positions;
    if (all.length === 0 || all[all.length - 1] < position) return -1;
    let low = 0;
    let high = all.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (all[middle] < position) low = middle + 1;
      else high = middle;
    }
    return this.#times[low];
  }
}
