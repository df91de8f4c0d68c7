// hot: no allocation per packet
// CmdSN and its window (RFC 7143 4.2.2.1), session wide: ExpCmdSN and MaxCmdSN of every PDU of the
// target, CmdSN of every request that is not immediate.

import { advance, distance } from '../../../lib/serial.js';
import { CLOSURES_MAX, CMD_SN_HOLES_MAX } from '../../../limits.js';
import type { Pdu } from '../../../pdu/pdu.js';
import { Opcode } from '../../../wire/iscsi/codes.js';
import type { CmdSNHole, CommandWindow } from '../../model.js';
import { errorOf } from '../../new-story.js';
import type { ConnectionState, IscsiTables, SessionState } from '../state.js';
import { commandJumped, outsideWindow } from '../violations/numbers.js';
import { WindowSeries } from './command-window-series.js';
import { unseenNumbered } from './unseen-statuses.js';

/** What a PDU of the target says of the window. */
export function windowSaid(
  s: SessionState,
  expCmdSN: number,
  maxCmdSN: number,
  timeNs: number,
  frame: number,
): void {
  const w = s.story.window;
  if (expCmdSN === w.expCmdSN && w.owedSinceNs >= 0) w.owedSaid++;
  if (expCmdSN === w.expCmdSN && maxCmdSN === w.maxCmdSN && w.known) return;
  // "If the PDU MaxCmdSN is less than the PDU ExpCmdSN-1 … they are both ignored" (4.2.2.1).
  const width = (maxCmdSN - expCmdSN + 1) | 0;
  if (width < 0) {
    const low = errorOf(s.story, 'maxCmdSNTooLow');
    if (low.count++ === 0) {
      low.frame = frame;
      low.timeNs = timeNs;
    }
    return;
  }
  if (!w.known) {
    w.known = true;
    w.expCmdSN = expCmdSN;
    w.maxCmdSN = maxCmdSN;
    w.widthMin = width;
    w.widthMax = width;
  } else {
    // Each only moves forward; connections of a session may be read out of turn.
    if (distance(expCmdSN, w.expCmdSN) > 0) {
      owedEnds(w, timeNs);
      w.expCmdSN = expCmdSN;
      if (distance(w.nextCmdSN, expCmdSN) > 0) w.owedSinceNs = timeNs;
    }
    if (distance(maxCmdSN, w.maxCmdSN) > 0) w.maxCmdSN = maxCmdSN;
  }
  windowMoved(s, timeNs, frame);
  windowStep(s, timeNs);
}

function windowMoved(s: SessionState, timeNs: number, frame: number): void {
  const w = s.story.window;
  const width = (w.maxCmdSN - w.expCmdSN + 1) | 0;
  if (width < w.widthMin) w.widthMin = width;
  if (width > w.widthMax) w.widthMax = width;
  if (width <= 0) {
    if (w.closedSinceNs < 0) {
      w.closedSinceNs = timeNs;
      w.closed++;
      if (w.closures.length < CLOSURES_MAX) w.closures.push({ fromNs: timeNs, toNs: -1, frame });
    }
  } else if (w.closedSinceNs >= 0) {
    closureEnds(s, timeNs);
  }
  // New room: the initiator may go on.
  if (w.usedUpSinceNs >= 0 && distance(w.maxCmdSN, w.nextCmdSN) >= 0) usedUpEnds(s, timeNs);
}

/** ExpCmdSN moves on, or never will: the longest time that it stood still is kept. */
function owedEnds(w: CommandWindow, timeNs: number): void {
  if (w.owedSinceNs < 0) return;
  const ns = timeNs - w.owedSinceNs;
  if (ns > w.stuckNs) {
    w.stuckNs = ns;
    w.stuckSinceNs = w.owedSinceNs;
    w.stuckAt = w.expCmdSN;
    w.stuckSaid = w.owedSaid;
    w.stuckSent = distance(w.nextCmdSN, w.expCmdSN);
  }
  w.owedSinceNs = -1;
  w.owedSaid = 0;
}

/** Ends a time of closure; also called when the session or the capture ends. */
export function windowOpened(s: SessionState, timeNs: number): void {
  if (!s.over) s.story.window.series?.advance(timeNs);
  owedEnds(s.story.window, timeNs);
  closureEnds(s, timeNs);
  usedUpEnds(s, timeNs);
}

function usedUpEnds(s: SessionState, timeNs: number): void {
  const w = s.story.window;
  if (w.usedUpSinceNs < 0) return;
  const ns = Math.max(0, timeNs - w.usedUpSinceNs);
  w.usedUpNs += ns;
  if (ns > w.usedUpNsMax) w.usedUpNsMax = ns;
  w.usedUpSinceNs = -1;
}

