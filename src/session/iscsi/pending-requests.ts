// Requests other than SCSI commands that await their answer: login, task management, pings, text, logout.
// They are paired here and nowhere else: what passes behind the session stage asks for `asked` and
// `answered` of the PDU that has just ended (session-query.ts). Few are open at a time, so that a short
// list serves.

import { REQUESTS_PENDING_MAX } from '../../limits.js';
import type { Pdu } from '../../pdu/pdu.js';
import type { ServiceRequest, SessionEvent } from '../model.js';

export interface PendingRequest extends ServiceRequest {
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

type More = Omit<PendingRequest, 'kind' | 'tag' | 'timeNs' | 'endNs' | 'frame' | 'frameEnd'>;

/** Those of one connection. */
export class PendingRequests {
  /** Of the initiator, by Initiator Task Tag; logins apart, since they may own no StatSN yet. */
  readonly own: PendingRequest[] = [];
  readonly logins: PendingRequest[] = [];
  /** Pings of the target, by Target Transfer Tag. */
  readonly pings: PendingRequest[] = [];
  /** Of the PDU that ended last: the request it is, and the one it answers. */
  asked: PendingRequest | undefined = undefined;
  answered: PendingRequest | undefined = undefined;

  /** `list`: one of the three. */
  add(
    list: PendingRequest[],
    kind: PendingRequest['kind'],
    tag: number,
    pdu: Pdu,
    more: More = NOTHING_MORE,
  ): PendingRequest {
    const { timeNs, endNs, frame, frameEnd } = pdu;
    const request = { kind, tag, timeNs, endNs, frame, frameEnd, ...more };
    list.push(request);
    if (list.length > REQUESTS_PENDING_MAX) list.shift();
    this.asked = request;
    return request;
  }

  /** Takes the oldest of this tag out of the list: the PDU under way answers it. */
  take(
    list: PendingRequest[],
    tag: number,
    kind: PendingRequest['kind'],
  ): PendingRequest | undefined {
    const at = list.findIndex((r) => r.tag === tag && r.kind === kind);
    if (at < 0) return undefined;
    [this.answered] = list.splice(at, 1);
    return this.answered;
  }
}

const NOTHING_MORE: More = {};
