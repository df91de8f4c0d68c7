// npm run fuzz -- --minutes N [--seed S] [--keep FOLDER] [--ways cut,ring]: messages of all protocols, built of the field tables
// and changed field by field to the bounds of each; mutants of all recordings; through every command, as
// files, through pipes and live, while files are cut and replaced, readers go and signals come. What crashes,
// hangs, ends with a wrong exit code, takes too much memory or files, leaves a file that is not whole, or lets a
// control character through is kept, with the command that shows it. Not in CI's time: run it for as long as a day.

import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pcapFile } from '../test/support/pcap-writer.js';
import { talks } from './fuzz/conversations.js';
import { type Change, changed, changesOf } from './fuzz/fields.js';
import { mutant, packetMutant, recording, recordings } from './fuzz/mutants.js';
import { type Run, trouble } from './fuzz/program.js';

const ALL_RUNS: readonly Run[] = [
  { args: ['report'], way: 'argument' },
  { args: ['report', '--json'], way: 'argument' },
  { args: ['report', '--json'], way: 'pipe' },
  { args: ['pdus', '-V', '-x'], way: 'argument' },
  { args: ['pdus', '--json', '-V'], way: 'argument' },
  { args: ['pdus', '-Y', 'iscsi.opcode == 1 or scsi.status != 0'], way: 'argument' },
  { args: ['commands', '--csv'], way: 'argument' },
  { args: ['commands', '--sort', 'latency', '-n', '5'], way: 'argument' },
  { args: ['command', '--slowest', '2'], way: 'argument' },
  { args: ['sessions'], way: 'argument' },
  { args: ['luns', '--json'], way: 'argument' },
  { args: ['login', '--json'], way: 'argument' },
  { args: ['login'], way: 'argument' },
  { args: ['discovery'], way: 'argument' },
  { args: ['export', '--ndjson', '-o', '-'], way: 'argument' },
  { args: ['export', '--csv', '-o', '-'], way: 'argument' },
  { args: ['report', '--html', '-'], way: 'argument' },
  { args: ['report', '-Y', 'latency > 1ms'], way: 'argument' },
  { args: ['scrub', '-o', '/dev/null'], way: 'argument' },
  { args: ['live', '--json'], way: 'pipe' },
  { args: ['live', '--report-every', '1s'], way: 'pipe' },
  { args: ['live', '--json', '--report-every', '1s'], way: 'grows' },
  { args: ['live', '--json', '--report-every', '1s'], way: 'twisted' },
  { args: ['live', '--report-every', '1s', '-w', 'OUT'], way: 'twisted' },
  { args: ['live', '--json', '--report-every', '1s'], way: 'ring' },
  {
    args: ['live', '--report-every', '1s', '-w', 'OUT', '-b', 'filesize:20kB,files:3'],
    way: 'ring',
  },
  { args: ['live', '--save-on', 'latency > 1us', '--save-to', 'OUT'], way: 'pipe' },
  { args: ['live', '--json'], way: 'cut' },
  { args: ['report'], way: 'cut' },
  { args: ['pdus', '-V'], way: 'deaf' },
  { args: ['export', '--ndjson', '-o', '-'], way: 'deaf' },
  { args: ['export', '-o', 'OUT'], way: 'killed' },
  { args: ['export', '--parquet', 'OUT'], way: 'killed' },
  { args: ['report', '--html', 'OUT'], way: 'killed' },
  { args: ['slice', '-Y', 'latency > 1us', '-o', 'OUT'], way: 'killed' },
  { args: ['pdus', '-T', 'fields', '-e', 'frame', '-e', 'text', '-e', 'data'], way: 'argument' },
  { args: ['check', '--json'], way: 'argument', codes: [1] },
  { args: ['explain', 'latency'], way: 'argument' },
];
/** Changed conversations in one file: a start of the program costs more than reading them. */
const TOGETHER = 60;

const minutes = Number(option('minutes') ?? 1);
const seed = Number(option('seed') ?? Date.now() % 1_000_000);
const keep = option('keep') ?? 'fuzz-found';
const random = mulberry(seed);
const ways = option('ways')?.split(',');
const RUNS = ALL_RUNS.filter(({ way }) => ways === undefined || ways.includes(way));
const all = recordings();
const changes = shuffled(changesOf(talks()));
const folder = mkdtempSync(join(tmpdir(), 'sanscope-fuzz-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const endMs = Date.now() + minutes * 60_000;
let runs = 0;
let found = 0;
let tried = 0;
console.log(
  `seed ${seed}: ${changes.length} changes of fields, ${all.length} recordings, ${minutes} min`,
);
while (Date.now() < endMs) {
  const [what, bytes, parts] = runs % 2 === 0 ? ofTables() : ofRecording();
  const run = RUNS[pick(RUNS.length)];
  const wrong = await tell(bytes, run, what);
  runs++;
  // Which of the conversations was it?
  for (const part of wrong === '' ? [] : parts) {
    if ((await tell(fileOf([part]), run, part.name)) !== '') break;
  }
}
console.log(`${runs} runs, ${Math.min(tried, changes.length)} changes of fields, ${found} found`);
process.exitCode = found > 0 ? 1 : 0;

async function tell(bytes: Uint8Array, run: Run, what: string): Promise<string> {
  const path = join(folder, 'case.pcap');
  writeFileSync(path, bytes);
  const wrong = await trouble(run, path, random);
  if (wrong === '') return '';
  found++;
  mkdirSync(keep, { recursive: true });
  const kept = join(keep, `${seed}-${runs}-${found}.pcap`);
  copyFileSync(path, kept);
  console.log(`${wrong}: sanscope ${run.args.join(' ')} ${kept} (${run.way}; ${what})`);
  return wrong;
}

function ofTables(): [string, Uint8Array, readonly Change[]] {
  const some = Array.from({ length: TOGETHER }, () => changes[tried++ % changes.length]);
  return [`${TOGETHER} changes of fields`, fileOf(some), some];
}

/** Several conversations side by side. */
function fileOf(some: readonly Change[]): Uint8Array {
  const packets = some.flatMap((change, i) => changed(change, i + 1));
  packets.sort((a, b) => a.timeNs - b.timeNs);
  return pcapFile(packets);
}

function ofRecording(): [string, Uint8Array, readonly Change[]] {
  const path = all[pick(all.length)];
  const bytes = recording(path);
  const plain = bytes.length > 24 && [0xa1b2c3d4, 0xa1b23c4d].includes(bytes.readUInt32LE(0));
  const made = plain && pick(2) === 0 ? packetMutant(bytes, pick) : mutant(bytes, pick);
  return [path, made, []];
}

function shuffled<T>(list: T[]): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const k = pick(i + 1);
    [list[i], list[k]] = [list[k], list[i]];
  }
  return list;
}

function pick(count: number): number {
  return Math.floor(random() * count);
}

function mulberry(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}
