// Logins, class 2 and the fabric's news: what link services say (FC-FS, FC-LS, FC-GS).

import { durationText, plural } from '../../lib/number-text.js';
import type { FcLink, FcNexus, FcRequest } from '../../session/fc/model.js';
import {
  CT_COMMAND_NAMES,
  Els,
  fcidText,
  LS_RJT_EXPLANATION_NAMES,
  LS_RJT_REASON_NAMES,
  PRLI_RESPONSE_NAMES,
  RJT_REASON_NAMES,
} from '../../wire/fc/codes.js';
import { FcKind, kindName } from '../../wire/fc/kinds.js';
import { type Facts, groupedBy } from '../facts.js';
import type { Found } from '../finding.js';
import { type FindingText, inOrder, type Rule } from '../rule.js';
import { idText, isTunnel, portText, seenAt } from '../support/fc.js';

const LOGINS: ReadonlySet<number> = new Set(
  [Els.plogi, Els.flogi, Els.fdisc, Els.pdisc, Els.prli, Els.adisc].map((els) => FcKind.els + els),
);
const IMAGE_PAIR_ASKED = 1;
/** R_A_TOV is 10 s, as a rule; from two on nobody answers at once. */
const UNANSWERED_NS = 2e9;

const TELLS: Readonly<Record<string, FindingText>> = {
  'fc-login-refused': {
    question: 'Why does an N_Port not log in?',
    about: 'A PLOGI, FLOGI, PRLI or ADISC was refused, or a PRLI accepted without its image pair.',
    reference: 'FC-LS: LS_RJT, PRLI accept response code',
    confidence: 'certain',
    disproof: 'Nothing: the answer is in the capture.',
    next: 'See what the reason names: zoning, login order, resources of the one who refused.',
  },
  'fc-login-unanswered': {
    question: 'Why does an N_Port not log in?',
    about:
      'A PLOGI, FLOGI, PRLI or ADISC through a tunnel got no answer for two seconds and longer, and no later one did.',
    reference: 'FC-LS: FLOGI, PLOGI, PRLI; FC-FS: R_A_TOV',
    confidence: 'likely',
    disproof:
      'Its answer on another link of the two gateways, or in bytes that the capture misses.',
    next:
      'See whether the port it asks is logged in to its own fabric, whether both are in one zone (devices that are ' +
      'merged, FC-FC routing), and whether the far gateway sent the request on: capture, or count, behind it.',
  },
  'fc-class2': {
    question: 'Why does an N_Port not log in?',
    about: 'Frames that were rejected (P_RJT, F_RJT) or met a busy port or fabric (P_BSY, F_BSY).',
    reference: 'FC-FS: link control',
    confidence: 'certain',
    disproof: 'Nothing: the answers are in the capture.',
    next: 'See what the reason names; a busy one is tried again by its sender.',
  },
  'fc-state-change': {
    question: 'Did the fabric change?',
    about: 'The fabric told a port of a change (RSCN), and who reacted.',
    reference: 'FC-LS: RSCN',
    confidence: 'certain',
    disproof: 'Nothing: the RSCN is in the capture.',
    next: 'See what happened to the port it names, and to commands around that time.',
    owes: 'none',
  },
};

export const fcServices: Rule = {
  id: 'fc-services',
  about: 'Extended link services with their answers, link control frames, RSCN with what followed.',
  tells: TELLS,
  find(facts) {
    return [
      ...refusedLogins(facts),
      ...unansweredLogins(facts),
      ...facts.fc.nexuses.flatMap((nexus) => class2(nexus)),
      ...stateChanges(facts),
    ];
  },
};

function refusedLogins(facts: Facts): Found[] {
  const refused = facts.fc.requests.filter((r) => LOGINS.has(r.kind) && why(r) !== '');
  const groups = groupedBy(refused, (r) => `${r.link} ${r.kind} ${r.from} ${r.to} ${why(r)}`);
  return [...groups.values()].map((all) => {
    const [first] = all;
    const last = all[all.length - 1];
    const later = facts.fc.requests.find(
      (r) =>
        r.link === first.link &&
        r.kind === first.kind &&
        r.from === first.from &&
        r.to === first.to &&
        r.timeNs > last.timeNs &&
        r.endNs >= 0 &&
        why(r) === '',
    );
    const name = kindName(first.kind);
    return {
      id: 'fc-login-refused',
      severity: later === undefined ? 'critical' : 'note',
      title: `${name} refused: ${why(first)}`,
      text:
        `From ${idText(facts, first.link, first.from)} to ${idText(facts, first.link, first.to)}, ` +
        `answered after ${durationText(first.endNs - first.timeNs)}. ` +
        (later === undefined
          ? 'None was accepted later.'
          : `One was accepted ${durationText(later.endNs - first.endNs)} later.`),
      count: all.length,
      frames: inOrder(all.flatMap((r) => [r.frame, r.endFrame])),
      ...(first.connection < 0 ? {} : { connection: first.connection }),
      fromNs: first.timeNs,
      toNs: last.endNs,
      values: { reason: first.reason, explanation: first.explanation },
    } satisfies Found;
  });
}

