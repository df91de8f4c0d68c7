// What commands say of their data in three places does not agree: bytes moved and residual, R and W and
// the CDB, length and blocks.

import { hex64 } from '../../lib/hex.js';
import { bytesText, plural } from '../../lib/number-text.js';
import { operationName } from '../../wire/scsi/operations.js';
import type { Facts } from '../facts.js';
import type { Found } from '../finding.js';
import type { Occurrences } from '../groups.js';
import { type Rule, when } from '../rule.js';
import type { LunWatch } from '../watch/lun-watch.js';
import { luns } from '../watch/luns.js';

export const residualMismatch: Rule = {
  id: 'residual-mismatch',
  about:
    'Commands whose bytes do not add up, with no data missing: moved and residual against the Expected ' +
    'Data Transfer Length; that length against the CDB’s blocks; R and W against what the CDB does.',
  tells: {
    'residual-mismatch': {
      question: 'Lengths and directions',
      owes: 'target',
      about: 'A command ended well, and bytes moved plus residual are not what was expected.',
      reference: 'RFC 7143 11.4.5',
      confidence: 'certain',
      proof: ['scsi-response.residualCount', 'scsi-command.expectedDataTransferLength'],
      disproof: 'Data of the command that the capture misses without a trace.',
      next: 'The initiator takes bytes for good that were not sent: see what the target does with short reads.',
    },
    'length-mismatch': {
      question: 'Lengths and directions',
      owes: 'initiator',
      about: 'Expected Data Transfer Length is not the CDB’s blocks times the block length.',
      reference: 'RFC 7143 11.3.4; SBC (TRANSFER LENGTH)',
      confidence: 'likely',
      proof: ['scsi-command.expectedDataTransferLength', 'scsi-command.cdb'],
      disproof: 'Another block length than READ CAPACITY told, or protection information.',
      next: 'Look at who made the CDB (a driver, a pass-through tool); see the residual of the answer.',
    },
    'direction-mismatch': {
      question: 'Lengths and directions',
      owes: 'initiator',
      about: 'R and W of the command are not what its CDB does.',
      reference: 'RFC 7143 11.3.1',
      confidence: 'likely',
      proof: ['scsi-command.read', 'scsi-command.write', 'scsi-command.cdb'],
      disproof: 'A vendor’s own meaning of this CDB.',
      next: 'Look at who made the command (a pass-through tool sets them by hand); targets answer variously.',
    },
  },
  watches: [luns],
  find(facts) {
    return facts.evidence
      .of(luns)
      .all.flatMap((lun) => [...residual(lun), ...length(lun, facts), ...direction(lun)]);
  },
};

function base(id: string, lun: LunWatch, sight: Occurrences): Omit<Found, 'title' | 'text'> {
  return {
    id,
    severity: 'warning',
    count: sight.count,
    frames: sight.frames,
    session: lun.session,
    lun: hex64(lun.lunHigh, lun.lunLow),
    ...when(sight),
  };
}

function residual(lun: LunWatch): Found[] {
  const { residual: sight, expected, moved, told } = lun.lengths;
  if (sight.count === 0) return [];
  return [
    {
      ...base('residual-mismatch', lun, sight),
      title: `${plural(sight.count, 'command')} moved other lengths than the status says`,
      text:
        `The first: ${bytesText(expected)} expected, ${bytesText(moved)} moved, residual ` +
        `${told === 0 ? 'none' : bytesText(told)}. The initiator takes bytes for good that were not ` +
        'sent, or throws bytes away that were.',
      values: { expectedBytes: expected, movedBytes: moved, residualBytes: told },
    },
  ];
}

function length(lun: LunWatch, _facts: Facts): Found[] {
  const { blocks: sight, blocksOperation, blocksLength, blocksCount, blockLength } = lun.lengths;
  if (sight.count === 0) return [];
  const each = blockLength > 0 ? `of ${blockLength} bytes` : 'of a length not captured';
  return [
    {
      ...base('length-mismatch', lun, sight),
      title: `${plural(sight.count, 'command')} expect another length than their CDB asks for`,
      text:
        `The first, ${operationName(blocksOperation)}: ${plural(blocksCount, 'block')} ${each}, ` +
        `Expected Data Transfer Length ${blocksLength}.`,
      values: { blocks: blocksCount, blockLength, expectedBytes: blocksLength },
    },
  ];
}

function direction(lun: LunWatch): Found[] {
  const { direction: sight, directionOperation, directionLength } = lun.lengths;
  if (sight.count === 0) return [];
  return [
    {
      ...base('direction-mismatch', lun, sight),
      title: `${plural(sight.count, 'command')} with R or W against what the CDB does`,
      text:
        `The first is ${operationName(directionOperation)}, which expects ${bytesText(directionLength)}: ` +
        'target and initiator may each wait for the other’s data.',
      values: { expectedBytes: directionLength },
    },
  ];
}
