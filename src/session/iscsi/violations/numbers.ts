// Sequence numbers that break their rules, in words.

import { errorOf } from '../../new-story.js';
import type { ConnectionState, IscsiTables, SessionState } from '../state.js';
import { odd } from './violations.js';

export function statusRepeated(
  book: IscsiTables,
  c: ConnectionState,
  statSN: number,
  frame: number,
): void {
  const text = `StatSN ${statSN} again or from before, where ${c.numbers.nextStatSN} was next`;
  odd(book, c, c.session && errorOf(c.session.story, 'statSNRepeats'), frame, text);
}

export function statusJumped(
  book: IscsiTables,
  c: ConnectionState,
  statSN: number,
  frame: number,
): void {
  const text = `StatSN is ${statSN} where ${c.numbers.nextStatSN} was next, and no bytes are missing`;
  odd(book, c, c.session && errorOf(c.session.story, 'statSNJumps'), frame, text);
}

export function ackedUnsent(
  book: IscsiTables,
  c: ConnectionState,
  statSN: number,
  frame: number,
): void {
  const text = `ExpStatSN is ${statSN}, but the target's last status leads to ${c.numbers.nextStatSN}`;
  odd(book, c, c.session && errorOf(c.session.story, 'expStatSNAhead'), frame, text);
}

export function commandJumped(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  cmdSN: number,
  frame: number,
): void {
  const text = `CmdSN is ${cmdSN} where ${s.story.window.nextCmdSN} was next, and no bytes are missing`;
  odd(book, c, errorOf(s.story, 'cmdSNJumps'), frame, text);
}

/** False where a PDU of the target that moved the window may have been missed. */
export function outsideWindow(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  cmdSN: number,
  frame: number,
): boolean {
  if (s.connections.some((one) => one.targetLosses > 0)) return false;
  const text = `CmdSN ${cmdSN} lies beyond MaxCmdSN ${s.story.window.maxCmdSN}, the last one told`;
  odd(book, c, errorOf(s.story, 'cmdSNOutsideWindow'), frame, text);
  return true;
}
