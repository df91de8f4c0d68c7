// The initiator let R2Ts wait: the target was ready for data that did not come (host latency, the
// host delay of SAN analytics).

import { hex64 } from '../../lib/hex.js';
import { durationText, percentText } from '../../lib/number-text.js';
import type { LunMetrics, OperationCell } from '../../metrics/counters.js';
import { PhaseCode } from '../../scsi/task.js';
import { operationName } from '../../wire/scsi/operations.js';
import type { Found } from '../finding.js';
import type { Rule } from '../rule.js';
import { lunsOf } from '../support/luns.js';

const COMMANDS_LEAST = 4;
/** An R2T's answer takes a round trip where the capture was taken near the target. */
const SLOW_NS = 10e6;
const SHARE_LEAST = 0.5;

export const hostSlow: Rule = {
  id: 'host-slow',
  about:
    'From R2T to the first byte of its data half of the writes took 10 ms or longer, and this, TCP’s ' +
    'part not counted, was at least half of their time: the host (or the way to it) is slow.',
  tells: {
    'host-slow': {
      question: 'A host that answers R2Ts late',
      owes: 'initiator',
      leadsTo: ['connection-lost', 'commands-lost', 'reinstatement'],
      about: 'R2Ts wait for their data at the host.',
      reference: 'RFC 7143 11.8; Cisco SAN analytics: host_delay',
      confidence: 'likely',
      proof: ['r2t.targetTransferTag', 'data-out.targetTransferTag'],
      disproof:
        'A round trip that is as long, where the capture was taken near the target (see TCP’s round ' +
        'trips), or a receive window of the target that was closed.',
      next: 'Look at the host: processor, interrupts, its send buffers.',
    },
  },
  find(facts) {
    return lunsOf(facts).flatMap((lun) => [...lun.cells.values()].flatMap((c) => found(lun, c)));
  },
};

function found(lun: LunMetrics, cell: OperationCell): Found[] {
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
        `${percentText(waited, latency.sum)} of all their latency.`,
      count: host.count,
      frames: [cell.hostFrame],
      session: lun.session,
      lun: hex64(lun.lunHigh, lun.lunLow),
      values: { hostNsP50: host.percentile(0.5), hostNsMax: host.max, share: waited / latency.sum },
    },
  ];
}
