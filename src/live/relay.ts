// Between a capturing program and us stands a thread that reads what the program writes and keeps it
// until we ask. While a report is made, or the engine compiles, nothing is read here for a tenth of a
// second and more; the program's output holds some 15 ms of 20,000 packets a second, and what the
// kernel keeps for tcpdump, which wants each packet at once, is a slot of 128 KiB for each.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { RelayAsk, RelayBatch } from './relay-message.js';

/** Seen from a chunk of the build (tools/build.mjs). */
const THREAD = new URL('../live/relay-thread.js', import.meta.url);

export interface Relay {
  /** Becomes the program's standard output: to be destroyed here once the program has begun. */
  readonly output: Socket;
  readonly packets: Readable;
}

/** undefined where there can be none: the program is then read without one. */
export async function openRelay(thread = THREAD): Promise<Relay | undefined> {
  let folder: string | undefined;
  let server: Server | undefined;
  try {
    // Nobody else may connect: the folder is ours alone.
    folder = mkdtempSync(join(tmpdir(), 'sanscope-relay-'));
    server = createServer({ pauseOnConnect: true });
    return await connected(server, join(folder, 'packets'), thread);
  } catch {
    return undefined;
  } finally {
    server?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function connected(server: Server, path: string, file: URL): Promise<Relay> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      const thread = new Worker(file, { workerData: { path } });
      thread.once('error', reject);
      server.once('connection', (output) => {
        thread.off('error', reject);
        resolve({ output, packets: packetsOf(thread) });
      });
    });
  });
}

function packetsOf(thread: Worker): Readable {
  const ask = (what: RelayAsk): void => thread.postMessage(what);
  const packets = new Readable({
    read: () => ask('more'),
    destroy: (error, done) => {
      // The program goes on writing until it ends: that is thrown away, and keeps nobody here.
      ask('deaf');
      thread.unref();
      done(error);
    },
  });
  thread.on('message', (batch: readonly RelayBatch[]) => {
    if (packets.destroyed) return;
    for (const { bytes, count } of batch) packets.push(bytes.subarray(0, count));
    if (batch.length > 0) return;
    packets.push(null);
    void thread.terminate();
  });
  thread.on('error', (error) => packets.destroy(error));
  return packets;
}
