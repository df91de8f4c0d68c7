// A command's ladder as one JSON object: its facts, phases and steps. Times are ns since the first
// packet, as in pdus --json.

import { messageNameOf } from '../decode/message-names.js';
import { MessageProtocol } from '../pdu/message-codes.js';
import type { CommandLadder, LadderStep } from '../report/ladder/command-ladder.js';
import type { Around } from '../scsi/fact-kinds.js';
import { commandRecord } from '../scsi/fact-record.js';
import { pduOf } from '../wire/iscsi/pdus.js';
import { COMMAND_SCHEMA } from './schema-names.js';

export function ladderJson(ladder: CommandLadder, around: Around): string {
  return JSON.stringify({
    schema: COMMAND_SCHEMA,
    type: 'command',
    ...commandRecord(ladder.task, around),
    steps: ladder.steps.map(stepOf),
    tcpLeftOut: ladder.tcpLeftOut,
  });
}

function stepOf(step: LadderStep): Record<string, unknown> {
  switch (step.kind) {
    case 'pdu': {
      const { protocol, frame, frameEnd, count, bytes, bufferOffset, r2t, waitedNs } = step;
      const isPdu = protocol === MessageProtocol.iscsi;
      return {
        kind: isPdu ? 'PDU' : 'message',
        name: isPdu ? pduOf(step.opcode).name : messageNameOf(protocol, step.kindOf),
        pduOpcode: isPdu ? step.opcode : undefined,
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
