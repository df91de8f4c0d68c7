// What takes longer than a key may wait, made in slices: pictures of millions of commands. Meanwhile the last
// one is shown, as long as it answers the same question.

/** Yields now and then: then others have their turn. */
export type Making<T> = Generator<void, T>;

const SLICE_MS = 8;
/** A picture that is only older is made anew so seldom that it takes a sixth of the time at most. */
const REST = 5;

interface Piece {
  /** The question, and the state of what is known that the answer is from. */
  key: string;
  fresh: string;
  value: unknown;
  made: boolean;
  /** Under way, for which state, since when, how much of the clock it took. */
  making: Making<unknown> | undefined;
  makingFresh: string;
  tookMs: number;
  madeMs: number;
}

/** Invariant: a piece is the last answer to its question, or has none yet. */
export class Work {
  /** Pieces that were finished: pages with them are made anew. */
  done = 0;
  readonly #nowMs: () => number;
  readonly #pieces = new Map<string, Piece>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get pending(): boolean {
    for (const { making } of this.#pieces.values()) if (making !== undefined) return true;
    return false;
  }

  /** The answer; an older one while a newer is made, undefined while there is none. */
  of<T>(name: string, key: string, fresh: string, make: () => Making<T>): T | undefined {
    let piece = this.#pieces.get(name);
    if (piece === undefined || piece.key !== key) {
      piece = { key, fresh: '', value: undefined, made: false, ...IDLE };
      this.#pieces.set(name, piece);
    }
    const old = piece.fresh !== fresh && piece.makingFresh !== fresh;
    const rested = !piece.made || this.#nowMs() - piece.madeMs >= REST * piece.tookMs;
    if (old && rested && piece.making === undefined) {
      piece.making = make();
      piece.makingFresh = fresh;
      piece.tookMs = 0;
      this.#slice(piece);
    }
    return piece.made ? (piece.value as T) : undefined;
  }

  /** A slice of what is under way; true where something is finished. */
  go(): boolean {
    const before = this.done;
    for (const piece of this.#pieces.values()) if (piece.making !== undefined) this.#slice(piece);
    return this.done > before;
  }

  #slice(piece: Piece): void {
    const begun = this.#nowMs();
    for (;;) {
      const step = piece.making?.next();
      if (step?.done === true) {
        piece.value = step.value;
        piece.made = true;
        piece.fresh = piece.makingFresh;
        piece.making = undefined;
        piece.madeMs = this.#nowMs();
        this.done++;
      }
      const passed = this.#nowMs() - begun;
      if (piece.making === undefined || passed >= SLICE_MS) {
        piece.tookMs += passed;
        return;
      }
    }
  }
}

const IDLE = { making: undefined, makingFresh: '', tookMs: 0, madeMs: 0 };

/** In slices where there is somebody who makes them, else at once. */
export function madeBy<T>(
  work: Work | undefined,
  name: string,
  key: string,
  fresh: string,
  make: () => Making<T>,
): T | undefined {
  if (work !== undefined) return work.of(name, key, fresh, make);
  const making = make();
  for (;;) {
    const step = making.next();
    if (step.done === true) return step.value;
  }
}
