// The words of title, status line and replay line: what stands around every page.

import type { Case } from '../case/case.js';
import { momentOf } from '../case/moment.js';
import type { Outstanding } from '../case/outstanding.js';
import { bytesText, countText, percentText } from '../lib/number-text.js';
import { cell } from '../view/cells.js';
import { secondsText } from '../view/format.js';
import { type Binding, keyText } from './keys.js';
import { type Page, rowText } from './page.js';
import { keysOf, screenOf, TABS } from './pages.js';
import { forgottenText } from './screens/forgotten.js';
import { type PlaceKind, type State, viewOf } from './state.js';
import { cutLine, type Line, lineWidth, type Span, shortLine } from './terminal/line.js';
import { cut, slice, widthOf } from './terminal/width.js';

export function titleLine(kase: Case, state: State, page: Page): Line {
  const { kind } = viewOf(state).place;
  const tabs = tabsOf(state).map(({ text, kind: tab }): Span => {
    return { text, tone: tab === kind ? 'strong' : 'quiet', lit: tab === kind };
  });
  const [first = ''] = kase.files;
  const name = first.slice(first.lastIndexOf('/') + 1);
  const more = kase.files.length > 1 ? ` and ${kase.files.length - 1} more` : '';
  const room = state.columns - lineWidth(tabs);
  // What is looked at goes before the name of the file.
  const left = room - widthOf(page.title) - 5;
  const file = left > 4 ? `${cut(name + more, left)} › ` : '';
  const title = cell(cut(page.title, Math.max(0, room - widthOf(file) - 2)));
  return [...cutLine([cell(` ${file}`, 'title'), title], 0, room), ...tabs];
}

/** What is looked at has so much room beside the tabs at least. */
const TITLE_LEAST = 20;

interface ShownTab {
  readonly key: string;
  readonly kind: PlaceKind;
  readonly text: string;
}

/** With their words where there is room; else that of the screen that is shown. */
function tabsOf(state: State): readonly ShownTab[] {
  const live = state.views[0].place.kind === 'live';
  const { kind: shown } = viewOf(state).place;
  const { compared } = state.settings;
  const tabs = TABS.filter(
    ({ onlyLive, onlyCompared = compared }) => (live || !onlyLive) && onlyCompared === compared,
  );
  const whole = tabs.map(({ key, kind, word }) => ({ key, kind, text: ` ${key} ${word} ` }));
  const width = whole.reduce((sum, { text }) => sum + text.length, 0);
  if (width <= state.columns - TITLE_LEAST) return whole;
  return whole.map((tab) => (tab.kind === shown ? tab : { ...tab, text: ` ${tab.key}` }));
}

/** The key of the tab that stands at a column of the title. */
export function tabAt(state: State, column: number): string | undefined {
  const tabs = tabsOf(state);
  let from = state.columns - tabs.reduce((sum, { text }) => sum + text.length, 0);
  for (const { key, text } of tabs) {
    const to = from + text.length;
    if (column >= from && column < to) return key;
    from = to;
  }
  return undefined;
}

/** How far something is. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** `listing`: how far a list is that does not show yet. */
export function statusLine(kase: Case, state: State, page: Page, listing?: Progress): Line {
  const making =
    listing === undefined ? '' : `  listing ${percentText(listing.done, listing.total)}`;
  const right = cell(
    `${positionText(state, page)}${making}${olderText(kase, state)}${loadingText(kase)} `,
    'quiet',
  );
  const room = state.columns - lineWidth([right]);
  const left =
    state.message === '' ? idleLine(state, page, room) : [cell(` ${state.message}`, 'note')];
  return [...shortLine(left, room), right];
}

/** What of the selected row does not fit its line; else the keys that help here. */
function idleLine(state: State, page: Page, room: number): Line {
  const { at } = viewOf(state);
  const width = page.rowWidth ?? state.columns;
  const text = at < page.count ? rowText(page, at) : '';
  const rest = page.rest?.(at);
  if (rest !== undefined) return [cell(' … ', 'quiet'), cell(rest)];
  if (widthOf(text) <= width) return hints(state, room);
  return [cell(' … ', 'quiet'), cell(slice(text, width - 1, Number.MAX_SAFE_INTEGER).trim())];
}

/** As many as there is room for: the way out and the help first of all. */
function hints(state: State, room: number): Span[] {
  const { kind } = viewOf(state).place;
  const shown = keysOf(kind).filter(
    (b) => b.hint !== undefined && (b.command !== 'cursorOff' || state.replay !== undefined),
  );
  const spans: Span[] = [];
  let left = room;
  const first = (b: Binding): boolean => isProgram(b) || b.command === 'cursorOff';
  for (const b of [...shown.filter(first), ...shown.filter((b) => !first(b))]) {
    const hint = [cell(` ${keyText(letterOf(b.keys))}`, 'strong'), cell(` ${b.hint} `, 'quiet')];
    left -= lineWidth(hint);
    if (left < 0) break;
    spans.push(...hint);
  }
  return spans;
}

function isProgram(b: Binding): boolean {
  return b.group === 'Program';
}

/** Where an F-key has a letter, the letter: terminals keep some F-keys for themselves. */
function letterOf([first, second]: readonly string[]): string {
  return /^f\d/.test(first) ? second : first;
}

/** From so many rows on a share says more than two numbers. */
const MANY_ROWS = 1000;

function positionText(state: State, page: Page): string {
  const { count } = page;
  if (count === 0) return '';
  const at = viewOf(state).at + 1;
  // Where there is more than the eye sees at once: how far down that is.
  const share = count > MANY_ROWS ? ` ${percentText(Math.floor((100 * at) / count), 100)}` : '';
  return ` ${countText(at)}/${countText(count)}${share}`;
}

/** Where pictures are drawn from the commands that are kept. */
function olderText(kase: Case, state: State): string {
  const { kind } = viewOf(state).place;
  const older = screenOf(kind).fromKept ? forgottenText(kase) : '';
  return older === '' ? '' : `  not drawn: ${older}`;
}

function loadingText(kase: Case): string {
  if (kase.loading === undefined) return '';
  const { done, total } = kase.loading;
  return total > 0 ? `  reading ${percentText(done, total)}` : `  reading ${bytesText(done)}`;
}

/** The time cursor on its axis, and what was outstanding there. */
export function replayLine(kase: Case, state: State, outstanding: Outstanding): Line {
  const { replay } = state;
  if (replay === undefined) return [];
  const { lastNs } = kase;
  const words = `${replay.playing ? '▶' : '‖'} ×${replay.speed} ${secondsText(replay.ns)} s `;
  const now = stateAt(kase, outstanding);
  const room = Math.max(10, state.columns - words.length - now.length - 3);
  const at = lastNs > 0 ? Math.min(room - 1, Math.floor((replay.ns / lastNs) * room)) : 0;
  return [
    cell(` ${words}`, 'note'),
    cell('━'.repeat(at), 'note'),
    cell('●', 'strong'),
    cell('─'.repeat(room - at - 1), 'quiet'),
    cell(` ${now}`),
  ];
}

function stateAt(kase: Case, outstanding: Outstanding): string {
  const { reads, writes, toComeBytes } = momentOf(kase, outstanding);
  const owed = toComeBytes > 0 ? `, R2T: ${bytesText(toComeBytes)} due` : '';
  return `${countText(outstanding.open.size)} outstanding (${reads} R, ${writes} W)${owed}`;
}
