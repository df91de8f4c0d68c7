// Logins that were rejected or never answered (RFC 7143 11.13.5): with what, in which stage, and what
// was said last.

import { hostOfEnd } from '../../lib/address.js';
import { bytesText, durationText, plural } from '../../lib/number-text.js';
import type { IscsiConnection, Login, LoginStep } from '../../session/model.js';
import { flowOf } from '../../stream/connection.js';
import {
  codeName,
  LOGIN_STATUS_MEANINGS,
  loginStatusName,
  OPCODE_NAMES,
  Opcode,
  STAGE_NAMES,
} from '../../wire/iscsi/codes.js';
import { shownPair, stageOfCsg } from '../../wire/iscsi/secret-text.js';
import type { Facts } from '../facts.js';
import type { Found, Owes } from '../finding.js';
import {
  gather,
  LOSES_CONNECTION,
  nothing,
  type OccurrenceGroup,
  once,
  type Rule,
} from '../rule.js';
import { IN_DOUBT } from '../support/doubt.js';
import { roundsOf } from '../support/login-rounds.js';
import { slipOf } from '../support/names.js';
import { ACCESS_CHANGED, ACCESS_REFUSED } from '../support/turned-away.js';
import { closerOf, wasClosed } from '../support/who.js';

interface Failed extends OccurrenceGroup {
  readonly story: IscsiConnection;
  readonly login: Login;
}

/** A capture that ends so soon after a Login Request says nothing of its answer. */
const WAIT_LEAST_NS = 1e9;
const MUTUAL =
  'Compare the secret that the host expects of the target (open-iscsi: password_in) with the one that ' +
  'the target proves itself with.';
/** No initiator's timer for a login is as short as this. */
const GIVEN_UP_NS = 1e9;
/** Keys listed of what a side sent last. */
const KEYS_SHOWN = 12;

/** What to do, by status (RFC 7143 11.13.5). */
const NEXT: Readonly<Record<number, string>> = {
  513: 'Compare user names and secrets of both sides, and which side authenticates which (mutual).',
  514: 'See the target’s access list: this initiator name (or address) is not in it.',
  515: 'See whether the target name is spelt as it is exported, and exported at this address.',
  516: 'The target was removed: see what was done at the storage; rescan or remove it at the host.',
  518: 'See MaxConnections and sessions that were never cleared away.',
  519: 'See the keys of the first Login Request: InitiatorName, SessionType and TargetName are due.',
  521: 'This portal takes discovery only (or normal sessions only).',
  522: 'The host adds a connection to a session that the target has cleared away: it must log in anew.',
  769: 'Ask the target: service stopped, failover under way, or the LUN offline; then retry.',
  770: 'Count sessions at the target against its limits; look for a login storm.',
};

export const loginFailed: Rule = {
  id: 'login-failed',
  about:
    'A login was rejected by the target (status class 2 or 3 of a Login Response), or the ' +
    'connection ended, or the capture a second or more later, without a last Login Response.',
  tells: {
    'login-failed': {
      question: 'Logins that fail',
      leadsTo: ['login-storm', 'target-removed'],
      about: 'The target rejected the login, and said why.',
      reference: 'RFC 7143 11.13.5',
      confidence: 'certain',
      proof: ['login-response.statusClass', 'login-response.statusDetail'],
      disproof: 'Nothing: the status is the target’s own word.',
      next: 'Look at both sides’ settings for what the status names.',
    },
    'login-unanswered': {
      question: 'Logins that fail',
      about: 'A Login Request got no last Login Response.',
      reference: 'RFC 7143 6.3',
      confidence: 'certain',
      proof: ['login-request.csg', 'login-request.transit'],
      disproof: 'A Login Response in bytes that the capture misses.',
      next:
        'See who closed and how long the initiator waited: a target that closes at once refuses the ' +
        'address or is starting; one that is silent is overloaded or does not like the request.',
    },
    'login-not-ended': {
      question: 'Logins that fail',
      owes: 'initiator',
      leadsTo: LOSES_CONNECTION,
      about: 'The initiator took a login for ended that the target had not ended.',
      reference: 'RFC 7143 6.3 (it ends with T=1, NSG=FullFeaturePhase and status 0 of the target)',
      confidence: 'certain',
      proof: ['login-response.transit', 'login-response.nsg'],
      disproof: 'A last Login Response that the capture misses without a trace.',
      next: 'See the initiator’s software: it has to go on with the login until the target sets T.',
    },
    'login-answer-not-captured': {
      question: 'Logins that fail',
      owes: 'capture',
      about: 'Bytes of the target are missing, and the answer may be among them.',
      reference: 'RFC 7143 6.3',
      confidence: 'possible',
      disproof: 'A capture without gaps.',
      next: 'Capture both directions.',
    },
  },
  find(facts) {
    const all = new Map<string, Failed>();
    for (const story of facts.stories) {
      const { login } = story;
      if (login === undefined || !failed(story, login, facts)) continue;
      const session = facts.sessions[story.session];
      const key = `${session?.initiatorName} ${session?.targetName} ${statusOf(story, login)}`;
      const last = login.steps[login.steps.length - 1];
      const seen = once(last?.frame ?? 0, login.startedNs);
      gather(all, key, () => ({ ...nothing(), story, login }), seen);
    }
    return [...all.values()].map((one) => toFinding(one, facts));
  },
};

