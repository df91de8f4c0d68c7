// The screens, and place → page. Pages that are put together as a whole are kept until something
// changes that they show.

import type { Command } from './actions.js';
import { type Binding, COMMON_KEYS } from './keys.js';
import type { Page } from './page.js';
import type { Screen, Tab } from './screen.js';
import { COMMAND } from './screens/command.js';
import { COMMANDS } from './screens/commands.js';
import { COMPARED } from './screens/compare.js';
import { DIFF } from './screens/diff.js';
import { DISCOVERY } from './screens/discovery.js';
import { EVENTS } from './screens/events.js';
import { FINDING } from './screens/finding.js';
import { forgottenPage } from './screens/forgotten.js';
import { LATENCY } from './screens/latency.js';
import { LIVE } from './screens/live.js';
import { LOGIN } from './screens/login.js';
import { OVERVIEW } from './screens/overview.js';
import { PDU } from './screens/pdu.js';
import { POINTS } from './screens/points.js';
import { POINTS_COMMAND } from './screens/points-command.js';
import { SESSION } from './screens/session.js';
import { TCP } from './screens/tcp.js';
import { TIME } from './screens/time.js';
import type { Sources } from './sources.js';
import { type Place, type PlaceKind, type State, viewOf } from './state.js';

/** Tabs stand in this order. */
export const SCREENS: { readonly [Kind in PlaceKind]: Screen<Kind> } = {
  live: LIVE,
  overview: OVERVIEW,
  commands: COMMANDS,
  latency: LATENCY,
  time: TIME,
  login: LOGIN,
  tcp: TCP,
  events: EVENTS,
  session: SESSION,
  discovery: DISCOVERY,
  command: COMMAND,
  pdu: PDU,
  finding: FINDING,
  compare: COMPARED,
  points: POINTS,
  pointsCommand: POINTS_COMMAND,
  diff: DIFF,
};

/** A screen whichever it is: its page takes places of its own kind only. */
export function screenOf(kind: PlaceKind): Omit<Screen<PlaceKind>, 'page'> {
  return SCREENS[kind];
}

interface NamedTab extends Tab {
  readonly kind: PlaceKind;
}

export const TABS: readonly NamedTab[] = Object.values(SCREENS).flatMap(({ kind, tab }) =>
  tab === undefined ? [] : [{ ...tab, kind }],
);

const TAB_KEYS = TABS.map(({ key, kind, about }): Binding => {
  return { group: 'Screens', keys: [key], command: kind as Command, about };
});

/** All keys of a screen: its own first. */
export function keysOf(kind: PlaceKind): readonly Binding[] {
  const { keys: own } = SCREENS[kind];
  const taken = new Set(own.flatMap(({ keys }) => keys));
  const others = [...TAB_KEYS, ...COMMON_KEYS].map((binding): Binding => {
    return { ...binding, keys: binding.keys.filter((key) => !taken.has(key)) };
  });
  return [...own, ...others.filter(({ keys }) => keys.length > 0)];
}

/** What a key does on a screen. */
export function commandOf(key: string, kind: PlaceKind): Command | undefined {
  const has = ({ keys }: Binding): boolean => keys.includes(key);
  const found = SCREENS[kind].keys.find(has) ?? TAB_KEYS.find(has) ?? COMMON_KEYS.find(has);
  return found?.command;
}

export class Pages {
  readonly #sources: Sources;
  #kept: { readonly key: string; readonly page: Page } | undefined;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** `version` changes whenever what the case knows has. */
  of(state: State, version: number): Page {
    const { place } = viewOf(state);
    const { kase } = this.#sources;
    if (place.kind === 'commands') return COMMANDS.page(place, state, this.#sources);
    const size = `${state.columns} ${state.rows} ${state.replay?.ns}`;
    const seen = `${version} ${kase.tasks.rounds} ${this.#sources.work?.done}`;
    const key = `${JSON.stringify([place, state.live, state.everyPdu])} ${size} ${seen}`;
    if (this.#kept?.key !== key) this.#kept = { key, page: makePage(place, state, this.#sources) };
    return this.#kept.page;
  }
}

function makePage<Kind extends PlaceKind>(
  place: Place & { readonly kind: Kind },
  state: State,
  sources: Sources,
): Page {
  const { kase } = sources;
  const gone = forgottenPage(kase, place);
  if (gone !== undefined) return gone;
  const late = sources.live?.behind === true && kase.report !== undefined;
  const screen: Screen<Kind> = SCREENS[place.kind as Kind];
  if (screen.reported && !late) kase.freshReport();
  return screen.page(place as Parameters<typeof screen.page>[0], state, sources);
}
