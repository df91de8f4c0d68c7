// Where the words of a Basic Header Segment lie that are read for every PDU, and the masks of its flags
// (RFC 7143 11.2 ff). They are taken from the tables of the PDUs when the program loads: the hot road then
// reads a word without a table.

import type { Field } from '../field.js';
import { asyncMessage } from './async-message.js';
import {
  BHS_BYTES,
  bhs,
  cmdSN,
  expCmdSN,
  expStatSN,
  lunWords,
  maxCmdSN,
  statSN,
  targetTransferTag,
} from './bhs.js';
import { RESERVED_TAG } from './codes.js';
import { dataIn } from './data-in.js';
import { loginRequest } from './login-request.js';
import { r2t } from './r2t.js';
import { scsiCommand } from './scsi-command.js';
import { scsiResponse } from './scsi-response.js';
import { taskManagementRequest } from './task-management-request.js';

export const FLAGS = bhs.final.byte;
/** TotalAHSLength and DataSegmentLength in one word, and what of it is which. */
export const LENGTHS = bhs.totalAHSLength.byte;
export const AHS_WORDS_SHIFT = bhs.dataSegmentLength.width;
export const DATA_LENGTH_MASK = bhs.dataSegmentLength.mask;
/** SCSI Response, TMF Response, Logout Response, Reject: response or reason. */
export const RESPONSE = scsiResponse.response.byte;
/** SCSI Response, Data-In with S. */
export const STATUS = dataIn.status.byte;
export const LUN = lunWords.high.byte;
export const LUN_LOW = lunWords.low.byte;
export const INITIATOR_TASK_TAG = bhs.initiatorTaskTag.byte;
export const TARGET_TRANSFER_TAG = targetTransferTag.byte;
export const EXPECTED_LENGTH = scsiCommand.expectedDataTransferLength.byte;
export const REFERENCED_TASK_TAG = taskManagementRequest.referencedTaskTag.byte;
export const CMD_SN = cmdSN.byte;
export const STAT_SN = statSN.byte;
export const EXP_STAT_SN = expStatSN.byte;
export const EXP_CMD_SN = expCmdSN.byte;
export const MAX_CMD_SN = maxCmdSN.byte;
export const CDB = scsiCommand.cdb.byte;
export const CDB_LENGTH = scsiCommand.cdb.width / 8;
export const DATA_SN = dataIn.dataSN.byte;
/** SCSI Response. */
export const EXP_DATA_SN = scsiResponse.expDataSN.byte;
/** Asynchronous Message. */
export const ASYNC_EVENT = asyncMessage.asyncEvent.byte;
export const BUFFER_OFFSET = dataIn.bufferOffset.byte;
export const RESIDUAL = dataIn.residualCount.byte;
export const DESIRED_LENGTH = r2t.desiredDataTransferLength.byte;

/** Bits of byte 1. */
export const FINAL = maskOf(bhs.final);
export const READ = maskOf(scsiCommand.read);
export const WRITE = maskOf(scsiCommand.write);
export const ATTRIBUTE = maskOf(scsiCommand.attr);
export const CONTINUE = maskOf(loginRequest.continue);
export const STATUS_PRESENT = maskOf(dataIn.statusPresent);
export const RESIDUAL_OVERFLOW = maskOf(dataIn.residualOverflow);
export const RESIDUAL_UNDERFLOW = maskOf(dataIn.residualUnderflow);
/** Of byte 0. */
export const IMMEDIATE = maskOf(bhs.immediate);
export const OPCODE = maskOf(bhs.opcode);

/** A tag that is none (11.2.1.8, 11.7.4), as an unsigned word. */
export const NO_TAG = RESERVED_TAG;

/** Opcodes from this on are the target's (11.2.1.2). */
export const TARGET_OPCODE = 0x20;

/** Bytes of header that must be real for a field of 4 bytes to be. */
export const LUN_END = LUN + bhs.lun.width / 8;
export const TAG_END = INITIATOR_TASK_TAG + 4;
export const STAT_SN_END = STAT_SN + 4;
export const WINDOW_END = MAX_CMD_SN + 4;
export const BHS_LENGTH = BHS_BYTES;

/** SenseLength, before the sense data of a SCSI Response or an Asynchronous Message (11.4.7, 11.9.4). */
export const SENSE_LENGTH_BYTES = 2;

/** The length of sense data by the SenseLength before it. */
export function senseLength(data: Uint8Array): number {
  return (data[0] << 8) | data[1];
}

/** The mask of a field within its byte. */
function maskOf(f: Field): number {
  return f.mask << f.shift;
}
