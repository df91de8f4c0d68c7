// State and action → state. Plain and pure: stories are told through it without a terminal.

import type { Action } from './actions.js';
import { type Replay, SPEEDS, type State, type View, viewOf } from './state.js';

/** What the reducer must know of the page that is shown. */
export interface PageSize {
  /** All its rows, and how many are in sight at once. */
  readonly count: number;
  readonly rows: number;
  readonly key?: (index: number) => string;
}

export function reduce(state: State, action: Action, page: PageSize): State {
  switch (action.kind) {
    case 'resize':
      return scrolled({ ...state, columns: action.columns, rows: action.rows }, page);
    case 'move':
      return movedTo(state, viewOf(state).at + action.by, page);
    case 'moveTo':
      return movedTo(state, action.at, page);
    case 'scroll':
      return scrolledBy(state, action.by, page);
    case 'go':
      return { ...said(state), views: [...state.views, fresh(action.place, action.at)] };
    case 'replace':
      return { ...said(state), views: [...state.views.slice(0, -1), fresh(action.place)] };
    case 'root':
      return { ...said(state), views: rooted(state, fresh(action.place)) };
    case 'back':
      return state.views.length > 1 ? { ...said(state), views: state.views.slice(0, -1) } : state;
    case 'dialog':
      return { ...state, dialog: action.dialog };
    case 'filter':
      return withView({ ...said(state), filter: action.text }, { at: 0, top: 0 });
    case 'search':
      return { ...said(state), search: action.text };
    case 'sort':
      return withView(
        { ...said(state), sort: action.by, descending: action.descending },
        { at: 0, top: 0 },
      );
    case 'toggleColumn':
      return { ...state, hidden: toggled(state.hidden, action.name) };
    case 'everyPdu':
      return withView({ ...said(state), everyPdu: !state.everyPdu }, { at: 0, top: 0 });
    case 'mark':
      return { ...state, marks: toggled(state.marks, action.row) };
    case 'unmark':
      return { ...state, marks: [] };
    case 'cursor':
      return { ...said(state), replay: cursorAt(state.replay, action.ns) };
    case 'playing':
      return state.replay === undefined
        ? state
        : { ...said(state), replay: { ...state.replay, playing: action.playing } };
    case 'speed':
      return state.replay === undefined
        ? state
        : { ...state, replay: { ...state.replay, speed: speedOf(state.replay, action.by) } };
    case 'forgotten':
      return forgotten(state, action.ats, action.holds);
    case 'follow':
      return withView(said(state), { stays: !viewOf(state).stays });
    case 'live':
      return { ...said(state), live: { ...state.live, ...action.change } };
    case 'renewed':
      return renewed(state, page);
    case 'say':
      return { ...state, message: action.text };
  }
}

function fresh(place: View['place'], at = 0): View {
  return { place, at, top: 0 };
}

/** A screen of its own: Esc leads to the overview, as from everywhere. */
function rooted(state: State, view: View): readonly View[] {
  return view.place.kind === state.views[0].place.kind ? [state.views[0]] : [state.views[0], view];
}

/** A message is read when the next thing is done. */
function said(state: State): State {
  return state.message === '' ? state : { ...state, message: '' };
}

function withView(state: State, change: Partial<View>): State {
  const view = { ...viewOf(state), ...change };
  return { ...state, views: [...state.views.slice(0, -1), view] };
}

function movedTo(state: State, at: number, page: PageSize): State {
  const bounded = Math.max(0, Math.min(page.count - 1, at));
  const tail = page.count > 1 && bounded === page.count - 1;
  return scrolled(chosen(said(state), { at: bounded, tail }, page), page);
}

/** Scrolls so that the selected row is in sight. */
function scrolled(state: State, page: PageSize): State {
  const { at, top } = viewOf(state);
  const rows = Math.max(1, page.rows);
  const least = Math.max(0, at - rows + 1);
  const bounded = Math.max(0, Math.min(page.count - rows, Math.max(least, Math.min(top, at))));
  return bounded === top ? state : withView(state, { top: bounded });
}

/** The wheel moves what is seen; the selection stays in sight. */
function scrolledBy(state: State, by: number, page: PageSize): State {
  const view = viewOf(state);
  const rows = Math.max(1, page.rows);
  const top = Math.max(0, Math.min(page.count - rows, view.top + by));
  const at = Math.max(top, Math.min(top + rows - 1, view.at));
  const bounded = Math.max(0, Math.min(page.count - 1, at));
  const tail = by === 0 ? view.tail : bounded === page.count - 1 && page.count > 1;
  return chosen(state, { top, at: bounded, tail }, page);
}

/** Whoever moves the selection wants it to stay: where rows change their places, on its row. */
function chosen(
  state: State,
  change: { at: number; top?: number; tail?: boolean },
  page: PageSize,
): State {
  const { at, top } = viewOf(state);
  if (page.key === undefined || page.count === 0) return withView(state, change);
  // The wheel on a page that is whole in sight, and scrolling by nothing, choose nothing.
  if (change.at === at && change.top === top) return state;
  return withView(state, { ...change, stays: true, row: page.key(change.at) });
}

/** The selection follows the first row, or stays on what it was on. */
function renewed(state: State, page: PageSize): State {
  const { key, count } = page;
  const { at, row, tail, stays } = viewOf(state);
  if (key === undefined) {
    const follows = tail === true && at < count - 1;
    return follows ? scrolled(withView(state, { at: count - 1 }), page) : state;
  }
  if (!stays) {
    return at === 0 && row === undefined
      ? state
      : withView(state, { at: 0, top: 0, row: undefined });
  }
  if (row === undefined) return count === 0 ? state : withView(state, { row: key(at) });
  let now = Math.max(0, Math.min(count - 1, at));
  for (let i = 0; i < count; i++) if (key(i) === row) now = i;
  return scrolled(now === at ? state : withView(state, { at: now }), page);
}

/** Selections go with their rows, and what is in sight with them. */
function forgotten(state: State, ats: readonly number[], holds: (row: number) => boolean): State {
  const views = state.views.map((view, i): View => {
    const top = Math.max(0, Math.min(ats[i], view.top + ats[i] - view.at));
    return ats[i] === view.at ? view : { ...view, at: ats[i], top };
  });
  return { ...state, views, marks: state.marks.filter(holds) };
}

function toggled<T>(list: readonly T[], item: T): readonly T[] {
  return list.includes(item) ? list.filter((other) => other !== item) : [...list, item];
}

function cursorAt(replay: Replay | undefined, ns: number | undefined): Replay | undefined {
  if (ns === undefined) return undefined;
  return { playing: false, speed: 1, ...replay, ns };
}

function speedOf(replay: Replay, by: 1 | -1): number {
  const at = SPEEDS.indexOf(replay.speed) + by;
  return SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at))];
}
