// Which PDUs belong together: a SCSI task's command, data, R2Ts and status, or another request and its
// answer, as far as they have passed. Kept only where somebody asks for them, until they have ended.

import { LINKED_PDUS_MAX, OPEN_TASKS_PER_SESSION } from '../limits.js';
import type { Pdu } from '../pdu/pdu.js';
import type { OpenTask } from '../scsi/open-task.js';
import { TARGET_TRANSFER_TAG } from '../wire/iscsi/bhs-offsets.js';
import { Opcode, RESERVED_TAG } from '../wire/iscsi/codes.js';

export interface LinkedPdu {
  readonly opcode: number;
  readonly frame: number;
  readonly timeNs: number;
  /** When its last byte could be read. */
  readonly endNs: number;
  /** Target Transfer Tag of R2T and Data-Out; the reserved tag for others. */
  readonly transferTag: number;
}

export class TaskLinks {
  /** In their order, at most LINKED_PDUS_MAX; `more` did not fit. */
  readonly pdus: LinkedPdu[] = [];
  more = 0;
  /** The last PDU of the task, always kept. */
  last: LinkedPdu | undefined = undefined;
  /** No more PDUs are expected. */
  done = false;

  add(pdu: Pdu): LinkedPdu {
    const { opcode, frame, timeNs, endNs } = pdu;
    const hasTag = opcode === Opcode.r2t || opcode === Opcode.dataOut;
    const transferTag =
      hasTag && pdu.headerCaptured >= TARGET_TRANSFER_TAG + 4
        ? pdu.view.getUint32(pdu.at + TARGET_TRANSFER_TAG)
        : RESERVED_TAG;
    const linked = { opcode, frame, timeNs, endNs, transferTag };
    if (this.pdus.length < LINKED_PDUS_MAX) this.pdus.push(linked);
    else this.more++;
    this.last = linked;
    return linked;
  }
}

/** Links of open tasks, by the order of the tasks. */
export class LinkBook {
  readonly #open: Map<number, TaskLinks> = new Map();

  of(open: OpenTask): TaskLinks {
    let links = this.#open.get(open.order);
    if (links === undefined) {
      links = new TaskLinks();
      this.#open.set(open.order, links);
      // Tasks that end without a PDU of their own leave theirs behind.
      if (this.#open.size > OPEN_TASKS_PER_SESSION) {
        this.#open.delete(this.#open.keys().next().value ?? 0);
      }
    }
    return links;
  }

  ended(order: number): void {
    const links = this.#open.get(order);
    if (links !== undefined) links.done = true;
    this.#open.delete(order);
  }
}
