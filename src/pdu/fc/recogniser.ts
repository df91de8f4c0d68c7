// Does this connection carry encapsulated frames (RFC 3643)? Asked of its bytes, not of its port. Word
// by word a header leaves chance nothing; what must be told apart is such a stream from a capture of
// one that travels as data: there a chain breaks, and nobody answers.

import { CANDIDATES_MAX } from '../../limits.js';
import {
  carrierAt,
  LENGTH_END,
  lengthAt,
  mayBegin,
  STRICT_BYTES,
  strict,
} from '../../wire/fc/header-check.js';
import type { Journal, Run } from '../journal.js';
import { type ConnectionFraming, HOPELESS, LOOKING, PROVEN, type Recogniser } from '../protocol.js';
import { leads } from './search.js';

/** Headers that prove it: one after the other, or each for itself where gaps lie between them. */
const ENOUGH_ON_PORT = 1;
const ENOUGH_ELSEWHERE = 3;
const ENOUGH_AT_END = 2;
/** After so many packets of one side and none of the other, that one is taken for not captured. */
const ONE_SIDED_PACKETS = 64;
const FIRST_BYTES = 4;

/** A header that was found: the stream offset of the next one by its length, and of how many it is the last. */
interface Chain {
  readonly side: number;
  next: number;
  headers: number;
}

export class EncapsulationRecogniser implements Recogniser {
  verdict = LOOKING;
  private readonly journal: Journal;
  private readonly onPort: boolean;
  private readonly carrier: number;
  private readonly make: () => ConnectionFraming;
  /** First stream offset of each side that was not yet looked at. */
  private readonly scanned = [0, 0];
  private chains: Chain[] = [];
  /** Headers that each side showed. */
  private readonly showed = [0, 0];

  constructor(journal: Journal, onPort: boolean, carrier: number, make: () => ConnectionFraming) {
    this.journal = journal;
    this.onPort = onPort;
    this.carrier = carrier;
    this.make = make;
  }

  data(side: number, run: Run, from: number): number {
    if (this.verdict !== LOOKING) return this.verdict;
    if (this.journal.startKnown[side] && run.start === 0 && this.atStart(run, from)) {
      return this.verdict;
    }
    this.follow(side, run);
    const end = run.start + run.length;
    let p = Math.max(this.scanned[side], run.start);
    for (; p + STRICT_BYTES <= end && this.verdict === LOOKING; p++) {
      const at = p - run.start;
      if (!mayBegin(run.bytes, at)) continue;
      if (!strict(run.view, at, run.length - at, this.carrier)) continue;
      if (leads(run.view, at, run.length)) this.found(side, p, run);
    }
    this.scanned[side] = p;
    return this.verdict;
  }

  /** Snaplen, or a loss, cut the bytes; a header whose length is there counts. */
  gap(side: number, run: Run | undefined): number {
    if (this.verdict !== LOOKING || run === undefined) return this.verdict;
    const end = run.start + run.length;
    for (let p = Math.max(this.scanned[side], run.start); p + LENGTH_END <= end; p++) {
      const at = p - run.start;
      if (strict(run.view, at, run.length - at, this.carrier)) this.found(side, p, run);
    }
    this.scanned[side] = end;
    return this.verdict;
  }

  needs(): number {
    return this.chains.length > 0 ? Number.POSITIVE_INFINITY : STRICT_BYTES - 1;
  }

  forget(): void {
    this.chains = [];
    for (let side = 0; side < 2; side++) this.scanned[side] = this.journal.next[side];
  }

  lastChance(): boolean {
    const most = this.chains.reduce((n, c) => Math.max(n, c.headers), 0);
    const enough = most >= ENOUGH_AT_END && (this.answered(0) || this.answered(1));
    if (this.verdict === LOOKING && (enough || (this.onPort && most > 0))) this.verdict = PROVEN;
    return this.verdict === PROVEN;
  }

  framing(): ConnectionFraming {
    const { journal } = this;
    const made = this.make();
    for (let side = 0; side < 2; side++) {
      const start = journal.start[side];
      const run = journal.first(side)?.run;
      const begins =
        run !== undefined &&
        run.start === start &&
        run.length >= FIRST_BYTES &&
        carrierAt(run.view, 0) === this.carrier;
      const known = start === 0 && journal.startKnown[side];
      made.directions[side].startAt(start, known && (begins || run === undefined));
    }
    return made;
  }

  /** A stream followed from its first byte: it begins with a header, or is another protocol's. */
  private atStart(run: Run, from: number): boolean {
    if (run.length < FIRST_BYTES) return false;
    if (carrierAt(run.view, 0) !== this.carrier) {
      if (!this.onPort) this.verdict = HOPELESS;
      return !this.onPort;
    }
    if (from >= STRICT_BYTES || run.length < STRICT_BYTES) return false;
    if (strict(run.view, 0, run.length, this.carrier)) this.verdict = PROVEN;
    return this.verdict === PROVEN;
  }

  /** Chains whose next header has come: another link, or they were none. */
  private follow(side: number, run: Run): void {
    const end = run.start + run.length;
    let dropped = false;
    for (const chain of this.chains) {
      while (chain.side === side && chain.next >= run.start && chain.next + STRICT_BYTES <= end) {
        const at = chain.next - run.start;
        if (!strict(run.view, at, run.length - at, this.carrier)) {
          chain.headers = 0;
          dropped = true;
          break;
        }
        chain.headers++;
        chain.next += lengthAt(run.view, at) * 4;
        this.judge(chain);
      }
    }
    if (dropped) this.chains = this.chains.filter((c) => c.headers > 0);
  }

  private found(side: number, position: number, run: Run): void {
    // One of a chain that was followed already.
    if (this.chains.some((c) => c.side === side && position < c.next)) return;
    this.showed[side]++;
    const next = position + lengthAt(run.view, position - run.start) * 4;
    const chain = { side, next, headers: 1 };
    if (this.chains.length < CANDIDATES_MAX) this.chains.push(chain);
    this.judge(chain);
    this.follow(side, run);
  }

  private judge(chain: Chain): void {
    const enough = this.onPort ? ENOUGH_ON_PORT : ENOUGH_ELSEWHERE;
    const many = chain.headers >= enough || this.showed[chain.side] >= enough;
    if (many && (this.onPort || this.answered(chain.side))) this.verdict = PROVEN;
  }

  /** The other side has frames too, or was not captured. */
  private answered(side: number): boolean {
    const { packets } = this.journal;
    if (this.showed[1 - side] > 0) return true;
    return packets(1 - side) === 0 && packets(side) >= ONE_SIDED_PACKETS;
  }
}
