// npm run bench: writes big captures (or finds those of an earlier run), times `sanscope report` on
// them as a whole process beside `cat` and tshark, holds the figures against what is to be reached (issue 19),
// keeps them in bench/runs.jsonl, and ends with a table of them (bench/table.ts). All programs take turns: what
// is quoted is the median of each, and of what they were to each other in each round.
//
//   --quick        captures of some 50 MB
//   --full         MTU 1500 in 3.4 GB too, and 64 KiB frames in 5.3 GB
//   --only NAME    small, mtu1500, mtu1500x6, hosts16, snaplen160, frames64k, unseen1pct, digests, iscsi, fcip,
//                  ifcp, iwarp, rocev2, isns, points, html or parquet; may come again
//   --node PATH    the Node that runs sanscope (the one that runs this); may come again
//   --runs N       how often everything is run (5; the median counts)
//   --no-stages    without the time of each stage
//   --no-tshark    without tshark, which takes most of the time
//   --remove       takes each capture away again when it was measured

import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchCaptures, ensureCapture, type WrittenCapture } from './captures.js';
import { DEPTHS } from './depths.js';
import { type Measured, measure, median } from './measure.js';
import {
  type BenchRun,
  type Figure,
  isMet,
  type Judged,
  type Result,
  RUNS,
  tableOf,
} from './table.js';

const BIN = fileURLToPath(new URL('../bin/sanscope.js', import.meta.url));
const STAGES = fileURLToPath(new URL('./stages.ts', import.meta.url));
const TSHARK = ['-q', '-z', 'scsi,srt,0', '-r'];

const JUDGED_WORDS: Readonly<Record<Judged['by'], string>> = {
  tshark: 'times faster than tshark',
  memory: "part of tshark's memory",
  cat: "times cat's time",
  over: 'times the processor time of',
};

const MUCH_BYTES = 100e6;

interface Node {
  readonly path: string;
  readonly version: string;
}

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    node: { type: 'string', multiple: true },
    runs: { type: 'string' },
    'no-stages': { type: 'boolean', default: false },
    'no-tshark': { type: 'boolean', default: false },
    remove: { type: 'boolean', default: false },
  },
});

const runs = Math.max(1, Number(values.runs ?? (values.quick ? 3 : 5)) || 1);
const size = values.quick ? 'quick' : values.full ? 'full' : 'normal';
const tshark = values['no-tshark'] ? undefined : tsharkVersion();
const nodes = (values.node ?? [process.execPath]).map(nodeAt);
const results: Result[] = [];
/** Of captures that were measured: what others are held against. */
const measured = new Map<string, WrittenCapture>();
const captures = benchCaptures(size);
for (const capture of captures) {
  if (values.only !== undefined && !values.only.includes(capture.name)) continue;
  const written = await ensureCapture(capture, say);
  results.push(await benchmark(written));
  measured.set(capture.name, written);
  if (values.remove && !isBase(capture.name)) remove(written);
}
if (values.remove) for (const written of measured.values()) remove(written);
const told = record();
appendFileSync(RUNS, `${JSON.stringify(told)}\n`);
say(`\n${tableOf([told])}`);
process.exitCode = results.some((result) => result.wrong.length > 0) ? 1 : 0;

/** Others are held against it later; what only has other words is the same file. */
function isBase(name: string): boolean {
  return (
    captures.some((one) => one.name === name && one.words !== undefined) ||
    captures.some(({ budget }) => budget?.over?.name === name)
  );
}

function remove({ paths }: WrittenCapture): void {
  for (const path of paths) rmSync(path, { force: true });
}

/** What ran in one round, one after the other. */
interface Round {
  readonly cat: Measured;
  readonly tshark: Measured | undefined;
  /** By Node. */
  readonly report: readonly Measured[];
  readonly other: readonly (Measured | undefined)[];
}

async function benchmark(capture: WrittenCapture): Promise<Result> {
  const { paths, manifest } = capture;
  const wrong = check(
    capture,
    await measure(nodes[0].path, [BIN, 'report', '--json', ...paths], true),
  );
  const rounds: Round[] = [];
  for (let i = 0; i < runs; i++) rounds.push(await roundOf(capture, i));
  const tsharks = rounds.flatMap((round) => round.tshark ?? []);
  const figures = nodes.map(({ version }, at) => ({
    node: version,
    ...figure(rounds.map(({ report }) => report[at])),
    judged: judged(capture, rounds, at),
  }));
  const result: Result = {
    capture: capture.name,
    megabytes: manifest.bytes / 1e6,
    packets: manifest.frames,
    nodes: figures,
    report: figures[0],
    cat: figure(rounds.map(({ cat }) => cat)),
    tshark: tsharks.length > 0 ? figure(tsharks) : undefined,
    stages: withStages(capture) ? await stages(capture) : undefined,
    wrong,
  };
  print(capture, result);
  return result;
}