function closureEnds(s: SessionState, timeNs: number): void {
  const w = s.story.window;
  if (w.closedSinceNs < 0) return;
  const closedNs = Math.max(0, timeNs - w.closedSinceNs);
  w.closedNs += closedNs;
  if (closedNs > w.closedNsMax) w.closedNsMax = closedNs;
  w.closedSinceNs = -1;
  if (w.closed <= w.closures.length) w.closures[w.closed - 1].toNs = timeNs;
}

/** CmdSN of a request; immediate ones carry the next CmdSN and do not count. */
export function commandNumbered(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  cmdSN: number,
  immediate: boolean,
  pdu: Pdu,
): void {
  if (immediate) return;
  const frame = pdu.frame;
  const w = s.story.window;
  const outside = w.known && distance(cmdSN, w.maxCmdSN) > 0;
  // The target ignores it: the next one is not counted from it.
  if (outside && outsideWindow(book, c, s, cmdSN, frame)) {
    if (pdu.opcode === Opcode.scsiCommand && c.outTask !== null)
      c.outTask.task.outsideWindow = true;
    if (cmdSN === w.nextCmdSN || cmdSN === w.beyondCmdSN) w.beyondCmdSN = advance(cmdSN, 1);
    return;
  }
  const follows = cmdSN === w.nextCmdSN || cmdSN === w.beyondCmdSN;
  if (follows && w.nextCmdSNKnown) w.nextCmdSN = advance(cmdSN, 1);
  else outOfStep(book, c, s, cmdSN, frame);
  if (w.owedSinceNs < 0) w.owedSinceNs = pdu.timeNs;
  windowUsed(s, pdu.timeNs, frame);
  windowStep(s, pdu.timeNs);
  if (c.numberedLosses !== c.initiatorLosses) {
    c.numberedLosses = c.initiatorLosses;
    if (s.commands.unseen < 0) s.commands.unseen = 0;
    if (c.numbers.holes.length > 0) unseenNumbered(book, c, s);
  }
}

/** How much of the window the commands sent so far take. */
function windowUsed(s: SessionState, timeNs: number, frame: number): void {
  const w = s.story.window;
  if (!w.known) return;
  const used = distance(w.nextCmdSN, w.expCmdSN);
  if (used > w.usedMax) w.usedMax = used;
  if (w.usedUpSinceNs >= 0 || distance(w.maxCmdSN, w.nextCmdSN) >= 0) return;
  w.usedUpSinceNs = timeNs;
  if (w.usedUp === 0) w.usedUpFrame = frame;
  w.usedUp++;
}

function outOfStep(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  cmdSN: number,
  frame: number,
): void {
  const w = s.story.window;
  const ahead = distance(cmdSN, w.nextCmdSN);
  // A CmdSN from before is a retry, or waited on another connection: not a jump.
  if (w.nextCmdSNKnown && ahead < 0 && ahead > -65536) {
    fillHole(w.holes, cmdSN);
    return;
  }
  if (w.nextCmdSNKnown && ahead > 0 && w.holes.length < CMD_SN_HOLES_MAX) {
    w.holes.push({ from: w.nextCmdSN, to: cmdSN, frame, timeNs: book.shared.nowNs });
  }
  const jumped = w.nextCmdSNKnown && c.initiatorLosses === 0 && s.connections.length === 1;
  if (jumped) commandJumped(book, c, s, cmdSN, frame);
  else if (w.nextCmdSNKnown && ahead > 0) s.commands.unseen += Math.min(ahead, 65_536);
  w.nextCmdSNKnown = true;
  w.nextCmdSN = advance(cmdSN, 1);
}

/** A CmdSN that had been passed over came after all. */
function fillHole(holes: CmdSNHole[], cmdSN: number): void {
  for (let i = 0; i < holes.length; i++) {
    const hole = holes[i];
    if (distance(cmdSN, hole.from) < 0 || distance(cmdSN, hole.to) >= 0) continue;
    const rest = advance(cmdSN, 1);
    if (cmdSN === hole.from) hole.from = rest;
    else {
      if (rest !== hole.to && holes.length < CMD_SN_HOLES_MAX) {
        holes.push({ from: rest, to: hole.to, frame: hole.frame, timeNs: hole.timeNs });
      }
      hole.to = cmdSN;
    }
    if (hole.from === hole.to) holes.splice(i, 1);
    return;
  }
}

/** What holds from now on, for the series over time. */
export function windowStep(s: SessionState, timeNs: number): void {
  const w = s.story.window;
  if (!w.known) return;
  // Most sessions of a login storm need none, and of those that are not listed nobody asks.
  if (s.story.brief) return;
  if (w.series === undefined) w.series = new WindowSeries(s.story.id);
  const width = (w.maxCmdSN - w.expCmdSN + 1) | 0;
  const taken = w.nextCmdSNKnown ? distance(w.nextCmdSN, w.expCmdSN) : 0;
  w.series.step(timeNs, width, taken, s.tasks.size);
}
