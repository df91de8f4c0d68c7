// Additional header segments of a PDU as groups (RFC 7143 11.2.2).

import type { Pdu } from '../pdu/pdu.js';
import { hex } from '../wire/field.js';
import {
  AHS_HEADER_BYTES,
  type AhsSegment,
  ahs,
  ahsSegments,
  bidirectionalReadAhs,
  extendedCdbAhs,
} from '../wire/iscsi/ahs.js';
import { BHS_BYTES } from '../wire/iscsi/bhs.js';
import { AHS_TYPE_NAMES, AhsType, codeName, Opcode } from '../wire/iscsi/codes.js';
import { secretCdbBytes } from '../wire/scsi/secrets.js';
import type { Node } from '../wire/tree.js';
import { group, headerNodes, note } from './nodes.js';

export function ahsNodes(pdu: Pdu): Node[] {
  if (pdu.ahsLength === 0) return [];
  const nodes: Node[] = [];
  const view = new DataView(pdu.ahs.buffer, pdu.ahs.byteOffset, pdu.ahs.byteLength);
  for (const segment of ahsSegments(view, 0, pdu.ahsLength, pdu.ahsKept)) {
    nodes.push(segmentNode(pdu, view, segment));
  }
  if (pdu.ahsKept < pdu.ahsLength) {
    const meaning = `${pdu.ahsKept} of ${pdu.ahsLength} bytes of AHS were captured`;
    nodes.push(note('truncated', 'cut', meaning, BHS_BYTES + pdu.ahsKept));
  }
  return nodes;
}

function segmentNode(pdu: Pdu, view: DataView, segment: AhsSegment): Node {
  const base = BHS_BYTES + segment.at;
  const captured = AHS_HEADER_BYTES + segment.captured;
  const header = { bytes: pdu.ahs, view, at: segment.at, captured, base };
  const nodes = headerNodes(header, tableOf(segment.type)).filter((n) => n.kind !== 'truncated');
  const valueAt = AHS_HEADER_BYTES + (segment.type === AhsType.extendedCdb ? 1 : 0);
  const length = captured - valueAt;
  if (segment.type !== AhsType.bidirectionalReadLength && length > 0) {
    nodes.push({
      name: segment.type === AhsType.extendedCdb ? 'extendedCdb' : 'ahsSpecific',
      label: segment.type === AhsType.extendedCdb ? 'ExtendedCDB' : 'AHS-specific',
      value: hex(pdu.ahs, segment.at + valueAt, length),
      // The rest of a CDB may be a capability with its check value; other types are unknown.
      kind: ahsIsOpen(pdu, segment.type) ? undefined : 'userData',
      meaning: segment.type === AhsType.extendedCdb ? 'the CDB from byte 16 on' : undefined,
      byte: base + valueAt,
      bit: 0,
      width: length * 8,
    });
  }
  if (!segment.fits) {
    const text = `AHSLength ${segment.ahsLength} reaches beyond TotalAHSLength`;
    nodes.push(note('malformed', 'malformed', text, base));
  }
  const size = AHS_HEADER_BYTES + segment.ahsLength;
  return group('ahs', 'AHS', base, size, nodes, codeName(AHS_TYPE_NAMES, segment.type));
}

/** False where what a segment holds is not to be shown unless asked for. */
function ahsIsOpen(pdu: Pdu, type: number): boolean {
  if (type !== AhsType.extendedCdb || pdu.opcode !== Opcode.scsiCommand) return false;
  const cdb = pdu.bytes.subarray(pdu.at + CDB_AT, pdu.at + BHS_BYTES);
  const secret = secretCdbBytes(cdb, EXTENDED_CDB_LEAST);
  return secret === undefined;
}

/** More than the header holds: a CDB that goes on in an AHS. */
const EXTENDED_CDB_LEAST = 17;
const CDB_AT = 32;

function tableOf(type: number) {
  if (type === AhsType.extendedCdb) return Object.values(extendedCdbAhs);
  if (type === AhsType.bidirectionalReadLength) return Object.values(bidirectionalReadAhs);
  return Object.values(ahs);
}
