// Captures beside those that are shipped, and tables of the standards. What the project made itself
// stands in test/captures and test/specs. What others made may not: it lies outside the repository, in
// SANSCOPE_SHARED or ../shared/captures, and may be absent. A test that takes it says so by needs().

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decompress } from 'fzstd';

const TEST = fileURLToPath(new URL('..', import.meta.url));
const OWN = join(TEST, 'captures');
const OUTSIDE = process.env['SANSCOPE_SHARED'] || join(TEST, '../../shared/captures');

/** Tables of the standards: `iscsi-keys.tsv`, and those of SCSI in `scsi/`. */
export const SPECS = join(TEST, 'specs');

let folder = '';
const unpacked = new Map<string, string>();

/**
 * Path of a capture such as `probes/t14.pcap`, our own or one outside, whether it is here or not. One
 * that is kept packed (`NAME.zst`) is unpacked until the tests end.
 */
export function sharedCapture(name: string): string {
  const own = join(OWN, name);
  if (existsSync(own)) return own;
  if (existsSync(`${own}.zst`)) return plain(`${own}.zst`);
  return join(OUTSIDE, name);
}

function plain(packed: string): string {
  const known = unpacked.get(packed);
  if (known !== undefined) return known;
  if (folder === '') {
    folder = mkdtempSync(join(tmpdir(), 'sanscope-test-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  }
  const path = join(folder, basename(packed, '.zst'));
  writeFileSync(path, decompress(readFileSync(packed)));
  unpacked.set(packed, path);
  return path;
}
