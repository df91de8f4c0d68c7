// Which test files were chosen: the words after test/run.ts are parts of their paths.

export const words: readonly string[] = process.argv.slice(2);

export function isChosen(path: string): boolean {
  return words.length === 0 || words.some((word) => path.includes(word));
}

/** Whether all tests below a folder (`findings/`) run. */
export function isWhole(folder: string): boolean {
  return words.length === 0 || words.some((word) => folder.startsWith(word));
}
