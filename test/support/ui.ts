// Screens without a terminal: open a capture, press keys, look at the rows. Time goes on when told.

import { Case } from '../../src/case/case.js';
import { CommandList } from '../../src/case/command-list.js';
import type { LivePicture } from '../../src/case/live.js';
import { Outstanding } from '../../src/case/outstanding.js';
import { Details } from '../../src/case/pdu-details.js';
import { analyse } from '../../src/pipeline.js';
import { Controller } from '../../src/ui/controller.js';
import { tick } from '../../src/ui/replay.js';
import type { Compared } from '../../src/ui/sources.js';
import { SETTINGS } from '../../src/ui/state.js';
import { KeyDecoder } from '../../src/ui/terminal/decoder.js';
import { Screen } from '../../src/ui/terminal/screen.js';
import { makeBrush } from '../../src/view/theme.js';
import { until } from './wait.js';

const ESC = '\x1b';

export class Screens {
  readonly controller: Controller;
  readonly screen: Screen;
  readonly saved: Map<string, string> = new Map();
  /** Captures that were saved. */
  readonly packets: Map<string, Buffer> = new Map();
  readonly copied: string[] = [];
  exitCode: number | undefined;
  suspended = 0;
  /** What was written to the terminal since it was last asked. */
  written = '';
  readonly #rows: string[] = [];
  readonly #decoder: KeyDecoder;
  readonly #kase: Case;
  readonly #soon: (() => void)[] = [];
  /** What each look at the clock takes. */
  lookMs = 0;
  /** False: what waits is let go on by hand (`step`). */
  settling = true;
  #nowMs = 0;

  /** `bytesMax`: what may be kept of commands and PDUs. */
  constructor(
    files: readonly string[],
    columns: number,
    rows: number,
    live?: LivePicture,
    bytesMax?: number,
    compared?: Compared,
  ) {
    const brush = makeBrush(0);
    this.screen = new Screen(columns, rows, brush, (text) => this.#show(text));
    this.#kase = new Case({
      files,
      analyse: (paths, options) =>
        analyse(paths, { ...options, stop: () => this.#eachPacket() || options.stop?.() === true }),
      bytesMax,
      options: {},
      turn: () => this.controller.draw(),
    });
    const details = new Details(files, analyse, {}, () => this.#learned(), this.#kase);
    const { tasks } = this.#kase;
    const list = new CommandList(tasks);
    const outstanding = new Outstanding(tasks);
    const sources = { kase: this.#kase, details, list, outstanding, live, compared };
    if (live !== undefined) live.changed = () => this.#learned();
    this.controller = new Controller(
      sources,
      this.screen,
      brush,
      {
        nowMs: () => {
          this.#nowMs += this.lookMs;
          return this.#nowMs;
        },
        quit: (code) => {
          this.exitCode = code;
        },
        suspend: () => {
          this.suspended++;
        },
        copy: (text) => this.copied.push(text),
        save: (path, parts, replace) => {
          if (this.saved.has(path) && !replace) {
            throw Object.assign(new Error('file exists'), { code: 'EEXIST' });
          }
          this.saved.set(path, [...parts].join(''));
        },
        create: (path, replace) => {
          if (this.packets.has(path) && !replace) {
            throw Object.assign(new Error('file exists'), { code: 'EEXIST' });
          }
          const parts: Uint8Array[] = [];
          return {
            write: (bytes) => parts.push(Buffer.from(bytes)),
            goesOn: () => true,
            close: () => this.packets.set(path, Buffer.concat(parts)),
            abandon: () => {},
          };
        },
        soon: (draw) => this.#soon.push(draw),
      },
      compared === undefined ? SETTINGS : { ...SETTINGS, compared: compared.kind },
    );
    this.#decoder = new KeyDecoder((input) => {
      this.controller.input(input);
      this.settle();
    });
  }

  /** Called between packets while the capture is read. */
  eachPacket: () => void = () => {};

  #eachPacket(): boolean {
    this.eachPacket();
    return false;
  }

  /** Reads the whole capture. */
  async load(): Promise<this> {
    this.controller.draw();
    await this.#kase.load();
    this.#learned();
    return this;
  }

  /** Each word is one key by its name, `Esc`, `Enter`, `Tab`, `Space`, `Up`, `Down`, or text to type. */
  press(...keys: readonly string[]): this {
    for (const key of keys) {
      this.#decoder.feed(KEYS[key] ?? key);
      this.#decoder.flush();
      this.#nowMs += 1000;
      this.settle();
    }
    return this;
  }

  /** So much time passes while a replay plays. */
  wait(ms: number): this {
    this.#nowMs += ms;
    tick(this.controller, ms);
    this.settle();
    return this;
  }

  /** Lets what reads the file again finish. */
  async detailed(): Promise<this> {
    await until(() => {
      this.settle();
      return !this.text().includes('decoding …');
    });
    return this;
  }

  /** Draws what waits to be drawn. */
  settle(): void {
    if (!this.settling) return;
    this.step();
    if (this.#soon.length > 0) this.settle();
  }

  /** What waits, once. */
  step(): void {
    for (const draw of this.#soon.splice(0)) draw();
  }

  rows(): readonly string[] {
    return this.#rows;
  }

  text(): string {
    return this.#rows.join('\n');
  }

  /** The first row that matches. */
  row(pattern: RegExp): string {
    return this.#rows.find((row) => pattern.test(row)) ?? '';
  }

  /** The row that is lit. */
  selected(): string {
    const at = this.#raw.findIndex((row, i) => i > 0 && row.startsWith('\x1b[7m'));
    return this.#rows[at] ?? '';
  }

  #learned(): void {
    this.controller.learned();
    this.settle();
  }

  readonly #raw: string[] = [];

  #show(text: string): void {
    this.written += text;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: addresses are escape sequences
    for (const part of text.split(/\x1b\[(?=\d+;1H)/).slice(1)) {
      const [, row, line] = /^(\d+);1H([\s\S]*)$/.exec(part) ?? [];
      const clean = line.replace('\x1b[?2026l', '');
      this.#raw[Number(row) - 1] = clean;
      // biome-ignore lint/suspicious/noControlCharactersInRegex: so are colours
      this.#rows[Number(row) - 1] = clean.replace(/\x1b\[[\d;]*m/g, '').trimEnd();
    }
  }
}

const KEYS: Readonly<Record<string, string>> = {
  Esc: ESC,
  Enter: '\r',
  Tab: '\t',
  Space: ' ',
  Up: `${ESC}[A`,
  Down: `${ESC}[B`,
  PageDown: `${ESC}[6~`,
  F1: `${ESC}OP`,
  F3: `${ESC}OR`,
  F7: `${ESC}[18~`,
  CtrlC: '\x03',
  CtrlD: '\x04',
  CtrlZ: '\x1a',
};

export function captureOf(name: string): string {
  return new URL(`../../captures/${name}`, import.meta.url).pathname;
}

/** Opens a capture of captures/ and reads it. */
export async function open(name: string, columns = 100, rows = 30): Promise<Screens> {
  return new Screens([captureOf(name)], columns, rows).load();
}
