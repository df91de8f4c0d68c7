// What the two halves of a relay say to each other.

/** `more`: the next batch is waited for; `deaf`: no batch is, ever. */
export type RelayAsk = 'more' | 'deaf';

/** A piece of a batch; a batch without pieces is the end. */
export interface RelayBatch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly count: number;
}
