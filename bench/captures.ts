// The captures of the bench: what is in them, and where they lie. They are written once and found
// again; the name says what they were written with.

import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LoadOptions, type Manifest, writeLoad } from './load.js';
import { writeRecorded } from './recorded.js';

/** Raise it when a change of the load makes other files. */
const LOAD_VERSION = 6;
const MB = 1_000_000;

/** What the report has to reach (issue 19): at least so many times faster, at most such a part. */
export interface Budget {
  readonly timesTshark?: number;
  /** Of tshark's memory. */
  readonly memoryPart?: number;
  readonly timesCat?: number;
  /**
   * Processor time of this capture over that of another one, which is measured before it; of a `part` of each:
   * of a packet or a byte, without what a start takes.
   */
  readonly over?: {
    readonly name: string;
    readonly times: number;
    readonly part?: 'packet' | 'byte';
  };
}

/** A recording that is written again and again (recorded.ts), and what one copy holds. */
export interface Recording {
  readonly file: string;
  readonly bytesMax: number;
  readonly commands: number;
}

export interface BenchCapture {
  readonly name: string;
  readonly what: string;
  /** A load, or a recording; `points` has two. */
  readonly options?: LoadOptions;
  /** How often the load is in the capture (once), each time later and between other addresses. */
  readonly copies?: number;
  readonly recorded?: readonly Recording[];
  /** Words of the command line; `scratch` is a file or folder that it may write. */
  readonly words?: (paths: readonly string[], scratch: string) => string[];
  readonly budget?: Budget;
  /** False where tshark has nothing of the kind. */
  readonly tshark?: boolean;
}

export interface WrittenCapture extends BenchCapture {
  readonly paths: readonly string[];
  readonly manifest: Facts;
}

/** Of all files of a capture. */
export interface Facts {
  readonly frames: number;
  readonly bytes: number;
  /** What the report must count; of a load that lost packets, at least and at most. */
  readonly commands: readonly [number, number];
  readonly completed: readonly [number, number];
  /** Undefined where it is not known. */
  readonly sessions: number | undefined;
}

const recordings = (name: string) =>
  fileURLToPath(new URL(`../test/captures/${name}.pcap.zst`, import.meta.url));

const MIXED: LoadOptions = {
  seed: 7143,
  snaplen: 262_144,
  sessions: 4,
  digests: false,
  depth: 8,
  mss: 1460,
  aligned: false,
  ackEvery: 6,
  disturbed: 0.007,
  unseen: 0,
  writes: 0.3,
  sizes: [4096, 8192, 16_384, 65_536, 131_072, 262_144],
  segment: 65_536,
  burst: 262_144,
  commandsMax: Number.POSITIVE_INFINITY,
  bytesMax: Number.POSITIVE_INFINITY,
};

/** A capture that is written for the bench. */
export interface LoadCapture extends BenchCapture {
  readonly options: LoadOptions;
}

/** `quick`: some 50 MB each. `full`: those of several gigabytes too. */
export function benchCaptures(size: 'quick' | 'normal' | 'full'): BenchCapture[] {
  const bytesMax = size === 'quick' ? 50 * MB : 569 * MB;
  return [...loads(size), ...roads(bytesMax), ...outputs(bytesMax, size === 'quick')];
}

