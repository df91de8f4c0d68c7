// A command's ladder as one JSON object: its facts, phases and steps. Times are ns since the first
// packet, as in pdus --json.

import { decimal64, hex64 } from '../lib/hex.js';
import { operationText } from '../report/commands.js';
import type { CommandLadder, LadderStep } from '../report/ladder/command-ladder.js';
import { OUTCOME_NAMES } from '../scsi/task.js';
import { hex } from '../wire/field.js';
import { pduOf } from '../wire/iscsi/pdus.js';
import { senseText } from '../wire/scsi/sense.js';

export function ladderJson(ladder: CommandLadder): string {
  const { task } = ladder;
  return JSON.stringify({
    session: task.session,
    connection: task.connection,
    lun: hex64(task.lunHigh, task.lunLow),
    initiatorTaskTag: task.tag,
    cmdSN: task.commandSeen ? task.cmdSN : undefined,
    operation: operationText(task.operation),
    cdb: task.cdbLength > 0 ? hex(task.cdb, 0, task.cdbLength) : undefined,
    lba: task.lbaKnown ? decimal64(task.lbaHigh, task.lbaLow) : undefined,
    blocks: task.lbaKnown ? task.blocks : undefined,
    expectedDataTransferLength: task.commandSeen ? task.expectedLength : undefined,
    dataInBytes: task.dataInBytes,
    dataOutBytes: task.dataOutBytes,
    frame: task.commandFrame || undefined,
    frameEnd: task.statusFrame || task.endFrame || undefined,
    relativeNs: task.commandSeen ? task.commandNs : undefined,
    latencyNs: ladder.latencyNs < 0 || task.statusBound ? undefined : ladder.latencyNs,
    latencyNsMax: ladder.latencyNs >= 0 && task.statusBound ? ladder.latencyNs : undefined,
    phases: ladder.phases,
    tcpWaitNs: task.tcpWaitNs,
    status: task.status < 0 ? undefined : task.status,
    response: task.response < 0 ? undefined : task.response,
    sense: senseText(task),
    outcome: OUTCOME_NAMES[task.outcome],
    steps: ladder.steps.map(stepOf),
    tcpLeftOut: ladder.tcpLeftOut || undefined,
  });
}

function stepOf(step: LadderStep): Record<string, unknown> {
  switch (step.kind) {
    case 'pdu': {
      const { opcode, frame, frameEnd, count, bytes, bufferOffset, r2t, waitedNs } = step;
      return {
        kind: 'PDU',
        name: pduOf(opcode).name,
        opcode,
        from: step.fromInitiator ? 'initiator' : 'target',
        frame,
        frameEnd,
        relativeNs: step.timeNs,
        relativeNsEnd: step.endNs,
        count: count > 1 ? count : undefined,
        bytes,
        bufferOffset,
        r2t: r2t || undefined,
        waitedNs,
        complete: step.complete ? undefined : false,
      };
    }
    case 'tcp': {
      const { kind, frame, fromNs, toNs, why } = step.event;
      const from = step.fromInitiator ? 'initiator' : 'target';
      return {
        kind,
        from,
        frame,
        relativeNs: fromNs,
        relativeNsEnd: toNs,
        count: step.count > 1 ? step.count : undefined,
        bytes: step.bytes || undefined,
        why,
      };
    }
    case 'event': {
      const { kind, frame, endFrame, fields } = step.event;
      const at = step.answer ? endFrame : frame;
      return { kind, answer: step.answer || undefined, frame: at, relativeNs: step.timeNs, fields };
    }
  }
}
