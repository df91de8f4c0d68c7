// One kept command → its row in the report.

import { type Epoch, isoTime } from '../capture/time.js';
import { decimal64, hex64 } from '../lib/hex.js';
import type { KeptCommand } from '../metrics/kept-command.js';
import { phasesOf } from '../metrics/phases.js';
import { OUTCOME_NAMES, Outcome } from '../scsi/task.js';
import { hex } from '../wire/field.js';
import { operationName } from '../wire/scsi/operations.js';
import { senseText } from '../wire/scsi/sense.js';
import type { CommandReport } from './report.js';

/** `lastNs` is the end of the capture: until then an open command is open. */
export function commandReport(
  c: KeptCommand,
  epoch: Epoch | undefined,
  lastNs: number,
): CommandReport {
  const open = c.outcome === Outcome.open;
  return {
    session: c.session,
    connection: c.connection,
    lun: hex64(c.lunHigh, c.lunLow),
    initiatorTaskTag: c.tag,
    cmdSN: c.cmdSN,
    operation: operationText(c.operation),
    opcode: c.opcode,
    serviceAction: c.serviceAction < 0 ? undefined : c.serviceAction,
    cdb: hex(c.cdb, 0, c.cdbLength),
    lba: c.lbaKnown ? decimal64(c.lbaHigh, c.lbaLow) : undefined,
    blocks: c.lbaKnown ? c.blocks : undefined,
    expectedDataTransferLength: c.expectedLength,
    bytes: c.dataInBytes + c.dataOutBytes,
    r2ts: c.r2ts,
    frame: c.commandFrame,
    frameEnd: c.statusFrame > 0 ? c.statusFrame : c.endFrame > 0 ? c.endFrame : undefined,
    time: epoch === undefined ? undefined : isoTime(epoch, c.commandNs),
    relativeNs: c.commandNs,
    latencyNs: Math.max(0, (open ? lastNs : c.statusNs) - c.commandNs),
    open: open ? true : undefined,
    atMost: c.statusBound && !open ? true : undefined,
    phases: phasesOf(c),
    tcpWaitNs: c.tcpWaitNs > 0 ? c.tcpWaitNs : undefined,
    outcome: OUTCOME_NAMES[c.outcome],
    status: c.status < 0 ? undefined : c.status,
    sense: senseOf(c),
  };
}

/** The name of an operation number; -1 where the CDB was not captured, below that: pooled. */
export function operationText(operation: number): string {
  if (operation < -1) return 'others';
  return operation === -1 ? 'not captured' : operationName(operation);
}

function senseOf(c: KeptCommand): CommandReport['sense'] {
  const text = senseText(c);
  return text === undefined ? undefined : { key: c.senseKey, asc: c.asc, ascq: c.ascq, text };
}
