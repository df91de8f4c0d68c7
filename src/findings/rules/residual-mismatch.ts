// Commands whose bytes do not add up: what was asked for, less the residual, is not what moved.

import { plural } from '../../lib/units.js';
import type { Rule } from '../rule.js';

export const residualMismatch: Rule = {
  id: 'residual-mismatch',
  about:
    'Commands that ended well although the bytes that moved, and the residual the target told, do ' +
    'not add up to the Expected Data Transfer Length (RFC 7143 11.4.5), with no data missing.',
  find(facts) {
    return [...facts.evidence.residuals.values()].map(({ session, count, frames }) => ({
      id: residualMismatch.id,
      severity: 'warning' as const,
      title: `${plural(count, 'command')} moved other lengths than the status says`,
      text:
        'The initiator takes bytes for good that were not sent, or throws bytes away that were: a ' +
        'wrong residual count, or none where one is due.',
      count,
      frames,
      session,
    }));
  },
};
