// Tells a selection where PDUs and frames begin and end.

import type { Message, MessageSink } from '../pdu/message.js';
import { MessageProtocol } from '../pdu/message-codes.js';
import type { PduSink } from '../pdu/pdu.js';
import type { AlignedStarts } from './aligned.js';

export class StartsSink implements PduSink, MessageSink {
  readonly #starts: AlignedStarts;

  constructor(starts: AlignedStarts) {
    this.#starts = starts;
  }

  begin({ direction, frame }: { direction: number; frame: number }): number {
    this.#starts.begins(direction, frame);
    return 0;
  }

  end({ direction, frameEnd }: { direction: number; frameEnd: number }): void {
    this.#starts.ends(direction, frameEnd);
  }

  /** Of RDMA's messages those with PDUs count, which are told as such. */
  messageBegins(m: Message): number {
    return m.protocol === MessageProtocol.fc ? this.begin(m) : 0;
  }

  messageEnds(m: Message): void {
    if (m.protocol === MessageProtocol.fc) this.end(m);
  }

  messagesLost(): void {}
  lost(): void {}
  ended(): void {}
}
