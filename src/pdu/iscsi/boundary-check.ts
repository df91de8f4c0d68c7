// hot: no allocation per packet
// Is what stands at a boundary a header? Milder than header-check.ts: there boundaries are looked for.

import {
  BHS_LENGTH as BHS,
  IMMEDIATE,
  OPCODE,
  TARGET_OPCODE,
} from '../../wire/iscsi/bhs-offsets.js';
import { FROM_NOBODY, pduLength, plausible, sender } from '../../wire/iscsi/header-check.js';
import type { Shared } from './shared.js';

/** What must agree with the connection's numbers where nothing else speaks for a strange header. */
const AGREEMENT_MIN = 6;

/**
 * Where the boundary is certain a strange PDU is told, not searched through: only the sender must be
 * right. Where it was found again (`found`) the header must also be strict, or agree with the
 * connection's numbers, or be followed by a header. What comes after the header at `p` lies in `rest`,
 * from `at` to `end`: a gathered header stands apart from it.
 */
export function credible(
  connection: Shared,
  role: number,
  found: boolean,
  view: DataView,
  p: number,
  rest: DataView,
  at: number,
  end: number,
): boolean {
  if (plausible(view, p) === role) return true;
  const first = view.getUint8(p);
  const opcode = first & OPCODE;
  // Zeros are data: a NOP-Out has its F bit set (RFC 7143 11.18).
  if (first > (IMMEDIATE | OPCODE) || view.getUint16(p) === 0) return false;
  const next = at + pduLength(view, p) - BHS;
  const followed = next + BHS <= end && plausible(rest, next) === role;
  if (sender(opcode) === role) {
    return !found || followed || connection.context.agreement(view, p, role) >= AGREEMENT_MIN;
  }
  // An opcode that nobody assigned: other protocols may follow a login too (MPA, RFC 7145).
  if (found || sender(opcode) !== FROM_NOBODY || (!followed && next !== end)) return false;
  return opcode >= TARGET_OPCODE === role > 1 && (first < IMMEDIATE || opcode < TARGET_OPCODE);
}
