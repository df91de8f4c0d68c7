// What came after a connection's end that tells of it: a port that refuses the host who comes back, or resets
// it instead of answering its login; or a host that comes back after a time in which nothing passed.

import type { IscsiConnection } from '../../session/model.js';
import type { Facts } from '../facts.js';
import { ends } from '../watch/ends.js';
import { silences } from '../watch/silence.js';
import { closerOf } from './who.js';

/** Hosts come back within seconds; what is later has another reason. */
const SOON_NS = 60e9;
/** Loads do not pause so long, and pings come every 5 s. */
const QUIET_NS = 2e9;
/** A host that has lost its connection ends it with the first packet that meets it. */
const MEETS_NS = 1e9;

/** After the target had closed: how often its port refused the host (0: reset its login), and a packet of that. */
export interface ServiceEnded {
  readonly refused: number;
  readonly frame: number;
}

export function serviceEnded(story: IscsiConnection, facts: Facts): ServiceEnded | undefined {
  const { closedNs } = story.connection;
  const own = facts.sessions[story.session];
  if (own === undefined || closedNs < 0 || closerOf(story) !== 'target') return undefined;
  const soon = (ns: number) => ns >= closedNs && ns - closedNs <= SOON_NS;
  const tried = facts.failedConnects.find(
    ({ from, to, refused, unanswered, firstNs }) =>
      own.initiatorAddress === from &&
      to === own.targetAddress &&
      refused > 0 &&
      unanswered === 0 &&
      soon(firstNs),
  );
  if (tried !== undefined) return { refused: tried.refused, frame: tried.frames[0] ?? 0 };
  const reset = facts.stories.find((other) => {
    const { login, connection } = other;
    return (
      login?.outcome === 'unanswered' &&
      connection.closedHow === 'rst' &&
      closerOf(other) === 'target' &&
      soon(login.startedNs) &&
      sameEnds(other, story, facts)
    );
  });
  return reset === undefined ? undefined : { refused: 0, frame: reset.connection.closedFrame };
}

/** Nothing passed for a while, either way; then it was given up, and the host logged in anew. */
export interface Quiet {
  readonly sinceNs: number;
  readonly ns: number;
  readonly backFrame: number;
  readonly backNs: number;
}

/** Who asks names the watches `ends` and `silences`. */
export function quietThenBack(story: IscsiConnection, facts: Facts): Quiet | undefined {
  const { id, closedNs } = story.connection;
  const state = facts.evidence.of(ends).states.get(id) ?? story;
  const lastNs = Math.max(state.initiatorLastNs, state.targetLastNs);
  const pause = facts.evidence.of(silences).pauseOf(id);
  // What ended the pause met a host that had given up; or nothing ended it.
  const met = pause !== undefined && closedNs - pause.resumedNs <= MEETS_NS;
  const sinceNs = closedNs - lastNs >= QUIET_NS || !met ? lastNs : pause.pausedNs;
  const untilNs = sinceNs === lastNs ? closedNs : (pause?.resumedNs ?? closedNs);
  if (lastNs < 0 || untilNs - sinceNs < QUIET_NS) return undefined;
  const back = facts.stories.find(
    (other) =>
      other.login !== undefined &&
      other.connection.id !== id &&
      other.login.startedNs >= sinceNs &&
      other.login.startedNs - closedNs <= SOON_NS &&
      sameEnds(other, story, facts),
  );
  if (back?.login === undefined) return undefined;
  const [first] = back.login.steps;
  return {
    sinceNs,
    ns: untilNs - sinceNs,
    backFrame: first?.frame ?? 0,
    backNs: back.login.startedNs - closedNs,
  };
}

function sameEnds(one: IscsiConnection, other: IscsiConnection, { sessions }: Facts): boolean {
  const a = sessions[one.session];
  const b = sessions[other.session];
  if (a === undefined || b === undefined) return false;
  return a.initiatorName === b.initiatorName && a.targetAddress === b.targetAddress;
}
