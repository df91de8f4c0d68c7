// Extended headers (FC-FS), before the frame header: virtual fabrics, inter-fabric routing,
// encapsulation of inter-fabric routing.

import { field, reserved } from '../field.js';
import { R_CTL_NAMES, RCtl } from './codes.js';

export const vftHeader = {
  rCtl: field('rCtl', 0, 0, 8, { names: R_CTL_NAMES }),
  version: field('version', 1, 0, 2),
  vftType: field('vftType', 1, 2, 4),
  reserved1b6: reserved(1, 6, 2),
  priority: field('priority', 2, 0, 3),
  virtualFabricId: field('virtualFabricId', 2, 3, 12),
  reserved3b7: reserved(3, 7, 1),
  hopCount: field('hopCount', 4, 0, 8),
  reserved5: reserved(5, 0, 24),
} as const;

export const ifrHeader = {
  rCtl: field('rCtl', 0, 0, 8, { names: R_CTL_NAMES }),
  destinationFabricId: field('destinationFabricId', 1, 4, 12),
  reserved1: reserved(1, 0, 4),
  version: field('version', 3, 0, 2),
  priority: field('priority', 3, 2, 3),
  reserved3b5: reserved(3, 5, 1),
  expirationTimeValid: field('expirationTimeValid', 3, 6, 1),
  hopCountValid: field('hopCountValid', 3, 7, 1),
  reserved4: reserved(4, 0, 4),
  sourceFabricId: field('sourceFabricId', 4, 4, 12),
  hopCount: field('hopCount', 6, 0, 8),
  expirationTime: field('expirationTime', 7, 0, 8),
} as const;

/** Laid out as a frame header, whose R_CTL says what it is. */
export const encHeader = {
  rCtl: field('rCtl', 0, 0, 8, { names: R_CTL_NAMES }),
  destinationId: field('destinationId', 1, 0, 24),
  csCtl: field('csCtl', 4, 0, 8),
  sourceId: field('sourceId', 5, 0, 24),
  type: field('type', 8, 0, 8),
  fCtl: field('fCtl', 9, 0, 24),
  seqId: field('seqId', 12, 0, 8),
  dfCtl: field('dfCtl', 13, 0, 8),
  seqCnt: field('seqCnt', 14, 0, 16),
  oxId: field('oxId', 16, 0, 16),
  rxId: field('rxId', 18, 0, 16),
  parameter: field('parameter', 20, 0, 32),
} as const;

/** Bytes of an extended header by its R_CTL; 0 where it is none. */
export function extendedHeaderBytes(rCtl: number): number {
  if (rCtl === RCtl.vft || rCtl === RCtl.ifr) return 8;
  return rCtl === RCtl.enc ? 24 : 0;
}
