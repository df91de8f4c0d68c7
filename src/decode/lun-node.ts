// A LUN in words: each level with its addressing method (SAM-5 4.7).

import { LUN_METHOD_NAMES, lunLevels, lunText, WELL_KNOWN_LUNS } from '../wire/scsi/lun.js';
import type { Node } from '../wire/tree.js';

/** Fills in the LUN's node: what it means, and its levels. */
export function lunNode(node: Node, high: number, low: number): Node {
  const meaning = lunText(high, low);
  if (high === 0xffffffff && low === 0xffffffff) return { ...node, meaning };
  const children = lunLevels(high, low).map((level, index): Node => {
    const known = level.method === 'wellKnown' ? WELL_KNOWN_LUNS[low255(level.text)] : undefined;
    return {
      name: 'level',
      label: `level ${index + 1}`,
      value: level.text,
      meaning: LUN_METHOD_NAMES[level.method] + (known === undefined ? '' : `: ${known}`),
      byte: node.byte + level.byte,
      bit: 0,
      width: level.bytes * 8,
    };
  });
  return { ...node, meaning, children };
}

function low255(text: string): number {
  return Number(text.replace(/\D/g, ''));
}
