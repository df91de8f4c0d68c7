// Which PDUs belong together: a SCSI task's command, data, R2Ts and status, or another request and its
// answer, as far as they have passed. Kept only where somebody asks for them, until they have ended.

import { LINKED_PDUS_MAX, OPEN_TASKS_PER_SESSION, REQUESTS_PENDING_MAX } from '../limits.js';
import type { Pdu } from '../pdu/pdu.js';
import type { OpenTask } from '../scsi/open-task.js';
import type { ServiceRequest } from '../session/model.js';
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

/** Links of requests other than SCSI commands, until they are answered or nothing will answer them. */
export class RequestLinks {
  readonly #open: Map<number, Map<ServiceRequest, TaskLinks>> = new Map();

  /** The links of a PDU that is a request or the answer to one, this PDU added. */
  pass(
    pdu: Pdu,
    asked: ServiceRequest | undefined,
    answered: ServiceRequest | undefined,
  ): TaskLinks | undefined {
    const links = asked === undefined ? undefined : this.#add(pdu, asked);
    if (answered === undefined) return links;
    const open = this.#open.get(pdu.connection);
    const found = open?.get(answered);
    if (found === undefined) return links;
    open?.delete(answered);
    found.add(pdu);
    found.done = true;
    return found;
  }

  /** The connection is over: nothing will be answered any more. */
  ended(connection: number): void {
    for (const links of this.#open.get(connection)?.values() ?? []) links.done = true;
    this.#open.delete(connection);
  }

  #add(pdu: Pdu, asked: ServiceRequest): TaskLinks {
    let open = this.#open.get(pdu.connection);
    if (open === undefined) {
      open = new Map();
      this.#open.set(pdu.connection, open);
    }
    const links = new TaskLinks();
    links.add(pdu);
    open.set(asked, links);
    if (open.size > REQUESTS_PENDING_MAX) {
      const [[oldest, its]] = open;
      its.done = true;
      open.delete(oldest);
    }
    return links;
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
