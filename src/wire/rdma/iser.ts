// iSER's header, which begins every Send Message (RFC 7145 9.1 to 9.4).

import { field, reserved, whenSet } from '../field.js';
import { ISER_OPCODE_NAMES } from './codes.js';

export const ISER_HEADER_BYTES = 28;

const opcode = field('opcode', 0, 0, 4, { names: ISER_OPCODE_NAMES, section: 'RFC 7145 9.1' });
const writeStagValid = field('writeStagValid', 0, 4, 1, { section: 'RFC 7145 9.2' });
const readStagValid = field('readStagValid', 0, 5, 1, { section: 'RFC 7145 9.2' });
const hasWriteStag = whenSet(writeStagValid);
const hasReadStag = whenSet(readStagValid);

export const iserControl = {
  opcode,
  writeStagValid,
  readStagValid,
  reserved0b6: reserved(0, 6, 26),
  writeStag: field('writeStag', 4, 0, 32, { section: 'RFC 7145 9.2', when: hasWriteStag }),
  writeBaseOffset: field('writeBaseOffset', 8, 0, 64, {
    section: 'RFC 7145 9.2',
    when: hasWriteStag,
  }),
  readStag: field('readStag', 16, 0, 32, { section: 'RFC 7145 9.2', when: hasReadStag }),
  readBaseOffset: field('readBaseOffset', 20, 0, 64, {
    section: 'RFC 7145 9.2',
    when: hasReadStag,
  }),
} as const;

/** The base offsets as two words each, as the road keeps them. */
export const iserBaseWords = {
  writeHigh: field('writeBaseOffsetHigh', 8, 0, 32),
  writeLow: field('writeBaseOffsetLow', 12, 0, 32),
  readHigh: field('readBaseOffsetHigh', 20, 0, 32),
  readLow: field('readBaseOffsetLow', 24, 0, 32),
} as const;

export const iserHello = {
  opcode,
  reserved0b4: reserved(0, 4, 4),
  maxVersion: field('maxVersion', 1, 0, 4, { section: 'RFC 7145 9.3' }),
  minVersion: field('minVersion', 1, 4, 4, { section: 'RFC 7145 9.3' }),
  ird: field('iserIRD', 2, 0, 16, { section: 'RFC 7145 9.3' }),
  reserved4: field('reserved4', 4, 0, 192, { reserved: true }),
} as const;

export const iserHelloReply = {
  opcode,
  reserved0b4: reserved(0, 4, 3),
  rejected: field('rejected', 0, 7, 1, { section: 'RFC 7145 9.4' }),
  maxVersion: field('maxVersion', 1, 0, 4, { section: 'RFC 7145 9.4' }),
  currentVersion: field('currentVersion', 1, 4, 4, { section: 'RFC 7145 9.4' }),
  ord: field('iserORD', 2, 0, 16, { section: 'RFC 7145 9.4' }),
  reserved4: field('reserved4', 4, 0, 192, { reserved: true }),
} as const;
