// A login that never ends: rounds without a new key, and without T of the target (RFC 7143 6.3). Whose move
// it is, and which key keeps it open.

import { durationText } from '../../lib/number-text.js';
import type { IscsiConnection, Login } from '../../session/model.js';
import { STAGE_NAMES } from '../../wire/iscsi/codes.js';
import type { Facts } from '../facts.js';
import type { Found, Owes } from '../finding.js';
import { inOrder, LOSES_CONNECTION, type Rule } from '../rule.js';
import { type Rounds, roundsOf } from '../support/login-rounds.js';
import { closerOf, wasClosed } from '../support/who.js';

export const loginGoesRound: Rule = {
  id: 'login-goes-round',
  about:
    'Four and more Login Requests with their responses in turn in which neither side said a new key and the ' +
    'target did not set T, in a login that then failed or still goes on. The initiator owes where it never ' +
    'set T, or left a key of the target without an answer; the target where it does not grant T, or left a ' +
    'key of the initiator without one.',
  tells: {
    'login-goes-round': {
      question: 'Logins that fail',
      leadsTo: ['login-failed', 'login-storm', ...LOSES_CONNECTION],
      about: 'A login went round and round without moving.',
      reference:
        'RFC 7143 6.3.3 (the initiator “SHOULD continue to set the T bit to 1 … until the target sends … T bit ' +
        'set to 1 or sends a key that requires the initiator to set the T bit to 0”), 11.12.1, 11.13.6',
      confidence: 'certain',
      proof: ['login-request.transit', 'login-response.transit'],
      disproof: 'Login PDUs with other keys that the capture misses without a trace.',
      next:
        'See the software of the side that owes the move, and its log: what it waits for before it ends its part ' +
        'of the negotiation.',
    },
  },
  find(facts) {
    return facts.stories.flatMap((story) => {
      const { login } = story;
      if (login === undefined || login.early !== undefined) return [];
      if (login.outcome !== 'unanswered' && login.outcome !== 'rejected') return [];
      const rounds = roundsOf(login);
      return rounds === undefined ? [] : [told(story, login, rounds, facts)];
    });
  },
};

interface Move {
  readonly owes: Owes;
  readonly why: string;
}

function told(story: IscsiConnection, login: Login, rounds: Rounds, facts: Facts): Found {
  const { owes, why } = moveOf(rounds);
  const { connection } = story;
  const ended = login.outcome === 'rejected' || connection.closedNs >= 0;
  const endNs = ended ? login.endedNs : facts.lastNs;
  const spentNs = Math.max(0, endNs - rounds.fromNs);
  const stage = STAGE_NAMES[rounds.csg] ?? `stage ${rounds.csg}`;
  const least = login.stepsLeftOut === undefined ? '' : 'about ';
  return {
    id: loginGoesRound.id,
    severity: 'critical',
    owes,
    title: `A login went round ${least}${rounds.rounds} times without moving${owes === 'unknown' ? '' : `: it is the ${owes}’s move`}`,
    text:
      `It stood in ${stage} for ${durationText(spentNs)}: ${least}${rounds.rounds} requests and responses without a ` +
      `new key and without T of the target. ${why} ${howItEnded(story, login)}`,
    count: rounds.rounds,
    frames: inOrder([...rounds.frames, rounds.open?.frame ?? 0]),
    session: story.session,
    connection: connection.id,
    fromNs: rounds.fromNs,
    toNs: endNs,
    values: { rounds: rounds.rounds, spentNs },
  };
}

/** A key without its answer first: who waits for that must not set T, or grant it. */
function moveOf({ rounds, transits, open }: Rounds): Move {
  if (open !== undefined) {
    const { key, frame, owes } = open;
    const asker = owes === 'initiator' ? 'target' : 'initiator';
    const why = `The ${owes} never answered ${key}, which the ${asker} offered in frame ${frame}.`;
    return { owes, why };
  }
  if (transits === 0) {
    return {
      owes: 'initiator',
      why: 'All keys were answered, and the initiator did not set T once: only it can propose the next stage.',
    };
  }
  if (transits * 2 < rounds) {
    return {
      owes: 'unknown',
      why: `All keys were answered; the initiator set T in ${transits} of them.`,
    };
  }
  return {
    owes: 'target',
    why: 'All keys were answered, and the initiator set T: the target neither granted it nor said what it still wants.',
  };
}

function howItEnded(story: IscsiConnection, login: Login): string {
  if (login.outcome === 'rejected') return 'Then the target rejected it.';
  if (!wasClosed(story)) return 'It still went on when the capture ended.';
  const after = durationText(Math.max(0, story.connection.closedNs - login.endedNs));
  return `The ${closerOf(story)} ended the connection ${after} after the last of them.`;
}
