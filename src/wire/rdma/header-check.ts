// hot: no allocation per packet
// Could an FPDU's header be here? Strict about what the RFCs fix: versions, reserved bits, the queue
// and the tagged flag of an opcode, lengths (RFC 5044 4.1, 5041 4, 5040 4.1, 7306 4.1).

import { get } from '../field.js';
import { DdpQueue, IserOpcode, QUEUE_OF_OPCODE, RdmaOpcode } from './codes.js';
import { ddpUntagged, TAGGED_BYTES, UNTAGGED_BYTES } from './ddp.js';
import { FPDU_LENGTH_BYTES, fpdu } from './mpa.js';
import { ATOMIC_REQUEST_BYTES, READ_REQUEST_BYTES } from './rdmap.js';

/** The FPDU's length and the control field, which say how long the headers are. */
export const CONTROL_END = FPDU_LENGTH_BYTES + 2;
const TAGGED_END = FPDU_LENGTH_BYTES + TAGGED_BYTES;
export const UNTAGGED_END = FPDU_LENGTH_BYTES + UNTAGGED_BYTES;

/** Control octets: tagged and last in the first, reserved bits 0, version 1 each; then the opcode. */
const CONTROL = FPDU_LENGTH_BYTES;
const RDMAP = CONTROL + 1;
const OPCODE = 0x0f;
const ISER_RESERVED = 3;
/** A pointer is a multiple of four. */
const POINTER = 0xfffc;
const TAGGED = 0x80;
const FIXED = 0x3f;
const VERSIONS = 0x01;
const RDMAP_FIXED = 0xf0;
const RDMAP_VERSION = 0x40;

/** A quick look before `headerFits`: reserved bits and both versions. */
export function mayBegin(bytes: Uint8Array, at: number): boolean {
  return (
    (bytes[at + CONTROL] & FIXED) === VERSIONS &&
    (bytes[at + RDMAP] & RDMAP_FIXED) === RDMAP_VERSION
  );
}

/** ULPDU_Length. */
export function ulpduLengthAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

/** RDMAP's opcode of an untagged segment; -1 of a tagged one. */
export function untaggedOpcode(bytes: Uint8Array, at: number): number {
  return (bytes[at + CONTROL] & TAGGED) !== 0 ? -1 : bytes[at + RDMAP] & OPCODE;
}

/** iSER's control header where one may stand: its opcode, and reserved bits 0 (RFC 7145 9.2). */
export function isIserControl(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at];
  if (first >> 4 !== IserOpcode.control || (first & ISER_RESERVED) !== 0) return false;
  return (bytes[at + 1] | bytes[at + 2] | bytes[at + 3]) === 0;
}

/** FPDUPTR of a marker's word; -1 where it cannot be one (RFC 5044 4.2). */
export function markerPointer(view: DataView, at: number): number {
  const word = view.getUint32(at);
  return word >>> 16 === 0 ? word & POINTER : -1;
}

/**
 * True where length, versions, opcode and tagged flag agree. `lax`: of a stream that is known, whose
 * boundaries follow from lengths, RDMAP's version may be the RDMA Consortium's (RFC 5040 4.1).
 */
export function controlFits(bytes: Uint8Array, at: number, lax: boolean): boolean {
  const control = bytes[at + CONTROL];
  const rdmap = bytes[at + RDMAP];
  if ((control & FIXED) !== VERSIONS && !(lax && (control & FIXED) <= VERSIONS)) return false;
  if ((rdmap & RDMAP_FIXED) !== RDMAP_VERSION && !(lax && (rdmap & RDMAP_FIXED) === 0))
    return false;
  const queue = QUEUE_OF_OPCODE[rdmap & OPCODE];
  if (queue === -2) return false;
  const tagged = (control & TAGGED) !== 0;
  if (tagged !== queue < 0) return false;
  return ulpduLengthAt(bytes, at) >= (tagged ? TAGGED_BYTES : UNTAGGED_BYTES);
}

/** The same of the whole header, TAGGED_END or UNTAGGED_END bytes of it. */
export function headerFits(bytes: Uint8Array, view: DataView, at: number, lax: boolean): boolean {
  if (!controlFits(bytes, at, lax)) return false;
  if ((bytes[at + CONTROL] & TAGGED) !== 0) return true;
  const opcode = bytes[at + RDMAP] & OPCODE;
  const ddp = at + FPDU_LENGTH_BYTES;
  if (get(view, ddp, ddpUntagged.queueNumber) !== QUEUE_OF_OPCODE[opcode]) return false;
  const invalidates =
    opcode === RdmaOpcode.sendInvalidate || opcode === RdmaOpcode.sendSEInvalidate;
  if (!lax && !invalidates && get(view, ddp, ddpUntagged.invalidateStag) !== 0) return false;
  const length = get(view, at, fpdu.ulpduLength) - UNTAGGED_BYTES;
  const offset = get(view, ddp, ddpUntagged.messageOffset);
  if (QUEUE_OF_OPCODE[opcode] !== DdpQueue.send)
    return offset === 0 && length <= ATOMIC_REQUEST_BYTES;
  if (opcode === RdmaOpcode.readRequest) return length === READ_REQUEST_BYTES;
  return true;
}

/** Bytes from the FPDU's first to the end of its DDP header. */
export function headerEnd(bytes: Uint8Array, at: number): number {
  return (bytes[at + CONTROL] & TAGGED) !== 0 ? TAGGED_END : UNTAGGED_END;
}
