// What is gathered as evidence, in groups. Not hot: only what goes wrong comes here.

import { EVIDENCE_PER_FINDING } from '../limits.js';

const NO_FRAMES: number[] = [];

/** How often something was seen, when first and last, and the first few packets. */
export class Occurrences {
  count = 0;
  firstNs = -1;
  lastNs = -1;
  /** Made when there is one: a LUN has a dozen of these, and most see nothing. */
  #frames: number[] = NO_FRAMES;

  get frames(): readonly number[] {
    return this.#frames;
  }

  /** Others than those that were seen first. */
  showFrames(frames: readonly number[]): void {
    this.#frames = [...frames];
  }

  /** `frame` 0 is none; the packet does not come twice in a row. */
  saw(frame: number, timeNs: number): void {
    this.count++;
    if (this.firstNs < 0) this.firstNs = timeNs;
    if (timeNs > this.lastNs) this.lastNs = timeNs;
    if (this.#frames.length > 0) keepFrame(this.#frames, frame);
    else if (frame > 0) this.#frames = [frame];
  }
}

/** Keeps the first few frames (0 is none). */
export function keepFrame(frames: number[], frame: number): void {
  if (frames.length >= EVIDENCE_PER_FINDING || frame <= 0) return;
  if (frames[frames.length - 1] !== frame) frames.push(frame);
}

/** The entry of a bounded map, made where it is new; undefined where there is no room for it. */
export function entry<K, V>(map: Map<K, V>, key: K, most: number, make: () => V): V | undefined {
  let found = map.get(key);
  if (found === undefined) {
    if (map.size >= most) return undefined;
    found = make();
    map.set(key, found);
  }
  return found;
}
