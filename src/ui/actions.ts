// What can be asked of the store, and the names of what keys do.

import type { SortColumn } from '../store/sort-keys.js';
import type { Dialog, LiveState, Place } from './state.js';

export type Command =
  | 'quit'
  | 'back'
  | 'open'
  | 'down'
  | 'up'
  | 'pageDown'
  | 'pageUp'
  | 'halfDown'
  | 'halfUp'
  | 'first'
  | 'last'
  | 'nextLink'
  | 'previousLink'
  | 'help'
  | 'search'
  | 'again'
  | 'againBack'
  | 'filter'
  | 'clear'
  | 'sort'
  | 'reverse'
  | 'columns'
  | 'everyPdu'
  | 'earlier'
  | 'later'
  | 'wholeTime'
  | 'mark'
  | 'compare'
  | 'export'
  | 'copy'
  | 'redraw'
  | 'goTo'
  | 'live'
  | 'pause'
  | 'liveSort'
  | 'liveFilter'
  | 'liveGroup'
  | 'liveClear'
  | 'follow'
  | 'stop'
  | 'events'
  | 'overview'
  | 'commands'
  | 'latency'
  | 'time'
  | 'login'
  | 'tcp'
  | 'points'
  | 'diff'
  | 'play'
  | 'faster'
  | 'slower'
  | 'cursorHere'
  | 'cursorOff'
  | 'stepPdu'
  | 'stepPduBack'
  | 'stepCommand'
  | 'stepCommandBack'
  | 'nextSlow'
  | 'previousSlow'
  | 'nextError'
  | 'previousError'
  | 'nextLogin'
  | 'previousLogin'
  | 'nextGap'
  | 'previousGap';

export type Action =
  /** Commands were forgotten: where each view's selection stands now, and which marks stay. */
  | {
      readonly kind: 'forgotten';
      readonly ats: readonly number[];
      readonly holds: (row: number) => boolean;
    }
  | { readonly kind: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly kind: 'move'; readonly by: number }
  | { readonly kind: 'moveTo'; readonly at: number }
  | { readonly kind: 'scroll'; readonly by: number }
  | { readonly kind: 'go'; readonly place: Place; readonly at?: number }
  | { readonly kind: 'replace'; readonly place: Place }
  | { readonly kind: 'root'; readonly place: Place }
  | { readonly kind: 'back' }
  | { readonly kind: 'dialog'; readonly dialog: Dialog | undefined }
  | { readonly kind: 'filter'; readonly text: string }
  | { readonly kind: 'search'; readonly text: string }
  | { readonly kind: 'sort'; readonly by: SortColumn; readonly descending: boolean }
  | { readonly kind: 'toggleColumn'; readonly name: string }
  | { readonly kind: 'everyPdu' }
  | { readonly kind: 'mark'; readonly row: number }
  | { readonly kind: 'unmark' }
  | { readonly kind: 'cursor'; readonly ns: number | undefined }
  | { readonly kind: 'playing'; readonly playing: boolean }
  | { readonly kind: 'speed'; readonly by: 1 | -1 }
  /** The selection stays on its row, or follows the first one again. */
  | { readonly kind: 'follow' }
  | { readonly kind: 'live'; readonly change: Partial<LiveState> }
  /** Rows may have changed their places. */
  | { readonly kind: 'renewed' }
  | { readonly kind: 'say'; readonly text: string };
