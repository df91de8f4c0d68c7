// Where the frames of a zstd file end (RFC 8878, section 3.1). Node unpacks the first frame only, and
// does not say that the last one is cut: so the frames are counted here, without being unpacked.

const SKIPPABLE = 0x184d2a50;
const FRAME = 0xfd2fb528;

type Stage = 'magic' | 'descriptor' | 'block' | 'skippable' | 'end';

/** Invariant: `#skip` bytes of the frame follow before `#stage` is read. */
export class ZstdFrames {
  #stage: Stage = 'magic';
  #skip = 0;
  #checksum = 0;
  /** The word that is being gathered, and how many bytes of it are. */
  #word = 0;
  #gathered = 0;

  /** True between two frames. */
  get complete(): boolean {
    return this.#stage === 'magic' && this.#gathered === 0;
  }

  /**
   * Steps over the bytes of `chunk` from `at` that belong to one frame; answers where the next
   * frame begins (`complete` is true then), or the chunk's length. Throws where no frame begins.
   */
  step(chunk: Uint8Array, at: number): number {
    let next = at;
    while (next < chunk.length) {
      const skipped = Math.min(this.#skip, chunk.length - next);
      this.#skip -= skipped;
      next += skipped;
      if (this.#skip > 0) return next;
      if (this.#ended()) return next;
      if (next === chunk.length) return next;
      this.#gather(chunk[next]);
      next += 1;
      if (this.#ended()) return next;
    }
    return next;
  }

  #ended(): boolean {
    if (this.#stage !== 'end' || this.#skip > 0) return false;
    this.#stage = 'magic';
    return true;
  }

  #gather(byte: number): void {
    this.#word += byte * 2 ** (8 * this.#gathered);
    this.#gathered += 1;
    if (this.#gathered < LENGTHS[this.#stage]) return;
    const word = this.#word;
    this.#word = 0;
    this.#gathered = 0;
    switch (this.#stage) {
      case 'magic':
        this.#stage = stageAfter(word);
        return;
      case 'descriptor':
        this.#checksum = word & 4;
        this.#skip = headerRest(word);
        this.#stage = 'block';
        return;
      case 'block':
        this.#block(word);
        return;
      default:
        this.#skip = word;
        this.#stage = 'end';
    }
  }

  /** Bit 0: the last block; bits 1 and 2: its type, of which 1 is one byte repeated; its size. */
  #block(word: number): void {
    this.#skip = ((word >> 1) & 3) === 1 ? 1 : word >> 3;
    if ((word & 1) === 0) return;
    this.#skip += this.#checksum;
    this.#stage = 'end';
  }
}

const LENGTHS: Readonly<Record<Stage, number>> = {
  magic: 4,
  descriptor: 1,
  block: 3,
  skippable: 4,
  end: 0,
};

function stageAfter(magic: number): Stage {
  if (magic === FRAME) return 'descriptor';
  if (magic - (magic % 16) === SKIPPABLE) return 'skippable';
  throw new Error('behind a zstd frame comes something that is none');
}

/** Bytes of the frame header behind its descriptor: window, dictionary and content size. */
function headerRest(descriptor: number): number {
  const single = (descriptor >> 5) & 1;
  const dictionary = [0, 1, 2, 4][descriptor & 3];
  const content = [single, 2, 4, 8][descriptor >> 6];
  return 1 - single + dictionary + content;
}
