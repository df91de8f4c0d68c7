// Opens the screens over a capture: takes the terminal, reads, draws, and gives the terminal back.

import type { Analyse, AnalyseOptions } from '../analysis.js';
import { PipeSpool } from '../capture/pipe-spool.js';
import { Case } from '../case/case.js';
import { CommandList } from '../case/command-list.js';
import type { LivePicture } from '../case/live.js';
import { Outstanding } from '../case/outstanding.js';
import { Details } from '../case/pdu-details.js';
import { asciiText } from '../lib/ascii.js';
import { LIVE_KEPT_BYTES, SPOOLED_BYTES_MAX } from '../limits.js';
import { type ColorLevel, makeBrush, type Theme } from '../view/theme.js';
import { Controller } from './controller.js';
import { TICK_MS, tick } from './replay.js';
import { create, type OpenFile, save } from './saved-file.js';
import type { Compared } from './sources.js';
import type { Settings } from './state.js';
import { Screen } from './terminal/screen.js';
import { Terminal } from './terminal/terminal.js';
import { widthOf } from './terminal/width.js';

export interface UiOptions {
  readonly files: readonly string[];
  readonly analyse: Analyse;
  readonly options: AnalyseOptions;
  readonly color: ColorLevel;
  readonly theme: Theme;
  /** The terminal shows ASCII only. */
  readonly ascii: boolean;
  readonly settings: Settings;
  /** Captures that were compared: their screen is the first. */
  readonly compared?: Compared;
  /** A capture that goes on: read by its own `analyse`, and shown as it goes. */
  readonly live?: {
    readonly picture: LivePicture;
    readonly analyse: Analyse;
    /** A signal ends the process now. */
    readonly killed: () => void;
  };
}

const TICK_SHARE = 8;
/** Most files are read by then. */
const SO_FAR_AFTER_MS = 1500;

/** The exit code, when whoever looks has quit. Throws where the capture cannot be read. */
export async function runUi(options: UiOptions): Promise<number> {
  return new Ui(options).run();
}

class Ui {
  readonly #terminal: Terminal;
  readonly #screen: Screen;
  readonly #controller: Controller;
  readonly #kase: Case;
  readonly #live: LivePicture | undefined;
  /** A pipe is kept, so that its PDUs can be decoded again as a file's. */
  readonly #spool: PipeSpool;
  readonly #exit: Promise<number>;
  /** Files that are being written: those that are not whole at the end are removed. */
  readonly #saving = new Set<OpenFile>();
  #nextDrawMs = 0;
  /** PDUs that were known when it was drawn. */
  #drawnPdus = 0;
  #quit: (code: number) => void = () => {};
  #fail: (error: unknown) => void = () => {};

