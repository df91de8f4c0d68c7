// A live capture that does not end, with faults in it: recordings with packets lost, doubled, swapped, cut and changed, one
// after the other, each with times and ports of its own, through a pipe and as a ring of files. Memory and file handles of
// the program are looked at all the while; the last third must not have more than the second by a tenth. Needs the build.
//
//   node --import tsx tools/soak.ts [MINUTES [SEED]]

import { type ChildProcess, spawn } from 'node:child_process';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packetMutant, recording, recordings } from './fuzz/mutants.js';

const MINUTES = Number(process.argv[2] ?? 20);
const SEED = Number(process.argv[3] ?? 1);
/** A part of a recording, and the next: some hundred packets each. */
const PART_BYTES = 100_000;
const EVERY_MS = 250;
const LOOK_EVERY_MS = 2000;
const RING_FILE_BYTES = 4 << 20;
const RING_FILES = 4;
const HEADER = 24;
const LITTLE_MICROSECONDS = 0xa1b2c3d4;
const ETHERNET = 1;
const HARMFUL = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{NChar}]/u;

interface Look {
  readonly kib: number;
  readonly handles: number;
}

class Follower {
  readonly looks: Look[] = [];
  harmful = '';
  lines = 0;
  private readonly child: ChildProcess;
  readonly ended: Promise<string>;

  constructor(
    readonly name: string,
    args: readonly string[],
  ) {
    const words = ['bin/sanscope.js', 'live', '--json', '--report-every', '10s', ...args];
    this.child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.child.stdin?.on('error', () => {});
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = text.split('\n');
      this.lines += lines.length - 1;
      this.harmful ||= HARMFUL.exec(lines.join(''))?.[0] ?? '';
    });
    this.ended = new Promise((done) => {
      this.child.on('close', (code, signal) => done(String(code ?? signal)));
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    const { stdin } = this.child;
    if (stdin?.writable) await new Promise<void>((done) => stdin.write(bytes, () => done()));
  }

  look(): void {
    try {
      const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
      const kib = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
      this.looks.push({ kib, handles: readdirSync(`/proc/${this.child.pid}/fd`).length });
    } catch {
      // It has ended: its exit code says how.
    }
  }

  end(): void {
    this.child.stdin?.end();
    this.child.kill('SIGINT');
  }

  /** '' where nothing is wrong. */
  async verdict(): Promise<string> {
    const code = await Promise.race([this.ended, sleep(60_000, 'does not end')]);
    if (code === 'does not end') this.child.kill('SIGKILL');
    const third = Math.floor(this.looks.length / 3);
    const most = (from: number, what: keyof Look): number =>
      Math.max(...this.looks.slice(from * third, (from + 1) * third).map((one) => one[what]));
    const row = (what: keyof Look): string => [0, 1, 2].map((i) => most(i, what)).join(' → ');
    console.log(
      `${this.name}: ends with ${code}, ${this.lines} lines; KiB at most, by thirds: ${row('kib')}; open files: ${row('handles')}`,
    );
    if (code !== '0') return `${this.name} ends with ${code}`;
    if (this.harmful !== '') return `${this.name} lets a control character through`;
    const grows = most(2, 'kib') > most(1, 'kib') * 1.1 || most(2, 'handles') > most(1, 'handles');
    return grows ? `${this.name} grows` : '';
  }
}

/** Records with times from `fromMs` on, and other addresses: connections do not go on where the last part ended. */
function moved(file: Buffer, fromMs: number, number: number): Buffer {
  const out = Buffer.from(file.subarray(HEADER));
  const first = out.length < 16 ? 0 : out.readUInt32LE(0) * 1000 + out.readUInt32LE(4) / 1000;
  for (let at = 0; at + 16 <= out.length; ) {
    const ms = out.readUInt32LE(at) * 1000 + out.readUInt32LE(at + 4) / 1000;
    const to = fromMs + Math.min(EVERY_MS, Math.max(0, ms - first));
    out.writeUInt32LE(Math.floor(to / 1000), at);
    out.writeUInt32LE(Math.floor(to % 1000) * 1000, at + 4);
    const length = out.readUInt32LE(at + 8);
    const ip = at + 16 + 14;
    // The second octet of both addresses of a plain IPv4 packet.
    if (length >= 34 && out[ip - 2] === 8 && out[ip - 1] === 0) {
      out[ip + 13] = number & 255;
      out[ip + 17] = number & 255;
    }
    at += 16 + length;
  }
  return out;
}

function plain(path: string): boolean {
  const bytes = recording(path);
  if (bytes.length < 1000) return false;
  return bytes.readUInt32LE(0) === LITTLE_MICROSECONDS && bytes.readUInt32LE(20) === ETHERNET;
}

const sources = recordings().filter(plain);
let state = SEED;
const pick = (count: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * count);
};
const folder = mkdtempSync(join(tmpdir(), 'sanscope-soak-'));
const ringFile = (number: number): string =>
  join(folder, `r_${String(number).padStart(6, '0')}.pcap`);
const head = recording(sources[0]).subarray(0, HEADER);
try {
  writeFileSync(ringFile(1), head);
  const pipe = new Follower('pipe', ['-']);
  const ring = new Follower('ring', ['--follow', join(folder, 'r_*.pcap')]);
  await pipe.write(head);
  const endMs = Date.now() + MINUTES * 60_000;
  let lookMs = 0;
  let number = 1;
  let inFile = 0;
  let parts = 0;
  while (Date.now() < endMs) {
    const began = Date.now();
    const from = recording(sources[pick(sources.length)]).subarray(0, PART_BYTES);
    const part = moved(packetMutant(from, pick), began, parts++);
    await pipe.write(part);
    appendFileSync(ringFile(number), part);
    inFile += part.length;
    if (inFile > RING_FILE_BYTES) {
      inFile = 0;
      writeFileSync(ringFile(++number), head);
      rmSync(ringFile(number - RING_FILES), { force: true });
    }
    if (began > lookMs + LOOK_EVERY_MS) {
      lookMs = began;
      pipe.look();
      ring.look();
    }
    await sleep(Math.max(0, EVERY_MS - (Date.now() - began)));
  }
  pipe.end();
  ring.end();
  console.log(
    `${MINUTES} min, seed ${SEED}: ${parts} parts of recordings, ${number} files of the ring`,
  );
  const wrong = [await pipe.verdict(), await ring.verdict()].filter((text) => text !== '');
  console.log(wrong.length === 0 ? 'nothing wrong' : wrong.join('; '));
  process.exitCode = wrong.length;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
