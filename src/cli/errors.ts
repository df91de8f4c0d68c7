// Whatever a command throws, as one sentence on stderr and an exit code (lib/exit.ts).

import { EXIT, ReaderGone, UsageError } from '../lib/exit.js';
import { harmless } from '../lib/harmless.js';

/** Tells stderr what went wrong; the exit code. */
export function explain(error: unknown, debug: boolean, say: (text: string) => void): number {
  if (error instanceof ReaderGone || (error as { code?: unknown }).code === 'EPIPE') return EXIT.ok;
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { exitCode?: unknown }).exitCode;
  if (typeof code === 'number') {
    // Only what is wrong with a command line has lines of its own; a name that has some is told in one.
    say(`sanscope: ${error instanceof UsageError ? message : harmless(message)}\n`);
    return code;
  }
  if (isSystemError(error)) {
    say(`sanscope: the system refused: ${harmless(message)}\n`);
    return EXIT.unreadable;
  }
  say(`sanscope: this is a bug of sanscope, not of your capture: ${message}\n`);
  if (debug && error instanceof Error) say(`${error.stack}\n`);
  else {
    say(
      'Please report it with the command line and, if you may, the capture; ' +
        'SANSCOPE_DEBUG=1 shows where it happened.\n',
    );
  }
  return EXIT.bug;
}

/** Disk full, no memory for a file: the world, not us. */
function isSystemError(error: unknown): boolean {
  const { syscall, code } = error as NodeJS.ErrnoException;
  return typeof syscall === 'string' && typeof code === 'string';
}
