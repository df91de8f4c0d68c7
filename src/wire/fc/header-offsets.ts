// hot: no allocation per packet
// Where the words lie that the stages read of every frame: the tables of this folder as constants.
// Derived from them when the program loads, so that nothing is said twice.

import { type Field, get } from '../field.js';
import { RCtl } from './codes.js';
import { fcipHeader, ifcpHeader } from './encapsulation.js';
import { extendedHeaderBytes, vftHeader } from './extended-headers.js';
import { fcpCmnd } from './fcp-cmnd.js';
import { FCP_RSP_BYTES, fcpRsp } from './fcp-rsp.js';
import { fcpXferRdy } from './fcp-xfer-rdy.js';
import { fCtl, frameHeader } from './frame-header.js';

export const R_CTL = frameHeader.rCtl.byte;
/** D_ID and S_ID are the lower 24 bits of these words. */
export const D_ID_WORD = frameHeader.destinationId.byte - 1;
export const S_ID_WORD = frameHeader.sourceId.byte - 1;
/** The N_Port ID within either of these words. */
export const PORT_ID = frameHeader.sourceId.mask;
export const TYPE = frameHeader.type.byte;
/** F_CTL is the lower 24 bits of this word. */
export const F_CTL_WORD = frameHeader.type.byte;
export const SEQ_ID = frameHeader.seqId.byte;
export const DF_CTL = frameHeader.espHeader.byte;
export const SEQ_CNT = frameHeader.seqCnt.byte;
export const OX_ID = frameHeader.oxId.byte;
export const RX_ID = frameHeader.rxId.byte;
export const PARAMETER = frameHeader.parameter.byte;

/** Bits of the word that holds F_CTL. */
export const EXCHANGE_RESPONDER = bitOf(fCtl.exchangeResponder);
export const SEQUENCE_RECIPIENT = bitOf(fCtl.sequenceRecipient);
export const FIRST_SEQUENCE = bitOf(fCtl.firstSequence);
export const LAST_SEQUENCE = bitOf(fCtl.lastSequence);
export const END_SEQUENCE = bitOf(fCtl.endSequence);
export const SEQUENCE_INITIATIVE = bitOf(fCtl.sequenceInitiative);
export const RETRANSMITTED = bitOf(fCtl.retransmittedSequence);
export const RELATIVE_OFFSET = bitOf(fCtl.relativeOffsetPresent);
export const FILL_BYTES = 3 * bitOf(fCtl.fillBytes);

/** Words of the encapsulation (RFC 3643 3.1). */
export const LENGTH_WORD = fcipHeader.frameLength.byte;
export const SECONDS = fcipHeader.timeStampSeconds.byte;
export const FRACTION = fcipHeader.timeStampFraction.byte;
export const HEADER_CRC = fcipHeader.headerCrc.byte;
export const SPECIFIC = fcipHeader.changed.byte;
export const IFCP_FLAGS = ifcpHeader.sessionControl.byte;
export const IFCP_SESSION = 2 ** (7 - ifcpHeader.sessionControl.bit);

/** FCP_CMND, from the first byte of its payload. */
export const CMND_LUN = fcpCmnd.lun.byte;
export const CMND_LUN_LOW = CMND_LUN + 4;
export const CMND_ATTRIBUTE = fcpCmnd.taskAttribute.byte;
export const CMND_TMF = fcpCmnd.clearAca.byte;
export const CMND_ADDITIONAL = fcpCmnd.additionalCdbLength.byte;
export const CMND_CDB = fcpCmnd.cdb.byte;
export const READ_DATA = 2 ** (7 - fcpCmnd.readData.bit);
export const WRITE_DATA = 2 ** (7 - fcpCmnd.writeData.bit);

/** FCP_XFER_RDY. */
export const XFER_OFFSET = fcpXferRdy.relativeOffset.byte;
export const XFER_LENGTH = fcpXferRdy.burstLength.byte;

/** FCP_RSP; FCP_RSP_INFO stands behind its fixed part. */
export const RSP_FLAGS = fcpRsp.residualUnderflow.byte;
export const RSP_STATUS = fcpRsp.status.byte;
export const RSP_RESIDUAL = fcpRsp.residualCount.byte;
export const RSP_SENSE_LENGTH = fcpRsp.senseLength.byte;
export const RSP_LENGTH = fcpRsp.responseLength.byte;
export const RSP_INFO = FCP_RSP_BYTES;
export const RSP_UNDERFLOW = 2 ** (7 - fcpRsp.residualUnderflow.bit);
export const RSP_OVERFLOW = 2 ** (7 - fcpRsp.residualOverflow.bit);
export const RSP_SENSE_VALID = 2 ** (7 - fcpRsp.senseLengthValid.bit);
export const RSP_LENGTH_VALID = 2 ** (7 - fcpRsp.responseLengthValid.bit);

/** An ID that is none (FC-FS), in OX_ID and RX_ID. */
export const NO_ID = 0xffff;

export const IFCP_TRANSPARENT = 2 ** (7 - ifcpHeader.addressTransparent.bit);

/** The fabric that a VFT header names among extended headers of `length` bytes at `at`; 0 none. */
export function virtualFabric(view: DataView, at: number, length: number): number {
  for (let p = at; p < at + length; p += extendedHeaderBytes(view.getUint8(p)) || length) {
    if (view.getUint8(p) === RCtl.vft) return get(view, p, vftHeader.virtualFabricId);
  }
  return 0;
}

/** The last bit of a field, in the big-endian word at F_CTL_WORD. */
function bitOf(f: Field): number {
  return 2 ** (31 - ((f.byte - F_CTL_WORD) * 8 + f.bit + f.width - 1));
}
