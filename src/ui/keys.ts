// The keys that mean the same on every screen, and how keys are written. Screens bring their own
// (screens/*.ts); help and the hints of the status line are made from both (pages.ts). Every F-key
// has a letter beside it: terminals keep some F-keys for themselves.

import type { Command } from './actions.js';

export interface Binding {
  readonly keys: readonly string[];
  readonly command: Command;
  readonly about: string;
  /** A word for the status line, where it is worth one. */
  readonly hint?: string;
  readonly group: Group;
}

export const GROUPS = ['Move', 'Screens', 'Work', 'Replay', 'Program'] as const;
export type Group = (typeof GROUPS)[number];

/** Where rows are commands. */
export const MARK: Binding = {
  group: 'Work',
  keys: ['space'],
  command: 'mark',
  about: 'mark a command',
};

export const COMPARE: Binding = {
  group: 'Work',
  keys: ['f4', 'x'],
  command: 'compare',
  about: 'compare the two commands marked last',
};

/** Where a ladder is drawn. */
export const EVERY_PDU: Binding = {
  group: 'Work',
  keys: ['f11', 'v'],
  command: 'everyPdu',
  about: 'every data PDU as a row of its own, or runs of them as one',
  hint: 'every PDU',
};

/** Where rows change their places. */
export const FOLLOW: Binding = {
  group: 'Work',
  keys: ['a'],
  command: 'follow',
  about: 'the selection follows the first row, or stays on its row',
  hint: 'follow',
};

/** Where a screen has none of its own for a key. */
export const COMMON_KEYS: readonly Binding[] = [
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
    keys: ['enter'],
    command: 'open',
    about: 'open what the row is about',
    hint: 'open',
  },
  { group: 'Move', keys: ['right', 'l'], command: 'open', about: 'the same' },
  {
    group: 'Move',
    keys: ['esc', 'backspace'],
    command: 'back',
    about: 'back',
    hint: 'back',
  },
  { group: 'Move', keys: ['left', 'h'], command: 'back', about: 'the same' },
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
    keys: ['f2', 'w'],
    command: 'export',
    about: 'export: .txt this screen, .json or .csv commands, .pcapng their packets',
    hint: 'export',
  },
  { group: 'Work', keys: ['y'], command: 'copy', about: 'copy the row (OSC 52)' },
  {
    group: 'Work',
    keys: [':'],
    command: 'goTo',
    about: 'go to a frame, or to a time: 1.5s, 20ms, 21:28:19.2 (UTC)',
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
