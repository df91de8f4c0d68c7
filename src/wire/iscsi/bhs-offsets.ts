// hot: no allocation per packet
// Where the words of a Basic Header Segment lie that this stage reads for every PDU (RFC 7143 11.2
// ff). The tables of wire/iscsi say the same of each PDU; the tests hold the two together. Here they
// are constants, so that the hot road reads a word without a table.

export const FLAGS = 1;
/** SCSI Response, TMF Response, Logout Response, Reject: response or reason. */
export const RESPONSE = 2;
/** SCSI Response, Data-In with S. */
export const STATUS = 3;
export const LUN = 8;
export const INITIATOR_TASK_TAG = 16;
export const TARGET_TRANSFER_TAG = 20;
/** SCSI Command: Expected Data Transfer Length. TMF Request: Referenced Task Tag. */
export const EXPECTED_LENGTH = 20;
export const REFERENCED_TASK_TAG = 20;
export const CMD_SN = 24;
export const STAT_SN = 24;
export const EXP_STAT_SN = 28;
export const EXP_CMD_SN = 28;
export const MAX_CMD_SN = 32;
export const CDB = 32;
export const REF_CMD_SN = 32;
export const DATA_SN = 36;
export const R2T_SN = 36;
/** SCSI Response. */
export const EXP_DATA_SN = 36;
export const BUFFER_OFFSET = 40;
export const BIDI_RESIDUAL = 40;
export const RESIDUAL = 44;
export const DESIRED_LENGTH = 44;

/** Bits of byte 1. */
export const FINAL = 0x80;
export const READ = 0x40;
export const WRITE = 0x20;
export const ATTRIBUTE = 0x07;
export const CONTINUE = 0x40;
export const STATUS_PRESENT = 0x01;
export const RESIDUAL_OVERFLOW = 0x04;
export const RESIDUAL_UNDERFLOW = 0x02;
export const BIDI_RESIDUAL_OVERFLOW = 0x10;
export const BIDI_RESIDUAL_UNDERFLOW = 0x08;
/** Bit of byte 0. */
export const IMMEDIATE = 0x40;

/** A tag that is none (11.2.1.8, 11.7.4), as an unsigned word. */
export const NO_TAG = 0xffffffff;

/** Bytes of header that must be real for a field of 4 bytes to be. */
export const TAG_END = INITIATOR_TASK_TAG + 4;
export const STAT_SN_END = STAT_SN + 4;
export const WINDOW_END = MAX_CMD_SN + 4;
export const BHS_LENGTH = 48;
