// The timeline of sessions, version 1: one JSON document, written as commands end and put together
// at the end, in bounded memory. Times and 64-bit numbers are decimal strings of ns since the first
// packet; what is inferred says so. Same bytes in, same bytes out.

import { type Epoch, isoTime } from '../capture/time.js';
import { decimal64, hex64 } from '../lib/words.js';
import { phasesOf } from '../metrics/phases.js';
import { operationText } from '../report/commands.js';
import type { Report, SessionReport } from '../report/report.js';
import {
  EVIDENCE_NAMES,
  latencyNs,
  OUTCOME_NAMES,
  Outcome,
  type Task,
  type TaskSink,
} from '../session/task.js';
import { hex } from '../wire/field.js';
import { ascText } from '../wire/scsi/asc.js';
import { senseKeyName } from '../wire/scsi/sense.js';
import { Spool } from './spool.js';

export const TIMELINE_SCHEMA = 'sanscope/timeline/1';

const RESIDUALS = ['none', 'underflow', 'overflow'] as const;

export class TimelineWriter implements TaskSink {
  epoch: Epoch | undefined = undefined;
  readonly #spool: Spool = new Spool();
  readonly #begun: Set<number> = new Set();

  taskStarted(_task: Task): void {}

  taskEnded(task: Task): void {
    const comma = this.#begun.has(task.session) ? ',' : '';
    this.#begun.add(task.session);
    this.#spool.append(task.session, `${comma}\n${JSON.stringify(commandOf(task, this.epoch))}`);
  }

  /** Writes the whole document; `report` has what is known of capture and sessions. */
  finish(report: Report, write: (text: string) => void): void {
    const { capture, totals, sessions, findings, problems } = report;
    write(`{"schema":${JSON.stringify(TIMELINE_SCHEMA)},\n"capture":${ns(capture)},\n`);
    write(`"totals":${ns(totals)},\n"sessions":[`);
    sessions.forEach((session, i) => {
      write(`${i > 0 ? ',' : ''}\n${sessionOpen(session)},"commands":[`);
      this.#spool.each(session.session, write);
      write(']}');
    });
    write(`],\n"findings":${ns(findings)},\n"problems":${ns(problems)}}\n`);
    this.#spool.close();
  }

  /** Where nothing will be finished: leaves no temporary file behind. */
  abandon(): void {
    this.#spool.close();
  }
}

/** A session as an object that is still open at its end. */
function sessionOpen(session: SessionReport): string {
  const { load: _load, ...told } = session;
  const text = ns(told);
  return text.slice(0, -1);
}

/** JSON in which every `…Ns` is a decimal string. */
function ns(value: unknown): string {
  return JSON.stringify(value, (key, v) =>
    typeof v === 'number' && key.endsWith('Ns') ? String(v) : v,
  );
}

function commandOf(t: Task, epoch: Epoch | undefined): Record<string, unknown> {
  const latency = latencyNs(t);
  return {
    initiatorTaskTag: t.initiatorTaskTag,
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
    phases: t.statusBound ? [] : phasesOf(t).map((phase) => ({ ...phase, ns: String(phase.ns) })),
    tcpWaitNs: t.tcpWaitNs > 0 ? String(t.tcpWaitNs) : undefined,
    r2ts: { count: t.r2ts, bytes: t.r2tBytes, outstandingMax: t.r2tsOutstandingMax },
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

/** Times that were seen, in ns since the first packet. */
function timesOf(t: Task): Record<string, string | undefined> {
  const seen = (time: number): string | undefined => (time < 0 ? undefined : String(time));
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
  if (t.senseKey < 0) return undefined;
  const code = t.asc < 0 ? '' : `, ${ascText(t.asc, t.ascq)}`;
  return { key: t.senseKey, asc: t.asc, ascq: t.ascq, text: senseKeyName(t.senseKey) + code };
}

/** What of the outcome was not captured, and how it is known nevertheless. */
function inferredOf(t: Task): Record<string, unknown> | undefined {
  if (t.outcome !== Outcome.statusNotCaptured && !t.statusBound) return undefined;
  return {
    outcome: true,
    why: EVIDENCE_NAMES[t.evidence] || 'a later PDU proves that it had ended',
  };
}
