// The session stage first, then whoever lists messages.

import type { MessageSink } from '../message.js';
import type { IsnsPdu, IsnsSink } from './pdu.js';

export class BothIsns implements IsnsSink {
  readonly #first: IsnsSink;
  readonly #second: MessageSink;

  constructor(first: IsnsSink, second: MessageSink) {
    this.#first = first;
    this.#second = second;
  }

  isns(pdu: IsnsPdu): void {
    this.#first.isns(pdu);
    this.#second.messageBegins(pdu);
    this.#second.messageEnds(pdu);
  }

  lost(direction: number, bytes: number): void {
    this.#first.lost(direction, bytes);
  }

  ended(direction: number, timeNs: number): void {
    this.#first.ended(direction, timeNs);
  }
}
