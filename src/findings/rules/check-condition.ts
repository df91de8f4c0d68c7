// Commands that ended with CHECK CONDITION, by what their sense data says (SPC). Those that mean
// something of their own are told by other rules: unit attentions, paths, LUNs that are gone, ATS.

import { plural } from '../../lib/number-text.js';
import { Outcome } from '../../scsi/task.js';
import { operationName } from '../../wire/scsi/operations.js';
import { SenseFlag, senseFlagsText, senseText } from '../../wire/scsi/sense.js';
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
    'deferred-error': {
      question: 'Sense data of other kinds',
      owes: 'target',
      about:
        'Sense data with response code 71h or 73h: the error is of an earlier command, which had been ' +
        'told good, not of the command that it ended.',
      reference: 'SPC (deferred errors)',
      confidence: 'certain',
      proof: ['scsi-response.status'],
      disproof: 'Nothing: the sense data is the device’s own word.',
      next:
        'Do not trust what was written before it (a cache that could not be emptied, a tape’s buffer): ' +
        'compare or write it again. The command that met it was not executed.',
    },
  },
  watches: [badTasks],
  find(facts) {
    const all = new Map<string, SenseGroup>();
    for (const group of facts.evidence.of(badTasks).groups.values()) {
      if (group.outcome !== Outcome.checkCondition || isOwn(group)) continue;
      const { session, senseKey, asc, ascq, senseFlags } = group;
      const key = [session, senseKey, asc, ascq, senseFlags].join('/');
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

const DEFERRED =
  'The error is not theirs: it is of an earlier command, which had been told good. Data of that one may ' +
  'be lost.';

/** What was recovered, or is no error, cost no data; what could not be written did. */
function deferredSeverity(senseKey: number): Severity {
  if (senseKey === 0 || senseKey === 1) return 'note';
  return [3, 4, 7, 13].includes(senseKey) ? 'critical' : 'warning';
}

/** What the bits of a tape say where nothing is wrong (SSC). */
function meanings({ senseKey, senseFlags }: TaskGroup): string[] {
  if (senseKey !== 0) return [];
  const all: string[] = [];
  if ((senseFlags & SenseFlag.filemark) !== 0) all.push('A filemark ends a file: no error.');
  if ((senseFlags & SenseFlag.eom) !== 0) all.push('The medium is near its end, or at it.');
  if ((senseFlags & SenseFlag.ili) !== 0) {
    all.push('The block was shorter or longer than was asked for: no error where its data came.');
  }
  return all;
}

function toFinding({ group, operations, count, frames, fromNs, toNs }: SenseGroup): Found {
  const { senseKey, asc, ascq, session, senseFlags } = group;
  const { severity = 'warning', next } = KEYS[senseKey] ?? {};
  const flags = senseFlagsText(senseFlags);
  const deferred = (senseFlags & SenseFlag.deferred) !== 0;
  const codes = senseText(group) ?? 'sense data not captured';
  // FILEMARK DETECTED (00/01) says it already.
  const words = flags === '' || codes.includes(flags) ? codes : `${codes}, ${flags}`;
  const which = `${plural(count, 'command')}: ${operationsText(operations)}.`;
  return {
    id: deferred ? 'deferred-error' : checkCondition.id,
    severity: deferred ? deferredSeverity(senseKey) : severity,
    title: `${deferred ? 'Deferred error' : 'CHECK CONDITION'}: ${words}`,
    text: [which, ...(deferred ? [DEFERRED] : meanings(group))].join(' '),
    next: deferred ? undefined : next,
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