/** Asked for by nobody's answer: of requests to one port the first says since when. */
function unansweredLogins(facts: Facts): Found[] {
  const logins = facts.fc.requests.filter((r) => LOGINS.has(r.kind));
  const groups = groupedBy(logins, (r) => `${r.link} ${r.kind} ${r.from} ${r.to}`);
  return [...groups.values()].flatMap((same) => {
    const all = same.filter((r) => r.endNs < 0);
    const [first] = all;
    if (first === undefined) return [];
    const last = all[all.length - 1];
    const link = facts.fc.links.find(({ id }) => id === first.link);
    const ns = facts.lastNs - first.timeNs;
    const answered = same.some((r) => r.endNs >= 0 && r.timeNs >= first.timeNs);
    if (link === undefined || !isTunnel(link) || !heardBothWays(link) || answered) return [];
    if (ns < UNANSWERED_NS) return [];
    return [
      {
        id: 'fc-login-unanswered',
        severity: 'critical',
        title: `${kindName(first.kind)} of ${idText(facts, first.link, first.from)} to ${idText(facts, first.link, first.to)} is not answered`,
        text:
          `Sent ${plural(all.length, 'time')} in ${durationText(last.timeNs - first.timeNs)}; to the end of the ` +
          `capture, ${durationText(ns)} after the first, nothing answered. The tunnel itself is up.`,
        count: all.length,
        frames: inOrder(all.map((r) => r.frame)),
        ...(first.connection < 0 ? {} : { connection: first.connection }),
        fromNs: first.timeNs,
        toNs: facts.lastNs,
        values: { waitedNs: ns },
      } satisfies Found,
    ];
  });
}

/** Nothing of its connections is missing in either direction. */
function heardBothWays({ connections }: FcLink): boolean {
  return connections.every(({ connection: c }) => {
    return c !== undefined && c.a.missingBytes + c.b.missingBytes === 0 && c.b.packets > 0;
  });
}

/** Why a login was refused, in words; '' where it was not, or is not answered. */
function why(r: FcRequest): string {
  if (r.refusedBy === 'LS_RJT') {
    const reason = LS_RJT_REASON_NAMES[r.reason] ?? `reason ${r.reason}`;
    const more = LS_RJT_EXPLANATION_NAMES[r.explanation] ?? `explanation ${r.explanation}`;
    return r.explanation === 0 ? reason : `${reason}, ${more}`;
  }
  if (r.refusedBy !== '') {
    return `${r.refusedBy}, ${RJT_REASON_NAMES[r.reason] ?? `reason ${r.reason}`}`;
  }
  if (r.kind !== FcKind.els + Els.prli || r.responseCode < 0) return '';
  if (r.responseCode !== IMAGE_PAIR_ASKED) {
    return PRLI_RESPONSE_NAMES[r.responseCode] ?? `response code ${r.responseCode}`;
  }
  return r.imagePair || r.fields['imagePair'] === false ? '' : 'no image pair was made';
}

function class2({ violations, initiator, target, session }: FcNexus): Found[] {
  const { rejects, busies, lastReject } = violations;
  if (rejects.count + busies.count === 0) return [];
  const reason =
    lastReject === undefined
      ? ''
      : ` The last reject says: ${RJT_REASON_NAMES[lastReject.reason] ?? `reason ${lastReject.reason}`}.`;
  return [
    {
      id: 'fc-class2',
      severity: rejects.count > 0 ? 'warning' : 'note',
      title: `${plural(rejects.count, 'frame')} rejected, ${plural(busies.count, 'frame')} met a busy`,
      text: `Between ${portText(initiator)} and ${portText(target)}.${reason}`,
      ...seenAt(rejects.count > 0 ? rejects : busies),
      count: rejects.count + busies.count,
      session,
      values: { rejects: rejects.count, busies: busies.count },
    },
  ];
}

function stateChanges(facts: Facts): Found[] {
  return facts.fc.stateChanges.map((change) => {
    const reactions = change.reactions.map((r) =>
      r.ctCommand > 0 ? (CT_COMMAND_NAMES[r.ctCommand] ?? `CT ${r.ctCommand}`) : kindName(r.kind),
    );
    const [first] = change.reactions;
    const around = facts.fc.aborts.filter(
      (a) => Math.abs(a.timeNs - change.timeNs) < AROUND_NS,
    ).length;
    return {
      id: 'fc-state-change',
      severity: around > 0 ? 'warning' : 'note',
      title: `The fabric told ${idText(facts, change.link, change.to)} of a change: ${change.affected.map(fcidText).join(', ')}`,
      text:
        (first === undefined
          ? 'It asked nobody about it within 5 s. '
          : `It reacted after ${durationText(first.timeNs - change.timeNs)}: ${reactions.join(', ')}. `) +
        (around > 0 ? `${plural(around, 'command')} aborted within 10 s of it.` : ''),
      count: 1,
      frames: inOrder([change.frame, ...change.reactions.map((r) => r.frame)]),
      fromNs: change.timeNs,
    } satisfies Found;
  });
}

const AROUND_NS = 10e9;
