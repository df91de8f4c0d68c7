// Captures beside those that are shipped, and tables of the standards. What the project made itself
// stands in test/captures and test/specs. What others made may not: it lies outside the repository, in
// SANSCOPE_SHARED or ../shared/captures, and may be absent. A test that takes it says so by needs().

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decompress } from 'fzstd';
import { temporaryFolder } from './temporary.js';

const TEST = fileURLToPath(new URL('..', import.meta.url));
const OWN = join(TEST, 'captures');
const OUTSIDE = process.env['SANSCOPE_SHARED'] || join(TEST, '../../shared/captures');

/** Tables of the standards: `iscsi-keys.tsv`, and those of SCSI in `scsi/`. */
export const SPECS = join(TEST, 'specs');

let folder = '';
let outside = 0;
const unpacked = new Map<string, string>();

/**
 * Path of a capture such as `probes/t14.pcap`, our own or one outside, whether it is here or not. One
 * that is kept packed (`NAME.zst`) is unpacked until the tests end.
 */
export function sharedCapture(name: string): string {
  const own = join(OWN, name);
  if (existsSync(own)) return own;
  if (existsSync(`${own}.zst`)) return plain(`${own}.zst`);
  const path = join(OUTSIDE, name);
  if (existsSync(path)) outside++;
  return path;
}

/**
 * How often a capture was taken that does not lie in the repository. Ask for those in the test file: a helper
 * that asks when it is loaded does so for the first file only that loads it.
 */
export function takenOutside(): number {
  return outside;
}

function plain(packed: string): string {
  const known = unpacked.get(packed);
  if (known !== undefined) return known;
  if (folder === '') {
    folder = temporaryFolder();
  }
  const path = join(folder, basename(packed, '.zst'));
  writeFileSync(path, decompress(readFileSync(packed)));
  unpacked.set(packed, path);
  return path;
}
