// Commands that ended with CHECK CONDITION, by what their sense data says (SPC). Those that mean
// something of their own are told by other rules: unit attentions, paths, LUNs that are gone, ATS.

import { plural } from '../../lib/number-text.js';
import { Outcome } from '../../scsi/task.js';
import { operationName } from '../../wire/scsi/operations.js';
import { senseText } from '../../wire/scsi/sense.js';
import type { Found, Severity } from '../finding.js';
import { gather, inOrder, nothing, type OccurrenceGroup, type Rule } from '../rule.js';
import { badTasks, type TaskGroup } from '../watch/bad-tasks.js';

interface SenseGroup extends OccurrenceGroup {
  readonly group: TaskGroup;
  readonly operations: Set<number>;
}

/** How bad a sense key is, and what to do; what is not named is a warning. */
const KEYS: Readonly<Record<number, { severity: Severity; next: string }>> = {
  [-1]: { severity: 'note', next: 'Capture without snaplen: the sense data says what it was.' },
  0: {
    severity: 'note',
    next: 'Nothing: it tells of something on the way (tape marks, progress).',
  },
  1: {
    severity: 'note',
    next: 'The device put it right by itself: watch whether it comes more often.',
  },
  2: {
    severity: 'warning',
    next: 'See what the device waits for: a medium, a start, a format, a failover.',
  },
  3: {
    severity: 'critical',
    next: 'Data could not be read or written: see the device’s disks, and backups.',
  },
  4: { severity: 'critical', next: 'The device says that it is broken: see its own log.' },
  5: {
    severity: 'note',
    next: 'The host asked for something the device does not have; often a probe.',
  },
  7: { severity: 'warning', next: 'The LUN is write protected, for this host or for all.' },
  8: { severity: 'note', next: 'A blank medium, or the end of what was written.' },
  11: {
    severity: 'warning',
    next: 'The target gave the command up; hosts send it again. See its log of that time.',
  },
  14: { severity: 'warning', next: 'What was compared differs: see who else writes there.' },
};

export const checkCondition: Rule = {
  id: 'check-condition',
  about:
    'Commands that ended with status CHECK CONDITION, one finding a session and sense code. Medium ' +
    'and hardware errors are critical; illegal requests are often probes. Unit attentions, changes of ' +
    'access, LUNs that do not exist and ATS miscompares have rules of their own.',
  tells: {
    'check-condition': {
      question: 'Sense data of other kinds',
      owes: 'target',
      about: 'The device told of an error, by sense key and additional sense code.',
      reference: 'SPC (sense data), SAM (CHECK CONDITION)',
      confidence: 'certain',
      proof: ['scsi-response.status'],
      disproof: 'Nothing: the sense data is the device’s own word.',
      next: 'Look up the sense code with the device’s maker.',
    },
  },
  watches: [badTasks],
  find(facts) {
    const all = new Map<string, SenseGroup>();
    for (const group of facts.evidence.of(badTasks).groups.values()) {
      if (group.outcome !== Outcome.checkCondition || isOwn(group)) continue;
      const key = `${group.session}/${group.senseKey}/${group.asc}/${group.ascq}`;
      const make = () => ({ ...nothing(), group, operations: new Set<number>() });
      const found = gather(all, key, make, group);
      for (const operation of group.operations) found?.operations.add(operation);
    }
    return [...all.values()].map(toFinding);
  },
};

/** Told by unit-attention, path-access, lun-missing, device-gone, ats-miscompare. */
function isOwn({ senseKey, asc, ascq }: TaskGroup): boolean {
  if (senseKey === 6) return true;
  if (senseKey === 2 && asc === 0x04 && ascq >= 0x0a && ascq <= 0x0c) return true;
  if (senseKey === 5 && asc === 0x25 && ascq === 0) return true;
  if (senseKey === 4 && asc === 0x3e && (ascq === 1 || ascq === 3)) return true;
  if (senseKey === 4 && asc === 0x4c && ascq === 0) return true;
  return senseKey === 14 && asc === 0x1d;
}

function toFinding({ group, operations, count, frames, fromNs, toNs }: SenseGroup): Found {
  const { senseKey, asc, ascq, session } = group;
  const { severity = 'warning', next } = KEYS[senseKey] ?? {};
  return {
    id: checkCondition.id,
    severity,
    title: `CHECK CONDITION: ${senseText(group) ?? 'sense data not captured'}`,
    text: `${plural(count, 'command')}: ${operationsText(operations)}.`,
    next,
    count,
    frames: inOrder(frames),
    session,
    fromNs,
    toNs,
    values: { senseKey, asc, ascq },
  };
}

/** "READ(10), WRITE(10)": the first few. */
export function operationsText(operations: ReadonlySet<number>): string {
  const names = [...operations].filter((o) => o >= 0).map(operationName);
  return names.slice(0, 6).join(', ') + (names.length > 6 ? ', …' : '') || 'not captured';
}
