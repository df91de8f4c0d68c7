// hot: no allocation per packet
// Is a PDU as long as its header says? A flipped bit of DataSegmentLength would make everything that
// follows its data. A length that is new, or data in a strange place, is doubted until it has come.

import { BHS_LENGTH as BHS, EXPECTED_LENGTH, OPCODE } from '../../wire/iscsi/bhs-offsets.js';
import { Opcode } from '../../wire/iscsi/codes.js';
import { plausible } from '../../wire/iscsi/header-check.js';
import { AGREEMENT_ENOUGH, type SequenceContext } from './sequence-context.js';

/** Four times the default of MaxRecvDataSegmentLength (RFC 7143 13.12). */
const DOUBT_ABOVE = 4 * 8192;

export class Doubt {
  /** The data of the PDU at hand may end before its length. */
  on = false;
  /** Data longer than this is doubted: four times the most that came so far. */
  private above = DOUBT_ABOVE;

  /** A PDU of `length` bytes of data begins; its header, of which all was captured or not, is at `at`. */
  begin(view: DataView, at: number, length: number, whole: boolean, role: number): void {
    this.on = length > this.above || (length > 0 && whole && isStrange(view, at, length, role));
    if (!this.on) this.believe(length);
  }

  /** It came as long as it said. */
  came(length: number): void {
    if (this.on) this.believe(length);
    this.on = false;
  }

  /** In doubted data a segment begins with a header that goes on where the last ones were. */
  overrun(view: DataView, p: number, end: number, role: number, context: SequenceContext): boolean {
    if (end - p < BHS || plausible(view, p) !== role) return false;
    return context.agreement(view, p, role) >= AGREEMENT_ENOUGH;
  }

  private believe(length: number): void {
    if (length * 4 > this.above) this.above = length * 4;
  }
}

/** Data where none belongs, or more than the whole command is about. */
function isStrange(view: DataView, at: number, length: number, role: number): boolean {
  if (plausible(view, at) !== role) return true;
  const command = (view.getUint8(at) & OPCODE) === Opcode.scsiCommand;
  return command && length > view.getUint32(at + EXPECTED_LENGTH);
}
