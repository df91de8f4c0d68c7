// Which request a PDU answers, where that is no SCSI task: pings, task management, login, text and
// logout. By task tag, or by the Target Transfer Tag of a target's ping.

import { REQUESTS_PENDING_MAX } from '../limits.js';
import type { Pdu } from '../pdu/pdu.js';
import { get } from '../wire/field.js';
import { bhs, targetTransferTag } from '../wire/iscsi/bhs.js';
import { TARGET_TRANSFER_TAG } from '../wire/iscsi/bhs-offsets.js';
import { Opcode, RESERVED_TAG } from '../wire/iscsi/codes.js';
import { taskManagementRequest } from '../wire/iscsi/task-management-request.js';
import { TaskLinks } from './links.js';

export interface Request {
  readonly frame: number;
  readonly timeNs: number;
  readonly frameEnd: number;
  readonly endNs: number;
  /** Of a task management request; else -1. */
  readonly func: number;
  /** It and its answer, where links are asked for. */
  readonly links: TaskLinks | undefined;
}

/** Request → the opcode that answers it. */
const ANSWERS: Readonly<Record<number, number>> = {
  [Opcode.nopOut]: Opcode.nopIn,
  [Opcode.taskManagementRequest]: Opcode.taskManagementResponse,
  [Opcode.loginRequest]: Opcode.loginResponse,
  [Opcode.textRequest]: Opcode.textResponse,
  [Opcode.logoutRequest]: Opcode.logoutResponse,
};
const ANSWER_OPCODES: ReadonlySet<number> = new Set(Object.values(ANSWERS));

export class Requests {
  /** By connection: "opcode of the answer, tag" → request, oldest first. */
  readonly #open: Map<number, Map<string, Request>> = new Map();
  readonly #wantsLinks: boolean;
  /** Of the PDU that passed last: a request's own, an answer's request's. */
  links: TaskLinks | undefined = undefined;

  constructor(wantsLinks: boolean) {
    this.#wantsLinks = wantsLinks;
  }

  /** The request that this PDU answers; its own is remembered. At the PDU's end. */
  pass(pdu: Pdu): Request | undefined {
    const { opcode } = pdu;
    this.links = undefined;
    const isPing = opcode === Opcode.nopIn || opcode === Opcode.nopOut;
    if (ANSWERS[opcode] === undefined && !ANSWER_OPCODES.has(opcode)) return undefined;
    if (pdu.headerCaptured < TARGET_TRANSFER_TAG + 4) return undefined;
    const tag = get(pdu.view, pdu.at, bhs.initiatorTaskTag);
    const ttt = isPing ? get(pdu.view, pdu.at, targetTransferTag) : RESERVED_TAG;
    const found = ANSWER_OPCODES.has(opcode) ? this.#take(pdu, `${opcode} ${tag}`) : undefined;
    if (ANSWERS[opcode] !== undefined && tag !== RESERVED_TAG) {
      this.#add(pdu, `${ANSWERS[opcode]} ${tag}`);
    }
    // RFC 7143 11.18, 11.19: the target's ping is answered by its Target Transfer Tag.
    if (opcode === Opcode.nopIn && tag === RESERVED_TAG && ttt !== RESERVED_TAG) {
      this.#add(pdu, `ping ${ttt}`);
    }
    if (opcode === Opcode.nopOut && ttt !== RESERVED_TAG) return this.#take(pdu, `ping ${ttt}`);
    return found;
  }

  /** The connection is over: nothing will be answered any more. */
  ended(direction: number): void {
    for (const request of this.#open.get(direction >> 1)?.values() ?? []) over(request);
    this.#open.delete(direction >> 1);
  }

  #add(pdu: Pdu, key: string): void {
    let open = this.#open.get(pdu.connection);
    if (open === undefined) {
      open = new Map();
      this.#open.set(pdu.connection, open);
    }
    const { frame, timeNs, frameEnd, endNs } = pdu;
    over(open.get(key));
    const links = this.#wantsLinks ? new TaskLinks() : undefined;
    links?.add(pdu);
    this.links = links;
    open.set(key, { frame, timeNs, frameEnd, endNs, func: functionOf(pdu), links });
    if (open.size <= REQUESTS_PENDING_MAX) return;
    const oldest = open.keys().next().value ?? '';
    over(open.get(oldest));
    open.delete(oldest);
  }

  #take(pdu: Pdu, key: string): Request | undefined {
    const open = this.#open.get(pdu.connection);
    const found = open?.get(key);
    open?.delete(key);
    if (found?.links !== undefined) {
      found.links.add(pdu);
      found.links.done = true;
      this.links = found.links;
    }
    return found;
  }
}

function functionOf(pdu: Pdu): number {
  if (pdu.opcode !== Opcode.taskManagementRequest) return -1;
  return get(pdu.view, pdu.at, taskManagementRequest.function);
}

function over(request: Request | undefined): void {
  if (request?.links !== undefined) request.links.done = true;
}
