// iSNS messages from their PDUs (RFC 4171 section 5.1.4): FIRST and LAST PDU of the flags, SEQUENCE ID from 0.

import { joinedBytes } from '../../lib/joined-bytes.js';
import { ISNS_MESSAGE_BYTES_MAX, ISNS_OPEN_BYTES_MAX, ISNS_OPEN_MAX } from '../../limits.js';
import type { IsnsPdu } from '../../pdu/isns/pdu.js';

export interface IsnsMessage {
  readonly first: IsnsPdu;
  readonly last: IsnsPdu;
  readonly payload: Uint8Array;
  /** Bytes of it are missing, or PDUs. */
  readonly complete: boolean;
}

interface Open {
  readonly first: IsnsPdu;
  readonly parts: Uint8Array[];
  bytes: number;
  nextSequence: number;
  complete: boolean;
}

/** Invariant: at most ISNS_OPEN_MAX messages are open, with `#bytes` in all; the oldest is given up for a new one. */
export class IsnsMessages {
  incomplete = 0;
  readonly #open = new Map<string, Open>();
  #bytes = 0;

  /** The whole message, with its last PDU. */
  take(pdu: IsnsPdu): IsnsMessage | undefined {
    // One PDU with neither flag is a message as well: some senders leave them out.
    const alone = pdu.firstPdu === pdu.lastPdu && pdu.sequenceId === 0;
    if (alone) return { first: pdu, last: pdu, payload: pdu.payload, complete: pdu.complete };
    const key = `${pdu.from}>${pdu.to}/${pdu.functionId}/${pdu.transactionId}`;
    let open = this.#open.get(key);
    if (pdu.firstPdu || open === undefined) {
      if (open !== undefined) this.#giveUp(key, open);
      open = {
        first: pdu,
        parts: [],
        bytes: 0,
        nextSequence: pdu.firstPdu ? 0 : pdu.sequenceId,
        complete: pdu.firstPdu,
      };
      this.#open.set(key, open);
    }
    if (pdu.sequenceId !== open.nextSequence || !pdu.complete) open.complete = false;
    open.nextSequence = pdu.sequenceId + 1;
    if (open.bytes + pdu.payload.length <= ISNS_MESSAGE_BYTES_MAX) {
      open.parts.push(pdu.payload);
      open.bytes += pdu.payload.length;
      this.#bytes += pdu.payload.length;
    } else open.complete = false;
    if (!pdu.lastPdu) {
      this.#bound(key);
      return undefined;
    }
    this.#open.delete(key);
    this.#bytes -= open.bytes;
    if (!open.complete) this.incomplete++;
    const payload = open.parts.length === 1 ? open.parts[0] : joinedBytes(open.parts);
    return { first: open.first, last: pdu, payload, complete: open.complete };
  }

  /** The capture is over. */
  finish(): void {
    this.incomplete += this.#open.size;
    this.#open.clear();
    this.#bytes = 0;
  }

  #giveUp(key: string, { bytes }: Open): void {
    this.incomplete++;
    this.#bytes -= bytes;
    this.#open.delete(key);
  }

  /** Gives up the oldest, but not the one that was just added to. */
  #bound(current: string): void {
    for (const [key, open] of this.#open) {
      if (this.#open.size <= ISNS_OPEN_MAX && this.#bytes <= ISNS_OPEN_BYTES_MAX) return;
      if (key !== current) this.#giveUp(key, open);
    }
  }
}
