// hot: no allocation per packet
// A contiguous window over a stream of bytes: [start, end) of `bytes` is unread. Readers move
// `start`; a source refills it.

export class ByteWindow {
  bytes: Uint8Array;
  view: DataView;
  start = 0;
  end = 0;
  /** Offset in the (unpacked) stream of bytes[0]. */
  origin = 0;
  /** No more bytes will come. */
  ended = false;
  /** Offsets are those of a regular file: packets can be read again. */
  readonly seekable: boolean;
  /** Waiting for more bytes costs little: false where they come from a live pipe. */
  readonly patient: boolean;
  readonly #capacityMax: number;

  constructor(capacity: number, capacityMax: number, seekable: boolean, patient: boolean) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
    this.seekable = seekable;
    this.patient = patient;
    this.#capacityMax = capacityMax;
  }

  /** Most bytes that can be asked for at once. */
  get capacityMax(): number {
    return this.#capacityMax;
  }

  /**
   * Bytes that should lie ahead of `at` before damage there is judged, so that the verdict does not
   * depend on where windows end; 0 where they do, or where nothing is worth waiting for.
   */
  ahead(at: number): number {
    const wanted = (this.#capacityMax * 3) >> 2;
    return this.ended || !this.patient || this.end - at >= wanted ? 0 : wanted;
  }

  /** Moves what is unread to the front, and grows where `needed` bytes would not fit. */
  makeRoom(needed: number): void {
    const from = this.start;
    const to = this.end;
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.#capacityMax, needed));
      for (let i = from; i < to; i++) grown[i - from] = this.bytes[i];
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    } else if (from > 0) {
      this.bytes.copyWithin(0, from, to);
    }
    this.origin += from;
    this.start = 0;
    this.end = to - from;
  }

  /** The unread bytes stand in [start, end) of `bytes` now, with what follows them. The old memory. */
  exchange(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const before = this.bytes;
    this.origin += this.start - start;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
    this.start = start;
    this.end = end;
    return before;
  }

  /** Gives the memory back; the window is empty from here on. */
  release(): void {
    this.origin += this.end;
    this.bytes = NONE;
    this.view = new DataView(NONE.buffer);
    this.start = 0;
    this.end = 0;
    this.ended = true;
  }
}

const NONE = new Uint8Array(0);

/** What a reader draws on. */
export interface Refill {
  /**
   * Reads more, so that `needed` bytes are unread, or the window has ended. Returns a promise
   * only where it had to wait. Never throws: it keeps the failure, and the window ends.
   */
  refill(needed: number): Promise<void> | undefined;
  /** Why reading stopped early, where it did. */
  readonly failure: Error | undefined;
  /** Bytes of the file on disk (or of the pipe) read so far, for progress. */
  bytesRead(): number;
  close(): void;
}

/** Fills a window. */
export interface ByteSource extends Refill {
  readonly window: ByteWindow;
}
