// hot: no allocation per packet
// The N with the largest keys, in a bounded heap whose root is the smallest kept. Slots are made
// once and overwritten; of equal keys the first comes first.

export class Top<Kept, Offered> {
  readonly #copy: (from: Offered, to: Kept) => void;
  readonly #make: () => Kept;
  readonly #limit: number;
  readonly #slots: Kept[];
  readonly #keys: Float64Array;
  readonly #order: Float64Array;
  #count: number;
  #offered: number;

  constructor(limit: number, make: () => Kept, copy: (from: Offered, to: Kept) => void) {
    this.#copy = copy;
    this.#make = make;
    this.#limit = limit;
    this.#slots = [];
    this.#keys = new Float64Array(limit);
    this.#order = new Float64Array(limit);
    this.#count = 0;
    this.#offered = 0;
  }

  /** Copies `item` where its key is among the largest so far. */
  offer(key: number, item: Offered): void {
    const order = this.#offered++;
    if (this.#count < this.#limit) {
      const at = this.#count++;
      this.#slots.push(this.#make());
      this.#put(at, key, order, item);
      this.#up(at);
      return;
    }
    if (this.#limit === 0 || key <= this.#keys[0]) return;
    this.#put(0, key, order, item);
    this.#down(0);
  }

  /** The kept ones, largest key first. Cold. */
  sorted(): Kept[] {
    const rows: number[] = [];
    for (let i = 0; i < this.#count; i++) {
      rows.push(i);
    }
    rows.sort((a, b) => this.#keys[b] - this.#keys[a] || this.#order[a] - this.#order[b]);
    const kept: Kept[] = [];
    for (const row of rows) kept.push(this.#slots[row]);
    return kept;
  }

  #put(at: number, key: number, order: number, item: Offered): void {
    this.#keys[at] = key;
    this.#order[at] = order;
    this.#copy(item, this.#slots[at]);
  }

  /** True where row a leaves before row b: a smaller key, or the later of equals. */
  #worse(a: number, b: number): boolean {
    if (this.#keys[a] !== this.#keys[b]) return this.#keys[a] < this.#keys[b];
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
    const order = this.#order[a];
    this.#slots[a] = this.#slots[b];
    this.#keys[a] = this.#keys[b];
    this.#order[a] = this.#order[b];
    this.#slots[b] = slot;
    this.#keys[b] = key;
    this.#order[b] = order;
  }
}
