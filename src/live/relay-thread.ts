// A thread that empties the output of a capturing program, however long the others are busy: what
// nobody reads makes the program wait, and the kernel drop. Its other half is relay.ts.

import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { RELAY_BYTES_MAX } from '../limits.js';
import type { RelayAsk, RelayBatch } from './relay-message.js';

/** What one read may bring, and what is handed over as one piece. */
const READ_BYTES = 1 << 18;
const SLAB_BYTES = 1 << 16;
/**
 * tcpdump writes each packet by itself. Where a read brought less than this, the next one comes a
 * millisecond later: 1,000 of them a second are a few percent of a processor, 20,000 are all of it.
 */
const LITTLE_BYTES = 1 << 14;
const PAUSE_MS = 1;

const port = parentPort!;
const { path } = workerData as { readonly path: string };
let batch: RelayBatch[] = [];
let slab = new Uint8Array(SLAB_BYTES);
let used = 0;
let held = 0;
/** Somebody waits for the next batch. */
let wanted = false;
/** Nobody reads any more: what comes is thrown away. */
let deaf = false;
let paused = false;
let ended = false;

const socket = connect({
  path,
  onread: {
    buffer: new Uint8Array(READ_BYTES),
    callback: (count, bytes) => {
      if (!deaf) take(bytes, count);
      if (wanted) send();
      if (deaf || (count >= LITTLE_BYTES && held < RELAY_BYTES_MAX)) return true;
      paused = true;
      if (held < RELAY_BYTES_MAX) setTimeout(goOn, PAUSE_MS);
      return false;
    },
  },
});
socket.on('end', over);
socket.on('error', over);
socket.on('close', over);

port.on('message', (ask: RelayAsk) => {
  if (ask === 'deaf') {
    deaf = true;
    batch = [];
    used = 0;
    held = 0;
    if (ended) port.close();
    goOn();
    return;
  }
  wanted = true;
  if (held > 0 || ended) send();
});

function take(bytes: Uint8Array, count: number): void {
  held += count;
  for (let at = 0; at < count; ) {
    const part = Math.min(count - at, SLAB_BYTES - used);
    slab.set(bytes.subarray(at, at + part), used);
    used += part;
    at += part;
    if (used === SLAB_BYTES) nextSlab();
  }
}

function nextSlab(): void {
  batch.push({ bytes: slab, count: used });
  slab = new Uint8Array(SLAB_BYTES);
  used = 0;
}

/** All that was gathered; an empty batch is the end. */
function send(): void {
  if (used > SLAB_BYTES / 4) nextSlab();
  else if (used > 0) {
    batch.push({ bytes: slab.slice(0, used), count: used });
    used = 0;
  }
  const parts = batch;
  batch = [];
  held = 0;
  wanted = false;
  port.postMessage(
    parts,
    parts.map(({ bytes }) => bytes.buffer),
  );
  goOn();
}

function goOn(): void {
  if (!paused || held >= RELAY_BYTES_MAX) return;
  paused = false;
  socket.resume();
}

function over(): void {
  if (ended) return;
  ended = true;
  if (deaf) port.close();
  else if (wanted) send();
}
