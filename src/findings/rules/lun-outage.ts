// A LUN that had done its work refused reads and writes for a while, or answered as another unit.

import { hex64 } from '../../lib/hex.js';
import { durationText, plural } from '../../lib/number-text.js';
import { lunTextOf } from '../../wire/scsi/lun.js';
import { senseText } from '../../wire/scsi/sense.js';
import type { Facts } from '../facts.js';
import type { Found } from '../finding.js';
import { inOrder, type Rule, when } from '../rule.js';
import type { LunWatch } from '../watch/lun-watch.js';
import { luns } from '../watch/luns.js';

const REFUSED_LEAST = 2;
/** What was refused is so much less than what lies between its ends: it is scattered. */
const SPREAD_TIMES = 4;
const AFTER = [
  'check-condition',
  'unit-attention',
  'order-broken',
  'lun-missing',
  'device-lost',
  'lun-other-unit',
  'lun-resized',
];

export const lunOutage: Rule = {
  id: 'lun-outage',
  about:
    'Reads and writes refused by a LUN that had executed them before, two and more with none executed ' +
    'between; with their sense, and whether it came back. Blocks that had been there and are out of range, ' +
    'or writes refused as protected that had been taken, show another unit in its place; where others are ' +
    'executed meanwhile, or READ CAPACITY had told of them, one that became smaller. Errors at some ' +
    'blocks, with others executed since, are told as that.',
  tells: {
    'lun-exchanged': {
      question: 'A LUN that went and came back',
      owes: 'target',
      leadsTo: AFTER,
      about: 'Another, smaller or write-protected unit answered in the LUN’s place.',
      reference:
        'SBC (LBA OUT OF RANGE, WRITE PROTECTED); Linux LIO answers for a LUN 0 that was removed with a ' +
        'stand-in of 64 write-protected blocks',
      confidence: 'likely',
      proof: ['scsi-response.status'],
      disproof: 'A unit that was made smaller, or write-protected, on purpose and is the same.',
      next:
        'See at the storage whether the LUN was unmapped, or mapped anew, at that time; compare its size and ' +
        'identity (READ CAPACITY, VPD 83h) before and after.',
    },
    'lun-shrunk': {
      question: 'A LUN that went and came back',
      owes: 'target',
      leadsTo: ['check-condition', 'unit-attention'],
      about:
        'Blocks that the LUN had, by READ CAPACITY or by reads and writes it had executed, are out of its range now.',
      reference: 'SBC-3 5.12, 5.13 (READ CAPACITY); 05/21/00 LOGICAL BLOCK ADDRESS OUT OF RANGE',
      confidence: 'likely',
      proof: ['scsi-response.status'],
      disproof:
        'The same blocks, read or written later; a target whose READ CAPACITY told too much.',
      next:
        'See at the storage who made the volume behind the LUN smaller: what lay beyond the new end is out of reach, ' +
        'and hosts that do not scan again still use it.',
    },
    'blocks-refused': {
      question: 'A LUN that went and came back',
      owes: 'target',
      leadsTo: AFTER,
      about:
        'Reads and writes of some blocks of a LUN were refused, and others executed; or its writes, while reads were executed.',
      reference:
        'SBC, SPC (MEDIUM ERROR, HARDWARE ERROR, 02/08/00, 07/27/07); Linux LIO says 02/08/00 of a backing store that is ' +
        'broken or full',
      confidence: 'certain',
      proof: ['scsi-response.status'],
      disproof: 'The same blocks, read or written later.',
      next: 'See the disk behind these blocks at the storage (its errors, its RAID), and restore what they held.',
    },
    'lun-outage': {
      question: 'A LUN that went and came back',
      owes: 'target',
      leadsTo: AFTER,
      about: 'A LUN refused its work for a while.',
      reference: 'SPC, SBC (sense data)',
      confidence: 'certain',
      proof: ['scsi-response.status'],
      disproof: 'Commands that were wrong themselves.',
      next: 'See the storage’s log of that time: a pool that was offline, a disk that failed over.',
    },
  },
  watches: [luns],
  find(facts) {
    return facts.evidence.of(luns).all.flatMap((lun) => found(lun, facts));
  },
};

