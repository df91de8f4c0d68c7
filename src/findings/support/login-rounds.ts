// A login that goes round: request and response follow each other, and nothing moves. No key is new, the
// target does not set T (RFC 7143 6.3): who keeps it open shows in who said what.

import type { Login, LoginStep } from '../../session/model.js';
import { textKey } from '../../wire/iscsi/keys.js';
import type { End } from './who.js';

export interface Rounds {
  /** Requests with their answers; at least so many where steps were left out. */
  readonly rounds: number;
  readonly fromNs: number;
  /** The first and the last request of them. */
  readonly frames: readonly number[];
  /** Of these requests, how many had T=1. */
  readonly transits: number;
  /** A key that one side offered and the other, all the while, did not answer; with who owes the answer. */
  readonly open?: { readonly key: string; readonly frame: number; readonly owes: End };
  readonly csg: number;
}

/** A healthy login has one round without a new key at most: the one that only moves the stage. */
const ROUNDS_LEAST = 4;

export function roundsOf(login: Login): Rounds | undefined {
  const { steps, stepsLeftOut = 0, incomplete } = login;
  if (incomplete) return undefined;
  const news = newsOf(steps);
  // A refusal ends them: it is no round.
  const to = steps.length - ((steps.at(-1)?.statusClass ?? 0) > 0 ? 1 : 0);
  let from = to;
  while (from > 0 && isIdle(steps, from - 1, news)) from--;
  const idle = steps.slice(from, to);
  const requests = idle.filter((step) => step.from === 'initiator');
  const answers = idle.length - requests.length;
  // What was left out lay within them, where they reach back over it.
  const within = stepsLeftOut > 0 && from <= steps.length / 2 ? stepsLeftOut / 2 : 0;
  const rounds = Math.floor(Math.min(requests.length, answers) + within);
  const last = requests.at(-1);
  if (rounds < ROUNDS_LEAST || last === undefined) return undefined;
  return {
    rounds,
    fromNs: requests[0].timeNs,
    frames: [requests[0].frame, last.frame],
    transits: requests.filter(({ transit }) => transit).length,
    open: openKey(steps),
    csg: last.csg,
  };
}

/** Steps in which a side said a key for the first time. */
function newsOf(steps: readonly LoginStep[]): ReadonlySet<LoginStep> {
  const said = new Set<string>();
  const news = new Set<LoginStep>();
  for (const step of steps) {
    for (const [key] of step.text) {
      const one = `${step.from} ${key}`;
      if (!said.has(one)) news.add(step);
      said.add(one);
    }
  }
  return news;
}

function isIdle(steps: readonly LoginStep[], at: number, news: ReadonlySet<LoginStep>): boolean {
  const step = steps[at];
  const moves = step.from === 'target' && step.transit;
  const before = steps[at - 1];
  return !(
    moves ||
    step.continues ||
    step.statusClass > 0 ||
    news.has(step) ||
    (before !== undefined && before.csg !== step.csg)
  );
}

/** The last key that is still to be answered (6.2), where the standard does not let the answer away. */
function openKey(steps: readonly LoginStep[]): Rounds['open'] {
  const said = new Set(steps.flatMap((s) => s.text.map(([key]) => `${s.from} ${key}`)));
  let open: Rounds['open'];
  for (const { from, text, frame } of steps) {
    const owes = from === 'initiator' ? 'target' : 'initiator';
    for (const [key, value] of text) {
      if (said.has(`${owes} ${key}`) || !wantsAnswer(key, value)) continue;
      if (open?.key !== key) open = { key, frame, owes };
    }
  }
  return open;
}

/** "No" to AND and "Yes" to OR settle a boolean: the answer may be left away (6.2.2). */
function wantsAnswer(key: string, value: string): boolean {
  const row = textKey(key);
  if (row === undefined || row.declarative || row.exchange || row.result === 'none') return false;
  if (value === 'Reject' || value === 'Irrelevant' || value === 'NotUnderstood') return false;
  return !((row.result === 'AND' && value === 'No') || (row.result === 'OR' && value === 'Yes'));
}
