// hot: no allocation per packet
// The N with the largest keys, in a bounded heap whose root is the smallest kept. Slots are made
// once and overwritten; of equal keys the first comes first. A key may have a second, lower part.

export class Top<Kept, Offered> {
  readonly #copy: (from: Offered, to: Kept) => void;
  readonly #make: () => Kept;
  readonly #limit: number;
  readonly #slots: Kept[];
  readonly #keys: Float64Array;
  readonly #lows: Float64Array;
  readonly #order: Float64Array;
  #count: number;
  #offered: number;

  constructor(limit: number, make: () => Kept, copy: (from: Offered, to: Kept) => void) {
    this.#copy = copy;
    this.#make = make;
    this.#limit = limit;
    this.#slots = [];
    this.#keys = new Float64Array(limit);
    this.#lows = new Float64Array(limit);
    this.#order = new Float64Array(limit);
    this.#count = 0;
    this.#offered = 0;
  }

  /** Copies `item` where its key is among the largest so far. */
  offer(key: number, item: Offered): void {
    this.offerAs(key, 0, this.#offered++, item);
  }

  /** The same by a key of two parts; of equals the one of the least `order` comes first. */
  offerAs(key: number, low: number, order: number, item: Offered): void {
    if (this.#count < this.#limit) {
      const at = this.#count++;
      this.#slots.push(this.#make());
      this.#put(at, key, low, order, item);
      this.#up(at);
      return;
    }
    if (this.#limit === 0 || key < this.#keys[0]) return;
    if (key === this.#keys[0]) {
      if (low < this.#lows[0] || (low === this.#lows[0] && order > this.#order[0])) return;
    }
    this.#put(0, key, low, order, item);
    this.#down(0);
  }

  /** The kept ones, largest key first. Cold. */
  sorted(): Kept[] {
    const rows: number[] = [];
    for (let i = 0; i < this.#count; i++) {
      rows.push(i);
    }
    rows.sort((a, b) => (this.#worse(a, b) ? 1 : -1));
    const kept: Kept[] = [];
    for (const row of rows) kept.push(this.#slots[row]);
    return kept;
  }

  #put(at: number, key: number, low: number, order: number, item: Offered): void {
    this.#keys[at] = key;
    this.#lows[at] = low;
    this.#order[at] = order;
    this.#copy(item, this.#slots[at]);
  }

  /** True where row a leaves before row b: a smaller key, or the later of equals. */
  #worse(a: number, b: number): boolean {
    if (this.#keys[a] !== this.#keys[b]) return this.#keys[a] < this.#keys[b];
    if (this.#lows[a] !== this.#lows[b]) return this.#lows[a] < this.#lows[b];
    return this.#order[a] > this.#order[b];
  }

  #up(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#worse(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #down(from: number): void {
    let at = from;
    for (;;) {
      const left = at * 2 + 1;
      let next = at;
      if (left < this.#count && this.#worse(left, next)) next = left;
      if (left + 1 < this.#count && this.#worse(left + 1, next)) next = left + 1;
      if (next === at) return;
      this.#swap(at, next);
      at = next;
    }
  }

  #swap(a: number, b: number): void {
    const slot = this.#slots[a];
    const key = this.#keys[a];
    const low = this.#lows[a];
    const order = this.#order[a];
    this.#slots[a] = this.#slots[b];
    this.#keys[a] = this.#keys[b];
    this.#lows[a] = this.#lows[b];
    this.#order[a] = this.#order[b];
    this.#slots[b] = slot;
    this.#keys[b] = key;
    this.#lows[b] = low;
    this.#order[b] = order;
  }
}
