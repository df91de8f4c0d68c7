// How a capture reaches the program, and what goes wrong meanwhile: named, in pieces through a pipe, a file that grows
// while it is followed, one that is cut, replaced and written over, a ring; readers that go, signals.

import type { ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

export type WayName =
  | 'argument'
  | 'pipe'
  | 'cut'
  | 'grows'
  | 'twisted'
  | 'ring'
  | 'deaf'
  | 'killed';

/** What a way has to do with: all random numbers come from one seed. */
export interface Trip {
  readonly path: string;
  readonly whole: Uint8Array;
  readonly random: () => number;
}

interface Way {
  /** What it is told to read. */
  readonly input: (path: string) => readonly string[];
  /** What must be there when it starts. */
  readonly before?: (trip: Trip) => void;
  readonly during: (child: ChildProcess, trip: Trip) => Promise<void>;
  readonly codes: readonly (number | string)[];
}

const READ: readonly (number | string)[] = [0, 3];
/** An interrupt may come before the program listens for it. */
const INTERRUPTED: readonly (number | string)[] = [0, 3, 130, 'SIGINT'];
const HEADER = 24;

export const WAYS: Readonly<Record<WayName, Way>> = {
  argument: { input: (path) => [path], during: noInput, codes: READ },
  pipe: { input: () => ['-'], during: piped, codes: READ },
  cut: { input: () => ['-'], during: pipedInPart, codes: READ },
  grows: {
    input: (path) => ['--follow', growing(path)],
    before: begun,
    during: grows,
    codes: INTERRUPTED,
  },
  twisted: {
    input: (path) => ['--follow', growing(path)],
    before: begun,
    during: twisted,
    codes: INTERRUPTED,
  },
  ring: {
    input: (path) => ['--follow', join(dirname(path), 'ring_*.pcap')],
    before: (trip) => writeFileSync(ringFile(trip.path, 1), trip.whole.subarray(0, HEADER)),
    during: ring,
    codes: INTERRUPTED,
  },
  deaf: { input: (path) => [path], during: goesAway, codes: READ },
  killed: { input: (path) => [path], during: killed, codes: [...READ, 143, 'SIGTERM'] },
};

/** Files that were begun and not put in their place, which nobody shall leave. */
export function leftBehind(path: string): string[] {
  const all = readdirSync(dirname(path), { recursive: true, encoding: 'utf8' });
  return all.filter((name) => basename(name).startsWith('.'));
}

/** Those of ways that make some, for the next run. */
export function cleared(path: string): void {
  for (const name of readdirSync(dirname(path))) {
    if (name !== basename(path)) rmSync(join(dirname(path), name), { recursive: true });
  }
}

async function noInput({ stdin }: ChildProcess): Promise<void> {
  stdin?.end();
}

async function piped(child: ChildProcess, { whole, random }: Trip): Promise<void> {
  await pieces(whole, random, (part) => written(child, part));
  child.stdin?.end();
}

/** Whoever writes ends in the midst of it. */
function pipedInPart(child: ChildProcess, trip: Trip): Promise<void> {
  const { whole, random } = trip;
  return piped(child, { ...trip, whole: whole.subarray(0, Math.floor(random() * whole.length)) });
}

function begun({ path, whole }: Trip): void {
  writeFileSync(growing(path), whole.subarray(0, HEADER));
}

async function grows(child: ChildProcess, { path, whole, random }: Trip): Promise<void> {
  child.stdin?.end();
  const out = openSync(growing(path), 'a');
  await pieces(whole.subarray(HEADER), random, async (part) => {
    writeSync(out, part);
    await pause(random() * 20);
  });
  closeSync(out);
  await interrupted(child, random);
}

/** Between the pieces the file is cut, replaced, removed, written over, or gets what is no record. */
async function twisted(child: ChildProcess, { path, whole, random }: Trip): Promise<void> {
  child.stdin?.end();
  const file = growing(path);
  await pieces(whole.subarray(HEADER), random, async (part) => {
    appendFileSync(file, part);
    await pause(random() * 20);
    const some = whole.subarray(0, Math.floor(random() * whole.length));
    switch (Math.floor(random() * 12)) {
      case 0:
        truncateSync(file, Math.floor(random() * readFileSync(file).length));
        break;
      case 1:
        writeFileSync(`${file}.next`, some);
        renameSync(`${file}.next`, file);
        break;
      case 2:
        rmSync(file);
        await pause(random() * 300);
        break;
      case 3:
        writeFileSync(file, some);
        break;
      case 4:
        appendFileSync(file, some.subarray(some.length >> 1));
        break;
      case 5:
        truncateSync(file, 0);
        break;
      default:
    }
    await pause(random() * 20);
  });
  await interrupted(child, random);
}

/** Files one after the other, of which only some stay; also without a header, out of order, twice. */
async function ring(child: ChildProcess, { path, whole, random }: Trip): Promise<void> {
  child.stdin?.end();
  let number = 1;
  await pieces(whole.subarray(HEADER), random, async (part) => {
    appendFileSync(ringFile(path, number), part);
    await pause(random() * 50);
    if (random() < 0.4) {
      number = random() < 0.1 ? 1 : number + 1;
      writeFileSync(ringFile(path, number), whole.subarray(0, random() < 0.1 ? 7 : HEADER));
    }
    if (random() < 0.2) rmSync(ringFile(path, number - 2), { force: true });
  });
  await interrupted(child, random);
}

/** Nobody reads on. */
async function goesAway(child: ChildProcess, { random }: Trip): Promise<void> {
  child.stdin?.end();
  await pause(random() ** 2 * 800);
  child.stdout?.destroy();
}

async function killed(child: ChildProcess, { random }: Trip): Promise<void> {
  child.stdin?.end();
  await pause(random() * 800);
  child.kill('SIGTERM');
}

async function interrupted(child: ChildProcess, random: () => number): Promise<void> {
  await pause(1000 + random() * 500);
  child.kill('SIGINT');
}

function growing(path: string): string {
  return `${path}.growing`;
}

function ringFile(path: string, number: number): string {
  return join(dirname(path), `ring_${String(Math.max(0, number)).padStart(5, '0')}.pcap`);
}

async function pieces(
  bytes: Uint8Array,
  random: () => number,
  each: (part: Uint8Array) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const length = Math.ceil(random() ** 3 * 200_000) + 1;
    await each(bytes.subarray(at, at + length));
    at += length;
  }
}

function written({ stdin }: ChildProcess, part: Uint8Array): Promise<void> {
  return new Promise((done) => {
    if (stdin === null || stdin.destroyed) done();
    else stdin.write(part, () => done());
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
