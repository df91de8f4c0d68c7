// hot: no allocation per packet
// Requests that an initiator sends on a connection after its Logout Request (RFC 7143 11.14: it MUST NOT).

import { WATCHED_CONNECTIONS_MAX } from '../../limits.js';
import type { Pdu } from '../../pdu/pdu.js';
import { get } from '../../wire/field.js';
import { LogoutReason, Opcode } from '../../wire/iscsi/codes.js';
import { logoutRequest } from '../../wire/iscsi/logout-request.js';
import { logoutResponse } from '../../wire/iscsi/logout-response.js';
import { Occurrences } from '../groups.js';
import type { Watched, WatchKind } from '../watch.js';

/** A connection that is being logged out. */
export class AfterLogout extends Occurrences {
  readonly session: number;
  readonly logoutFrame: number;
  readonly logoutNs: number;
  /** True once the target has agreed. */
  agreed = false;
  /** Of the requests after it: the first one's opcode, and how many were SCSI commands. */
  opcode = -1;
  commands = 0;

  constructor(session: number, frame: number, timeNs: number) {
    super();
    this.session = session;
    this.logoutFrame = frame;
    this.logoutNs = timeNs;
  }
}

class AfterLogouts {
  /** By connection: those that sent something after it. */
  readonly all: Map<number, AfterLogout> = new Map();
  readonly #leaving: Map<number, AfterLogout>;
  readonly #watched: Watched;

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#leaving = new Map();
  }

  pdu(pdu: Pdu): void {
    const { connection, opcode } = pdu;
    if (opcode === Opcode.logoutRequest) {
      const reason = get(pdu.view, pdu.at, logoutRequest.reason);
      // One for recovery names another connection: this one goes on.
      if (reason === LogoutReason.removeForRecovery) return;
      if (this.#leaving.size >= WATCHED_CONNECTIONS_MAX || this.#leaving.has(connection)) return;
      const session = this.#watched.look?.story(connection)?.session ?? -1;
      this.#leaving.set(connection, new AfterLogout(session, pdu.frame, pdu.timeNs));
      return;
    }
    if (this.#leaving.size === 0) return;
    const one = this.#leaving.get(connection);
    if (one === undefined) return;
    if (opcode === Opcode.logoutResponse) {
      if (get(pdu.view, pdu.at, logoutResponse.response) === 0) one.agreed = true;
      // Refused: the connection goes on, and so does what is sent on it.
      else this.#leaving.delete(connection);
    } else if (opcode === Opcode.loginRequest) this.#leaving.delete(connection);
    else {
      if (one.count === 0) {
        one.opcode = opcode;
        this.all.set(connection, one);
      }
      if (opcode === Opcode.scsiCommand) one.commands++;
      one.saw(pdu.frame, pdu.timeNs);
    }
  }

  directionEnded(direction: number): void {
    this.#leaving.delete(direction >> 1);
  }
}

export const afterLogouts: WatchKind<AfterLogouts> = {
  name: 'requests after a logout',
  opcodes: [
    Opcode.logoutRequest,
    Opcode.logoutResponse,
    Opcode.loginRequest,
    Opcode.scsiCommand,
    Opcode.taskManagementRequest,
    Opcode.textRequest,
  ],
  make: (watched) => new AfterLogouts(watched),
};
