// What of a timeline is written now, and what must wait: PDUs of a login whose session is not known
// yet, and commands that are chosen by their PDUs, the last of which is looked at after they ended.

import { LOGIN_STEPS_MAX } from '../../limits.js';
import type { Pdu } from '../../pdu/pdu.js';
import type { SessionQuery } from '../../session/session-query.js';
import { get } from '../../wire/field.js';
import { bhs } from '../../wire/iscsi/bhs.js';
import { Opcode } from '../../wire/iscsi/codes.js';
import { endsText, taskText } from '../pdu-names.js';
import { pduMembers } from './pdu-record.js';
import { type Selection, takesSession, takesTime } from './selection.js';

const TAG_END = bhs.initiatorTaskTag.byte + bhs.initiatorTaskTag.size;
const OF_TASKS: ReadonlySet<number> = new Set([
  Opcode.scsiCommand,
  Opcode.scsiResponse,
  Opcode.dataIn,
  Opcode.dataOut,
  Opcode.r2t,
]);

/** PDUs of a selection: told as the members of a JSON object, without its braces. */
export class PduChoice {
  look: SessionQuery | undefined = undefined;
  readonly #of: Selection;
  readonly #write: (members: string) => void;
  /** By connection: PDUs that wait for their session to be known. */
  readonly #held: Map<number, string[]> = new Map();
  /** By direction: what is said of the command of the PDU under way. */
  readonly #commands: string[] = [];

  constructor(of: Selection, write: (members: string) => void) {
    this.#of = of;
    this.#write = write;
  }

  /** A PDU begins: the session stage has just seen its header, so that its task is open. */
  begin(pdu: Pdu): void {
    this.#commands[pdu.direction] = this.#of.pdus ? this.#commandOf(pdu) : '';
  }

  #commandOf(pdu: Pdu): string {
    if (!OF_TASKS.has(pdu.opcode) || pdu.headerCaptured < TAG_END) return '';
    const tag = get(pdu.view, pdu.at, bhs.initiatorTaskTag);
    const open = this.look?.openTask(pdu.connection, tag);
    return open == null ? '' : taskText(open.task);
  }

  /** A PDU that passed the filter, at its end. */
  pdu(pdu: Pdu): void {
    const of = this.#of;
    if (!takesTime(of, pdu.timeNs)) return;
    of.chosen?.add(pdu);
    if (!of.pdus) return;
    const session = this.look?.story(pdu.connection)?.session ?? -1;
    if (of.session !== undefined && session < 0) {
      this.#hold(pdu);
      return;
    }
    if (this.#held.size > 0) this.#release(pdu.connection, session);
    if (!takesSession(of, session)) return;
    const command = this.#commands[pdu.direction];
    this.#write(pduMembers(pdu, session, this.look?.session(session), command));
  }

  /** Nothing more comes: logins that came to nothing have their session now. */
  finish(): void {
    for (const connection of [...this.#held.keys()]) {
      this.#release(connection, this.look?.story(connection)?.session ?? -1);
    }
  }

  #hold(pdu: Pdu): void {
    const waiting = this.#held.get(pdu.connection);
    const members = pduMembers(pdu, -1);
    if (waiting === undefined) this.#held.set(pdu.connection, [members]);
    else if (waiting.length < LOGIN_STEPS_MAX) waiting.push(members);
  }

  #release(connection: number, session: number): void {
    const waiting = this.#held.get(connection);
    if (waiting === undefined) return;
    this.#held.delete(connection);
    if (session < 0 || !takesSession(this.#of, session)) return;
    const ends = this.look?.session(session);
    const head = `"session":${session}${ends === undefined ? '' : endsText(ends)}`;
    for (const members of waiting) this.#write(`${head},${members}`);
  }
}

/** Commands that are chosen by a PDU of theirs. */
export class CommandChoice {
  readonly #write: (session: number, text: string) => void;
  readonly #marked: Set<number> = new Set();
  readonly #ended: { readonly number: number; session: number; text: string }[] = [];

  constructor(write: (session: number, text: string) => void) {
    this.#write = write;
  }

  mark(number: number): void {
    this.#marked.add(number);
  }

  /** A command that ended; its own PDU may be looked at next. */
  ended(number: number, session: number, text: string): void {
    this.#ended.push({ number, session, text });
  }

  /** The PDU has been looked at. */
  settle(): void {
    if (this.#ended.length === 0) return;
    for (const { number, session, text } of this.#ended) {
      if (this.#marked.delete(number)) this.#write(session, text);
    }
    this.#ended.length = 0;
  }
}
