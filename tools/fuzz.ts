// npm run fuzz -- --minutes N [--seed S]: mutants of all recordings through the whole program, for as long
// as is asked. What crashes, hangs, ends with a wrong exit code, takes too much memory or lets a control
// character through is kept as a capture, with the command that shows it.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const COMMANDS = [
  ['report'],
  ['report', '--json'],
  ['pdus', '-V', '-x'],
  ['pdus', '--json', '-V'],
  ['commands', '--csv'],
  ['login', '--json'],
  ['export', '--ndjson', '-o', '-'],
] as const;
const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const HANGS_MS = 120_000;
const KIB_MAX = 600_000;
const HEADER = 24;

const minutes = Number(option('minutes') ?? 1);
const seed = Number(option('seed') ?? Date.now() % 1_000_000);
const random = mulberry(seed);
const recordings = readdirSync('captures').filter((name) => /\.pcap(\.gz)?$/.test(name));
const folder = mkdtempSync(join(tmpdir(), 'sanscope-fuzz-'));
const endMs = Date.now() + minutes * 60_000;
let runs = 0;
let found = 0;
console.log(`seed ${seed}, ${recordings.length} recordings, ${minutes} min`);
while (Date.now() < endMs) {
  const name = recordings[pick(recordings.length)];
  const path = join(folder, `mutant-${runs}.pcap`);
  const bytes = mutant(plain(readFileSync(join('captures', name))));
  writeFileSync(path, bytes);
  const command = COMMANDS[pick(COMMANDS.length)];
  const wrong = trouble([...command, path]);
  runs++;
  if (wrong === '') {
    spawnSync('rm', ['-f', path]);
    continue;
  }
  found++;
  console.log(`${wrong}: sanscope ${command.join(' ')} ${path} (from ${name})`);
}
console.log(`${runs} runs, ${found} found`);
process.exitCode = found > 0 ? 1 : 0;

/** What is wrong with a run; '' where nothing is. */
function trouble(args: readonly string[]): string {
  const line = ['-f', '%M', process.execPath, 'bin/sanscope.js', ...args];
  const run = spawnSync('/usr/bin/time', line, {
    encoding: 'utf8',
    timeout: HANGS_MS,
    maxBuffer: 1 << 30,
  });
  if (run.error !== undefined) return `hangs or does not run (${run.error.message})`;
  const said = run.stderr.trimEnd().split('\n');
  const kib = Number(said.pop());
  if (run.status !== 0 && run.status !== 3) return `exit code ${run.status}`;
  if (kib > KIB_MAX) return `${kib} KiB of memory`;
  const text = `${run.stdout}${said.join('')}`.replaceAll(/\r?\n/g, '');
  return HARMFUL.test(text) ? 'a control character in the output' : '';
}

function plain(bytes: Buffer): Buffer {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}

/** Octets changed, cut, moved and doubled, most of them behind the file's header. */
function mutant(from: Buffer): Buffer {
  let bytes = Buffer.from(from.subarray(0, Math.min(from.length, 4 << 20)));
  for (let i = 1 + pick(40); i > 0; i--) {
    const at = Math.min(bytes.length - 1, HEADER + pick(Math.max(1, bytes.length - HEADER)));
    const length = Math.min(1 + pick(200), bytes.length - at);
    switch (pick(5)) {
      case 0:
        bytes[at] ^= 1 << pick(8);
        break;
      case 1:
        for (let k = at; k < at + Math.min(4, length); k++) bytes[k] = pick(256);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
        break;
      default:
        bytes[pick(10) === 0 ? pick(HEADER) : at] = [0, 0xff, 0x7f, 0x80][pick(4)];
    }
  }
  return bytes;
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
