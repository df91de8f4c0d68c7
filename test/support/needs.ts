// Tests that need what may not be here: a capture that is not ours to ship, a program, root. Where it is
// absent they do not pass: they count as skipped, and the runner says their names and what they lacked.

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'uvu';

export interface Skipped {
  readonly name: string;
  readonly lacked: string;
}

/** All tests that were skipped so far, for the runner. */
export const skippedTests: Skipped[] = [];

type Registering = (name: string, run: () => void | Promise<void>) => void;

/** `test` where all of these are here: paths (they have a slash), and programs on the PATH. */
export function needs(...things: readonly string[]): Registering {
  return needsNot(things.find((thing) => !isHere(thing)));
}

/** `test` where nothing is lacking; else a test that is skipped, with the words for what it lacked. */
export function needsNot(lacking: string | undefined): Registering {
  if (lacking === undefined) return (name, run) => test(name, run);
  return (name) => {
    skippedTests.push({ name, lacked: lacking });
    test.skip(name);
  };
}

/** Whether a path is there, or a program is on the PATH. */
export function isHere(thing: string): boolean {
  if (thing.includes('/')) return existsSync(thing);
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, thing)));
}
