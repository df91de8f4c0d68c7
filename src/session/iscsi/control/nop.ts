// NOP-Out and NOP-In as pings (RFC 7143 11.18, 11.19): pairs, their round trip, those not answered.

import { REQUESTS_PENDING_MAX } from '../../../limits.js';
import type { Pdu } from '../../../pdu/pdu.js';
import {
  INITIATOR_TASK_TAG,
  LUN,
  LUN_LOW,
  NO_TAG,
  TAG_END,
  TARGET_TRANSFER_TAG,
} from '../../../wire/iscsi/bhs-offsets.js';
import type { PingStats } from '../../model.js';
import { addEvent } from '../events.js';
import type { PendingRequest } from '../pending-requests.js';
import type { ConnectionState, SessionState } from '../state.js';

export function nopOutEnds(c: ConnectionState, s: SessionState, pdu: Pdu): void {
  if (pdu.headerCaptured < TARGET_TRANSFER_TAG + 4) return;
  const tag = pdu.view.getUint32(pdu.at + INITIATOR_TASK_TAG);
  const targetTag = pdu.view.getUint32(pdu.at + TARGET_TRANSFER_TAG);
  if (targetTag !== NO_TAG) {
    const ping = c.requests.take(c.requests.pings, targetTag, 'nop');
    if (ping !== undefined) answered(c, s.story.nopIn, 'target', ping, pdu);
  }
  if (tag !== NO_TAG) {
    s.story.nopOut.sent++;
    const more = { ...asked(pdu, c.story.targetDataBytes), answersPing: targetTag !== NO_TAG };
    awaited(c, 'initiator', c.requests.add(c.requests.own, 'nop', tag, pdu, more));
  } else if (targetTag === NO_TAG) s.story.nopOut.oneWay++;
}

/** When the ping came that it answers; -1 where none was seen. */
export function nopInEnds(c: ConnectionState, s: SessionState, pdu: Pdu): number {
  if (pdu.headerCaptured < TAG_END) return -1;
  const tag = pdu.view.getUint32(pdu.at + INITIATOR_TASK_TAG);
  if (tag !== NO_TAG) {
    const ping = c.requests.take(c.requests.own, tag, 'nop');
    if (ping !== undefined) answered(c, s.story.nopOut, 'initiator', ping, pdu);
    return ping?.timeNs ?? -1;
  }
  if (pdu.headerCaptured < TARGET_TRANSFER_TAG + 4) return -1;
  const targetTag = pdu.view.getUint32(pdu.at + TARGET_TRANSFER_TAG);
  if (targetTag === NO_TAG) s.story.nopIn.oneWay++;
  else {
    s.story.nopIn.sent++;
    const more = asked(pdu, c.story.initiatorDataBytes);
    awaited(c, 'target', c.requests.add(c.requests.pings, 'nop', targetTag, pdu, more));
  }
  return -1;
}

/** What its answer copies, and what its receiver had sent by then. */
function asked({ view, at }: Pdu, peerBytes: number) {
  return { lunHigh: view.getUint32(at + LUN), lunLow: view.getUint32(at + LUN_LOW), peerBytes };
}

function awaited(c: ConnectionState, from: 'initiator' | 'target', ping: PendingRequest): void {
  c.story.pings ??= { initiator: [], target: [] };
  const list = c.story.pings[from];
  list.push(ping);
  if (list.length > REQUESTS_PENDING_MAX) list.shift();
}

function answered(
  c: ConnectionState,
  story: PingStats,
  from: 'initiator' | 'target',
  ping: PendingRequest,
  pdu: Pdu,
): void {
  const list = c.story.pings?.[from] ?? [];
  const at = list.indexOf(ping);
  if (at >= 0) list.splice(at, 1);
  const rttNs = Math.max(0, pdu.endNs - ping.timeNs);
  story.answered++;
  story.rttNsTotal += rttNs;
  if (story.rttNsMin < 0 || rttNs < story.rttNsMin) story.rttNsMin = rttNs;
  if (rttNs > story.rttNsMax) story.rttNsMax = rttNs;
}

/** The connection or the capture is over: what still waits was not answered. */
export function pingsUnanswered(c: ConnectionState, s: SessionState): void {
  const { own, pings } = c.requests;
  for (const ping of own) {
    if (ping.kind === 'nop') unanswered(c, s, s.story.nopOut, 'initiator', ping);
  }
  for (const ping of pings) unanswered(c, s, s.story.nopIn, 'target', ping);
  pings.length = 0;
}

function unanswered(
  c: ConnectionState,
  s: SessionState,
  story: PingStats,
  from: 'initiator' | 'target',
  ping: PendingRequest,
): void {
  story.unanswered++;
  const since = story.unansweredSinceNs;
  if (since < 0 || ping.timeNs < since) story.unansweredSinceNs = ping.timeNs;
  addEvent(s, 'nop', c, ping.frame, ping.timeNs, { from, tag: ping.tag, answered: false });
}
