// hot: no allocation per packet
// The session stage first, so that whoever else looks at a frame finds its exchange up to date.

import type { FcFrame, FcSink } from './frame.js';

export class BothFrames implements FcSink {
  private readonly first: FcSink;
  private readonly second: FcSink;

  constructor(first: FcSink, second: FcSink) {
    this.first = first;
    this.second = second;
  }

  begin(frame: FcFrame): number {
    return Math.max(this.first.begin(frame), this.second.begin(frame));
  }

  end(frame: FcFrame): void {
    this.first.end(frame);
    this.second.end(frame);
  }

  lost(direction: number, bytes: number, timeNs: number, frame: number, absent: number): void {
    this.first.lost(direction, bytes, timeNs, frame, absent);
    this.second.lost(direction, bytes, timeNs, frame, absent);
  }

  unframed(direction: number): void {
    this.first.unframed(direction);
    this.second.unframed(direction);
  }

  ended(direction: number, timeNs: number, frame: number): void {
    this.first.ended(direction, timeNs, frame);
    this.second.ended(direction, timeNs, frame);
  }
}
