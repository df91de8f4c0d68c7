// What is counted for one set of labels.

import { type Exemplar, LATENCY_BOUNDS, type Labels } from './families.js';

export class OperationSeries {
  readonly labels: Labels;
  readonly counts: Float64Array = new Float64Array(LATENCY_BOUNDS.length + 1);
  readonly exemplars: (Exemplar | undefined)[] = new Array(LATENCY_BOUNDS.length + 1).fill(
    undefined,
  );
  ended = 0;
  failed = 0;
  count = 0;
  sum = 0;

  constructor(labels: Labels) {
    this.labels = labels;
  }
}

export class LunSeries {
  readonly labels: Labels;
  outstanding = 0;
  readBytes = 0;
  writtenBytes = 0;

  constructor(labels: Labels) {
    this.labels = labels;
  }
}

export class NexusSeries {
  readonly labels: Labels;
  retransmissions = 0;
  /** The session that was heard of last: its window is told. */
  session = -1;

  constructor(labels: Labels) {
    this.labels = labels;
  }
}
