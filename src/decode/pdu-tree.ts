// The complete decode of one PDU as a tree: header, AHS, digests, data, padding, with the byte and
// bit range of everything, counted from the PDU's first byte (RFC 7143 11.1). For details on demand:
// it may cost what it costs.

import { DIGEST_BAD, DIGEST_GOOD, DIGEST_NONE, type Pdu } from '../pdu/pdu.js';
import { ahsFacts } from '../wire/iscsi/ahs.js';
import { BHS_BYTES } from '../wire/iscsi/bhs.js';
import { pduOf } from '../wire/iscsi/pdus.js';
import type { Node } from '../wire/tree.js';
import { ahsNodes } from './ahs-nodes.js';
import type { PduContext } from './context.js';
import { dataNodes } from './data-nodes.js';
import { headerTree } from './header-tree.js';
import { type HeaderAt, note } from './nodes.js';

/** `hides`: where it stands, and the tree before it, for a digest whose value is not shown. */
export function pduTree(pdu: Pdu, context: PduContext, hides: HidesDigest = () => false): Node[] {
  const table = pduOf(pdu.opcode);
  const header: HeaderAt = {
    bytes: pdu.bytes,
    view: pdu.view,
    at: pdu.at,
    captured: pdu.headerCaptured,
    base: 0,
  };
  const nodes = headerTree(header, table, { ...context, extensionAt: extensionAt(pdu) });
  if (pdu.headerCaptured < BHS_BYTES) return nodes;
  nodes.push(...ahsNodes(pdu));
  const headerEnd = BHS_BYTES + pdu.ahsLength;
  nodes.push(...digestNodes('headerDigest', pdu, headerEnd, hides('headerDigest', 0, nodes)));
  const data = dataStart(pdu);
  nodes.push(...dataNodes(pdu, data, context));
  nodes.push(...paddingNodes(pdu, data + pdu.dataSegmentLength));
  const end = data + pdu.dataSegmentLength + pdu.paddingLength;
  nodes.push(...digestNodes('dataDigest', pdu, end, hides('dataDigest', data, nodes)));
  return [...nodes, ...missingNodes(pdu, data)];
}

/** Where the CDB goes on after its first 16 bytes, if it does. */
function extensionAt(pdu: Pdu): number | undefined {
  if (pdu.ahsKept === 0) return undefined;
  const view = new DataView(pdu.ahs.buffer, pdu.ahs.byteOffset, pdu.ahs.byteLength);
  const { cdbAt, cdbLength } = ahsFacts(view, 0, pdu.ahsLength, pdu.ahsKept);
  return cdbLength === 0 ? undefined : BHS_BYTES + cdbAt;
}

/** Where the data begins: after the header, its AHS and its digest. */
export function dataStart(pdu: Pdu): number {
  return BHS_BYTES + pdu.ahsLength + (pdu.headerDigest === DIGEST_NONE ? 0 : 4);
}

export type HidesDigest = (
  name: 'headerDigest' | 'dataDigest',
  dataAt: number,
  before: readonly Node[],
) => boolean;

function digestNodes(
  name: 'headerDigest' | 'dataDigest',
  pdu: Pdu,
  byte: number,
  hidden: boolean,
): Node[] {
  const state = pdu[name];
  if (state === DIGEST_NONE || (name === 'dataDigest' && pdu.dataSegmentLength === 0)) return [];
  const label = name === 'headerDigest' ? 'Header-Digest' : 'Data-Digest';
  const isHeader = name === 'headerDigest';
  const word = isHeader ? pdu.headerDigestWord : pdu.dataDigestWord;
  const right = isHeader ? pdu.headerDigestRight : pdu.dataDigestRight;
  const spot = { byte, bit: 0, width: 32 };
  const value = wireHex(word);
  if (hidden && (state === DIGEST_GOOD || state === DIGEST_BAD)) {
    const bad = state === DIGEST_BAD;
    const meaning = `${bad ? 'bad' : 'good'} (CRC32C); hidden as what it covers is`;
    const node: Node = { name, label, value: null, meaning, ...spot };
    return [bad ? { ...node, kind: 'malformed' } : node];
  }
  if (state === DIGEST_GOOD) return [{ name, label, value, meaning: 'good (CRC32C)', ...spot }];
  if (state === DIGEST_BAD) {
    const meaning = `bad, ${wireHex(right)} would be right (CRC32C)`;
    return [{ name, label, value, meaning, kind: 'malformed', ...spot }];
  }
  const meaning = 'it, or bytes that it covers, were not captured';
  return [{ name, label, value: null, meaning, kind: 'truncated', ...spot }];
}

/** As it stands on the wire: least significant byte first (RFC 7143 13.1). */
function wireHex(word: number): string {
  const bytes = [word, word >>> 8, word >>> 16, word >>> 24];
  return bytes.map((byte) => (byte & 255).toString(16).padStart(2, '0')).join('');
}

function paddingNodes(pdu: Pdu, byte: number): Node[] {
  if (pdu.padding === 0) return [];
  const { paddingKept } = pdu;
  const value = (pdu.padding >>> 0).toString(16).padStart(paddingKept * 2, '0');
  const meaning = 'padding, zero is due';
  const name = 'padding';
  return [
    {
      name,
      label: 'padding',
      value,
      meaning,
      byte,
      bit: 0,
      width: paddingKept * 8,
      // It may be the end of what was there before, or of a text that is longer than its header says.
      kind: 'userData',
    },
  ];
}

function missingNodes(pdu: Pdu, data: number): Node[] {
  const nodes: Node[] = [];
  const at = data + pdu.dataKept;
  if (pdu.dataMissing > 0) {
    nodes.push(note('truncated', 'missing', `${pdu.dataMissing} bytes were never captured`, at));
  }
  if (pdu.dataCut > 0) {
    nodes.push(note('truncated', 'cut', `${pdu.dataCut} bytes were cut by the capture`, at));
  }
  if (!pdu.complete) nodes.push(note('truncated', 'incomplete', 'its end was not seen', at));
  return nodes;
}
