// iSNS (RFC 4171): requests refused and unanswered, registrations that ran out, targets nobody is shown.

import { hostOfEnd } from '../../lib/address.js';
import { durationText, plural } from '../../lib/number-text.js';
import type { IsnsTransaction } from '../../session/isns/model.js';
import {
  functionName,
  IsnsFunction,
  IsnsStatus,
  isnsStatusName,
} from '../../wire/isns/functions.js';
import { type Facts, groupedBy } from '../facts.js';
import type { Found } from '../finding.js';
import { inOrder, type Rule } from '../rule.js';

/** So many open at once, and so many of them never answered: the client does not wait for answers. */
const FLOOD_OPEN = 8;
const FLOOD_UNANSWERED = 8;
/** An answer may take its time: what waits for less at the end of the capture waits. */
const WAIT_NS = 5e9;

export const isnsRequests: Rule = {
  id: 'isns-requests',
  about:
    'Requests are paired with responses by TRANSACTION ID and function between the same two ends. ' +
    'A status other than Successful is told by client, function and status; No Such Entry of a query is an answer.',
  tells: {
    'isns-refused': {
      question: 'iSNS: what was asked, and what came of it',
      about: 'A request to an iSNS server (or by it) was refused.',
      reference: 'RFC 4171 5.4, 5.7.1',
      confidence: 'certain',
      owes: 'unknown',
      disproof: 'Nothing: it is the server’s own word.',
      next: 'Look up the status: 6 Source Unknown means the registration ran out or never was, 8 that the source may not ask, 22 that what is to be taken out is not there.',
    },
    'isns-flood': {
      question: 'iSNS: what was asked, and what came of it',
      about:
        'A client sends requests without waiting for answers, many at once, and most of them are never answered.',
      reference:
        'RFC 4171 5; recorded with tgt and open-isns: 92 targets registered at once, 14 of 92 queries answered',
      confidence: 'certain',
      owes: 'initiator',
      disproof: 'Answers on another connection, or lost by the capture.',
      next: 'Register fewer targets at once, or use a server that queues; what was not answered is not registered: compare the server’s list with the client’s.',
    },
    'isns-unanswered': {
      question: 'iSNS: what was asked, and what came of it',
      about: 'A request waited for an answer while its connection was alive.',
      reference: 'RFC 4171 5.1.4',
      confidence: 'likely',
      owes: 'target',
      disproof: 'The answer came on another connection, or the capture lost it.',
      next: 'Look at the iSNS server’s log at that time.',
    },
    'isns-esi-unanswered': {
      question: 'iSNS: what was asked, and what came of it',
      about:
        'The server asked whether an entity is alive (ESI), or told it of a change (SCN), and got no answer: after some such ESIs it takes the entity out.',
      reference: 'RFC 4171 5.6.5.13, 5.7.5.13, 5.6.5.8',
      confidence: 'likely',
      owes: 'unknown',
      disproof: 'The answer was not captured.',
      next: 'Look whether a firewall lets the server reach the client’s ESI or SCN port.',
    },
  },
  find(facts) {
    return [...refused(facts), ...unanswered(facts)];
  },
};

function refused({ isns }: Facts): Found[] {
  const bad = isns.transactions.filter(
    ({ status, functionId }) =>
      status > IsnsStatus.successful && !(status === IsnsStatus.noSuchEntry && isQuery(functionId)),
  );
  const groups = groupedBy(bad, (t) => `${hostOfEnd(t.from)} ${t.functionId} ${t.status}`);
  return [...groups.values()].map((all) => {
    const [first] = all;
    const what = functionName(first.functionId);
    const source = first.source === '' ? '' : ` for ${first.source}`;
    return {
      id: 'isns-refused',
      severity: 'warning',
      title: `iSNS: ${what} of ${hostOfEnd(first.from)} refused: ${isnsStatusName(first.status)}`,
      text: `${plural(all.length, 'request')}${source}${first.key === '' ? '' : `, about ${first.key}`}; status ${first.status}.`,
      count: all.length,
      frames: inOrder(all.flatMap((t) => [t.requestFrame, t.responseFrame])),
      fromNs: first.requestNs,
      toNs: all[all.length - 1].responseNs,
      values: { function: what, status: first.status },
    };
  });
}

function isQuery(functionId: number): boolean {
  return functionId === IsnsFunction.devAttrQry || functionId === IsnsFunction.devGetNext;
}

