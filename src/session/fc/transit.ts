// hot: no allocation per packet
// How long frames were on their way, by their time stamps (RFC 3643 section 4): arrival less stamp,
// each direction for itself, from the first stamp on so that a double is exact. What clocks differ by
// is worked out from both directions, at the end.

import { FC_AGES_MAX } from '../../limits.js';
import type { FcFrame } from '../../pdu/fc/frame.js';
import type { FcConnectionState } from './state.js';

const NS = 1e9;
const FRACTION = 2 ** 32;
const MS = 1e6;

export function transited(c: FcConnectionState, frame: FcFrame): void {
  const side = frame.direction & 1;
  const t = c.facts.transit[side];
  if (frame.stampSeconds === 0 && frame.stampFraction === 0) {
    t.unstamped++;
    return;
  }
  if (t.baseSeconds < 0) t.baseSeconds = frame.stampSeconds;
  const seconds = frame.stampSeconds - t.baseSeconds;
  const sentNs = seconds * NS + Math.round((frame.stampFraction * NS) / FRACTION);
  const ns = frame.timeNs - sentNs;
  if (t.frames === 0 || ns < t.minNs) t.minNs = ns;
  if (t.frames === 0 || ns > t.maxNs) {
    t.maxNs = ns;
    t.oldestFrame = frame.frame;
    t.oldestTimeNs = frame.timeNs;
  }
  t.frames++;
  t.sumNs += ns;
  // Counted from the first frame's age, which is seldom far from the youngest's.
  if (t.frames === 1) t.firstNs = ns;
  const ms = Math.floor((ns - t.firstNs) / MS);
  const count = t.byMs.get(ms);
  if (count !== undefined) t.byMs.set(ms, count + 1);
  else if (t.byMs.size < FC_AGES_MAX) t.byMs.set(ms, 1);
}
