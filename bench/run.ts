// npm run bench: writes big captures (or finds those of an earlier run), times `sanscope report` on
// them as a whole process beside `cat` and tshark, holds the figures against what is to be reached,
// and keeps them in bench/runs.jsonl.
//
//   --quick        captures of some 50 MB
//   --full         64 KiB frames in 4.7 GB
//   --only NAME    small, mtu1500, snaplen160, frames64k, unseen1pct, digests, iscsi, fcip, ifcp, iwarp,
//                  rocev2, isns, points, html or parquet; may come again
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

const BIN = fileURLToPath(new URL('../bin/sanscope.js', import.meta.url));
const STAGES = fileURLToPath(new URL('./stages.ts', import.meta.url));
const RUNS = fileURLToPath(new URL('./runs.jsonl', import.meta.url));
const TSHARK = ['-q', '-z', 'scsi,srt,0', '-r'];

interface Figure {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMB: number;
}

interface Result {
  readonly capture: string;
  readonly megabytes: number;
  readonly packets: number;
  report: Figure;
  cat: Figure;
  tshark?: Figure;
  /** ns a packet that each stage adds to those before it. */
  stages?: Record<string, number>;
  /** What the report said that the capture's writer knows better. */
  wrong: string[];
}

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    runs: { type: 'string' },
    'no-stages': { type: 'boolean', default: false },
    'no-tshark': { type: 'boolean', default: false },
    remove: { type: 'boolean', default: false },
  },
});

const runs = Math.max(1, Number(values.runs ?? (values.quick ? 3 : 5)) || 1);
const size = values.quick ? 'quick' : values.full ? 'full' : 'normal';
const tshark = values['no-tshark'] ? undefined : tsharkVersion();
const results: Result[] = [];
for (const capture of benchCaptures(size)) {
  if (values.only !== undefined && !values.only.includes(capture.name)) continue;
  const written = await ensureCapture(capture, say);
  results.push(await benchmark(written));
  if (values.remove) for (const path of written.paths) rmSync(path);
}
appendFileSync(RUNS, `${JSON.stringify(record())}\n`);
process.exitCode = results.some((result) => result.wrong.length > 0) ? 1 : 0;

async function benchmark(capture: WrittenCapture): Promise<Result> {
  const report: Measured[] = [];
  const cat: Measured[] = [];
  const other: Measured[] = [];
  const node = process.execPath;
  const { paths } = capture;
  const wrong = check(capture, await measure(node, [BIN, 'report', '--json', ...paths], true));
  const scratch = mkdtempSync(join(tmpdir(), 'sanscope-bench-'));
  const words = capture.words?.(paths, join(scratch, 'out')) ?? ['report', ...paths];
  const withTshark = tshark !== undefined && capture.tshark !== false;
  for (let i = 0; i < runs; i++) {
    cat.push(await measure('cat', paths, false));
    report.push(await measure(node, [BIN, ...words], false));
    rmSync(join(scratch, 'out'), { recursive: true, force: true });
    if (withTshark && i < tsharkRuns(capture)) {
      other.push(await measure('tshark', [...TSHARK, ...paths], false));
    }
  }
  rmSync(scratch, { recursive: true });
  const result: Result = {
    capture: capture.name,
    megabytes: capture.manifest.bytes / 1e6,
    packets: capture.manifest.frames,
    report: figure(report),
    cat: figure(cat),
    tshark: other.length > 0 ? figure(other) : undefined,
    stages: withStages(capture) ? await stages(capture) : undefined,
    wrong,
  };
  print(capture, result);
  printBudget(capture, result);
  return result;
}

/** tshark takes 20 s and more for the big ones: once is enough to compare with. */
function tsharkRuns(capture: WrittenCapture): number {
  return capture.manifest.frames > 200_000 ? 1 : runs;
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
      const told = await measure(process.execPath, args, true);
      if (told.code !== 0) throw new Error(`stage ${depth} failed: ${told.stderr}`);
      seconds.push((JSON.parse(told.stdout) as { seconds: number }).seconds);
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
  line(`sanscope ${capture.words === undefined ? 'report' : capture.name}`, result.report, result);
  line('cat', result.cat, result);
  if (result.tshark !== undefined) line('tshark -z scsi,srt,0', result.tshark, result);
  if (result.stages !== undefined) {
    const parts = Object.entries(result.stages).map(([name, ns]) => `${name} ${ns}`);
    say(`  ns of processor time a packet, by stage: ${parts.join(', ')}`);
  }
  say(result.wrong.length === 0 ? '  counts are right' : `  WRONG: ${result.wrong.join('; ')}`);
}

/** What was to be reached, and what was. */
function printBudget({ budget = {} }: WrittenCapture, result: Result): void {
  const { report, cat, tshark } = result;
  const tell = (what: string, is: number, wanted: number, atLeast: boolean) => {
    const met = atLeast ? is >= wanted : is <= wanted;
    const words = atLeast ? 'at least' : 'at most';
    say(
      `  ${what}: ${is.toFixed(2)}, ${words} ${wanted.toFixed(2)} wanted${met ? '' : ': MISSED'}`,
    );
  };
  if (tshark !== undefined && budget.timesTshark !== undefined) {
    tell('times faster than tshark', tshark.seconds / report.seconds, budget.timesTshark, true);
  }
  if (tshark !== undefined && budget.memoryPart !== undefined) {
    tell("part of tshark's memory", report.peakMB / tshark.peakMB, budget.memoryPart, false);
  }
  if (budget.timesCat !== undefined) {
    tell("times cat's time", report.seconds / cat.seconds, budget.timesCat, false);
  }
  const other = results.find((one) => one.capture === budget.over?.name);
  if (budget.over !== undefined && other !== undefined) {
    const { name, times, part } = budget.over;
    const what = part === undefined ? `times ${name}'s time` : `times ${name}'s time a ${part}`;
    tell(what, timeOf(result, part) / timeOf(other, part), times, false);
  }
}

/** Processor time of a part where one is asked for: what a start takes, the small capture says. */
function timeOf(result: Result, part: 'packet' | 'byte' | undefined): number {
  if (part === undefined) return result.report.seconds;
  const start = results.find((one) => one.capture === 'small')?.report.cpuSeconds ?? 0;
  const parts = part === 'packet' ? result.packets : result.megabytes;
  return (result.report.cpuSeconds - start) / parts;
}

function line(name: string, of: Figure, result: Result): void {
  const rate = (result.megabytes / of.seconds).toFixed(0).padStart(6);
  const packets = (result.packets / of.seconds / 1e6).toFixed(2).padStart(6);
  const times = (of.seconds / result.report.seconds).toFixed(2).padStart(6);
  say(
    `  ${name.padEnd(22)}${of.seconds.toFixed(3).padStart(8)} s ${rate} MB/s ${packets} M packets/s ` +
      `${String(of.peakMB).padStart(5)} MB  cpu ${of.cpuSeconds.toFixed(2)} s  ${times} times the report`,
  );
}

function record() {
  const { version } = process;
  const revision = output('git', ['rev-parse', '--short', 'HEAD']);
  return { date: new Date().toISOString(), node: version, revision, size, runs, tshark, results };
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
