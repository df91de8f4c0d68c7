// What is remembered of a text negotiation while it goes on.

import type { SessionEvent } from '../../model.js';
import type { Side } from './negotiation.js';
import type { Pair, TextJoin } from './text-join.js';

/** An exchange of text under way. */
export interface TextState {
  readonly initiatorTaskTag: number;
  readonly initiatorText: TextJoin;
  readonly targetText: TextJoin;
  readonly pairs: (readonly [Side, Pair, number])[];
  readonly event: SessionEvent | undefined;
  /** The target that TargetAddress pairs belong to. */
  target: string;
}
