// Writes that waited for one R2T after another, each of them a round trip and more.

import { countText, durationText, percentText } from '../../lib/units.js';
import { hex64 } from '../../lib/words.js';
import type { LunMetrics, OperationCell } from '../../metrics/cells.js';
import type { Session } from '../../session/model.js';
import { PhaseCode } from '../../session/task.js';
import { operationName } from '../../wire/scsi/operations.js';
import type { Facts } from '../facts.js';
import type { Finding } from '../finding.js';
import type { Rule } from '../rule.js';

/** R2Ts a command from which on their number matters. */
const R2TS_LEAST = 4;
/** Share of the writes' time from which on it matters. */
const SHARE_LEAST = 0.3;
const COMMANDS_LEAST = 4;
/** Time a command: below this nobody minds. */
const WAIT_LEAST_NS = 1e6;

export const r2tSerialised: Rule = {
  id: 'r2t-serialised',
  about:
    'MaxOutstandingR2T is 1 and writes need four R2Ts or more: between bursts the line is idle for a ' +
    'round trip and the target’s time, and this is a third of the writes’ latency or more.',
  find(facts) {
    return facts.sessions.filter(oneAtATime).flatMap((session) => ofSession(session, facts));
  },
};

function oneAtATime(session: Session): boolean {
  const key = session.parameters.find((p) => p.key === 'MaxOutstandingR2T');
  return session.loginSeen && key?.result === '1';
}

function ofSession(session: Session, facts: Facts): Finding[] {
  const luns = [...(facts.metrics.sessions[session.id]?.luns.values() ?? [])];
  return luns
    .flatMap((byLow) => [...byLow.values()])
    .flatMap((lun) => [...lun.cells.values()].flatMap((cell) => found(session, lun, cell)));
}

function found(session: Session, lun: LunMetrics, cell: OperationCell): Finding[] {
  const writes = cell.latency.count;
  if (writes < COMMANDS_LEAST || cell.r2ts < writes * R2TS_LEAST) return [];
  const waited = cell.phaseNs[PhaseCode.betweenBursts] + cell.phaseNs[PhaseCode.hostDelay];
  if (waited < cell.latency.sum * SHARE_LEAST || waited < writes * WAIT_LEAST_NS) return [];
  const burst = session.parameters.find((p) => p.key === 'MaxBurstLength')?.result ?? '?';
  return [
    {
      id: r2tSerialised.id,
      severity: 'note',
      title: `${operationName(cell.operation)} waits for one R2T after another`,
      text:
        `${countText(cell.r2ts / writes)} R2Ts a command, ${durationText(waited / writes)} of it ` +
        `between bursts (${percentText(waited, cell.latency.sum)} of the latency). A larger ` +
        `MaxBurstLength (now ${burst}), MaxOutstandingR2T above 1, or more unsolicited data would ` +
        'save round trips.',
      count: writes,
      frames: [cell.hostFrame],
      session: session.id,
      lun: hex64(lun.lunHigh, lun.lunLow),
    },
  ];
}
