// What rules ask of metrics by LUN.

import type { LunMetrics } from '../../metrics/counters.js';
import type { Session } from '../../session/model.js';
import type { Facts } from '../facts.js';

/** All LUNs that were measured apart, by session. */
export function lunsOf(facts: Facts): LunMetrics[] {
  return facts.metrics.sessions.flatMap((session) =>
    [...(session?.luns.values() ?? [])].flatMap((byLow) => [...byLow.values()]),
  );
}

/** Those of one session. */
export function lunsOfSession(facts: Facts, session: number): LunMetrics[] {
  const luns = facts.metrics.sessions[session]?.luns.values() ?? [];
  return [...luns].flatMap((byLow) => [...byLow.values()]);
}

/** What all commands of a session took, in ns, one after the other. */
export function latencyOfSession(facts: Facts, session: number): number {
  const cells = lunsOfSession(facts, session).flatMap((lun) => [...lun.cells.values()]);
  return cells.reduce((sum, cell) => sum + cell.latency.sum, 0);
}

/** A LUN of two ends that are known by name, whichever session; '' where they are not. */
export function lunOfEnds({ initiatorName, targetName }: Session, lun: string): string {
  return initiatorName === '' || targetName === '' ? '' : `${initiatorName} ${targetName} ${lun}`;
}