export function loads(size: 'quick' | 'normal' | 'full'): LoadCapture[] {
  const quick = size === 'quick';
  const full = size === 'full';
  const commands = quick ? 7_500 : 44_915;
  const memoryPart = 1 / 8;
  // What is over before the engine is warm, or before tshark holds much, says nothing of these.
  const budget = (timesTshark: number): Budget | undefined =>
    quick ? undefined : { timesTshark, memoryPart };
  const all: (LoadCapture & { readonly when?: boolean })[] = [
    {
      name: 'small',
      what: '20 commands: start-up time',
      budget: { timesTshark: 2 },
      options: { ...MIXED, sessions: 1, sizes: [4096], commandsMax: 20 },
    },
    {
      name: 'mtu1500',
      what: 'MTU 1500, mixed reads and writes, 0.7 % retransmitted or reordered',
      budget: budget(8),
      options: { ...MIXED, bytesMax: quick ? 50 * MB : 569 * MB },
    },
    {
      name: 'mtu1500x6',
      what: 'the same six times over, one after the other between other addresses',
      when: full,
      budget: budget(15),
      // Not six times as long: of one connection of that length tshark's time grows with its square (9 minutes).
      options: { ...MIXED, bytesMax: 569 * MB },
      copies: 6,
    },
    {
      name: 'hosts16',
      what: 'the same load of 16 hosts',
      budget: full ? budget(25) : undefined,
      options: { ...MIXED, sessions: 16, bytesMax: (quick ? 50 : full ? 6 * 569 : 569) * MB },
    },
    {
      name: 'snaplen160',
      what: 'the same kind of load, mostly reads, cut at 160 bytes',
      budget: budget(35),
      options: {
        ...MIXED,
        seed: 160,
        snaplen: 160,
        aligned: true,
        writes: 0.0857,
        ackEvery: 8,
        sizes: [16_384, 32_768, 65_536, 65_536, 65_536],
        commandsMax: commands,
      },
    },
    {
      name: 'frames64k',
      what: 'frames of 64 KiB, as segmentation offload leaves them',
      // A small file is over before the program has started.
      budget: full ? { timesCat: 2, memoryPart } : undefined,
      options: {
        ...MIXED,
        seed: 64,
        mss: 65_160,
        ackEvery: 1,
        disturbed: 0,
        sizes: [4096, 4096, 4096, 8192, 8192, 16_384, 262_144],
        segment: 262_144,
        bytesMax: (quick ? 50 : full ? 5300 : 500) * MB,
      },
    },
    {
      name: 'unseen1pct',
      what: 'as mtu1500, without 1 % of the packets',
      budget: { over: { name: 'mtu1500', times: 1.5 } },
      options: { ...MIXED, unseen: 0.01, bytesMax: quick ? 50 * MB : 569 * MB },
    },
    {
      name: 'digests',
      what: 'as mtu1500, with header and data digests',
      options: { ...MIXED, digests: true, bytesMax: quick ? 50 * MB : 569 * MB },
    },
  ];
  return all.filter(({ when }) => when !== false);
}

/** What is written of a load, beside its report. */
function outputs(bytesMax: number, quick: boolean): BenchCapture[] {
  // Pictures and tables take as long for little as for much.
  const over = (times: number): Budget => ({
    over: { name: 'mtu1500', times: quick ? 2 * times : times },
  });
  return [
    {
      name: 'html',
      what: 'mtu1500 as one HTML file',
      options: { ...MIXED, bytesMax },
      words: (paths, scratch) => ['report', '--html', scratch, ...paths],
      budget: over(1.5),
      tshark: false,
    },
    {
      name: 'parquet',
      what: 'mtu1500 as Parquet tables',
      options: { ...MIXED, bytesMax },
      words: (paths, scratch) => ['export', '--parquet', scratch, ...paths],
      budget: over(2),
      tshark: false,
    },
  ];
}

/** What else the wire carries, as devices and kernels sent it: recordings, MTU 1500. */
function roads(bytesMax: number): BenchCapture[] {
  const one = (name: string, file: string, commands: number, what: string, budget?: Budget) => ({
    name,
    what,
    recorded: [{ file: recordings(file), bytesMax, commands }],
    budget,
  });
  // The same load of the same laboratory, by iSCSI.
  const packet = { over: { name: 'iscsi', times: 1.5, part: 'packet' } } as const;
  const byte = { over: { name: 'iscsi', times: 2, part: 'byte' } } as const;
  return [
    one('iscsi', 'san/iscsi-lio-1500-ini', 201, 'iSCSI, to compare the others with'),
    one('fcip', 'san/fcip-vm-1500-stream', 202, 'FCIP', packet),
    one('ifcp', 'san/ifcp-vm-1500-stream', 202, 'iFCP', packet),
    one('iwarp', 'san/iser-siw-crc-1500-ini', 201, 'iSER over iWARP, CRC checked', byte),
    one('rocev2', 'san/iser-rxe-1500-ini', 201, 'iSER over RoCEv2', byte),
    one('isns', 'san/isns-open-isns-tgt', 4, 'iSNS beside some iSCSI', {
      over: { name: 'iscsi', times: 3, part: 'packet' },
    }),
    {
      name: 'points',
      what: 'points: the same load captured at both ends',
      recorded: ['faults/healthy-ini', 'faults/healthy-tgt'].map((file) => ({
        file: recordings(file),
        bytesMax: bytesMax / 4,
        commands: 0,
      })),
      words: (paths) => ['points', ...paths],
      budget: { over: { name: 'iscsi', times: 6, part: 'packet' } },
      tshark: false,
    },
  ];
}

