// Commands of one session that did not end well, as one.

import type { Facts } from '../facts.js';
import { gather, nothing, type OccurrenceGroup } from '../rule.js';
import { badTasks, type TaskGroup } from '../watch/bad-tasks.js';

/** Task groups of one session with one of these outcomes, as one. */
export interface SessionGroup extends OccurrenceGroup {
  readonly session: number;
  readonly operations: Set<number>;
}

export function bySession(facts: Facts, wanted: (group: TaskGroup) => boolean): SessionGroup[] {
  const all = new Map<string, SessionGroup>();
  for (const group of facts.evidence.of(badTasks).groups.values()) {
    if (!wanted(group)) continue;
    const make = () => ({ ...nothing(), session: group.session, operations: new Set<number>() });
    const found = gather(all, String(group.session), make, group);
    for (const operation of group.operations) found?.operations.add(operation);
  }
  for (const group of all.values()) group.frames.sort((a, b) => a - b);
  return [...all.values()];
}
