// The time cursor: playing, steps and jumps. It is one number, and all screens follow it.

import { begunBy } from '../case/command-list.js';
import { pduAt, pduWords } from '../case/pdus.js';
import { countText, durationText } from '../lib/number-text.js';
import { failed } from '../scsi/task.js';
import type { Desk } from './desk.js';
import { screenOf } from './pages.js';
import { viewOf } from './state.js';

/** Updates of a playing replay. */
export const TICK_MS = 100;

export function play(c: Desk): void {
  const { replay } = c.state;
  const { lastNs } = c.sources.kase;
  if (replay === undefined) c.dispatch({ kind: 'cursor', ns: Math.max(0, timeShown(c)) });
  else if (!replay.playing && replay.ns >= lastNs) c.dispatch({ kind: 'cursor', ns: 0 });
  c.dispatch({ kind: 'playing', playing: replay === undefined || !replay.playing });
}

/** `passedMs` of the clock have passed since the last tick. */
export function tick(c: Desk, passedMs: number): void {
  const { replay } = c.state;
  if (replay === undefined || !replay.playing) return;
  const { lastNs, loading } = c.sources.kase;
  const ns = Math.min(lastNs, replay.ns + passedMs * 1e6 * replay.speed);
  setCursor(c, ns);
  if (ns >= lastNs && loading === undefined) c.dispatch({ kind: 'playing', playing: false });
}

/** Lists that showed their last row go on showing it. */
export function setCursor(c: Desk, ns: number, text = ''): void {
  const { at } = viewOf(c.state);
  const atEnd = at >= c.page().count - 1;
  c.dispatch({ kind: 'cursor', ns });
  const { place } = viewOf(c.state);
  const grows = place.kind === 'command' || place.kind === 'commands';
  if (atEnd && grows) c.dispatch({ kind: 'moveTo', at: Number.MAX_SAFE_INTEGER });
  if (text !== '') c.dispatch({ kind: 'say', text });
}

/** The time that is looked at: the cursor, or the selected row's; -1 before all of it. */
function timeShown(c: Desk): number {
  const { at, place } = viewOf(c.state);
  if (c.state.replay !== undefined) return c.state.replay.ns;
  return screenOf(place.kind).whole ? -1 : (c.page().timeNs?.(at) ?? -1);
}

export function stepPdu(c: Desk, by: 1 | -1): void {
  const { kase } = c.sources;
  const { pdus } = kase;
  const now =
    c.state.replay === undefined ? pduAt(kase, timeShown(c)) - by : pduAt(kase, timeShown(c));
  const next = Math.max(pdus.first, Math.min(pdus.count - 1, now + by));
  if (pdus.count === 0) return;
  const words = `${pdus.fromInitiator(next) ? '→' : '←'} ${pduWords(kase, next)}, frame ${pdus.frame(next)}`;
  // Several PDUs of one packet have one time: a step back goes before all of them.
  let ns = pdus.timeNs(next);
  if (by < 0 && ns === c.state.replay?.ns) {
    let before = next;
    while (before > pdus.first && pdus.timeNs(before) >= ns) before--;
    ns = pdus.timeNs(before);
  }
  setCursor(c, ns, words);
}

export function stepCommand(c: Desk, by: 1 | -1): void {
  const { tasks } = c.sources.kase;
  if (tasks.held === 0) return;
  const begun = begunBy(tasks, timeShown(c));
  const row = by > 0 ? begun : begun - 2;
  showTask(c, tasks.rowAt(Math.max(0, Math.min(tasks.held - 1, row))), '');
}

export function jumpToSlow(c: Desk, by: 1 | -1): void {
  const { report, tasks } = c.sources.kase;
  const limit = report?.totals.latency?.p95Ns ?? Number.POSITIVE_INFINITY;
  jump(c, by, 'slow command', (row) => tasks.latencyNs(row) > limit);
}

export function jumpToError(c: Desk, by: 1 | -1): void {
  const { tasks } = c.sources.kase;
  jump(c, by, 'failed command', (row) => failed(tasks.outcome(row)));
}

/** To the next command, from the one that is looked at on, that is wanted. */
function jump(c: Desk, by: 1 | -1, what: string, wanted: (row: number) => boolean): void {
  const { tasks } = c.sources.kase;
  const shown = c.page().task?.(viewOf(c.state).at) ?? taskOfPlace(c);
  const from = shown === undefined ? begunBy(tasks, timeShown(c)) - 1 : tasks.indexOf(shown);
  for (let index = from + by; index >= 0 && index < tasks.held; index += by) {
    const row = tasks.rowAt(index);
    if (!wanted(row)) continue;
    const took = tasks.latencyNs(row);
    const words = took < 0 ? '' : `, ${durationText(took)}`;
    showTask(c, row, `${what} at frame ${countText(tasks.commandFrame(row))}${words}`);
    return;
  }
  c.dispatch({ kind: 'say', text: `no ${what} ${side(by)} this one` });
}

function taskOfPlace(c: Desk): number | undefined {
  const { place } = viewOf(c.state);
  return place.kind === 'command' ? place.row : undefined;
}

/** Brings a command to where we look: the row of a list, the ladder, the cursor. */
function showTask(c: Desk, row: number, text: string): void {
  const { tasks } = c.sources.kase;
  const { place } = viewOf(c.state);
  const end = tasks.endNs(row);
  const inTime =
    place.kind === 'commands' ? tasks.startNs(row) : end < 0 ? tasks.startNs(row) : end;
  if (c.state.replay !== undefined || (place.kind !== 'commands' && place.kind !== 'command')) {
    c.dispatch({ kind: 'cursor', ns: inTime });
  }
  if (place.kind === 'command') c.dispatch({ kind: 'replace', place: { kind: 'command', row } });
  if (place.kind === 'commands') {
    c.sources.list.finish();
    const at = c.page().count === 0 ? -1 : c.sources.list.indexOf(row);
    if (at >= 0) c.dispatch({ kind: 'moveTo', at });
    else c.dispatch({ kind: 'say', text: 'the filter hides it' });
  }
  if (text !== '') c.dispatch({ kind: 'say', text });
}

export function jumpToLogin(c: Desk, by: 1 | -1): void {
  const now = timeShown(c);
  const sessions = c.sources.kase.report?.sessions ?? [];
  const starts = sessions
    .flatMap((s) => s.connections.flatMap((x) => (x.login ? [x.login.startedNs] : [])))
    .filter((ns) => (by > 0 ? ns > now : ns < now))
    .sort((a, b) => (a - b) * by);
  if (starts.length === 0) c.dispatch({ kind: 'say', text: `no login ${side(by)} this time` });
  else setCursor(c, starts[0], 'a login begins');
}

function side(by: 1 | -1): string {
  return by > 0 ? 'after' : 'before';
}

/** PDUs that are not whole: bytes of them were not captured. */
export function jumpToGap(c: Desk, by: 1 | -1): void {
  const { kase } = c.sources;
  const { pdus } = kase;
  const now = pduAt(kase, timeShown(c));
  // Those of one time are one place.
  let pdu = now + (by > 0 ? 1 : 0);
  while (by < 0 && pdu >= pdus.first && pdus.timeNs(pdu) >= timeShown(c)) pdu--;
  for (; pdu >= pdus.first && pdu < pdus.count; pdu += by) {
    if (!pdus.seen(pdu)) {
      setCursor(c, pdus.timeNs(pdu), `not whole: ${pduWords(kase, pdu)}, frame ${pdus.frame(pdu)}`);
      return;
    }
  }
  c.dispatch({ kind: 'say', text: `no gap ${side(by)} this time` });
}
