// `:` moves: to the packet of a number, to a time since the first packet, to a time of day. What is shown stays what
// it was; only a time cursor that is set goes along.

import { isoTime } from '../capture/time.js';
import { countText } from '../lib/number-text.js';
import { secondsText } from '../view/format.js';
import type { Desk } from './desk.js';
import { setCursor } from './replay.js';
import { around } from './screens/time.js';
import { viewOf } from './state.js';

const UNITS: Readonly<Record<string, number>> = { s: 1e9, ms: 1e6, us: 1e3, µs: 1e3, ns: 1 };
const DAY_NS = 86_400e9;

/** What was wrong, '' where nothing was. */
export function goTo(c: Desk, text: string): string {
  const asked = text.trim();
  if (/^\d+$/.test(asked)) return toFrame(c, Number(asked));
  const ns = timeOf(c, asked);
  if (ns === undefined) {
    return 'a frame is a number, a time has a unit: 1.5s, 20ms; or 21:28:19.2 (UTC)';
  }
  toTime(c, ns);
  return '';
}

function toFrame(c: Desk, frame: number): string {
  const { pdus } = c.sources.kase;
  const around = (row: number): number => pdus.nextAround(row, frame);
  for (let pdu = around(pdus.first); pdu < pdus.count; pdu = around(pdu + 1)) {
    if (pdus.frameEnd(pdu) < frame || pdus.frame(pdu) > frame) continue;
    c.dispatch({ kind: 'go', place: { kind: 'pdu', pdu } });
    return '';
  }
  return `no PDU in frame ${countText(frame)}`;
}

/** ns since the first packet. A time of day is the first such one from there on. */
function timeOf(c: Desk, text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?(s|ms|us|µs|ns)$/.exec(text) ?? [];
  if (number !== undefined) return Number(number) * UNITS[unit];
  if (/^\d+\.\d+$/.test(text)) return Number(text) * 1e9;
  const [, h, m, s = '0'] = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,9})?))?$/.exec(text) ?? [];
  const { epoch } = c.sources.kase;
  if (h === undefined || epoch === undefined) return undefined;
  const [, eh, em, es] = /T(\d\d):(\d\d):([\d.]+)/.exec(isoTime(epoch, 0)) ?? [];
  const day = (hours: string, minutes: string, seconds: string): number =>
    Number(hours) * 3600e9 + Number(minutes) * 60e9 + Math.round(Number(seconds) * 1e9);
  const since = day(h, m, s) - day(eh, em, es);
  return since < 0 ? since + DAY_NS : since;
}

/** Lists whose rows are in time: the selection goes there. Elsewhere the list of commands opens there. */
function toTime(c: Desk, ns: number): void {
  const { kase, list } = c.sources;
  const at = Math.min(kase.lastNs, ns);
  if (c.state.replay !== undefined) setCursor(c, at);
  const { place } = viewOf(c.state);
  if (place.kind === 'time') {
    c.dispatch({ kind: 'replace', place: around(kase, c.state, place, at) });
    return;
  }
  if (place.kind !== 'commands' && place.kind !== 'events' && !isInLadder(c, at)) {
    // With a cursor everything shows that moment already.
    if (c.state.replay !== undefined) return;
    c.dispatch({ kind: 'go', place: { kind: 'commands' } });
  }
  list.finish();
  const row = nearest(c, at);
  if (row >= 0) c.dispatch({ kind: 'moveTo', at: row });
  const text = row < 0 ? 'no row has a time here' : `at ${secondsText(at)} s`;
  const beyond = ns > kase.lastNs ? `, which is the end: ${secondsText(ns)} s is behind it` : '';
  c.dispatch({ kind: 'say', text: text + beyond });
}

/** On a command, while it went on: its own PDUs are what is looked for. */
function isInLadder(c: Desk, ns: number): boolean {
  const { place } = viewOf(c.state);
  if (place.kind !== 'command') return false;
  const { tasks } = c.sources.kase;
  const end = tasks.endNs(place.row);
  return ns >= tasks.startNs(place.row) && (end < 0 || ns <= end);
}

/** The row whose time is nearest; the first of several; -1 where none has one. */
function nearest(c: Desk, ns: number): number {
  const page = c.page();
  let found = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < page.count; i++) {
    const time = page.timeNs?.(i);
    if (time === undefined) continue;
    const far = Math.abs(time - ns);
    if (far < least) {
      least = far;
      found = i;
    }
  }
  return found;
}
