// One PDU → one line of text.

import type { PduFacts } from '../decode/facts.js';
import type { Cell } from '../view/cells.js';
import { shorten } from '../view/layout.js';
import { lostLine, pduLine } from '../view/pdu-line.js';
import type { Paint } from '../view/theme.js';

/** `width` 0: as long as it is. */
export function pduText(facts: PduFacts, show: TextOptions): string {
  return lineText(pduLine(facts), show);
}

export function lostText(
  direction: number,
  bytes: number,
  timeNs: number,
  frame: number,
  show: TextOptions,
): string {
  return lineText(lostLine(direction, bytes, timeNs, frame), show);
}

export interface TextOptions {
  readonly width: number;
  readonly paint: Paint;
  readonly showSecrets: boolean;
}

export function lineText(cells: readonly Cell[], { width, paint }: TextOptions): string {
  let room = width > 0 ? width : Number.POSITIVE_INFINITY;
  let line = '';
  for (const { text, tone } of cells) {
    if (room <= 0) break;
    const short = shorten(text, room);
    room -= short.length;
    line += paint({ text: short, tone });
  }
  return `${line.trimEnd()}\n`;
}
