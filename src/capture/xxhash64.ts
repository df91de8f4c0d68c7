// XXH64 with seed 0, of which a zstd frame's checksum is the low half (RFC 8878, section 3.1.1): for the package that
// unpacks without a look at it. Numbers of 64 bits are two halves, for BigInt takes ten times as long.

const STRIPE_BYTES = 32;
const LANES = 4;
const MASK = 2n ** 64n - 1n;
const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;
const P1_HIGH = 0x9e3779b1;
const P1_LOW = 0x85ebca87;
const P2_HIGH = 0xc2b2ae3d;
const P2_LOW = 0x27d4eb4f;

/** Invariant: `#lanes` has taken all bytes but the last `#waiting`, which are in `#tail`. */
export class XxHash64 {
  /** The low and the high half of each. */
  readonly #lanes: Uint32Array = new Uint32Array(2 * LANES);
  readonly #tail: Uint8Array = new Uint8Array(STRIPE_BYTES);
  #waiting: number;
  #total: number;

  constructor() {
    this.#waiting = 0;
    this.#total = 0;
    [P1 + P2, P2, 0n, -P1].forEach((start, lane) => {
      this.#lanes[lane * 2] = Number(start & 0xffffffffn);
      this.#lanes[lane * 2 + 1] = Number((start >> 32n) & 0xffffffffn);
    });
  }

  update(bytes: Uint8Array): void {
    this.#total += bytes.length;
    let at = 0;
    if (this.#waiting > 0) {
      while (this.#waiting < STRIPE_BYTES && at < bytes.length) {
        this.#tail[this.#waiting++] = bytes[at++];
      }
      if (this.#waiting < STRIPE_BYTES) return;
      takeStripe(this.#lanes, this.#tail, 0);
      this.#waiting = 0;
    }
    for (; at + STRIPE_BYTES <= bytes.length; at += STRIPE_BYTES) {
      takeStripe(this.#lanes, bytes, at);
    }
    while (at < bytes.length) this.#tail[this.#waiting++] = bytes[at++];
  }

  /** The low half of the hash of all bytes so far. */
  low32(): number {
    let hash = this.#total < STRIPE_BYTES ? P5 : this.#joined();
    hash = (hash + BigInt(this.#total)) & MASK;
    let at = 0;
    for (; at + 8 <= this.#waiting; at += 8) {
      hash = (rotated(hash ^ round(0n, this.#word(at, 8)), 27n) * P1 + P4) & MASK;
    }
    if (at + 4 <= this.#waiting) {
      hash = (rotated(hash ^ ((this.#word(at, 4) * P1) & MASK), 23n) * P2 + P3) & MASK;
      at += 4;
    }
    for (; at < this.#waiting; at++) {
      hash = (rotated(hash ^ ((BigInt(this.#tail[at]) * P5) & MASK), 11n) * P1) & MASK;
    }
    hash = ((hash ^ (hash >> 33n)) * P2) & MASK;
    hash = ((hash ^ (hash >> 29n)) * P3) & MASK;
    return Number((hash ^ (hash >> 32n)) & 0xffffffffn);
  }

  #joined(): bigint {
    const lanes = Array.from(
      { length: LANES },
      (_, lane) => (BigInt(this.#lanes[lane * 2 + 1]) << 32n) + BigInt(this.#lanes[lane * 2]),
    );
    const [a, b, c, d] = lanes;
    let hash = rotated(a, 1n) + rotated(b, 7n) + rotated(c, 12n) + rotated(d, 18n);
    for (const lane of lanes) hash = (((hash & MASK) ^ round(0n, lane)) * P1 + P4) & MASK;
    return hash;
  }

  #word(at: number, bytes: number): bigint {
    let word = 0n;
    for (let i = bytes - 1; i >= 0; i--) word = (word << 8n) + BigInt(this.#tail[at + i]);
    return word;
  }
}

function rotated(value: bigint, by: bigint): bigint {
  const v = value & MASK;
  return ((v << by) | (v >> (64n - by))) & MASK;
}

function round(lane: bigint, input: bigint): bigint {
  return (rotated(lane + input * P2, 31n) * P1) & MASK;
}

/** The same as `round`, in halves, for each lane. */
function takeStripe(lanes: Uint32Array, bytes: Uint8Array, from: number): void {
  for (let lane = 0; lane < 2 * LANES; lane += 2) {
    const p = from + lane * 4;
    const low =
      (bytes[p] | (bytes[p + 1] << 8) | (bytes[p + 2] << 16) | (bytes[p + 3] << 24)) >>> 0;
    const high =
      (bytes[p + 4] | (bytes[p + 5] << 8) | (bytes[p + 6] << 16) | (bytes[p + 7] << 24)) >>> 0;
    const sum = lanes[lane] + productLow(low, P2_LOW);
    const sumLow = sum >>> 0;
    const carry = sum > 0xffffffff ? 1 : 0;
    const sumHigh = (lanes[lane + 1] + productHigh(low, high, P2_LOW, P2_HIGH) + carry) >>> 0;
    const turnedHigh = ((sumHigh << 31) | (sumLow >>> 1)) >>> 0;
    const turnedLow = ((sumLow << 31) | (sumHigh >>> 1)) >>> 0;
    lanes[lane] = productLow(turnedLow, P1_LOW);
    lanes[lane + 1] = productHigh(turnedLow, turnedHigh, P1_LOW, P1_HIGH);
  }
}

function productLow(a: number, b: number): number {
  return Math.imul(a, b) >>> 0;
}

/** Of two numbers of 64 bits, the high half of the low 64 bits of their product. */
function productHigh(aLow: number, aHigh: number, bLow: number, bHigh: number): number {
  const a0 = aLow & 0xffff;
  const a1 = aLow >>> 16;
  const b0 = bLow & 0xffff;
  const b1 = bLow >>> 16;
  const cross = a1 * b0;
  const other = a0 * b1;
  const middle = ((a0 * b0) >>> 16) + (cross & 0xffff) + (other & 0xffff);
  const top = a1 * b1 + (cross >>> 16) + (other >>> 16) + (middle >>> 16);
  return (top + Math.imul(aHigh, bLow) + Math.imul(aLow, bHigh)) >>> 0;
}
