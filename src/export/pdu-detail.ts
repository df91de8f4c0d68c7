// A PDU as its list line and, below it, everything in it: links, the tree, hex where asked for. What
// is known only when its task has ended is filled in then: lines are held back until it has.

import type { PduFacts } from '../decode/facts.js';
import type { LinkedPdu, TaskLinks } from '../decode/links.js';
import { pduParts } from '../decode/octets.js';
import { DETAILS_WAITING_MAX } from '../limits.js';
import { hexLines } from '../view/hex-lines.js';
import { laterLines, linkLines, treeLines } from '../view/tree-lines.js';
import { lineText, pduText, type TextOptions } from './pdu-text.js';

export interface DetailOptions extends TextOptions {
  readonly tree: boolean;
  readonly hex: boolean;
}

interface Waiting {
  readonly head: string;
  readonly tail: string;
  readonly own: LinkedPdu | undefined;
  readonly links: TaskLinks | undefined;
}

/** Writes details in the order of the PDUs. Invariant: at most DETAILS_WAITING_MAX wait. */
export class DetailWriter {
  readonly #write: (text: string) => void;
  readonly #show: DetailOptions;
  #waiting: Waiting[] = [];

  constructor(write: (text: string) => void, show: DetailOptions) {
    this.#write = write;
    this.#show = show;
  }

  pdu(facts: PduFacts): void {
    const show = this.#show;
    const text = (cells: Parameters<typeof lineText>[0]): string => lineText(cells, show);
    const head = [pduText(facts, show)];
    const tail: string[] = [];
    if (show.tree) {
      head.push(...linkLines(facts).map(text));
      tail.push(...treeLines(facts.tree(), show).map(text));
    }
    if (show.hex) tail.push(...hexLines(pduParts(facts, show.showSecrets)).map(text));
    tail.push('\n');
    const own = facts.links?.last;
    this.#waiting.push({ head: head.join(''), tail: tail.join(''), own, links: facts.links });
    this.settle();
    if (this.#waiting.length > DETAILS_WAITING_MAX) this.#tell(1);
  }

  /** A line of its own between the PDUs. */
  line(text: string): void {
    this.#waiting.push({ head: text, tail: '', own: undefined, links: undefined });
    this.settle();
  }

  /** Tells those whose tasks have ended. */
  settle(): void {
    let n = 0;
    while (n < this.#waiting.length && this.#waiting[n].links?.done !== false) n++;
    if (n > 0) this.#tell(n);
  }

  /** The capture is over: what still waits is told as it is. */
  end(): void {
    this.#tell(this.#waiting.length);
  }

  #tell(n: number): void {
    for (const { head, tail, own, links } of this.#waiting.slice(0, n)) {
      this.#write(head);
      if (own !== undefined && links !== undefined && this.#show.tree) {
        for (const cells of laterLines(own, links)) this.#write(lineText(cells, this.#show));
      }
      this.#write(tail);
    }
    this.#waiting = this.#waiting.slice(n);
  }
}
