// hot: no allocation per packet
// The command window (MaxCmdSN - ExpCmdSN + 1, RFC 7143 4.2.2.1) as the session stage has it, whenever it
// changed: for the strip chart and the time cursor. Bounded: what comes later is not kept, or makes room.

import { CHUNK_BITS, Float64Column, Uint32Column } from '../lib/columns.js';
import type { Pdu, PduSink } from '../pdu/pdu.js';
import type { CommandWindow } from '../session/model.js';
import { TARGET_OPCODE } from '../wire/iscsi/bhs-offsets.js';

/** 16 MB. */
const CHANGES_MAX = 1 << 20;
const UNKNOWN = -1;
const ROWS_MAX = 2 ** 32 - 1;
const NO_CHUNKS: ReadonlySet<number> = new Set();

/** The command window of a connection's session, once the session stage has seen the PDU at hand. */
type WindowOf = (connection: number) => CommandWindow | undefined;

/** Invariant: changes first … count-1 are in the order of time. */
export class WindowLog implements PduSink {
  first = 0;
  count = 0;
  readonly #last: boolean;
  readonly #windowOf: WindowOf;
  readonly #time = new Float64Column();
  readonly #connection = new Uint32Column();
  readonly #width = new Uint32Column();
  readonly #told: number[] = [];

  /** `last`: where not all changes can be kept the last ones are, else the first. */
  constructor(windowOf: WindowOf, last = false) {
    this.#windowOf = windowOf;
    this.#last = last;
  }

  begin(_pdu: Pdu): number {
    return 0;
  }

  end(pdu: Pdu): void {
    if (pdu.opcode < TARGET_OPCODE) return;
    const window = this.#windowOf(pdu.connection);
    if (window === undefined || !window.known) return;
    const width = (window.maxCmdSN - window.expCmdSN + 1) | 0;
    if (width < 0 || width === (this.#told[pdu.connection] ?? UNKNOWN)) return;
    if (this.count - this.first >= CHANGES_MAX && !this.#makeRoom()) return;
    this.#told[pdu.connection] = width;
    const row = this.count++;
    this.#time.set(row, pdu.endNs);
    this.#connection.set(row, pdu.connection);
    this.#width.set(row, width);
  }

  /** Rows have numbers of 32 bits. */
  #makeRoom(): boolean {
    if (!this.#last || this.count > ROWS_MAX) return false;
    this.first += CHANGES_MAX >> 2;
    for (const column of [this.#time, this.#connection, this.#width]) {
      column.forget(this.first >>> CHUNK_BITS, NO_CHUNKS);
    }
    return true;
  }

  lost(): void {}

  ended(): void {}

  timeNs(row: number): number {
    return this.#time.get(row);
  }

  connection(row: number): number {
    return this.#connection.get(row);
  }

  width(row: number): number {
    return this.#width.get(row);
  }

  /** The width that a connection's target had told last at a time; -1 where it had not. */
  at(connection: number, ns: number): number {
    for (let row = this.count - 1; row >= this.first; row--) {
      if (this.#time.get(row) <= ns && this.#connection.get(row) === connection) {
        return this.#width.get(row);
      }
    }
    return UNKNOWN;
  }
}
