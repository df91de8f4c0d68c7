// Segments that came again on the connections of a session: why, and which of them in vain.

import type { AgainKind } from '../../stream/events.js';
import { type Facts, storiesOf } from '../facts.js';
import { tcpWatches } from '../watch/tcp.js';

/** What was shown needless, or disorder, outweighs what may be loss by so much. */
const OUTWEIGHS = 5;

export interface SentAgain {
  readonly kinds: ReadonlyMap<AgainKind, number>;
  /** Of these in vain: both copies arrived. */
  readonly vain: ReadonlyMap<AgainKind, number>;
  /** First sendings that came after a copy of theirs. */
  readonly firstAfterCopy: number;
}

export function sentAgainOf(facts: Facts, session: number): SentAgain {
  const kinds = new Map<AgainKind, number>();
  const vain = new Map<AgainKind, number>();
  let firstAfterCopy = 0;
  const add = (to: Map<AgainKind, number>, kind: AgainKind, n: number) => {
    if (n > 0) to.set(kind, (to.get(kind) ?? 0) + n);
  };
  for (const { connection } of storiesOf(facts, session)) {
    for (const side of [0, 1]) {
      const watch = facts.evidence.of(tcpWatches).byDirection.get(connection.id * 2 + side);
      for (const [kind, n] of watch?.again ?? []) add(kinds, kind, n);
      const flow = side === 0 ? connection.a : connection.b;
      const sum = flow.vainTimeout + flow.vainFast + flow.vainProbe + flow.vainUnknown;
      // Where the way doubles packets, a second copy says nothing of the first sending.
      if (flow.doubledSacks > sum) continue;
      firstAfterCopy += flow.firstAfterCopy;
      add(vain, 'timeout', flow.vainTimeout);
      add(vain, 'fast', flow.vainFast);
      add(vain, 'probe', flow.vainProbe);
      add(vain, 'unknown', flow.vainUnknown);
    }
  }
  return { kinds, vain, firstAfterCopy };
}

/** Sent again for that reason, and nothing shows that it was in vain. */
export function maybeLost({ kinds, vain }: SentAgain, kind: AgainKind): number {
  return Math.max(0, (kinds.get(kind) ?? 0) - (vain.get(kind) ?? 0));
}

export function allMaybeLost(again: SentAgain): number {
  return (['timeout', 'fast', 'probe', 'unknown'] as const).reduce(
    (sum, kind) => sum + maybeLost(again, kind),
    0,
  );
}

export function allInVain({ vain }: SentAgain): number {
  let sum = 0;
  for (const n of vain.values()) sum += n;
  return sum;
}

/**
 * Far more segments came late, or were asked for while they were under way, than may have been lost, and no timer
 * had to help: senders took for loss what was disorder.
 */
export function isDisorder(again: SentAgain): boolean {
  const overtaken = Math.max(again.vain.get('fast') ?? 0, again.firstAfterCopy);
  const order = (again.kinds.get('outOfOrder') ?? 0) + overtaken;
  return maybeLost(again, 'timeout') === 0 && order >= OUTWEIGHS * Math.max(1, allMaybeLost(again));
}

/** Nearly all that was sent again had arrived the first time. */
export function isInVain(again: SentAgain): boolean {
  const vain = allInVain(again);
  return (
    vain > 0 &&
    vain >= OUTWEIGHS * allMaybeLost(again) &&
    vain >= (again.kinds.get('outOfOrder') ?? 0)
  );
}
