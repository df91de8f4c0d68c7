// Markers of a stream of which nobody told whether it has any: found by what they say (RFC 5044 4.2).

import { crc32c, digestWord } from '../../lib/crc32c.js';
import { CONTROL_END, headerFits, UNTAGGED_END } from '../../wire/rdma/header-check.js';
import { fpduBytes, MARKER_BYTES, MARKER_INTERVAL, MPA_CRC_BYTES } from '../../wire/rdma/mpa.js';
import { CRC_OFF, CRC_ON, type IwarpShared } from './shared.js';

/**
 * Where in the FPDU at `at` its first marker lies: four bytes that say how far back it begins; -1
 * where there is none. A second one, the CRC, or what follows must agree. `end`: of the bytes.
 */
export function markerIn(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  end: number,
  connection: IwarpShared,
): number {
  const length = view.getUint16(at);
  for (let d = CONTROL_END; d < MARKER_INTERVAL && at + d + MARKER_BYTES <= end; d += 4) {
    if (view.getUint32(at + d) !== d) continue;
    const whole = markedBytes(length, d);
    if (d > whole) return -1;
    const second = d + MARKER_INTERVAL;
    if (second + MARKER_BYTES <= whole && at + second + MARKER_BYTES <= end) {
      if (view.getUint32(at + second) === second) return d;
    } else if (at + whole <= end && fits(bytes, view, at, whole, end, connection)) return d;
  }
  return -1;
}

/** True where nothing speaks against an FPDU of so many bytes at `at`; all of them are there. */
export function fits(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  whole: number,
  end: number,
  connection: IwarpShared,
): boolean {
  if (connection.crc !== CRC_OFF) {
    const word = view.getUint32(at + whole - MPA_CRC_BYTES);
    if (digestWord(crc32c(bytes, at, whole - MPA_CRC_BYTES, 0)) === word) {
      if (connection.crc !== CRC_ON) connection.crcInferred(true);
      return true;
    }
    if (connection.crc === CRC_ON) return false;
  }
  const next = at + whole;
  // An aligned sender ends an FPDU with its segment (RFC 5044 5).
  if (next === end) return true;
  return next + UNTAGGED_END <= end && headerFits(bytes, view, next, false);
}

/** Bytes of an FPDU with its markers, the first of which lies `first` bytes from its beginning. */
export function markedBytes(length: number, first: number): number {
  const plain = fpduBytes(length);
  // A marker right behind the padding belongs to the FPDU too (RFC 5044 4.4).
  let markers = 0;
  let at = first;
  while (at <= plain - MPA_CRC_BYTES + markers * MARKER_BYTES) {
    markers++;
    at += MARKER_INTERVAL;
  }
  return plain + markers * MARKER_BYTES;
}
