// hot: no allocation per packet
// StatSN and ExpStatSN of a connection (RFC 7143 4.2.2.2). In step, this is a comparison. Out of
// step after bytes that the capture misses, statuses passed unseen: holes.ts seeks their owners.

import { advance, distance } from '../../../lib/serial.js';
import type { Pdu } from '../../../pdu/pdu.js';
import { BHS_LENGTH, STAT_SN, STAT_SN_END } from '../../../wire/iscsi/bhs-offsets.js';
import type { ConnectionState, IscsiTables } from '../state.js';
import { ackedUnsent, statusJumped, statusRepeated } from '../violations/numbers.js';
import { requestLeft, settleHeaders, statusesUnseen } from './unseen-statuses.js';

/** More unseen statuses than could be due (tasks, requests and these) are no statuses but damage. */
const UNSOLICITED_MAX = 64;
/** A StatSN this far back is a new count rather than a status sent again. */
const FAR_BACK = -4096;
const AHEAD_MAX = 32;

/**
 * ExpStatSN of a PDU of the initiator: statuses before it have arrived there (11.3.3).
 * `writes`: how many are open of which an R2T may have asked for data.
 */
export function acknowledged(
  book: IscsiTables,
  c: ConnectionState,
  expStatSN: number,
  timeNs: number,
  frame: number,
  writes = 0,
): void {
  if (expStatSN === c.numbers.expStatSN && c.numbers.expStatSNKnown) return;
  c.numbers.expStatSN = expStatSN;
  c.numbers.expStatSNKnown = true;
  if (c.numbers.statSNKnown === 0) {
    c.numbers.statSNKnown = 1;
    c.numbers.nextStatSN = expStatSN;
    c.numbers.statTargetLosses = c.targetLosses;
    c.numbers.statLostBytes = 0;
    return;
  }
  if (distance(expStatSN, c.numbers.nextStatSN) <= 0) return;
  // An initiator that takes the foretold StatSN of an R2T for a status says nothing certain.
  if (expStatSN === c.numbers.foretold + 1) {
    if (!lostSince(c)) c.numbers.countsForetold = true;
    return;
  }
  // Where an R2T may have been missed, it foretold a status perhaps: E - 1 is certain. What was
  // missed may show only later.
  const foretells = c.numbers.countsForetold || writes > 0;
  if (!foretells || !(c.numbers.countsForetold || lostSince(c))) {
    keepAhead(c, expStatSN, timeNs, frame, foretells);
  } else if (distance(expStatSN - 1, c.numbers.nextStatSN) > 0) {
    keepAhead(c, advance(expStatSN, -1), timeNs, frame, false);
  }
  // Where the target is not captured at all, nothing of it is on its way.
  if (!c.targetSeen && c.numbers.aheadSN.length > 0)
    settleAhead(book, c, c.numbers.aheadSN.length - 1);
}

/** The statuses may still be on their way, behind bytes that are waited for: settled later. */
function keepAhead(
  c: ConnectionState,
  expStatSN: number,
  timeNs: number,
  frame: number,
  foretells: boolean,
): void {
  const n = c.numbers.aheadSN.length;
  if (n > 0 && distance(expStatSN, c.numbers.aheadSN[n - 1]) <= 0) return;
  if (n >= AHEAD_MAX) {
    c.numbers.aheadSN[n - 1] = expStatSN;
    c.numbers.aheadForetells[n - 1] = foretells;
    return;
  }
  c.numbers.aheadSN.push(expStatSN);
  c.numbers.aheadNs.push(timeNs);
  c.numbers.aheadFrame.push(frame);
  c.numbers.aheadForetells.push(foretells);
}

/** A PDU of the target that counts as a status passed, with its StatSN. */
export function statusNumbered(
  book: IscsiTables,
  c: ConnectionState,
  pdu: Pdu,
  statSN: number,
): void {
  if (statSN !== c.numbers.nextStatSN || c.numbers.statSNKnown === 0)
    outOfStep(book, c, pdu, statSN);
  else if (c.numbers.aheadSN.length > 0) forgetAhead(c, advance(statSN, 1));
  c.numbers.statSNKnown = 2;
  c.numbers.nextStatSN = advance(statSN, 1);
  const lag = distance(c.numbers.nextStatSN, c.numbers.expStatSN);
  if (lag > c.story.statLagMax && c.numbers.expStatSNKnown) lagged(c, pdu, lag);
  inStep(c);
}

