// What the screens show, as plain data: where we are, how we got there, what is asked for. All of
// it is changed by reduce (store.ts) only.

import { LIVE_SORTS, type LiveSort } from '../report/interval-sorts.js';
import { SORT_COLUMNS, type SortColumn, sortFact } from '../store/sort-keys.js';

/** Commands of one session, LUN (16 hex digits) and operation. */
export interface Only {
  readonly session: number;
  readonly lun: string;
  readonly operation: string;
}

/** One screen, and what it is about. */
export type Place =
  /** A capture that goes on. */
  | { readonly kind: 'live' }
  /** What happened while it goes on. */
  | { readonly kind: 'events' }
  | { readonly kind: 'overview' }
  /** What hosts learnt of targets. */
  | { readonly kind: 'discovery' }
  | { readonly kind: 'session'; readonly session: number }
  | { readonly kind: 'commands' }
  | { readonly kind: 'command'; readonly row: number }
  /** A PDU, and which of its bytes is looked at first. */
  | { readonly kind: 'pdu'; readonly pdu: number; readonly byte?: number }
  /** Findings that are told together, by their index in the report. */
  | { readonly kind: 'finding'; readonly findings: readonly number[] }
  | { readonly kind: 'latency'; readonly only?: Only }
  /** The part of the capture that is shown; all of it where there is none. */
  | { readonly kind: 'time'; readonly fromNs?: number; readonly toNs?: number }
  | { readonly kind: 'login'; readonly sessions: readonly number[] }
  | { readonly kind: 'tcp'; readonly connection: number }
  /** Captures compared: places of one traffic, or one load at two times. */
  | { readonly kind: 'points' }
  | { readonly kind: 'pointsCommand'; readonly command: number }
  | { readonly kind: 'diff' }
  | { readonly kind: 'compare'; readonly rows: readonly number[] };

export type PlaceKind = Place['kind'];

/** A place and where its cursor stands: line `at` is selected, line `top` is the first one shown. */
export interface View {
  readonly place: Place;
  readonly at: number;
  readonly top: number;
  /** The selection is on the last row, and follows it as rows come. */
  readonly tail?: boolean;
  /** What the selected row is about, where rows change their places (Page.key). */
  readonly row?: string;
  /** There: the selection stays on its row; else on the first one, whatever comes there. */
  readonly stays?: boolean;
}

export type InputPurpose = 'filter' | 'rows' | 'search' | 'go to' | 'export';

export type Dialog =
  | { readonly kind: 'help'; readonly top: number }
  | {
      readonly kind: 'input';
      readonly purpose: InputPurpose;
      readonly text: string;
      /** Characters before the cursor. */
      readonly caret: number;
      /** Why it is not taken as it stands, and which character shows it (-1: none). */
      readonly error: string;
      readonly errorAt: number;
      readonly offers: readonly string[];
    }
  | { readonly kind: 'columns'; readonly at: number }
  | { readonly kind: 'sort'; readonly at: number };

export interface Replay {
  /** Nothing after this time is shown. */
  readonly ns: number;
  readonly playing: boolean;
  /** Seconds of the capture in a second. */
  readonly speed: number;
}

export interface LiveState {
  /** Index in LIVE_SORTS. */
  readonly sort: number;
  /** The interval that is looked at while the capture goes on; undefined: the newest. */
  readonly paused: number | undefined;
  /** Whose rows they are: place in LIVE_GROUPS. */
  readonly group: number;
  /** Text that rows must have; '' shows all. */
  readonly filter: string;
  /** History of intervals up to this one is cleared. */
  readonly since: number;
}

/** What was asked for when the screens were opened. */
export interface Settings {
  /** User data and CHAP values are shown. */
  readonly showSecrets: boolean;
  /** The list of commands at first: its columns and order; and the order of the live screen. */
  readonly columns?: readonly string[];
  readonly sort?: string;
  readonly liveSort?: string;
  /** Captures were compared: how. */
  readonly compared?: 'points' | 'diff';
}

export const SETTINGS: Settings = { showSecrets: false };

export interface State {
  readonly settings: Settings;
  readonly columns: number;
  readonly rows: number;
  /** From where we began to where we are; never empty. */
  readonly views: readonly View[];
  readonly dialog: Dialog | undefined;
  readonly filter: string;
  readonly search: string;
  readonly sort: SortColumn;
  readonly descending: boolean;
  /** Columns of the list of commands that are not wanted. */
  readonly hidden: readonly string[];
  /** Ladders show each data PDU; else runs of them as one row. */
  readonly everyPdu: boolean;
  /** Marked commands, by row, in the order they were marked. */
  readonly marks: readonly number[];
  /** undefined: the whole capture is shown. */
  readonly replay: Replay | undefined;
  readonly live: LiveState;
  readonly message: string;
}

export const SPEEDS: readonly number[] = [0.001, 0.01, 0.1, 1, 10, 100, 1000];

export function firstState(
  columns: number,
  rows: number,
  kind: 'overview' | 'live' | 'points' | 'diff' = 'overview',
  settings: Settings = SETTINGS,
  hidden: readonly string[] = [],
): State {
  const sort = SORT_COLUMNS.find((column) => column === settings.sort);
  const liveSort = LIVE_SORTS.indexOf(settings.liveSort as LiveSort);
  return {
    settings,
    columns,
    rows,
    views: [{ place: { kind }, at: 0, top: 0 }],
    dialog: undefined,
    filter: '',
    search: '',
    sort: sort ?? 'time',
    descending: sort !== undefined && sortFact(sort).sort === 'largest',
    hidden,
    everyPdu: false,
    marks: [],
    replay: undefined,
    live: { sort: Math.max(0, liveSort), paused: undefined, group: 0, filter: '', since: 0 },
    message: '',
  };
}

export function viewOf(state: State): View {
  return state.views[state.views.length - 1];
}

/** Lines of the body: all but title, status and, while there is a replay, its line. */
export function bodyRows(state: State): number {
  return state.rows - 2 - (state.replay === undefined ? 0 : 1);
}