  constructor(wanted: UiOptions) {
    const { files, analyse, options, color, theme, ascii, settings, live, compared } = wanted;
    this.#exit = new Promise((resolve, reject) => {
      this.#quit = resolve;
      this.#fail = reject;
    });
    this.#terminal = new Terminal({
      input: (input) => this.#guarded(() => this.#controller.input(input)),
      resized: () => this.#resized(),
      back: () => {
        this.#resized();
        this.#controller.redraw();
      },
      gone: () => this.#quit(0),
      killed: () => {
        this.#spool.close();
        live?.killed();
      },
    });
    this.#spool = new PipeSpool(SPOOLED_BYTES_MAX, live !== undefined);
    const { columns, rows } = this.#terminal;
    const brush = makeBrush(color, theme);
    const write = (text: string): void => this.#terminal.write(asciiText(text, widthOf));
    this.#screen = new Screen(columns, rows, brush, ascii ? write : this.#terminal.write);
    const kept = { ...options, spool: this.#spool };
    this.#kase = new Case({
      files,
      analyse: live?.analyse ?? analyse,
      bytesMax: live === undefined ? undefined : LIVE_KEPT_BYTES,
      nowNs: live && (() => live.picture.nowNs),
      soFarAfterMs: SO_FAR_AFTER_MS,
      options: kept,
      turn: () => this.#turn(),
    });
    const changed = (): void => this.#learned();
    const details = new Details(files, analyse, kept, changed, this.#kase, settings.showSecrets);
    this.#live = live?.picture;
    const { tasks } = this.#kase;
    const sources = {
      kase: this.#kase,
      details,
      list: new CommandList(tasks),
      outstanding: new Outstanding(tasks),
      live: live?.picture,
      compared,
    };
    this.#controller = new Controller(
      sources,
      this.#screen,
      brush,
      {
        nowMs: () => performance.now(),
        quit: (code) => this.#quit(code),
        suspend: this.#terminal.suspend,
        copy: (text) => {
          this.#terminal.write(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`);
        },
        save: (path, parts, replace) => save(create(path, replace, files), parts),
        create: (path, replace) => {
          const file = create(path, replace, files);
          this.#saving.add(file);
          return file;
        },
        soon: (draw) => {
          setImmediate(() => this.#guarded(draw));
        },
      },
      compared === undefined ? settings : { ...settings, compared: compared.kind },
    );
  }

  async run(): Promise<number> {
    this.#terminal.open();
    if (this.#live !== undefined) {
      this.#live.changed = () => this.#learned();
      this.#live.report = () => this.#kase.freshReport();
    }
    const timer = this.#ticks();
    try {
      this.#controller.draw();
      this.#load().catch(this.#fail);
      return await this.#exit;
    } finally {
      clearInterval(timer);
      this.#kase.stop();
      this.#controller.close();
      for (const file of this.#saving) file.abandon();
      this.#terminal.close();
      this.#spool.close();
      // A pipe that goes on would keep the process: nobody reads it any more.
      if (this.#kase.loading !== undefined && !process.stdin.isTTY) process.stdin.destroy();
    }
  }

  /** Reads the capture; the frame's library is loaded only when the first screen stands. */
  async #load(): Promise<void> {
    const app = this.#frame();
    await this.#kase.load();
    this.#learned();
    this.#controller.draw();
    await app;
  }

  /** Dialogs need it: they are drawn while the capture is still being read. */
  async #frame(): Promise<void> {
    const { App } = await import('./app.js');
    this.#controller.app = new App(this.#screen);
    this.#controller.draw();
  }

  #ticks(): NodeJS.Timeout {
    let before = performance.now();
    let cpuBefore = cpuMs();
    return setInterval(() => {
      const now = performance.now();
      const cpu = cpuMs();
      // A page that takes long to make is made less often: a replay takes an eighth of a core at most.
      this.#guarded(() => this.#catchUp());
      const { playing = false } = this.#controller.state.replay ?? {};
      if (playing && cpu - cpuBefore > (now - before) / TICK_SHARE) return;
      this.#guarded(() => tick(this.#controller, now - before));
      before = now;
      cpuBefore = cpu;
    }, TICK_MS);
  }

  /** While loading: a screen now and then, so that drawing takes a fifth of the time at most. */
  #turn(): void {
    const now = performance.now();
    if (now < this.#nextDrawMs) return;
    this.#drawnPdus = this.#kase.pdus.count;
    this.#controller.turn();
    const took = performance.now() - now;
    this.#nextDrawMs = now + Math.max(TICK_MS, 5 * took);
  }

  /** A pipe may pause: what came before the pause is shown all the same. */
  #catchUp(): void {
    const { loading, pdus } = this.#kase;
    if (loading !== undefined && (pdus.count !== this.#drawnPdus || this.#kase.reportDue)) {
      this.#turn();
    }
  }

  #learned(): void {
    this.#controller.learned();
  }

  /** A mistake of our own ends the screens with a sentence, like everything that goes wrong. */
  #guarded(deed: () => void): void {
    try {
      deed();
    } catch (error) {
      this.#fail(error);
    }
  }

  #resized(): void {
    const { columns, rows } = this.#terminal;
    this.#screen.resize(columns, rows);
    this.#controller.dispatch({ kind: 'resize', columns, rows });
  }
}

/** Processor time that the program has taken. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
