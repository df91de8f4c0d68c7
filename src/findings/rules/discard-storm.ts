// UNMAP and WRITE SAME that slow down the reads and writes beside them.

import { hex64 } from '../../lib/hex.js';
import { countText, durationText, plural } from '../../lib/number-text.js';
import type { Found } from '../finding.js';
import { type Rule, when } from '../rule.js';
import type { LunWatch } from '../watch/lun-watch.js';
import { luns } from '../watch/luns.js';

/** Fewer make no storm, and no comparison. */
const DISCARDS_LEAST = 16;
const NEIGHBOURS_LEAST = 32;
/** The middle of them must be so much slower; half again is within what loads do by themselves. */
const SLOWER = 2;
const SLOWER_LEAST_NS = 1e6;

export const discardStorm: Rule = {
  id: 'discard-storm',
  about:
    'Sixteen and more UNMAP or WRITE SAME commands of a logical unit, and reads and writes that ran ' +
    'while one was open took twice as long (p50) as the others, and a millisecond more.',
  tells: {
    'discard-storm': {
      question: 'UNMAP and WRITE SAME',
      owes: 'initiator',
      about: 'Freeing space slows down the reads and writes beside it.',
      reference: 'SBC (UNMAP, WRITE SAME; limits in VPD B0h)',
      confidence: 'likely',
      proof: ['scsi-command.cdb'],
      disproof: 'The same load as slow at times without discards (a backup that runs then, too).',
      next:
        'Discard in the quiet hours (fstrim instead of the discard mount option), at a lower rate, in ' +
        'larger ranges; see the limits of VPD B0h.',
    },
  },
  watches: [luns],
  find(facts) {
    return facts.evidence.of(luns).all.flatMap(found);
  },
};

function found(lun: LunWatch): Found[] {
  const { discards } = lun;
  if (discards === undefined || discards.seen.count < DISCARDS_LEAST) return [];
  const { during, beside, latency, seen, ranges, openMax } = discards;
  if (during.count < NEIGHBOURS_LEAST || beside.count < NEIGHBOURS_LEAST) return [];
  const [slow, usual] = [during.percentile(0.5), beside.percentile(0.5)];
  if (slow < usual * SLOWER || slow - usual < SLOWER_LEAST_NS) return [];
  const seconds = Math.max((seen.lastNs - seen.firstNs) / 1e9, 1e-3);
  return [
    {
      id: discardStorm.id,
      severity: 'warning',
      title: `Reads and writes take ${(slow / usual).toFixed(1)} times as long beside discards`,
      text:
        `${durationText(slow)} in the middle (p50 of ${countText(during.count)}) while an UNMAP or ` +
        `WRITE SAME was open, ${durationText(usual)} (of ${countText(beside.count)}) at other times. ` +
        `${plural(seen.count, 'discard')}, ${(seen.count / seconds).toFixed(1)} a second, up to ` +
        `${openMax} at once, ${durationText(latency.percentile(0.5))} each` +
        `${ranges > 0 ? `, ${(ranges / seen.count).toFixed(1)} ranges an UNMAP` : ''}.`,
      count: seen.count,
      frames: seen.frames,
      session: lun.session,
      lun: hex64(lun.lunHigh, lun.lunLow),
      ...when(seen),
      values: {
        besideDiscardsNsP50: slow,
        otherwiseNsP50: usual,
        discardNsP50: latency.percentile(0.5),
        discardsPerSecond: seen.count / seconds,
      },
    },
  ];
}
