// hot: no allocation per packet
// Single words of CDBs that findings ask for (SBC-3, SPC-4; the whole CDBs: tables/cdbs.ts).

/** UNMAP's parameter list: a header, then a descriptor a range (SBC-3 5.28.2). */
const LIST_HEADER = 8;
const DESCRIPTOR = 16;
/** NUMBER OF LOGICAL BLOCKS of a descriptor. */
const RANGE_BLOCKS = 8;
const UNMAP_BYTES = 10;
/** UNMAP of WRITE SAME: it frees the blocks instead of writing them. */
const UNMAP_BIT = 0x08;

/** Ranges of an UNMAP, by the length of its list. */
export function unmapRanges(cdb: Uint8Array, cdbLength: number): number {
  if (cdbLength < UNMAP_BYTES) return 0;
  const length = cdb[7] * 256 + cdb[8];
  return length > LIST_HEADER ? Math.floor((length - LIST_HEADER) / DESCRIPTOR) : 0;
}

/** Blocks of all ranges of an UNMAP's parameter list; -1 where it is not there as a whole. */
export function unmapBlocks(list: Uint8Array, length: number): number {
  if (length < LIST_HEADER) return -1;
  const view = new DataView(list.buffer, list.byteOffset, length);
  const end = LIST_HEADER + view.getUint16(2);
  if (end > length) return -1;
  let blocks = 0;
  for (let at = LIST_HEADER; at + DESCRIPTOR <= end; at += DESCRIPTOR) {
    blocks += view.getUint32(at + RANGE_BLOCKS);
  }
  return blocks;
}

/** WRITE SAME that unmaps. */
export function writeSameUnmaps(cdb: Uint8Array): boolean {
  return (cdb[1] & UNMAP_BIT) !== 0;
}

/** RDPROTECT or WRPROTECT of reads and writes of 10 bytes and more. */
export function protection(cdb: Uint8Array): number {
  return cdb[1] >> 5;
}

/** TYPE of PERSISTENT RESERVE OUT. */
export function reservationType(cdb: Uint8Array): number {
  return cdb[2] & 15;
}

/** FIXED of a tape's READ(6) (SSC): lengths count blocks, not bytes. */
export function fixedBlocks(cdb: Uint8Array): boolean {
  return (cdb[1] & 1) !== 0;
}
