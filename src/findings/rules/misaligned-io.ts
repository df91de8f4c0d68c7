// Reads and writes that begin or end off a 4 KiB boundary, and streams made of tiny pieces.

import { hex64 } from '../../lib/hex.js';
import { bytesText, countText, percentText } from '../../lib/number-text.js';
import type { LunMetrics } from '../../metrics/counters.js';
import type { Found } from '../finding.js';
import type { Rule } from '../rule.js';
import { lunsOf } from '../support/luns.js';

const SHARE_LEAST = 0.1;
const COMMANDS_LEAST = 100;
/** A stream is made of small pieces below this (what a page cache or a database does at least). */
const TINY_BYTES = 8192;
/** Streams that interleave count as such (metrics/access.ts); most of them must be in line. */
const STREAM_SHARE = 0.8;
const STREAM_LEAST = 1000;

export const misalignedIo: Rule = {
  id: 'misaligned-io',
  about:
    'A tenth or more of at least 100 reads and writes of a logical unit begin or end off a 4 KiB ' +
    'boundary, by the CDB and the block length it implies; or a thousand and more of them, most in ' +
    'line one after the other, are 8 KiB and smaller on average.',
  tells: {
    'misaligned-io': {
      question: 'Misaligned and tiny I/O',
      owes: 'initiator',
      about: 'Reads and writes do not fit the blocks of the storage behind.',
      reference: 'SBC (VPD B0h: optimal transfer length granularity)',
      confidence: 'certain',
      proof: ['scsi-command.cdb'],
      disproof: 'Storage whose own blocks are 512 bytes: then nothing is lost.',
      next: 'Check where partitions begin, the volume block size, and programs that write less than 4 KiB.',
    },
    'tiny-sequential-io': {
      question: 'Misaligned and tiny I/O',
      owes: 'initiator',
      about: 'A stream of data goes in tiny commands, one after the other.',
      reference: 'SBC (VPD B0h: optimal transfer length)',
      confidence: 'likely',
      proof: ['scsi-command.expectedDataTransferLength'],
      disproof:
        'A program that must write small pieces in order (a log that is flushed each time).',
      next: 'See read-ahead, write-back and merging at the host (direct and synchronous I/O turn them off).',
    },
  },
  find(facts) {
    return lunsOf(facts).flatMap((lun) => [...misaligned(lun), ...tiny(lun)]);
  },
};

function misaligned(lun: LunMetrics): Found[] {
  const { misaligned: n, alignable, misalignedFrame } = lun.access;
  if (alignable < COMMANDS_LEAST || n < alignable * SHARE_LEAST) return [];
  return [
    {
      id: misalignedIo.id,
      severity: 'note',
      title: `${percentText(n, alignable)} of reads and writes are off 4 KiB boundaries`,
      text:
        `${countText(n)} of ${countText(alignable)}. Storage with larger blocks reads before it ` +
        'writes such pieces.',
      count: n,
      frames: [misalignedFrame],
      session: lun.session,
      lun: hex64(lun.lunHigh, lun.lunLow),
      values: { misaligned: n, commands: alignable },
    },
  ];
}

function tiny(lun: LunMetrics): Found[] {
  const { reads, writes, addressed, nearStart } = lun.access;
  const commands = reads.commands + writes.commands;
  if (commands < STREAM_LEAST || nearStart < addressed * STREAM_SHARE) return [];
  const mean = (reads.bytes + writes.bytes) / commands;
  if (mean > TINY_BYTES) return [];
  return [
    {
      id: 'tiny-sequential-io',
      severity: 'note',
      title: `A stream in pieces of ${bytesText(Math.round(mean))}`,
      text:
        `${countText(commands)} reads and writes, ${percentText(nearStart, addressed)} of them go on ` +
        'where another ended: larger commands would do the same with a fraction of the round trips.',
      count: commands,
      frames: [],
      session: lun.session,
      lun: hex64(lun.lunHigh, lun.lunLow),
      values: { meanBytes: mean, sequentialShare: nearStart / addressed },
    },
  ];
}
