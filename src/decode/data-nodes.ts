// The data segment of a PDU as nodes: text, sense data, parameter data decoded with the CDB that
// asked for it, a rejected header, ping data; else octets.

import { DATA_JOINED_MAX, SCSI_OCTETS_SHOWN } from '../limits.js';
import type { Pdu } from '../pdu/pdu.js';
import { hex } from '../wire/field.js';
import {
  ASYNC_EVENT,
  BUFFER_OFFSET,
  FINAL,
  FLAGS,
  RESPONSE,
  SENSE_LENGTH_BYTES,
  senseLength,
} from '../wire/iscsi/bhs-offsets.js';
import { AsyncEvent, Opcode } from '../wire/iscsi/codes.js';
import { decodeDataIn, decodeDataOut, decodeSense, type Payload } from '../wire/scsi/data/data.js';
import type { Node } from '../wire/tree.js';
import { absenceOf, keptData as kept } from './absence.js';
import type { PduContext } from './context.js';
import { dataOffset, type JoinedData } from './data-joins.js';
import { embeddedPdu } from './header-tree.js';
import { group, moved, note } from './nodes.js';
import { pointedAt } from './offences.js';

/** `at`: where the data begins in the PDU. */
export function dataNodes(pdu: Pdu, at: number, context: PduContext): Node[] {
  if (pdu.opcode === Opcode.scsiResponse) {
    const own = pdu.dataSegmentLength === 0 ? [] : responseNodes(pdu, at);
    return [...own, ...unfinishedNodes(at, context)];
  }
  if (pdu.dataSegmentLength === 0) return [];
  switch (pdu.opcode) {
    case Opcode.scsiCommand:
      return [payloadNode(pdu, at, context, 0, 'immediate data', false)];
    case Opcode.dataOut:
      return [payloadNode(pdu, at, context, offsetOf(pdu), 'data', false)];
    case Opcode.dataIn:
      return [payloadNode(pdu, at, context, offsetOf(pdu), 'data', true)];
    case Opcode.loginRequest:
    case Opcode.loginResponse:
    case Opcode.textRequest:
    case Opcode.textResponse:
      return [textGroup(pdu, at, context)];
    case Opcode.asyncMessage:
      return asyncNodes(pdu, at);
    case Opcode.reject:
      return [rejected(pdu, at)];
    case Opcode.nopOut:
    case Opcode.nopIn:
      return [hiddenOctets(pdu, at, 0, 'pingData', 'ping data')];
    default:
      return [hiddenOctets(pdu, at, 0, 'data', 'data')];
  }
}

function offsetOf(pdu: Pdu): number {
  return pdu.headerCaptured >= BUFFER_OFFSET + 4 ? pdu.view.getUint32(pdu.at + BUFFER_OFFSET) : 0;
}

function payloadNode(
  pdu: Pdu,
  at: number,
  context: PduContext,
  offset: number,
  label: string,
  isIn: boolean,
): Node {
  const length = pdu.dataSegmentLength;
  const bytes = `${length} bytes`;
  const { joined } = context;
  if (joined !== undefined && joined.prefix > 0) return joinedNode(pdu, at, context, joined, label);
  if (offset > 0 || context.cdbLength === 0) {
    const from = offset > 0 ? `goes on from byte ${offset}` : 'its command was not captured';
    const why = joined === undefined ? from : `${from}; ${needs(joined)}`;
    // What it is is not known: it may be a user's.
    const raw = hiddenOctets(pdu, at, 0, 'data', label);
    return { ...raw, meaning: `${bytes}, ${why}` };
  }
  const absence = absenceOf(pdu);
  const payload: Payload = { bytes: pdu.data, at: 0, captured: kept(pdu), total: length, absence };
  const found = decoded(context, payload, isIn);
  const nodes = goesOn(pdu, context, isIn) ? found.map(unended) : found;
  return group(
    'data',
    label,
    at,
    length,
    moved(nodes, (byte) => at + byte),
    bytes,
  );
}

function decoded(context: PduContext, payload: Payload, isIn: boolean): Node[] {
  const { cdb, cdbLength, deviceType } = context;
  const command = { bytes: cdb, at: 0, length: cdbLength, deviceType };
  return isIn ? decodeDataIn(command, payload) : decodeDataOut(command, payload);
}

/** The last PDU of several: all that they brought. */
function joinedNode(
  pdu: Pdu,
  at: number,
  context: PduContext,
  joined: JoinedData,
  label: string,
): Node {
  const { bytes, prefix, there, end, pdus } = joined;
  const { absence } = joined;
  const payload: Payload = { bytes, at: 0, captured: prefix, total: end, absence };
  const length = pdu.dataSegmentLength;
  const from = dataOffset(pdu);
  const nodes = placed(decoded(context, payload, pdu.opcode === Opcode.dataIn), at, from, length);
  const said = (kind: Node['kind']): boolean => nodes.some((node) => node.kind === kind);
  if (end > DATA_JOINED_MAX && !said('limit')) {
    const meaning = `the first ${DATA_JOINED_MAX} bytes of ${end} are decoded`;
    nodes.push(note('limit', 'limit', meaning, at));
  }
  // Pieces with gaps between them: how much there is in all is said too.
  if (absence !== 'limit' && there < Math.min(end, DATA_JOINED_MAX)) {
    nodes.push(note('truncated', absence, needs(joined), at));
  }
  const meaning = `${length} bytes from byte ${from} on; joined: ${end} bytes in ${pdus} PDUs`;
  return group('data', label, at, length, nodes, meaning);
}

