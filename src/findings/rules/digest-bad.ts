// Header and data digests that do not fit what they cover (RFC 7143 13.1).

import { plural } from '../../lib/units.js';
import type { Rule } from '../rule.js';

export const digestBad: Rule = {
  id: 'digest-bad',
  about:
    'A CRC32C digest does not match the header or data it covers. TCP did not notice, so the bytes ' +
    'changed above TCP, or in a device that makes its checksum anew.',
  find(facts) {
    const findings = [];
    for (const group of facts.evidence.framing.values()) {
      const count = group.headerDigestsBad + group.dataDigestsBad;
      if (count === 0) continue;
      findings.push({
        id: digestBad.id,
        severity: 'critical' as const,
        title: `${plural(count, 'PDU')} with a bad digest`,
        text:
          `${plural(group.headerDigestsBad, 'header digest')} and ` +
          `${plural(group.dataDigestsBad, 'data digest')} did not match. TCP's own checksum let ` +
          'them pass: suspect memory, offload or a middle box.',
        count,
        frames: group.digestFrames,
        connection: group.connection,
      });
    }
    return findings;
  },
};
