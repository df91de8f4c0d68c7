// What those who handle keys work on: the state and what it is about, and the world behind it.

import type { Action } from './actions.js';
import type { Page } from './page.js';
import type { Sources } from './sources.js';
import type { State } from './state.js';

/** A file that is written in pieces. */
export interface SavedFile {
  /** Throws where that fails. */
  readonly write: (bytes: Uint8Array) => void;
  /** False once nobody waits for it any more: the screens are closed. */
  readonly goesOn: () => boolean;
  readonly close: () => void;
  /** It will not be whole: it is removed. */
  readonly abandon: () => void;
}

/** What the world does for the screens. */
export interface World {
  readonly nowMs: () => number;
  readonly quit: (code: number) => void;
  readonly suspend: () => void;
  /** To the terminal's clipboard. */
  readonly copy: (text: string) => void;
  /** Writes a file, a new one unless it shall replace what is there; throws where that fails. */
  readonly save: (path: string, parts: Iterable<string>, replace: boolean) => void;
  /** A file for bytes that come one after the other; as `save` otherwise. */
  readonly create: (path: string, replace: boolean) => SavedFile;
  /** Soon, and once for many calls. */
  readonly soon: (draw: () => void) => void;
}

export interface Desk {
  readonly state: State;
  readonly sources: Sources;
  readonly world: World;
  /** The page that is shown now. */
  page(): Page;
  dispatch(action: Action): void;
  /** Where in the open dialog this place of the terminal lies, its corner being 0, 0; undefined beside it. */
  inDialog(column: number, row: number): { column: number; line: number } | undefined;
  /** Everything again, whatever the terminal shows. */
  redraw(): void;
}
