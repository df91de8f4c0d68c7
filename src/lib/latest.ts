// hot: no allocation per packet
// The last numbers of many: room is made as they come, for most hold few.

/** V8 keeps arrays of up to 64 bytes in the object. */
const FIRST = 8;
const NONE = new Float64Array(0);

/** Invariant: of `count` numbers the last `max` are kept, in no order once there are more. */
export class Latest {
  count = 0;
  readonly #max: number;
  #values: Float64Array;

  constructor(max: number) {
    this.#max = max;
    this.#values = NONE;
  }

  add(value: number): void {
    const at = this.count++ % this.#max;
    if (at >= this.#values.length) {
      const more = new Float64Array(Math.min(this.#max, Math.max(FIRST, at * 2)));
      more.set(this.#values);
      this.#values = more;
    }
    this.#values[at] = value;
  }

  /** A copy of those that are kept. */
  copyKept(): Float64Array {
    return this.#values.slice(0, Math.min(this.count, this.#max));
  }
}
