// The captures of the bench: what is in them, and where they lie. They are written once and found
// again; the name says what they were written with.

import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoadOptions, type Manifest, writeLoad } from './load.js';

/** Raise it when a change of the load makes other files. */
const LOAD_VERSION = 4;
const MB = 1_000_000;

/** What the report has to reach: at least so many times faster, at most such a part. */
export interface Budget {
  readonly timesTshark?: number;
  /** Of tshark's memory. */
  readonly memoryPart?: number;
  readonly timesCat?: number;
  /** Time of this capture over that of another one, which is measured before it. */
  readonly over?: { readonly name: string; readonly times: number };
}

export interface BenchCapture {
  readonly name: string;
  readonly what: string;
  readonly options: LoadOptions;
  readonly budget?: Budget;
}

export interface WrittenCapture extends BenchCapture {
  readonly path: string;
  readonly manifest: Manifest;
}

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

/** `quick`: some 50 MB each. `full`: 64 KiB frames in 4.7 GB. */
export function benchCaptures(size: 'quick' | 'normal' | 'full'): BenchCapture[] {
  const quick = size === 'quick';
  const commands = quick ? 7_500 : 44_915;
  return [
    {
      name: 'mtu1500',
      what: 'MTU 1500, mixed reads and writes, 0.7 % retransmitted or reordered',
      budget: { timesTshark: 12, memoryPart: 1 / 8 },
      options: { ...MIXED, bytesMax: quick ? 50 * MB : 569 * MB },
    },
    {
      name: 'snaplen160',
      what: 'the same kind of load, mostly reads, cut at 160 bytes',
      budget: { timesTshark: 60, memoryPart: 1 / 8 },
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
      budget: size === 'full' ? { timesTshark: 20, timesCat: 2 } : undefined,
      options: {
        ...MIXED,
        seed: 64,
        mss: 65_160,
        ackEvery: 1,
        disturbed: 0,
        sizes: [4096, 4096, 4096, 8192, 8192, 16_384, 262_144],
        segment: 262_144,
        bytesMax: quick ? 50 * MB : size === 'full' ? 4700 * MB : 500 * MB,
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
    {
      name: 'small',
      what: '20 commands: start-up time',
      budget: { timesTshark: 2 },
      options: { ...MIXED, sessions: 1, sizes: [4096], commandsMax: 20 },
    },
  ];
}

/** Writes the capture, or finds the one that an earlier run wrote. */
export function ensureCapture(capture: BenchCapture, note: (text: string) => void): WrittenCapture {
  const folder = process.env['SANSCOPE_BENCH_DIR'] ?? join(tmpdir(), 'sanscope-bench');
  mkdirSync(folder, { recursive: true });
  const { bytesMax, commandsMax } = capture.options;
  const much = Number.isFinite(bytesMax) ? `${bytesMax / MB}MB` : `${commandsMax}cmd`;
  const path = join(folder, `${capture.name}-${much}-v${LOAD_VERSION}.pcap`);
  const facts = `${path}.json`;
  if (existsSync(path) && existsSync(facts)) {
    const manifest = JSON.parse(readFileSync(facts, 'utf8')) as Manifest;
    if (statSync(path).size === manifest.bytes) return { ...capture, path, manifest };
  }
  const started = performance.now();
  const manifest = writeLoad(`${path}.part`, capture.options);
  renameSync(`${path}.part`, path);
  writeFileSync(facts, JSON.stringify(manifest));
  const seconds = (performance.now() - started) / 1000;
  const megabytes = manifest.bytes / MB;
  note(`wrote ${path}: ${megabytes.toFixed(0)} MB at ${(megabytes / seconds).toFixed(0)} MB/s`);
  return { ...capture, path, manifest };
}
