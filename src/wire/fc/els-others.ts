// Extended link services of a few words (FC-LS), and FCP's own (FCP-4): who is asked what, and the
// answers that are more than LS_ACC.

import { field, reserved } from '../field.js';
import {
  ELS_NAMES,
  LS_RJT_EXPLANATION_NAMES,
  LS_RJT_REASON_NAMES,
  R_CTL_NAMES,
  RSCN_FORMAT_NAMES,
  SCR_FUNCTION_NAMES,
} from './codes.js';

const command = field('command', 0, 0, 8, { names: ELS_NAMES });
const reserved1 = reserved(1, 0, 24);

/** Every other one: its command, and the rest as it is. */
export const elsOther = { command, specific1: field('specific1', 1, 0, 24) } as const;

export const elsReject = {
  command,
  reserved1,
  reserved4: reserved(4, 0, 8),
  reason: field('reason', 5, 0, 8, { names: LS_RJT_REASON_NAMES }),
  explanation: field('explanation', 6, 0, 8, { names: LS_RJT_EXPLANATION_NAMES }),
  vendorSpecific: field('vendorSpecific', 7, 0, 8),
} as const;

export const elsAccept = { command, reserved1 } as const;

export const elsLogout = {
  command,
  reserved1,
  reserved4: reserved(4, 0, 8),
  portId: field('portId', 5, 0, 24),
  portName: field('portName', 8, 0, 64),
} as const;

/** ADISC and what accepts it. */
export const elsDiscoverAddress = {
  command,
  reserved1,
  reserved4: reserved(4, 0, 8),
  hardAddress: field('hardAddress', 5, 0, 24),
  portName: field('portName', 8, 0, 64),
  nodeName: field('nodeName', 16, 0, 64),
  reserved24: reserved(24, 0, 8),
  portId: field('portId', 25, 0, 24),
} as const;

/** REC, RRQ, and ABTX: which exchange is meant. */
export const elsExchange = {
  command,
  reserved1,
  reserved4: reserved(4, 0, 8),
  originatorId: field('originatorId', 5, 0, 24),
  referredOxId: field('referredOxId', 8, 0, 16),
  referredRxId: field('referredRxId', 10, 0, 16),
} as const;

/** What accepts REC: how far the exchange has come. */
export const elsExchangeAccept = {
  command,
  reserved1,
  referredOxId: field('referredOxId', 4, 0, 16),
  referredRxId: field('referredRxId', 6, 0, 16),
  reserved8: reserved(8, 0, 8),
  originatorId: field('originatorId', 9, 0, 24),
  reserved12: reserved(12, 0, 8),
  responderId: field('responderId', 13, 0, 24),
  bytesReceived: field('bytesReceived', 16, 0, 32, { unit: 'bytes' }),
  exchangeResponderOwns: field('exchangeResponderOwns', 20, 0, 1),
  sequenceInitiativeHeld: field('sequenceInitiativeHeld', 20, 1, 1),
  exchangeComplete: field('exchangeComplete', 20, 2, 1),
  exchangeStatus: field('exchangeStatus', 20, 3, 29),
} as const;

/** SRR (an FC-4 link service of FCP-4, or the ELS of old): sent once more from where. */
export const sequenceRetransmissionRequest = {
  command,
  reserved1,
  referredOxId: field('referredOxId', 4, 0, 16),
  referredRxId: field('referredRxId', 6, 0, 16),
  relativeOffset: field('relativeOffset', 8, 0, 32, { unit: 'bytes' }),
  informationUnit: field('informationUnit', 12, 0, 8, { names: R_CTL_NAMES }),
  reserved13: reserved(13, 0, 24),
} as const;

export const elsTimeoutAccept = {
  command,
  reserved1,
  rATov: field('rATov', 4, 0, 32, { unit: 'ms' }),
  eDTov: field('eDTov', 8, 0, 32),
  reserved12: reserved(12, 0, 5),
  eDTovResolution: field('eDTovResolution', 12, 5, 1, { names: { 0: 'ms', 1: 'ns' } }),
  timeoutQualifier: field('timeoutQualifier', 12, 6, 26),
} as const;

export const elsStateChange = {
  command,
  pageLength: field('pageLength', 1, 0, 8, { unit: 'bytes' }),
  payloadLength: field('payloadLength', 2, 0, 16, { unit: 'bytes' }),
} as const;

/** One affected port ID page of an RSCN. */
export const stateChangePage = {
  reserved0: reserved(0, 0, 2),
  eventQualifier: field('eventQualifier', 0, 2, 4),
  addressFormat: field('addressFormat', 0, 6, 2, { names: RSCN_FORMAT_NAMES }),
  affectedId: field('affectedId', 1, 0, 24),
} as const;

export const elsStateChangeRegistration = {
  command,
  reserved1,
  reserved4: reserved(4, 0, 24),
  registrationFunction: field('registrationFunction', 7, 0, 8, { names: SCR_FUNCTION_NAMES }),
} as const;