/** Refused at some blocks, and executed at others since. */
function blocks(lun: LunWatch): Found[] {
  const { refusedBlocks: one } = lun;
  if (one === undefined) return [];
  const { reads, writes, from, end, elsewhere, touched, written, senseKey, asc, ascq } = one;
  const count = reads + writes;
  if (count < REFUSED_LEAST || elsewhere === 0 || touched > 0) return [];
  const name = lunTextOf(hex64(lun.lunHigh, lun.lunLow));
  const sense = senseText({ senseKey, asc, ascq }) ?? 'sense not captured';
  const noRoom = reads === 0 && written === 0;
  // Two places far apart are not all that lies between them.
  const some = end - from > SPREAD_TIMES * one.blocks ? 'Some blocks between' : 'Blocks';
  const [and, of] = some === 'Blocks' ? ['to', 'of blocks'] : ['and', 'between blocks'];
  const doing = writes === 0 ? 'read' : reads === 0 ? 'written' : 'read or written';
  return [
    {
      id: 'blocks-refused',
      severity: 'critical',
      title: noRoom
        ? `LUN ${name} refuses writes, and goes on to execute reads: ${sense}`
        : `${some} ${from} ${and} ${end - 1} of LUN ${name} could not be ${doing}: ${sense}`,
      text:
        `${plural(reads, 'read')} and ${plural(writes, 'write')} ${of} ${from} ${and} ${end - 1} were refused; since the ` +
        `first of them ${plural(elsewhere, 'read or write', 'reads and writes')} of others were executed, and none of these. ` +
        (noRoom
          ? 'A store behind it that is full (thin provisioning), or has become read-only, looks so.'
          : 'The unit works: it is these blocks.'),
      ...(noRoom
        ? {
            next: 'See at the storage how much room the pool, or the file system that holds this LUN, has left, and its errors.',
            confidence: 'likely' as const,
          }
        : {}),
      count,
      frames: inOrder(one.frames),
      session: lun.session,
      lun: hex64(lun.lunHigh, lun.lunLow),
      fromNs: one.firstNs,
      toNs: one.lastNs,
      values: { reads, writes, firstBlock: from, lastBlock: end - 1, executedElsewhere: elsewhere },
    },
  ];
}

function found(lun: LunWatch, facts: Facts): Found[] {
  const ofBlocks = blocks(lun);
  if (ofBlocks.length > 0) return ofBlocks;
  const { first, count } = lun.outages;
  if (first === undefined || first.refused < REFUSED_LEAST) return shrunk(lun);
  const name = lunTextOf(hex64(lun.lunHigh, lun.lunLow));
  const back = first.backNs >= 0;
  const untilNs = back ? first.backNs : facts.lastNs;
  const span = durationText(untilNs - first.fromNs);
  const senses = [...first.senses].map(senseOf).join('; ');
  const what = first.otherUnit
    ? `LUN ${name} was exchanged for another unit`
    : `LUN ${name} refused its work`;
  return [
    {
      id: first.otherUnit ? 'lun-exchanged' : 'lun-outage',
      severity: 'critical',
      title: back
        ? `${what} for ${span}, then came back`
        : `${what}, and still is when the capture ends`,
      text:
        `${plural(first.refused, 'read or write', 'reads and writes')} refused, after others had been executed: ` +
        `${senses}. ` +
        (first.otherUnit
          ? 'What the unit had is out of range or write-protected now: something else answers in its place. '
          : '') +
        (back ? `After ${span} they were executed again.` : 'None was executed after them.') +
        (count > 1 ? ` It happened ${count} times.` : ''),
      count: first.refused,
      frames: inOrder(first.frames),
      session: lun.session,
      lun: hex64(lun.lunHigh, lun.lunLow),
      fromNs: first.fromNs,
      toNs: untilNs,
      values: { refused: first.refused, outages: count, back },
    },
  ];
}

/** Nothing at or beyond what was refused was executed since. */
function shrunk({ outages, session, lunHigh, lunLow }: LunWatch): Found[] {
  const { shrunk: sight, shrunkEnd: end, shrunkTold: told, endSince } = outages;
  if (sight.count === 0 || endSince >= end) return [];
  const lun = hex64(lunHigh, lunLow);
  return [
    {
      id: 'lun-shrunk',
      severity: 'warning',
      title: `LUN ${lunTextOf(lun)} became smaller: blocks that it had are out of range`,
      text:
        `${plural(sight.count, 'read or write', 'reads and writes')} of blocks that the LUN had ` +
        `${told > 0 ? `(READ CAPACITY had told ${plural(told, 'block')})` : '(they had been read or written)'} ` +
        `ended with LOGICAL BLOCK ADDRESS OUT OF RANGE, the lowest before block ${end}` +
        (endSince > 0 ? `; up to block ${endSince - 1} others were executed since.` : '.'),
      count: sight.count,
      frames: sight.frames,
      session,
      lun,
      ...when(sight),
      values: { lowestEnd: end, blocksTold: told, executedTo: endSince },
    },
  ];
}

function senseOf(code: number): string {
  const senseKey = code >> 16;
  return senseText({ senseKey, asc: (code >> 8) & 255, ascq: code & 255 }) ?? 'sense not captured';
}
