// A rule looks at the facts of a whole capture and says what it finds there.

import { EVIDENCE_PER_FINDING, FINDINGS_PER_RULE } from '../limits.js';
import type { Facts } from './facts.js';
import type { Finding } from './finding.js';
import type { TaskGroup } from './groups.js';

export interface Rule {
  readonly id: string;
  /** What it looks for and where its facts come from: docs/FINDINGS.md is made of it. */
  readonly about: string;
  /** The findings it may tell, where they have other ids than the rule, each in a sentence. */
  readonly tells?: Readonly<Record<string, string>>;
  find(facts: Facts): Finding[];
}

/** Evidence of several sources under one key, in the order of first sight. */
export interface Gathered {
  count: number;
  readonly frames: number[];
}

/** Adds to the gathered of `key`, made by `make` where it is new; at most FINDINGS_PER_RULE keys. */
export function gather<T extends Gathered>(
  all: Map<string, T>,
  key: string,
  make: () => T,
  count: number,
  frames: readonly number[],
): T | undefined {
  let found = all.get(key);
  if (found === undefined) {
    if (all.size >= FINDINGS_PER_RULE) return undefined;
    found = make();
    all.set(key, found);
  }
  found.count += count;
  for (const frame of frames) {
    if (frame > 0 && found.frames.length < EVIDENCE_PER_FINDING) found.frames.push(frame);
  }
  return found;
}

/** Task groups of one session with one of these outcomes, as one. */
export interface SessionGroup extends Gathered {
  readonly session: number;
  readonly operations: Set<number>;
}

export function bySession(facts: Facts, wanted: (group: TaskGroup) => boolean): SessionGroup[] {
  const all = new Map<string, SessionGroup>();
  for (const group of facts.evidence.groups.values()) {
    if (!wanted(group)) continue;
    const make = () => ({
      count: 0,
      frames: [],
      session: group.session,
      operations: new Set<number>(),
    });
    const found = gather(all, String(group.session), make, group.count, group.frames);
    for (const operation of group.operations) found?.operations.add(operation);
  }
  for (const group of all.values()) group.frames.sort((a, b) => a - b);
  return [...all.values()];
}
