// Every key, what it does, and where: one table. Help and the hints of the status line are made
// from it. Every F-key has a letter beside it: terminals keep some F-keys for themselves.

import type { Command } from './actions.js';
import type { PlaceKind } from './state.js';

export interface Binding {
  readonly keys: readonly string[];
  readonly command: Command;
  readonly about: string;
  /** A word for the status line, where it is worth one. */
  readonly hint?: string;
  /** Screens that have the word; absent: all where the key is. */
  readonly hintOn?: readonly PlaceKind[];
  /** Only on these screens; absent: everywhere. */
  readonly where?: readonly PlaceKind[];
  readonly group: Group;
}

export const GROUPS = ['Move', 'Screens', 'Work', 'Replay', 'Program'] as const;
export type Group = (typeof GROUPS)[number];

const LISTS: readonly PlaceKind[] = ['commands'];
const TIME: readonly PlaceKind[] = ['time'];
const NOT_TIME: readonly PlaceKind[] = [
  'live',
  'overview',
  'session',
  'finding',
  'commands',
  'command',
  'pdu',
  'latency',
  'login',
  'tcp',
  'compare',
];
const LIVE: readonly PlaceKind[] = ['live'];
const TASKS: readonly PlaceKind[] = ['commands', 'command', 'overview', 'latency', 'finding'];

