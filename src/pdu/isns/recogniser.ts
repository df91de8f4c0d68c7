// Does this connection carry iSNS? Its headers are short: on its port one that its length leads on from, or that
// all of the bytes are, is enough; elsewhere it takes a request and its response, or three in a row.

import { get } from '../../wire/field.js';
import { RESPONSE } from '../../wire/isns/functions.js';
import { ISNS_HEADER_BYTES, isnsHeader } from '../../wire/isns/header.js';
import type { Journal, Run } from '../journal.js';
import { type ConnectionFraming, HOPELESS, LOOKING, PROVEN, type Recogniser } from '../protocol.js';
import { couldBeHeader, payloadLength } from './header-check.js';

const ENOUGH_ELSEWHERE = 3;
/** Off its port so many bytes of a direction without a header: it is something else. */
const LOOK_BYTES = 4096;
const ON_PORT_LOOK_BYTES = 1 << 18;

export class IsnsRecogniser implements Recogniser {
  verdict = LOOKING;
  readonly #journal: Journal;
  readonly #onPort: boolean;
  readonly #make: () => ConnectionFraming;
  readonly #headers = [0, 0];
  #request = -1;
  #answered = false;

  constructor(journal: Journal, onPort: boolean, make: () => ConnectionFraming) {
    this.#journal = journal;
    this.#onPort = onPort;
    this.#make = make;
  }

  data(side: number, run: Run): number {
    if (this.verdict !== LOOKING) return this.verdict;
    const whole = this.#chainFrom(run, 0);
    if (whole > 0) this.#headers[side] = Math.max(this.#headers[side], whole);
    else if (this.#journal.startKnown[side] && run.start === 0 && run.length >= ISNS_HEADER_BYTES) {
      if (!couldBeHeader(run.view, 0)) this.verdict = HOPELESS;
    } else if (!this.#journal.startKnown[side]) this.#search(side, run);
    const enough = this.#onPort
      ? this.#headers[0] + this.#headers[1] >= 1
      : this.#answered || this.#headers[side] >= ENOUGH_ELSEWHERE;
    if (this.verdict === LOOKING && enough) this.verdict = PROVEN;
    const most = this.#onPort ? ON_PORT_LOOK_BYTES : LOOK_BYTES;
    if (this.verdict === LOOKING && run.length > most) this.verdict = HOPELESS;
    return this.verdict;
  }

  gap(): number {
    return this.verdict;
  }

  needs(): number {
    return Number.POSITIVE_INFINITY;
  }

  forget(): void {}

  lastChance(): boolean {
    if (this.verdict === LOOKING && this.#headers[0] + this.#headers[1] > (this.#onPort ? 0 : 1)) {
      this.verdict = PROVEN;
    }
    return this.verdict === PROVEN;
  }

  framing(): ConnectionFraming {
    const made = this.#make();
    for (const side of [0, 1] as const) {
      const known = this.#journal.startKnown[side];
      made.directions[side].startAt(this.#journal.start[side], known);
    }
    return made;
  }

  /** In mid-stream: the first place from which a chain leads to the end. */
  #search(side: number, run: Run): void {
    for (let at = 0; at + ISNS_HEADER_BYTES <= run.length; at++) {
      const headers = this.#chainFrom(run, at);
      if (headers === 0) continue;
      this.#headers[side] = Math.max(this.#headers[side], headers);
      return;
    }
  }

  /** How many headers follow each other from `at` to the end of what is there; 0 where one is wrong. */
  #chainFrom(run: Run, at: number): number {
    let headers = 0;
    let p = at;
    while (p + ISNS_HEADER_BYTES <= run.length) {
      if (!couldBeHeader(run.view, p)) return 0;
      headers++;
      const code = get(run.view, p, isnsHeader.functionId);
      const transaction = get(run.view, p, isnsHeader.transactionId);
      if ((code & RESPONSE) === 0) this.#request = code * 65_536 + transaction;
      else if (this.#request === (code & ~RESPONSE) * 65_536 + transaction) this.#answered = true;
      p += ISNS_HEADER_BYTES + payloadLength(run.view, p);
    }
    return headers;
  }
}
