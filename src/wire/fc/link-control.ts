// Link control frames (FC-FS) have no payload: what they say stands in the parameter, and for F_BSY
// in the byte that is else TYPE. Bytes count within the frame header.

import { field, reserved } from '../field.js';
import {
  F_BSY_REASON_NAMES,
  P_BSY_ACTION_NAMES,
  P_BSY_REASON_NAMES,
  RJT_ACTION_NAMES,
  RJT_REASON_NAMES,
} from './codes.js';

export const rejectParameter = {
  action: field('action', 20, 0, 8, { names: RJT_ACTION_NAMES }),
  reason: field('reason', 21, 0, 8, { names: RJT_REASON_NAMES }),
  reserved22: reserved(22, 0, 8),
  vendorSpecific: field('vendorSpecific', 23, 0, 8),
} as const;

export const portBusyParameter = {
  action: field('action', 20, 0, 8, { names: P_BSY_ACTION_NAMES }),
  reason: field('reason', 21, 0, 8, { names: P_BSY_REASON_NAMES }),
  reserved22: reserved(22, 0, 8),
  vendorSpecific: field('vendorSpecific', 23, 0, 8),
} as const;

export const fabricBusy = {
  reason: field('reason', 8, 0, 4, { names: F_BSY_REASON_NAMES }),
} as const;

/** ACK_1, ACK_0: how many frames are acknowledged by the one. */
export const ackParameter = {
  acknowledged: field('acknowledged', 22, 0, 16),
} as const;

/** ABTS: the exchange, or only a sequence of it. */
export const abtsParameter = {
  reserved20: reserved(20, 0, 31),
  sequenceOnly: field('sequenceOnly', 23, 7, 1),
} as const;
