// What each command of the key table does.

import { neighbours } from '../case/pdus.js';
import { LIVE_SORTS } from '../report/interval-sorts.js';
import type { Command } from './actions.js';
import type { Desk } from './desk.js';
import { rowsInSight } from './draw.js';
import { screenOf } from './pages.js';
import {
  jumpToError,
  jumpToGap,
  jumpToLogin,
  jumpToSlow,
  play,
  stepCommand,
  stepPdu,
} from './replay.js';
import { subjectOf } from './save-packets.js';
import { LIVE_GROUPS } from './screens/live-rows.js';
import { panned } from './screens/time.js';
import { copyRow, searchOn } from './search-copy-export.js';
import { type InputPurpose, type PlaceKind, viewOf } from './state.js';

export type Deed = (c: Desk) => void;

const move =
  (by: number): Deed =>
  (c) =>
    c.dispatch({ kind: 'move', by });
const pages =
  (share: number): Deed =>
  (c) =>
    c.dispatch({ kind: 'move', by: Math.trunc(share * rowsInSight(c.state, c.page())) });
/** A screen of the title. */
const tab =
  (kind: PlaceKind): Deed =>
  (c) => {
    const { tab } = screenOf(kind);
    if (tab === undefined) return;
    if (tab.onlyLive && c.sources.live === undefined) {
      c.dispatch({ kind: 'say', text: 'this capture is not live' });
    } else if (tab.onlyCompared !== undefined && tab.onlyCompared !== c.sources.compared?.kind) {
      c.dispatch({ kind: 'say', text: `sanscope ${tab.onlyCompared} A B shows this` });
    } else {
      const place = tab.place(viewOf(c.state).place, c.sources);
      c.dispatch({ kind: 'root', place });
      // What comes now is what is looked for.
      const follows = c.sources.live !== undefined && c.sources.kase.loading !== undefined;
      if (place.kind === 'commands' && follows) {
        c.dispatch({ kind: 'moveTo', at: Number.MAX_SAFE_INTEGER });
      }
    }
  };
const ask =
  (purpose: InputPurpose): Deed =>
  (c) => {
    const text =
      purpose === 'filter' ? c.state.filter : purpose === 'rows' ? c.state.live.filter : '';
    c.dispatch({
      kind: 'dialog',
      dialog: {
        kind: 'input',
        purpose,
        text,
        caret: text.length,
        error: '',
        errorAt: -1,
        offers: purpose === 'export' ? [`.pcapng: ${subjectOf(c).what}`] : [],
      },
    });
  };

export const deeds: Readonly<Record<Command, Deed>> = {
  quit: (c) => c.world.quit(0),
  back: (c) => c.dispatch({ kind: 'back' }),
  open: openRow,
  down: move(1),
  up: move(-1),
  pageDown: pages(1),
  pageUp: pages(-1),
  halfDown: pages(0.5),
  halfUp: pages(-0.5),
  first: (c) => c.dispatch({ kind: 'moveTo', at: 0 }),
  last: (c) => c.dispatch({ kind: 'moveTo', at: Number.MAX_SAFE_INTEGER }),
  earlier: (c) => pan(c, -1),
  later: (c) => pan(c, 1),
  wholeTime: (c) => c.dispatch({ kind: 'root', place: { kind: 'time' } }),
  nextLink: (c) => link(c, 1),
  previousLink: (c) => link(c, -1),
  help: (c) => c.dispatch({ kind: 'dialog', dialog: { kind: 'help', top: 0 } }),
  search: ask('search'),
  again: (c) => searchOn(c, 1),
  againBack: (c) => searchOn(c, -1),
  filter: ask('filter'),
  clear: (c) => {
    c.dispatch({ kind: 'filter', text: '' });
    c.dispatch({ kind: 'unmark' });
  },
  sort: (c) => c.dispatch({ kind: 'dialog', dialog: { kind: 'sort', at: 0 } }),
  reverse: (c) => c.dispatch({ kind: 'sort', by: c.state.sort, descending: !c.state.descending }),
  columns: (c) => c.dispatch({ kind: 'dialog', dialog: { kind: 'columns', at: 0 } }),
  everyPdu: (c) => c.dispatch({ kind: 'everyPdu' }),
  mark: markRow,
  compare: compareMarks,
  export: ask('export'),
  copy: copyRow,
  redraw: (c) => c.redraw(),
  goTo: ask('go to'),
  live: tab('live'),
  pause: (c) => {
    const { paused } = c.state.live;
    const now = c.sources.live?.at(undefined)?.interval;
    c.dispatch({ kind: 'live', change: { paused: paused === undefined ? now : undefined } });
  },
  liveSort: (c) => {
    const sort = (c.state.live.sort + 1) % LIVE_SORTS.length;
    c.dispatch({ kind: 'live', change: { sort } });
  },
  liveFilter: ask('rows'),
  liveGroup: (c) => {
    const group = (c.state.live.group + 1) % LIVE_GROUPS.length;
    c.dispatch({ kind: 'live', change: { group } });
    c.dispatch({ kind: 'say', text: `rows: each ${LIVE_GROUPS[group]}` });
  },
  liveClear: (c) => {
    const since = c.sources.live?.at(undefined)?.interval ?? 0;
    c.dispatch({ kind: 'live', change: { since, filter: '', paused: undefined } });
    c.dispatch({ kind: 'say', text: 'history and filter are cleared; totals stay' });
  },
  follow: (c) => {
    c.dispatch({ kind: 'follow' });
    const { stays, place } = viewOf(c.state);
    const first = place.kind === 'events' ? 'the newest' : 'the first row';
    const text = stays ? 'the selection stays on its row' : `the selection follows ${first}`;
    c.dispatch({ kind: 'say', text });
  },
  stop: (c) => {
    c.sources.live?.stop();
    c.dispatch({ kind: 'say', text: 'the capture ends; its report is on 1' });
  },
  events: tab('events'),
  overview: tab('overview'),
  commands: tab('commands'),
  latency: tab('latency'),
  time: tab('time'),
  login: tab('login'),
  tcp: tab('tcp'),
  points: tab('points'),
  diff: tab('diff'),
  play,
  faster: (c) => c.dispatch({ kind: 'speed', by: 1 }),
  slower: (c) => c.dispatch({ kind: 'speed', by: -1 }),
  cursorHere: (c) => {
    const ns = c.page().timeNs?.(viewOf(c.state).at);
    if (ns === undefined) c.dispatch({ kind: 'say', text: 'this row has no time' });
    else c.dispatch({ kind: 'cursor', ns });
  },
  cursorOff: (c) => c.dispatch({ kind: 'cursor', ns: undefined }),
  stepPdu: (c) => stepPdu(c, 1),
  stepPduBack: (c) => stepPdu(c, -1),
  stepCommand: (c) => stepCommand(c, 1),
  stepCommandBack: (c) => stepCommand(c, -1),
  nextSlow: (c) => jumpToSlow(c, 1),
  previousSlow: (c) => jumpToSlow(c, -1),
  nextError: (c) => jumpToError(c, 1),
  previousError: (c) => jumpToError(c, -1),
  nextLogin: (c) => jumpToLogin(c, 1),
  previousLogin: (c) => jumpToLogin(c, -1),
  nextGap: (c) => jumpToGap(c, 1),
  previousGap: (c) => jumpToGap(c, -1),
};

