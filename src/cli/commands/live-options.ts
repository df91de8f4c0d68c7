// What sanscope live was asked for, checked.

import { isFollowed } from '../../capture/follow-folder.js';
import { sameAsInput } from '../../capture/same-file.js';
import type { Filter } from '../../filter/compile.js';
import { FilterError } from '../../filter/error.js';
import { taskFilter } from '../../filter/task-filter.js';
import { OutputError, UsageError } from '../../lib/exit.js';
import { harmless } from '../../lib/harmless.js';
import { bytesText } from '../../lib/number-text.js';
import type { LiveOptions } from '../../live/options.js';
import {
  type CaptureProgramOptions,
  installed,
  nothingInstalled,
  PROGRAMS,
} from '../../live/programs.js';
import { type RingLimits, ringName } from '../../live/recorder.js';
import { savedName } from '../../live/saver.js';
import {
  FollowSource,
  type LiveSource,
  PipeSource,
  ProgramSource,
  sshSource,
} from '../../live/source.js';
import type { Task } from '../../scsi/task.js';
import { openNumber, refuseUnwritable } from '../output.js';
import { type CommandContext, flag, number, text } from '../run.js';
import { isTerminal } from '../terminal.js';

const NS_PER_MS = 1e6;
const TEXT_EVERY = '10s';
const SCREENS_EVERY = '1s';
const SPOOL_BYTES_LEAST = 1 << 20;

/** Throws a UsageError that says what is wrong. */
export function liveWish(context: CommandContext): LiveOptions {
  const write = text(context, 'write') || undefined;
  const ring = text(context, 'ring');
  if (ring !== '' && write === undefined)
    throw new UsageError('-b needs -w: the ring has to be called something');
  // By name it would be cut to nothing first.
  if (write !== undefined && openNumber(write) >= 0)
    throw new UsageError('-w needs a file: standard output is for what is found');
  const duration = text(context, 'duration');
  const every = text(context, 'reportEvery');
  const json = flag(context, 'json');
  const screens = every === '' && !json && isTerminal(1) && context.env['TERM'] !== 'dumb';
  const everyNs = time('--report-every', every || (screens ? SCREENS_EVERY : TEXT_EVERY));
  if (everyNs < 100 * NS_PER_MS) throw new UsageError('--report-every takes 100ms at least');
  return {
    screens,
    json,
    everyNs,
    durationMs:
      duration === '' ? Number.POSITIVE_INFINITY : time('--duration', duration) / NS_PER_MS,
    packets: number(context, 'packets') ?? Number.POSITIVE_INFINITY,
    write,
    ring: ring === '' ? undefined : ringLimits(ring),
    isRead: readBy(context),
    saveOn: filter(text(context, 'saveOn')),
    saveOnText: text(context, 'saveOn'),
    saveAfterNs: time('--save-after', text(context, 'saveAfter')),
    saveLastNs: time('--save-last', text(context, 'saveLast')),
    saveTo: text(context, 'saveTo'),
    spoolBytes: spoolSize(text(context, 'spool')),
  };
}

/** Where packets come from: exactly one of -i, -, --ssh (with or without -i) and --follow. */
export function liveSource(context: CommandContext): LiveSource {
  const on = text(context, 'interface');
  const host = text(context, 'ssh');
  const follow = text(context, 'follow');
  const [operand, ...more] = context.files;
  const asked = [operand ?? '', host, follow, host === '' ? on : ''].filter((word) => word !== '');
  if (more.length > 0 || (operand !== undefined && operand !== '-')) {
    throw new UsageError(
      `live reads - (standard input) or takes -i; a file that grows is named with --follow`,
    );
  }
  if (asked.length !== 1) {
    const what = asked.length === 0 ? 'name what to capture' : 'name one source only';
    throw new UsageError(
      `${what}: -i <interface> (sanscope interfaces lists them), - for a pipe, --ssh <host> or --follow <file>`,
    );
  }
  if (operand === '-') {
    if (isTerminal(0)) throw new UsageError('standard input is a terminal: pipe a capture into it');
    return new PipeSource();
  }
  if (follow !== '') return new FollowSource(follow);
  const wish: CaptureProgramOptions = {
    interface: on,
    filter: text(context, 'captureFilter'),
    snaplen: number(context, 'snaplen') ?? 0,
    bufferMiB: number(context, 'buffer') ?? 256,
  };
  if (host !== '') return sshSource(host, { ...wish, interface: on === '' ? undefined : on });
  return programSource(context, wish);
}

