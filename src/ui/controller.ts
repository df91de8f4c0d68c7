// Keys, clicks and time → actions on the store; then what is shown is drawn. Everything that is not
// pure is given to it: the screen, the clock, files.

import type { Brush } from '../view/theme.js';
import type { Action } from './actions.js';
import type { App, Frame } from './app.js';
import { replayLine, statusLine, tabAt, titleLine } from './chrome.js';
import { type Deed, deeds } from './command-handlers.js';
import type { Desk, World } from './desk.js';
import { dialogInput } from './dialog-input.js';
import { dialogLines } from './dialogs.js';
import { rowsInSight, screenLines } from './draw.js';
import { filterOf } from './filter.js';
import type { Page } from './page.js';
import { commandOf, Pages } from './pages.js';
import { columnsBut } from './screens/command-columns.js';
import { sortedBy } from './sorting.js';
import type { Sources } from './sources.js';
import { firstState, SETTINGS, type Settings, type State, type View, viewOf } from './state.js';
import { type PageSize, reduce } from './store.js';
import type { Input } from './terminal/decoder.js';
import { type Line, paintLine } from './terminal/line.js';
import type { Screen } from './terminal/screen.js';
import { Work } from './work.js';

const WHEEL_LINES = 3;

export class Controller implements Desk {
  state: State;
  readonly sources: Sources;
  readonly world: World;
  readonly screen: Screen;
  app: App | undefined;
  /** Counts what the case has learned. */
  version = 0;
  readonly #pages: Pages;
  readonly #brush: Brush;
  #frame = '';
  #waiting = false;
  readonly #work: Work;
  /** A slice of a picture is to come. */
  #drawing = false;
  /** A slice of the list is to come. */
  #listing = false;
  #closed = false;
  /** The row that was selected without anybody's wish, and where. */
  #ours: Pick<View, 'place' | 'at'> | undefined = undefined;

  constructor(
    sources: Sources,
    screen: Screen,
    brush: Brush,
    world: World,
    settings: Settings = SETTINGS,
  ) {
    const work = new Work(world.nowMs);
    this.#work = work;
    this.sources = { ...sources, work };
    this.screen = screen;
    this.world = world;
    this.#brush = brush;
    this.#pages = new Pages(this.sources);
    const first = sources.compared?.kind ?? (sources.live === undefined ? 'overview' : 'live');
    const hidden = columnsBut(settings.columns);
    this.state = firstState(screen.columns, screen.rows, first, settings, hidden);
  }

  /** The page that is shown now. */
  page(): Page {
    this.#renewList();
    return this.#pages.of(this.state, this.version);
  }

