// One command seen at two points, and where its time went. The host's own time is what the point at
// the host sees the host owe (data for R2Ts); the array's is what the point at the array sees the array
// owe; the rest of the latency went by between the points, both ways, and what of it TCP needed to mend
// losses is told apart. The five parts add up to the latency at the host.

import { PhaseCode, type Task } from '../scsi/task.js';

/** What is kept of a command of one point until the other has it. */
export interface PointCommand {
  readonly tag: number;
  readonly operation: number;
  readonly opcode: number;
  readonly lun: readonly [number, number];
  readonly frame: number;
  /** First byte of the command, last of the status, by the point's clock in the first point's epoch. */
  readonly startNs: number;
  readonly latencyNs: number;
  /** What its initiator owed, and its target; of the latter what TCP took. */
  readonly hostNs: number;
  readonly arrayNs: number;
  readonly arrayTcpNs: number;
  readonly bursts: number;
  readonly dataInBytes: number;
  readonly dataOutBytes: number;
  readonly outcome: number;
  readonly status: number;
}

export interface SplitCommand {
  readonly host: PointCommand;
  readonly array: PointCommand;
  readonly hostNs: number;
  readonly networkOutNs: number;
  readonly arrayNs: number;
  readonly networkBackNs: number;
  readonly recoveryNs: number;
  /** What the command's own first byte took out, and the status' last one back, as measured: never below 0. */
  readonly commandNs: number;
  readonly statusNs: number;
}

const HOST_PHASES = [PhaseCode.unsolicited, PhaseCode.hostDelay, PhaseCode.dataOut];
const ARRAY_PHASES = [
  PhaseCode.commandToR2t,
  PhaseCode.betweenBursts,
  PhaseCode.commandToData,
  PhaseCode.dataIn,
  PhaseCode.dataToStatus,
  PhaseCode.commandToStatus,
];

/** Keeps what the split needs; undefined where the command has no latency. */
export function pointCommand(t: Task, shiftNs: number): PointCommand | undefined {
  if (!t.commandSeen || t.statusNs < 0 || t.statusBound) return undefined;
  const sum = (phases: readonly number[], of: Float64Array) =>
    phases.reduce((all, phase) => all + of[phase], 0);
  return {
    tag: t.tag,
    operation: t.operation,
    opcode: t.opcode,
    lun: [t.lunHigh, t.lunLow],
    frame: t.commandFrame,
    startNs: t.commandNs + shiftNs,
    latencyNs: t.statusNs - t.commandNs,
    hostNs: sum(HOST_PHASES, t.phaseNs),
    arrayNs: sum(ARRAY_PHASES, t.phaseNs),
    arrayTcpNs: sum(ARRAY_PHASES, t.phaseTcpNs),
    bursts: t.r2ts,
    dataInBytes: t.dataInBytes,
    dataOutBytes: t.dataOutBytes,
    outcome: t.outcome,
    status: t.status,
  };
}

/**
 * Splits the latency at the host. `offsetNs`: the array point's clock less the host point's, at that
 * time; `outNs` and `backNs`: the usual one-way times, by which what several bursts crossed is shared out.
 */
export function splitCommand(
  host: PointCommand,
  array: PointCommand,
  offsetNs: number,
  outNs: number,
  backNs: number,
): SplitCommand {
  const arrayNs = Math.min(array.arrayNs, host.latencyNs);
  const hostNs = Math.min(host.hostNs, host.latencyNs - arrayNs);
  const network = host.latencyNs - arrayNs - hostNs;
  // The command on its way, and the status: these crossings are measured.
  const atArrayNs = array.startNs - offsetNs;
  const commandNs = Math.max(0, atArrayNs - host.startNs);
  const statusNs = Math.max(0, host.startNs + host.latencyNs - (atArrayNs + array.latencyNs));
  let out = commandNs;
  let back = statusNs;
  const rest = network - out - back;
  if (rest >= 0) {
    // Each burst crossed twice more: its R2T back, its last data out.
    const usual = outNs + backNs;
    const share = usual > 0 ? outNs / usual : 0.5;
    out += rest * share;
    back += rest * (1 - share);
  } else {
    const scale = out + back > 0 ? Math.max(0, network) / (out + back) : 0;
    out *= scale;
    back *= scale;
  }
  const crossings = 1 + host.bursts;
  const beyond = Math.max(0, out - outNs * crossings) + Math.max(0, back - backNs * crossings);
  const recoveryNs = Math.round(Math.min(beyond, Math.max(0, host.arrayTcpNs - array.arrayTcpNs)));
  const beyondOut = Math.max(0, out - outNs * crossings);
  const ofOut = beyond > 0 ? (recoveryNs * beyondOut) / beyond : 0;
  const networkOutNs = Math.round(out - ofOut);
  const networkBackNs = network - networkOutNs - recoveryNs;
  return {
    ...{ host, array, hostNs, networkOutNs, arrayNs, networkBackNs, recoveryNs },
    ...{ commandNs, statusNs },
  };
}
