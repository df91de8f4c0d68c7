// Task management: which commands the initiator gave up on, how old they were (its timers), and what
// the target said. A storm of it is a host in error handling.

import { durationText, plural } from '../../lib/number-text.js';
import { Outcome } from '../../scsi/task.js';
import type { Session, SessionEvent } from '../../session/model.js';
import {
  codeName,
  TASK_MANAGEMENT_RESPONSE_NAMES,
  TaskManagement,
  TaskManagementResponse,
} from '../../wire/iscsi/codes.js';
import type { Facts } from '../facts.js';
import type { Found, Severity } from '../finding.js';
import {
  gather,
  inOrder,
  LOSES_CONNECTION,
  nothing,
  type OccurrenceGroup,
  once,
  type Rule,
} from '../rule.js';
import { fcNexusOf } from '../support/fc.js';
import { targetHeard } from '../support/heard.js';
import { hitsOthers, managementName, resetOf } from '../support/resets.js';
import { badTasks } from '../watch/bad-tasks.js';
import { framing } from '../watch/framing.js';

/** Timers that hosts give up by (s), and how near an age must be to be one's: the host's own delays. */
const TIMERS_S = [15, 30, 60, 90, 120, 180];
const NEAR_NS = 2e9;
/** Aborts and resets of a session that are a storm: hosts abort a queue's commands one by one. */
const STORM_LEAST = 10;
/** An answer that takes longer comes after open-iscsi's abort_timeout (15 s) or lu_reset_timeout (30 s). */
const ANSWER_NS = 15e9;
const OTHERS_NEXT =
  'See why that host reset it (its log, its cluster software): all hosts at the unit pay for it.';
/** A request this young at the end of the capture may still be answered. */
const YOUNG_NS = 2e9;

const LOST: ReadonlySet<number> = new Set([
  TaskManagement.abortTask,
  TaskManagement.abortTaskSet,
  TaskManagement.clearTaskSet,
  TaskManagement.logicalUnitReset,
  TaskManagement.targetWarmReset,
  TaskManagement.targetColdReset,
  TaskManagement.itNexusReset,
]);

export const taskManagement: Rule = {
  id: 'task-management',
  about:
    'Aborts and resets of a session by function and answer: the age of the commands at that moment ' +
    'against the timers of hosts (15, 30, 60 s), answers that never came or came late, and whether ' +
    'they come in a storm.',
  tells: {
    'task-management': {
      question: 'Aborts and resets',
      leadsTo: [
        'commands-aborted',
        'task-aborted',
        'task-management-unanswered',
        'unit-attention',
        ...LOSES_CONNECTION,
      ],
      about: 'The initiator gave up on commands, or reset a logical unit or the target.',
      reference: 'RFC 7143 11.5, 11.6.1; RFC 7144 6.3; FCP-4 (flags of FCP_CMND, RSP_CODE)',
      confidence: 'certain',
      proof: ['task-management-request.function', 'task-management-response.response'],
      disproof: 'Its answer, or the command’s, in bytes that the capture misses.',
      next: 'See what the commands waited for; an abort is what the host did about it, not the cause.',
    },
    'task-management-unanswered': {
      question: 'Aborts and resets',
      owes: 'target',
      leadsTo: [...LOSES_CONNECTION],
      about: 'The target did not answer task management: the host’s next step is harsher.',
      reference: 'RFC 7143 11.6; open-iscsi: conn error 1021 after abort 15 s, LUN reset 30 s',
      confidence: 'certain',
      proof: ['task-management-request.initiatorTaskTag'],
      disproof: 'Its answer in bytes that the capture misses.',
      next: 'The target’s command engine is stuck, not one command: look at the target.',
    },
    'abort-storm': {
      question: 'Aborts and resets',
      leadsTo: [
        'commands-aborted',
        'task-aborted',
        'task-management-unanswered',
        'unit-attention',
        ...LOSES_CONNECTION,
      ],
      about: 'Ten and more aborts or resets in a session.',
      reference: 'RFC 7143 11.5',
      confidence: 'certain',
      proof: ['task-management-request.function'],
      disproof: 'A test tool that aborts on purpose.',
      next:
        'Find what all of them waited for: the first of them shows it best. Longer timers at the host ' +
        'only hide it.',
    },
  },
  watches: [badTasks, framing],
  find(facts) {
    return facts.sessions.flatMap((session) => ofSession(session, facts));
  },
};

interface Group extends OccurrenceGroup {
  readonly event: SessionEvent;
  readonly answered: boolean;
  readonly agesNs: number[];
  answerNsMax: number;
}

