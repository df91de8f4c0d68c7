// hot: no allocation per packet
// Where a frame stands in its sequence (FC-FS: SOFn3 and SOFn2 go on, SOFi begin).

import { Sof } from '../../wire/fc/codes.js';
import { FC_HEADER_BYTES } from '../../wire/fc/frame-header.js';
import { SEQ_CNT } from '../../wire/fc/header-offsets.js';
import type { FcFrame } from './frame.js';

/** The payload goes on where that of the frame before ended. Captured without delimiters the count says it. */
export function goesOnInSequence(frame: FcFrame): boolean {
  if (frame.special || frame.headerCaptured < FC_HEADER_BYTES) return false;
  if (frame.sof > 0) return frame.sof === Sof.n3 || frame.sof === Sof.n2;
  return frame.view.getUint16(frame.at + SEQ_CNT) !== 0;
}
