// A target that closes a session and then refuses the host's logins: it went out of service (status class 3), or
// took this host's access, or itself, away.

import type { IscsiConnection } from '../../session/model.js';
import { loginStatusName } from '../../wire/iscsi/codes.js';
import type { Facts } from '../facts.js';
import { closerOf } from './who.js';

/** A login that comes later than this after the end was refused for another reason. */
const SOON_NS = 60e9;
/** Target error (RFC 7143 11.13.5). */
const TARGET_ERROR = 3;
/** Not allowed, not found, removed: refusals of this host, or of this name (RFC 7143 11.13.5). */
export const ACCESS_REFUSED: ReadonlySet<number> = new Set([0x0202, 0x0203, 0x0204]);
/** Where a host is so refused that had been let in. */
export const ACCESS_CHANGED =
  'See who changed the target’s access list, its mapping or its name at that time.';

export interface TurnedAway {
  /** Of the first login of the two ends with this status: that is where login-failed stands. */
  readonly session: number;
  readonly frame: number;
  readonly name: string;
  /** It is this host that is refused, not all. */
  readonly access: boolean;
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
      (login.statusClass === TARGET_ERROR ||
        ACCESS_REFUSED.has(login.statusClass * 256 + login.statusDetail)) &&
      one?.initiatorName === own.initiatorName &&
      one.targetName === own.targetName
    );
  });
  const next = refused.find(({ login }) => (login?.startedNs ?? -1) >= closedNs);
  if (next?.login === undefined || next.login.startedNs - closedNs > SOON_NS) return undefined;
  const { statusClass, statusDetail, steps } = next.login;
  const first = refused.find(({ login }) => login?.statusDetail === statusDetail) ?? next;
  const frame = steps[steps.length - 1]?.frame ?? 0;
  const name = loginStatusName(statusClass, statusDetail);
  return { session: first.session, frame, name, access: statusClass !== TARGET_ERROR };
}
