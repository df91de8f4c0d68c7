// Where rows of a table go: `TABLE/capture=…/date=…/hour=…/ID-000.parquet`, by the hour (UTC) in which they
// began. Files gather in a folder of their own and are put in their places when all of them are whole. ID
// is made from what was read and what was asked of it: the same export done again replaces its own files,
// and no other writer's.

import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Epoch } from '../../capture/time.js';
import { PARQUET_FILE_ROWS_MAX, PARQUET_HOURS_OPEN_MAX } from '../../limits.js';
import type { Column } from './columns.js';
import { ParquetFile } from './parquet-file.js';

const HOUR_SECONDS = 3600;
const NS = 1e9;
/** What a Date can say. */
const HOURS_MAX = 2_400_000_000;

export interface CaptureIdentity {
  /** Value of the partition `capture`. */
  readonly name: string;
  /** Hex digits. */
  readonly id: string;
  readonly about: Readonly<Record<string, string>>;
}

/** A folder of tables: `stage` is where its files wait. */
export class ParquetFolder {
  readonly #folder: string;
  readonly #identity: CaptureIdentity;
  readonly #tables: TableWriter<unknown>[] = [];
  /** Places of whole files, by where they wait. */
  readonly #waiting: Map<string, string> = new Map();
  #stage = '';
  /** The outermost folder that was made here; undefined where it was there. */
  readonly #made: string | undefined;

  /** Throws what the file system throws. */
  constructor(folder: string, identity: CaptureIdentity) {
    this.#folder = folder;
    this.#identity = identity;
    this.#made = mkdirSync(folder, { recursive: true });
    this.#stage = mkdtempSync(join(folder, '.writing-'));
  }

