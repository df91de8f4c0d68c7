// hot: no allocation per packet
// What a connection's last PDUs said of its sequence numbers, and how well a candidate header agrees
// with that. Agreement is counted in rough bits: what random or zero-filled data would have to match
// by chance. Small numbers are worth less, since data is full of small numbers.

import {
  CMD_SN,
  EXP_CMD_SN,
  EXP_STAT_SN,
  FLAGS,
  MAX_CMD_SN,
  OPCODE,
  STAT_SN,
  STATUS_PRESENT,
  TARGET_OPCODE,
} from '../../wire/iscsi/bhs-offsets.js';
import { Opcode } from '../../wire/iscsi/codes.js';
import { FROM_INITIATOR, FROM_TARGET } from '../../wire/iscsi/header-check.js';

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

  /** Takes over what the PDU at `at` says. RFC 7143 11.2 ff. */
  learn(view: DataView, at: number, opcode: number): void {
    if (opcode < TARGET_OPCODE) {
      if (hasCmdSN(opcode)) {
        this.cmdSN = view.getUint32(at + CMD_SN);
        this.initiatorKnown = true;
      }
      this.expStatSN = view.getUint32(at + EXP_STAT_SN);
      return;
    }
    if (hasStatSN(view, at, opcode)) {
      this.statSN = view.getUint32(at + STAT_SN);
      this.statSNKnown = true;
    }
    this.expCmdSN = view.getUint32(at + EXP_CMD_SN);
    this.maxCmdSN = view.getUint32(at + MAX_CMD_SN);
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
    const opcode = view.getUint8(at) & OPCODE;
    let bits = 0;
    if (from === FROM_INITIATOR) {
      if (hasCmdSN(opcode)) {
        const cmdSN = view.getUint32(at + CMD_SN);
        if (this.initiatorKnown) bits += near(cmdSN, this.cmdSN);
        else if (this.targetKnown) bits += near(cmdSN, this.expCmdSN);
      }
      const expStatSN = view.getUint32(at + EXP_STAT_SN);
      if (this.statSNKnown) bits += near(expStatSN, this.statSN);
      else if (this.initiatorKnown) bits += near(expStatSN, this.expStatSN);
    } else if (from === FROM_TARGET) {
      if (hasStatSN(view, at, opcode)) {
        if (this.statSNKnown) bits += near(view.getUint32(at + STAT_SN), this.statSN);
        else if (this.initiatorKnown) bits += near(view.getUint32(at + STAT_SN), this.expStatSN);
      }
      const expCmdSN = view.getUint32(at + EXP_CMD_SN);
      if (this.targetKnown) {
        bits += near(expCmdSN, this.expCmdSN);
        // The window moves as a whole: an equal width is no chance.
        const width = (view.getUint32(at + MAX_CMD_SN) - expCmdSN) | 0;
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
  return opcode !== Opcode.dataIn || (view.getUint8(at + FLAGS) & STATUS_PRESENT) !== 0;
}

/** Data-Out and SNACK carry no CmdSN (11.7, 11.16). */
function hasCmdSN(opcode: number): boolean {
  return opcode !== Opcode.dataOut && opcode !== Opcode.snackRequest;
}

function near(value: number, reference: number): number {
  const d = (value - reference) | 0;
  if (d > FAR || d < -FAR) return 0;
  const bits = value > 0xffff ? 16 : value > 0xff ? 8 : 3;
  return d > NEAR || d < -NEAR ? bits >> 1 : bits;
}
