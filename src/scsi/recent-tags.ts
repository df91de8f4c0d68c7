// Tags of tasks that were named lately, the latest few: what still comes for one of them is explained.

import { RECENT_TAGS_MAX } from '../limits.js';

export class RecentTags {
  /** Made with the first: most sessions have none. */
  #tags: number[] | undefined = undefined;
  #at = 0;

  add(tag: number): void {
    this.#tags ??= [];
    this.#tags[this.#at] = tag;
    this.#at = (this.#at + 1) % RECENT_TAGS_MAX;
  }

  has(tag: number): boolean {
    return this.#tags?.includes(tag) ?? false;
  }

  /** The tag is used anew: what comes from now on is of its new task. */
  delete(tag: number): void {
    const tags = this.#tags;
    if (tags === undefined) return;
    for (let i = 0; i < tags.length; i++) if (tags[i] === tag) tags[i] = -1;
  }
}
