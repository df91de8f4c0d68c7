// Where can be captured: asked of the program that captures, with the addresses the system knows.

import { spawnSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { find, installed, nothingInstalled, PROGRAMS } from './programs.js';

export interface LiveInterface {
  readonly name: string;
  /** What the program says of it: `Loopback`, `Up, Running`. */
  readonly about: string;
  readonly addresses: readonly string[];
}

/** Throws a LiveError where no program is installed. */
export function listInterfaces(path: string): LiveInterface[] {
  const programs = installed(path);
  if (programs.length === 0) throw nothingInstalled(PROGRAMS);
  const addresses = networkInterfaces();
  for (const program of [...programs].reverse()) {
    const { stdout } = spawnSync(find(program, path) ?? program, ['-D'], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const found = (stdout ?? '').split('\n').flatMap(parseLine);
    if (found.length === 0) continue;
    return found.map(({ name, about }) => ({
      name,
      about,
      addresses: (addresses[name] ?? []).map(({ address }) => address),
    }));
  }
  return Object.entries(addresses).map(([name, list]) => ({
    name,
    about: '',
    addresses: (list ?? []).map(({ address }) => address),
  }));
}

/** `3.lo [Up, Running, Loopback]`, `2.any (Pseudo-device …) [Up]`, `3. lo (Loopback)`. */
function parseLine(line: string): { name: string; about: string }[] {
  const match = /^\d+\. ?(\S+)\s*(.*)$/.exec(line);
  if (match === null) return [];
  const about = match[2]
    .replace(/[[\]()]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return [{ name: match[1], about }];
}
