// PDUs as text (a list line and everything in it below) or as NDJSON. What is known only when its task
// has ended, or its request was answered, is filled in then: what comes after waits for it.

import type { PduFacts } from '../decode/facts.js';
import type { LinkedPdu, TaskLinks } from '../decode/links.js';
import { pduParts } from '../decode/octets.js';
import { DETAILS_WAITING_MAX } from '../limits.js';
import { hexLines } from '../view/hex-lines.js';
import { laterLines, linkLines, treeLines } from '../view/tree-lines.js';
import { type JsonOptions, laterJson, pduJson } from './pdu-json.js';
import { lineText, pduText, type TextOptions } from './pdu-text.js';

export interface DetailOptions extends TextOptions {
  readonly tree: boolean;
  readonly hex: boolean;
}

/** What is written of a PDU, and what is known of it only later stands between. */
interface Waiting {
  readonly head: string;
  readonly tail: string;
  readonly own: LinkedPdu | undefined;
  readonly links: TaskLinks | undefined;
}

/** A PDU as text in two parts, and what is said between them when its task has ended. */
interface Parts {
  of(facts: PduFacts): readonly [head: string, tail: string];
  later(own: LinkedPdu, links: TaskLinks): string;
}

/** Writes in the order of the PDUs. Invariant: at most DETAILS_WAITING_MAX wait. */
export class DetailWriter {
  readonly #write: (text: string) => void;
  readonly #parts: Parts;
  #waiting: Waiting[] = [];

  constructor(write: (text: string) => void, parts: Parts) {
    this.#write = write;
    this.#parts = parts;
  }

  /** How many wait for their tasks to end. */
  get waiting(): number {
    return this.#waiting.length;
  }

  pdu(facts: PduFacts): void {
    const [head, tail] = this.#parts.of(facts);
    const own = facts.links?.last;
    this.#waiting.push({ head, tail, own, links: facts.links });
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
      const later = own === undefined || links === undefined ? '' : this.#parts.later(own, links);
      this.#write(head + later + tail);
    }
    this.#waiting = this.#waiting.slice(n);
  }
}

/** The list line and, below it, links, the tree, hex. */
export function textDetails(show: DetailOptions): Parts {
  const text = (cells: Parameters<typeof lineText>[0]): string => lineText(cells, show);
  return {
    of(facts) {
      const head = [pduText(facts, show)];
      const tail: string[] = [];
      if (show.tree) {
        head.push(...linkLines(facts).map(text));
        tail.push(...treeLines(facts.tree(), show).map(text));
      }
      if (show.hex) tail.push(...hexLines(pduParts(facts, show.showSecrets)).map(text));
      tail.push('\n');
      return [head.join(''), tail.join('')];
    },
    later: (own, links) => (show.tree ? laterLines(own, links).map(text).join('') : ''),
  };
}

/** A line of NDJSON. */
export function jsonDetails(show: JsonOptions): Parts {
  return {
    of: (facts) => [pduJson(facts, show).slice(0, -1), '}\n'],
    later: laterJson,
  };
}
