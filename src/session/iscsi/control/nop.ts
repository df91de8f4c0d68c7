// NOP-Out and NOP-In as pings (RFC 7143 11.18, 11.19): pairs, their round trip, those not answered.

import type { Pdu } from '../../../pdu/pdu.js';
import {
  INITIATOR_TASK_TAG,
  NO_TAG,
  TAG_END,
  TARGET_TRANSFER_TAG,
} from '../../../wire/iscsi/bhs-offsets.js';
import type { PingStats } from '../../model.js';
import { addEvent } from '../events.js';
import { addRequest, type PendingRequest, takeRequest } from '../pending-requests.js';
import type { ConnectionState, SessionState } from '../state.js';

export function nopOutEnds(c: ConnectionState, s: SessionState, pdu: Pdu): void {
  if (pdu.headerCaptured < TARGET_TRANSFER_TAG + 4) return;
  const tag = pdu.view.getUint32(pdu.at + INITIATOR_TASK_TAG);
  const targetTag = pdu.view.getUint32(pdu.at + TARGET_TRANSFER_TAG);
  if (targetTag !== NO_TAG) {
    const ping = takeRequest(c.pings, targetTag, 'nop');
    if (ping !== undefined) answered(s.story.nopIn, ping, pdu);
  }
  if (tag !== NO_TAG) {
    s.story.nopOut.sent++;
    addRequest(c.requests, { kind: 'nop', tag, timeNs: pdu.timeNs, frame: pdu.frame });
  } else if (targetTag === NO_TAG) s.story.nopOut.oneWay++;
}

/** When the ping came that it answers; -1 where none was seen. */
export function nopInEnds(c: ConnectionState, s: SessionState, pdu: Pdu): number {
  if (pdu.headerCaptured < TAG_END) return -1;
  const tag = pdu.view.getUint32(pdu.at + INITIATOR_TASK_TAG);
  if (tag !== NO_TAG) {
    const ping = takeRequest(c.requests, tag, 'nop');
    if (ping !== undefined) answered(s.story.nopOut, ping, pdu);
    return ping?.timeNs ?? -1;
  }
  if (pdu.headerCaptured < TARGET_TRANSFER_TAG + 4) return -1;
  const targetTag = pdu.view.getUint32(pdu.at + TARGET_TRANSFER_TAG);
  if (targetTag === NO_TAG) s.story.nopIn.oneWay++;
  else {
    s.story.nopIn.sent++;
    const ping: PendingRequest = {
      kind: 'nop',
      tag: targetTag,
      timeNs: pdu.timeNs,
      frame: pdu.frame,
    };
    addRequest(c.pings, ping);
  }
  return -1;
}

function answered(story: PingStats, ping: PendingRequest, pdu: Pdu): void {
  const rttNs = Math.max(0, pdu.endNs - ping.timeNs);
  story.answered++;
  story.rttNsTotal += rttNs;
  if (story.rttNsMin < 0 || rttNs < story.rttNsMin) story.rttNsMin = rttNs;
  if (rttNs > story.rttNsMax) story.rttNsMax = rttNs;
}

/** The connection or the capture is over: what still waits was not answered. */
export function pingsUnanswered(c: ConnectionState, s: SessionState): void {
  for (const ping of c.requests) {
    if (ping.kind === 'nop') unanswered(c, s, s.story.nopOut, 'initiator', ping);
  }
  for (const ping of c.pings) unanswered(c, s, s.story.nopIn, 'target', ping);
  c.pings.length = 0;
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