/**
 * What is written can be, and is not what is read: that would be destroyed, or read again for ever. Throws an
 * OutputError.
 */
export function checkOutputs(wish: LiveOptions): void {
  const written: (readonly [flag: string, path: string])[] = [];
  if (wish.write !== undefined) {
    written.push(['-w', wish.write]);
    if (wish.ring !== undefined) written.push(['-w', ringName(wish.write, 1, '20260101000000')]);
  }
  if (wish.saveOn !== undefined)
    written.push(['--save-to', savedName(wish.saveTo, '20260101000000', 1)]);
  for (const [flag, path] of written) {
    refuseUnwritable(path);
    if (!wish.isRead(path)) continue;
    throw new OutputError(
      `${flag} ${harmless(JSON.stringify(path))} is, or would be, one of the captures to read: write elsewhere`,
    );
  }
}

function readBy(context: CommandContext): (path: string) => boolean {
  const follow = text(context, 'follow');
  if (follow !== '') return (path) => isFollowed(follow, path);
  return (path) => sameAsInput(path, context.files) !== undefined;
}

function programSource(context: CommandContext, wish: CaptureProgramOptions): LiveSource {
  const path = context.env['PATH'] ?? '';
  const asked = text(context, 'program');
  const wanted = PROGRAMS.filter((program) => asked === 'auto' || asked === program);
  const programs = installed(path, wanted);
  if (programs.length === 0) throw nothingInstalled(wanted);
  return new ProgramSource(programs, wish, path);
}

function filter(of: string): Filter<Task> | undefined {
  if (of === '') return undefined;
  try {
    return taskFilter(of);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new UsageError(error.message.split('\n').map(harmless).join('\n'));
  }
}

const TIME_UNITS: Readonly<Record<string, number>> = {
  ms: 1e6,
  s: 1e9,
  min: 60e9,
  m: 60e9,
  h: 3600e9,
};

/** ns of `10s`, `500ms`, `1.5min`; a bare number is seconds. */
function time(name: string, of: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)\s*(ms|s|min|m|h)?$/.exec(of);
  const ns = match === null ? 0 : Number(match[1]) * TIME_UNITS[match[2] ?? 's'];
  if (ns > 0) return ns;
  throw new UsageError(`${name} takes a time: 10s, 500ms, 2min, 1h; not ${harmless(of)}`);
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
};

function size(name: string, of: string): number {
  const match = /^(\d{1,12}(?:\.\d{1,3})?)\s*([kmg]i?)?b?$/i.exec(of);
  const bytes =
    match === null ? 0 : Math.floor(Number(match[1]) * SIZE_UNITS[(match[2] ?? '').toLowerCase()]);
  if (bytes > 0) return bytes;
  throw new UsageError(`${name} takes a size: 100MB, 64MiB, 1GB; not ${harmless(of)}`);
}

function spoolSize(of: string): number {
  const bytes = size('--spool', of);
  if (bytes >= SPOOL_BYTES_LEAST) return bytes;
  throw new UsageError(`--spool takes ${bytesText(SPOOL_BYTES_LEAST)} at least`);
}

/** filesize:100MB,duration:1min,files:10; as with dumpcap, a bare filesize is kB, a duration seconds. */
function ringLimits(of: string): RingLimits {
  let bytes = Number.POSITIVE_INFINITY;
  let spanNs = Number.POSITIVE_INFINITY;
  let files = Number.POSITIVE_INFINITY;
  for (const part of of.split(',')) {
    const [name, value = ''] = part.trim().split(':');
    if (name === 'filesize')
      bytes = /^\d+$/.test(value) ? Number(value) * 1000 : size('-b filesize:', value);
    else if (name === 'duration') spanNs = time('-b duration:', value);
    else if (name === 'files' && /^[1-9]\d{0,5}$/.test(value)) files = Number(value);
    else {
      throw new UsageError(
        `-b takes filesize:100MB, duration:1min, files:10; not ${harmless(part)}`,
      );
    }
  }
  if (bytes >= 1 && (bytes < Number.POSITIVE_INFINITY || spanNs < Number.POSITIVE_INFINITY)) {
    return { bytes, spanNs, files };
  }
  throw new UsageError('-b needs a filesize or a duration after which the next file begins');
}
