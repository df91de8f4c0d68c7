// Where in Fibre Channel's own units a finding's proof stands, for sessions of FCP (FCP-4: FCP_CMND, FCP_RSP,
// FCP_XFER_RDY): bytes from the begin of the unit, behind the frame header. Rules name iSCSI's fields; what
// has no counterpart there proves nothing.

import { FCP_CDB_BYTES, fcpCmnd, fcpCmndEnd } from '../../wire/fc/fcp-cmnd.js';
import { FCP_RSP_BYTES, fcpRsp, fcpRspInfo } from '../../wire/fc/fcp-rsp.js';
import { fcpXferRdy } from '../../wire/fc/fcp-xfer-rdy.js';
import { frameHeader } from '../../wire/fc/frame-header.js';
import type { Field } from '../../wire/field.js';
import { TaskManagement } from '../../wire/iscsi/codes.js';
import type { Found, Proof } from '../finding.js';

type Place = readonly [unit: string, field: Field, from?: number];

const CMND = 'fcp-cmnd';
const RSP = 'fcp-rsp';
const XFER_RDY = 'fcp-xfer-rdy';

const PLACES: Readonly<Record<string, Place>> = {
  'scsi-command.lun': [CMND, fcpCmnd.lun],
  'scsi-command.attr': [CMND, fcpCmnd.taskAttribute],
  'scsi-command.read': [CMND, fcpCmnd.readData],
  'scsi-command.write': [CMND, fcpCmnd.writeData],
  'scsi-command.cdb': [CMND, fcpCmnd.cdb],
  'scsi-command.expectedDataTransferLength': [
    CMND,
    fcpCmndEnd.dataLength,
    fcpCmnd.cdb.byte + FCP_CDB_BYTES,
  ],
  'scsi-response.status': [RSP, fcpRsp.status],
  'scsi-response.residualCount': [RSP, fcpRsp.residualCount],
  'task-management-response.response': [RSP, fcpRspInfo.responseCode, FCP_RSP_BYTES],
  'r2t.bufferOffset': [XFER_RDY, fcpXferRdy.relativeOffset],
  'r2t.desiredDataTransferLength': [XFER_RDY, fcpXferRdy.burstLength],
};

/** The flag of FCP_CMND that asks for a function; an abort of one exchange is ABTS, told by R_CTL. */
const FUNCTIONS: Readonly<Record<number, Place>> = {
  [TaskManagement.abortTask]: ['frame-header', frameHeader.rCtl],
  [TaskManagement.abortTaskSet]: [CMND, fcpCmnd.abortTaskSet],
  [TaskManagement.clearAca]: [CMND, fcpCmnd.clearAca],
  [TaskManagement.clearTaskSet]: [CMND, fcpCmnd.clearTaskSet],
  [TaskManagement.logicalUnitReset]: [CMND, fcpCmnd.logicalUnitReset],
  [TaskManagement.targetWarmReset]: [CMND, fcpCmnd.targetReset],
  [TaskManagement.queryTaskSet]: [CMND, fcpCmnd.queryTaskSet],
};

/** `scsi-response.status` of a session of FCP; undefined where FCP has no such field. */
export function fcProofOf(name: string, { values }: Found): Proof | undefined {
  const fn = Number(values?.function ?? -1);
  // BA_ACC and BA_RJT answer ABTS: no FCP_RSP does.
  if (fn === TaskManagement.abortTask && name.startsWith('task-management-response.')) {
    return proofAt(FUNCTIONS[fn]);
  }
  const asks = name.startsWith('task-management-request.');
  const place = asks ? FUNCTIONS[fn] : PLACES[name];
  return place === undefined ? undefined : proofAt(place);
}

function proofAt([pdu, field, from = 0]: Place): Proof {
  const bytes = Math.max(1, Math.ceil((field.bit + field.width) / 8));
  return { pdu, field: field.name, byte: from + field.byte, bytes };
}
