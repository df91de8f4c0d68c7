// Every way to fail, in one clear sentence each. Exit codes: 0 ok, 1 what was asked to hold does not (diff
// --fail-on), or our own mistake, 2 usage,
// 3 unreadable or not a capture (or what was to be written cannot be), 4 capturing is not possible.

export const EXIT = { ok: 0, failed: 1, bug: 1, usage: 2, unreadable: 3, capture: 4 } as const;

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
