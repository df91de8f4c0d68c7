// Connections that ended without a logout: who closed, and what shows why.

import { durationText, plural } from '../../lib/number-text.js';
import { iserUnread } from '../../session/iser/facts.js';
import type { IscsiConnection, SessionEvent } from '../../session/model.js';
import { flowOf } from '../../stream/connection.js';
import { ASYNC_EVENT_NAMES, codeName, OPCODE_NAMES, Opcode } from '../../wire/iscsi/codes.js';
import { connectionsOf, type Facts } from '../facts.js';
import type { Found, Owes, Severity } from '../finding.js';
import { inOrder, type Rule } from '../rule.js';
import {
  type Quiet,
  quietThenBack,
  type ServiceEnded,
  serviceEnded,
} from '../support/came-back.js';
import { DOUBTS, doubtOf } from '../support/doubt.js';
import { ACCESS_CHANGED, type TurnedAway, turnedAway } from '../support/turned-away.js';
import { closerOf, wasClosed } from '../support/who.js';
import { type EndState, ends } from '../watch/ends.js';
import { framing } from '../watch/framing.js';
import { silences } from '../watch/silence.js';

/** Asynchronous events that announce an end: logout request, drop of connection or session (11.9.1). */
const ANNOUNCES = [1, 2, 3];
/** Who closes for what it has just got does so at once. */
const AT_ONCE_NS = 200e6;
/** An event this long before the end may be its cause: a login and a timer lie between. */
const BEFORE_NS = 60e9;
/** A host that has its answer goes soon. */
const DISCOVERY_NS = 1e9;
/** No timer of a ping is shorter: a younger one is not why somebody closed. */
const PING_LEAST_NS = 0.5e9;

export const connectionLost: Rule = {
  id: 'connection-lost',
  about:
    'An iSCSI connection was reset or closed although nobody had logged out; with the last PDU each ' +
    'way, commands that were open, pings, aborts, digests and asynchronous messages before. ' +
    'Connections whose login failed are told by login-failed.',
  tells: {
    'connection-lost': {
      question: 'Who closed, and why',
      leadsTo: [
        'commands-lost',
        'login-unanswered',
        'portals-unreachable',
        'reinstatement',
        'reinstatement-loop',
        'all-paths-down',
        'cmdsn-outside-window',
        'cmdsn-hole',
        'command-window-used-up',
        'unit-attention',
      ],
      unexplained: 'Nothing before it says why; some tools never log out.',
      about: 'A connection ended without a logout.',
      reference: 'RFC 7143 11.14, 7.5',
      confidence: 'certain',
      disproof: 'A Logout Request in bytes that the capture misses.',
      next: 'See the side that closed: its log says which timer or error made it do so.',
    },
  },
  watches: [ends, framing, silences],
  find(facts) {
    return connectionsOf(facts)
      .filter(isLost)
      .map((story) => toFinding(story, facts));
  },
};

function isLost(story: IscsiConnection): boolean {
  const { closedHow } = story.connection;
  if (story.login !== undefined && story.login.outcome !== 'accepted') return false;
  // Its logout may be among the RDMA that was not read (iser-unread).
  if (story.rdma !== undefined && iserUnread(story.rdma) && closedHow === 'fin') return false;
  return wasClosed(story) && story.ended === 'connection lost';
}

