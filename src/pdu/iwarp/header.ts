// hot: no allocation per packet
// Could an FPDU's header be here? Strict about what the RFCs fix: versions, reserved bits, the queue
// and the tagged flag of an opcode, lengths (RFC 5044 4.1, 5041 4, 5040 4.1, 7306 4.1).

import { get } from '../../wire/field.js';
import { DdpQueue, QUEUE_OF_OPCODE, RdmaOpcode } from '../../wire/rdma/codes.js';
import { ddpUntagged, TAGGED_BYTES, UNTAGGED_BYTES } from '../../wire/rdma/ddp.js';
import { FPDU_LENGTH_BYTES, fpdu } from '../../wire/rdma/mpa.js';
import { ATOMIC_REQUEST_BYTES, READ_REQUEST_BYTES } from '../../wire/rdma/rdmap.js';

/** The FPDU's length and the control field, which say how long the headers are. */
export const CONTROL_END = FPDU_LENGTH_BYTES + 2;
const TAGGED_END = FPDU_LENGTH_BYTES + TAGGED_BYTES;
export const UNTAGGED_END = FPDU_LENGTH_BYTES + UNTAGGED_BYTES;

/** Control octets: tagged and last in the first, reserved bits 0, version 1 each; then the opcode. */
const TAGGED = 0x80;
const FIXED = 0x3f;
const VERSIONS = 0x01;
const RDMAP_FIXED = 0xf0;
const RDMAP_VERSION = 0x40;

/**
 * True where length, versions, opcode and tagged flag agree. `lax`: of a stream that is known, whose
 * boundaries follow from lengths, RDMAP's version may be the RDMA Consortium's (RFC 5040 4.1).
 */
export function controlFits(bytes: Uint8Array, at: number, lax: boolean): boolean {
  const control = bytes[at + 2];
  const rdmap = bytes[at + 3];
  if ((control & FIXED) !== VERSIONS && !(lax && (control & FIXED) <= VERSIONS)) return false;
  if ((rdmap & RDMAP_FIXED) !== RDMAP_VERSION && !(lax && (rdmap & RDMAP_FIXED) === 0))
    return false;
  const queue = QUEUE_OF_OPCODE[rdmap & 15];
  if (queue === -2) return false;
  const tagged = (control & TAGGED) !== 0;
  if (tagged !== queue < 0) return false;
  const length = (bytes[at] << 8) | bytes[at + 1];
  return length >= (tagged ? TAGGED_BYTES : UNTAGGED_BYTES);
}

/** The same of the whole header, TAGGED_END or UNTAGGED_END bytes of it. */
export function headerFits(bytes: Uint8Array, view: DataView, at: number, lax: boolean): boolean {
  if (!controlFits(bytes, at, lax)) return false;
  if ((bytes[at + 2] & TAGGED) !== 0) return true;
  const opcode = bytes[at + 3] & 15;
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
  return (bytes[at + 2] & TAGGED) !== 0 ? TAGGED_END : UNTAGGED_END;
}
