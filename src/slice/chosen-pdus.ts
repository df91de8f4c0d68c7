// PDUs and messages of other protocols that a filter chose: each is kept, and with it the whole exchange of its command.

import type { PduFacts } from '../decode/facts.js';
import { MessageReader } from '../decode/messages.js';
import { PduReader } from '../decode/pdu-reader.js';
import type { MessageFilter } from '../filter/message-filter.js';
import type { PduFilter } from '../filter/pdu-filter.js';
import { SLICE_EXCHANGES_MAX } from '../limits.js';
import { type Message, messageSession } from '../pdu/message.js';
import { MessageProtocol } from '../pdu/message-codes.js';
import { Outcome, type Task, Transport } from '../scsi/task.js';
import { OX_ID } from '../wire/fc/header-offsets.js';
import { FcKind } from '../wire/fc/kinds.js';
import type { SliceSelection } from './selection.js';

/** Of an exchange of FCP: the last frame that was chosen, or the command that it ended as. */
interface ExchangeSeen {
  chosenFrame: number;
  from: number;
  to: number;
  session: number;
}

export class ChosenPdus {
  readonly pdus: PduReader;
  readonly messages: MessageReader;
  readonly #selection: SliceSelection;
  readonly #exchanges = new Map<string, ExchangeSeen>();

  constructor(selection: SliceSelection, pdus: PduFilter, messages: MessageFilter) {
    this.#selection = selection;
    this.pdus = new PduReader({
      details: pdus.needs === 'data',
      take: (facts) => {
        if (pdus.test(facts)) this.#pdu(facts);
      },
    });
    this.messages = new MessageReader({
      take: (facts) => {
        if (messages.test(facts)) this.#message(facts.message);
      },
    });
  }

  taskEnded(task: Task): void {
    if (task.transport === Transport.fcp) this.#exchangeEnded(task);
    this.pdus.taskEnded(task);
  }

  #pdu({ pdu, task, look }: PduFacts): void {
    const session = look?.story(pdu.connection)?.session ?? -1;
    if (!this.#selection.inReach(pdu.connection, session, pdu.frame, pdu.frameEnd)) return;
    if (!this.#selection.inTime(pdu.timeNs, pdu.endNs)) return;
    this.#keep(pdu.connection, session, pdu.frame, pdu.frameEnd);
    if (task === null) return;
    // Its last PDU comes when it is over.
    if (task.outcome === Outcome.open) this.#selection.choose(task);
    else this.#selection.keepTask(task);
  }

  #message(m: Message): void {
    const { connection } = m;
    const fc = m.protocol === MessageProtocol.fc;
    const session = fc ? -1 : messageSession(m);
    if (!this.#selection.inTime(m.timeNs, m.endNs)) return;
    if (!this.#selection.inReach(connection, session, m.frame, m.frameEnd)) return;
    if (connection < 0) this.#selection.keepPackets(m.frame, m.frameEnd);
    else this.#keep(connection, session, m.frame, m.frameEnd);
    if (!fc || (m.kind & 0xf00) !== FcKind.fcp || m.special) return;
    const frame = m;
    const seen = this.#exchange(keyOf(connection, frame.view.getUint16(frame.at + OX_ID)));
    seen.chosenFrame = frame.frame;
    // Its response: the command was over before anybody else saw the frame.
    if (seen.to >= frame.frame)
      this.#selection.keep(taskConnection(connection), seen.session, seen.from, seen.to);
  }

  /** A command of Fibre Channel: kept where one of its frames was chosen. */
  #exchangeEnded(task: Task): void {
    const seen = this.#exchange(keyOf(task.connection, task.tag));
    seen.from = task.commandFrame;
    seen.to = task.endFrame > 0 ? task.endFrame : Number.MAX_SAFE_INTEGER;
    seen.session = task.session;
    if (seen.chosenFrame >= seen.from) this.#selection.keepTask(task);
  }

  #exchange(key: string): ExchangeSeen {
    let seen = this.#exchanges.get(key);
    if (seen === undefined) {
      if (this.#exchanges.size >= SLICE_EXCHANGES_MAX) this.#exchanges.clear();
      seen = { chosenFrame: 0, from: 0, to: 0, session: -1 };
      this.#exchanges.set(key, seen);
    }
    return seen;
  }

  #keep(connection: number, session: number, frame: number, frameEnd: number): void {
    this.#selection.keep(
      connection,
      session,
      this.#selection.aligned.startOf(connection, frame),
      frameEnd,
    );
  }
}

function keyOf(connection: number, oxId: number): string {
  return `${taskConnection(connection)}/${oxId}`;
}

/** Captured frames have no connection; commands on them are of -1. */
function taskConnection(connection: number): number {
  return connection < 0 ? -1 : connection;
}
