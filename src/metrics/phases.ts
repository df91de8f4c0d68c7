// The time of one command split by who owed the next move; the phases sum up to the whole.

/** The times of a command: Task and KeptCommand both have them. */
export interface CommandTimes {
  readonly commandSeen: boolean;
  readonly commandNs: number;
  readonly firstR2tNs: number;
  readonly firstDataOutNs: number;
  readonly lastDataOutNs: number;
  readonly firstDataInNs: number;
  readonly lastDataInNs: number;
  readonly statusNs: number;
}

export type PhaseName =
  | 'command to R2T'
  | 'R2T to data'
  | 'data out'
  | 'command to data'
  | 'data in'
  | 'data to status'
  | 'command to status';

export interface Phase {
  readonly name: PhaseName;
  /** Who had to act; `both` where data flowed. */
  readonly owes: 'initiator' | 'target' | 'both';
  readonly ns: number;
}

/** The phases in the order of time; empty where the command or its end was not captured. */
export function phasesOf(t: CommandTimes): Phase[] {
  if (!t.commandSeen || t.statusNs < 0) return [];
  const phases: Phase[] = [];
  let now = t.commandNs;
  const until = (markNs: number, name: PhaseName, owes: Phase['owes']): void => {
    // A mark out of order (overlapping bursts, a clock that stepped back) takes no time.
    const to = Math.max(now, Math.min(markNs, t.statusNs));
    phases.push({ name, owes, ns: to - now });
    now = to;
  };
  const solicited = t.firstR2tNs >= 0;
  if (solicited) {
    until(t.firstR2tNs, 'command to R2T', 'target');
    if (t.firstDataOutNs >= t.firstR2tNs) until(t.firstDataOutNs, 'R2T to data', 'initiator');
  }
  if (t.lastDataOutNs >= 0) until(t.lastDataOutNs, 'data out', 'both');
  if (t.firstDataInNs >= 0) {
    until(t.firstDataInNs, 'command to data', 'target');
    until(t.lastDataInNs, 'data in', 'both');
  }
  until(t.statusNs, phases.length > 0 ? 'data to status' : 'command to status', 'target');
  return phases;
}