function toFinding(story: IscsiConnection, facts: Facts): Found {
  const { connection } = story;
  const who = closerOf(story);
  const reset = connection.closedHow === 'rst';
  // What of the target was not captured, or not told apart, may have answered them.
  const target = flowOf(connection, story.initiatorDirection ^ 1);
  const framed = (facts.evidence.of(framing).groups.get(connection.id)?.unframedBytes ?? 0) === 0;
  const read = story.rdma === undefined || !iserUnread(story.rdma);
  const heard = read && target.packets > 0 && target.missingBytes === 0 && framed;
  const open = heard ? openAtEnd(story, facts) : 0;
  const state = facts.evidence.of(ends).states.get(connection.id) ?? story;
  const idleNs = connection.closedNs - Math.max(state.initiatorLastNs, state.targetLastNs);
  const doubt = doubtOf(story.session, facts);
  const away = turnedAway(story, facts);
  const reason = away === undefined ? reasonOf(story, facts, open, idleNs) : wentAway(away);
  const { text, next } = reason;
  return {
    id: connectionLost.id,
    // The logout may be among what was not captured.
    severity:
      reason.harmless !== true && (doubt === undefined || open > 0)
        ? severityOf(reset, who, open)
        : 'note',
    confidence: doubt === undefined ? undefined : 'possible',
    inferred: doubt === undefined ? undefined : true,
    title:
      reason.title ?? `Connection ${reset ? 'reset' : 'closed'} by the ${who} without a logout`,
    text:
      `TCP ${reset ? 'RST' : 'FIN'} in frame ${connection.closedFrame}, ` +
      `${heard ? plural(open, 'command') : 'how many commands is not known'} open. ` +
      `${lastPdus(state, connection.closedNs)} ${text}${doubt === undefined ? '' : ` ${DOUBTS[doubt]}`}`,
    next,
    owes: reason.owes,
    explained: reason.explained,
    ...(away === undefined
      ? {}
      : { owes: 'target' as const, because: { id: 'login-failed', session: away.session } }),
    count: 1,
    frames: inOrder([state.initiatorLastFrame, state.targetLastFrame, connection.closedFrame]),
    session: story.session,
    connection: connection.id,
    fromNs: reason.sinceNs ?? connection.closedNs,
    ...(reason.sinceNs === undefined ? {} : { toNs: connection.closedNs }),
    values: { commandsOpen: open, idleNs: Math.max(0, idleNs), closedBy: who },
  };
}

/** Why it ended, as far as the capture shows. */
interface Reason {
  readonly text: string;
  readonly next?: string;
  /** Where it says more than who closed. */
  readonly title?: string;
  readonly owes?: Owes;
  readonly sinceNs?: number;
  readonly explained?: boolean;
  /** It is how some software ends what it has done. */
  readonly harmless?: boolean;
}

function wentAway({ name, frame, access }: TurnedAway): Reason {
  if (access) {
    return {
      text: `The host came back and was refused: ${name} (frame ${frame}). Its access, or the target, was taken away there.`,
      next: ACCESS_CHANGED,
    };
  }
  return {
    text: `The host came back and was refused: ${name} (frame ${frame}). The target went out of service.`,
    next: 'See the target’s log: who took it out of service, or what made it go.',
  };
}

/** An initiator that goes away with nothing open has done its work: some tools never log out. */
function severityOf(reset: boolean, who: string, open: number): Severity {
  if (open > 0) return 'critical';
  if (reset) return who === 'initiator' ? 'warning' : 'critical';
  return who === 'initiator' ? 'note' : 'warning';
}

function eventsOf(story: IscsiConnection, facts: Facts): readonly SessionEvent[] {
  const events = facts.sessions[story.session]?.events ?? [];
  return events.filter((event) => event.connection === story.connection.id);
}

function openAtEnd(story: IscsiConnection, facts: Facts): number {
  const ended = eventsOf(story, facts).find((event) => event.kind === 'connection ended');
  const open = ended?.fields.tasksOpen;
  return typeof open === 'number' ? open : 0;
}

/** The same of a target; with error recovery level 0 it ends the connection. */
function digestAtTarget(story: IscsiConnection, facts: Facts, open: number): Reason | undefined {
  const { headerDigest, dataDigest, connection } = story;
  const state = facts.evidence.of(ends).states.get(connection.id) ?? story;
  const ns = connection.closedNs - state.initiatorLastNs;
  const sends = [Opcode.dataOut, Opcode.scsiCommand] as readonly number[];
  const data = sends.includes(state.initiatorLastOpcode) && ns >= 0 && ns < AT_ONCE_NS;
  if (!(headerDigest || dataDigest) || closerOf(story) !== 'target' || !data || open === 0)
    return undefined;
  return {
    title:
      'The target closed the connection right behind a command or its data, with digests in use',
    text:
      'That is what a target does that finds a bad digest (LIO at ErrorRecoveryLevel 0 says nothing else). Whether it ' +
      'did, this capture cannot show.',
    next: 'Capture at the target: there the digests of what arrived can be checked; see its log for bad digests.',
    owes: 'unknown',
    explained: true,
  };
}