export const KEYS: readonly Binding[] = [
  { group: 'Move', keys: ['down', 'j'], command: 'down', about: 'one row down' },
  { group: 'Move', keys: ['up', 'k'], command: 'up', about: 'one row up' },
  {
    group: 'Move',
    keys: ['pagedown', 'ctrl-f'],
    command: 'pageDown',
    about: 'a screen down',
  },
  { group: 'Move', keys: ['pageup', 'ctrl-b'], command: 'pageUp', about: 'a screen up' },
  { group: 'Move', keys: ['ctrl-d'], command: 'halfDown', about: 'half a screen down' },
  { group: 'Move', keys: ['ctrl-u'], command: 'halfUp', about: 'half a screen up' },
  { group: 'Move', keys: ['g', 'home'], command: 'first', about: 'to the first row' },
  { group: 'Move', keys: ['G', 'end'], command: 'last', about: 'to the last row' },
  { group: 'Move', keys: ['tab'], command: 'nextLink', about: 'to the next row that opens' },
  { group: 'Move', keys: ['shift-tab'], command: 'previousLink', about: 'to the one before' },
  {
    group: 'Move',
    keys: ['left', 'h', '['],
    command: 'earlier',
    about: 'the part of the time axis before',
    hint: 'earlier',
    where: TIME,
  },
  {
    group: 'Move',
    keys: ['right', 'l', ']'],
    command: 'later',
    about: 'the part of the time axis after it',
    hint: 'later',
    where: TIME,
  },
  {
    group: 'Move',
    keys: ['a'],
    command: 'wholeTime',
    about: 'all of the time axis',
    hint: 'all',
    where: TIME,
  },
  {
    group: 'Move',
    keys: ['enter'],
    command: 'open',
    about: 'open what the row is about',
    hint: 'open',
  },
  { group: 'Move', keys: ['right', 'l'], command: 'open', about: 'the same', where: NOT_TIME },
  {
    group: 'Move',
    keys: ['esc', 'backspace'],
    command: 'back',
    about: 'back',
    hint: 'back',
  },
  { group: 'Move', keys: ['left', 'h'], command: 'back', about: 'the same', where: NOT_TIME },
  { group: 'Screens', keys: ['0'], command: 'live', about: 'live: what happens now' },
  {
    group: 'Screens',
    keys: ['1'],
    command: 'overview',
    about: 'overview: capture, sessions, what looks wrong',
  },
  { group: 'Screens', keys: ['2'], command: 'commands', about: 'all commands' },
  {
    group: 'Screens',
    keys: ['3'],
    command: 'latency',
    about: 'latency: percentiles, histogram, heat map',
  },
  {
    group: 'Screens',
    keys: ['4'],
    command: 'time',
    about: 'strip chart: everything on one time axis',
  },
  {
    group: 'Screens',
    keys: ['5'],
    command: 'login',
    about: 'logins, what was negotiated; of two sessions side by side',
  },
  { group: 'Screens', keys: ['6'], command: 'tcp', about: 'TCP of the connections' },
  {
    group: 'Work',
    keys: ['f3', '/'],
    command: 'search',
    about: 'search text in the rows',
    hint: 'search',
  },
  { group: 'Work', keys: ['n'], command: 'again', about: 'next row that was searched for' },
  { group: 'Work', keys: ['N'], command: 'againBack', about: 'the one before' },
  {
    group: 'Work',
    keys: ['f6', 's'],
    command: 'liveSort',
    about: 'sort by the next measure',
    hint: 'sort',
    where: LIVE,
  },
  {
    group: 'Work',
    keys: ['f9', 'p', 'space'],
    command: 'pause',
    about: 'look at this moment, while the capture goes on; once more: go on',
    hint: 'pause',
    where: LIVE,
  },
  {
    group: 'Work',
    keys: ['f7', 'f'],
    command: 'liveFilter',
    about: 'filter rows by initiator, target and LUN',
    hint: 'filter',
    where: LIVE,
  },
  {
    group: 'Work',
    keys: ['f5', 'c'],
    command: 'liveClear',
    about: 'clear history, peak and filter; totals stay',
    hint: 'clear',
    where: LIVE,
  },
  {
    group: 'Work',
    keys: ['a'],
    command: 'follow',
    about: 'the selection follows the first row, or stays on its LUN',
    hint: 'follow',
    where: LIVE,
  },
  {
    group: 'Work',
    keys: ['f8', 'S'],
    command: 'stop',
    about: 'end the capture and go on looking at it',
    hint: 'stop',
    where: LIVE,
  },
  {
    group: 'Work',
    keys: ['f7', 'f'],
    command: 'filter',
    about: 'filter commands',
    hint: 'filter',
    where: LISTS,
  },
  {
    group: 'Work',
    keys: ['f5', 'c'],
    command: 'clear',
    about: 'clear filter and marks',
    where: LISTS,
  },
  {
    group: 'Work',
    keys: ['f6', 's'],
    command: 'sort',
    about: 'choose what to sort by',
    hint: 'sort',
    where: LISTS,
  },
  { group: 'Work', keys: ['r'], command: 'reverse', about: 'the other way round', where: LISTS },
  {
    group: 'Work',
    keys: ['f10', 't'],
    command: 'columns',
    about: 'choose columns',
    hint: 'columns',
    where: LISTS,
  },
  {
    group: 'Work',
    keys: ['f11', 'v'],
    command: 'everyPdu',
    about: 'every data PDU as a row of its own, or runs of them as one',
    hint: 'every PDU',
    where: ['command', 'compare'],
  },
  {
    group: 'Work',
    keys: ['space'],
    command: 'mark',
    about: 'mark a command',
    hint: 'mark',
    hintOn: ['commands', 'command'],
    where: TASKS,
  },
  {
    group: 'Work',
    keys: ['f4', 'x'],
    command: 'compare',
    about: 'compare the two commands marked last',
    where: TASKS,
  },
  {
    group: 'Work',
    keys: ['f2', 'w'],
    command: 'export',
    about: 'export: .txt this screen, .json or .csv the commands',
    hint: 'export',
  },
  { group: 'Work', keys: ['y'], command: 'copy', about: 'copy the row (OSC 52)' },
  {
    group: 'Work',
    keys: [':'],
    command: 'goTo',
    about: 'go to a frame, or to a time such as 1.5s',
  },
  { group: 'Replay', keys: ['f9', 'p'], command: 'play', about: 'play and pause', hint: 'play' },
  { group: 'Replay', keys: ['+', '='], command: 'faster', about: 'ten times faster' },
  { group: 'Replay', keys: ['-'], command: 'slower', about: 'ten times slower' },
  { group: 'Replay', keys: ['@'], command: 'cursorHere', about: 'the time cursor to this row' },
  {
    group: 'Replay',
    keys: ['z'],
    command: 'cursorOff',
    about: 'no cursor: the whole capture',
    hint: 'no cursor',
  },
  { group: 'Replay', keys: ['.'], command: 'stepPdu', about: 'step to the next PDU' },
  { group: 'Replay', keys: [','], command: 'stepPduBack', about: 'to the one before' },
  { group: 'Replay', keys: ['>'], command: 'stepCommand', about: 'step to the next command' },
  { group: 'Replay', keys: ['<'], command: 'stepCommandBack', about: 'to the one before' },
  {
    group: 'Replay',
    keys: ['o'],
    command: 'nextSlow',
    about: 'jump to the next slow command (slower than 95 % of all)',
  },
  { group: 'Replay', keys: ['O'], command: 'previousSlow', about: 'to the one before' },
  {
    group: 'Replay',
    keys: ['e'],
    command: 'nextError',
    about: 'jump to the next command that failed',
  },
  { group: 'Replay', keys: ['E'], command: 'previousError', about: 'to the one before' },
  { group: 'Replay', keys: ['i'], command: 'nextLogin', about: 'jump to the next login' },
  { group: 'Replay', keys: ['I'], command: 'previousLogin', about: 'to the one before' },
  {
    group: 'Replay',
    keys: ['d'],
    command: 'nextGap',
    about: 'jump to the next bytes that were not captured',
  },
  { group: 'Replay', keys: ['D'], command: 'previousGap', about: 'to those before' },
  { group: 'Program', keys: ['f1', '?'], command: 'help', about: 'this help', hint: 'help' },
  { group: 'Program', keys: ['ctrl-l'], command: 'redraw', about: 'draw all again' },
  {
    group: 'Program',
    keys: ['f12', 'q'],
    command: 'quit',
    about: 'quit (Ctrl-C too; Ctrl-Z stops, fg goes on)',
    hint: 'quit',
  },
];

/** What a key does on a screen. */
export function commandOf(key: string, place: PlaceKind): Command | undefined {
  return KEYS.find((b) => b.keys.includes(key) && (b.where?.includes(place) ?? true))?.command;
}

const SHOWN: Readonly<Record<string, string>> = {
  down: '↓',
  up: '↑',
  left: '←',
  right: '→',
  enter: 'Enter',
  esc: 'Esc',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
  space: 'Space',
  pagedown: 'PgDn',
  pageup: 'PgUp',
  home: 'Home',
  end: 'End',
  backspace: 'Backspace',
};

/** A key as people read it: "Ctrl-D", "F3", "→". */
export function keyText(key: string): string {
  if (SHOWN[key] !== undefined) return SHOWN[key];
  if (/^f\d+$/.test(key)) return key.toUpperCase();
  return key.startsWith('ctrl-') ? `Ctrl-${key.slice(5).toUpperCase()}` : key;
}