function unanswered({ isns, lastNs }: Facts): Found[] {
  const groups = groupedBy(isns.transactions, (t) => `${hostOfEnd(t.from)} ${hostOfEnd(t.to)}`);
  return [...groups.values()].flatMap((all) => {
    const open = all.filter((t) => t.responseNs < 0 && lastNs - t.requestNs > WAIT_NS);
    if (open.length === 0) return [];
    const most = Math.max(...all.map(({ outstanding }) => outstanding));
    if (most >= FLOOD_OPEN && open.length >= FLOOD_UNANSWERED && !open[0].byServer) {
      return [flood(all, open, most)];
    }
    // What waited when its connection ended, or when bytes were missed, proves nothing.
    const sure = open.filter((t) => !t.cut && (t.answeredLater || t.byServer));
    return sure.length === 0 ? [] : [silent(sure)];
  });
}

function flood(
  all: readonly IsnsTransaction[],
  open: readonly IsnsTransaction[],
  most: number,
): Found {
  const [first] = all;
  const functions = groupedBy(all, (t) => t.functionId);
  const counts = [...functions].map(([functionId, of]) => {
    const answered = of.filter(({ responseNs }) => responseNs >= 0).length;
    return `${answered} of ${of.length} ${functionName(functionId)}`;
  });
  return {
    id: 'isns-flood',
    severity: 'warning',
    title: `iSNS: ${hostOfEnd(first.from)} sent ${all.length} requests without waiting, ${all.length - open.length} were answered`,
    text: `Up to ${most} were open at once. Answered: ${counts.join(', ')}. What was not answered may not be registered.`,
    count: open.length,
    frames: inOrder(open.map((t) => t.requestFrame)),
    fromNs: first.requestNs,
    toNs: all[all.length - 1].requestNs,
    values: { requests: all.length, answered: all.length - open.length, openMax: most },
  };
}

function silent(open: readonly IsnsTransaction[]): Found {
  const [first] = open;
  const names = [...new Set(open.map((t) => functionName(t.functionId)))].join(', ');
  const id = first.byServer ? 'isns-esi-unanswered' : 'isns-unanswered';
  return {
    id,
    severity: 'warning',
    title: `iSNS: ${hostOfEnd(first.to)} did not answer ${plural(open.length, 'request')} of ${hostOfEnd(first.from)} (${names})`,
    text: first.byServer
      ? 'The server asked; a client that does not answer is taken out after some time.'
      : 'It sent other messages on the same connection later, so it was alive.',
    count: open.length,
    frames: inOrder(open.map((t) => t.requestFrame)),
    fromNs: first.requestNs,
    toNs: open[open.length - 1].requestNs,
  };
}

export const isnsDatabase: Rule = {
  id: 'isns-database',
  about:
    'What registrations, deregistrations, discovery domains and answers told of the database: periods against the ' +
    'client’s last message, queries for targets answered without one.',
  tells: {
    'isns-expired': {
      question: 'iSNS: targets that hosts do not see',
      about:
        'A client said nothing for longer than the Registration Period that holds for it; then the server no longer knew it.',
      reference: 'RFC 4171 6.2.6',
      confidence: 'likely',
      owes: 'initiator',
      disproof: 'The client refreshed its registration outside the capture.',
      next: 'Let the client register again within the period, or ask the server for a longer one.',
    },
    'isns-scn-untold': {
      question: 'iSNS: targets that hosts do not see',
      about:
        'A node registered for notifications of what comes or goes, the server’s answers show that it did, and no SCN was sent.',
      reference: 'RFC 4171 2.2.3, 5.6.5.5, 5.6.5.8, 6.4.4',
      confidence: 'possible',
      owes: 'target',
      disproof:
        'An SCN to another portal of the node, or on a connection, that the capture does not see; one that comes later.',
      next: 'Look at the server’s log and its SCN settings, and whether it reaches the node’s SCN port.',
    },
    'isns-target-invisible': {
      question: 'iSNS: targets that hosts do not see',
      about:
        'An initiator asked for targets and was shown none, though targets are registered and no discovery domain that was seen holds both.',
      reference: 'RFC 4171 2.2.2, 3.6',
      confidence: 'possible',
      owes: 'none',
      disproof:
        'A domain with both that the capture does not tell of; then the server hides it for another reason.',
      next: 'Put initiator and target into one discovery domain, and that into an enabled set.',
    },
  },
  find(facts) {
    return [...expired(facts), ...invisible(facts), ...untold(facts)];
  },
};

/** A server tells at once, and may gather some changes: what is younger at the end may still come. */
const SCN_WAIT_NS = 5e9;

