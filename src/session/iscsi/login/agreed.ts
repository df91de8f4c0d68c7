// hot: no allocation per packet
// What was agreed on how data may flow, as numbers for the hot road (filled by operational-limits.ts).

import type { Parameter } from '../../model.js';

export const UNLIMITED = Number.POSITIVE_INFINITY;
const NOTHING: readonly Parameter[] = [];

/** Limits in force; Infinity (or true) where nothing is known. RFC 7143 13.10 to 13.17. */
export class Agreed {
  firstBurst = UNLIMITED;
  maxBurst = UNLIMITED;
  outstandingR2ts = UNLIMITED;
  /** InitialR2T=No: Data-Out may come without an R2T. */
  unsolicited = true;
  immediate = true;
  /** False: nobody knows what was agreed, and PDUs are looked at for what they prove. */
  known = true;
  /** MaxRecvDataSegmentLength of the initiator and of the target. */
  toInitiator = UNLIMITED;
  toTarget = UNLIMITED;
  /** Where these were read from: a login or a text negotiation replaces the lists. */
  own: readonly Parameter[] = NOTHING;
  shared: readonly Parameter[] = NOTHING;
}
