// Commands against what the logical unit said of itself in VPD B0h: longer than it takes, longer than
// is best, in pieces that do not fit it.

import { hex64 } from '../../lib/hex.js';
import { bytesText, countText, percentText, plural } from '../../lib/number-text.js';
import type { Found, Severity } from '../finding.js';
import type { Occurrences } from '../groups.js';
import { inOrder, type Rule, when } from '../rule.js';
import { Limit, type LimitWatch } from '../watch/limits.js';
import type { LunWatch } from '../watch/lun-watch.js';
import { luns } from '../watch/luns.js';

/** Fewer say nothing of how a host works. */
const COMMANDS_LEAST = 100;
const DISCARDS_LEAST = 16;
const SHARE_LEAST = 0.1;
/** Pieces up to this are told by misaligned-io, whatever VPD B0h says. */
const PAGE_BYTES = 4096;

interface Row {
  readonly kind: number;
  readonly field: string;
  readonly commands: string;
  readonly unit: 'block' | 'range';
}

const ROWS: readonly Row[] = [
  {
    kind: Limit.transfer,
    field: 'MAXIMUM TRANSFER LENGTH',
    commands: 'reads and writes',
    unit: 'block',
  },
  {
    kind: Limit.writeSame,
    field: 'MAXIMUM WRITE SAME LENGTH',
    commands: 'WRITE SAME commands',
    unit: 'block',
  },
  {
    kind: Limit.compare,
    field: 'MAXIMUM COMPARE AND WRITE LENGTH',
    commands: 'COMPARE AND WRITE commands',
    unit: 'block',
  },
  {
    kind: Limit.prefetch,
    field: 'MAXIMUM PREFETCH LENGTH',
    commands: 'PRE-FETCH commands',
    unit: 'block',
  },
  {
    kind: Limit.unmap,
    field: 'MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT',
    commands: 'UNMAP commands',
    unit: 'range',
  },
];

const REFERENCE = 'SBC (Block Limits, VPD B0h)';

export const blockLimits: Rule = {
  id: 'block-limits',
  about:
    'Where an INQUIRY for VPD B0h was captured: later commands of the same LUN in the same session that ' +
    'ask for more than its limits; a tenth and more of at least 100 reads and writes that are longer ' +
    'than its optimal length, or not in whole pieces of a granularity of more than 4 KiB; a tenth and ' +
    'more of at least 16 unmapping WRITE SAME off its granularity. What an UNMAP frees stands in data ' +
    'that is not kept: of it only the ranges are counted.',
  tells: {
    'block-limit-exceeded': {
      question: 'Lengths and places against VPD B0h',
      owes: 'initiator',
      leadsTo: ['check-condition'],
      about: 'A command asks for more than the logical unit takes in one command.',
      reference: REFERENCE,
      confidence: 'certain',
      proof: ['data-in.dataSegmentLength', 'scsi-command.cdb'],
      disproof: 'Limits that changed after they were asked for, with a unit attention (3F/03).',
      next:
        'See what the host takes for the limit (Linux: max_sectors_kb, write_same_max_bytes), and let it ' +
        'scan the disk again where the target’s settings changed.',
    },
    'optimal-length-exceeded': {
      question: 'Lengths and places against VPD B0h',
      owes: 'initiator',
      about: 'Reads and writes are longer than the logical unit does best.',
      reference: `${REFERENCE}: OPTIMAL TRANSFER LENGTH; longer ones may take their time`,
      confidence: 'certain',
      proof: ['data-in.dataSegmentLength', 'scsi-command.cdb'],
      disproof: 'Long commands that are as fast for their length as short ones.',
      next: 'Compare latencies by length; lower the host’s max_sectors_kb to it where they are slow.',
    },
    'granularity-missed': {
      question: 'Lengths and places against VPD B0h',
      owes: 'initiator',
      about: 'Commands begin or end within a piece of the storage behind.',
      reference: `${REFERENCE}: OPTIMAL TRANSFER LENGTH GRANULARITY, OPTIMAL UNMAP GRANULARITY`,
      confidence: 'certain',
      proof: ['data-in.dataSegmentLength', 'scsi-command.cdb'],
      disproof: 'Storage that tells a granularity which costs it nothing to miss.',
      next:
        'Align partitions and file systems to it (stripe unit and width); parts of a piece are read and ' +
        'written again as a whole, or not freed at all.',
    },
  },
  watches: [luns],
  find(facts) {
    return facts.evidence.of(luns).all.flatMap(found);
  },
};

function found(lun: LunWatch): Found[] {
  const watch = lun.limits;
  if (watch === undefined) return [];
  const all = ROWS.flatMap((row) => beyond(row, lun, watch));
  return [...all, ...long(lun, watch), ...uneven(lun, watch), ...unmaps(lun, watch)];
}

