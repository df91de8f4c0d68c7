// Asymmetric access (ALUA): a path that is standby, unavailable or in transition; and a LUN that moves
// from controller to controller again and again.

import { hex64 } from '../../lib/hex.js';
import { durationText, plural } from '../../lib/number-text.js';
import type { LogicalUnit } from '../../scsi/logical-unit-facts.js';
import { Outcome } from '../../scsi/task.js';
import type { Session } from '../../session/model.js';
import { SET_TARGET_PORT_GROUPS } from '../../wire/scsi/data/device-facts.js';
import { ScsiOpcode } from '../../wire/scsi/opcodes.js';
import type { Facts } from '../facts.js';
import type { Found } from '../finding.js';
import { gather, inOrder, nothing, type OccurrenceGroup, type Rule } from '../rule.js';
import { lunsOfSession } from '../support/luns.js';
import { unitOf } from '../support/units.js';
import { badTasks, type TaskGroup } from '../watch/bad-tasks.js';

/** A failover there and back is an event; a third move begins a pattern. */
const MOVES_LEAST = 3;

interface State {
  readonly severity: Found['severity'];
  readonly words: string;
  readonly text: string;
}

/** NOT READY, 04/0A to 04/0C (SPC). */
const STATES: Readonly<Record<number, State>> = {
  10: {
    severity: 'warning',
    words: 'in transition',
    text: 'The path’s state is changing at the target; hosts wait and try again.',
  },
  11: {
    severity: 'note',
    words: 'standby',
    text: 'This path takes no reads and writes in that state; where another one is active, the host should use that.',
  },
  12: {
    severity: 'warning',
    words: 'unavailable',
    text: 'The controller of this path does not have the LUN now.',
  },
};

const ALONE =
  'See at the target what changed the state (a failover, an administrator, a cluster): one host on one ' +
  'path cannot pull it to and fro.';

/** ASYMMETRIC ACCESS STATE of REPORT TARGET PORT GROUPS (SPC). */
const ACCESS: Readonly<Record<number, string>> = {
  0: 'active/optimized',
  1: 'active/non-optimized',
  2: 'standby',
  3: 'unavailable',
  4: 'logical block dependent',
  14: 'offline',
  15: 'transitioning',
};

export const pathAccess: Rule = {
  id: 'path-access',
  about:
    'Commands refused because of the path’s asymmetric access state (NOT READY 04/0A to 04/0C); and ' +
    'logical units whose state changed three times and more, by unit attentions 2A/06 and the answers ' +
    'of REPORT TARGET PORT GROUPS.',
  tells: {
    'path-access': {
      question: 'Asymmetric access',
      owes: 'target',
      leadsTo: [
        'path-access',
        'unit-attention',
        'check-condition',
        'order-broken',
        'commands-aborted',
      ],
      about: 'The path does not give access to the LUN just then.',
      reference: 'SPC (asymmetric logical unit access)',
      confidence: 'certain',
      proof: ['scsi-response.status'],
      disproof: 'Nothing: the sense data is the device’s own word.',
      next: 'See which path is active (REPORT TARGET PORT GROUPS), and the host’s multipath settings.',
    },
    'path-flapping': {
      question: 'Asymmetric access',
      leadsTo: [
        'path-access',
        'unit-attention',
        'check-condition',
        'order-broken',
        'commands-aborted',
      ],
      about: 'The LUN moves between controllers again and again.',
      reference: 'SPC (asymmetric logical unit access, 2A/06)',
      confidence: 'likely',
      proof: ['scsi-response.status'],
      disproof: 'Tests, or maintenance, that moved the LUN on purpose.',
      next:
        'Hosts that prefer different paths pull the LUN to and fro: give all hosts the same path policy, ' +
        'and see who sends SET TARGET PORT GROUPS or implicit I/O on the other path.',
    },
  },
  watches: [badTasks],
  find(facts) {
    return [...refused(facts), ...flapping(facts)];
  },
};

interface Refused extends OccurrenceGroup {
  readonly group: TaskGroup;
}

function refused(facts: Facts): Found[] {
  const all = new Map<string, Refused>();
  for (const group of facts.evidence.of(badTasks).groups.values()) {
    if (group.outcome !== Outcome.checkCondition || group.senseKey !== 2 || group.asc !== 4)
      continue;
    if (STATES[group.ascq] === undefined) continue;
    const key = `${group.session}/${group.lunHigh}/${group.lunLow}/${group.ascq}`;
    gather(all, key, () => ({ ...nothing(), group }), group);
  }
  return [...all.values()].map(({ group, count, frames, fromNs, toNs }) => {
    const { severity, words, text } = STATES[group.ascq];
    return {
      id: 'path-access',
      severity,
      title: `${plural(count, 'command')} refused: the path is ${words}`,
      text: `${text} For ${durationText(toNs - fromNs)}, from the first to the last of them.`,
      count,
      frames: inOrder(frames),
      session: group.session,
      lun: hex64(group.lunHigh, group.lunLow),
      fromNs,
      toNs,
      values: { asc: 4, ascq: group.ascq },
    };
  });
}

