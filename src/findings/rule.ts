// A rule looks at the facts of a whole capture and says what it finds there.

import { EVIDENCE_PER_FINDING, FINDINGS_PER_RULE } from '../limits.js';
import type { Facts } from './facts.js';
import type { Confidence, Found, Owes } from './finding.js';
import type { Occurrences } from './groups.js';
import type { Watch, WatchKind } from './watch.js';

/** What holds of all findings of one id. */
export interface FindingText {
  /** When it is told, in a sentence or two; docs/FINDINGS.md has it. */
  readonly about: string;
  /** What people ask that it answers: a row of docs/FINDINGS.md, shared by findings that say the same. */
  readonly question: string;
  /** The standard's section, or where else the rule comes from. */
  readonly reference: string;
  readonly confidence: Confidence;
  /** Fields that prove it, as `pdu.field` of the tables (`scsi-response.status`). */
  readonly proof?: readonly string[];
  readonly disproof: string;
  readonly next: string;
  /** Whose move it was, where the case does not say otherwise; absent: unknown. */
  readonly owes?: Owes;
  /** Said at the end of its text where no other finding explains it. */
  readonly unexplained?: string;
  /** Ids of findings that may follow from it, on the same two ends and in time (incidents.ts). */
  readonly leadsTo?: readonly string[];
}

/** What may follow where a connection is given up. */
export const LOSES_CONNECTION: readonly string[] = [
  'connection-lost',
  'commands-lost',
  'reinstatement',
  'reinstatement-loop',
];

export interface Rule {
  readonly id: string;
  /** What it looks for and where its facts come from: docs/FINDINGS.md is made of it. */
  readonly about: string;
  /** The findings it may tell, by id. */
  readonly tells: Readonly<Record<string, FindingText>>;
  /** What it needs gathered while the capture passes: it may ask the evidence for these only. */
  readonly watches?: readonly WatchKind<Watch>[];
  find(facts: Facts): Found[];
}

/** Evidence of several sources under one key, in the order of first sight. */
export interface OccurrenceGroup {
  count: number;
  readonly frames: number[];
  fromNs: number;
  toNs: number;
}

/** Nothing gathered yet. */
export function nothing(): OccurrenceGroup {
  return { count: 0, frames: [], fromNs: -1, toNs: -1 };
}

/** Adds to the gathered of `key`, made by `make` where it is new; at most FINDINGS_PER_RULE keys. */
export function gather<T extends OccurrenceGroup>(
  all: Map<string, T>,
  key: string,
  make: () => T,
  seen: Pick<Occurrences, 'count' | 'frames' | 'firstNs' | 'lastNs'>,
): T | undefined {
  let found = all.get(key);
  if (found === undefined) {
    if (all.size >= FINDINGS_PER_RULE) return undefined;
    found = make();
    all.set(key, found);
  }
  found.count += seen.count;
  if (found.fromNs < 0 || seen.firstNs < found.fromNs) found.fromNs = seen.firstNs;
  if (seen.lastNs > found.toNs) found.toNs = seen.lastNs;
  for (const frame of seen.frames) {
    if (frame > 0 && found.frames.length < EVIDENCE_PER_FINDING) found.frames.push(frame);
  }
  return found;
}

/** What one look adds. */
export function once(frame: number, timeNs: number): Parameters<typeof gather>[3] {
  return { count: 1, frames: [frame], firstNs: timeNs, lastNs: timeNs };
}

/** When something was seen, as a finding says it. */
export function when(seen: Pick<Occurrences, 'firstNs' | 'lastNs'>): {
  fromNs: number;
  toNs: number;
} {
  return { fromNs: seen.firstNs, toNs: seen.lastNs };
}

/** Frames in order, each once, as many as a finding keeps; 0 is none. */
export function inOrder(frames: readonly number[]): number[] {
  const known = [...new Set(frames)].filter((frame) => frame > 0);
  return known.sort((a, b) => a - b).slice(0, EVIDENCE_PER_FINDING);
}
