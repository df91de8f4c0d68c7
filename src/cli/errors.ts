// Every way to fail, in one clear sentence each. Exit codes: 0 ok, 1 our own mistake, 2 usage,
// 3 unreadable or not a capture (or what was to be written cannot be), 4 capturing is not possible.

export const EXIT = { ok: 0, bug: 1, usage: 2, unreadable: 3, capture: 4 } as const;

/** The command line is wrong. */
export class UsageError extends Error {
  readonly exitCode = EXIT.usage;
}

/** The output cannot be written. */
export class OutputError extends Error {
  readonly exitCode = EXIT.unreadable;
}

/** Whoever read our output has seen enough (`| head`): no error. */
export class ReaderGone extends Error {
  readonly exitCode = EXIT.ok;
}

/** Tells stderr what went wrong; the exit code. */
export function explain(error: unknown, debug: boolean, say: (text: string) => void): number {
  if (error instanceof ReaderGone || (error as { code?: unknown }).code === 'EPIPE') return EXIT.ok;
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { exitCode?: unknown }).exitCode;
  if (typeof code === 'number') {
    say(`sanscope: ${message}\n`);
    return code;
  }
  if (isSystemError(error)) {
    say(`sanscope: the system refused: ${message}\n`);
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
