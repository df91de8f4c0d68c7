// A page put together line by line: what each line shows, and where it leads.

import type { Case } from '../../case/case.js';
import { MessageProtocol } from '../../pdu/message-codes.js';
import type { Block } from '../../view/cells.js';
import { blockLines, heading } from '../blocks.js';
import type { Page } from '../page.js';
import type { Place } from '../state.js';
import type { Line } from '../terminal/line.js';

export interface LineFacts {
  /** Looked up only when it is asked for, where that takes time. */
  readonly open?: Place | (() => Place | undefined);
  readonly timeNs?: number;
  /** The filter of the list of commands that it opens. */
  readonly filter?: string;
}

export class Lines {
  readonly #lines: Line[] = [];
  readonly #facts: (LineFacts | undefined)[] = [];
  readonly width: number;

  constructor(width: number) {
    this.width = width;
  }

  add(line: Line, facts?: LineFacts): void {
    this.#lines.push(line);
    this.#facts.push(facts);
  }

  heading(text: string, note?: string): void {
    if (this.#lines.length > 0) this.add([]);
    this.add(heading(text, note));
  }

  blocks(blocks: readonly Block[]): void {
    for (const line of blockLines(blocks, this.width)) this.add(line);
  }

  /** Blocks that begin with a heading, after a blank line; nothing where there are none. */
  section(blocks: readonly Block[]): void {
    if (blocks.length === 0) return;
    if (this.#lines.length > 0) this.add([]);
    this.blocks(blocks);
  }

  page(title: string, head: readonly Line[] = []): Page {
    const lines = this.#lines;
    const facts = this.#facts;
    return {
      title,
      head,
      count: lines.length,
      row: (index) => lines[index] ?? [],
      opens: (index) => facts[index]?.open !== undefined,
      open: (index) => openOf(facts[index]),
      task: (index) => {
        const open = openOf(facts[index]);
        return open?.kind === 'command' ? open.row : undefined;
      },
      timeNs: (index) => facts[index]?.timeNs,
      filter: (index) => facts[index]?.filter,
    };
  }
}

function openOf(facts: LineFacts | undefined): Place | undefined {
  return typeof facts?.open === 'function' ? facts.open() : facts?.open;
}

/**
 * Where a packet's PDU is shown: the command it belongs to, or the PDU alone. With a connection also
 * a PDU that begins before the packet and ends after it.
 */
export function placeOfFrame(kase: Case, frame: number, connection?: number): Place | undefined {
  const exact = pduOfFrame(kase, frame);
  const pdu = exact < 0 && connection !== undefined ? pduAround(kase, frame, connection) : exact;
  if (pdu < 0) return undefined;
  const task = kase.pdus.task(pdu);
  return task >= 0 ? { kind: 'command', row: task } : { kind: 'pdu', pdu };
}

/** The first PDU that begins or ends in the packet, or else message; -1 where there is none. */
export function pduOfFrame({ pdus }: Case, frame: number): number {
  const around = (row: number): number => pdus.nextAround(row, frame);
  let found = -1;
  for (let pdu = around(pdus.first); pdu < pdus.count; pdu = around(pdu + 1)) {
    if (pdus.frame(pdu) !== frame && pdus.frameEnd(pdu) !== frame) {
      if (found >= 0 && pdus.frame(pdu) > frame + LATE_FRAMES) break;
      continue;
    }
    if (pdus.protocol(pdu) === MessageProtocol.iscsi) return pdu;
    if (found < 0 || (pdus.task(found) < 0 && pdus.task(pdu) >= 0)) found = pdu;
  }
  return found;
}

/** Behind a message that was found a PDU of the same packet stands no farther than this. */
const LATE_FRAMES = 64;

/** A PDU of the connection that has bytes before and behind the packet, -1 where there is none. */
function pduAround({ pdus }: Case, frame: number, connection: number): number {
  const around = (row: number): number => pdus.nextAround(row, frame);
  for (let pdu = around(pdus.first); pdu < pdus.count; pdu = around(pdu + 1)) {
    if (pdus.frame(pdu) > frame || pdus.frameEnd(pdu) < frame) continue;
    if (pdus.connection(pdu) === connection) return pdu;
  }
  return -1;
}
