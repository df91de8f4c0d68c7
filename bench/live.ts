// node --import tsx bench/live.ts: a steady load into `sanscope live -` as a live capture would bring
// it, timed as it is written; tells what it costs and whether memory stays flat.
//
//   --seconds N    how long (20; the long form is 600)
//   --rate N       packets a second (20000)

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureLoad, loads } from './captures.js';

const BIN = fileURLToPath(new URL('../bin/sanscope.js', import.meta.url));
/** Packets of a command of the load, at least. */
const PACKETS_PER_COMMAND = 30;
const BATCHES_PER_SECOND = 50;
const TICKS_PER_SECOND = 100;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;

const { values } = parseArgs({
  options: { seconds: { type: 'string' }, rate: { type: 'string' } },
});
const seconds = Math.max(2, Number(values.seconds ?? 20) || 20);
const rate = Math.max(100, Number(values.rate ?? 20_000) || 20_000);

const kind = loads('normal').find(({ name }) => name === 'snaplen160');
if (kind === undefined) throw new Error('no such load');
const commandsMax = Math.ceil((seconds * rate) / PACKETS_PER_COMMAND);
const { path } = ensureLoad({ name: 'live', options: { ...kind.options, commandsMax } }, (text) =>
  console.log(text),
);

interface Interval {
  readonly type: string;
  readonly ended: number;
  readonly sourceState: { readonly delayMsMax: number; readonly residentBytes: number };
}

const intervals: Interval[] = [];
let packets = 0;
let commands = 0;
const child = spawn(
  process.execPath,
  [BIN, 'live', '-', '--json', '--report-every', '1s', '--save-on', 'latency > 1h'],
  { stdio: ['pipe', 'pipe', 'inherit'] },
);
let rest = '';
child.stdout.on('data', (data: Buffer) => {
  const lines = (rest + data.toString('utf8')).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) take(JSON.parse(line));
});

function take(line: { type: string; report?: { capture: { packets: number } } }): void {
  if (line.type === 'command') commands++;
  if (line.type === 'interval') intervals.push(line as Interval);
  if (line.report !== undefined) packets = line.report.capture.packets;
}

const started = performance.now();
const fed = await feed(child);
const cpuSeconds = cpuOf(child);
const elapsed = (performance.now() - started) / 1000;
child.stdin.end();
await new Promise((resolve) => child.on('close', resolve));

const resident = intervals.map((i) => Math.round(i.sourceState.residentBytes / 1e6));
const delays = intervals.map((i) => i.sourceState.delayMsMax).sort((a, b) => a - b);
const at = (share: number) => resident[Math.floor((resident.length - 1) * share)];
console.log(
  `${fed} packets in ${elapsed.toFixed(1)} s (${Math.round(fed / elapsed)}/s), ${packets} told, ${commands} commands`,
);
console.log(`processor: ${((100 * cpuSeconds) / elapsed).toFixed(0)} % of a core`);
console.log(
  `memory in MB: ${at(0.1)} at a tenth, ${at(0.5)} at half time, ${at(1)} at the end, ${Math.max(...resident)} at most`,
);
console.log(
  `longest delay of an interval: median ${delays[delays.length >> 1]} ms, most ${delays.at(-1)} ms`,
);
process.exitCode = fed === packets ? 0 : 1;

/** Writes records at the rate, with the time it is; how many. */
async function feed({ stdin }: ChildProcess): Promise<number> {
  if (stdin === null) throw new Error('no pipe');
  const fd = openSync(path, 'r');
  let chunk = Buffer.alloc(0);
  let from = 0;
  const more = (): boolean => {
    const next = Buffer.alloc(1 << 22);
    const kept = chunk.copy(next, 0, from);
    const count = readSync(fd, next, kept, next.length - kept, null);
    chunk = next.subarray(0, kept + count);
    from = 0;
    return count > 0;
  };
  more();
  const nano = chunk.readUInt32LE(0) === 0xa1b23c4d;
  stdin.write(Buffer.from(chunk.subarray(0, FILE_HEADER)));
  from = FILE_HEADER;
  const begun = performance.now();
  let sent = 0;
  for (let batch = 1; batch <= seconds * BATCHES_PER_SECOND; batch++) {
    const due = Math.floor((batch * rate) / BATCHES_PER_SECOND);
    const parts: Buffer[] = [];
    while (sent < due) {
      const there = chunk.length - from;
      const length = there < RECORD_HEADER ? 0 : RECORD_HEADER + chunk.readUInt32LE(from + 8);
      if (length === 0 || length > there) {
        if (!more()) break;
        continue;
      }
      const now = performance.timeOrigin + performance.now();
      chunk.writeUInt32LE(Math.floor(now / 1000), from);
      chunk.writeUInt32LE(Math.floor((now % 1000) * (nano ? 1e6 : 1e3)), from + 4);
      parts.push(chunk.subarray(from, from + length));
      from += length;
      sent++;
    }
    if (!stdin.write(Buffer.concat(parts))) {
      await new Promise((resolve) => stdin.once('drain', resolve));
    }
    const wait = begun + (batch * 1000) / BATCHES_PER_SECOND - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  }
  closeSync(fd);
  return sent;
}

/** Processor time so far, user and system, of a Linux process; 0 elsewhere. */
function cpuOf({ pid }: ChildProcess): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}
