// FCP_RSP (FCP-4): status, residuals; then FCP_RSP_INFO, sense data and the residual of a
// bidirectional command's read, each only where the flags say so.

import { field, reserved, whenSet } from '../field.js';
import { SCSI_STATUS_NAMES } from '../scsi/status.js';
import { FCP_RSP_CODE_NAMES } from './codes.js';

export const FCP_RSP_BYTES = 24;

const bidirectionalResponse = field('bidirectionalResponse', 10, 0, 1);
const residualUnderflow = field('residualUnderflow', 10, 4, 1);
const residualOverflow = field('residualOverflow', 10, 5, 1);
const senseLengthValid = field('senseLengthValid', 10, 6, 1);
const responseLengthValid = field('responseLengthValid', 10, 7, 1);

export const fcpRsp = {
  reserved0: reserved(0, 0, 32),
  reserved4: reserved(4, 0, 32),
  statusQualifier: field('statusQualifier', 8, 0, 16),
  bidirectionalResponse,
  bidirectionalReadResidualUnderflow: field('bidirectionalReadResidualUnderflow', 10, 1, 1),
  bidirectionalReadResidualOverflow: field('bidirectionalReadResidualOverflow', 10, 2, 1),
  confirmationRequested: field('confirmationRequested', 10, 3, 1),
  residualUnderflow,
  residualOverflow,
  senseLengthValid,
  responseLengthValid,
  status: field('status', 11, 0, 8, { names: SCSI_STATUS_NAMES }),
  residualCount: field('residualCount', 12, 0, 32, {
    unit: 'bytes',
    when: whenSet(residualUnderflow, residualOverflow),
  }),
  senseLength: field('senseLength', 16, 0, 32, { unit: 'bytes', when: whenSet(senseLengthValid) }),
  responseLength: field('responseLength', 20, 0, 32, {
    unit: 'bytes',
    when: whenSet(responseLengthValid),
  }),
} as const;

/** FCP_RSP_INFO: 4 or 8 bytes. */
export const fcpRspInfo = {
  additionalResponse: field('additionalResponse', 0, 0, 24),
  responseCode: field('responseCode', 3, 0, 8, { names: FCP_RSP_CODE_NAMES }),
} as const;

export const fcpRspBidirectional = {
  bidirectionalReadResidualCount: field('bidirectionalReadResidualCount', 0, 0, 32, {
    unit: 'bytes',
  }),
} as const;
