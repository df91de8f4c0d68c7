// One command of the timeline. Times and 64-bit numbers are decimal strings; what was not seen is
// absent; what is inferred says so, and why.

import { type Epoch, isoTime } from '../../capture/time.js';
import { decimal64, hex64 } from '../../lib/hex.js';
import { phasesOf, type TcpCauses } from '../../metrics/phases.js';
import { operationText } from '../../report/commands.js';
import { EVIDENCE_NAMES, latencyNs, OUTCOME_NAMES, Outcome, type Task } from '../../scsi/task.js';
import { hex } from '../../wire/field.js';
import { senseText } from '../../wire/scsi/sense.js';

const RESIDUALS = ['none', 'underflow', 'overflow'] as const;

export function commandRecord(t: Task, epoch: Epoch | undefined): Record<string, unknown> {
  const latency = latencyNs(t);
  return {
    session: t.session,
    initiatorTaskTag: t.tag,
    cmdSN: t.cmdSN,
    connection: t.connection,
    lun: hex64(t.lunHigh, t.lunLow),
    captured: t.commandSeen ? undefined : false,
    immediate: t.immediate || undefined,
    attribute: t.attribute,
    cdb: t.cdbLength > 0 ? hex(t.cdb, 0, t.cdbLength) : undefined,
    operation: operationText(t.commandSeen ? t.operation : -1),
    opcode: t.cdbLength > 0 ? t.opcode : undefined,
    serviceAction: t.serviceAction < 0 ? undefined : t.serviceAction,
    lba: t.lbaKnown ? decimal64(t.lbaHigh, t.lbaLow) : undefined,
    blocks: t.lbaKnown ? t.blocks : undefined,
    expectedDataTransferLength: t.expectedLength,
    bytes: {
      in: t.dataInBytes,
      out: t.dataOutBytes,
      immediate: t.immediateBytes,
      unsolicited: t.unsolicitedBytes,
      missing: t.dataMissing > 0 ? t.dataMissing : undefined,
    },
    time: epoch !== undefined && t.commandSeen ? isoTime(epoch, t.commandNs) : undefined,
    times: timesOf(t),
    latencyNs: latency < 0 || t.statusBound ? undefined : String(latency),
    latencyNsMax: latency >= 0 && t.statusBound ? String(latency) : undefined,
    phases: t.statusBound ? [] : phaseRecords(t),
    tcpWaitNs: positive(t.tcpWaitNs),
    zeroWindowNs: positive(t.zeroWindowNs),
    hostNs: t.r2tsAnswered > 0 ? String(t.hostNs) : undefined,
    r2ts: r2tRecords(t),
    dataInPdus: t.dataInPdus,
    dataOutPdus: t.dataOutPdus,
    response: t.response < 0 ? undefined : t.response,
    status: t.status < 0 ? undefined : t.status,
    sense: senseOf(t),
    residual:
      t.residualKind > 0 ? { kind: RESIDUALS[t.residualKind], count: t.residualCount } : undefined,
    outcome: OUTCOME_NAMES[t.outcome],
    inferred: inferredOf(t),
    frames: { first: t.commandFrame || undefined, last: t.statusFrame || t.endFrame || undefined },
  };
}

/** When the command began, or its first trace. */
export function startNs(t: Task): number {
  if (t.commandSeen) return t.commandNs;
  const seen = [t.firstDataInNs, t.firstR2tNs, t.firstDataOutNs, t.statusNs, t.endNs];
  return Math.min(...seen.filter((ns) => ns >= 0), Number.MAX_SAFE_INTEGER);
}

function positive(ns: number): string | undefined {
  return ns > 0 ? String(ns) : undefined;
}

function phaseRecords(t: Task): Record<string, unknown>[] {
  return phasesOf(t).map(({ name, owes, ns, tcpNs, tcp }) => {
    const phase = { name, owes, ns: String(ns) };
    if (tcpNs === undefined) return phase;
    return { ...phase, tcpNs: String(tcpNs), tcp: causeRecord(tcp ?? {}) };
  });
}

function causeRecord(causes: TcpCauses): Record<string, string> {
  return Object.fromEntries(Object.entries(causes).map(([cause, ns]) => [cause, String(ns)]));
}

/** R2Ts in all, and the first ones with their data. */
function r2tRecords(t: Task): Record<string, unknown> {
  const list: Record<string, unknown>[] = [];
  for (let i = 0; i < t.bursts.count; i++) list.push(r2tRecord(t, i));
  return {
    count: t.r2ts,
    bytes: t.r2tBytes,
    outstandingMax: t.r2tsOutstandingMax,
    answered: t.r2tsAnswered,
    list: list.length > 0 ? list : undefined,
    listed: t.r2ts > list.length ? list.length : undefined,
  };
}

function r2tRecord({ bursts }: Task, i: number): Record<string, unknown> {
  return {
    r2tSN: bursts.r2tSN(i),
    targetTransferTag: bursts.targetTransferTag(i),
    bufferOffset: bursts.bufferOffset(i),
    desiredDataTransferLength: bursts.desired(i),
    bytes: bursts.bytes(i),
    r2tNs: String(bursts.r2tNs(i)),
    firstDataNs: seen(bursts.firstDataNs(i)),
    lastDataNs: seen(bursts.lastDataNs(i)),
    frame: bursts.r2tFrame(i),
    firstDataFrame: bursts.firstDataFrame(i) || undefined,
    lastDataFrame: bursts.lastDataFrame(i) || undefined,
  };
}

function seen(time: number): string | undefined {
  return time < 0 ? undefined : String(time);
}

/** Times that were seen, in ns since the first packet. */
function timesOf(t: Task): Record<string, string | undefined> {
  return {
    command: t.commandSeen ? String(t.commandNs) : undefined,
    commandEnd: seen(t.commandEndNs),
    firstR2t: seen(t.firstR2tNs),
    lastR2t: seen(t.lastR2tNs),
    firstDataOut: seen(t.firstDataOutNs),
    lastDataOut: seen(t.lastDataOutNs),
    firstDataIn: seen(t.firstDataInNs),
    lastDataIn: seen(t.lastDataInNs),
    status: t.statusBound ? undefined : seen(t.statusNs),
    statusAtLatest: t.statusBound ? seen(t.statusNs) : undefined,
    end: t.outcome === Outcome.open ? undefined : seen(t.endNs),
  };
}

function senseOf(t: Task): Record<string, unknown> | undefined {
  const text = senseText(t);
  return text === undefined ? undefined : { key: t.senseKey, asc: t.asc, ascq: t.ascq, text };
}

/** What of the outcome was not captured, and how it is known nevertheless. */
function inferredOf(t: Task): Record<string, unknown> | undefined {
  if (t.outcome !== Outcome.statusNotCaptured && !t.statusBound) return undefined;
  return {
    outcome: true,
    why: EVIDENCE_NAMES[t.evidence] || 'a later PDU proves that it had ended',
  };
}