/**
 * The end of a PDU that counts as a status, from a header that may be cut. `requestNs`: when the
 * request came that it answers, -1 none.
 */
export function statusPassed(
  book: IscsiTables,
  c: ConnectionState,
  pdu: Pdu,
  requestNs: number,
): void {
  if (requestNs >= 0 && c.numbers.holes.length > 0) requestLeft(book, c, requestNs);
  if (pdu.headerCaptured >= STAT_SN_END) {
    statusNumbered(book, c, pdu, pdu.view.getUint32(pdu.at + STAT_SN));
  } else if (c.numbers.statSNKnown > 0) c.numbers.nextStatSN = advance(c.numbers.nextStatSN, 1);
}

/** A PDU of the target passed that carries the next StatSN without using it up (R2T, NOP-In). */
export function statusForetold(
  book: IscsiTables,
  c: ConnectionState,
  pdu: Pdu,
  statSN: number,
): void {
  const ahead = distance(statSN, c.numbers.nextStatSN);
  c.numbers.foretold = statSN;
  if (ahead > 0 && c.numbers.statSNKnown > 0 && lostSince(c) && ahead <= mostDue(c)) {
    openHoles(book, c, statSN, pdu.timeNs, pdu.frame);
    inStep(c);
  } else if (ahead === 0 && c.numbers.statSNKnown > 0) {
    // No status passed since: an ExpStatSN that says so took one foretold for it.
    const before = aheadBefore(c, pdu.timeNs);
    if (before > 0) {
      c.numbers.countsForetold = true;
      forgetAhead(c, c.numbers.aheadSN[before - 1]);
    }
    inStep(c);
  } else if (c.numbers.aheadSN.length > 0 || c.numbers.lostInRow > 0) {
    targetPassed(book, c, pdu);
  }
}

/** A PDU of the target passed that says nothing of statuses. Call where something waits. */
export function targetPassed(book: IscsiTables, c: ConnectionState, pdu: Pdu): void {
  const before = aheadBefore(c, pdu.timeNs);
  if (before > 0) settleAhead(book, c, before - 1);
  else settleHeaders(book, c);
  forgetHeaders(c);
}

/** How many of the ExpStatSNs ahead are older. */
function aheadBefore(c: ConnectionState, timeNs: number): number {
  let n = 0;
  while (n < c.numbers.aheadSN.length && c.numbers.aheadNs[n] < timeNs) n++;
  return n;
}

/** Nothing more will come from the target: what waits is settled. */
export function settleAtEnd(book: IscsiTables, c: ConnectionState): void {
  const n = c.numbers.aheadSN.length;
  if (n > 0) {
    c.targetLosses++; // acknowledged and never seen: the capture ended, or missed it
    c.numbers.statLostBytes = Number.MAX_SAFE_INTEGER;
    settleAhead(book, c, n - 1);
  } else settleHeaders(book, c);
  forgetHeaders(c);
}

/** The first of the ExpStatSNs ahead, up to `last`, are older than what the target sends now. */
function settleAhead(book: IscsiTables, c: ConnectionState, last: number): void {
  const said = c.numbers.aheadSN[last];
  const statSN = certain(c, last);
  const count = distance(statSN, c.numbers.nextStatSN);
  if (count > 0 && lostSince(c) && count <= mostDue(c)) {
    openHoles(book, c, statSN, c.numbers.aheadNs[last], c.numbers.aheadFrame[last]);
    inStep(c);
  } else if (count > 0) ackedUnsent(book, c, statSN, c.numbers.aheadFrame[last]);
  forgetAhead(c, said);
}

/** An ExpStatSN ahead; one less where the last may be one foretold, by an R2T that was missed. */
function certain(c: ConnectionState, i: number): number {
  return c.numbers.aheadForetells[i] && lostSince(c)
    ? advance(c.numbers.aheadSN[i], -1)
    : c.numbers.aheadSN[i];
}

