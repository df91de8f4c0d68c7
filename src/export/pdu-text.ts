// One PDU → one line of text.

import type { Pdu } from '../pdu/pdu.js';
import type { PduRecord } from '../report/pdu-record.js';
import type { Cell } from '../view/cells.js';
import { lostLine, pduLine } from '../view/pdu-line.js';
import type { Paint } from '../view/theme.js';
import { shorten } from '../view/layout.js';

/** `width` 0: as long as it is. */
export function pduText(pdu: Pdu, record: PduRecord, show: TextOptions): string {
  return lineText(pduLine(pdu, record, show.showSecrets), show);
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

function lineText(cells: readonly Cell[], { width, paint }: TextOptions): string {
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
