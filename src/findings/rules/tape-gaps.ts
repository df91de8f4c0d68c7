// A tape drive that waits for its host: the time between its commands.

import { hex64 } from '../../lib/hex.js';
import { bytesText, durationText, percentText, plural } from '../../lib/number-text.js';
import { lunTextOf } from '../../wire/scsi/lun.js';
import type { Found } from '../finding.js';
import { inOrder, type Rule } from '../rule.js';
import type { LunWatch } from '../watch/lun-watch.js';
import { luns } from '../watch/luns.js';
import type { TapeWatch } from '../watch/tape.js';

/** Fewer are a label, not a stream. */
const COMMANDS_LEAST = 50;
/** Half of the time: then the drive would be twice as fast with a host that does not pause. */
const SHARE_LEAST = 0.5;
/** Below it is over before anybody looks. */
const GAPS_LEAST_NS = 1e9;

export const tapeGaps: Rule = {
  id: 'tape-gaps',
  about:
    'A tape (by INQUIRY) with 50 and more reads and writes, of whose time half and more passed with nothing ' +
    'open: from the status of one to the next command, pauses of more than 30 s and those around other ' +
    'commands (marks, rewinding) aside.',
  tells: {
    'tape-host-gaps': {
      question: 'A tape that is not fed',
      owes: 'initiator',
      about: 'A tape drive waited for its host’s next command longer than it worked.',
      reference: 'SAN practice: a drive below its slowest speed stops and goes back (backhitching)',
      confidence: 'certain',
      proof: ['scsi-response.status', 'scsi-command.cdb'],
      disproof: 'Other initiators that used the drive meanwhile, outside this capture.',
      next:
        'Look at the host: what it reads from (disk, network, one file after another), its block size and ' +
        'its buffers; the target and the way answered in time.',
    },
  },
  watches: [luns],
  find(facts) {
    return facts.evidence.of(luns).all.flatMap((lun) => found(lun, lun.tape));
  },
};

function found(lun: LunWatch, tape: TapeWatch | undefined): Found[] {
  if (tape === undefined || tape.commands < COMMANDS_LEAST) return [];
  const { commands, bytes, fromNs, toNs, gaps, gapNs, gapNsMax, gapNsMaxAt, frames } = tape;
  const spanNs = toNs - fromNs;
  if (gapNs < GAPS_LEAST_NS || gapNs < spanNs * SHARE_LEAST) return [];
  const name = lunTextOf(hex64(lun.lunHigh, lun.lunLow));
  const rate = (ns: number) => `${bytesText((bytes / Math.max(1, ns)) * 1e9)}/s`;
  return [
    {
      id: 'tape-host-gaps',
      severity: 'warning',
      title: `The tape at LUN ${name} waited ${durationText(gapNs)} for the host’s next command`,
      text:
        `${percentText(gapNs, spanNs)} of ${durationText(spanNs)}: ${plural(gaps, 'gap')} of ` +
        `${durationText(gapNs / gaps)} in the mean, ${durationText(gapNsMax)} at most (at ` +
        `${durationText(gapNsMaxAt)}). ${plural(commands, 'read or write', 'reads and writes')} moved ` +
        `${bytesText(bytes)} at ${rate(spanNs)}; without the gaps it would have been ${rate(spanNs - gapNs)}.`,
      count: gaps,
      frames: inOrder(frames),
      session: lun.session,
      lun: hex64(lun.lunHigh, lun.lunLow),
      fromNs,
      toNs,
      values: { gaps, gapNsTotal: gapNs, gapNsMax, spanNs, bytes },
    },
  ];
}
