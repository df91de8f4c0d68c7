// A decompressor of Node as a generator: bytes go in, and all that they unpack to comes out before the next.

import type { Transform } from 'node:stream';

/**
 * A decompressor that is written to chunk by chunk, and read empty before the next: a stream that
 * fails drops what it holds, so it must hold nothing when the next write fails.
 */
export class Through {
  readonly #transform: Transform;
  #failure: Error | undefined;
  #busy = false;
  #ended = false;
  #wake = () => {};

  constructor(transform: Transform) {
    this.#transform = transform;
    transform.on('error', (error: Error) => {
      this.#failure = error;
      this.#wake();
    });
    transform.on('readable', () => this.#wake());
    transform.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  write(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
    this.#busy = true;
    this.#transform.write(chunk, () => {
      this.#busy = false;
      this.#wake();
    });
    return this.#drain();
  }

  end(): AsyncGenerator<Uint8Array> {
    this.#busy = true;
    this.#transform.end();
    return this.#drain();
  }

  close(): void {
    this.#transform.destroy();
  }

  async *#drain(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk: Uint8Array | null = this.#transform.read();
      if (chunk) yield chunk;
      else if (this.#failure) throw this.#failure;
      else if (!this.#busy || this.#ended) return;
      else await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
