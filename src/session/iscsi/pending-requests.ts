// Requests other than SCSI commands that await their answer: task management, pings, text, logout.
// Few are open at a time, so that a short list serves.

import { REQUESTS_PENDING_MAX } from '../../limits.js';
import type { SessionEvent } from '../model.js';

export interface PendingRequest {
  readonly kind: 'nop' | 'management' | 'text' | 'logout';
  /** Initiator Task Tag; of the target's pings the Target Transfer Tag. */
  readonly tag: number;
  readonly timeNs: number;
  readonly frame: number;
  /** The event that lists it, where there is one. */
  readonly event?: SessionEvent;
  /** Task management: function, referenced tag, LUN and CmdSNs. */
  readonly management?: Management;
  /** Logout: its reason and CID. */
  readonly reason?: number;
  readonly cid?: number;
}

export interface Management {
  readonly function: number;
  readonly referencedTag: number;
  readonly lunHigh: number;
  readonly lunLow: number;
  readonly cmdSN: number;
  /** Tasks begun after this one are not its victims. */
  readonly order: number;
}

/** Adds one; false where the oldest had to go to make room. */
export function addRequest(list: PendingRequest[], request: PendingRequest): boolean {
  list.push(request);
  if (list.length <= REQUESTS_PENDING_MAX) return true;
  list.shift();
  return false;
}

/** Takes the oldest of this tag out of the list. */
export function takeRequest(
  list: PendingRequest[],
  tag: number,
  kind: PendingRequest['kind'],
): PendingRequest | undefined {
  const at = list.findIndex((r) => r.tag === tag && r.kind === kind);
  return at < 0 ? undefined : list.splice(at, 1)[0];
}
