// Which events a filter of PDUs chooses: those told by packets in which a PDU passed it.

import { CHOSEN_FRAMES_MAX } from '../../limits.js';
import type { Pdu } from '../../pdu/pdu.js';
import type { EventReport } from '../../report/report.js';
import { Opcode } from '../../wire/iscsi/codes.js';

const TWO_32 = 4294967296;

const TELLING: ReadonlySet<number> = new Set([
  Opcode.nopOut,
  Opcode.nopIn,
  Opcode.taskManagementRequest,
  Opcode.taskManagementResponse,
  Opcode.loginRequest,
  Opcode.loginResponse,
  Opcode.textRequest,
  Opcode.textResponse,
  Opcode.logoutRequest,
  Opcode.logoutResponse,
  Opcode.snackRequest,
  Opcode.asyncMessage,
  Opcode.reject,
  Opcode.scsiCommand,
]);

/** Where chosen PDUs lie that events may be told of. */
export class ChosenFrames {
  readonly #frames: Set<number> = new Set();
  readonly #connections: Set<number> = new Set();

  add(pdu: Pdu): void {
    this.#connections.add(pdu.connection);
    if (!TELLING.has(pdu.opcode) || this.#frames.size >= CHOSEN_FRAMES_MAX) return;
    this.#frames.add(pdu.connection * TWO_32 + pdu.frame);
    if (pdu.frameEnd !== pdu.frame) this.#frames.add(pdu.connection * TWO_32 + pdu.frameEnd);
  }

  /** Its PDU, or the answer, was chosen; where it has none, any PDU of its connection. */
  has(event: EventReport): boolean {
    const { kind, connection = -1, frame, frameEnd = 0 } = event;
    if (kind === 'connection ended' || kind === 'reinstatement') {
      return this.#connections.has(connection);
    }
    const at = connection * TWO_32;
    return this.#frames.has(at + frame) || this.#frames.has(at + frameEnd);
  }
}
