// What happens next: a heap of events by time. Ties keep the order in which they were added, so a
// load is the same on every machine.

export type Action = (timeNs: number) => void;

export class Events {
  readonly #times: number[] = [];
  readonly #order: number[] = [];
  readonly #actions: Action[] = [];
  #added = 0;

  add(timeNs: number, action: Action): void {
    let i = this.#times.length;
    this.#times.push(timeNs);
    this.#order.push(this.#added++);
    this.#actions.push(action);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.#before(i, parent)) break;
      this.#swap(i, parent);
      i = parent;
    }
  }

  /** Runs all, and those that they add, until none is left. */
  run(): void {
    while (this.#times.length > 0) {
      const time = this.#times[0];
      const action = this.#actions[0];
      this.#removeFirst();
      action(time);
    }
  }

  #removeFirst(): void {
    this.#swap(0, this.#times.length - 1);
    this.#times.pop();
    this.#order.pop();
    this.#actions.pop();
    const n = this.#times.length;
    for (let i = 0; ; ) {
      const left = 2 * i + 1;
      if (left >= n) return;
      const least = left + 1 < n && this.#before(left + 1, left) ? left + 1 : left;
      if (!this.#before(least, i)) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #before(a: number, b: number): boolean {
    const difference = this.#times[a] - this.#times[b];
    return difference !== 0 ? difference < 0 : this.#order[a] < this.#order[b];
  }

  #swap(a: number, b: number): void {
    [this.#times[a], this.#times[b]] = [this.#times[b], this.#times[a]];
    [this.#order[a], this.#order[b]] = [this.#order[b], this.#order[a]];
    [this.#actions[a], this.#actions[b]] = [this.#actions[b], this.#actions[a]];
  }
}