/** Writes the capture, or finds the one that an earlier run wrote. */
export async function ensureCapture(
  capture: BenchCapture,
  note: (text: string) => void,
): Promise<WrittenCapture> {
  const { options, recorded = [] } = capture;
  if (options !== undefined) {
    // The same load has one file, whatever is done with it.
    const name = capture.words === undefined ? capture.name : 'mtu1500';
    if (capture.copies === undefined) {
      const { path, manifest } = ensureLoad({ name, options }, note);
      return { ...capture, paths: [path], manifest: factsOfLoad(manifest, options) };
    }
    const { path, manifest } = ensureLoad({ name: 'mtu1500', options }, note);
    const all = await repeated(name, path, factsOfLoad(manifest, options), capture.copies, note);
    return { ...capture, ...all };
  }
  const paths: string[] = [];
  const all: Facts[] = [];
  for (const { file, bytesMax, commands } of recorded) {
    const path = pathOf(`${basename(file, '.pcap.zst')}-${bytesMax / MB}MB`);
    const facts = kept<Facts>(path) ?? (await copies(path, file, bytesMax, commands, note));
    all.push(facts);
    paths.push(path);
  }
  const sum = (of: (facts: Facts) => number) => all.reduce((total, facts) => total + of(facts), 0);
  const manifest = { ...all[0], frames: sum((f) => f.frames), bytes: sum((f) => f.bytes) };
  return { ...capture, paths, manifest };
}

/** The same of a load. */
export function ensureLoad(
  { name, options }: { readonly name: string; readonly options: LoadOptions },
  note: (text: string) => void,
): { readonly path: string; readonly manifest: Manifest } {
  const { bytesMax, commandsMax } = options;
  const much = Number.isFinite(bytesMax) ? `${bytesMax / MB}MB` : `${commandsMax}cmd`;
  const path = pathOf(`${name}-${much}`);
  const known = kept<Manifest>(path);
  if (known !== undefined) return { path, manifest: known };
  const started = performance.now();
  const manifest = writeLoad(`${path}.part`, options);
  keep(path, manifest, started, note);
  return { path, manifest };
}

/** A load again and again: what it holds is there so many times. */
async function repeated(
  name: string,
  load: string,
  one: Facts,
  times: number,
  note: (text: string) => void,
): Promise<{ readonly paths: readonly string[]; readonly manifest: Facts }> {
  const path = pathOf(`${name}-${times}times`);
  const known = kept<Facts>(path);
  if (known !== undefined) return { paths: [path], manifest: known };
  const started = performance.now();
  const { frames, bytes } = await writeRecorded(`${path}.part`, load, one.bytes * times);
  const count = ([least, most]: readonly [number, number]) =>
    [least * times, most * times] as const;
  const manifest: Facts = {
    frames,
    bytes,
    commands: count(one.commands),
    completed: count(one.completed),
    sessions: one.sessions === undefined ? undefined : one.sessions * times,
  };
  keep(path, manifest, started, note);
  return { paths: [path], manifest };
}

async function copies(
  path: string,
  recording: string,
  bytesMax: number,
  commands: number,
  note: (text: string) => void,
): Promise<Facts> {
  const started = performance.now();
  const copied = await writeRecorded(`${path}.part`, recording, bytesMax);
  const { frames, bytes } = copied;
  const count = [commands * copied.copies, commands * copied.copies] as const;
  const facts = { frames, bytes, commands: count, completed: count, sessions: undefined };
  keep(path, facts, started, note);
  return facts;
}

function factsOfLoad(manifest: Manifest, options: LoadOptions): Facts {
  const all = manifest.reads + manifest.writes;
  // Behind a hole, boundaries are found again at the next PDU or the one after it.
  const slack = options.unseen > 0 ? Math.ceil(all / 100) : 0;
  return {
    frames: manifest.frames,
    bytes: manifest.bytes,
    commands: [manifest.commandsSeen - slack, all],
    completed: [manifest.statusesSeen - slack, all],
    sessions: manifest.sessions,
  };
}

function pathOf(name: string): string {
  const folder = process.env['SANSCOPE_BENCH_DIR'] ?? join(tmpdir(), 'sanscope-bench');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}-v${LOAD_VERSION}.pcap`);
}

/** What an earlier run wrote of its file, where that is still whole. */
function kept<F extends { bytes: number }>(path: string): F | undefined {
  if (!existsSync(path) || !existsSync(`${path}.json`)) return undefined;
  const facts = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as F;
  return statSync(path).size === facts.bytes ? facts : undefined;
}

function keep(
  path: string,
  facts: { readonly bytes: number },
  started: number,
  note: (text: string) => void,
): void {
  renameSync(`${path}.part`, path);
  writeFileSync(`${path}.json`, JSON.stringify(facts));
  const seconds = (performance.now() - started) / 1000;
  const megabytes = facts.bytes / MB;
  note(`wrote ${path}: ${megabytes.toFixed(0)} MB at ${(megabytes / seconds).toFixed(0)} MB/s`);
}