/** More statuses than ever wait for their acknowledgement. */
function lagged(c: ConnectionState, pdu: Pdu, lag: number): void {
  c.story.statLagMax = lag;
  c.story.statLagFrame = pdu.frame;
  c.story.statLagNs = pdu.endNs;
}

function outOfStep(book: IscsiTables, c: ConnectionState, pdu: Pdu, statSN: number): void {
  if (c.numbers.statSNKnown === 0) return;
  const ahead = distance(statSN, c.numbers.nextStatSN);
  if (ahead < 0) {
    if (ahead > FAR_BACK && c.numbers.statSNKnown === 2) statusRepeated(book, c, statSN, pdu.frame);
    return;
  }
  if (lostSince(c)) {
    if (ahead <= mostDue(c)) openHoles(book, c, statSN, pdu.timeNs, pdu.frame);
  } else if (c.numbers.statSNKnown === 2) {
    if (ahead === 1) c.numbers.skipsStatSN = true;
    statusJumped(book, c, statSN, pdu.frame);
  }
}

/** Statuses from the next one up to `statSN` - 1 passed unseen, at `timeNs` at the latest. */
function openHoles(
  book: IscsiTables,
  c: ConnectionState,
  statSN: number,
  timeNs: number,
  frame: number,
): void {
  let from = c.numbers.nextStatSN;
  c.numbers.nextStatSN = statSN;
  // A number that nobody saw may have been skipped by the target again.
  if (c.numbers.skipsStatSN) {
    forgetAhead(c, statSN);
    return;
  }
  let used = 0;
  for (
    ;
    used < c.numbers.aheadSN.length && distance(c.numbers.aheadSN[used], statSN) <= 0;
    used++
  ) {
    const ahead = certain(c, used);
    const count = distance(ahead, from);
    if (count <= 0) continue;
    const earlier = c.numbers.aheadNs[used] < timeNs;
    const boundNs = earlier ? c.numbers.aheadNs[used] : timeNs;
    statusesUnseen(book, c, count, boundNs, earlier ? c.numbers.aheadFrame[used] : frame);
    from = ahead;
  }
  forgetAhead(c, statSN);
  const count = distance(statSN, from);
  if (count > 0) statusesUnseen(book, c, count, timeNs, frame);
}

/** Drops the ExpStatSNs that are not ahead of `statSN` any more. */
function forgetAhead(c: ConnectionState, statSN: number): void {
  let n = 0;
  while (n < c.numbers.aheadSN.length && distance(c.numbers.aheadSN[n], statSN) <= 0) n++;
  if (n === 0) return;
  c.numbers.aheadSN.splice(0, n);
  c.numbers.aheadNs.splice(0, n);
  c.numbers.aheadFrame.splice(0, n);
  c.numbers.aheadForetells.splice(0, n);
}

function inStep(c: ConnectionState): void {
  c.numbers.statTargetLosses = c.targetLosses;
  c.numbers.statLostBytes = 0;
  forgetHeaders(c);
}

function forgetHeaders(c: ConnectionState): void {
  c.numbers.lostInRow = 0;
  c.numbers.headersUnseen = undefined;
}

/** True where the capture misses something of the target since the numbers were in step. */
function lostSince(c: ConnectionState): boolean {
  return c.targetLosses !== c.numbers.statTargetLosses || !c.targetSeen;
}

function mostDue(c: ConnectionState): number {
  return c.openTasks + c.requests.own.length + UNSOLICITED_MAX;
}

/** The end of a PDU of the target of which something was not captured, its number perhaps. */
export function targetIncomplete(c: ConnectionState, pdu: Pdu): void {
  const inStepStill = pdu.complete && pdu.headerCaptured >= STAT_SN_END && !lostSince(c);
  c.targetLosses++;
  if (inStepStill) c.numbers.statTargetLosses = c.targetLosses;
  else c.numbers.statLostBytes += BHS_LENGTH + pdu.dataSegmentLength;
}