function openRow(c: Desk): void {
  const { at } = viewOf(c.state);
  const page = c.page();
  const place = page.open?.(at);
  const filter = page.filter?.(at);
  if (place !== undefined && filter !== undefined) {
    c.dispatch({ kind: 'go', place });
    c.dispatch({ kind: 'filter', text: filter });
    return;
  }
  if (place !== undefined) c.dispatch({ kind: 'go', place });
  else if (page.count > 0)
    c.dispatch({ kind: 'say', text: 'this row opens nothing; Tab goes to the next one that does' });
}

/** The time axis, by half of what is seen. */
function pan(c: Desk, by: 1 | -1): void {
  const { place } = viewOf(c.state);
  if (place.kind !== 'time') return;
  const next = panned(c.sources.kase, c.state, place, by);
  if (next !== undefined) c.dispatch({ kind: 'replace', place: next });
  else {
    const text =
      place.fromNs === undefined
        ? 'this is all of it: Enter looks closer'
        : `this is the ${by < 0 ? 'begin' : 'end'} of the capture`;
    c.dispatch({ kind: 'say', text });
  }
}

/** Rows looked through for the next one that opens. */
const LINKS_AHEAD = 2000;

/** On a PDU: the next one of its command. Elsewhere: the next row that opens something. */
function link(c: Desk, by: 1 | -1): void {
  const { at, place } = viewOf(c.state);
  if (place.kind === 'pdu') {
    const list = neighbours(c.sources.kase, place.pdu);
    const next = list[list.indexOf(place.pdu) + by];
    if (next !== undefined) c.dispatch({ kind: 'replace', place: { kind: 'pdu', pdu: next } });
    return;
  }
  const page = c.page();
  for (let i = at + by; i >= 0 && i < page.count && Math.abs(i - at) < LINKS_AHEAD; i += by) {
    if (page.opens?.(i)) {
      c.dispatch({ kind: 'moveTo', at: i });
      return;
    }
  }
}

/** The command that the row, or the whole screen, is about. */
function taskShown(c: Desk): number | undefined {
  const { at, place } = viewOf(c.state);
  const row = place.kind === 'command' ? place.row : c.page().task?.(at);
  return row !== undefined && c.sources.kase.tasks.holds(row) ? row : undefined;
}

function markRow(c: Desk): void {
  const row = taskShown(c);
  if (row === undefined) {
    c.dispatch({ kind: 'say', text: 'only commands can be marked' });
    return;
  }
  c.dispatch({ kind: 'mark', row });
  if (viewOf(c.state).place.kind === 'commands') c.dispatch({ kind: 'move', by: 1 });
}

function compareMarks(c: Desk): void {
  const rows = c.state.marks.slice(-2);
  if (rows.length < 2) c.dispatch({ kind: 'say', text: 'mark two commands first (Space)' });
  else c.dispatch({ kind: 'go', place: { kind: 'compare', rows } });
}