/** What shows that one logical unit changed its state. */
interface Moves extends OccurrenceGroup {
  readonly session: number;
  readonly lun: string;
  readonly sessions: Set<number>;
  attentions: number;
  changes: number;
  states: string;
}

function flapping(facts: Facts): Found[] {
  const all = new Map<string, Moves>();
  const make = (session: number, lun: string) => (): Moves => ({
    ...nothing(),
    session,
    lun,
    sessions: new Set(),
    attentions: 0,
    changes: 0,
    states: '',
  });
  for (const group of facts.evidence.of(badTasks).groups.values()) {
    const { senseKey, asc, ascq, session, lunHigh, lunLow } = group;
    if (senseKey !== 6 || asc !== 0x2a || ascq !== 6) continue;
    const lun = hex64(lunHigh, lunLow);
    const found = gather(all, unitOf(facts, session, lun), make(session, lun), group);
    if (found === undefined) continue;
    found.sessions.add(session);
    // Every session is told of every move: those that one was told are moves.
    found.attentions = Math.max(found.attentions, group.count);
  }
  for (const session of facts.sessions) {
    for (const lun of session.luns.values()) reported(session, lun, facts, all, make);
  }
  return [...all.values()]
    .filter((m) => Math.max(m.attentions, m.changes) >= MOVES_LEAST)
    .map((moves) => toFinding(moves, facts));
}

function reported(
  session: Session,
  lun: LogicalUnit,
  facts: Facts,
  all: Map<string, Moves>,
  make: (session: number, lun: string) => () => Moves,
): void {
  const moved = lun.portGroups.filter((group) => group.changes > 0);
  if (moved.length === 0) return;
  // A move changes two groups at once, from and to.
  const changes = Math.max(...moved.map((group) => group.changes));
  const [last] = [...moved].sort((a, b) => b.timeNs - a.timeNs);
  const seen = { count: 0, frames: [last.frame], firstNs: last.timeNs, lastNs: last.timeNs };
  const found = gather(all, unitOf(facts, session.id, lun.lun), make(session.id, lun.lun), seen);
  if (found === undefined) return;
  found.sessions.add(session.id);
  found.changes = Math.max(found.changes, changes);
  found.states = moved
    .map((g) => `group ${g.group} ${ACCESS[g.state] ?? g.state} at last`)
    .join(', ');
}

/** Who moved the LUN by command: SET TARGET PORT GROUPS (A4h, service action 0Ah). */
function setBy(sessions: ReadonlySet<number>, facts: Facts): string {
  const told: string[] = [];
  for (const session of sessions) {
    const cells = lunsOfSession(facts, session).flatMap((lun) => [...lun.cells.values()]);
    const set = cells.filter(
      (cell) =>
        cell.opcode === ScsiOpcode.maintenanceOut && cell.serviceAction === SET_TARGET_PORT_GROUPS,
    );
    const count = set.reduce((sum, cell) => sum + cell.commands, 0);
    if (count > 0) told.push(`S${session} (${plural(count, 'time')})`);
  }
  return told.length === 0
    ? 'No host seen here asked for it (SET TARGET PORT GROUPS): the target changed it, or it followed the I/O.'
    : `SET TARGET PORT GROUPS came from ${told.slice(0, 4).join(', ')}.`;
}

function toFinding(moves: Moves, facts: Facts): Found {
  const { attentions, changes, sessions, states, session, lun, fromNs, toNs, frames } = moves;
  const times = Math.max(attentions, changes);
  return {
    id: 'path-flapping',
    severity: 'critical',
    title: `The LUN’s access state changed ${plural(times, 'time')}`,
    text:
      `${plural(attentions, 'unit attention')} 2A/06 a session, ${plural(changes, 'change')} in the ` +
      `answers of REPORT TARGET PORT GROUPS, seen by ${plural(sessions.size, 'session')}` +
      `${states === '' ? '' : ` (${states})`}. Each change stalls the I/O of the LUN. ${setBy(sessions, facts)}`,
    count: times,
    frames: inOrder(frames),
    session,
    lun,
    fromNs,
    toNs,
    // One host on one path has nobody to pull against.
    ...(sessions.size > 1 ? {} : { owes: 'target' as const, next: ALONE }),
    values: { attentions, changes, sessions: sessions.size },
  };
}
