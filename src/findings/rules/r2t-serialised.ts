// Writes that waited for one R2T after another, each of them a round trip and more; and what larger
// bursts would save.

import { hex64 } from '../../lib/hex.js';
import { bytesText, countText, durationText, percentText } from '../../lib/number-text.js';
import type { LunMetrics, OperationCell } from '../../metrics/counters.js';
import { PhaseCode } from '../../scsi/task.js';
import type { Session } from '../../session/model.js';
import { operationName } from '../../wire/scsi/operations.js';
import type { Found } from '../finding.js';
import type { Rule } from '../rule.js';
import { lunsOfSession } from '../support/luns.js';

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
  tells: {
    'r2t-serialised': {
      question: 'Large writes over a long line',
      owes: 'none',
      about: 'Large writes go in many small bursts, one waiting for the other.',
      reference: 'RFC 7143 13.13, 13.14, 13.17',
      confidence: 'certain',
      proof: ['r2t.desiredDataTransferLength', 'r2t.r2tSN'],
      disproof: 'Writes as slow with fewer R2Ts: then the time between bursts is the target’s own.',
      next:
        'Raise MaxBurstLength and FirstBurstLength, or MaxOutstandingR2T where the target takes it; ' +
        'both sides must offer it, the smaller value holds.',
    },
  },
  find(facts) {
    return facts.sessions
      .filter(oneAtATime)
      .flatMap((session) =>
        lunsOfSession(facts, session.id).flatMap((lun) =>
          [...lun.cells.values()].flatMap((cell) => found(session, lun, cell)),
        ),
      );
  },
};

function inForce(session: Session, key: string): string | undefined {
  return session.parameters.find((p) => p.key === key)?.result;
}

function oneAtATime(session: Session): boolean {
  return session.loginSeen && inForce(session, 'MaxOutstandingR2T') === '1';
}

function found(session: Session, lun: LunMetrics, cell: OperationCell): Found[] {
  const writes = cell.latency.count;
  if (writes < COMMANDS_LEAST || cell.r2ts < writes * R2TS_LEAST) return [];
  const between = cell.phaseNs[PhaseCode.betweenBursts];
  const waited = between + cell.phaseNs[PhaseCode.hostDelay];
  if (waited < cell.latency.sum * SHARE_LEAST || waited < writes * WAIT_LEAST_NS) return [];
  const r2ts = cell.r2ts / writes;
  // One R2T for all stays; each one saved saves the pause before it.
  const saved = (waited / cell.r2ts) * Math.max(0, r2ts - 1);
  const [burst, first] = [inForce(session, 'MaxBurstLength'), inForce(session, 'FirstBurstLength')];
  const size = cell.dataOutBytes / Math.max(1, cell.commands);
  return [
    {
      id: r2tSerialised.id,
      severity: 'note',
      title: `${operationName(cell.operation)} waits for one R2T after another`,
      text:
        `${countText(r2ts)} R2Ts a command of ${bytesText(Math.round(size))}, ` +
        `${durationText(waited / writes)} of it between bursts (${percentText(waited, cell.latency.sum)} ` +
        `of the latency, ${durationText(waited / cell.r2ts)} each). One R2T for all would save some ` +
        `${durationText(saved)} a command. In force: MaxBurstLength ${burst ?? 'unknown'}, ` +
        `FirstBurstLength ${first ?? 'unknown'}.`,
      count: writes,
      frames: [cell.hostFrame],
      session: session.id,
      lun: hex64(lun.lunHigh, lun.lunLow),
      values: {
        r2tsPerCommand: r2ts,
        waitNsMean: waited / writes,
        savedNsMean: saved,
        maxBurstLength: Number(burst ?? 0),
      },
    },
  ];
}
