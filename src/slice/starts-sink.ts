// Tells a selection where PDUs and frames begin and end.

import type { FcSink } from '../pdu/fc/frame.js';
import type { PduSink } from '../pdu/pdu.js';
import type { AlignedStarts } from './aligned.js';

export class StartsSink implements PduSink, FcSink {
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

  lost(): void {}
  unframed(): void {}
  ended(): void {}
}
