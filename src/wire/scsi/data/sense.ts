// Sense data, fixed and descriptor format (SPC-4 4.5; SBC-3 and SAT for their descriptors).

import type { Node } from '../../tree.js';
import type { Shape, Walker } from '../walker.js';

const FIXED: Shape = {
  label: 'fixed format sense data',
  fields: `0.7 VALID; 0.6-0 RESPONSE CODE =responseCode; 1 SEGMENT NUMBER;
    2.7 FILEMARK; 2.6 EOM; 2.5 ILI; 2.4 SDAT_OVFL; 2.3-0 SENSE KEY =senseKey;
    3-6 INFORMATION; 7 ADDITIONAL SENSE LENGTH; 8-11 COMMAND-SPECIFIC INFORMATION;
    12 ADDITIONAL SENSE CODE; 13 ADDITIONAL SENSE CODE QUALIFIER;
    14 FIELD REPLACEABLE UNIT CODE; 15.7 SKSV`,
  length: [7, 1, 8],
  more: (walk, at, end) => {
    const nodes = codes(walk, at + 12, end);
    if (end >= at + 18) nodes.push(...senseKeySpecific(walk, at + 15, walk.u8(at + 2) & 15));
    if (end > at + 18) nodes.push(walk.octets('ADDITIONAL SENSE BYTES', at + 18, end - at - 18));
    return nodes;
  },
};

const DESCRIPTOR: Shape = {
  label: 'descriptor format sense data',
  fields: `0.6-0 RESPONSE CODE =responseCode; 1.3-0 SENSE KEY =senseKey;
    2 ADDITIONAL SENSE CODE; 3 ADDITIONAL SENSE CODE QUALIFIER; 4.7 SDAT_OVFL;
    7 ADDITIONAL SENSE LENGTH`,
  length: [7, 1, 8],
  more: (walk, at, end) => [
    ...codes(walk, at + 2, end),
    ...walk.list((w, d) => descriptor(w, d, w.u8(at + 1) & 15), at + 8, end),
  ],
};

/** Bytes of so many of sense data that may be shown: a format of a vendor's may hold anything. */
export function openSenseBytes(responseCode: number, length: number): number {
  const known = (responseCode & 0x7c) === 0x70;
  return known ? length : Math.min(1, length);
}

/** Any sense data: what REQUEST SENSE returns, and what follows iSCSI's SenseLength. */
export const SENSE: Shape = {
  label: 'sense data',
  fields: '',
  length: [7, 1, 8],
  more: (walk, at, end) => {
    const code = walk.u8(at) & 0x7f;
    // Some targets send more than they count: what was sent up to byte 17 is read.
    const whole = at === 0 ? Math.max(end, Math.min(18, walk.total)) : end;
    if (code === 0x70 || code === 0x71) return walk.inside(FIXED, at, whole);
    if (code === 0x72 || code === 0x73) return walk.inside(DESCRIPTOR, at, end);
    const head = walk.fields('0.7 VALID; 0.6-0 RESPONSE CODE =responseCode', at, end);
    // A format of a vendor's, or none at all: it may be anything.
    const rest = end - at - 1;
    return rest > 0 ? [...head, walk.octets('sense bytes', at + 1, rest, 'userData')] : head;
  },
};

/** ASC and ASCQ together, in words: a node of its own over both bytes. */
function codes(walk: Walker, at: number, end: number): Node[] {
  return walk.fields('0-1 ADDITIONAL SENSE =asc', at, end);
}

/** SPC-4 4.5.2.4: three bytes whose meaning goes by the sense key; bit 7 of the first is SKSV. */
const SPECIFIC: Readonly<Record<number, string>> = {
  0: '1-2 PROGRESS INDICATION =progress',
  1: '1-2 ACTUAL RETRY COUNT',
  2: '1-2 PROGRESS INDICATION =progress',
  3: '1-2 ACTUAL RETRY COUNT',
  4: '1-2 ACTUAL RETRY COUNT',
  5: '0.6 C/D =commandOrData; 0.3 BPV; 0.2-0 BIT POINTER; 1-2 FIELD POINTER',
  6: '0.0 OVERFLOW',
  10: '0.5 SD; 0.3 BPV; 0.2-0 BIT POINTER; 1-2 SEGMENT FIELD POINTER',
};