function failed(story: IscsiConnection, login: Login, facts: Facts): boolean {
  if (login.outcome === 'rejected') return true;
  if (login.early !== undefined) return true;
  // One that goes round without moving is told as that.
  if (login.outcome !== 'unanswered' || roundsOf(login) !== undefined) return false;
  return story.replaced || wasClosed(story) || facts.lastNs - login.endedNs >= WAIT_LEAST_NS;
}

function statusOf(story: IscsiConnection, login: Login): string {
  if (login.outcome === 'rejected') return `${login.statusClass}/${login.statusDetail}`;
  if (login.early !== undefined) return 'not ended';
  if (answerMissed(story)) return 'not captured';
  return givenUpAtOnce(story, login) ? 'given up' : 'unanswered';
}

/** The initiator ended it before its last request could be answered: it had come late, or nobody waited. */
function givenUpAtOnce(story: IscsiConnection, { steps, endedNs }: Login): boolean {
  const last = steps[steps.length - 1];
  if (story.replaced || !wasClosed(story)) return false;
  const soon = story.connection.closedNs - endedNs < GIVEN_UP_NS;
  return last?.from === 'initiator' && closerOf(story) === 'initiator' && soon;
}

/** True where the answer may be among what the capture does not hold of the target. */
function answerMissed(story: IscsiConnection): boolean {
  const { a, b } = story.connection;
  // Of the request too: what answers one that is not there begins another login.
  if (a.missingBytes + b.missingBytes > a.lostBytes + b.lostBytes) return true;
  if (story.replaced) return false;
  // A header that snaplen cut has no stage and no status: it may have been the answer.
  if (story.login?.steps.length === 0) return true;
  const { packets, missingBytes } = flowOf(story.connection, story.initiatorDirection ^ 1);
  return packets === 0 || missingBytes > 0;
}

function toFinding(one: Failed, facts: Facts): Found {
  const { story, login, count, frames, fromNs, toNs } = one;
  const base = {
    severity: 'critical' as const,
    count,
    frames,
    session: story.session,
    connection: story.connection.id,
    fromNs,
    toNs: Math.max(toNs, login.endedNs),
  };
  if (login.outcome === 'rejected') return { ...base, ...rejected(one, facts) };
  if (login.early !== undefined) return { ...base, ...notEnded(story, login, login.early) };
  if (answerMissed(story)) {
    return {
      ...base,
      id: 'login-answer-not-captured',
      severity: 'note',
      inferred: true,
      title: `${plural(count, 'login')} whose answer was not captured`,
      text:
        'Bytes of the target are missing in the capture, the answer may be among them: nothing is ' +
        'known of how the login ended.',
    };
  }
  if (givenUpAtOnce(story, login)) {
    const back = backText(one, facts);
    return {
      ...base,
      id: 'login-unanswered',
      severity: back === '' ? 'critical' : 'warning',
      owes: 'unknown',
      title: `The host gave up ${plural(count, 'login')} right behind ${count === 1 ? 'its' : 'their'} last request`,
      text:
        `${howItEnded(story, login, facts)} The target had no time to answer: the request was held on its way, or ` +
        `the host ended it of its own accord.${back} ${saidLast(login)}`,
      next: 'See the host’s log of that time, and what held its packets before (a link that was down, TCP’s retries).',
    };
  }
  return {
    ...base,
    id: 'login-unanswered',
    ...unanswered(story, login, count),
    ...(seenInPart(story, login) && WHY_NOT_SEEN),
    text: `${howItEnded(story, login, facts)} ${saidLast(login)}${seenInPart(story, login) ? NOT_ALL_SEEN : ''}`,
  };
}

