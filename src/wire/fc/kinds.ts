// What kind a frame is, by its R_CTL and TYPE, and of link services by the first byte of the payload
// (FC-FS, FC-LS, FCP-4): a number, so that it can be compared and counted; kindName has the words.

import {
  CtCommand,
  ELS_NAMES,
  FcType,
  type Names,
  R_CTL_NAMES,
  RCtl,
  SW_ILS_NAMES,
  TYPE_NAMES,
} from './codes.js';
import { ctPreamble } from './ct.js';

/** Families: the high byte of a kind; the low one is R_CTL, a command or a TYPE. */
export const FcKind = {
  /** FCP information units: R_CTL. */
  fcp: 0x000,
  /** Basic link services and link control: R_CTL. */
  link: 0x100,
  /** Extended link services, requests and replies: the command. */
  els: 0x200,
  /** FC-4 link services of FCP: the command. */
  fc4: 0x300,
  /** Fibre Channel services: 0 a request, 1 rejected, 2 accepted. */
  ct: 0x400,
  swIls: 0x500,
  /** Everything else: TYPE. */
  other: 0x600,
  /** FCIP's special frame. */
  special: 0x700,
  /** Not known: too little of the frame was captured. */
  unknown: 0x800,
} as const;

export const FcpIu = {
  data: FcKind.fcp + RCtl.data,
  conf: FcKind.fcp + RCtl.solicitedControl,
  xferRdy: FcKind.fcp + RCtl.dataDescriptor,
  cmnd: FcKind.fcp + RCtl.command,
  rsp: FcKind.fcp + RCtl.status,
} as const;

/** The family of frames whose kind depends on the payload is asked for with `command` 0. */
export function frameKind(rCtl: number, type: number, command: number): number {
  if (rCtl >= 0x80) return FcKind.link + rCtl;
  if (type === FcType.fcp && rCtl < 0x10) return FcKind.fcp + rCtl;
  if (rCtl === RCtl.elsRequest || rCtl === RCtl.elsReply) return FcKind.els + command;
  if (type === FcType.fcp && (rCtl === RCtl.fc4Request || rCtl === RCtl.fc4Reply)) {
    return FcKind.fc4 + command;
  }
  if (type === FcType.swIls) return FcKind.swIls + command;
  return type === FcType.ct ? FcKind.ct : FcKind.other + type;
}

/** The command or code within its family: R_CTL, a link service's command, a TYPE. */
export function codeOfKind(kind: number): number {
  return kind & 0xff;
}

/** The kind of a frame whose payload says it; `kept` bytes of its `length` are at hand. */
export function kindByPayload(
  kind: number,
  payload: Uint8Array,
  kept: number,
  length: number,
): number {
  if (kept < KIND_BYTES && kept < length) return FcKind.unknown;
  if (kind === FcKind.ct) return ctKind((payload[CT_COMMAND] << 8) | payload[CT_COMMAND + 1]);
  return kept > 0 ? (kind & 0xf00) | payload[0] : kind;
}

const CT_COMMAND = ctPreamble.ctCommand.byte;
/** Bytes of the payload that say its kind: a link service's command, or CT's preamble up to its reason. */
export const KIND_BYTES = ctPreamble.fragmentId.byte;

/** A CT_IU's kind, by its command or response code. */
export function ctKind(command: number): number {
  if (command === CtCommand.reject) return FcKind.ct + 1;
  return command === CtCommand.accept ? FcKind.ct + 2 : FcKind.ct;
}

/** True where the first bytes of the payload say what the frame is. */
export function kindInPayload(kind: number): boolean {
  const family = kind & 0xf00;
  return family >= FcKind.els && family <= FcKind.swIls;
}

const FCP_NAMES: Names = {
  1: 'FCP_DATA',
  3: 'FCP_CONF',
  5: 'FCP_XFER_RDY',
  6: 'FCP_CMND',
  7: 'FCP_RSP',
};

const CT_NAMES: Names = { 0: 'FC_CT', 1: 'CT_RJT', 2: 'CT_ACC' };

const SHORT_TYPES: Names = {
  4: 'LLC/SNAP',
  5: 'IP over FC',
  27: 'FICON',
  28: 'FICON',
  35: 'FC-AL',
  36: 'FC-SNMP',
  40: 'FC-NVMe',
};

export function kindName(kind: number): string {
  const low = kind & 0xff;
  switch (kind & 0xf00) {
    case FcKind.fcp:
      return FCP_NAMES[low] ?? `FCP ${hexByte(low)}`;
    case FcKind.link:
      return R_CTL_NAMES[low] ?? `R_CTL ${hexByte(low)}`;
    case FcKind.els:
      return ELS_NAMES[low] ?? `ELS ${hexByte(low)}`;
    case FcKind.fc4:
      return low === 0x02 ? 'LS_ACC (FC-4)' : (ELS_NAMES[low] ?? `FC-4 LS ${hexByte(low)}`);
    case FcKind.ct:
      return CT_NAMES[low];
    case FcKind.swIls:
      return SW_ILS_NAMES[low] ?? `SW_ILS ${hexByte(low)}`;
    case FcKind.other:
      return SHORT_TYPES[low] ?? TYPE_NAMES[low] ?? `TYPE ${hexByte(low)}`;
    case FcKind.special:
      return 'special frame';
    default:
      return 'not known';
  }
}

function hexByte(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}
