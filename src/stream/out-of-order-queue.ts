// What came too early: copies of bytes that wait behind a hole, or for the other direction, each
// stretch with its packet's number and time. Bounded by who calls (holes.ts, limits.ts).

/** A piece of memory and a view over it, as StreamSink wants both. */
export interface Chunk {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

const CHUNK_BYTES_MIN = 16 << 10;
/** Up to here a view of the bytes takes longer to make than they to copy. */
const COPIED_BY_WORD = 400;
/** What is kept is copied once while it grows by so much. */
const GROWTH = 3;
const SPARES_PER_SIZE = 4;
const NO_CHUNK: Chunk = { bytes: new Uint8Array(0), view: new DataView(new ArrayBuffer(0)) };

/** Memory of all pools: chunks of a power of two, a few kept for the next hole. */
export class PoolMemory {
  /** Bytes lent out now. */
  lent = 0;
  private readonly spares = new Map<number, Chunk[]>();

  take(atLeast: number): Chunk {
    let size = CHUNK_BYTES_MIN;
    while (size < atLeast) size *= 2;
    this.lent += size;
    const spare = this.spares.get(size)?.pop();
    if (spare) return spare;
    const bytes = new Uint8Array(size);
    return { bytes, view: new DataView(bytes.buffer) };
  }

  give(chunk: Chunk): void {
    const size = chunk.bytes.length;
    if (size === 0) return;
    this.lent -= size;
    const list = this.spares.get(size);
    if (!list) this.spares.set(size, [chunk]);
    else if (list.length < SPARES_PER_SIZE) list.push(chunk);
  }
}

/** One piece that waits: sequence numbers are signed 32 bits, times ns. */
export interface Stretch {
  seq: number;
  length: number;
  /** Of `length`, how many bytes were captured, and where they lie in the pool's chunk. */
  captured: number;
  at: number;
  timeNs: number;
  frame: number;
  /** What its packet acknowledged: it is told after those bytes of the other direction. */
  ack: number;
  /** When the hole before it was opened. */
  openedNs: number;
}

/** Where a packet's bytes come from. */
export interface Source {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly timeNs: number;
  readonly frame: number;
}

/**
 * Stretches in the order of the sequence. Overlaps: what came first is kept; equal bytes are
 * dropped without a word, different ones are counted.
 * Invariant: stretches ascend and do not overlap (serial numbers), `bytes` is the sum of what they
 * captured, and there is a chunk only while there is a stretch.
 */
export class Pool {
  /** Captured bytes held. */
  bytes = 0;
  /** Of the last insert: bytes that were new, and bytes that differed from those waiting already. */
  fresh = 0;
  differing = 0;
  chunk: Chunk = NO_CHUNK;
  private readonly memory: PoolMemory;
  private list: Stretch[] = [];
  /** Stretches before this one are gone. */
  private first = 0;
  /** End of what is used of the chunk. */
  private used = 0;

  constructor(memory: PoolMemory) {
    this.memory = memory;
  }

  get count(): number {
    return this.list.length - this.first;
  }

  /** The first stretch; only where there is one. */
  head(): Stretch {
    return this.list[this.first];
  }

  /** The sequence number after the last stretch; only where there is one. */
  end(): number {
    const last = this.list[this.list.length - 1];
    return (last.seq + last.length) | 0;
  }

  /** When the hole at or after `seq` was opened, NaN where nothing waits beyond it. */
  openedNs(seq: number): number {
    const i = this.find(seq);
    return i < this.list.length ? this.list[i].openedNs : Number.NaN;
  }

  /** Forgets the first stretch. Its bytes stay valid until the next insert. */
  shift(): void {
    this.bytes -= this.head().captured;
    this.first++;
    if (this.first === this.list.length) this.clear();
    else if (this.first >= 64 && this.first * 2 >= this.list.length) {
      this.list.splice(0, this.first);
      this.first = 0;
    }
  }

  /** Forgets all; the chunk goes back, its bytes still valid until another takes it. */
  clear(): void {
    this.memory.give(this.chunk);
    this.chunk = NO_CHUNK;
    this.list = [];
    this.first = 0;
    this.used = 0;
    this.bytes = 0;
  }

