// The time of one command split by who owed the next move; the phases sum up to the whole. The
// session stage splits it while PDUs pass (phases.ts); this gives it names and order.

import { PHASE_COUNT, PhaseCode, type Task, TCP_CAUSES } from './task.js';

/** The times of a command: Task and KeptCommand both have them. */
export type CommandTimes = Readonly<
  Pick<
    Task,
    | 'commandSeen'
    | 'commandNs'
    | 'firstR2tNs'
    | 'firstDataOutNs'
    | 'lastDataOutNs'
    | 'firstDataInNs'
    | 'lastDataInNs'
    | 'statusNs'
    | 'phaseNs'
    | 'phaseTcpNs'
    | 'tcpCauseNs'
  >
>;

/** Why TCP kept bytes back, and how long; what did not happen is absent. */
export interface TcpCauses {
  readonly retransmissionNs?: number;
  readonly reorderingNs?: number;
  readonly zeroWindowNs?: number;
  readonly windowFullNs?: number;
}
export const TCP_CAUSE_KEYS: readonly (keyof TcpCauses)[] = [
  'retransmissionNs',
  'reorderingNs',
  'zeroWindowNs',
  'windowFullNs',
];

export const TCP_CAUSE_WORDS: Readonly<Record<keyof TcpCauses, string>> = {
  retransmissionNs: 'retransmission',
  reorderingNs: 'reordering',
  zeroWindowNs: 'zero window',
  windowFullNs: 'window full',
};

export type PhaseName =
  | 'unsolicited data'
  | 'command to R2T'
  | 'R2T to data'
  | 'data out'
  | 'between bursts'
  | 'command to data'
  | 'data in'
  | 'data to status'
  | 'command to status';

export interface Phase {
  readonly name: PhaseName;
  /** Who had to act; `both` where data flowed. */
  readonly owes: 'initiator' | 'target' | 'both';
  readonly ns: number;
  /** Of these, how long TCP kept the bytes back; absent where it did not. */
  readonly tcpNs?: number;
  /** By cause; they sum up to tcpNs. */
  readonly tcp?: TcpCauses;
}

interface Row {
  readonly name: PhaseName;
  readonly owes: Phase['owes'];
}

/** By PhaseCode, in the order in which they are told. */
export const PHASES: readonly Row[] = [
  { name: 'unsolicited data', owes: 'initiator' },
  { name: 'command to R2T', owes: 'target' },
  { name: 'R2T to data', owes: 'initiator' },
  { name: 'data out', owes: 'both' },
  { name: 'between bursts', owes: 'target' },
  { name: 'command to data', owes: 'target' },
  { name: 'data in', owes: 'both' },
  { name: 'data to status', owes: 'target' },
  { name: 'command to status', owes: 'target' },
];

/**
 * Array latency (DAL): of a read from the command to its first data; of a write all the time in
 * which no R2T waited and no data flowed. TCP's part is in it.
 */
export function arrayNs(
  task: Pick<CommandTimes, 'phaseNs'> & Pick<Task, 'dataInPdus' | 'dataOutBytes'>,
): number {
  const p = task.phaseNs;
  if (task.dataInPdus > 0 && task.dataOutBytes === 0) return p[PhaseCode.commandToData];
  return (
    p[PhaseCode.commandToR2t] +
    p[PhaseCode.betweenBursts] +
    p[PhaseCode.commandToData] +
    p[PhaseCode.dataToStatus] +
    p[PhaseCode.commandToStatus]
  );
}

/** The phases in the order of time; empty where the command or its end was not captured. */
export function phasesOf(t: CommandTimes): Phase[] {
  if (!t.commandSeen || t.statusNs < 0) return [];
  const whole = Math.max(0, t.statusNs - t.commandNs);
  let sum = 0;
  for (let i = 0; i < PHASE_COUNT; i++) sum += t.phaseNs[i];
  if (sum !== whole) return phasesOfMarks(t);
  const phases: Phase[] = [];
  PHASES.forEach(({ name, owes }, i) => {
    if (!happened(t, i)) return;
    const phase = { name, owes, ns: t.phaseNs[i] };
    const tcpNs = t.phaseTcpNs[i];
    phases.push(tcpNs > 0 ? { ...phase, tcpNs, tcp: tcpCausesOf(t.tcpCauseNs, i) } : phase);
  });
  return phases;
}

/** Of the cells of Task.tcpCauseNs those of one phase. */
export function tcpCausesOf(cells: Float64Array, phase: number): TcpCauses {
  const causes: { -readonly [K in keyof TcpCauses]: TcpCauses[K] } = {};
  TCP_CAUSE_KEYS.forEach((key, cause) => {
    const ns = cells[phase * TCP_CAUSES + cause];
    if (ns > 0) causes[key] = ns;
  });
  return causes;
}

/** Sums of several. */
export function tcpCauseSums(phases: readonly { readonly tcp?: TcpCauses }[]): TcpCauses {
  const sums: { -readonly [K in keyof TcpCauses]: TcpCauses[K] } = {};
  for (const { tcp } of phases) {
    for (const key of TCP_CAUSE_KEYS) {
      const ns = tcp?.[key] ?? 0;
      if (ns > 0) sums[key] = (sums[key] ?? 0) + ns;
    }
  }
  return sums;
}

/** A phase that took no time is told where its two ends were there. */
function happened(t: CommandTimes, code: number): boolean {
  if (t.phaseNs[code] > 0) return true;
  switch (code) {
    case PhaseCode.commandToR2t:
      return t.firstR2tNs >= 0;
    case PhaseCode.hostDelay:
      return t.firstR2tNs >= 0 && t.lastDataOutNs >= t.firstR2tNs;
    case PhaseCode.dataOut:
      return t.firstR2tNs >= 0 && t.lastDataOutNs >= t.firstR2tNs;
    case PhaseCode.commandToData:
    case PhaseCode.dataIn:
      return t.firstDataInNs >= 0;
    case PhaseCode.dataToStatus:
      return t.firstDataInNs >= 0 || t.lastDataOutNs >= 0;
    case PhaseCode.commandToStatus:
      return t.firstDataInNs < 0 && t.lastDataOutNs < 0 && t.firstR2tNs < 0 && noTime(t);
    default:
      return false;
  }
}

function noTime(t: CommandTimes): boolean {
  return t.statusNs <= t.commandNs;
}

/** From the marks alone: as exact as they are, for commands of at most one R2T. */
function phasesOfMarks(t: CommandTimes): Phase[] {
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
