// Names that are nearly the same: mistyped by a letter or two.

/** So many letters may be wrong, missing or too many. */
const LETTERS_MOST = 2;

/** Letters by which two names differ, -1 where it is more than a slip, or none at all. The same name is 0. */
export function slipOf(one: string, other: string): number {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  if (Math.abs(a.length - b.length) > LETTERS_MOST || isSister(a, b)) return -1;
  // Levenshtein's distance, row by row.
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  const letters = row[b.length];
  return letters <= LETTERS_MOST ? letters : -1;
}

/** Names of a row: `disk1` and `disk2`, `lun-a` and `lun-b`, `diska` and `diskb` differ on purpose. */
function isSister(a: string, b: string): boolean {
  if (a === b) return false;
  if (a.replace(/\d+/g, '') === b.replace(/\d+/g, '')) return true;
  let at = 0;
  while (a[at] === b[at]) at++;
  const isLast = (name: string) => at + 1 === name.length || /[.:_-]/.test(name[at + 1]);
  return isLast(a) && isLast(b) && a.slice(at + 1) === b.slice(at + 1);
}
