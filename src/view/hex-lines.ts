// The bytes of a PDU as they stood on the wire, sixteen a line: offset, hex, text.

import type { PduPart } from '../decode/octets.js';
import { asSent, type Cell, cell } from './cells.js';

const PER_LINE = 16;

export function hexLines(parts: readonly PduPart[]): Cell[][] {
  const lines: Cell[][] = [];
  for (const { at, what, bytes, absent, why } of parts) {
    if (bytes.length + absent === 0) continue;
    lines.push([cell(`  ${what}`, 'note')]);
    for (let i = 0; i < bytes.length; i += PER_LINE) {
      lines.push(line(at + i, bytes.subarray(i, i + PER_LINE)));
    }
    if (absent > 0) lines.push([cell(`        ${absent} bytes ${why}`, 'warn')]);
  }
  return lines;
}

function line(at: number, bytes: Uint8Array): Cell[] {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  const left = hex.slice(0, PER_LINE / 2).join(' ');
  const text = [...bytes]
    .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
    .join('');
  return [
    cell(`  ${at.toString(16).padStart(4, '0')}  `, 'quiet'),
    cell(
      `${left.padEnd(24)}${hex
        .slice(PER_LINE / 2)
        .join(' ')
        .padEnd(24)} `,
    ),
    asSent(text, 'quiet'),
  ];
}