  dispatch(action: Action): void {
    this.#renewList();
    const before = viewOf(this.state).place;
    this.state = reduce(this.state, action, this.#size());
    // The new page may be shorter, and its rows in sight others.
    if (
      viewOf(this.state).place !== before ||
      action.kind === 'resize' ||
      action.kind === 'cursor'
    ) {
      this.state = reduce(this.state, { kind: 'scroll', by: 0 }, this.#size());
    }
    if (action.kind === 'root' || (action.kind === 'go' && action.at === undefined))
      this.#toFirstLink();
    this.changed();
  }

  inDialog(column: number, row: number): { column: number; line: number } | undefined {
    return this.screen.frameAt(column, row);
  }

  /** The case knows more than before. */
  learned(): void {
    this.#known();
    this.changed();
  }

  /** The same, and it is shown at once. */
  turn(): void {
    this.#known();
    this.draw();
  }

  #known(): void {
    this.version++;
    // A PDU has to be decoded first, everything else that has links comes with the report.
    const { kind } = viewOf(this.state).place;
    if (kind === 'pdu' || this.sources.kase.report !== undefined) this.#toFirstLink();
  }

  /** Where nobody chose a row yet, the first one that opens: Enter leads on. What is said stays: nobody pressed a key. */
  #toFirstLink(): void {
    const page = this.page();
    const { place, at: before } = viewOf(this.state);
    // Where rows change their places the selection follows the first one.
    if (page.key !== undefined) return;
    if (this.#ours?.place === place ? this.#ours.at !== before : before > 0) return;
    const at = page.start ?? firstLink(page, rowsInSight(this.state, page));
    if (at === undefined) return;
    this.#ours = { place, at };
    if (at === before) return;
    const { message } = this.state;
    this.state = { ...reduce(this.state, { kind: 'moveTo', at }, this.#size()), message };
  }

  input(input: Input): void {
    this.#renewList();
    this.#renewed();
    if (input.kind === 'key' && input.name === 'ctrl-c') {
      this.world.quit(130);
      return;
    }
    if (input.kind === 'key' && input.name === 'ctrl-z') {
      this.world.suspend();
      return;
    }
    if (this.state.dialog !== undefined) {
      dialogInput(this, this.state.dialog, input);
      this.changed();
      return;
    }
    switch (input.kind) {
      case 'key':
        this.#key(input.name);
        return;
      case 'wheel':
        this.dispatch({ kind: 'scroll', by: input.lines * WHEEL_LINES });
        return;
      case 'click':
        this.#click(input.column, input.row);
        return;
      case 'paste':
        return;
    }
  }

  #key(name: string): void {
    const command = commandOf(name, viewOf(this.state).place.kind);
    if (command === undefined) {
      this.dispatch({ kind: 'say', text: `${name} does nothing here; ? shows the keys` });
      return;
    }
    const deed: Deed = deeds[command];
    deed(this);
    this.changed();
  }

  /** On a tab: goes there. On a head: sorts by it. On a row: selects it; on the selected one: opens it. */
  #click(column: number, row: number): void {
    const page = this.page();
    const line = row - 1 - page.head.length;
    if (row === 0) {
      const tab = tabAt(this.state, column);
      if (tab !== undefined) this.#key(tab);
      return;
    }
    if (line < 0) {
      if (line < -1) return;
      const sort = page.sorts?.find((range) => column >= range.from && column < range.to);
      if (sort === undefined) return;
      this.dispatch(sortedBy(this.state, sort.by));
      return;
    }
    const ns = page.timeAt?.(column);
    if (ns !== undefined) {
      this.dispatch({ kind: 'cursor', ns });
      return;
    }
    const index = viewOf(this.state).top + line;
    if (line >= rowsInSight(this.state, page) || index >= page.count) return;
    if (index === viewOf(this.state).at) deeds.open(this);
    else this.dispatch({ kind: 'moveTo', at: index });
  }

  /** Something changed: the screen follows soon. */
  changed(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.world.soon(() => {
      this.#waiting = false;
      this.draw();
    });
  }

  /** Everything again, whatever the terminal shows. */
  redraw(): void {
    this.screen.forget();
    this.changed();
  }

  /** Nothing is drawn any more: the terminal is given back. */
  close(): void {
    this.#closed = true;
    this.app?.close();
  }

  draw(): void {
    if (this.#closed) return;
    this.#renewList();
    this.#renewed();
    const { state, screen } = this;
    const { kase, list, outstanding } = this.sources;
    if (state.replay !== undefined) outstanding.moveTo(state.replay.ns);
    const page = this.page();
    const title = titleLine(kase, state, page);
    const replay = state.replay === undefined ? undefined : replayLine(kase, state, outstanding);
    const status = statusLine(kase, state, page, list.progress);
    screen.below(screenLines(state, page, title, replay, status));
    this.#drawFrame();
    screen.flush();
    if (this.#work.pending && !this.#drawing) this.#workSoon();
  }

  /** The next slice of a picture, when keys have been looked at. */
  #workSoon(): void {
    this.#drawing = true;
    this.world.soon(() => {
      this.#drawing = false;
      if (this.#closed) return;
      if (this.#work.go()) this.changed();
      if (this.#work.pending) this.#workSoon();
    });
  }

  /** Only where it says something else: what changes with every key is not in it. */
  #drawFrame(): void {
    if (this.app === undefined) return;
    const { state } = this;
    const paint = (line: Line): string => paintLine(line, this.#brush);
    const dialog = state.dialog && dialogLines(state.dialog, state);
    const frame: Frame = {
      columns: state.columns,
      rows: state.rows,
      below: state.replay === undefined ? 1 : 2,
      dialog: dialog && {
        title: paint([{ text: dialog.title, tone: 'title' }]),
        lines: dialog.lines.map(paint),
      },
    };
    const key = JSON.stringify(frame);
    if (key === this.#frame) return;
    this.#frame = key;
    this.app.draw(frame);
  }

  #size(): PageSize {
    const page = this.page();
    return { count: page.count, rows: rowsInSight(this.state, page), key: page.key };
  }

  /** The selection goes with its row before a key means it, and before it is drawn. */
  #renewed(): void {
    // The list of commands follows its end, where it stands on it.
    if (this.page().key !== undefined || viewOf(this.state).place.kind === 'commands')
      this.state = reduce(this.state, { kind: 'renewed' }, this.#size());
  }

  #renewList(): void {
    const { state } = this;
    const { kase, list } = this.sources;
    const rows = list.outdated ? this.#selectedRows() : undefined;
    list.update(
      {
        sort: state.sort,
        descending: state.descending,
        wanted: filterOf(kase, state.filter),
        filter: state.filter,
        untilNs: state.replay?.ns,
      },
      this.world.nowMs,
    );
    if (list.working && !this.#listing) this.#listSoon();
    if (rows !== undefined) this.#followRows(rows);
  }

  /** The command on which each view's selection stands, -1 where it is on none of the list. */
  #selectedRows(): readonly number[] {
    const { list } = this.sources;
    return this.state.views.map(({ place, at }) =>
      place.kind === 'commands' && at < list.count ? list.row(at) : -1,
    );
  }

  /** Commands were forgotten: selections stay on theirs, or go to the nearest one that is left. */
  #followRows(rows: readonly number[]): void {
    const { kase, list } = this.sources;
    const natural = this.state.sort === 'time' && !this.state.descending;
    const ats = this.state.views.map(({ at }, i) => {
      if (rows[i] < 0) return at;
      const index = list.indexOf(rows[i]);
      if (index >= 0) return index;
      return natural ? 0 : Math.max(0, Math.min(at, list.count - 1));
    });
    const holds = (row: number): boolean => kase.tasks.holds(row);
    const action = { kind: 'forgotten', ats, holds } as const;
    this.state = reduce(this.state, action, { count: list.count, rows: 1 });
  }

  /** The next slice of a list that is under way, when keys have been looked at. */
  #listSoon(): void {
    this.#listing = true;
    this.world.soon(() => {
      this.#listing = false;
      const { list } = this.sources;
      if (this.#closed || !list.working) return;
      list.work(this.world.nowMs);
      if (list.working) {
        this.#listSoon();
        this.changed();
      }
      // The new list may be shorter than the old one.
      else this.dispatch({ kind: 'scroll', by: 0 });
    });
  }
}

/** The first row in sight that opens, where the very first does not. */
function firstLink(page: Page, rows: number): number | undefined {
  if (page.opens === undefined || page.opens(0)) return undefined;
  for (let at = 1; at < Math.min(page.count, rows); at++) if (page.opens(at)) return at;
  return undefined;
}
