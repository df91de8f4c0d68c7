// What is known of a command, as facts: what they are called, how they are read, how they are judged.

import { endedWell, failed } from './task.js';

/** How an outcome is to be taken: one rule for lists, ladders and screens (view/theme.ts has the colours). */
export type OutcomeTone = 'good' | 'warn' | 'bad';

/** Nobody knows how a command ended that is open, or whose status was not captured: these are no failures. */
export function outcomeTone(outcome: number): OutcomeTone {
  if (failed(outcome)) return 'bad';
  return endedWell(outcome) ? 'good' : 'warn';
}
