// Test files in several processes: each takes the next file of the queue when it is done with one. A process
// that dies or sticks has failed in the file it ran, and another one takes its place.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { AskedIds } from './asked.js';
import type { FileOutcome } from './test-file.js';

/** What a worker is told to run. */
export interface Order {
  readonly path: string;
  readonly name: string;
  /** What files before it asked for. */
  readonly asked: AskedIds;
}

export interface Ended {
  /** Of its file; where it was none any more, words. */
  readonly name: string;
  /** What it wrote. */
  readonly text: string;
  /** Where it came to its end. */
  readonly outcome?: FileOutcome;
  /** Else: how the process ended. */
  readonly died?: string;
}

/** Before the outcome of a file, which comes behind all that the file wrote, on the same way. No test writes it. */
export const MARK = '\x1e';

/** Instead of an order: there is none any more. */
export const OVER = 'over';

/** So long no file takes, on no machine. */
const FILE_MS = 600_000;
/** So long no process takes to leave, unless a file left something open that holds it. */
const LEAVE_MS = 60_000;
/** What others hold open of its output is not waited for. */
const DRAIN_MS = 2000;

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

/** `words`: those of the command line, which tests may ask for (selection.ts). */
export async function runInWorkers(
  orders: readonly Order[],
  size: number,
  words: readonly string[],
  ended: (of: Ended) => void,
  fileMs = FILE_MS,
): Promise<void> {
  const queue = [...orders];
  const place = async (): Promise<void> => {
    while (queue.length > 0) await oneWorker(queue, words, ended, fileMs);
  };
  await Promise.all(Array.from({ length: size }, place));
}

/** Runs files until none is left, or until it dies. */
function oneWorker(
  queue: Order[],
  words: readonly string[],
  ended: (of: Ended) => void,
  fileMs: number,
): Promise<void> {
  const child = fork(WORKER, words, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let name: string | undefined;
  let text = '';
  /** What has come of an outcome. */
  let record = '';
  let guard: NodeJS.Timeout | undefined;
  let stuck = '';
  const limit = (ms: number, says: string): void => {
    clearTimeout(guard);
    guard = setTimeout(() => {
      stuck = says;
      child.kill('SIGKILL');
    }, ms);
  };
  const next = (): void => {
    const order = queue.shift();
    name = order?.name;
    if (order === undefined) {
      limit(LEAVE_MS, 'a file left something open that holds it');
      // It goes by itself: where this side hangs up, Node 20 never tells that all is closed.
      child.send(OVER, () => {});
      return;
    }
    limit(fileMs, `it took more than ${fileMs / 1000} s`);
    // Where it is dead, its end says so.
    child.send(order, () => {});
  };
  const said = (part: string): void => {
    const all = record + part;
    const at = all.indexOf(MARK);
    text += at < 0 ? all : all.slice(0, at);
    record = at < 0 ? '' : all.slice(at);
    const end = record.indexOf('\n');
    if (name === undefined || end < 0) return;
    const outcome = JSON.parse(record.slice(MARK.length, end)) as FileOutcome;
    ended({ name, text, outcome });
    text = record.slice(end + 1);
    record = '';
    next();
  };
  child.stdout?.setEncoding('utf8').on('data', said);
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  child.on('error', (error) => {
    stuck = error.message;
  });
  child.on('exit', () => {
    setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, DRAIN_MS).unref();
  });
  next();
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(guard);
      const how = stuck || (signal ?? `exit code ${code}`);
      if (name !== undefined) ended({ name, text, died: how });
      else if (how !== 'exit code 0')
        ended({ name: 'a process whose files were over', text, died: how });
      else if (text !== '') process.stdout.write(text);
      resolve();
    });
  });
}
