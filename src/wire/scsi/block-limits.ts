// Block Limits (VPD B0h) of a disk: what it takes in one command, in logical blocks (SBC; byte
// positions from specs' cdb-layouts).

/** 0 where the device sets no limit, or its page is too short to say. */
export interface BlockLimits {
  readonly compareAndWriteMax: number;
  readonly transferGranularity: number;
  readonly transferMax: number;
  readonly transferOptimal: number;
  readonly prefetchMax: number;
  readonly unmapBlocksMax: number;
  readonly unmapDescriptorsMax: number;
  readonly unmapGranularity: number;
  /** Of the first block that may be unmapped well. */
  readonly unmapAlignment: number;
  readonly writeSameMax: number;
  /** Packet of the data that said so. */
  readonly frame: number;
}

const UNLIMITED = 0xffffffff;

/** `end`: how much of the page there is. */
export function readBlockLimits(view: DataView, end: number, frame: number): BlockLimits {
  const word = (at: number): number => {
    const value = at + 4 <= end ? view.getUint32(at) : 0;
    return value === UNLIMITED ? 0 : value;
  };
  const same = end >= 44 ? view.getUint32(36) * 2 ** 32 + view.getUint32(40) : 0;
  const alignment = end >= 36 ? view.getUint32(32) : 0;
  return {
    compareAndWriteMax: end > 5 ? view.getUint8(5) : 0,
    transferGranularity: end >= 8 ? view.getUint16(6) : 0,
    transferMax: word(8),
    transferOptimal: word(12),
    prefetchMax: word(16),
    unmapBlocksMax: word(20),
    unmapDescriptorsMax: word(24),
    unmapGranularity: word(28),
    // UGAVALID is its first bit.
    unmapAlignment: alignment >= 0x80000000 ? alignment - 0x80000000 : 0,
    // Beyond 2^53 no command can ask for more.
    writeSameMax: same > Number.MAX_SAFE_INTEGER ? 0 : same,
    frame,
  };
}

/** True where the page says what it said before, in whatever packet. */
export function sameLimits(a: BlockLimits, b: BlockLimits): boolean {
  return JSON.stringify({ ...a, frame: 0 }) === JSON.stringify({ ...b, frame: 0 });
}