  /** Tables are put in their places in the order in which they are named here. */
  table<R>(name: string, columns: readonly Column<R>[]): TableWriter<R> {
    const writer = new TableWriter<R>(columns, {
      open: (epochNs, set) => {
        const path = join(this.#stage, `${name}-${set}.parquet`);
        return new ParquetFile(path, columns, epochNs, { ...this.#identity.about, table: name });
      },
      done: (hour, set, part) => {
        const file = `${this.#identity.id}-${String(part).padStart(3, '0')}.parquet`;
        const { date, hour: hh } = hourNames(hour);
        const place = join(this.#captureFolder(name), `date=${date}`, `hour=${hh}`, file);
        this.#waiting.set(join(this.#stage, `${name}-${set}.parquet`), place);
      },
    });
    this.#tables.push(writer as TableWriter<unknown>);
    return writer;
  }

  /** All is whole: put everything in its place, and take away what an earlier run left there. */
  commit(): void {
    for (const table of this.#tables) table.close();
    for (const [from, to] of this.#waiting) {
      mkdirSync(dirname(to), { recursive: true });
      renameSync(from, to);
    }
    const placed = new Set(this.#waiting.values());
    for (const { name } of this.#tableNames()) this.#clear(this.#captureFolder(name), placed);
    this.#remove();
  }

  /** It will not be whole: nothing of it stays. */
  abandon(): void {
    for (const table of this.#tables) table.abandon();
    this.#removeAll();
  }

  /** With the folders that were made for it, where nobody put anything there. */
  #removeAll(): void {
    this.#remove();
    if (this.#made === undefined) return;
    const made = resolve(this.#made);
    for (let at = resolve(this.#folder); at.length >= made.length; at = dirname(at))
      removeEmpty(at);
  }

  #remove(): void {
    if (this.#stage !== '') rmSync(this.#stage, { recursive: true, force: true });
    this.#stage = '';
  }

  /** At the end of the process, whatever ended it. */
  readonly removeStage = (): void => this.#removeAll();

  #captureFolder(table: string): string {
    return join(this.#folder, table, `capture=${this.#identity.name}`);
  }

  #tableNames(): { name: string }[] {
    return readdirSync(this.#folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => ({ name }));
  }

  /** Files of this ID that this run has not written. */
  #clear(folder: string, placed: ReadonlySet<string>): void {
    for (const date of foldersIn(folder, /^date=/)) {
      for (const hour of foldersIn(date, /^hour=/)) {
        const files = readdirSync(hour);
        const old = files.filter(
          (file) => file.startsWith(`${this.#identity.id}-`) && !placed.has(join(hour, file)),
        );
        for (const file of old) rmSync(join(hour, file), { force: true });
        if (old.length === files.length) removeEmpty(hour, date);
      }
    }
  }
}

function foldersIn(folder: string, pattern: RegExp): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .map((name) => join(folder, name));
  } catch {
    return []; // it is not there
  }
}

/** Another writer may just be filling them: then they stay. */
function removeEmpty(...folders: readonly string[]): void {
  try {
    for (const folder of folders) rmdirSync(folder);
  } catch {}
}

interface Places<R> {
  readonly open: (epochNs: bigint, set: number) => ParquetFile<R>;
  readonly done: (hour: number, set: number, part: number) => void;
}

interface OpenFile<R> {
  readonly file: ParquetFile<R>;
  readonly set: number;
}

/** Rows of one table: a file an hour, and another where one is full. */
export class TableWriter<R> {
  rows = 0;
  readonly columns: readonly Column<R>[];
  readonly #places: Places<R>;
  #epoch: Epoch = { seconds: 0, nanoseconds: 0 };
  /** By hour, the one that was begun last at the end. */
  readonly #open: Map<number, OpenFile<R>> = new Map();
  readonly #parts: Map<number, number> = new Map();
  #sets = 0;
  #hour = Number.NaN;
  #file: ParquetFile<R> | undefined = undefined;

  constructor(columns: readonly Column<R>[], places: Places<R>) {
    this.columns = columns;
    this.#places = places;
  }

  set epoch(epoch: Epoch) {
    this.#epoch = { ...epoch };
  }

  /** A row of the moment `ns` after the capture's first packet. */
  row(row: R, ns: number): void {
    const hour = hourOf(this.#epoch, ns);
    if (hour !== this.#hour || this.#file === undefined) this.#turnTo(hour);
    this.#file?.row(row);
    this.rows++;
    if ((this.#file?.rows ?? 0) >= PARQUET_FILE_ROWS_MAX) this.#done(hour);
  }

  /** Also without a row there is a file: whoever asks finds the columns, and that nothing was there. */
  evenEmpty(): void {
    if (this.rows === 0) this.#turnTo(hourOf(this.#epoch, 0));
  }

  close(): void {
    for (const hour of [...this.#open.keys()]) this.#done(hour);
  }

  abandon(): void {
    for (const { file } of this.#open.values()) file.abandon();
    this.#open.clear();
  }

  #turnTo(hour: number): void {
    let open = this.#open.get(hour);
    if (open === undefined) {
      const [oldest] = this.#open.keys();
      if (this.#open.size >= PARQUET_HOURS_OPEN_MAX) this.#done(oldest);
      const { seconds, nanoseconds } = this.#epoch;
      const epochNs = BigInt(seconds) * BigInt(NS) + BigInt(nanoseconds);
      open = { file: this.#places.open(epochNs, this.#sets), set: this.#sets };
      this.#sets++;
      this.#open.set(hour, open);
    }
    this.#hour = hour;
    this.#file = open.file;
  }

  #done(hour: number): void {
    const open = this.#open.get(hour);
    if (open === undefined) return;
    this.#open.delete(hour);
    if (this.#file === open.file) this.#file = undefined;
    open.file.close();
    const part = this.#parts.get(hour) ?? 0;
    this.#parts.set(hour, part + 1);
    this.#places.done(hour, open.set, part);
  }
}

function hourOf(epoch: Epoch, ns: number): number {
  const seconds = epoch.seconds + Math.floor((epoch.nanoseconds + ns) / NS);
  const hour = Math.floor(seconds / HOUR_SECONDS);
  return Math.max(-HOURS_MAX, Math.min(HOURS_MAX, hour));
}

/** `2026-11-23`, `21`. */
function hourNames(hour: number): { readonly date: string; readonly hour: string } {
  const [date, time] = new Date(hour * HOUR_SECONDS * 1000).toISOString().split('T');
  return { date, hour: time.slice(0, 2) };
}
