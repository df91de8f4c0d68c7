// What is wrong with a buffer of iSER, in words. Not for the hot road.

import { RdmaKind, type RdmaPiece } from '../../pdu/rdma/events.js';
import { tagText } from '../iscsi/violations/violations.js';
import type { Buffer } from './buffers.js';

export function stagUnknown(piece: RdmaPiece): string {
  return `${nameOf(piece)} for STag ${tagText(piece.stag)}, which no command advertised`;
}

export function stagEnded(piece: RdmaPiece, buffer: Buffer): string {
  const whose = `STag ${tagText(piece.stag)} of task ${tagText(buffer.initiatorTaskTag)}`;
  return `${nameOf(piece)} for ${whose}, which had ended`;
}

export function beyondBuffer(piece: RdmaPiece, buffer: Buffer): string {
  const where = `${piece.length} bytes at ${piece.bufferOffset}`;
  const whose = `the buffer of task ${tagText(buffer.initiatorTaskTag)}`;
  return `${nameOf(piece)} of ${where}, and ${whose} has ${buffer.length}`;
}

export function wrongInvalidate(initiatorTaskTag: number, buffer: Buffer): string {
  const whose = `STag ${tagText(buffer.stag)} of task ${tagText(buffer.initiatorTaskTag)}`;
  return `the response of task ${tagText(initiatorTaskTag)} invalidates ${whose}`;
}

function nameOf(piece: RdmaPiece): string {
  return piece.kind === RdmaKind.write ? 'RDMA Write' : 'RDMA Read Request';
}