function senseKeySpecific(walk: Walker, at: number, key: number): Node[] {
  if ((walk.u8(at) & 0x80) === 0) return [];
  const whole = walk.fields('0.6-0..2 SENSE KEY SPECIFIC', at, at + 3);
  const layout = SPECIFIC[key];
  if (layout === undefined) return whole;
  return whole.map((node) => ({ ...node, children: walk.fields(layout, at, at + 3) }));
}

const HEAD = '0 DESCRIPTOR TYPE =senseDescriptor; 1 ADDITIONAL LENGTH';

/** What follows HEAD, by descriptor type. */
const DESCRIPTORS: Readonly<Record<number, readonly [string, string]>> = {
  0: ['information', '2.7 VALID; 4-11 INFORMATION'],
  1: ['command specific information', '4-11 COMMAND-SPECIFIC INFORMATION'],
  3: ['field replaceable unit', '3 FIELD REPLACEABLE UNIT CODE'],
  4: ['stream commands', '3.7 FILEMARK; 3.6 EOM; 3.5 ILI'],
  5: ['block commands', '3.5 ILI'],
  9: [
    'ATA status return',
    `2.0 EXTEND; 3 ERROR; 4-5 COUNT; 6 LBA (31:24); 7 LBA (7:0); 8 LBA (39:32); 9 LBA (15:8);
      10 LBA (47:40); 11 LBA (23:16); 12 DEVICE; 13 STATUS`,
  ],
  10: [
    'another progress indication',
    `2 ANOTHER SENSE KEY =senseKey; 3-4 ANOTHER ADDITIONAL SENSE CODE =asc;
      6-7 ANOTHER PROGRESS INDICATION =progress`,
  ],
  13: [
    'direct access block device',
    `2.7 VALID; 2.5 ILI; 4.7 SKSV; 7 FIELD REPLACEABLE UNIT CODE; 8-15 INFORMATION;
      16-23 COMMAND-SPECIFIC INFORMATION`,
  ],
};

function descriptor(walk: Walker, at: number, key: number): Shape {
  const type = walk.u8(at);
  const length: readonly [number, number, number] = [1, 1, 2];
  if (type === 0x02) {
    const more = (w: Walker, p: number) => senseKeySpecific(w, p + 4, key);
    return { label: 'sense key specific', fields: `${HEAD}; 4.7 SKSV`, length, more };
  }
  if (type === 0x0d) {
    const more = (w: Walker, p: number) => senseKeySpecific(w, p + 4, key);
    return {
      label: DESCRIPTORS[type][0],
      fields: `${HEAD}; ${DESCRIPTORS[type][1]}`,
      length,
      more,
    };
  }
  if (type === 0x0c) {
    // Forwarded sense data (SPC-4 4.5.2.7) carries the whole sense data of a copy's target.
    const more = (w: Walker, p: number, end: number) => w.inside(SENSE, p + 4, end);
    const fields = `${HEAD}; 2.7 FSDT; 2.3-0 SENSE DATA SOURCE; 3 FORWARDED STATUS =scsiStatus`;
    return { label: 'forwarded sense data', fields, length, more };
  }
  const known = DESCRIPTORS[type];
  if (known) return { label: known[0], fields: `${HEAD}; ${known[1]}`, length };
  return { label: 'sense descriptor', fields: HEAD, length, rest: 'data' };
}

/** For the list of fields. */
export const SENSE_SHAPES: readonly Shape[] = [
  FIXED,
  DESCRIPTOR,
  ...Object.values(DESCRIPTORS).map(([label, fields]) => ({ label, fields: `${HEAD}; ${fields}` })),
];
