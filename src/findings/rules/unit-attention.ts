// Unit attentions: what happened to a logical unit that its initiators must know, by cause.

import { plural } from '../../lib/number-text.js';
import { Outcome } from '../../scsi/task.js';
import { ascText } from '../../wire/scsi/asc.js';
import type { Facts } from '../facts.js';
import type { Found, Severity } from '../finding.js';
import { gather, inOrder, nothing, type OccurrenceGroup, type Rule } from '../rule.js';
import { type Reset, resetOf, resetText } from '../support/resets.js';
import { badTasks, type TaskGroup } from '../watch/bad-tasks.js';
import { operationsText } from './check-condition.js';

const RESET_OCCURRED = 0x29;
const NEXUS_LOSS = 7;

interface Cause {
  readonly severity: Severity;
  readonly text: string;
  readonly next: string;
}

/** By ASC and ASCQ (`29/00`), else by ASC (`29`). What is not named is a note. */
const CAUSES: Readonly<Record<string, Cause>> = {
  '29': {
    severity: 'warning',
    text: 'The device was reset or power cycled while it was in use: commands of all hosts were lost.',
    next: 'Look for a reset by another host (task-management), or a restart of the target at that time.',
  },
  '29/07': {
    severity: 'warning',
    text: 'The I_T nexus was lost: the target dropped the session before, with its commands.',
    next: 'See how the session before ended (connection-lost).',
  },
  '2a/01': {
    severity: 'note',
    text: 'Mode parameters were changed by another initiator, or by the device.',
    next: 'See who sent MODE SELECT.',
  },
  '2a/03': {
    severity: 'warning',
    text: 'Another host preempted the reservation.',
    next: 'In a cluster that is a failover or fencing: see reservation-conflict.',
  },
  '2a/04': {
    severity: 'note',
    text: 'A reservation was released by its holder.',
    next: 'Nothing, where the cluster did so on purpose.',
  },
  '2a/05': {
    severity: 'warning',
    text: 'Another host preempted the registration: this one is fenced.',
    next: 'See who sent PERSISTENT RESERVE OUT: PREEMPT, and why this host did not answer before.',
  },
  '2a/06': {
    severity: 'warning',
    text: 'The asymmetric access state of this path changed: a failover, or the target set it so.',
    next: 'See path-flapping: once is a failover, again and again is a ping-pong.',
  },
  '2a/07': {
    severity: 'warning',
    text: 'A change of the asymmetric access state failed.',
    next: 'See the controllers of the target.',
  },
  '2a/09': {
    severity: 'note',
    text: 'The capacity changed.',
    next: 'Hosts must rescan to see it.',
  },
  '38/07': {
    severity: 'warning',
    text: 'A thin provisioned LUN reached its soft threshold: the pool runs full.',
    next: 'Add space to the pool, or free some (UNMAP), before writes fail.',
  },
  '3f/0e': {
    severity: 'note',
    text: 'The list of LUNs changed: some were added or taken away.',
    next: 'Hosts must rescan; see luns-changed.',
  },
  '3f/03': {
    severity: 'note',
    text: 'INQUIRY data changed: often a firmware update, or another device behind the LUN.',
    next: 'See whether it is still the same device (VPD 83h).',
  },
};
const OTHER: Cause = {
  severity: 'note',
  text: 'Something changed that the initiator must know.',
  next: 'Look up the sense code; hosts send the command again.',
};
const AFTER_LOGIN: Cause = {
  severity: 'note',
  text: 'All of them met the first commands after a login: targets tell every new session so.',
  next: 'Nothing: the first command of a new session meets it.',
};

/** The commands that a reset ended are told by themselves: that it is said is as it should be. */
const AFTER_RESET: Cause = {
  severity: 'note',
  text: '',
  next: 'See why that host reset it (task-management).',
};