/** A status whose command's data lacks its last PDU: all that came of it is decoded here. */
function unfinishedNodes(at: number, context: PduContext): Node[] {
  const { joined, cdbLength } = context;
  if (joined === undefined || joined.prefix === 0 || cdbLength === 0) return [];
  const { bytes, prefix, end, pdus, isIn } = joined;
  // Its sender said more than was captured, at least one byte.
  const total = Math.max(end, prefix + 1);
  const payload: Payload = { bytes, at: 0, captured: prefix, total, absence: 'missing' };
  const nodes = placed(decoded(context, payload, isIn), at, 0, 0);
  const meaning = `${prefix} bytes in ${pdus} PDUs; the one with F was not seen`;
  return [{ ...group('data', 'data of the command', at, 0, nodes, meaning), width: 0 }];
}

function needs({ there, end }: JoinedData): string {
  return `needs ${end} bytes, ${there} captured`;
}

/** Positions in joined data as positions in the PDU; width 0 for what came in another one. */
function placed(nodes: readonly Node[], at: number, from: number, length: number): Node[] {
  return nodes.map((node) => {
    const start = node.byte * 8 + node.bit;
    const first = Math.min(Math.max(start, from * 8), (from + length) * 8);
    const last = Math.min(Math.max(start + node.width, from * 8), (from + length) * 8);
    const byte = at + Math.floor(first / 8) - from;
    const spot = { byte, bit: first % 8, width: last - first };
    const { children } = node;
    if (children === undefined) return { ...node, ...spot };
    return { ...node, ...spot, children: placed(children, at, from, length) };
  });
}

/** Data without F, or less than the command writes, goes on in another PDU: it does not end early. */
function goesOn(pdu: Pdu, context: PduContext, isIn: boolean): boolean {
  if (!isIn && pdu.dataSegmentLength < (context.writeLength ?? -1)) return true;
  return (pdu.view.getUint8(pdu.at + FLAGS) & FINAL) === 0;
}

function unended(node: Node): Node {
  if (node.kind !== 'short') return node;
  return { ...node, kind: 'limit', name: 'goesOn', label: 'goes on', meaning: 'in the next PDU' };
}

/** RFC 7143 11.4.7: SenseLength and sense data, then response data. */
function responseNodes(pdu: Pdu, at: number): Node[] {
  const there = kept(pdu);
  if (there < SENSE_LENGTH_BYTES) return [hiddenOctets(pdu, at, 0, 'data', 'data')];
  const told = senseLength(pdu.data);
  const room = pdu.dataSegmentLength - SENSE_LENGTH_BYTES;
  const length = Math.min(told, room);
  const spot = { byte: at, bit: 0, width: 16 };
  const fits = told <= room;
  const nodes: Node[] = [
    {
      name: 'senseLength',
      label: 'SenseLength',
      value: told,
      unit: 'bytes',
      meaning: fits ? undefined : `only ${room} bytes follow`,
      kind: fits ? undefined : 'malformed',
      ...spot,
    },
  ];
  if (length > 0) {
    const captured = Math.min(length, there - 2);
    const absence = absenceOf(pdu);
    const sense = decodeSense({ bytes: pdu.data, at: 2, captured, total: length, absence });
    nodes.push(
      group(
        'sense',
        'Sense Data',
        at + 2,
        length,
        moved(sense, (byte) => at + 2 + byte),
      ),
    );
  }
  if (room > length) nodes.push(hiddenOctets(pdu, at, 2 + length, 'responseData', 'response data'));
  return nodes;
}

function textGroup(pdu: Pdu, at: number, context: PduContext): Node {
  if (context.keys === undefined) return hiddenOctets(pdu, at, 0, 'text', 'text');
  const nodes = moved(context.keys, (byte) => at + byte);
  return group('keys', 'text', at, pdu.dataSegmentLength, nodes);
}

/** RFC 7143 11.9.4: sense data for event 0 (with its length before it), else iSCSI event data. */
function asyncNodes(pdu: Pdu, at: number): Node[] {
  const event = pdu.headerCaptured > ASYNC_EVENT ? pdu.view.getUint8(pdu.at + ASYNC_EVENT) : -1;
  if (event === AsyncEvent.scsi) return responseNodes(pdu, at);
  return [hiddenOctets(pdu, at, 0, 'eventData', 'iSCSI event data')];
}

function rejected(pdu: Pdu, at: number): Node {
  const reason = pdu.headerCaptured > RESPONSE ? pdu.view.getUint8(pdu.at + RESPONSE) : -1;
  return pointedAt(embeddedPdu(pdu, at), at, reason);
}

/**
 * Octets from `from` of the data on, as many as are shown where they are asked for: what has no table
 * (ping data, vendors' event data, data where none is due) may be a user's, or a secret.
 */
function hiddenOctets(pdu: Pdu, at: number, from: number, name: string, label: string): Node {
  const length = pdu.dataSegmentLength - from;
  const there = Math.max(0, kept(pdu) - from);
  const shown = Math.min(there, SCSI_OCTETS_SHOWN);
  const value = hex(pdu.data, from, shown) + (there > shown ? '…' : '');
  return {
    name,
    label,
    value,
    meaning: `${length} bytes`,
    byte: at + from,
    bit: 0,
    width: length * 8,
    kind: 'userData',
  };
}