const WHY_NOT_SEEN = {
  ...IN_DOUBT,
  next: 'Capture the login whole (no snaplen, from its SYN on), or see the logs of both ends.',
} as const;
const NOT_ALL_SEEN =
  ' Not all of this login was captured: what one side did not like of the other may have been said in it.';

/** Its text was cut, or it may have begun before the capture: who broke off may have had a reason. */
function seenInPart(story: IscsiConnection, { incomplete }: Login): boolean {
  const { a, b } = story.connection;
  return wasClosed(story) && (incomplete || !(a.synSeen || b.synSeen));
}

/** Whose move it was: who said something last waited for the other. */
function unanswered(
  story: IscsiConnection,
  login: Login,
  count: number,
): Pick<Found, 'title' | 'owes' | 'next'> {
  const { steps } = login;
  const last = steps[steps.length - 1];
  const closer = closerOf(story);
  if (last?.from === 'target' && last.statusClass === 0) {
    const keys = last.text.map(([key]) => key);
    const owes = 'initiator';
    if (notArrived(story, login)) {
      return {
        title: notArrivedTitle(story, count),
        owes: 'unknown',
        next: NOT_ARRIVED,
      };
    }
    if (keys.includes('CHAP_R')) {
      const title = 'The initiator did not accept the target’s CHAP proof (mutual CHAP)';
      return { title, owes: 'unknown', next: MUTUAL };
    }
    const title = keys.includes('CHAP_C')
      ? 'The initiator never answered the target’s CHAP challenge'
      : 'The initiator did not go on with a login';
    return {
      title,
      owes,
      next: 'See the host’s log: what it did not like in the target’s last answer.',
    };
  }
  const { closedHow } = story.connection;
  if (closer === 'target' && !story.replaced && wasClosed(story)) {
    const how = closedHow === 'rst' ? 'reset' : 'closed';
    return {
      title: `The target ${how} the connection instead of answering a login`,
      owes: 'target',
    };
  }
  const title =
    count === 1 ? 'A login was never answered' : `${plural(count, 'login')} never answered`;
  return { title, owes: 'target' };
}

/**
 * The initiator had not acknowledged what the target said last when it closed, or nothing at all came of it since: it did
 * not know the answer (captured at the target, or on the way).
 */
function notArrived(story: IscsiConnection, { endedNs }: Login): boolean {
  if (story.replaced) return false;
  if (!wasClosed(story)) {
    return flowOf(story.connection, story.initiatorDirection).lastNs < endedNs;
  }
  return closerOf(story) === 'initiator' && story.connection.closedUnackedBytes > 0;
}

function notArrivedTitle(story: IscsiConnection, count: number): string {
  if (!wasClosed(story)) {
    return `${plural(count, 'login')} whose answer the initiator gave no sign of`;
  }
  const were = count === 1 ? 'A login was' : `${plural(count, 'login')} were`;
  return `${were} given up before the target’s answer arrived`;
}

const NOT_ARRIVED =
  'Its packets were held or lost: capture at the initiator too; see the machine where this was captured (stopped, ' +
  'migrated, starved by its hypervisor) and the way between.';

/** A PDU of the full feature phase in a login that goes on. */
function notEnded(
  story: IscsiConnection,
  { steps }: Login,
  early: NonNullable<Login['early']>,
): Pick<Found, 'id' | 'title' | 'text' | 'frames' | 'severity'> {
  const last = steps[steps.length - 1];
  const name = codeName(OPCODE_NAMES, early.opcode);
  const took =
    story.targetLastFrame > early.frame && story.targetLastOpcode !== Opcode.loginResponse;
  return {
    id: 'login-not-ended',
    severity: took ? 'warning' : 'critical',
    title: `The initiator sent a ${name} although the login had not ended`,
    text:
      `The target’s last Login Response (frame ${last?.frame ?? 0}) has T=0: it waits for the next Login ` +
      `Request. The ${name} in frame ${early.frame} is not allowed before the full feature phase. ` +
      (took ? 'The target took it all the same.' : `${closedText(story)}`),
    frames: [last?.frame ?? 0, early.frame].filter((frame) => frame > 0),
  };
}

