// A target that closes a session and then refuses the host's logins (status class 3): it went out of service.

import type { IscsiConnection } from '../../session/model.js';
import { loginStatusName } from '../../wire/iscsi/codes.js';
import type { Facts } from '../facts.js';
import { closerOf } from './who.js';

/** A login that comes later than this after the end was refused for another reason. */
const SOON_NS = 60e9;
/** Target error (RFC 7143 11.13.5). */
const TARGET_ERROR = 3;

export interface TurnedAway {
  /** Of the first login of the two ends with this status: that is where login-failed stands. */
  readonly session: number;
  readonly frame: number;
  readonly name: string;
}

/** What the target said to the host that came back after it had closed `story`; undefined where it did not so. */
export function turnedAway(story: IscsiConnection, facts: Facts): TurnedAway | undefined {
  const { closedNs } = story.connection;
  const own = facts.sessions[story.session];
  if (own === undefined || closedNs < 0 || closerOf(story) !== 'target') return undefined;
  const refused = facts.stories.filter(({ login, session }) => {
    const one = facts.sessions[session];
    return (
      login?.outcome === 'rejected' &&
      login.statusClass === TARGET_ERROR &&
      one?.initiatorName === own.initiatorName &&
      one.targetName === own.targetName
    );
  });
  const next = refused.find(({ login }) => (login?.startedNs ?? -1) >= closedNs);
  if (next?.login === undefined || next.login.startedNs - closedNs > SOON_NS) return undefined;
  const { statusClass, statusDetail, steps } = next.login;
  const first = refused.find(({ login }) => login?.statusDetail === statusDetail) ?? next;
  const frame = steps[steps.length - 1]?.frame ?? 0;
  return { session: first.session, frame, name: loginStatusName(statusClass, statusDetail) };
}
