// The 48 bytes of a header as nodes: what the tables say, and what they alone do not.

import type { Pdu } from '../pdu/pdu.js';
import { BHS_BYTES } from '../wire/iscsi/bhs.js';
import { AsyncEvent, loginStatusName, Opcode } from '../wire/iscsi/codes.js';
import { ISID_BYTES, isid, isidText } from '../wire/iscsi/isid.js';
import { type PduTable, pduOf } from '../wire/iscsi/pdus.js';
import { findNode, type Node } from '../wire/tree.js';
import { absenceOf, keptData } from './absence.js';
import { cdbNode } from './cdb-node.js';
import type { PduContext } from './context.js';
import { lunNode } from './lun-node.js';
import { group, type HeaderAt, headerNodes } from './nodes.js';

/** What tables alone do not say: LUN, ISID, CDB, codes that depend on other fields. */
export function headerTree(header: HeaderAt, table: PduTable, context: PduContext): Node[] {
  const nodes = headerNodes(header, table.fields);
  return nodes.map((node) => {
    switch (node.name) {
      case 'lun':
        return lunNode(node, wordAt(header, 8), wordAt(header, 12));
      case 'isid':
        return isidNode(header, node);
      case 'cdb':
        return cdbNode(node, header.base, context);
      case 'statusDetail':
        return { ...node, meaning: loginStatus(nodes) };
      case 'parameter1':
      case 'parameter2':
      case 'parameter3':
        return { ...node, ...parameter(node, findNode(nodes, 'asyncEvent')?.value) };
      case 'targetTransferTag':
        return table.key === 'snack-request' ? snackTag(node, nodes) : node;
      default:
        return node;
    }
  });
}

function wordAt(header: HeaderAt, byte: number): number {
  return header.view.getUint32(header.at + byte);
}

function isidNode(header: HeaderAt, node: Node): Node {
  const at = header.at + 8;
  const bytes = header.bytes.slice(at, at + ISID_BYTES);
  const view = new DataView(bytes.buffer);
  const parts = { bytes, view, at: 0, captured: ISID_BYTES, base: node.byte };
  return {
    ...node,
    meaning: isidText(bytes, 0),
    children: headerNodes(parts, Object.values(isid)),
  };
}

function loginStatus(nodes: readonly Node[]): string {
  const statusClass = Number(findNode(nodes, 'statusClass')?.value ?? 0);
  return loginStatusName(statusClass, Number(findNode(nodes, 'statusDetail')?.value ?? 0));
}

/** RFC 7143 11.16.5: an R-Data SNACK has the SNACK Tag here. */
function snackTag(node: Node, nodes: readonly Node[]): Node {
  const isTag = findNode(nodes, 'type')?.value === 3;
  return isTag ? { ...node, label: 'SNACK Tag' } : node;
}

/** RFC 7143 11.9.1: what the parameters of an event are. */
const PARAMETERS: Readonly<Record<number, readonly (string | undefined)[]>> = {
  [AsyncEvent.logoutRequest]: [undefined, undefined, 'seconds in which to log out'],
  [AsyncEvent.connectionDrop]: ['CID that is dropped', 'Time2Wait', 'Time2Retain'],
  [AsyncEvent.sessionDrop]: [undefined, 'Time2Wait', 'Time2Retain'],
  [AsyncEvent.negotiationRequest]: [undefined, undefined, 'seconds in which to negotiate'],
};

export function asyncParameter(event: number, name: string): string | undefined {
  return PARAMETERS[event]?.[Number(name.slice(-1)) - 1];
}

function parameter(node: Node, event: Node['value'] | undefined): Partial<Node> {
  const said = asyncParameter(Number(event), node.name);
  if (said !== undefined) return { meaning: said };
  const reserved = Number(event) <= AsyncEvent.taskTermination && node.value !== 0;
  return reserved ? { meaning: 'reserved here, zero is due', kind: 'reserved' } : {};
}

/** The header of a PDU that stands inside another (Reject), as a group. */
export function embeddedPdu(outer: Pdu, base: number): Node {
  const captured = Math.min(BHS_BYTES, keptData(outer));
  const header48 = new Uint8Array(BHS_BYTES);
  header48.set(outer.data.subarray(0, captured));
  const view = new DataView(header48.buffer);
  const table = pduOf(header48[0] & 0x3f);
  const header: HeaderAt = { bytes: header48, view, at: 0, captured, base };
  const isCommand = table.opcode === Opcode.scsiCommand && captured === BHS_BYTES;
  const context: PduContext = {
    cdb: isCommand ? header48.slice(32, 48) : header48,
    cdbLength: isCommand ? 16 : 0,
    deviceType: -1,
  };
  const nodes = headerTree(header, table, context).map((node) =>
    node.kind === 'truncated' ? endOfEmbedded(node, outer, captured) : node,
  );
  return group('rejected', 'rejected PDU', base, captured, nodes, table.name);
}

/** A target may send less of it than a header has: then the capture lacks nothing. */
function endOfEmbedded(node: Node, outer: Pdu, captured: number): Node {
  const sent = Math.min(BHS_BYTES, outer.dataSegmentLength);
  if (captured === sent) {
    const meaning = `${sent} bytes of ${BHS_BYTES} were sent`;
    return { ...node, kind: 'short', name: 'short', label: 'ends early', meaning };
  }
  return { ...node, label: absenceOf(outer) ?? node.label };
}
