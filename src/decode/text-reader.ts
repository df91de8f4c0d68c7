// The text of login and text PDUs as they pass: what is cut by the C bit is joined, and each key is
// judged by those before it in the same negotiation.

import type { Pdu } from '../pdu/pdu.js';
import { TextPieces } from '../session/iscsi/login/text-join.js';
import { get } from '../wire/field.js';
import { bhs } from '../wire/iscsi/bhs.js';
import { CONTINUE, FLAGS } from '../wire/iscsi/bhs-offsets.js';
import { Opcode } from '../wire/iscsi/codes.js';
import { loginRequest } from '../wire/iscsi/login-request.js';
import type { Node } from '../wire/tree.js';
import { absenceOf } from './absence.js';
import { KeyHistory, type KeyPlace, type KeyStage } from './key-check.js';
import { textNodes } from './text-nodes.js';

const STAGES: readonly KeyStage[] = ['security', 'operational', 'operational', 'full-feature'];

/** A login under way, or the last one, of a connection. */
interface Login {
  readonly tag: number;
  /** False where it joins a session (TSIH not 0). */
  readonly leading: boolean;
  readonly history: KeyHistory;
}

/** True for the PDUs whose data is text (RFC 7143 11.10 to 11.13). */
export function hasText(opcode: number): boolean {
  return (
    opcode === Opcode.loginRequest ||
    opcode === Opcode.loginResponse ||
    opcode === Opcode.textRequest ||
    opcode === Opcode.textResponse
  );
}

export class TextReader {
  readonly #showSecrets: boolean;
  /** Text that goes on in the next PDU, by direction; gone where bytes are missing. */
  readonly #open: Map<number, TextPieces> = new Map();
  readonly #logins: Map<number, Login> = new Map();

  constructor(showSecrets: boolean) {
    this.#showSecrets = showSecrets;
  }

  /** The keys that a login or text PDU brings, at its end. */
  read(pdu: Pdu): Node[] {
    let pieces = this.#open.get(pdu.direction);
    if (pieces === undefined) {
      pieces = new TextPieces();
      this.#open.set(pdu.direction, pieces);
    }
    const saysMore = (pdu.view.getUint8(pdu.at + FLAGS) & CONTINUE) !== 0;
    const piece = { ...pieces.next(pdu, saysMore), absence: absenceOf(pdu) };
    const { place, history } = this.#negotiation(pdu);
    return textNodes(piece, 0, place, history, this.#showSecrets);
  }

  lost(direction: number): void {
    this.#open.delete(direction);
  }

  ended(direction: number): void {
    this.#open.delete(direction);
    this.#logins.delete(direction >> 1);
  }

  #negotiation(pdu: Pdu): { place: KeyPlace; history: KeyHistory } {
    const side = pdu.fromInitiator ? 'initiator' : 'target';
    const login = this.#login(pdu);
    const isLogin = pdu.opcode === Opcode.loginRequest || pdu.opcode === Opcode.loginResponse;
    const stage = isLogin ? STAGES[get(pdu.view, pdu.at, loginRequest.csg)] : 'full-feature';
    return { place: { side, stage, leading: login.leading }, history: login.history };
  }

  /** A login request with another task tag begins another login (RFC 7143 11.12.8). */
  #login(pdu: Pdu): Login {
    const tag = get(pdu.view, pdu.at, bhs.initiatorTaskTag);
    const now = this.#logins.get(pdu.connection);
    const begins = pdu.opcode === Opcode.loginRequest && now?.tag !== tag;
    if (now !== undefined && !begins) return now;
    const isRequest = pdu.opcode === Opcode.loginRequest;
    const leading = !isRequest || get(pdu.view, pdu.at, loginRequest.tsih) === 0;
    const login = { tag, leading, history: new KeyHistory() };
    this.#logins.set(pdu.connection, login);
    return login;
  }
}