/** The last PDU of each side, before the end. */
function lastPdus(state: LastPdus, closedNs: number): string {
  const said = (who: string, opcode: number, frame: number, ns: number): string => {
    if (opcode < 0) return `no PDU of the ${who}`;
    const ago = durationText(Math.max(0, closedNs - ns));
    return `${who} ${codeName(OPCODE_NAMES, opcode)} (frame ${frame}, ${ago} before)`;
  };
  const { initiatorLastOpcode, initiatorLastFrame, initiatorLastNs } = state;
  const { targetLastOpcode, targetLastFrame, targetLastNs } = state;
  const initiator = said('initiator', initiatorLastOpcode, initiatorLastFrame, initiatorLastNs);
  const target = said('target', targetLastOpcode, targetLastFrame, targetLastNs);
  return `Last PDUs: ${initiator}; ${target}.`;
}

type LastPdus = Pick<
  EndState,
  | 'initiatorLastNs'
  | 'initiatorLastFrame'
  | 'initiatorLastOpcode'
  | 'targetLastNs'
  | 'targetLastFrame'
  | 'targetLastOpcode'
>;

/** What happened before that explains it, the strongest first. */
function reasonOf(story: IscsiConnection, facts: Facts, open: number, idleNs: number): Reason {
  const { closedNs, id } = story.connection;
  const before = eventsOf(story, facts).filter((e) => closedNs - e.timeNs <= BEFORE_NS);
  const announced = before.find(
    (e) => e.kind === 'async message' && ANNOUNCES.includes(Number(e.fields.asyncEvent)),
  );
  if (announced !== undefined) {
    const name = codeName(ASYNC_EVENT_NAMES, Number(announced.fields.asyncEvent));
    const text = `The target had announced it: ${name} (frame ${announced.frame}).`;
    return { text, explained: true };
  }
  if (open === 0 && discoveryDone(story, facts)) return DISCOVERY_DONE;
  const ended = serviceEnded(story, facts);
  if (ended !== undefined) return serviceGone(ended, story);
  const ping = before.find(
    (e) => e.kind === 'nop' && e.fields.answered === false && closedNs - e.timeNs >= PING_LEAST_NS,
  );
  if (ping !== undefined) {
    const next = 'See ping-timeout: whether the other side was dead, or busy sending data.';
    const ns = durationText(closedNs - ping.timeNs);
    const text = `A ping (frame ${ping.frame}) had waited ${ns} for its answer.`;
    return { text, next, explained: true };
  }
  // Where a command waited others tell whose move it was.
  const whole = open === 0 && doubtOf(story.session, facts) === undefined;
  const quiet = whole ? quietThenBack(story, facts) : undefined;
  if (quiet !== undefined) return fellSilent(quiet, story);
  const digests = facts.evidence.of(framing).groups.get(id);
  if (digests !== undefined && digests.digests.count > 0) {
    const text = 'Digests of this connection had been bad.';
    return { text, next: 'See digest-bad.', explained: true };
  }
  const hidden = digestAtHost(story, facts) ?? digestAtTarget(story, facts, open);
  if (hidden !== undefined) return hidden;
  const abort = before.findLast((e) => e.kind === 'task management');
  if (abort !== undefined && open > 0) {
    const answer = abort.fields.response === undefined ? ', never answered' : '';
    const next =
      'The host’s error handling ran to its end: see what the aborted commands waited for.';
    const text = `Task management came before (frame ${abort.frame}${answer}).`;
    return { text, next, explained: true };
  }
  const reject = before.findLast((e) => e.kind === 'reject');
  if (reject !== undefined) {
    const text = `A Reject came before (frame ${reject.frame}).`;
    return { text, next: 'See reject.', explained: true };
  }
  const idle = idleNs >= 1e9 ? `The connection had been idle for ${durationText(idleNs)}. ` : '';
  return { text: idle.trim() };
}

