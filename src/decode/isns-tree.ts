// An iSNS PDU as a tree: header, status, attributes (RFC 4171 5). Of a message of several PDUs the
// attributes are those of its first one. Positions count from its first byte. Not for the hot road.

import type { IsnsPdu } from '../pdu/isns/pdu.js';
import { get } from '../wire/field.js';
import { shownPair } from '../wire/iscsi/secret-text.js';
import {
  type Attribute,
  attributeFieldName,
  ISNS_ATTRIBUTES,
  Tag,
} from '../wire/isns/attributes.js';
import { functionName, IsnsFunction, isnsStatusName, RESPONSE } from '../wire/isns/functions.js';
import { ISNS_HEADER_BYTES, isnsHeader, STATUS_BYTES, TLV_BYTES } from '../wire/isns/header.js';
import { BACKUP_BYTES, HEARTBEAT_BYTES, heartbeat } from '../wire/isns/heartbeat.js';
import { readAttributes } from '../wire/isns/tlvs.js';
import type { Node } from '../wire/tree.js';
import { group, headerNodes, note } from './nodes.js';
import { HIDDEN } from './secrets.js';

/** Names of fields beside those of tables: the status, and attributes by their names. */
export const ISNS_ATTRIBUTE_NAMES: ReadonlyMap<string, (typeof ISNS_ATTRIBUTES)[number]> = new Map(
  ISNS_ATTRIBUTES.filter(({ kind }) => kind !== 'delimiter').map((a) => [attributeFieldName(a), a]),
);

export function isnsTree(pdu: IsnsPdu): Node[] {
  const { header } = pdu;
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const at = { bytes: header, view, at: 0, captured: header.length, base: 0 };
  const nodes = headerNodes(at, Object.values(isnsHeader)).map((node) =>
    node.name === 'functionId' ? { ...node, meaning: functionName(pdu.functionId) } : node,
  );
  const rest = payload(pdu);
  // The status counts as a field of the header: every response has it.
  const status = rest[0]?.name === 'status' ? rest.splice(0, 1) : [];
  const length = ISNS_HEADER_BYTES + (status.length > 0 ? STATUS_BYTES : 0);
  return [group('isns', 'iSNS header', 0, length, [...nodes, ...status]), ...rest];
}

/** True where the payload begins as a message does. */
function beginsMessage({ firstPdu, sequenceId }: IsnsPdu): boolean {
  return firstPdu || sequenceId === 0;
}

function payload(pdu: IsnsPdu): Node[] {
  const { payload: bytes, functionId } = pdu;
  if (bytes.length === 0) return [];
  const base = ISNS_HEADER_BYTES;
  if (!beginsMessage(pdu)) {
    const meaning = `${bytes.length} bytes that go on where the PDU before ended`;
    return [
      {
        name: 'attributes',
        label: 'attributes',
        value: null,
        meaning,
        byte: base,
        bit: 0,
        width: bytes.length * 8,
      },
    ];
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (functionId === IsnsFunction.heartbeat) {
    const at = { bytes, view, at: 0, captured: bytes.length, base };
    return [
      group(
        'heartbeat',
        'heartbeat',
        base,
        bytes.length,
        headerNodes(at, Object.values(heartbeat)),
      ),
    ];
  }
  const nodes: Node[] = [];
  let from = 0;
  if ((functionId & RESPONSE) !== 0 && bytes.length >= STATUS_BYTES) {
    const value = view.getUint32(0);
    const meaning = isnsStatusName(value);
    nodes.push({ name: 'status', label: 'status', value, meaning, byte: base, bit: 0, width: 32 });
    from = STATUS_BYTES;
  }
  const { values, whole } = readAttributes(bytes, from);
  const children = values.map(({ attribute, at, length, text, number }): Node => {
    const secret = isSecret(
      attribute,
      text,
      bytes.subarray(at + TLV_BYTES, at + TLV_BYTES + length),
    );
    const empty = length === 0;
    return {
      name: attribute.kind === 'delimiter' ? 'delimiter' : attributeFieldName(attribute),
      label: attribute.name,
      value:
        secret || empty ? null : Number.isNaN(number) || attribute.kind === 'port' ? text : number,
      meaning: secret ? HIDDEN : empty && attribute.kind !== 'delimiter' ? 'empty' : undefined,
      byte: base + at + (empty ? 0 : TLV_BYTES),
      bit: 0,
      width: (empty ? TLV_BYTES : length) * 8,
      ...(secret ? { kind: 'userData' as const } : {}),
    };
  });
  if (!whole && pdu.complete && pdu.lastPdu) {
    children.push(note('malformed', 'rest', 'is no attribute', base + from));
  }
  if (!pdu.complete)
    children.push(note('truncated', 'cut', 'the rest was not captured', base + bytes.length));
  if (children.length === 0) return nodes;
  return [...nodes, group('attributes', 'attributes', base + from, bytes.length - from, children)];
}

/** Keys, certificates, and what stands in the place of a list of methods and is none. */
function isSecret(
  { tag, kind, length: right }: Attribute,
  text: string,
  value: Uint8Array,
): boolean {
  const { length } = value;
  // One that no table knows may be anything.
  if (kind === 'secret' || right === '') return true;
  // A number that is none: its length is not what the standard says.
  if (length > 0 && /^\d+$/.test(right) && length !== Number(right)) return true;
  // Behind the zero that ends it only zeros are due.
  if (kind === 'text') {
    const end = value.indexOf(0);
    if (end >= 0 && value.subarray(end).some((octet) => octet !== 0)) return true;
  }
  return tag === Tag.authMethod && shownPair('AuthMethod', text, 'security').hidden;
}

/** Bytes of the payload, from its first on, that may be shown: none where an attribute is one that may not. */
export function openIsnsBytes(pdu: IsnsPdu): number {
  const { payload: bytes, functionId } = pdu;
  if (!beginsMessage(pdu)) return 0;
  if (functionId === IsnsFunction.heartbeat) {
    if (bytes.length < HEARTBEAT_BYTES) return bytes.length;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return HEARTBEAT_BYTES + BACKUP_BYTES * get(view, 0, heartbeat.backupServers);
  }
  const { values, whole } = readAttributes(bytes, (functionId & RESPONSE) !== 0 ? STATUS_BYTES : 0);
  const open =
    whole &&
    values.every(({ attribute, text, at, length }) => {
      const value = bytes.subarray(at + TLV_BYTES, at + TLV_BYTES + length);
      return !isSecret(attribute, text, value);
    });
  return open ? bytes.length : 0;
}