async function roundOf(capture: WrittenCapture, number: number): Promise<Round> {
  const { paths, budget = {} } = capture;
  const scratch = mkdtempSync(join(tmpdir(), 'sanscope-bench-'));
  const words = capture.words?.(paths, join(scratch, 'out')) ?? ['report', ...paths];
  const base = wholeBase(capture);
  const cat = await measure('cat', paths, false);
  const report: Measured[] = [];
  const other: (Measured | undefined)[] = [];
  for (const { path } of nodes) {
    report.push(await measure(path, [BIN, ...words], false));
    rmSync(join(scratch, 'out'), { recursive: true, force: true });
    other.push(base && (await measure(path, [BIN, 'report', ...base.paths], false)));
  }
  rmSync(scratch, { recursive: true });
  // It takes up to minutes: where nothing is held against it, once is enough.
  const held = budget.timesTshark !== undefined || budget.memoryPart !== undefined;
  const withTshark = tshark !== undefined && capture.tshark !== false && (held || number === 0);
  return {
    cat,
    tshark: withTshark ? await measure('tshark', [...TSHARK, ...paths], false) : undefined,
    report,
    other,
  };
}

/** The capture that this one is held against as a whole, so that both run in one round. */
function wholeBase({ budget }: WrittenCapture): WrittenCapture | undefined {
  const over = budget?.over;
  return over === undefined || over.part !== undefined ? undefined : measured.get(over.name);
}

/** What was to be reached, and what was, of one Node. */
function judged(capture: WrittenCapture, rounds: readonly Round[], at: number): Judged[] {
  const { budget = {} } = capture;
  const all: Judged[] = [];
  const ratio = (of: (round: Round, report: Measured) => number | undefined) =>
    median(rounds.flatMap((round) => of(round, round.report[at]) ?? []));
  const tell = (by: Judged['by'], is: number, wanted: number | undefined, of?: string) => {
    if (Number.isFinite(is)) all.push({ by, is: Number(is.toFixed(3)), wanted, of });
  };
  const tsharkPeak = Math.max(...rounds.map((round) => round.tshark?.peakBytes ?? 0));
  const peak = Math.max(...rounds.map(({ report }) => report[at].peakBytes));
  if (tsharkPeak > 0) {
    const faster = ratio((round, { seconds }) => round.tshark && round.tshark.seconds / seconds);
    tell('tshark', faster, budget.timesTshark);
    tell('memory', peak / tsharkPeak, budget.memoryPart);
  }
  // To read what is small takes no time.
  if (capture.manifest.bytes > MUCH_BYTES) {
    const times = ratio(({ cat }, { seconds }) => seconds / cat.seconds);
    tell('cat', times, budget.timesCat);
  }
  const { over } = budget;
  if (over?.part === undefined) {
    const times = ratio(({ other }, report) => {
      const base = other[at];
      return base && report.cpuSeconds / base.cpuSeconds;
    });
    tell('over', times, over?.times, over?.name);
    return all;
  }
  const base = results.find((one) => one.capture === over.name);
  if (base !== undefined) {
    const own = median(rounds.map(({ report }) => report[at].cpuSeconds));
    const { frames, bytes } = capture.manifest;
    const mine = partOf(own, at, over.part === 'packet' ? frames : bytes / 1e6);
    const theirs = partOf(
      base.nodes[at].cpuSeconds,
      at,
      over.part === 'packet' ? base.packets : base.megabytes,
    );
    tell('over', mine / theirs, over.times, `${over.name} a ${over.part}`);
  }
  return all;
}

/** What a start takes, the small capture says. */
function partOf(cpuSeconds: number, at: number, parts: number): number {
  const start = results.find((one) => one.capture === 'small')?.nodes[at].cpuSeconds ?? 0;
  return (cpuSeconds - start) / parts;
}

/** Stages are those of iSCSI. */
function withStages({ name, options, words }: WrittenCapture): boolean {
  return !values['no-stages'] && name !== 'small' && options !== undefined && words === undefined;
}

/** Compares what the report counts with what was written. */
function check(capture: WrittenCapture, of: Measured): string[] {
  if (of.code !== 0) throw new Error(`report ended with code ${of.code}: ${of.stderr}`);
  const { totals } = JSON.parse(of.stdout) as { totals: Record<string, number> };
  const { commands, completed, sessions } = capture.manifest;
  const wrong: string[] = [];
  const expect = (what: string, [atLeast, atMost]: readonly [number, number]) => {
    const is = totals[what];
    const right = atLeast === atMost ? `${atLeast}` : `${atLeast} to ${atMost}`;
    if (!(is >= atLeast && is <= atMost)) wrong.push(`${what}: ${is}, should be ${right}`);
  };
  if (sessions !== undefined) {
    expect('sessionCount', [sessions, sessions]);
    expect('connectionCount', [sessions, sessions]);
  }
  // Of a recording at two places nobody says how many there are.
  if (capture.paths.length === 1) {
    expect('commandCount', commands);
    expect('completed', completed);
  }
  return wrong;
}