function untold({ isns, lastNs }: Facts): Found[] {
  if (isns.lostBytes > 0 || isns.incomplete > 0) return [];
  const due = isns.scnDue.filter(
    ({ timeNs, seenNs }) => Math.max(timeNs, seenNs) + SCN_WAIT_NS < lastNs,
  );
  const groups = groupedBy(due, ({ registration }) => registration.node);
  return [...groups].map(([node, all]) => {
    const [first] = all;
    const about = [...new Set(all.map((one) => `${one.about} ${KIND_WORDS[one.kind]}`))];
    const shown = about.slice(0, 3).join(', ');
    const how =
      first.seenNs >= 0
        ? `Its own query showed it (frame ${first.seenFrame}): the same one had not before.`
        : 'The server had named it to this node before, so that both share a domain.';
    return {
      id: 'isns-scn-untold',
      severity: 'note',
      title: `iSNS: ${node} was not told of ${plural(all.length, 'change')} it registered for`,
      text: `${shown}${about.length > 3 ? ', …' : ''}. No SCN to it followed within ${durationText(lastNs - first.timeNs)}. ${how}`,
      count: all.length,
      frames: inOrder(
        [first.registration.frame, ...all.flatMap((one) => [one.frame, one.seenFrame])].filter(
          (frame) => frame > 0,
        ),
      ),
      fromNs: first.timeNs,
      toNs: all[all.length - 1].timeNs,
      inferred: true,
      values: { node, bitmap: first.registration.bitmap },
    };
  });
}

const KIND_WORDS = { added: 'came', removed: 'went' } as const;

/** Only where the server shows it: Source Unknown, or a registration anew, after the period. */
function expired({ isns }: Facts): Found[] {
  const pauses = groupedBy(pausesBeforeUnknown(isns.transactions), ({ host }) => host);
  const found: Found[] = [];
  for (const entity of isns.entities.values()) {
    if (entity.registrationPeriod === 0 || entity.client === '') continue;
    const periodNs = entity.registrationPeriod * 1e9;
    const host = hostOfEnd(entity.client);
    const over = (pauses.get(host) ?? []).filter(
      ({ before, unknown }) => unknown.requestNs - before.requestNs > periodNs,
    );
    if (over.length === 0) continue;
    const [{ before, unknown }] = over;
    const silentNs = unknown.requestNs - before.requestNs;
    found.push({
      id: 'isns-expired',
      severity: 'warning',
      title: `iSNS: the registration of ${entity.id} ran out`,
      text: `${host} said nothing for ${durationText(silentNs)}; the period is ${entity.registrationPeriod} s. Then the server did not know it: ${isnsStatusName(unknown.status)}.`,
      count: over.length,
      frames: inOrder([before.requestFrame, unknown.requestFrame, unknown.responseFrame]),
      fromNs: before.requestNs,
      toNs: unknown.responseNs,
      values: { periodS: entity.registrationPeriod, silentNs },
    });
  }
  return found;
}

interface Pause {
  readonly host: string;
  readonly before: IsnsTransaction;
  readonly unknown: IsnsTransaction;
}

/** Requests of clients that the server did not know, with the one before of the same host. */
function pausesBeforeUnknown(transactions: readonly IsnsTransaction[]): Pause[] {
  const last = new Map<string, IsnsTransaction>();
  const pauses: Pause[] = [];
  for (const one of transactions) {
    if (one.byServer) continue;
    const host = hostOfEnd(one.from);
    const before = last.get(host);
    last.set(host, one);
    if (before === undefined || one.status !== IsnsStatus.sourceUnknown) continue;
    pauses.push({ host, before, unknown: one });
  }
  return pauses;
}

function invisible({ isns }: Facts): Found[] {
  // Without any domain the server's default decides, which is not on the wire.
  const blind = isns.blind.filter(({ inCommon }) => !inCommon);
  const groups = groupedBy(blind, ({ transaction }) => transaction.source);
  return [...groups].map(([source, all]) => ({
    id: 'isns-target-invisible',
    severity: 'note',
    title: `iSNS: ${source} was shown no target`,
    text: `${plural(all.length, 'query', 'queries')} for targets came back without one, though ${plural(all[0].targets, 'target')} of this server ${all[0].targets === 1 ? 'is' : 'are'} registered; ${isns.domains.size === 0 ? 'no discovery domain was told of' : 'none shares a discovery domain with it'}.`,
    count: all.length,
    frames: inOrder(
      all.flatMap(({ transaction }) => [transaction.requestFrame, transaction.responseFrame]),
    ),
    fromNs: all[0].transaction.requestNs,
    toNs: all[all.length - 1].transaction.responseNs,
    values: { initiator: source, targets: all[0].targets },
  }));
}
