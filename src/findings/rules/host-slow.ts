// The initiator let R2Ts wait: the target was ready for data that did not come (host latency, the
// host delay of SAN analytics).

import { durationText, percentText } from '../../lib/units.js';
import { hex64 } from '../../lib/words.js';
import type { LunMetrics, OperationCell } from '../../metrics/cells.js';
import { PhaseCode } from '../../session/task.js';
import { operationName } from '../../wire/scsi/operations.js';
import type { Finding } from '../finding.js';
import type { Rule } from '../rule.js';

const COMMANDS_LEAST = 4;
/** An R2T's answer takes a round trip where the capture was taken near the target. */
const SLOW_NS = 10e6;
const SHARE_LEAST = 0.5;

export const hostSlow: Rule = {
  id: 'host-slow',
  about:
    'From R2T to the first byte of its data half of the writes took 10 ms or longer, and this was at ' +
    'least half of their time: the host (or the way to it) is slow, not the target.',
  find(facts) {
    return facts.metrics.sessions.flatMap((session) =>
      [...(session?.luns.values() ?? [])]
        .flatMap((byLow) => [...byLow.values()])
        .flatMap((lun) => [...lun.cells.values()].flatMap((cell) => found(lun, cell))),
    );
  },
};

function found(lun: LunMetrics, cell: OperationCell): Finding[] {
  const { host, latency } = cell;
  if (host === undefined || host.count < COMMANDS_LEAST || host.percentile(0.5) < SLOW_NS)
    return [];
  const waited = cell.phaseNs[PhaseCode.hostDelay] - cell.phaseTcpNs[PhaseCode.hostDelay];
  if (waited < latency.sum * SHARE_LEAST) return [];
  return [
    {
      id: hostSlow.id,
      severity: 'warning',
      title: `${operationName(cell.operation)}: the host lets R2Ts wait`,
      text:
        `${durationText(host.percentile(0.5))} in the middle, ${durationText(host.max)} at most, ` +
        `${percentText(waited, latency.sum)} of all their latency. Look at the host: processor, ` +
        'interrupts, its send buffers; and at the round trip, where the capture is from the target.',
      count: host.count,
      frames: [cell.hostFrame],
      session: lun.session,
      lun: hex64(lun.lunHigh, lun.lunLow),
    },
  ];
}
