// PLOGI, FLOGI, FDISC, PDISC and what accepts them (FC-LS): common service parameters, names, and
// service parameters of each class.

import { field, reserved } from '../field.js';
import { ELS_NAMES } from './codes.js';

export const PLOGI_BYTES = 116;

export const elsLogin = {
  command: field('command', 0, 0, 8, { names: ELS_NAMES }),
  reserved1: reserved(1, 0, 24),
  versionHigh: field('versionHigh', 4, 0, 8),
  versionLow: field('versionLow', 5, 0, 8),
  bbCredit: field('bbCredit', 6, 0, 16, { unit: 'frames' }),
  continuouslyIncreasingOffset: field('continuouslyIncreasingOffset', 8, 0, 1),
  randomOffset: field('randomOffset', 8, 1, 1),
  validVendorVersion: field('validVendorVersion', 8, 2, 1),
  /** 1 in what an F_Port accepts (FC-LS). */
  fPort: field('fPort', 8, 3, 1),
  alternateBbCredit: field('alternateBbCredit', 8, 4, 1),
  eDTovResolution: field('eDTovResolution', 8, 5, 1, { names: { 0: 'ms', 1: 'ns' } }),
  multicast: field('multicast', 8, 6, 1),
  broadcast: field('broadcast', 8, 7, 1),
  reserved9: reserved(9, 0, 1),
  simplex: field('simplex', 9, 1, 1),
  security: field('security', 9, 2, 1),
  clockSync: field('clockSync', 9, 3, 1),
  reserved9b4: reserved(9, 4, 1),
  dynamicHalfDuplex: field('dynamicHalfDuplex', 9, 5, 1),
  continuousSeqCnt: field('continuousSeqCnt', 9, 6, 1),
  payloadBit: field('payloadBit', 9, 7, 1),
  bbStateChangeNumber: field('bbStateChangeNumber', 10, 0, 4),
  receiveDataFieldSize: field('receiveDataFieldSize', 10, 4, 12, { unit: 'bytes' }),
  /** In what accepts a FLOGI these four bytes are R_A_TOV. */
  concurrentSequences: field('concurrentSequences', 12, 0, 16),
  relativeOffsetCategories: field('relativeOffsetCategories', 14, 0, 16),
  eDTov: field('eDTov', 16, 0, 32),
  portName: field('portName', 20, 0, 64),
  nodeName: field('nodeName', 28, 0, 64),
  class1: field('class1', 36, 0, 128),
  class2Valid: field('class2Valid', 52, 0, 1),
  class2Options: field('class2Options', 52, 1, 15, { kind: 'number' }),
  class2Rest: field('class2Rest', 54, 0, 112),
  class3Valid: field('class3Valid', 68, 0, 1),
  class3Options: field('class3Options', 68, 1, 15, { kind: 'number' }),
  class3InitiatorControl: field('class3InitiatorControl', 70, 0, 16),
  class3RecipientControl: field('class3RecipientControl', 72, 0, 16),
  reserved74: reserved(74, 0, 4),
  class3ReceiveDataFieldSize: field('class3ReceiveDataFieldSize', 74, 4, 12, { unit: 'bytes' }),
  class3ConcurrentSequences: field('class3ConcurrentSequences', 76, 0, 16),
  class3EndToEndCredit: field('class3EndToEndCredit', 78, 0, 16),
  reserved80: reserved(80, 0, 8),
  class3OpenSequences: field('class3OpenSequences', 81, 0, 8),
  reserved82: reserved(82, 0, 16),
  class4: field('class4', 84, 0, 128),
  vendorVersion: field('vendorVersion', 100, 0, 128),
} as const;
