// Chunks that come as they come (a decompressor, a pipe) behind a window.

import type { ByteSource, ByteWindow } from './window.js';

export class StreamSource implements ByteSource {
  readonly window: ByteWindow;
  /** Why the chunks ended early, where they did. */
  failure: Error | undefined;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #bytesRead: () => number;
  readonly #onClose: () => void;
  /** The chunk of which `#used` bytes are in the window. */
  #chunk: Uint8Array | undefined;
  #used = 0;

  /**
   * `bytesRead` tells how far the file or pipe below was read; `onClose` closes it, so that a wait
   * for bytes ends.
   */
  constructor(
    chunks: AsyncIterable<Uint8Array>,
    window: ByteWindow,
    bytesRead: () => number = () => window.origin + window.end,
    onClose: () => void = () => {},
  ) {
    this.window = window;
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#bytesRead = bytesRead;
    this.#onClose = onClose;
  }

  refill(needed: number): Promise<void> | undefined {
    const window = this.window;
    window.makeRoom(needed);
    this.#take();
    if (window.end - window.start >= needed) return undefined;
    return this.#pull(needed);
  }

  async #pull(needed: number): Promise<void> {
    const window = this.window;
    while (window.end - window.start < needed && !window.ended) {
      try {
        const step = await this.#chunks.next();
        if (step.done) window.ended = true;
        else this.#chunk = step.value;
        this.#used = 0;
      } catch (error) {
        this.failure = error as Error;
        window.ended = true;
      }
      this.#take();
    }
  }

  /** Copies what fits of the chunk at hand. */
  #take(): void {
    const window = this.window;
    if (this.#chunk === undefined) return;
    const room = window.bytes.length - window.end;
    const count = Math.min(room, this.#chunk.length - this.#used);
    window.bytes.set(this.#chunk.subarray(this.#used, this.#used + count), window.end);
    window.end += count;
    this.#used += count;
    if (this.#used === this.#chunk.length) this.#chunk = undefined;
  }

  bytesRead(): number {
    return this.#bytesRead();
  }

  close(): void {
    this.#chunk = undefined;
    this.#onClose();
    // A source that waits for bytes that never come answers its return() late: nobody waits for it.
    this.#chunks.return?.().then(undefined, () => {});
  }
}
