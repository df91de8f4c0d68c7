// FCP_XFER_RDY (FCP-4): the target asks for data.

import { field, reserved } from '../field.js';

export const FCP_XFER_RDY_BYTES = 12;

export const fcpXferRdy = {
  relativeOffset: field('relativeOffset', 0, 0, 32, { unit: 'bytes' }),
  burstLength: field('burstLength', 4, 0, 32, { unit: 'bytes' }),
  reserved8: reserved(8, 0, 32),
} as const;
