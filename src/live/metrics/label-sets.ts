// Sets of labels with what is counted for each, bounded: names come from the wire, and whoever sends them must not
// fill the memory of the one who watches. What comes after the bound is counted together, as `other`.

import { harmless } from '../../lib/harmless.js';
import { METRIC_LABEL_CHARS_MAX } from '../../limits.js';
import type { Labels } from './families.js';

const OTHER = 'other';

export class LabelSets<S> {
  readonly #names: readonly string[];
  readonly #most: number;
  readonly #make: (labels: Labels) => S;
  readonly #sets: Map<string, S> = new Map();
  #pooled: S | undefined = undefined;

  constructor(names: readonly string[], most: number, make: (labels: Labels) => S) {
    this.#names = names;
    this.#most = most;
    this.#make = make;
  }

  get size(): number {
    return this.#sets.size;
  }

  /** True once there were more than there is room for. */
  get full(): boolean {
    return this.#pooled !== undefined;
  }

  of(values: readonly string[]): S {
    const told = values.map(labelText);
    const key = told.join('\0');
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    if (this.#sets.size >= this.#most) return this.#rest();
    const made = this.#make(this.#names.map((name, i) => [name, told[i]] as const));
    this.#sets.set(key, made);
    return made;
  }

  all(): S[] {
    return this.#pooled === undefined
      ? [...this.#sets.values()]
      : [...this.#sets.values(), this.#pooled];
  }

  #rest(): S {
    this.#pooled ??= this.#make(this.#names.map((name) => [name, OTHER] as const));
    return this.#pooled;
  }
}

function labelText(value: string): string {
  const text = harmless(value);
  if (text.length <= METRIC_LABEL_CHARS_MAX) return text;
  // Not in the middle of a surrogate pair: half of one is no text.
  return [...text.slice(0, METRIC_LABEL_CHARS_MAX)]
    .filter((c) => !/^[\ud800-\udfff]$/.test(c))
    .join('');
}