function closedText(story: IscsiConnection): string {
  const { closedHow, closedFrame } = story.connection;
  if (!wasClosed(story)) return '';
  const how = closedHow === 'rst' ? 'reset' : 'closed';
  return `The ${closerOf(story)} then ${how} the connection (frame ${closedFrame}).`;
}

type Rejected = Pick<Found, 'id' | 'title' | 'text' | 'next' | 'owes' | 'values' | 'confidence'>;

function rejected(one: Failed, facts: Facts): Rejected {
  const { story, login } = one;
  const code = login.statusClass * 256 + login.statusDetail;
  const meaning = LOGIN_STATUS_MEANINGS[code];
  const auth = login.authMethod ? ` Authentication method: ${login.authMethod}.` : '';
  const whom = whomElse(story, facts);
  const name = loginStatusName(login.statusClass, login.statusDetail);
  const host = whom.others.length > 0 ? ` (${whom.host})` : '';
  const slip = NAME_UNKNOWN.has(code) ? mistyped(story, facts) : undefined;
  const text =
    `The target answered with status 0x${code.toString(16).padStart(4, '0')}` +
    `${meaning ? `: ${meaning}` : ''}.${auth}${backText(one, facts)} ${saidLast(login)}`;
  const before = ACCESS_REFUSED.has(code) && letInBefore(one, facts);
  const common = {
    id: 'login-failed',
    values: { statusClass: login.statusClass, statusDetail: login.statusDetail },
  };
  if (slip !== undefined) {
    return {
      ...common,
      title: `Login rejected: ${name}${host}: no target has the name ${slip.asked}`,
      text:
        `It is ${plural(slip.letters, 'letter')} from ${slip.right}, to which logins are accepted in this ` +
        `capture: a slip of the host’s setting. ${text}`,
      owes: 'initiator',
      confidence: 'likely',
      next: `Correct the target name at the host ${whom.host}: ${slip.right}.`,
    };
  }
  return {
    ...common,
    title: `Login rejected: ${name}${host}${before ? ', though it was let in before' : ''}`,
    text: `${before ? '' : othersText(whom, login)}${text}`,
    owes: before ? 'target' : owesRejected(code, story, facts),
    next: before ? ACCESS_CHANGED : NEXT[code],
  };
}

/** The same host had a login to the same target and portal accepted before: something was changed there since. */
function letInBefore({ story, fromNs }: Failed, facts: Facts): boolean {
  const own = facts.sessions[story.session];
  return facts.stories.some(({ login, session }) => {
    const one = facts.sessions[session];
    return (
      login?.outcome === 'accepted' &&
      login.startedNs < fromNs &&
      own !== undefined &&
      one?.initiatorName === own.initiatorName &&
      one.targetName === own.targetName &&
      one.targetAddress === own.targetAddress
    );
  });
}

/** Not found; and service unavailable, which Linux LIO says of a name that it does not have. */
const NAME_UNKNOWN: ReadonlySet<number> = new Set([0x0203, 0x0301]);
/** Names that a mistyped one is compared with. */
const NAMES_MOST = 64;

/** The name is nearly one that is accepted, or was told by SendTargets, and was never accepted itself. */
function mistyped(
  story: IscsiConnection,
  facts: Facts,
): { asked: string; right: string; letters: number } | undefined {
  const asked = facts.sessions[story.session]?.targetName ?? '';
  const known = [...namesThatWork(facts)];
  if (asked === '' || known.includes(asked)) return undefined;
  for (const right of known.slice(0, NAMES_MOST)) {
    const letters = slipOf(asked, right);
    if (letters > 0) return { asked, right, letters };
  }
  return undefined;
}

/** Target names to which a login was accepted, or that SendTargets told. */
function namesThatWork({ stories, sessions }: Facts): Set<string> {
  const names = new Set<string>();
  for (const { login, session } of stories) {
    if (login?.outcome === 'accepted') names.add(sessions[session]?.targetName ?? '');
  }
  for (const { discovered } of sessions) for (const one of discovered) names.add(one.name);
  names.delete('');
  return names;
}

