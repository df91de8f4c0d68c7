// Tags of tasks that were named lately, the latest few: what still comes for one of them is explained.

import { RECENT_TAGS_MAX } from '../limits.js';

export class RecentTags {
  readonly #tags: number[] = [];
  #at = 0;

  add(tag: number): void {
    this.#tags[this.#at] = tag;
    this.#at = (this.#at + 1) % RECENT_TAGS_MAX;
  }

  has(tag: number): boolean {
    return this.#tags.includes(tag);
  }

  /** The tag is used anew: what comes from now on is of its new task. */
  delete(tag: number): void {
    for (let i = 0; i < this.#tags.length; i++) if (this.#tags[i] === tag) this.#tags[i] = -1;
  }
}
