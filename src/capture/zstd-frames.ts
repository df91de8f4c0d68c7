// Where the frames of a zstd file end (RFC 8878, section 3.1). Node unpacks the first frame only, and
// does not say that the last one is cut: so the frames are counted here, without being unpacked. What a
// frame wants of memory is known before it is unpacked, too.

import { ZSTD_WINDOW_BYTES_MAX } from '../limits.js';

const SKIPPABLE = 0x184d2a50;
const FRAME = 0xfd2fb528;

type Stage = 'magic' | 'descriptor' | 'header' | 'block' | 'checksum' | 'skippable' | 'end';

/** Invariant: `#skip` bytes of the frame follow before `#stage` is read. */
export class ZstdFrames {
  #stage: Stage = 'magic';
  #skip = 0;
  /** The content checksum of the frame that ended last (the low half of XXH64), -1 where it has none. */
  checksum = -1;
  #hasChecksum = false;
  /** The word that is being gathered, and how many bytes of it are. */
  #word = 0;
  #gathered = 0;
  /** The frame header behind its descriptor, while it is gathered. */
  #descriptor = 0;
  readonly #windowMax: number;
  /** What to do where it does. */
  readonly #instead: string;
  readonly #header = new Uint8Array(HEADER_BYTES_MAX);

  /** A frame that needs a larger window is refused. */
  constructor(windowMax = ZSTD_WINDOW_BYTES_MAX, instead = 'zstd -d --long=31 unpacks it') {
    this.#windowMax = windowMax;
    this.#instead = instead;
  }

  /** True between two frames. */
  get complete(): boolean {
    return this.#stage === 'magic' && this.#gathered === 0;
  }

  /**
   * Steps over the bytes of `chunk` from `at` that belong to one frame; answers where the next
   * frame begins (`complete` is true then), or its checksum, or the chunk's length: so that all data are
   * unpacked before a checksum is looked at. Throws where no frame begins.
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
      if (this.#stage === 'checksum' && this.#gathered === 0 && next > at) return next;
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
    if (this.#stage === 'header') {
      this.#gatherHeader(byte);
      return;
    }
    this.#word += byte * 2 ** (8 * this.#gathered);
    this.#gathered += 1;
    if (this.#gathered < LENGTHS[this.#stage]) return;
    const word = this.#word;
    this.#word = 0;
    this.#gathered = 0;
    switch (this.#stage) {
      case 'magic':
        this.#stage = stageAfter(word);
        this.checksum = -1;
        return;
      case 'descriptor':
        this.#hasChecksum = (word & 4) !== 0;
        this.#descriptor = word;
        this.#stage = headerRest(word) === 0 ? 'block' : 'header';
        return;
      case 'block':
        this.#block(word);
        return;
      case 'checksum':
        this.checksum = word;
        this.#stage = 'end';
        return;
      default:
        this.#skip = word;
        this.#stage = 'end';
    }
  }

  #gatherHeader(byte: number): void {
    this.#header[this.#gathered++] = byte;
    if (this.#gathered < headerRest(this.#descriptor)) return;
    this.#gathered = 0;
    this.#stage = 'block';
    const window = windowBytes(this.#descriptor, this.#header);
    if (window <= this.#windowMax) return;
    const most = this.#windowMax / MIB;
    throw new Error(
      `its window takes ${Math.ceil(window / MIB)} MiB of memory, ${most} MiB at most are given (${this.#instead})`,
    );
  }

  /** Bit 0: the last block; bits 1 and 2: its type, of which 1 is one byte repeated; its size. */
  #block(word: number): void {
    this.#skip = ((word >> 1) & 3) === 1 ? 1 : word >> 3;
    if ((word & 1) === 0) return;
    this.#stage = this.#hasChecksum ? 'checksum' : 'end';
  }
}

const LENGTHS: Readonly<Record<Stage, number>> = {
  magic: 4,
  descriptor: 1,
  header: 0,
  block: 3,
  checksum: 4,
  skippable: 4,
  end: 0,
};

function stageAfter(magic: number): Stage {
  if (magic === FRAME) return 'descriptor';
  if (magic - (magic % 16) === SKIPPABLE) return 'skippable';
  throw new Error('behind a zstd frame comes something that is none');
}

const MIB = 2 ** 20;
/** Window, dictionary and content size. */
const HEADER_BYTES_MAX = 13;

/** RFC 8878 3.1.1.1.2: a frame of a single segment needs all its content at once. */
function windowBytes(descriptor: number, header: Uint8Array): number {
  if (((descriptor >> 5) & 1) === 0) {
    const base = 2 ** (10 + (header[0] >> 3));
    return base + (base / 8) * (header[0] & 7);
  }
  let size = descriptor >> 6 === 1 ? 256 : 0;
  const from = [0, 1, 2, 4][descriptor & 3];
  const bytes = [1, 2, 4, 8][descriptor >> 6];
  for (let i = 0; i < bytes; i++) size += header[from + i] * 256 ** i;
  return size;
}

/** Bytes of the frame header behind its descriptor: window, dictionary and content size. */
function headerRest(descriptor: number): number {
  const single = (descriptor >> 5) & 1;
  const dictionary = [0, 1, 2, 4][descriptor & 3];
  const content = [single, 2, 4, 8][descriptor >> 6];
  return 1 - single + dictionary + content;
}