/** The host, and others whose logins to the same target were accepted. */
function whomElse(story: IscsiConnection, facts: Facts): { host: string; others: string[] } {
  const own = facts.sessions[story.session];
  const host = own?.initiatorName || own?.initiatorAddress || '';
  const others = new Set<string>();
  for (const { login, session } of facts.stories) {
    const one = facts.sessions[session];
    if (login?.outcome !== 'accepted' || one === undefined) continue;
    const name = one.initiatorName || one.initiatorAddress;
    const same = hostOfEnd(one.targetAddress) === hostOfEnd(own?.targetAddress ?? '');
    if (name !== host && (same || one.targetName === own?.targetName)) others.add(name);
  }
  return { host, others: [...others] };
}

function othersText({ others }: { others: readonly string[] }, login: Login): string {
  if (others.length === 0 || login.statusClass === 3) return '';
  const [first] = others;
  const more = others.length > 1 ? ` and ${others.length - 1} more` : '';
  return `The logins of ${first}${more} are accepted there: it is this host’s setting, or its entry at the target. `;
}

/** When a later login of the same two ends was accepted. */
function backText({ story, fromNs }: Failed, facts: Facts): string {
  const own = facts.sessions[story.session];
  const back = facts.stories.find(({ login, session }) => {
    const one = facts.sessions[session];
    const same = one?.initiatorName === own?.initiatorName && one?.targetName === own?.targetName;
    return same && login?.outcome === 'accepted' && login.startedNs > fromNs;
  });
  if (back?.login === undefined) return '';
  return ` After ${durationText(back.login.startedNs - fromNs)} a login was accepted (S${back.session}).`;
}

/** Class 3 is the target's trouble; but LIO says so too of a name that it does not have, and that nobody got in by. */
function owesRejected(code: number, story: IscsiConnection, facts: Facts): Owes {
  if (code >> 8 !== 3) return 'initiator';
  const asked = facts.sessions[story.session]?.targetName ?? '';
  return code !== 0x0301 || namesThatWork(facts).has(asked) ? 'target' : 'unknown';
}

function howItEnded(story: IscsiConnection, login: Login, facts: Facts): string {
  const { closedHow, closedNs } = story.connection;
  if (story.replaced)
    return 'Another login followed on the same connection, without an answer to it.';
  if (!wasClosed(story)) {
    const silent = lastFrom(login) === 'target' ? 'initiator' : 'target';
    return `The ${silent} was silent for ${durationText(facts.lastNs - login.endedNs)}, to the end of the capture.`;
  }
  const what = closedHow === 'rst' ? 'reset' : 'closed';
  const ns = Math.max(0, closedNs - login.endedNs);
  const unknown =
    lastFrom(login) === 'target' && notArrived(story, login)
      ? ` By then it had not acknowledged ${bytesText(story.connection.closedUnackedBytes)} that the target had sent.`
      : '';
  return `The ${closerOf(story)} ${what} the connection ${durationText(ns)} after the last login PDU, with no status.${unknown}`;
}

function lastFrom({ steps }: Login): LoginStep['from'] | undefined {
  return steps[steps.length - 1]?.from;
}

/** The stage, and what the initiator sent last; secrets by name only. */
function saidLast({ steps }: Login): string {
  const asked = steps.filter((step) => step.from === 'initiator');
  const last: LoginStep | undefined = asked[asked.length - 1];
  if (last === undefined) return 'Its requests were not captured.';
  const stage = STAGE_NAMES[last.csg] ?? `stage ${last.csg}`;
  const keys = last.text.map((pair) => {
    const { key, value, hidden } = shownPair(pair[0], pair[1], stageOfCsg(last.csg));
    return hidden || /^CHAP_|^SRP_/.test(key) ? key : `${key}=${value}`;
  });
  const more = keys.length > KEYS_SHOWN ? `, and ${keys.length - KEYS_SHOWN} more` : '';
  const said = keys.length === 0 ? 'no keys' : keys.slice(0, KEYS_SHOWN).join(', ') + more;
  return `It was in ${stage} (step ${asked.length}); the initiator sent last: ${said}.`;
}
