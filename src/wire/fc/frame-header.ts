// Fibre Channel frame header (FC-FS): six words, the same in every frame.

import { field, reserved } from '../field.js';
import { R_CTL_NAMES, TYPE_NAMES } from './codes.js';

export const FC_HEADER_BYTES = 24;

const ACK_FORM_NAMES = { 0: 'no assistance', 1: 'ACK_1', 2: 'ACK_N', 3: 'ACK_0' } as const;
const LAST_DATA_NAMES = { 0: 'no information', 1: 'imminent', 2: 'soon', 3: 'delayed' } as const;
const ABORT_NAMES = {
  0: 'abort, discard multiple sequences',
  1: 'abort, discard a single sequence',
  2: 'process policy',
  3: 'discard multiple sequences with immediate retransmission',
} as const;

/** F_CTL, bits 23 to 0: bytes 9 to 11. */
export const fCtl = {
  exchangeResponder: field('exchangeResponder', 9, 0, 1),
  sequenceRecipient: field('sequenceRecipient', 9, 1, 1),
  firstSequence: field('firstSequence', 9, 2, 1),
  lastSequence: field('lastSequence', 9, 3, 1),
  endSequence: field('endSequence', 9, 4, 1),
  endConnection: field('endConnection', 9, 5, 1),
  priorityEnable: field('priorityEnable', 9, 6, 1),
  sequenceInitiative: field('sequenceInitiative', 9, 7, 1),
  lastDataFrame: field('lastDataFrame', 10, 0, 2, { names: LAST_DATA_NAMES }),
  ackForm: field('ackForm', 10, 2, 2, { names: ACK_FORM_NAMES }),
  reserved10b4: reserved(10, 4, 2),
  retransmittedSequence: field('retransmittedSequence', 10, 6, 1),
  unidirectionalTransmit: field('unidirectionalTransmit', 10, 7, 1),
  continueSequence: field('continueSequence', 11, 0, 2),
  abortSequence: field('abortSequence', 11, 2, 2, { names: ABORT_NAMES }),
  relativeOffsetPresent: field('relativeOffsetPresent', 11, 4, 1),
  exchangeReassembly: field('exchangeReassembly', 11, 5, 1),
  fillBytes: field('fillBytes', 11, 6, 2, { unit: 'bytes' }),
} as const;

export const frameHeader = {
  rCtl: field('rCtl', 0, 0, 8, { names: R_CTL_NAMES }),
  destinationId: field('destinationId', 1, 0, 24),
  csCtl: field('csCtl', 4, 0, 8),
  sourceId: field('sourceId', 5, 0, 24),
  type: field('type', 8, 0, 8, { names: TYPE_NAMES }),
  ...fCtl,
  seqId: field('seqId', 12, 0, 8),
  reserved13: reserved(13, 0, 1),
  espHeader: field('espHeader', 13, 1, 1),
  networkHeader: field('networkHeader', 13, 2, 1),
  associationHeader: field('associationHeader', 13, 3, 1),
  reserved13b4: reserved(13, 4, 2),
  deviceHeader: field('deviceHeader', 13, 6, 2, {
    names: { 0: 'none', 1: '16 bytes', 2: '32 bytes', 3: '64 bytes' },
  }),
  seqCnt: field('seqCnt', 14, 0, 16),
  oxId: field('oxId', 16, 0, 16),
  rxId: field('rxId', 18, 0, 16),
  parameter: field('parameter', 20, 0, 32),
} as const;

/** Bytes of optional headers between the frame header and what is sent, by DF_CTL (FC-FS). */
export function optionalHeaderBytes(dfCtl: number): number {
  const device = [0, 16, 32, 64][dfCtl & 3];
  return (dfCtl & 0x40 ? 8 : 0) + (dfCtl & 0x20 ? 16 : 0) + (dfCtl & 0x10 ? 32 : 0) + device;
}
