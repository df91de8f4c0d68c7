// What is wrong with a filter, pointed at: the line, a caret below the place, and what to do.

export class FilterError extends Error {
  readonly column: number;

  /** `at`: where in `text`, `length` characters. `help`: sentences, a line each. */
  constructor(text: string, at: number, length: number, message: string, help: readonly string[]) {
    const caret = `${' '.repeat(at)}${'^'.repeat(Math.max(1, length))}`;
    super(
      [
        `the filter is wrong at column ${at + 1}: ${oneLine(message)}`,
        `  ${oneLine(text)}`,
        `  ${caret}`,
        ...help.map(oneLine),
      ].join('\n'),
    );
    this.column = at + 1;
  }
}

/** Places stay where they are. */
function oneLine(text: string): string {
  return text.replace(/[\r\n\t\v\f]/g, ' ');
}

/** The names nearest to one that is not known, best first. */
export function similar(name: string, names: Iterable<string>, most = 3): string[] {
  const wanted = name.toLowerCase();
  const found: { name: string; cost: number }[] = [];
  for (const other of names) {
    const cost = costOf(wanted, other.toLowerCase());
    if (cost <= Math.max(2, wanted.length / 3)) found.push({ name: other, cost });
  }
  found.sort((a, b) => a.cost - b.cost || a.name.length - b.name.length);
  return found.slice(0, most).map((f) => f.name);
}

/**
 * The same. Where the name is `known` to stand for something, and no other is spelled like it, those
 * that begin with the same words.
 */
export function nearest(name: string, names: Iterable<string>, known: boolean): string[] {
  const all = [...names];
  const near = similar(name, all);
  if (near.length > 0 || !known) return near;
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const family = all.filter((other) => other.startsWith(name.slice(0, dot + 1)));
    if (family.length > 0) return family.slice(0, 3);
  }
  return [];
}

function costOf(wanted: string, other: string): number {
  if (other === wanted) return 0;
  if (wanted.length >= 3 && other.endsWith(`.${wanted}`)) return 0.5;
  if (wanted.length >= 3 && other.startsWith(wanted)) return 0.9;
  if (wanted.length >= 4 && other.includes(wanted)) return 1.2;
  if (Math.abs(wanted.length - other.length) > 4) return 99;
  return distance(wanted, other);
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
