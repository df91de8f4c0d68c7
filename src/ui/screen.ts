// A screen is one value: what it is called, which keys it has beside those of all screens, and its
// page. pages.ts lists them.

import type { Binding } from './keys.js';
import type { Page } from './page.js';
import type { Sources } from './sources.js';
import type { Place, PlaceKind, State } from './state.js';

export type PlaceOf<Kind extends PlaceKind> = Extract<Place, { readonly kind: Kind }>;

export interface Tab {
  readonly key: string;
  readonly word: string;
  /** For the help. */
  readonly about: string;
  /** Shown only while a capture goes on. */
  readonly onlyLive?: boolean;
  /** Shown only where captures were compared in this way. */
  readonly onlyCompared?: 'points' | 'diff';
  /** Where it leads from another place. */
  readonly place: (from: Place, sources: Sources) => Place;
}

export interface Screen<Kind extends PlaceKind> {
  readonly kind: Kind;
  readonly tab?: Tab;
  /** Keys that mean something here only, or something else than elsewhere. */
  readonly keys: readonly Binding[];
  /** Stands on the report, which is made anew before it while the capture goes on. */
  readonly reported?: boolean;
  /** About the whole capture: what is jumped to from here is looked for from its begin. */
  readonly whole?: boolean;
  /** Drawn from the commands that are kept: what was forgotten is said. */
  readonly fromKept?: boolean;
  readonly page: (place: PlaceOf<Kind>, state: State, sources: Sources) => Page;
}
