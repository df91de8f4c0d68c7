// Headers that snaplen cut, and which snaplen would have taken them.

import { snaplenOf } from '../../capture/facts.js';
import { BHS_LENGTH } from '../../wire/iscsi/bhs-offsets.js';
import type { Facts } from '../facts.js';
import { framing } from '../watch/framing.js';

export interface HeadersCut {
  readonly count: number;
  /** What is there of most of them: of those that begin a segment it is the same each time. */
  readonly bytes: number;
  /** What would have taken these whole. */
  readonly snaplen: number;
}

/** Undefined where none was cut. Who asks names the watch `framing`. */
export function headersCut(facts: Pick<Facts, 'capture' | 'evidence'>): HeadersCut | undefined {
  const cutTo = new Float64Array(BHS_LENGTH);
  for (const group of facts.evidence.of(framing).groups.values()) {
    group.cutTo.forEach((count, bytes) => {
      cutTo[bytes] += count;
    });
  }
  let most = 0;
  for (let bytes = 1; bytes < BHS_LENGTH; bytes++) if (cutTo[bytes] > cutTo[most]) most = bytes;
  const count = cutTo.reduce((sum, n) => sum + n, 0);
  const snaplen = snaplenOf(facts.capture);
  if (count === 0 || snaplen === 0 || facts.capture.packetsTruncated === 0) return undefined;
  return { count, bytes: most, snaplen: snaplen + BHS_LENGTH - most };
}