export const unitAttention: Rule = {
  id: 'unit-attention',
  about:
    'Commands that met a UNIT ATTENTION, one finding a target and sense code, with its cause: told to ' +
    'the first commands of a session it is normal after a login, in the middle it is news.',
  tells: {
    'unit-attention': {
      question: 'Unit attentions',
      owes: 'none',
      leadsTo: ['order-broken'],
      about: 'A logical unit told its initiators that something had changed.',
      reference: 'SPC (UNIT ATTENTION); RFC 7143 7.5, RFC 3783 5 (after a lost connection)',
      confidence: 'likely',
      proof: ['scsi-response.status'],
      disproof: 'A login or reset before it that the capture misses would make it normal.',
      next: 'See what happened before it on this LUN.',
    },
  },
  watches: [badTasks],
  find(facts) {
    const all = new Map<string, AttentionGroup>();
    for (const group of facts.evidence.of(badTasks).groups.values()) {
      if (group.outcome !== Outcome.checkCondition || group.senseKey !== 6) continue;
      collect(group, facts, all);
    }
    return [...all.values()].map((one) => toFinding(one, facts));
  },
};

interface AttentionGroup extends OccurrenceGroup {
  readonly group: TaskGroup;
  readonly sessions: Set<number>;
  readonly luns: Set<string>;
  readonly operations: Set<number>;
  readonly early: boolean;
}

function collect(group: TaskGroup, facts: Facts, all: Map<string, AttentionGroup>): void {
  const session = facts.sessions[group.session];
  const target = session?.targetName || session?.targetAddress;
  // Of a session joined in the middle nobody knows what came first.
  const early = group.asc === 0x29 && group.early === group.count && session?.loginSeen === true;
  const key = `${target} ${group.asc}/${group.ascq} ${early}`;
  const make = () => ({
    ...nothing(),
    group,
    sessions: new Set<number>(),
    luns: new Set<string>(),
    operations: new Set<number>(),
    early,
  });
  const found = gather(all, key, make, group);
  found?.sessions.add(group.session);
  found?.luns.add(`${group.lunHigh}/${group.lunLow}`);
  for (const operation of group.operations) found?.operations.add(operation);
}

function toFinding(one: AttentionGroup, facts: Facts): Found {
  const { group, sessions, luns, operations, early, count } = one;
  const { asc, ascq } = group;
  const reset = early ? undefined : resetThatTold(group, facts);
  const cause = early
    ? AFTER_LOGIN
    : reset === undefined
      ? causeOf(asc, ascq)
      : { ...AFTER_RESET, text: `It tells of the ${resetText(reset)}.` };
  return {
    id: unitAttention.id,
    severity: cause.severity,
    title: `UNIT ATTENTION: ${asc < 0 ? 'sense data not captured' : ascText(asc, ascq)}`,
    text:
      `${cause.text}${some(one)} ${plural(count, 'command')} of ${plural(sessions.size, 'session')} on ` +
      `${plural(luns.size, 'LUN')}: ${operationsText(operations)}.`,
    next: cause.next,
    count,
    frames: inOrder(one.frames),
    session: group.session,
    fromNs: one.fromNs,
    toNs: one.toNs,
    confidence: early ? 'certain' : undefined,
    ...(reset === undefined
      ? {}
      : { because: { id: 'task-management', session: reset.session.id } }),
    values: { senseKey: 6, asc, ascq, sessions: sessions.size, luns: luns.size, afterLogin: early },
  };
}

/** The reset that a unit attention "reset occurred" (29h, I_T nexus loss aside) tells of, where it was captured. */
function resetThatTold(group: TaskGroup, facts: Facts): Reset | undefined {
  if (group.asc !== RESET_OCCURRED || group.ascq === NEXUS_LOSS) return undefined;
  return resetOf(facts, group, 0, group.firstNs);
}

/** Where some met the first commands after a login, and some did not. */
function some({ group, early }: AttentionGroup): string {
  if (early || group.early === 0 || group.early === group.count) return '';
  return ` (${group.early} of the first ones came right after a login.)`;
}

function causeOf(asc: number, ascq: number): Cause {
  const hex = (n: number) => n.toString(16).padStart(2, '0');
  return CAUSES[`${hex(asc)}/${hex(ascq)}`] ?? CAUSES[hex(asc)] ?? OTHER;
}