function ofSession(session: Session, facts: Facts): Found[] {
  const all = new Map<string, Group>();
  const events = session.events.filter((event) => isManagement(event, session));
  // A session that gave up on no command of its own sent it for another reason than their wait.
  const alone = events.every(hitNothing);
  for (const event of events) {
    const answered = event.fields.response !== undefined || event.endNs >= 0;
    if (!answered && young(event, session, facts)) continue;
    if (!answered && !isHeard(session, event, facts)) continue;
    const key = `${event.fields.function} ${event.fields.response ?? 'none'}`;
    const make = () => ({ ...nothing(), event, answered, agesNs: [], answerNsMax: -1 });
    const group = gather(all, key, make, once(event.frame, event.timeNs));
    if (group === undefined) continue;
    const { ageNs } = event.fields;
    if (typeof ageNs === 'number') group.agesNs.push(ageNs);
    const ns = event.endNs >= 0 ? event.endNs - event.timeNs : -1;
    if (ns > group.answerNsMax) group.answerNsMax = ns;
  }
  return [
    ...storm(events, session),
    ...[...all.values()].map((group) => told(group, session, facts, alone)),
  ];
}

/** ABTS of a Fibre Channel exchange is told with what was missing of it (fc-exchanges.ts). */
function isManagement({ kind, fields }: SessionEvent, { protocol }: Session): boolean {
  if (kind !== 'task management') return false;
  return protocol !== 'fcp' || fields.function !== TaskManagement.abortTask;
}

/** Nothing of the target is missing since: its answer would be in the capture. */
function isHeard(session: Session, event: SessionEvent, facts: Facts): boolean {
  if (session.protocol !== 'fcp') return targetHeard(session.id, event.timeNs, facts);
  const link = facts.fc.links[fcNexusOf(facts, session.id)?.link ?? -1];
  if (link === undefined) return false;
  return link.connections.every(({ connection, syncLost }) => {
    if (syncLost.count > 0) return false;
    return connection === undefined || connection.a.missingBytes + connection.b.missingBytes === 0;
  });
}

/** No command of the session was open at it. */
function hitNothing({ fields }: SessionEvent): boolean {
  return typeof fields.ageNs !== 'number' && Number(fields.tasksEnded ?? 0) === 0;
}

function young(event: SessionEvent, session: Session, facts: Facts): boolean {
  const endNs = session.endedNs >= 0 ? session.endedNs : facts.lastNs;
  return session.endedNs < 0 && endNs - event.timeNs < YOUNG_NS;
}

function told(group: Group, session: Session, facts: Facts, alone: boolean): Found {
  const { event, answered, agesNs, answerNsMax } = group;
  const fn = Number(event.fields.function ?? -1);
  const what = managementName(session, fn);
  const response = Number(event.fields.response ?? -1);
  const answer = !answered
    ? 'not answered'
    : response < 0
      ? 'with an answer that was not captured whole'
      : `answered ${codeName(TASK_MANAGEMENT_RESPONSE_NAMES, response)}`;
  const late =
    answerNsMax >= ANSWER_NS ? ` The slowest answer took ${durationText(answerNsMax)}.` : '';
  const others = answered && hitsOthers(fn) ? othersHit(group, session, facts) : [];
  const own = agesNs.length > 0 || !hitNothing(event);
  const hit = others.map(([host, n]) => `${plural(n, 'command')} of ${host}`).join(', ');
  const by = session.initiatorName || session.initiatorAddress;
  return {
    id: answered ? 'task-management' : 'task-management-unanswered',
    severity: severityOf(fn, answered, own || others.length > 0),
    ...(alone && answered && hitsOthers(fn) ? { because: 'nothing' as const } : {}),
    ...(others.length > 0 ? { owes: 'initiator' as const, next: OTHERS_NEXT } : {}),
    // Frames leave no trace where they are lost: who owed it is not known.
    ...(!answered && session.protocol === 'fcp' ? { owes: 'unknown' as const } : {}),
    title:
      others.length > 0 ? `${what} of ${by} aborted ${hit}` : `Task management: ${what}, ${answer}`,
    text: textOf(
      `${agesText(agesNs)}${meaning(fn, response, event)}${late}`,
      others.length > 0 ? 'It ended what other hosts had open there as TASK ABORTED.' : '',
    ),
    count: group.count,
    frames: inOrder(group.frames),
    session: session.id,
    fromNs: group.fromNs,
    toNs: group.toNs,
    values: {
      function: fn,
      response,
      ...(agesNs.length > 0
        ? { ageNsMin: Math.min(...agesNs), ageNsMax: Math.max(...agesNs) }
        : {}),
    },
  };
}

