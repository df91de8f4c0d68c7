// PRLI, PRLO, TPRLO and what accepts them (FC-LS), with FCP's service parameters (FCP-4).

import { field, reserved } from '../field.js';
import { ELS_NAMES, PRLI_RESPONSE_NAMES, TYPE_NAMES } from './codes.js';

export const PRLI_BYTES = 20;

export const elsProcessLogin = {
  command: field('command', 0, 0, 8, { names: ELS_NAMES }),
  pageLength: field('pageLength', 1, 0, 8, { unit: 'bytes' }),
  payloadLength: field('payloadLength', 2, 0, 16, { unit: 'bytes' }),
} as const;

/** One page; the first begins behind the four bytes above. Response code 0 in requests. */
export const processLoginPage = {
  pageType: field('pageType', 0, 0, 8, { names: TYPE_NAMES }),
  typeExtension: field('typeExtension', 1, 0, 8),
  originatorAssociatorValid: field('originatorAssociatorValid', 2, 0, 1),
  responderAssociatorValid: field('responderAssociatorValid', 2, 1, 1),
  imagePair: field('imagePair', 2, 2, 1),
  reserved2b3: reserved(2, 3, 1),
  responseCode: field('responseCode', 2, 4, 4, { names: PRLI_RESPONSE_NAMES }),
  reserved3: reserved(3, 0, 8),
  originatorAssociator: field('originatorAssociator', 4, 0, 32),
  responderAssociator: field('responderAssociator', 8, 0, 32),
  reserved12: reserved(12, 0, 22),
  taskRetryIdentification: field('taskRetryIdentification', 14, 6, 1),
  retry: field('retry', 14, 7, 1),
  confirmedCompletion: field('confirmedCompletion', 15, 0, 1),
  dataOverlay: field('dataOverlay', 15, 1, 1),
  initiatorFunction: field('initiatorFunction', 15, 2, 1),
  targetFunction: field('targetFunction', 15, 3, 1),
  reserved15b4: reserved(15, 4, 2),
  readXferRdyDisabled: field('readXferRdyDisabled', 15, 6, 1),
  writeXferRdyDisabled: field('writeXferRdyDisabled', 15, 7, 1),
} as const;
