// What commands say of their data in three places does not agree: bytes moved and residual, R and W and
// the CDB, length and blocks.

import { hex64 } from '../../lib/hex.js';
import { bytesText, plural } from '../../lib/number-text.js';
import { operationName } from '../../wire/scsi/operations.js';
import type { Facts } from '../facts.js';
import type { Found } from '../finding.js';
import type { Occurrences } from '../groups.js';
import { type Rule, when } from '../rule.js';
import { DOUBTS, doubtOf, IN_DOUBT } from '../support/doubt.js';
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
    'rdma-buffer-padded': {
      question: 'Lengths and directions',
      owes: 'none',
      about:
        'RDMA Write placed more than the residual says counts, within the buffer: Linux LIO places as much as the ' +
        'CDB allows (an INQUIRY of 255 bytes: 255 placed, 96 count), where over TCP it sends what counts.',
      reference: 'RFC 7145 7.3.5; RFC 7143 11.4.5',
      confidence: 'certain',
      proof: ['scsi-response.residualCount', 'scsi-command.expectedDataTransferLength'],
      disproof: 'An initiator that takes the whole buffer for data.',
      next: 'Nothing, where the initiator heeds the residual.',
    },
    'write-without-data': {
      question: 'Lengths and directions',
      owes: 'target',
      about: 'A write was answered as good though not one byte of it, or only a part, was sent.',
      reference: 'RFC 7143 11.4.5.1, 11.8 (data that is not sent unasked is asked for by R2T)',
      confidence: 'certain',
      proof: ['scsi-response.status', 'scsi-command.expectedDataTransferLength'],
      disproof: 'Data of the command that the capture misses without a trace.',
      next:
        'Trust nothing that was written there: the data is lost though the host was told that it is kept. ' +
        'The target has to ask by R2T, or to answer with an underflow of all of it.',
    },
    'sense-without-data': {
      question: 'Lengths and directions',
      owes: 'target',
      about: 'Sense data that is no error, and the data that it speaks of does not add up.',
      reference: 'RFC 7143 11.4.5; SSC (incorrect length, ILI)',
      confidence: 'certain',
      proof: ['scsi-response.residualCount', 'scsi-command.expectedDataTransferLength'],
      disproof: 'Data-In of the command that the capture misses without a trace.',
      next:
        'See the pass-through of the target: it hands on the sense and loses the data (or the residual) ' +
        'that belongs to it. The tape stands behind a block that the host has not got.',
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
      .all.flatMap((lun) => [
        ...unwritten(lun, facts),
        ...partWritten(lun, facts),
        ...noSense(lun),
        ...residual(lun, facts),
        ...padded(lun),
        ...length(lun, facts),
        ...direction(lun),
      ]);
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

function unwritten(lun: LunWatch, facts: Facts): Found[] {
  const { unwritten: sight, unwrittenBytes, unwrittenAsked, unwrittenAnnounced } = lun.lengths;
  if (sight.count === 0) return [];
  const parameters = facts.sessions[lun.session]?.parameters ?? [];
  const agreed = (key: string) => parameters.find((p) => p.key === key)?.result;
  const mustAsk = agreed('InitialR2T') === 'Yes' && agreed('ImmediateData') === 'No';
  return [
    {
      ...base('write-without-data', lun, sight),
      severity: 'critical',
      title: `${plural(sight.count, 'write')} answered as good though no byte was written`,
      text:
        `${bytesText(unwrittenBytes)} were to be written; none were sent, and no residual was told. ` +
        (unwrittenAsked > 0
          ? `${plural(unwrittenAsked, 'of them was', 'of them were')} asked for by R2T, and answered before the data came. `
          : unwrittenAnnounced > 0
            ? `The initiator had announced the data of ${unwrittenAnnounced} without an R2T (F=0) and did not send it; the target answered without it. `
            : 'The target never asked for the data by R2T. ') +
        (mustAsk
          ? 'InitialR2T=Yes and ImmediateData=No were agreed: the initiator was right to send none. '
          : '') +
        'The data is lost, and the host believes that it is kept.',
      values: { expectedBytes: unwrittenBytes },
    },
  ];
}

function partWritten(lun: LunWatch, facts: Facts): Found[] {
  const { partWritten: sight, partMissing } = lun.lengths;
  if (sight.count === 0) return [];
  const doubt = doubtOf(lun.session, facts);
  return [
    {
      ...base('write-without-data', lun, sight),
      severity: doubt === undefined ? 'critical' : 'note',
      ...(doubt === undefined ? {} : IN_DOUBT),
      title: `${plural(sight.count, 'write')} answered as good though only a part of the data was written`,
      text:
        `${bytesText(partMissing)} were not sent, and no residual says so. The data is lost, and the ` +
        `host believes that it is kept.${doubt === undefined ? '' : ` ${DOUBTS[doubt]}`}`,
      values: { missingBytes: partMissing },
    },
  ];
}

function noSense(lun: LunWatch): Found[] {
  const { noSense: sight, expected, moved, noSenseBlock: block } = lun.lengths;
  if (sight.count === 0) return [];
  const lost =
    block > 0
      ? `the sense data (ILI, INFORMATION) says that the block had ${bytesText(block)}`
      : 'the residual does not say that the rest is missing';
  return [
    {
      ...base('sense-without-data', lun, sight),
      title: `${plural(sight.count, 'read')} ended with NO SENSE, and the data does not add up`,
      text:
        `The first: ${bytesText(expected)} expected, ${bytesText(moved)} moved, and ${lost}. ` +
        'NO SENSE is no error (a tape tells so of a short block or a filemark), but here the data of the ' +
        'block is lost.',
      values: { expectedBytes: expected, movedBytes: moved },
    },
  ];
}

function padded(lun: LunWatch): Found[] {
  const { padded: sight, paddedMoved: moved, paddedTold: told } = lun.lengths;
  if (sight.count === 0) return [];
  return [
    {
      ...base('rdma-buffer-padded', lun, sight),
      severity: 'note',
      title: `${plural(sight.count, 'command')} had more placed in the buffer than counts`,
      text:
        `The first: ${bytesText(moved)} placed by RDMA Write, a residual of ${bytesText(told)}. What counts ` +
        'is what the residual leaves; the rest is padding: LIO places its own buffer, as long as the CDB allows, where ' +
        'over TCP it sends what counts.',
      values: { movedBytes: moved, residualBytes: told },
    },
  ];
}

function residual(lun: LunWatch, facts: Facts): Found[] {
  const { residual: sight, expected, moved, told } = lun.lengths;
  if (sight.count === 0) return [];
  // Of a command that the capture missed the data may be another's with its tag.
  const doubt = doubtOf(lun.session, facts);
  return [
    {
      ...base('residual-mismatch', lun, sight),
      title: `${plural(sight.count, 'command')} moved other lengths than the status says`,
      text:
        `The first: ${bytesText(expected)} expected, ${bytesText(moved)} moved, residual ` +
        `${told === 0 ? 'none' : bytesText(told)}. The initiator takes bytes for good that were not ` +
        `sent, or throws bytes away that were.${doubt === undefined ? '' : ` ${DOUBTS[doubt]}`}`,
      ...(doubt === undefined ? {} : { severity: 'note', ...IN_DOUBT }),
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
