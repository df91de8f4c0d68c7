// Standard output as a command line asks for it: JSON and CSV as they are for programs, text in ASCII where
// its reader has nothing else.

import { asciiText } from '../lib/ascii.js';
import { Output } from './output.js';
import { type CommandContext, flag, text } from './run.js';
import { asciiOnly, isTerminal } from './terminal.js';

export function standardOutput(context: CommandContext): Output {
  const output = new Output(1, 'standard output');
  const format = text(context, 'format');
  if (flag(context, 'json') || format === 'json' || format === 'ndjson') output.writesJson();
  else if (!flag(context, 'csv') && format !== 'fields' && inAscii(context)) {
    output.cleans((piece) => asciiText(piece));
  }
  return output;
}

/** A terminal says what it has; a file is read on one with the same locale. */
function inAscii({ options, env }: CommandContext): boolean {
  return asciiOnly(options['ascii'], isTerminal(1) ? env : { ...env, TERM: '' });
}
