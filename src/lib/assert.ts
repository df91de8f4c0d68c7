/** Our own mistakes only: bad input is a Problem, the outside world throws (docs/ARCHITECTURE.md). */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`sanscope has a bug: ${what}`);
}
