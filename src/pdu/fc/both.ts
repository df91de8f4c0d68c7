// hot: no allocation per packet
// The session stage first, so that whoever else looks at a frame finds its exchange up to date.

import type { MessageSink } from '../message.js';
import type { FcFrame, FcSink } from './frame.js';

export class BothFrames implements FcSink {
  private readonly first: FcSink;
  private readonly second: MessageSink;

  constructor(first: FcSink, second: MessageSink) {
    this.first = first;
    this.second = second;
  }

  begin(frame: FcFrame): number {
    return Math.max(this.first.begin(frame), this.second.messageBegins(frame));
  }

  end(frame: FcFrame): void {
    this.first.end(frame);
    this.second.messageEnds(frame);
  }

  lost(direction: number, bytes: number, timeNs: number, frame: number, absent: number): void {
    this.first.lost(direction, bytes, timeNs, frame, absent);
    this.second.messagesLost(direction, bytes, timeNs, frame);
  }

  unframed(direction: number): void {
    this.first.unframed(direction);
  }

  ended(direction: number, timeNs: number, frame: number): void {
    this.first.ended(direction, timeNs, frame);
  }
}
