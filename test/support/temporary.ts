// Folders that are gone when the process ends. One listener for all of them: one a file was more than Node takes
// for normal.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** `word` is a part of its name. */
export function temporaryFolder(word = 'test'): string {
  const folder = mkdtempSync(join(tmpdir(), `sanscope-${word}-`));
  folders.push(folder);
  return folder;
}