  /** Keeps a copy of what is new of [seq, seq + length); `at` is its first byte in the source. */
  insert(
    seq: number,
    length: number,
    captured: number,
    at: number,
    ack: number,
    source: Source,
  ): void {
    this.fresh = 0;
    this.differing = 0;
    let done = 0;
    let i = this.find(seq);
    while (done < length) {
      const here = (seq + done) | 0;
      const next = i < this.list.length ? (this.list[i].seq - here) | 0 : length - done;
      if (next > 0) {
        const n = Math.min(next, length - done);
        const real = Math.min(Math.max(captured - done, 0), n);
        this.put(i, here, n, real, at + done, ack, source);
        done += n;
      } else {
        const other = this.list[i];
        const n = Math.min(other.length + next, length - done);
        this.compare(other, -next, Math.min(n, captured - done), at + done, source.bytes);
        done += n;
      }
      i++;
    }
  }

  /** As insert(), of bytes that begin where the last stretch ends. */
  append(
    seq: number,
    length: number,
    captured: number,
    view: DataView,
    at: number,
    ack: number,
    timeNs: number,
    frame: number,
  ): void {
    this.copy(captured, view, at);
    const openedNs = timeNs;
    this.list.push({ seq, length, captured, at: this.used, timeNs, frame, ack, openedNs });
    this.used += captured;
    this.bytes += captured;
  }

  /** Throws where the invariant is broken. */
  invariants(): void {
    let bytes = 0;
    let ok = this.first <= this.list.length && this.count > 0 === this.chunk.bytes.length > 0;
    for (let i = this.first; i < this.list.length; i++) {
      const s = this.list[i];
      bytes += s.captured;
      ok &&= s.length > 0 && s.captured >= 0 && s.captured <= s.length;
      ok &&= s.at + s.captured <= this.used;
      if (i > this.first) {
        const before = this.list[i - 1];
        ok &&= ((s.seq - before.seq - before.length) | 0) >= 0;
      }
    }
    if (!ok || bytes !== this.bytes) throw new Error('pool out of order');
  }

  /** Index of the first stretch that ends after `seq`. Mostly that is the end: it looks there first. */
  private find(seq: number): number {
    const list = this.list;
    let low = this.first;
    let high = list.length;
    if (high > low && ((seq - this.end()) | 0) >= 0) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (((list[middle].seq + list[middle].length - seq) | 0) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private put(
    i: number,
    seq: number,
    length: number,
    captured: number,
    at: number,
    ack: number,
    source: Source,
  ): void {
    const { timeNs, frame } = source;
    this.copy(captured, source.view, at);
    const after = this.list[i];
    const touches = after !== undefined && after.seq === ((seq + length) | 0);
    const openedNs = touches && after.openedNs < timeNs ? after.openedNs : timeNs;
    const stretch = { seq, length, captured, at: this.used, timeNs, frame, ack, openedNs };
    if (i === this.list.length) this.list.push(stretch);
    else this.list.splice(i, 0, stretch);
    this.used += captured;
    this.bytes += captured;
    this.fresh += length;
  }

  /** Brings `captured` bytes to where the chunk is not used yet. */
  private copy(captured: number, from: DataView, at: number): void {
    const { used } = this;
    if (used + captured > this.chunk.bytes.length || this.chunk === NO_CHUNK) {
      this.makeRoom(captured);
      this.copy(captured, from, at);
      return;
    }
    const { bytes, view } = this.chunk;
    if (captured > COPIED_BY_WORD) {
      bytes.set(new Uint8Array(from.buffer, from.byteOffset + at, captured), used);
      return;
    }
    let n = 0;
    for (; n + 4 <= captured; n += 4) view.setInt32(used + n, from.getInt32(at + n));
    for (; n < captured; n++) bytes[used + n] = from.getUint8(at + n);
  }

  /** A chunk with room for `more` bytes, and with what is kept moved to its front. */
  private makeRoom(more: number): void {
    const old = this.chunk;
    const chunk = this.memory.take((this.bytes + more) * GROWTH);
    let used = 0;
    for (let i = this.first; i < this.list.length; i++) {
      const s = this.list[i];
      chunk.bytes.set(old.bytes.subarray(s.at, s.at + s.captured), used);
      s.at = used;
      used += s.captured;
    }
    this.chunk = chunk;
    this.used = used;
    this.memory.give(old);
  }

  /** Counts bytes that differ from those of a stretch, from `skip` bytes into it. */
  private compare(s: Stretch, skip: number, n: number, at: number, bytes: Uint8Array): void {
    const mine = this.chunk.bytes;
    const end = Math.min(n, s.captured - skip);
    for (let i = 0; i < end; i++) {
      if (mine[s.at + skip + i] !== bytes[at + i]) this.differing++;
    }
  }
}
