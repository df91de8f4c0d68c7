// A LUN that became another: its identity (VPD 83h, 80h) or its size (READ CAPACITY) is not what it was before.

import { bytesText, plural } from '../../lib/number-text.js';
import {
  type LogicalUnit,
  type UnitChange,
  UnitFact,
  type UnitFacts,
} from '../../scsi/logical-unit-facts.js';
import type { Session } from '../../session/model.js';
import { lunTextOf } from '../../wire/scsi/lun.js';
import type { Found } from '../finding.js';
import { inOrder, type Rule } from '../rule.js';

const SHOWN = 6;

const NAMES: Readonly<Record<UnitFacts, string>> = {
  [UnitFact.capacity10]: 'READ CAPACITY(10)',
  [UnitFact.capacity16]: 'READ CAPACITY(16)',
  [UnitFact.serial]: 'serial number (VPD 80h)',
  [UnitFact.identity]: 'identity (VPD 83h)',
};
const AFTER = [
  'check-condition',
  'unit-attention',
  'luns-changed',
  'block-limit-exceeded',
  'lun-shrunk',
];

export const lunChanged: Rule = {
  id: 'lun-changed',
  about:
    'What whole answers to INQUIRY (VPD 80h and 83h, names of the unit itself) and READ CAPACITY said of a ' +
    'disk, compared with what the same LUN said before: in the same session, or in the one before it of the ' +
    'same initiator, target and portal group. Each command is compared with itself; media of tapes and ' +
    'discs, which come and go, are not.',
  tells: {
    'lun-other-unit': {
      question: 'A LUN that went and came back',
      owes: 'target',
      leadsTo: [...AFTER, 'lun-outage', 'lun-exchanged'],
      about:
        'The LUN has another identity than before: another logical unit answers under its number.',
      reference: 'SPC-4 7.8.6 (designation descriptors), 7.8.15 (unit serial number)',
      confidence: 'certain',
      proof: ['data-in.dataSegmentLength'],
      disproof:
        'A unit that was given another name and is the same; a map that was changed on purpose.',
      next:
        'Stop using the LUN until it is known which unit it is: a host that still has the old one in its cache ' +
        'writes onto another’s data. See the storage’s LUN map at that time, then let hosts scan again.',
    },
    'lun-resized': {
      question: 'A LUN that went and came back',
      owes: 'target',
      leadsTo: AFTER,
      about: 'The LUN has another size than before, and no other identity was seen.',
      reference: 'SBC-3 5.12, 5.13 (READ CAPACITY); unit attention 2A/09 CAPACITY DATA HAS CHANGED',
      confidence: 'certain',
      proof: ['data-in.dataSegmentLength'],
      disproof: 'Another unit in its place, whose identity nobody asked for.',
      next: 'Grown: let the hosts scan it again. Smaller: file systems end beyond it; see who changed it, and whether it is the same unit.',
    },
  },
  find({ sessions }) {
    /** The last session of the same two ends and portal group. */
    const last = new Map<string, Session>();
    return sessions.flatMap((session) => {
      const { initiatorName, targetName, targetPortalGroupTag: group, luns } = session;
      const units = [...luns.values()].filter(({ told }) => told !== undefined);
      if (units.length === 0) return [];
      const named = initiatorName !== '' && targetName !== '';
      const key = named ? `${initiatorName} ${targetName} ${group}` : `${session.id}`;
      const before = last.get(key);
      last.set(key, session);
      // Two at once are two paths: what they see may differ, and is not one after the other.
      const over =
        before !== undefined && before.ended !== '' && before.endedNs <= session.startedNs
          ? before
          : undefined;
      return units.flatMap((lun) => found(session, lun, over?.luns.get(lun.lun)?.told));
    });
  },
};

/** `before`: what the session before it had been told of the LUN. */
function found(session: Session, lun: LogicalUnit, before: LogicalUnit['told']): Found[] {
  const since = sinceBefore(session, lun, before);
  const changes = [...since, ...(lun.changes ?? [])];
  if (changes.length === 0) return [];
  const name = lunTextOf(lun.lun);
  const other = changes.find(({ what }) => what === UnitFact.identity || what === UnitFact.serial);
  const size = changes.find(({ what }) => isSize(what));
  const smaller = size !== undefined && sizeOf(size.to) < sizeOf(size.from);
  const shown = changes
    .slice(0, SHOWN)
    .map((one) => `${NAMES[one.what]}: ${changeText(one)} (frame ${one.frame})`);
  if (changes.length > SHOWN) shown.push(`${changes.length - SHOWN} more`);
  const how =
    since.length > 0 ? 'The session before it, of the same two ends, had seen another. ' : '';
  return [
    {
      id: other === undefined ? 'lun-resized' : 'lun-other-unit',
      severity: other !== undefined || smaller ? 'critical' : 'note',
      ...(other === undefined && !smaller ? { owes: 'none' as const } : {}),
      title:
        other === undefined
          ? `LUN ${name} ${smaller ? 'became smaller' : 'grew'}: ${changeText(changes[0])}`
          : `LUN ${name} became another unit: ${changeText(other)}`,
      text: `${how}${shown.join('; ')}.`,
      count: changes.length,
      frames: inOrder(changes.map((one) => one.frame)),
      session: session.id,
      lun: lun.lun,
      fromNs: changes[0].timeNs,
      toNs: changes[changes.length - 1].timeNs,
      values: { changes: changes.length, otherIdentity: other !== undefined },
    },
  ];
}

function sinceBefore(
  { startedNs }: Session,
  { told, changes = [], frame }: LogicalUnit,
  before: LogicalUnit['told'],
): UnitChange[] {
  return Object.values(UnitFact).flatMap((what) => {
    const from = before?.[what];
    const to = changes.find((one) => one.what === what)?.from ?? told?.[what];
    if (from === undefined || to === undefined || from === to) return [];
    return [{ what, from, to, frame, timeNs: startedNs }];
  });
}

function isSize(what: UnitFacts): boolean {
  return what === UnitFact.capacity10 || what === UnitFact.capacity16;
}

/** "64 MiB → 32 MiB", or both as they were told. */
function changeText({ what, from, to }: UnitChange): string {
  return isSize(what) ? `${capacityText(from)} → ${capacityText(to)}` : `${from} → ${to}`;
}

function capacityText(told: string): string {
  const [blocks, length] = told.split(' ').map(Number);
  return `${bytesText(blocks * length)} in ${plural(blocks, 'block')}`;
}

/** Bytes of a capacity. */
function sizeOf(told: string): number {
  const [blocks, length] = told.split(' ').map(Number);
  return blocks * length;
}