function beyond({ kind, field, commands, unit }: Row, lun: LunWatch, watch: LimitWatch): Found[] {
  const seen = watch.beyond[kind];
  if (seen.count === 0) return [];
  const [max, most, refused] = [watch.max[kind], watch.most[kind], watch.refused[kind]];
  const size = (n: number): string => plural(n, unit) + (unit === 'block' ? bytesOf(lun, n) : '');
  const rest =
    refused === 0
      ? ' The target took them all the same.'
      : ` ${countText(refused)} of them did not end well.`;
  const text =
    `${plural(seen.count, 'command')} asked for up to ${size(most)}; VPD B0h (frame ` +
    `${watch.limits.frame}) told a ${field} of ${size(max)}.${rest}`;
  const title = `${commands} beyond the ${field} of ${size(max)}`;
  const values = { limit: max, askedMax: most, refused };
  return [
    tell(
      'block-limit-exceeded',
      refused > 0 ? 'warning' : 'note',
      lun,
      watch,
      seen,
      title,
      text,
      values,
    ),
  ];
}

function long(lun: LunWatch, watch: LimitWatch): Found[] {
  const { long: seen, transfers, longest, limits } = watch;
  if (!isMany(seen, transfers, COMMANDS_LEAST)) return [];
  const best = limits.transferOptimal;
  const title = `${percentText(seen.count, transfers)} of reads and writes are longer than is best`;
  const text =
    `${countText(seen.count)} of ${countText(transfers)}, up to ${plural(longest, 'block')}` +
    `${bytesOf(lun, longest)}; VPD B0h (frame ${limits.frame}) told an OPTIMAL TRANSFER LENGTH of ` +
    `${plural(best, 'block')}${bytesOf(lun, best)}.`;
  const values = { optimal: best, askedMax: longest, commands: transfers };
  return [tell('optimal-length-exceeded', 'note', lun, watch, seen, title, text, values)];
}

function uneven(lun: LunWatch, watch: LimitWatch): Found[] {
  const { uneven: seen, transfers, limits } = watch;
  const piece = limits.transferGranularity;
  const block = lun.story?.blockLength ?? -1;
  if (!isMany(seen, transfers, COMMANDS_LEAST)) return [];
  if (piece * (block > 0 ? block : 512) <= PAGE_BYTES) return [];
  const title = `${percentText(seen.count, transfers)} of reads and writes do not fit pieces of ${plural(piece, 'block')}`;
  const text =
    `${countText(seen.count)} of ${countText(transfers)} begin or end within one; VPD B0h (frame ` +
    `${limits.frame}) told an OPTIMAL TRANSFER LENGTH GRANULARITY of ${plural(piece, 'block')}` +
    `${bytesOf(lun, piece)}.`;
  const values = { granularity: piece, commands: transfers };
  return [tell('granularity-missed', 'note', lun, watch, seen, title, text, values)];
}

function unmaps(lun: LunWatch, watch: LimitWatch): Found[] {
  const { unmapsUneven: seen, unmaps: all, limits } = watch;
  if (!isMany(seen, all, DISCARDS_LEAST)) return [];
  const { unmapGranularity: piece, unmapAlignment: first } = limits;
  const title = `${percentText(seen.count, all)} of WRITE SAME that unmap do not fit pieces of ${plural(piece, 'block')}`;
  const text =
    `${countText(seen.count)} of ${countText(all)} begin or end within one; VPD B0h (frame ` +
    `${limits.frame}) told an OPTIMAL UNMAP GRANULARITY of ${plural(piece, 'block')}` +
    `${bytesOf(lun, piece)}${first > 0 ? `, from block ${countText(first)} on` : ''}.`;
  const values = { granularity: piece, alignment: first, commands: all };
  return [tell('granularity-missed', 'note', lun, watch, seen, title, text, values)];
}

function isMany(seen: Occurrences, all: number, least: number): boolean {
  return all >= least && seen.count >= all * SHARE_LEAST;
}

/** " (512 KiB)" where the length of a block is known. */
function bytesOf({ story }: LunWatch, blocks: number): string {
  const length = story?.blockLength ?? -1;
  return length > 0 ? ` (${bytesText(blocks * length)})` : '';
}

function tell(
  id: string,
  severity: Severity,
  lun: LunWatch,
  { limits }: LimitWatch,
  seen: Occurrences,
  title: string,
  text: string,
  values: Readonly<Record<string, number>>,
): Found {
  return {
    id,
    severity,
    title,
    text,
    count: seen.count,
    frames: inOrder([limits.frame, ...seen.frames]),
    session: lun.session,
    lun: hex64(lun.lunHigh, lun.lunLow),
    ...when(seen),
    values: { ...values, limitsFrame: limits.frame },
  };
}
