// The programs that capture: where they are, and how they are called. Never through a shell.

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { LiveError } from './live-error.js';

export const PROGRAMS = ['dumpcap', 'tcpdump'] as const;
export type Program = (typeof PROGRAMS)[number];

export interface CaptureProgramOptions {
  readonly interface: string;
  readonly filter: string;
  /** 0: whole packets. */
  readonly snaplen: number;
  /** Of the kernel, in MiB. */
  readonly bufferMiB: number;
}

export interface Command {
  /** What messages call it: `tcpdump`, `ssh array1`. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

/** Those that are installed and may be executed, best first. `path` is PATH. */
export function installed(path: string, wanted: readonly Program[] = PROGRAMS): Program[] {
  return wanted.filter((program) => find(program, path) !== undefined);
}

/** Where `program` lies, as the system would look for it. */
export function find(program: string, path: string): string | undefined {
  // /usr/sbin is where tcpdump lies on many systems, and not on the path of everybody.
  const folders = [...path.split(delimiter), '/usr/sbin', '/sbin', '/usr/local/sbin'];
  for (const folder of folders) {
    if (folder === '') continue;
    const file = join(folder, program);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {}
  }
  return undefined;
}

export function captureCommand(
  program: Program,
  wish: CaptureProgramOptions,
  path: string,
): Command {
  const file = find(program, path) ?? program;
  const args = program === 'dumpcap' ? dumpcapArgs(wish) : tcpdumpArgs(wish);
  return { name: program, program: file, args };
}

/** -P: classic pcap, which both write alike. */
function dumpcapArgs(wish: CaptureProgramOptions): string[] {
  const args = ['-q', '-P', '-i', wish.interface, '-B', String(wish.bufferMiB)];
  if (wish.snaplen > 0) args.push('-s', String(wish.snaplen));
  if (wish.filter !== '') args.push('-f', wish.filter);
  return [...args, '-w', '-'];
}

function tcpdumpArgs(wish: CaptureProgramOptions): string[] {
  const args = ['--immediate-mode', '-U', '-n', '-i', wish.interface];
  args.push('-s', String(wish.snaplen), '-B', String(wish.bufferMiB * 1024), '-w', '-');
  // Whatever the filter begins with, it is no option.
  return wish.filter === '' ? args : [...args, '--', wish.filter];
}

/**
 * The kernel keeps a slot of the longest packet for each (TSO: 64 KiB and more), so that the 2 MiB of
 * tcpdump itself are 32 packets; the memory of another host is not ours to take.
 */
const REMOTE_MIB_MAX = 32;

/**
 * tcpdump on another host. BatchMode: ssh never asks, keys belong to the screens. ssh hands one line
 * to the shell over there, so each word is quoted for it.
 */
export function sshCommand(
  host: string,
  wish: Partial<CaptureProgramOptions> & { filter: string },
): Command {
  if (host === '' || host.startsWith('-')) {
    throw new LiveError(`${JSON.stringify(host)} is no host name for ssh`);
  }
  const remote = ['tcpdump', '--immediate-mode', '-U', `-s${wish.snaplen ?? 0}`];
  remote.push('-B', String(Math.min(REMOTE_MIB_MAX, wish.bufferMiB ?? REMOTE_MIB_MAX) * 1024));
  if (wish.interface !== undefined) remote.push('-i', quoted(wish.interface));
  remote.push('-w', '-');
  if (wish.filter !== '') remote.push(quoted(wish.filter));
  return {
    name: `ssh ${host}`,
    program: 'ssh',
    args: ['-o', 'BatchMode=yes', host, '--', ...remote],
  };
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w.:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function nothingInstalled(wanted: readonly Program[]): LiveError {
  const names = wanted.length === 2 ? 'neither dumpcap nor tcpdump is' : `${wanted[0]} is not`;
  return new LiveError(
    `${names} installed: one of them does the capturing (apt-get install tcpdump, dnf install tcpdump)`,
  );
}
