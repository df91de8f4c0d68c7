// MODE SENSE and MODE SELECT: headers, block descriptors and pages (SPC-4 7.5; pages in
// mode-pages.ts).

import type { Node } from '../../tree.js';
import { deviceClass, LETTER_CLASSES } from '../device-type.js';
import { pageName } from '../names.js';
import type { Shape, Walker } from '../walker.js';
import { modePageFields } from './mode-pages.js';

/** What a device-specific parameter says, for a disk and for a tape (SBC-3 6.5.1, SSC-4 8.3). */
function specific(byte: number, deviceType: number): string {
  if (deviceType === 1) {
    return `${byte}.7 WP; ${byte}.6-4 BUFFERED MODE; ${byte}.3-0 SPEED`;
  }
  const isBlock = deviceType <= 0 || deviceType === 0x14;
  return isBlock ? `${byte}.7 WP; ${byte}.4 DPOFUA` : `${byte} DEVICE-SPECIFIC PARAMETER`;
}

/** Mode parameters with the 6-byte commands' header. */
export function mode6(deviceType: number): Shape {
  return {
    label: 'mode parameters',
    fields: `0 MODE DATA LENGTH; 1 MEDIUM TYPE; ${specific(2, deviceType)}; 3 BLOCK DESCRIPTOR LENGTH`,
    length: [0, 1, 1],
    more: (walk, at, end) => body(walk, at + 4, walk.u8(at + 3), 8, end, deviceType),
  };
}

/** With the 10-byte commands' header. */
export function mode10(deviceType: number): Shape {
  return {
    label: 'mode parameters',
    fields: `0-1 MODE DATA LENGTH; 2 MEDIUM TYPE; ${specific(3, deviceType)}; 4.0 LONGLBA;
      6-7 BLOCK DESCRIPTOR LENGTH`,
    length: [0, 2, 2],
    more: (walk, at, end) => {
      const size = walk.u8(at + 4) & 1 ? 16 : 8;
      return body(walk, at + 8, walk.uint(at + 6, 2), size, end, deviceType);
    },
  };
}

/** In MODE SELECT the MODE DATA LENGTH is reserved: the list is as long as was sent. */
export function modeSelect(shape: Shape): Shape {
  return { ...shape, length: 'sent' };
}

function body(
  walk: Walker,
  at: number,
  descriptors: number,
  size: number,
  end: number,
  deviceType: number,
): Node[] {
  const pagesAt = Math.min(at + descriptors, end);
  return [
    ...walk.list(blockDescriptor(size, deviceType), at, pagesAt),
    ...walk.list((w, p) => modePage(w, p, deviceType), pagesAt, end),
  ];
}

function blockDescriptor(size: number, deviceType: number): Shape {
  const label = 'block descriptor';
  if (size === 16) {
    const fields = '0-7 NUMBER OF LOGICAL BLOCKS; 12-15 LOGICAL BLOCK LENGTH =bytes';
    return { label, fields, length: 16 };
  }
  const isBlock = deviceType <= 0 || deviceType === 0x14;
  const fields = isBlock
    ? '0-3 NUMBER OF LOGICAL BLOCKS; 5-7 LOGICAL BLOCK LENGTH =bytes'
    : '0 DENSITY CODE; 1-3 NUMBER OF LOGICAL BLOCKS; 5-7 LOGICAL BLOCK LENGTH =bytes';
  return { label, fields, length: 8 };
}

/** page_0 format, or with SPF the sub_page format. */
function modePage(walk: Walker, at: number, deviceType: number): Shape {
  const page = walk.u8(at) & 0x3f;
  const isSub = (walk.u8(at) & 0x40) !== 0;
  const subpage = isSub ? walk.u8(at + 1) : 0;
  const letter = LETTER_CLASSES[deviceClass(deviceType)];
  const known = modePageFields(page, subpage, letter);
  const head = isSub
    ? '0.7 PS; 0.6 SPF; 0.5-0 PAGE CODE; 1 SUBPAGE CODE; 2-3 PAGE LENGTH'
    : '0.7 PS; 0.6 SPF; 0.5-0 PAGE CODE; 1 PAGE LENGTH';
  return {
    label: 'mode page',
    fields: known === undefined ? head : `${head}; ${known}`,
    length: isSub ? [2, 2, 4] : [1, 1, 2],
    rest: known === undefined ? 'page data' : undefined,
    meaning: () => pageName('m', page, subpage, letter),
  };
}
