// A session's command window and broken rules → its part of the report.

import type { SequenceStory, Session } from '../session/model.js';

export interface CommandWindowReport {
  /** MaxCmdSN - ExpCmdSN + 1: smallest and largest seen. */
  readonly widthMin: number;
  readonly widthMax: number;
  /** Most commands sent that ExpCmdSN did not count yet. */
  readonly usedMax: number;
  /** The target closed it: times, time in all and longest, and the first of these times. */
  readonly closed: number;
  readonly closedNs: number;
  readonly closedNsMax: number;
  readonly closures: readonly {
    readonly fromNs: number;
    readonly toNs: number;
    readonly frame: number;
  }[];
  /** All of it was used: the initiator could not send. */
  readonly usedUp: number;
  readonly usedUpNs: number;
  readonly usedUpNsMax: number;
  /** The first command that used the last of it. */
  readonly usedUpFrame?: number;
}

/** Rules that were broken, by the name that the model gives them: how often, and where first. */
export type BrokenRules = Readonly<
  Partial<Record<keyof SequenceStory, { readonly count: number; readonly frame: number }>>
>;

/** undefined where no PDU of the target told a window. */
export function commandWindowReport({ window: w }: Session): CommandWindowReport | undefined {
  if (!w.known) return undefined;
  return {
    widthMin: w.widthMin,
    widthMax: w.widthMax,
    usedMax: w.usedMax,
    closed: w.closed,
    closedNs: w.closedNs,
    closedNsMax: w.closedNsMax,
    closures: w.closures,
    usedUp: w.usedUp,
    usedUpNs: w.usedUpNs,
    usedUpNsMax: w.usedUpNsMax,
    usedUpFrame: w.usedUpFrame || undefined,
  };
}

/** Those that were broken; undefined where none was. */
export function brokenRules({ sequence }: Session): BrokenRules | undefined {
  const broken = Object.entries(sequence).filter(([, { count }]) => count > 0);
  return broken.length > 0 ? (Object.fromEntries(broken) as BrokenRules) : undefined;
}
