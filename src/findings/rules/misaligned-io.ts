// Reads and writes that begin or end off a 4 KiB boundary.

import { countText, percentText } from '../../lib/units.js';
import { hex64 } from '../../lib/words.js';
import type { LunMetrics } from '../../metrics/cells.js';
import type { Finding } from '../finding.js';
import type { Rule } from '../rule.js';

const SHARE_LEAST = 0.1;
const COMMANDS_LEAST = 100;

export const misalignedIo: Rule = {
  id: 'misaligned-io',
  about:
    'A tenth or more of at least 100 reads and writes of a logical unit begin or end off a 4 KiB ' +
    'boundary, by the CDB and the block length it implies.',
  find(facts) {
    return facts.metrics.sessions.flatMap((session) =>
      [...(session?.luns.values() ?? [])].flatMap((byLow) => [...byLow.values()].flatMap(found)),
    );
  },
};

function found(lun: LunMetrics): Finding[] {
  const { misaligned, alignable, misalignedFrame } = lun.access;
  if (alignable < COMMANDS_LEAST || misaligned < alignable * SHARE_LEAST) return [];
  return [
    {
      id: misalignedIo.id,
      severity: 'note',
      title: `${percentText(misaligned, alignable)} of reads and writes are off 4 KiB boundaries`,
      text:
        `${countText(misaligned)} of ${countText(alignable)}. Storage with larger blocks reads before ` +
        'it writes such pieces: check partitions, and programs that write less than 4 KiB.',
      count: misaligned,
      frames: [misalignedFrame],
      session: lun.session,
      lun: hex64(lun.lunHigh, lun.lunLow),
    },
  ];
}
