// Basic link services (FC-FS): ABTS has no payload; BA_ACC and BA_RJT answer it.

import { field, reserved } from '../field.js';
import { BA_RJT_EXPLANATION_NAMES, BA_RJT_REASON_NAMES } from './codes.js';

export const baAcc = {
  seqIdValidity: field('seqIdValidity', 0, 0, 8, { names: { 0: 'not valid', 128: 'valid' } }),
  lastSeqId: field('lastSeqId', 1, 0, 8),
  reserved2: reserved(2, 0, 16),
  abortedOxId: field('abortedOxId', 4, 0, 16),
  abortedRxId: field('abortedRxId', 6, 0, 16),
  lowSeqCnt: field('lowSeqCnt', 8, 0, 16),
  highSeqCnt: field('highSeqCnt', 10, 0, 16),
} as const;

export const baRjt = {
  reserved0: reserved(0, 0, 8),
  reason: field('reason', 1, 0, 8, { names: BA_RJT_REASON_NAMES }),
  explanation: field('explanation', 2, 0, 8, { names: BA_RJT_EXPLANATION_NAMES }),
  vendorSpecific: field('vendorSpecific', 3, 0, 8),
} as const;
