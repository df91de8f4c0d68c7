// Additional Header Segments (RFC 7143 section 11.2.2): Extended CDB, and the read length of a
// bidirectional command. `at` is where the segment begins.

import { field, get, reserved } from '../field.js';
import { AHS_TYPE_NAMES, AhsType } from './codes.js';

export const ahs = {
  ahsLength: field('ahsLength', 0, 0, 16, { unit: 'bytes', section: '11.2.2.2' }),
  reserved2: reserved(2, 0, 2),
  ahsType: field('ahsType', 2, 2, 6, { names: AHS_TYPE_NAMES, section: '11.2.2.1' }),
} as const;

/** RFC 7143 11.2.2.3. The CDB goes on from byte 4; AHSLength counts the reserved byte too. */
export const extendedCdbAhs = { ...ahs, reserved3: reserved(3, 0, 8) } as const;

/** RFC 7143 11.2.2.4. */
export const bidirectionalReadAhs = {
  ...ahs,
  reserved3: reserved(3, 0, 8),
  bidirectionalReadExpectedDataTransferLength: field(
    'bidirectionalReadExpectedDataTransferLength',
    4,
    0,
    32,
    { unit: 'bytes', section: '11.2.2.4' },
  ),
} as const;

/** Type and length come before what AHSLength counts. */
export const AHS_HEADER_BYTES = 3;

export interface AhsSegment {
  readonly type: number;
  /** From the start of all AHS; bytes as AHSLength says, and of them those that are there. */
  readonly at: number;
  readonly ahsLength: number;
  readonly captured: number;
  /** False where AHSLength reaches beyond TotalAHSLength. */
  readonly fits: boolean;
}

/**
 * Walks over `total` bytes of AHS at `at`, of which `captured` are real. Every step is at least 4
 * bytes (a length of 0 is one word), so a walk over the longest AHS (1,020 bytes) ends.
 */
export function ahsSegments(
  view: DataView,
  at: number,
  total: number,
  captured: number,
): AhsSegment[] {
  const found: AhsSegment[] = [];
  let p = 0;
  while (p + 4 <= total && p + AHS_HEADER_BYTES <= captured) {
    const ahsLength = get(view, at + p, ahs.ahsLength);
    const type = get(view, at + p, ahs.ahsType);
    const end = p + AHS_HEADER_BYTES + ahsLength;
    const fits = end <= total;
    const there = Math.max(0, Math.min(end, captured, total) - p - AHS_HEADER_BYTES);
    found.push({ type, at: p, ahsLength, captured: there, fits });
    p += (AHS_HEADER_BYTES + ahsLength + 3) & ~3;
  }
  return found;
}

export interface AhsFacts {
  /** Where the rest of the CDB lies (from the start of all AHS) and how long it is; length 0: none. */
  readonly cdbAt: number;
  readonly cdbLength: number;
  /** -1 where there is no such AHS. */
  readonly bidirectionalReadLength: number;
}

/** What the AHS of a SCSI Command say; damaged ones say nothing. */
export function ahsFacts(view: DataView, at: number, total: number, captured: number): AhsFacts {
  let cdbAt = 0;
  let cdbLength = 0;
  let bidirectionalReadLength = -1;
  for (const segment of ahsSegments(view, at, total, captured)) {
    if (segment.type === AhsType.extendedCdb && segment.captured > 1) {
      cdbAt = segment.at + 4;
      cdbLength = segment.captured - 1;
    }
    if (segment.type === AhsType.bidirectionalReadLength && segment.captured >= 5) {
      const f = bidirectionalReadAhs.bidirectionalReadExpectedDataTransferLength;
      bidirectionalReadLength = get(view, at + segment.at, f);
    }
  }
  return { cdbAt, cdbLength, bidirectionalReadLength };
}
