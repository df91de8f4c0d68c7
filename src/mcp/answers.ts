// Answers that fit: rows until there are enough characters, with a cursor for the rest; a document whose lists are cut
// until it fits, each saying how much is left out.

import { MCP_ANSWER_CHARS_MAX } from '../limits.js';

/** Lists of a document are cut to these lengths, one after the other, until it fits. */
const LENGTHS = [200, 50, 20, 10, 5, 2, 0];
const TEXT_CHARS_MAX = 2000;

export interface Page {
  readonly rows: readonly unknown[];
  /** Ask with it for what follows; absent where that is all. */
  readonly nextCursor?: string;
}

/** Rows from `from` on: as many as fit, one at least. `more`: there are others behind them. */
export function pageOf(rows: readonly unknown[], from: number, more: boolean): Page {
  const taken: unknown[] = [];
  let chars = 0;
  for (const row of rows) {
    const fits = fitting(row);
    chars += JSON.stringify(fits).length;
    if (taken.length > 0 && chars > MCP_ANSWER_CHARS_MAX) break;
    taken.push(fits);
  }
  const all = taken.length === rows.length && !more;
  return { rows: taken, ...(all ? {} : { nextCursor: String(from + taken.length) }) };
}

/** The same, cut where it is too long. */
export function fitting(value: unknown): unknown {
  for (const length of [Number.POSITIVE_INFINITY, ...LENGTHS]) {
    const cut = shortened(value, length);
    if (JSON.stringify(cut).length <= MCP_ANSWER_CHARS_MAX) return cut;
  }
  return { leftOut: 'all of it: it is too long' };
}

function shortened(value: unknown, length: number): unknown {
  if (typeof value === 'string') {
    if (value.length <= TEXT_CHARS_MAX) return value;
    return `${value.slice(0, TEXT_CHARS_MAX)}… (${value.length - TEXT_CHARS_MAX} more characters)`;
  }
  if (Array.isArray(value)) {
    const kept = value
      .slice(0, Math.min(length, value.length))
      .map((one) => shortened(one, length));
    return kept.length < value.length ? [...kept, { leftOut: value.length - kept.length }] : kept;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, shortened(one, length)]),
  );
}