const DISCOVERY_DONE: Reason = {
  text: 'Its SendTargets was answered: the discovery was done, and open-iscsi ends one with a RST and without a logout.',
  explained: true,
  harmless: true,
};

/** A discovery that its host ended soon after it had its answer. */
function discoveryDone(story: IscsiConnection, facts: Facts): boolean {
  const { type } = facts.sessions[story.session] ?? {};
  if (type !== 'Discovery' || closerOf(story) !== 'initiator') return false;
  const texts = eventsOf(story, facts).filter(({ kind }) => kind === 'text negotiation');
  const last = texts[texts.length - 1];
  const answered = last !== undefined && texts.every(({ endNs }) => endNs >= 0);
  return answered && story.connection.closedNs - last.endNs < DISCOVERY_NS;
}

/** A FIN is the program's own; a RST may be of a machine that is new at that address. */
function serviceGone({ refused, frame }: ServiceEnded, { connection }: IscsiConnection): Reason {
  const after =
    refused > 0
      ? `Right after it its port refused the host ${plural(refused, 'time')} (frame ${frame})`
      : `Then it reset the host instead of answering its login (frame ${frame})`;
  if (connection.closedHow === 'rst') {
    return {
      title: 'What answers at the target’s address reset the connection, and then refused the host',
      text:
        `${after}. Its service ended, its machine started anew, or another machine has its address now (a duplicate, or ` +
        'a failover): packets alone do not tell these apart.',
      next:
        `Compare the MAC address and the TTL of frame ${connection.closedFrame} with those of the target’s packets before: ` +
        'other ones are another machine. Else see the target’s log of that time.',
      owes: 'unknown',
      explained: true,
    };
  }
  return {
    title: 'The target’s service ended: it closed the connection, and then refused the host',
    text: `${after}: the program was ended or crashed, or what it served was taken away; the machine and the way were there.`,
    next: 'See the target’s own log of that time: who stopped or restarted its service, or what made it crash.',
    owes: 'target',
    explained: true,
  };
}

/** Both ends lost sight of each other: whose fault that was shows at neither. */
function fellSilent({ ns, sinceNs, backFrame, backNs }: Quiet, story: IscsiConnection): Reason {
  const span = durationText(ns);
  const back =
    backNs > 0
      ? `${durationText(backNs)} later the host logged in anew (frame ${backFrame})`
      : `the host was logging in anew (frame ${backFrame})`;
  return {
    title: `Nothing passed for ${span} either way, the connection was given up, and the host logged in anew`,
    text:
      `The ${closerOf(story)} ended it; ${back}. The way was cut, or a machine stood still: which, this end ` +
      'cannot tell.',
    next: 'Capture at the other end; see the link state of the ports between, and both machines, at that time.',
    owes: 'unknown',
    sinceNs,
    explained: true,
  };
}

/** What a host does that finds a bad digest: this end cannot see it, and must not leave it out. */
function digestAtHost(story: IscsiConnection, facts: Facts): Reason | undefined {
  const { headerDigest, dataDigest, connection } = story;
  const state = facts.evidence.of(ends).states.get(connection.id) ?? story;
  const ns = connection.closedNs - state.targetLastNs;
  const dataIn = state.targetLastOpcode === Opcode.dataIn && ns >= 0 && ns < AT_ONCE_NS;
  if (!(headerDigest || dataDigest) || closerOf(story) !== 'initiator' || !dataIn) return undefined;
  return {
    text:
      'Digests are in use, and the initiator closed right after Data-In: that is what a host does that ' +
      'finds a bad digest (conn error 1015). Whether it did, this capture cannot show.',
    next: 'Capture at the host: there the digests of what arrived can be checked; see its log for 1015.',
  };
}
