// hot: no allocation per packet
// What a connection's last PDUs said of its sequence numbers, and how well a candidate header agrees
// with that. Agreement is counted in rough bits: what random or zero-filled data would have to match
// by chance. Small numbers are worth less, since data is full of small numbers.

import { FROM_INITIATOR, FROM_TARGET } from './header-check.js';

/** Tells whether a task tag is in use: the session stage knows, the pdu stage asks. */
export interface TaskTags {
  isOpen(connection: number, initiatorTaskTag: number): boolean;
}

/** A candidate with this much agreement is taken at once. */
export const AGREEMENT_ENOUGH = 13;
/** Sequence numbers this near are the same conversation; nearer than NEAR they count in full. */
const FAR = 4096;
const NEAR = 64;

export class SequenceContext {
  initiatorKnown = false;
  targetKnown = false;
  /** True once a status-bearing PDU of the target was seen. */
  statSNKnown = false;
  cmdSN = 0;
  expStatSN = 0;
  statSN = 0;
  expCmdSN = 0;
  maxCmdSN = 0;

  /** Takes over what the PDU at `at` says. CmdSN at 24, (Exp)StatSN, ExpCmdSN, MaxCmdSN: 11.2 ff. */
  learn(view: DataView, at: number, opcode: number): void {
    if (opcode < 0x20) {
      if (opcode !== 0x05 && opcode !== 0x10) {
        this.cmdSN = view.getUint32(at + 24);
        this.initiatorKnown = true;
      }
      this.expStatSN = view.getUint32(at + 28);
      return;
    }
    if (hasStatSN(view, at, opcode)) {
      this.statSN = view.getUint32(at + 24);
      this.statSNKnown = true;
    }
    this.expCmdSN = view.getUint32(at + 28);
    this.maxCmdSN = view.getUint32(at + 32);
    this.targetKnown = true;
  }

  /** Starts from what another context knows. */
  take(other: SequenceContext): void {
    this.initiatorKnown = other.initiatorKnown;
    this.targetKnown = other.targetKnown;
    this.statSNKnown = other.statSNKnown;
    this.cmdSN = other.cmdSN;
    this.expStatSN = other.expStatSN;
    this.statSN = other.statSN;
    this.expCmdSN = other.expCmdSN;
    this.maxCmdSN = other.maxCmdSN;
  }

  /** Agreement of the header at `at`, in bits. `from` is what plausible() said. */
  agreement(view: DataView, at: number, from: number): number {
    const opcode = view.getUint8(at) & 0x3f;
    let bits = 0;
    if (from === FROM_INITIATOR) {
      if (opcode !== 0x05 && opcode !== 0x10) {
        const cmdSN = view.getUint32(at + 24);
        if (this.initiatorKnown) bits += near(cmdSN, this.cmdSN);
        else if (this.targetKnown) bits += near(cmdSN, this.expCmdSN);
      }
      const expStatSN = view.getUint32(at + 28);
      if (this.statSNKnown) bits += near(expStatSN, this.statSN);
      else if (this.initiatorKnown) bits += near(expStatSN, this.expStatSN);
    } else if (from === FROM_TARGET) {
      if (hasStatSN(view, at, opcode)) {
        if (this.statSNKnown) bits += near(view.getUint32(at + 24), this.statSN);
        else if (this.initiatorKnown) bits += near(view.getUint32(at + 24), this.expStatSN);
      }
      const expCmdSN = view.getUint32(at + 28);
      if (this.targetKnown) {
        bits += near(expCmdSN, this.expCmdSN);
        // The window moves as a whole: an equal width is no chance.
        const width = (view.getUint32(at + 32) - expCmdSN) | 0;
        if (width > 0 && width === ((this.maxCmdSN - this.expCmdSN) | 0)) bits += 6;
      } else if (this.initiatorKnown) {
        bits += near(expCmdSN, this.cmdSN);
      }
    }
    return bits;
  }
}

/** Bits that an open task tag is worth. */
export function tagBits(tag: number): number {
  return tag > 0xffff ? 16 : tag > 0xff ? 8 : 4;
}

/** Data-In carries StatSN only with S (11.7.3). */
function hasStatSN(view: DataView, at: number, opcode: number): boolean {
  return opcode !== 0x25 || (view.getUint8(at + 1) & 0x01) !== 0;
}

function near(value: number, reference: number): number {
  const d = (value - reference) | 0;
  if (d > FAR || d < -FAR) return 0;
  const bits = value > 0xffff ? 16 : value > 0xff ? 8 : 3;
  return d > NEAR || d < -NEAR ? bits >> 1 : bits;
}
