// Designation descriptors (SPC-4 7.8.6) and TransportIDs (SPC-4 7.6.4): who a logical unit, a
// port or an initiator is.

import type { Node } from '../../tree.js';
import { camelCase } from '../layout.js';
import type { Shape, Walker } from '../walker.js';

export const DESIGNATOR: Shape = {
  label: 'designation descriptor',
  fields: `0.7-4 PROTOCOL IDENTIFIER; 0.3-0 CODE SET =codeSet; 1.7 PIV;
    1.5-4 ASSOCIATION =association; 1.3-0 DESIGNATOR TYPE =designatorType; 3 DESIGNATOR LENGTH`,
  length: [3, 1, 4],
  more: (walk, at, end) => designator(walk, at + 4, end - at - 4, walk.u8(at), walk.u8(at + 1)),
  meaning: (walk, at) => shortName(walk, at),
};

/** The identifier itself, in `length` bytes at `at`. */
function designator(
  walk: Walker,
  at: number,
  length: number,
  codeSet: number,
  type: number,
): Node[] {
  if (length <= 0) return [];
  const end = at + length;
  switch (type & 15) {
    case 1:
      return [
        ...walk.fields('0-7 T10 VENDOR IDENTIFICATION =ascii', at, end),
        ...(length > 8
          ? [textOrHex(walk, 'VENDOR SPECIFIC IDENTIFIER', at + 8, length - 8, codeSet)]
          : []),
      ];
    case 2:
      return [walk.octets('EUI-64 IDENTIFIER', at, length)];
    case 3:
      return naa(walk, at, length);
    case 4:
      return walk.fields('2-3 RELATIVE TARGET PORT IDENTIFIER', at, end);
    case 5:
      return walk.fields('2-3 TARGET PORT GROUP', at, end);
    case 6:
      return walk.fields('2-3 LOGICAL UNIT GROUP', at, end);
    case 8:
      return [walk.text('SCSI NAME STRING', at, length)];
    case 10:
      return [
        ...walk.fields('0.7-4 UUID TYPE', at, end),
        ...(length > 2 ? [walk.octets('UUID', at + 2, length - 2)] : []),
      ];
    default:
      return [textOrHex(walk, 'DESIGNATOR', at, length, codeSet)];
  }
}

function textOrHex(walk: Walker, label: string, at: number, length: number, codeSet: number): Node {
  const isText = (codeSet & 15) === 2 || (codeSet & 15) === 3;
  return isText ? walk.text(label, at, length) : walk.octets(label, at, length);
}

/** SPC-4 7.8.6.6. */
const NAA_PARTS: Readonly<Record<number, string>> = {
  2: '0.3-0..1 VENDOR SPECIFIC IDENTIFIER A; 2-4 IEEE COMPANY_ID =hex; 5-7 VENDOR SPECIFIC IDENTIFIER B =hex',
  3: '0.3-0..7 LOCALLY ASSIGNED',
};
const NAA_EXTENSION = '8-15 VENDOR SPECIFIC IDENTIFIER EXTENSION =hex';

function naa(walk: Walker, at: number, length: number): Node[] {
  const kind = walk.u8(at) >> 4;
  const nodes = walk.fields('0.7-4 NAA =naa', at, at + length);
  const isRegistered = kind === 5 || kind === 6;
  if (isRegistered && length >= 8 && at + 8 <= walk.captured) {
    // 24 bits of company and 36 of the vendor, from bit 4 on.
    const company = Math.floor((walk.uint(at, 4) % 2 ** 28) / 16);
    const vendor = (walk.u8(at + 3) % 16) * 2 ** 32 + walk.uint(at + 4, 4);
    nodes.push(
      part('IEEE COMPANY_ID', company.toString(16).padStart(6, '0'), at, 24),
      part('VENDOR SPECIFIC IDENTIFIER', vendor.toString(16).padStart(9, '0'), at + 3, 36),
    );
    nodes.push(...walk.fields(NAA_EXTENSION, at, at + length));
  } else nodes.push(...walk.fields(NAA_PARTS[kind] ?? '', at, at + length));
  return [walk.octets('NAA IDENTIFIER', at, length), ...nodes];
}

function part(label: string, value: string, byte: number, width: number): Node {
  return { name: camelCase(label), label, value, byte, bit: 4, width };
}

function shortName(walk: Walker, at: number): string | undefined {
  const length = Math.min(walk.u8(at + 3), Math.max(0, walk.captured - at - 4));
  switch (walk.u8(at + 1) & 15) {
    case 3:
      return length > 0 ? `naa.${walk.hex(at + 4, length)}` : undefined;
    case 2:
      return length > 0 ? `eui.${walk.hex(at + 4, length)}` : undefined;
    case 1:
    case 8:
      return walk.ascii(at + 4, length) || undefined;
    default:
      return undefined;
  }
}

/** TransportID: 24 bytes but for iSCSI, whose name has its own length. */
export function transportId(walk: Walker, at: number): Shape {
  const protocol = walk.u8(at) & 15;
  const head = '0.7-6 TPID FORMAT =tpidFormat; 0.3-0 PROTOCOL IDENTIFIER =protocol';
  if (protocol === 5) {
    return {
      label: 'TransportID',
      fields: `${head}; 2-3 ADDITIONAL LENGTH`,
      length: [2, 2, 4],
      more: (w, p, end) => (end > p + 4 ? [w.text('ISCSI NAME', p + 4, end - p - 4)] : []),
      meaning: (w, p) => w.ascii(p + 4, w.uint(p + 2, 2)) || undefined,
    };
  }
  const parts: Readonly<Record<number, string>> = {
    0: '8-15 N_PORT_NAME =hex',
    4: '8-23 INITIATOR PORT IDENTIFIER =hex',
    6: '4-11 SAS ADDRESS =hex',
  };
  const body = parts[protocol];
  return body
    ? { label: 'TransportID', fields: `${head}; ${body}`, length: 24 }
    : { label: 'TransportID', fields: head, length: 24, rest: 'identifier' };
}
