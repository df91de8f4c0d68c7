// Capturing could not begin, or not go on: a sentence, and the command that helps. Exit code 4.

export class LiveError extends Error {
  override readonly name = 'LiveError';
  readonly exitCode = 4;
}
