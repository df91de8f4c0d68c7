// Texts of additional sense codes (SPC, T10's list). The table is split on first use.

import { ASC_ROWS } from './tables/asc.js';

let texts: Map<string, string> | undefined;

/** "LOGICAL UNIT NOT SUPPORTED"; vendor specific and unknown codes keep their numbers. */
export function ascText(asc: number, ascq: number): string {
  texts ??= new Map(
    ASC_ROWS.trim()
      .split('\n')
      .map((row) => [row.slice(0, 4), row.slice(4)]),
  );
  const high = hex2(asc);
  const found = texts.get(high + hex2(ascq));
  if (found !== undefined) return found;
  // 40/NN, 4D/NN and 70/NN carry a number in the ASCQ (SPC, annex of codes).
  const ranged = texts.get(`${high}nn`);
  if (ranged !== undefined && (asc !== 0x40 || ascq >= 0x80)) {
    const text = ranged.replace(' (80h-FFh)', '').replace('NN = TASK TAG', 'TASK TAG NN');
    return text.replace(/\bNN\b/, `0x${hex2(ascq)}`);
  }
  const kind = asc >= 0x80 || ascq >= 0x80 ? 'vendor specific' : 'unknown';
  return `${kind} (0x${high}/0x${hex2(ascq)})`;
}

function hex2(value: number): string {
  return value.toString(16).padStart(2, '0');
}
