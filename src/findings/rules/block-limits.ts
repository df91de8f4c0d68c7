// Commands against what the logical unit said of itself in VPD B0h: longer than it takes, longer than
// is best, in pieces that do not fit it.

import { hex64 } from '../../lib/hex.js';
import { bytesText, countText, durationText, percentText, plural } from '../../lib/number-text.js';
import type { Found, Severity } from '../finding.js';
import type { Occurrences } from '../groups.js';
import { inOrder, type Rule, when } from '../rule.js';
import { Limit, type LimitWatch, type Pace } from '../watch/limits.js';
import type { LunWatch } from '../watch/lun-watch.js';
import { luns } from '../watch/luns.js';

/** So many long and short ones, and so many times the time for a block: then length is what costs. */
const PACE_LEAST = 16;
const SLOWER_TIMES = 2;
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
  {
    kind: Limit.unmapBlocks,
    field: 'MAXIMUM UNMAP LBA COUNT',
    commands: 'UNMAP commands',
    unit: 'block',
  },
];

const REFERENCE = 'SBC (Block Limits, VPD B0h)';

export const blockLimits: Rule = {
  id: 'block-limits',
  about:
    'Where an INQUIRY for VPD B0h was captured: later commands of the same initiator to the same LUN that ' +
    'ask for more than its limits, and whether the target refused them for it (ILLEGAL REQUEST); a tenth and more of at least 100 reads and writes that are longer ' +
    'than its optimal length, or not in whole pieces of a granularity of more than 4 KiB; a tenth and ' +
    'more of at least 16 unmapping WRITE SAME off its granularity. Where the page is read again with ' +
    'another value, later commands are held against that. What an UNMAP frees stands in its ' +
    'list: its blocks are known where that came in one PDU of iSCSI, else only its ranges.',
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
  const one = watch.beyond[kind];
  const { seen, max, most, refused, failed, before, limitsFrame } = one;
  if (seen.count === 0) return [];
  const size = (n: number): string => plural(n, unit) + (unit === 'block' ? bytesOf(lun, n) : '');
  const changed =
    before >= most
      ? `Before, it had told ${size(before)}: the host goes on with what it knew. `
      : before > 0
        ? `Before, it had told ${size(before)}. `
        : '';
  const text =
    `${plural(seen.count, 'command')} asked for up to ${size(most)}; VPD B0h (frame ` +
    `${limitsFrame}) told a ${field} of ${size(max)}. ${changed}` +
    whatTarget(seen.count, refused, failed);
  const title = `${commands} beyond the ${field} of ${size(max)}`;
  const values = { limit: max, askedMax: most, refused, failed, limitBefore: before };
  const found = tell(
    'block-limit-exceeded',
    refused > 0 ? 'warning' : 'note',
    lun,
    limitsFrame,
    seen,
    title,
    text,
    values,
  );
  return [{ ...found, frames: inOrder([...found.frames, one.refusedFrame]) }];
}

/** ILLEGAL REQUEST is its own word that the length is why; anything else may have other reasons. */
function whatTarget(count: number, refused: number, failed: number): string {
  const otherwise =
    failed > 0
      ? ` ${countText(failed)} did not end well for a reason that it does not lay to that.`
      : '';
  if (refused === 0 && failed === 0) return 'The target took them all the same.';
  if (refused === 0) return otherwise.trim();
  const all = refused === count ? 'all' : countText(refused);
  return `The target refused ${all} of them: ILLEGAL REQUEST, invalid field.${otherwise}`;
}

function long(lun: LunWatch, watch: LimitWatch): Found[] {
  const { seen, all, most, value: best, limitsFrame } = watch.long;
  if (!watch.long.isMany()) return [];
  const slower = isSlower(watch.longPace, watch.bestPace);
  const title = `${percentText(seen.count, all)} of reads and writes are longer than is best`;
  const text =
    `${countText(seen.count)} of ${countText(all)}, up to ${plural(most, 'block')}` +
    `${bytesOf(lun, most)}; VPD B0h (frame ${limitsFrame}) told an OPTIMAL TRANSFER LENGTH of ` +
    `${plural(best, 'block')}${bytesOf(lun, best)}. ${paceText(watch, slower)}`;
  const values = { optimal: best, askedMax: most, commands: all };
  const severity = slower ? 'warning' : 'note';
  return [tell('optimal-length-exceeded', severity, lun, limitsFrame, seen, title, text, values)];
}

/** A longer command takes less time for a block, since what each costs is shared by more: not so here. */
function isSlower(long: Pace, best: Pace): boolean {
  if (long.count < PACE_LEAST || best.count < PACE_LEAST || best.ns === 0) return false;
  return long.ns / long.blocks >= (best.ns / best.blocks) * SLOWER_TIMES;
}

function paceText({ longPace: long, bestPace: best }: LimitWatch, slower: boolean): string {
  if (long.count < PACE_LEAST || best.count < PACE_LEAST) return '';
  const each = ({ ns, blocks }: Pace) => durationText(ns / blocks);
  return `A block of them takes ${each(long)}, of those up to it ${each(best)}${slower ? ': they pay for their length' : ''}.`;
}

function uneven(lun: LunWatch, watch: LimitWatch): Found[] {
  const { seen, all, value: piece, limitsFrame } = watch.uneven;
  const block = lun.story?.blockLength ?? -1;
  if (!watch.uneven.isMany()) return [];
  if (piece * (block > 0 ? block : 512) <= PAGE_BYTES) return [];
  const title = `${percentText(seen.count, all)} of reads and writes do not fit pieces of ${plural(piece, 'block')}`;
  const text =
    `${countText(seen.count)} of ${countText(all)} begin or end within one; VPD B0h (frame ` +
    `${limitsFrame}) told an OPTIMAL TRANSFER LENGTH GRANULARITY of ${plural(piece, 'block')}` +
    `${bytesOf(lun, piece)}.`;
  const values = { granularity: piece, commands: all };
  return [tell('granularity-missed', 'note', lun, limitsFrame, seen, title, text, values)];
}

function unmaps(lun: LunWatch, watch: LimitWatch): Found[] {
  const { seen, all, value: piece, limitsFrame } = watch.unmapsUneven;
  if (!watch.unmapsUneven.isMany()) return [];
  const first = watch.unmapAlignment;
  const title = `${percentText(seen.count, all)} of WRITE SAME that unmap do not fit pieces of ${plural(piece, 'block')}`;
  const text =
    `${countText(seen.count)} of ${countText(all)} begin or end within one; VPD B0h (frame ` +
    `${limitsFrame}) told an OPTIMAL UNMAP GRANULARITY of ${plural(piece, 'block')}` +
    `${bytesOf(lun, piece)}${first > 0 ? `, from block ${countText(first)} on` : ''}.`;
  const values = { granularity: piece, alignment: first, commands: all };
  return [tell('granularity-missed', 'note', lun, limitsFrame, seen, title, text, values)];
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
  limitsFrame: number,
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
    frames: inOrder([limitsFrame, ...seen.frames]),
    session: lun.session,
    lun: hex64(lun.lunHigh, lun.lunLow),
    ...when(seen),
    values: { ...values, limitsFrame },
  };
}