function textOf(said: string, others: string): string {
  if (others !== '') return `${said} ${others}`;
  return said === '' ? 'It concerned no command that was open in the capture.' : said;
}

/** A reset that no command was open at lost nothing: an administrator, or a host that clears up. */
function severityOf(fn: number, answered: boolean, hit: boolean): Severity {
  if (!answered) return 'critical';
  return LOST.has(fn) && (hit || !hitsOthers(fn)) ? 'warning' : 'note';
}

/** Hosts other than the one that sent it whose commands ended as TASK ABORTED by it, and how many. */
function othersHit(
  { event }: Group,
  session: Session,
  facts: Facts,
): (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const group of facts.evidence.of(badTasks).groups.values()) {
    if (group.outcome !== Outcome.taskAborted || group.session === session.id) continue;
    const reset = resetOf(facts, group, group.firstNs, group.lastNs);
    const same =
      reset?.session === session && reset.event.fields.function === event.fields.function;
    const of = facts.sessions[group.session];
    if (!same || of === undefined) continue;
    const host = of.initiatorName || of.initiatorAddress;
    counts.set(host, (counts.get(host) ?? 0) + group.count);
  }
  return [...counts];
}

/** The ages of aborted commands, and the timer that they are near to. */
function agesText(agesNs: readonly number[]): string {
  if (agesNs.length === 0) return '';
  const [least, most] = [Math.min(...agesNs), Math.max(...agesNs)];
  const timer = TIMERS_S.find((s) => agesNs.every((ns) => Math.abs(ns - s * 1e9) <= NEAR_NS));
  const ages =
    least === most ? durationText(least) : `${durationText(least)} to ${durationText(most)}`;
  const by = timer === undefined ? '' : `, a timer of ${timer} s`;
  return `The commands were ${ages} old${by}. `;
}

/** What the answer means for the command (11.6.1). */
function meaning(fn: number, response: number, event: SessionEvent): string {
  if (response === TaskManagementResponse.noTask) {
    if (event.fields.requestCaptured === false) return 'The request was not captured.';
    return event.fields.referencedTaskOpen === true
      ? 'The target does not know the task although no status of it was captured: it never arrived, or its status was lost.'
      : 'The task had ended before: status and abort crossed on their way.';
  }
  if (response === TaskManagementResponse.notSupported) {
    return 'The target does not have this function: hosts go on with the next harsher one.';
  }
  if (response === TaskManagementResponse.rejected) return 'The target refused to do it.';
  if (response < 0 && event.endNs < 0) {
    return fn === TaskManagement.abortTask
      ? 'After its timer the host resets the logical unit, then drops the session.'
      : 'After its timer the host drops the session and logs in anew.';
  }
  if (
    response === TaskManagementResponse.complete ||
    response === TaskManagementResponse.succeeded
  ) {
    const ended = Number(event.fields.tasksEnded ?? 0);
    return ended > 0 ? `The first ended ${plural(ended, 'command')}.` : '';
  }
  return '';
}

function storm(events: readonly SessionEvent[], session: Session): Found[] {
  const lost = events.filter((event) => LOST.has(Number(event.fields.function)));
  if (lost.length < STORM_LEAST) return [];
  const [first] = lost;
  const last = lost[lost.length - 1];
  const silent = lost.filter((e) => e.fields.response === undefined && e.endNs < 0).length;
  const agesNs = lost.flatMap((e) => (typeof e.fields.ageNs === 'number' ? [e.fields.ageNs] : []));
  const luns = new Set(lost.map((event) => event.fields.lun));
  return [
    {
      id: 'abort-storm',
      severity: 'critical',
      title: `${session.eventsDropped > 0 ? 'At least ' : ''}${plural(lost.length, 'abort or reset', 'aborts and resets')} in ${durationText(last.timeNs - first.timeNs)}`,
      text:
        `Of ${plural(luns.size, 'LUN')}; ${silent} without an answer. ${agesText(agesNs)}` +
        'The host is in error handling: its commands wait for the storage, all at once.',
      count: lost.length,
      frames: inOrder(lost.slice(0, 20).map((event) => event.frame)),
      session: session.id,
      fromNs: first.timeNs,
      toNs: last.timeNs,
      values: { requests: lost.length, unanswered: silent, luns: luns.size },
    },
  ];
}
