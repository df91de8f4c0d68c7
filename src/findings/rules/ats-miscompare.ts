// COMPARE AND WRITE (ATS) that found other data than it expected: a lock or heartbeat of a cluster.

import { hex64 } from '../../lib/hex.js';
import { durationText, plural } from '../../lib/number-text.js';
import type { Found } from '../finding.js';
import { type Rule, when } from '../rule.js';
import type { LunWatch } from '../watch/lun-watch.js';
import { luns } from '../watch/luns.js';

/** VMFS beats every 3 s and wants an answer within 8 s: a slow one may be written, and then repeated. */
const SLOW_NS = 3e9;

export const atsMiscompare: Rule = {
  id: 'ats-miscompare',
  about:
    'COMPARE AND WRITE commands that ended with MISCOMPARE (0E/1D/00), with the block, how often it is ' +
    'compared, and how long the one before took: a heartbeat whose answer came late finds its own data.',
  tells: {
    'ats-miscompare': {
      question: 'ATS',
      about: 'A COMPARE AND WRITE found other data than it expected.',
      reference: 'SBC (COMPARE AND WRITE), SPC 0E/1D/00; VMware ATS heartbeat',
      confidence: 'certain',
      proof: ['scsi-command.cdb', 'scsi-response.status'],
      disproof:
        'Nothing for the miscompare; whether another host or a late answer caused it, the block shows.',
      next:
        'Where the one before was slow: see why; VMware advises to turn ATS heartbeats off on such ' +
        'arrays. Where it was fast: another host holds the lock.',
    },
  },
  watches: [luns],
  find(facts) {
    return facts.evidence.of(luns).all.flatMap(found);
  },
};

function found(lun: LunWatch): Found[] {
  const { ats } = lun;
  if (ats === undefined || ats.miscompares.count === 0) return [];
  const { miscompares, commands, lba, periodNs, beforeNs, beforeNsMax } = ats;
  const slow = beforeNsMax >= SLOW_NS;
  const period = periodNs > 0 ? ` every ${durationText(periodNs)}` : '';
  const before =
    beforeNs >= 0 ? `The one before on that block took ${durationText(beforeNs)}.` : '';
  return [
    {
      id: atsMiscompare.id,
      severity: slow ? 'critical' : 'warning',
      title: `${plural(miscompares.count, 'ATS miscompare')}${slow ? ' after slow ones' : ''}`,
      text:
        `Of ${plural(commands, 'COMPARE AND WRITE', 'COMPARE AND WRITEs')}; the first at block ${lba}, ` +
        `compared${period}. ${before} ` +
        (slow
          ? 'The host had given that one up, it was written all the same, and the next one met it.'
          : 'Another host wrote the block in between: it lost the race for a lock.'),
      count: miscompares.count,
      frames: miscompares.frames,
      session: lun.session,
      lun: hex64(lun.lunHigh, lun.lunLow),
      confidence: slow ? 'likely' : 'possible',
      ...when(miscompares),
      values: { lba, periodNs, beforeNs, beforeNsMax, compareAndWrites: commands },
    },
  ];
}
