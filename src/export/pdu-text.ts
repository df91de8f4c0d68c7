// One PDU, or message, → one line of text.

import type { PduFacts } from '../decode/facts.js';
import type { MessageFacts } from '../decode/messages.js';
import type { Cell } from '../view/cells.js';
import { hexLines } from '../view/hex-lines.js';
import { shorten } from '../view/layout.js';
import { messageLine } from '../view/message-line.js';
import { lostLine, pduLine } from '../view/pdu-line.js';
import type { Paint } from '../view/theme.js';
import { treeLines } from '../view/tree-lines.js';

/** `width` 0: as long as it is. */
export function pduText(facts: PduFacts, show: TextOptions): string {
  return lineText(pduLine(facts), show);
}

/** A message that is no iSCSI PDU: its line, and below it what is asked for. */
export function messageText(
  facts: MessageFacts,
  show: TextOptions & { readonly tree: boolean; readonly hex: boolean },
): string {
  const lines = [messageLine(facts)];
  if (show.tree) lines.push(...treeLines(facts.tree(), show));
  if (show.hex) lines.push(...hexLines(facts.parts(show.showSecrets)));
  const text = lines.map((cells) => lineText(cells, show)).join('');
  return show.tree || show.hex ? `${text}\n` : text;
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