/** Processor time of each depth in a process of its own, as ns a packet over the depth before. */
async function stages(capture: WrittenCapture): Promise<Record<string, number>> {
  const added: Record<string, number> = {};
  let before = 0;
  for (const depth of DEPTHS) {
    const seconds: number[] = [];
    for (let i = 0; i < Math.min(runs, 3); i++) {
      const args = ['--import', 'tsx', STAGES, depth, capture.paths[0]];
      const ran = await measure(process.execPath, args, true);
      if (ran.code !== 0) throw new Error(`stage ${depth} failed: ${ran.stderr}`);
      seconds.push((JSON.parse(ran.stdout) as { seconds: number }).seconds);
    }
    // The least is the least disturbed: differences of medians may be negative.
    const ns = (Math.min(...seconds) * 1e9) / capture.manifest.frames;
    added[depth] = Math.round(ns - before);
    before = ns;
  }
  return added;
}

function figure(of: readonly Measured[]): Figure {
  const failed = of.find((one) => one.code !== 0);
  if (failed !== undefined) {
    throw new Error(
      `a run ended with code ${failed.code}, so its time says nothing: ${failed.stderr}`,
    );
  }
  const seconds = median(of.map((one) => one.seconds));
  const cpu = median(of.map((one) => one.cpuSeconds));
  const peak = Math.max(...of.map((one) => one.peakBytes));
  return {
    seconds: Number(seconds.toFixed(3)),
    cpuSeconds: Number(cpu.toFixed(2)),
    peakMB: Math.round(peak / 1e6),
  };
}

function print(capture: WrittenCapture, result: Result): void {
  const { manifest } = capture;
  say(`\n${capture.name}: ${capture.what}`);
  const counted = `${manifest.frames} packets, ${manifest.commands[1]} commands`;
  say(`  ${result.megabytes.toFixed(1)} MB, ${counted}`);
  for (const one of result.nodes) {
    const what = capture.words === undefined ? 'report' : capture.name;
    line(`${what}, Node ${one.node}`, one, result);
    for (const told of one.judged) printJudged(told);
  }
  line('cat', result.cat, result);
  if (result.tshark !== undefined) line('tshark -z scsi,srt,0', result.tshark, result);
  if (result.stages !== undefined) {
    const parts = Object.entries(result.stages).map(([name, ns]) => `${name} ${ns}`);
    say(`  ns of processor time a packet, by stage: ${parts.join(', ')}`);
  }
  say(result.wrong.length === 0 ? '  counts are right' : `  WRONG: ${result.wrong.join('; ')}`);
}

/** What was to be reached, and what was. */
function printJudged(told: Judged): void {
  if (told.wanted === undefined) return;
  const words = told.by === 'tshark' ? 'at least' : 'at most';
  const what = `${JUDGED_WORDS[told.by]}${told.of === undefined ? '' : ` ${told.of}`}`;
  const missed = isMet(told) ? '' : ': MISSED';
  say(`    ${what}: ${told.is.toFixed(2)}, ${words} ${told.wanted.toFixed(2)} wanted${missed}`);
}

function line(name: string, of: Figure, result: Result): void {
  const rate = (result.megabytes / of.seconds).toFixed(0).padStart(6);
  const packets = (result.packets / of.seconds / 1e6).toFixed(2).padStart(6);
  say(
    `  ${name.padEnd(24)}${of.seconds.toFixed(3).padStart(8)} s ${rate} MB/s ${packets} M packets/s ` +
      `${String(of.peakMB).padStart(5)} MB  cpu ${of.cpuSeconds.toFixed(2)} s`,
  );
}

function record(): BenchRun {
  const node = nodes.map(({ version }) => version).join(' ');
  const revision = output('git', ['rev-parse', '--short', 'HEAD']);
  return { date: new Date().toISOString(), node, revision, size, runs, tshark, results };
}

function nodeAt(path: string): Node {
  const version = output(path, ['--version']);
  if (version === undefined) throw new Error(`${path} is no Node`);
  return { path, version };
}

function tsharkVersion(): string | undefined {
  return /\d+\.\d+\.\d+/.exec(output('tshark', ['--version']) ?? '')?.[0];
}

function output(command: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
