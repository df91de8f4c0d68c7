// Keys that one side said twice in one login (RFC 7143 6.2, 6.3): strict peers end the login.

import { plural } from '../../lib/number-text.js';
import type { IscsiConnection, Login } from '../../session/model.js';
import { Opcode } from '../../wire/iscsi/codes.js';
import { textKey } from '../../wire/iscsi/keys.js';
import type { Found } from '../finding.js';
import { inOrder, LOSES_CONNECTION, type Rule } from '../rule.js';
import { closerOf, wasClosed } from '../support/who.js';

type Side = 'initiator' | 'target';

/** Of one side: keys said again, and the frames of both sayings. */
interface Repeated {
  readonly keys: Set<string>;
  readonly frames: number[];
  fromNs: number;
  /** The step that said one again last. */
  lastFrame: number;
}

/** They come once for each portal. */
const LISTED: ReadonlySet<string> = new Set(['TargetAddress']);
const KEYS_SHOWN = 6;

export const loginKeys: Rule = {
  id: 'login-keys',
  about:
    'Login keys that one side offered or declared twice in a login, keys of an exchange (CHAP) aside; ' +
    'and whether the login then failed.',
  tells: {
    'key-said-twice': {
      question: 'Logins that fail',
      about: 'A key was offered or declared twice in one login, and the other side bore it.',
      reference:
        'RFC 7143 6.2 ("MUST NOT attempt to declare or negotiate a parameter more than once")',
      confidence: 'certain',
      proof: ['login-request.csg', 'login-response.csg'],
      disproof: 'Nothing: both are in the capture.',
      next: 'Nothing, as long as the other side bears it; strict ones end the login.',
    },
    'repeated-key-refused': {
      question: 'Logins that fail',
      leadsTo: ['login-unanswered', 'login-failed', ...LOSES_CONNECTION],
      about: 'A key was said twice, and the other side ended the login for it, or the connection.',
      reference:
        'RFC 7143 6.2 ("MUST NOT attempt to declare or negotiate a parameter more than once")',
      confidence: 'likely',
      proof: ['login-request.csg', 'login-response.csg'],
      disproof: 'The log of the side that closed, where it names another reason.',
      next: 'See the software of the side that repeats itself; its maker may have a newer one.',
    },
  },
  find(facts) {
    return facts.stories.flatMap((story) => {
      const { login } = story;
      if (login === undefined) return [];
      return [...found(story, login, 'initiator'), ...found(story, login, 'target')];
    });
  },
};

function found(story: IscsiConnection, login: Login, side: Side): Found[] {
  const { keys, frames, fromNs, lastFrame } = repeated(login, side);
  if (keys.size === 0) return [];
  const shown = [...keys].slice(0, KEYS_SHOWN).join(', ');
  const refused = refusal(story, login, side, lastFrame);
  return [
    {
      id: refused === undefined ? 'key-said-twice' : 'repeated-key-refused',
      severity: refused === undefined ? 'note' : 'critical',
      owes: side,
      title: `The ${side} sent ${shown} twice in one login`,
      text:
        `First in frame ${frames[0]}, again in frame ${frames[frames.length - 1]}: ` +
        `${plural(keys.size, 'key')} that may be said once only. ` +
        (refused ?? (login.outcome === 'accepted' ? 'The other side went on.' : '')),
      count: keys.size,
      frames: inOrder(frames),
      session: story.session,
      connection: story.connection.id,
      fromNs,
    },
  ];
}

/** How the other side took it, where it was the last thing said and the login ended by it. */
function refusal(
  story: IscsiConnection,
  login: Login,
  side: Side,
  lastFrame: number,
): string | undefined {
  const { steps, outcome, statusClass, statusDetail } = login;
  const closed = wasClosed(story) && closerOf(story) !== side;
  const own = steps.findLast(({ from }) => from === side);
  if (own?.frame !== lastFrame) return undefined;
  const last = steps[steps.length - 1] === own;
  if (outcome === 'unanswered' && last && closed) {
    return 'The other side ended the connection instead of answering it.';
  }
  // "Miscellaneous iSCSI initiator errors": what names no other reason (11.13.5).
  if (side === 'initiator' && outcome === 'rejected' && statusClass === 2 && statusDetail === 0) {
    return 'The target then rejected the login for an error of the initiator (status 0x0200).';
  }
  const silent = story.initiatorLastOpcode === Opcode.loginRequest;
  if (side === 'target' && last && closed && silent) {
    return 'The initiator ended the connection instead of going on.';
  }
  return undefined;
}

/** What is joined over several PDUs stands in the last of them: a key is told once a step. */
function repeated({ steps }: Login, side: Side): Repeated {
  const first = new Map<string, number>();
  const out: Repeated = { keys: new Set(), frames: [], fromNs: -1, lastFrame: 0 };
  for (const step of steps) {
    if (step.from !== side) continue;
    for (const [key] of step.text) {
      const before = first.get(key);
      if (before === undefined) first.set(key, step.frame);
      else if (!LISTED.has(key) && textKey(key)?.exchange !== true) {
        out.keys.add(key);
        out.frames.push(before, step.frame);
        out.lastFrame = step.frame;
        if (out.fromNs < 0) out.fromNs = step.timeNs;
      }
    }
  }
  out.frames.sort((a, b) => a - b);
  return out;
}
