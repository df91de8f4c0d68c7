// A command's name that was not quite hit: what stands first is then taken for a file.

import { existsSync } from 'node:fs';
import { similar } from '../filter/error.js';
import { UsageError } from '../lib/exit.js';
import { COMMANDS } from './command-table.js';

/** Throws where no command was named, and the first file is none but reads like a command. */
export function refuseMistyped(argv: readonly string[], files: readonly string[]): void {
  const [word = ''] = files;
  if (argv.includes('report') || !/^[a-z]{3,12}$/.test(word) || existsSync(word)) return;
  const names = COMMANDS.map(({ name }) => name);
  const near = similar(word, names, 1);
  if (near.length === 0) return;
  throw new UsageError(
    `"${word}" is no file, and no command: did you mean sanscope ${near[0]}? (sanscope --help lists all)`,
  );
}
